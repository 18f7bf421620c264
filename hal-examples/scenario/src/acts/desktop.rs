//! A region that a desktop computer filled and that a core reads, and the other way round.
//!
//! The desktop is 64-bit, the core is not: the bytes mean the same to both. The example `fill` makes the image, the command line
//! (`cohabit check`, `cohabit show`) reads what the core left.

use cohabit::{Error, Turn, Value};

use crate::{Board, Failure, Player, script::expect};

/// What the desktop writes.
pub fn fill(turn: &mut Turn<'_>) -> Result<(), Error> {
    let numbers = turn.new_list()?;
    numbers.extend_ints(turn, &[1, -2, 1 << 40, i64::MIN])?;
    numbers.push(turn, 2.5)?;
    let settings = turn.new_map()?;
    settings.set(turn, "name", "größer als acht Bytes")?;
    settings.set(turn, "numbers", numbers)?;
    settings.set(turn, 7, true)?;
    turn.roots()?.set(turn, "from the desktop", settings)?;
    turn.put_message("do you read me?")
}

/// What the core finds of it; then it answers.
pub fn answer<B: Board>(player: &mut Player<'_, '_, B>) -> Result<(), Failure> {
    let mut turn = player.turn()?;
    turn.audit()?;
    let root = turn.roots()?.get(&turn, "from the desktop")?.and_then(|root| root.as_map());
    let settings = root.ok_or(Failure::Wrong { what: "roots from the desktop", wanted: 1, found: 0 })?;
    let name = settings.get(&turn, "name")?.and_then(|name| name.as_text());
    expect("the name", 1, (name == Some("größer als acht Bytes")) as u32)?;
    expect("a key that is a number", 1, (settings.get(&turn, 7)? == Some(Value::Bool(true))) as u32)?;
    let found = settings.get(&turn, "numbers")?.and_then(|numbers| numbers.as_list());
    let numbers = found.ok_or(Failure::Wrong { what: "lists from the desktop", wanted: 1, found: 0 })?;
    for (i, wanted) in [1, -2, 1 << 40, i64::MIN].into_iter().enumerate() {
        expect("a number", wanted, numbers.get(&turn, i)?.as_int().unwrap_or(0))?;
    }
    expect("a fraction", 1, (numbers.get(&turn, 4)? == Value::Float(2.5)) as u32)?;
    let asked = turn.take_message(cohabit::Order::Fifo)?;
    let message = asked.ok_or(Failure::Wrong { what: "messages", wanted: 1, found: 0 })?;
    expect("the message", 1, (message.value(&turn)? == Value::Text("do you read me?")) as u32)?;
    message.finish(&mut turn)?;
    turn.roots()?.set(&mut turn, "from the core", "I read you, all of it")?;
    turn.audit()?;
    Ok(())
}
