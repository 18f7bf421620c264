//! Two processes that count in one shared map: a program to start from.
//!
//! ```text
//!   cargo run --release -p cohabit-std --example counter
//! ```
//!
//! The first process creates a segment and starts this program again with the segment's name; that one opens it. Both
//! then add to the same entry of the same map, and tell each other by a message when they are done.

use std::{env, error::Error, process::Command, time::Duration};

use cohabit_std::{
    Member, Options,
    cohabit::{Order, Turn},
};

const TIMES: i64 = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    match env::args().nth(1) {
        None => first(),
        Some(name) => second(&name),
    }
}

fn first() -> Result<(), Box<dyn Error>> {
    // A name of our own, so that several of these can run at the same time.
    let name = format!("counter-{}", std::process::id());
    let mut me = cohabit_std::create(&name, Options::new().size(1 << 20).parties(2))?;
    let mut other = Command::new(env::current_exe()?).arg(&name).spawn()?;

    let counted = count(&mut me).and_then(|()| {
        // Sleeps until the other one has put its message.
        if !me.wait_for_message(Duration::from_secs(60)) {
            return Err("the other process did not finish within a minute".into());
        }
        let mut turn = me.acquire()?;
        let Some(message) = turn.take_message(Order::Fifo)? else {
            return Err("somebody else took it".into());
        };
        println!("the other process says: {}", message.value(&turn)?.as_text().unwrap_or("something odd"));
        message.finish(&mut turn)?;
        total(&turn)
    });
    // The name stays until somebody removes it, whatever became of the work.
    cohabit_std::unlink(&name)?;
    let (counted, ended) = (counted?, other.wait()?);
    println!("together we counted to {counted}");
    if counted == 2 * TIMES && ended.success() {
        Ok(())
    } else {
        Err("that is not what we meant to count to".into())
    }
}

fn second(name: &str) -> Result<(), Box<dyn Error>> {
    let mut me = cohabit_std::open_wait(name, Duration::from_secs(10))?;
    count(&mut me)?;
    let mut turn = me.acquire()?;
    if let Some(died) = turn.recovered() {
        println!(
            "the party in slot {} died in its turn; everything it had finished is still there",
            died.slot
        );
    }
    turn.put_message("I am done counting.")?;
    drop(turn);
    me.leave()?;
    Ok(())
}

/// Adds 1 to the entry "count" of the region's named objects, each time in a turn of its own.
fn count(me: &mut Member) -> Result<(), Box<dyn Error>> {
    for _ in 0..TIMES {
        let mut turn = me.acquire()?;
        let before = total(&turn)?;
        let roots = turn.roots()?;
        roots.set(&mut turn, "count", before + 1)?;
        // Here `turn` is dropped, and the other process may go on.
    }
    Ok(())
}

fn total(turn: &Turn<'_>) -> Result<i64, Box<dyn Error>> {
    Ok(turn.roots()?.get(turn, "count")?.and_then(|value| value.as_int()).unwrap_or(0))
}
