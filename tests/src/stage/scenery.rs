//! What stands around on a [`Stage`](super::Stage) before the operation.

#![forbid(unsafe_code)]

use cohabit::{Error, List, Order, Turn};

/// A company with people and figures, three messages, and holes between the blocks.
pub(super) fn typical(turn: &mut Turn<'_>) -> Result<(), Error> {
    let company = turn.new_map()?;
    let people = turn.new_list()?;
    for (name, age) in [("Ada Lovelace", 36), ("Grace Hopper", 85), ("Emmy Noether", 53)] {
        let person = turn.new_map()?;
        person.set(turn, "name", name)?;
        person.set(turn, "age", age)?;
        people.push(turn, person)?;
    }
    let figures = turn.new_list()?;
    figures.extend_floats(turn, &[1.5, 2.5, -0.0, f64::INFINITY])?;
    company.set(turn, "name of the company", "cohabitants & daughters")?;
    company.set(turn, "people", people)?;
    company.set(turn, "figures", figures)?;
    turn.roots()?.set(turn, "company", company)?;
    turn.put_message("the first message")?;
    turn.put_message(2)?;
    let carried = turn.new_list()?;
    carried.push(turn, "carried by the third message")?;
    turn.put_message(carried)?;
    // Holes of several sizes: every other one of these goes away again.
    let holes = [10, 20, 30, 60, 100, 9, 16, 40].map(|len| turn.new_buffer(len));
    let root = turn.new_list()?;
    for (index, bytes) in holes.into_iter().enumerate() {
        if index % 2 == 0 { turn.destroy(bytes?)? } else { root.push(turn, bytes?)? }
    }
    turn.roots()?.set(turn, "between the holes", root)
}

/// Something to hold: a list with contents, and a message taken, if there is one.
pub(super) fn hold(turn: &mut Turn<'_>) -> Result<List, Error> {
    let list = turn.new_list()?;
    list.push(turn, "held by a party that does not act")?;
    turn.new_text("another thing that is held")?;
    turn.put_message("a message put to be held")?;
    turn.take_message(Order::Lifo)?;
    Ok(list)
}

/// Fills the region with ballast until nothing fits, then frees some from the end until `room` bytes are free.
pub(super) fn fill(turn: &mut Turn<'_>, room: u64) -> Result<(), Error> {
    let ballast = turn.new_list()?;
    turn.roots()?.set(turn, "ballast", ballast)?;
    // Room for its elements first: it must not grow while it is being filled.
    ballast.extend_ints(turn, &[0; 64])?;
    ballast.truncate(turn, 0)?;
    for size in [700, 300, 120, 60, 30, 16, 9] {
        while ballast.len(turn)? < 64 {
            match ballast.push(turn, &vec![7u8; size][..]) {
                Ok(()) => {}
                Err(Error::OutOfMemory { .. }) => break,
                Err(error) => return Err(error),
            }
        }
    }
    while turn.stats()?.free < room && !ballast.is_empty(turn)? {
        ballast.truncate(turn, ballast.len(turn)? - 1)?;
    }
    Ok(())
}
