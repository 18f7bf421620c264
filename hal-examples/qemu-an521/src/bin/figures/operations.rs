//! Every kind of operation once, on a region with something in it.

use cohabit_hal::cohabit::{AlwaysAlive, Error, Liveness, Order, Turn};
use scenario::{CONFIG, FOLLOW, Failure, LEAD, run::Memory};

use super::paint::stack_of;

/// Says that everybody else is dead.
struct AllDead;

impl Liveness for AllDead {
    fn is_dead(&self, _: u8, _: u32) -> bool {
        true
    }
}

/// The stack of each operation, told by name.
pub fn each(memory: &'static Memory, mut tell: impl FnMut(&'static str, u32)) -> Result<(), Failure> {
    let mut region = Err(Failure::TimedOut { what: "a region" });
    // SAFETY: nobody else is there; what was, is gone.
    tell("format", stack_of(&mut || region = unsafe { memory.format(CONFIG) }.map_err(Failure::from)));
    region?;
    let mut region = Err(Failure::TimedOut { what: "a region" });
    // SAFETY: nobody else is there.
    tell("open", stack_of(&mut || region = unsafe { memory.open(|| false) }.map_err(Failure::from)));
    let region = region?;
    let mut party = Err(Failure::TimedOut { what: "a slot" });
    // SAFETY: slot 0 is this core's.
    tell("join", stack_of(&mut || party = unsafe { region.join(LEAD, &AllDead) }.map_err(Failure::from)));
    let mut party = party?;
    tell("first turn", stack_of(&mut || drop(party.acquire())));
    tell("turn", stack_of(&mut || drop(party.acquire())));
    in_a_turn(&mut party.acquire()?, &mut tell)?;
    // Another party dies in its turn, with things in its hands.
    // SAFETY: slot 1 is nobody else's.
    let mut other = unsafe { region.join(FOLLOW, &AlwaysAlive) }?;
    let mut turn = other.acquire()?;
    let list = turn.new_list()?;
    list.push(&mut turn, "a text in a list that nobody else knows of")?;
    turn.put_message(list)?;
    let _taken = turn.take_message(Order::Fifo)?;
    let _loose = turn.new_map()?;
    core::mem::forget(turn);
    let mut recovered = false;
    tell(
        "turn with recovery",
        stack_of(&mut || recovered = party.acquire().is_ok_and(|turn| turn.recovered().is_some())),
    );
    if !recovered {
        return Err(Failure::Wrong { what: "recoveries", wanted: 1, found: 0 });
    }
    let mut turn = party.acquire()?;
    tell("reap", stack_of(&mut || _ = turn.reap()));
    Ok(())
}

/// What is done with objects. One that fails did not take its whole way, so none may.
fn in_a_turn(turn: &mut Turn<'_>, tell: &mut impl FnMut(&'static str, u32)) -> Result<(), Failure> {
    let (list, map) = (turn.new_list()?, turn.new_map()?);
    let mut operate = |turn: &mut Turn<'_>,
                       name: &'static str,
                       operation: &dyn Fn(&mut Turn<'_>) -> Result<(), Error>|
     -> Result<(), Failure> {
        let mut done = Ok(());
        let bytes = stack_of(&mut || done = operation(turn));
        tell(name, bytes);
        Ok(done?)
    };
    operate(turn, "list push", &|turn| (0..40).try_for_each(|i| list.push(turn, i)))?;
    operate(turn, "list push text", &|turn| list.push(turn, "a text with a block of its own"))?;
    operate(turn, "list insert", &|turn| list.insert(turn, 1, 2.5))?;
    operate(turn, "list set", &|turn| list.set(turn, 2, "another text with a block of its own"))?;
    operate(turn, "list get", &|turn| list.get(turn, 2).map(|_| ()))?;
    operate(turn, "list swap", &|turn| list.swap(turn, 0, 2))?;
    operate(turn, "list remove", &|turn| list.remove(turn, 0))?;
    operate(turn, "list extend", &|turn| list.extend_ints(turn, &[1; 20]))?;
    operate(turn, "list copy", &|turn| list.copy(turn).and_then(|copy| turn.destroy(copy)))?;
    operate(turn, "map set", &|turn| {
        (0..20).try_for_each(|i| map.set(turn, i, "a text with a block of its own"))
    })?;
    operate(turn, "map set text", &|turn| map.set(turn, "a key with a block of its own", list))?;
    operate(turn, "map get", &|turn| map.get(turn, "a key with a block of its own").map(|_| ()))?;
    operate(turn, "map update", &|turn| {
        map.entry(turn, 7).and_then(|entry| entry.set("again, with a block of its own"))
    })?;
    operate(turn, "map remove", &|turn| map.remove(turn, 3).map(|_| ()))?;
    operate(turn, "map copy", &|turn| map.copy(turn).and_then(|copy| turn.destroy(copy)))?;
    operate(turn, "root set", &|turn| turn.roots().and_then(|roots| roots.set(turn, "root", map)))?;
    operate(turn, "message put", &|turn| turn.put_message("a message with a block of its own"))?;
    operate(turn, "message take and finish", &|turn| match turn.take_message(Order::Fifo)? {
        Some(message) => message.finish(turn),
        None => Ok(()),
    })?;
    operate(turn, "stats", &|turn| turn.stats().map(|_| ()))?;
    operate(turn, "audit", &|turn| turn.audit().map(|_| ()).map_err(|_| Error::Stale))?;
    operate(turn, "destroy all", &|turn| {
        turn.roots().and_then(|roots| roots.remove(turn, "root")).map(|_| ())
    })?;
    Ok(())
}
