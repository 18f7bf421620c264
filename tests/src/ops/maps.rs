//! Maps.

#![forbid(unsafe_code)]

use cohabit::Turn;

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
];
