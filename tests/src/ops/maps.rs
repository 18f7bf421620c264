//! Maps.

#![forbid(unsafe_code)]

use cohabit::{Turn, Value};

use super::{Done, LONG, Op, Props, entries, hold_list, tree};

const KEY: &str = "a key too long for a cell";

/// Entries of every kind, one of them removed again, with room for more.
fn varied(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    entries(turn, props, 1)?;
    let map = props.map();
    map.set(turn, KEY, LONG)?;
    let list = tree(turn, 1)?;
    map.set(turn, "list", list)?;
    map.set(turn, 2.5, "short")?;
    map.set(turn, "to be removed, and long", 1)?;
    map.remove(turn, "to be removed, and long").map(drop)
}

/// Besides a map, others among the roots that have the first, the first two and the first three of the same entries: one
/// that replaces a list, one that replaces a number, one that is new.
fn parts(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    varied(turn, props)?;
    for count in 1..=3 {
        let part = turn.new_map()?;
        turn.roots()?.set(turn, count as i64, part)?;
        part.set(turn, "list", LONG)?;
        if count > 1 {
            let list = tree(turn, 1)?;
            part.set(turn, 0, list)?;
        }
        if count > 2 {
            part.set(turn, "a key that is long and new", LONG)?;
        }
    }
    Ok(())
}

pub(super) const OPS: &[Op] = &[
    Op::new("set: first entry", &["Map::set"], |t, p| entries(t, p, 0), |t, p| p.map().set(t, 1, 2))
        .regrows(),
    Op::new(
        "set: first entry, long key and text",
        &["Map::set"],
        |t, p| entries(t, p, 0),
        |t, p| p.map().set(t, KEY, LONG),
    )
    .regrows(),
    Op::new("set: new number", &["Map::set"], |t, p| entries(t, p, 2), |t, p| p.map().set(t, 7, 8)).regrows(),
    Op::new("set: new, rebuilding", &["Map::set"], |t, p| entries(t, p, 4), |t, p| p.map().set(t, 9, 9))
        .regrows(),
    Op::new(
        "set: new, rebuilding a larger one",
        &["Map::set"],
        |t, p| entries(t, p, 9),
        |t, p| p.map().set(t, KEY, 9),
    )
    .regrows(),
    Op::new(
        "set: new in a map of removed entries",
        &["Map::set"],
        |t, p| {
            entries(t, p, 6)?;
            for key in 0..5 {
                p.map().remove(t, key)?;
            }
            Ok(())
        },
        |t, p| p.map().set(t, 77, LONG),
    )
    .regrows(),
    Op::new("set: new long key, new text", &["Map::set"], varied, |t, p| {
        p.map().set(t, "another quite long key", LONG)
    })
    .regrows(),
    Op::new("set: same type", &["Map::set"], varied, |t, p| p.map().set(t, 0, 77)),
    Op::new("set: other type", &["Map::set"], varied, |t, p| p.map().set(t, 0, "short")),
    Op::new("set: text to text", &["Map::set"], varied, |t, p| p.map().set(t, KEY, "another long text")),
    Op::new("set: list to number", &["Map::set"], varied, |t, p| p.map().set(t, "list", 1)),
    Op::new(
        "set: text to list",
        &["Map::set"],
        |t, p| varied(t, p).and_then(|()| hold_list(t, p)),
        |t, p| p.map().set(t, KEY, p.other()),
    ),
    Op::new(
        "set: new list",
        &["Map::set"],
        |t, p| varied(t, p).and_then(|()| hold_list(t, p)),
        |t, p| p.map().set(t, "new", p.other()),
    )
    .regrows(),
    Op::new("set: a root", &["Map::set"], hold_list, |t, p| t.roots()?.set(t, "root", p.other())).regrows(),
    Op::new(
        "replace a root",
        &["Map::set"],
        |t, p| {
            super::mixed(t, p)?;
            hold_list(t, p)
        },
        |t, p| t.roots()?.set(t, "list", p.other()),
    ),
    Op::new("remove: number", &["Map::remove"], varied, |t, p| p.map().remove(t, 0).map(drop)),
    Op::new("remove: long key, text", &["Map::remove"], varied, |t, p| p.map().remove(t, KEY).map(drop)),
    Op::new("remove: list", &["Map::remove"], varied, |t, p| p.map().remove(t, "list").map(drop)),
    Op::new("take: number", &["Map::take"], varied, |t, p| p.map().take(t, 0).map(drop)),
    Op::new("take: long key, text", &["Map::take"], varied, |t, p| p.map().take(t, KEY).map(drop)),
    Op::new("take: list", &["Map::take"], varied, |t, p| p.map().take(t, "list").map(drop)),
    Op::new("take: a root", &["Map::take"], super::mixed, |t, _| t.roots()?.take(t, "list").map(drop)),
    Op::new("entry: set old", &["Map::entry", "Entry::set"], varied, |t, p| p.map().entry(t, KEY)?.set(1)),
    Op::new("entry: set new", &["Map::entry", "Entry::set"], varied, |t, p| {
        p.map().entry(t, "a new and long key")?.set(LONG)
    })
    .regrows(),
    Op::new("entry: insert", &["Map::entry", "Entry::or_insert"], varied, |t, p| {
        p.map().entry(t, 55)?.or_insert(LONG).map(drop)
    })
    .regrows(),
    Op::new("entry: there already", &["Map::entry", "Entry::or_insert"], varied, |t, p| {
        p.map().entry(t, 2.5)?.or_insert(LONG).map(drop)
    }),
    Op::new("entry: update", &["Map::entry", "Entry::update"], varied, |t, p| {
        p.map().entry(t, 0)?.update(|old| old.unwrap().as_int().unwrap() + 0x1_0000_0000)
    }),
    Op::new("copy a map", &["Map::copy"], varied, |t, p| p.map().copy(t).map(drop)).regrows(),
    Op::new("clear a map", &["Map::clear"], varied, |t, p| p.map().clear(t)),
    Op::new("clear an empty map", &["Map::clear"], |t, p| entries(t, p, 0), |t, p| p.map().clear(t)),
    Op::new(
        "pop the last entry: long key",
        &["Map::pop_last"],
        |t, p| {
            varied(t, p)?;
            p.map().set(t, "a last key that is long", LONG)
        },
        |t, p| p.map().pop_last(t).map(drop),
    ),
    Op::new(
        "pop the last entry: numbers",
        &["Map::pop_last"],
        |t, p| entries(t, p, 3),
        |t, p| p.map().pop_last(t).map(drop),
    ),
    Op::new("extend from a map", &["Map::extend_from"], parts, |t, p| {
        let part = t.roots()?.get(t, p.parts as i64)?.and_then(Value::as_map).expect("the setup made one");
        p.map().extend_from(t, part)
    })
    .regrows()
    .in_parts(3),
];
