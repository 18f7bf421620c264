//! Keys that are objects: tuples and frozen sets, placed as keys, removed, copied; and scalars.

#![forbid(unsafe_code)]

use cohabit::{Date, Decimal, Error, Object, Tuple, Turn};

use super::{Done, LONG, Op, Props, hold_list};

/// A tuple with a text, a frozen set and a tuple in it, in the actor's holdings.
fn tuple(turn: &mut Turn<'_>, first: i64) -> Result<Tuple, Error> {
    let set = turn.new_set()?;
    set.extend(turn, ["an element too long for a cell", "short"])?;
    let (set, inner) = (set.freeze(turn)?, turn.new_tuple(&[2.into(), "short".into()])?);
    turn.new_tuple(&[first.into(), LONG.into(), set.into(), inner.into()])
}

/// A map and a set among the roots with such keys, and with scalars for keys.
fn keyed(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    let (map, set, roots) = (turn.new_map()?, turn.new_set()?, turn.roots()?);
    roots.set(turn, "map", map)?;
    roots.set(turn, "set", set)?;
    let list = turn.new_list()?;
    list.push(turn, LONG)?;
    let key = tuple(turn, 1)?;
    map.set(turn, Date::MAX, LONG)?;
    map.set(turn, key, list)?;
    map.set(turn, Decimal::parse("12345678.90").expect("a decimal"), 2)?;
    let element = tuple(turn, 1)?;
    set.insert(turn, element)?;
    set.insert(turn, 7)?;
    (props.map, props.set) = (Some(map), Some(set));
    Ok(())
}

/// The same, and a tuple in the actor's holdings that is a key, or is none.
fn with_key(turn: &mut Turn<'_>, props: &mut Props, first: i64) -> Done {
    keyed(turn, props)?;
    props.key = Some(tuple(turn, first)?);
    hold_list(turn, props)
}

fn known(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    with_key(turn, props, 1)
}

fn new(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    with_key(turn, props, 2)
}

pub(super) const OPS: &[Op] = &[
    Op::new("set: a new tuple for a key", &["Map::set"], new, |t, p| p.map().set(t, p.key(), p.other()))
        .regrows(),
    Op::new("set: by a tuple that is a key", &["Map::set"], known, |t, p| p.map().set(t, p.key(), p.other())),
    Op::new("remove: by a tuple", &["Map::remove"], known, |t, p| p.map().remove(t, p.key()).map(drop)),
    Op::new("take: by a tuple", &["Map::take"], known, |t, p| p.map().take(t, p.key()).map(drop)),
    Op::new("entry: a new tuple", &["Entry::or_insert"], new, |t, p| {
        p.map().entry(t, p.key())?.or_insert(p.other()).map(drop)
    })
    .regrows(),
    Op::new("set: a decimal for a key", &["Map::set"], keyed, |t, p| {
        p.map().set(t, Decimal::parse("0.12345678901").expect("a decimal"), LONG)
    })
    .regrows(),
    Op::new("insert: a tuple", &["Set::insert"], new, |t, p| p.set().insert(t, p.key()).map(drop)).regrows(),
    Op::new("insert: a tuple that is there", &["Set::insert"], known, |t, p| {
        p.set().insert(t, p.key()).map(drop)
    }),
    Op::new("remove: element by a tuple", &["Set::remove"], known, |t, p| {
        p.set().remove(t, p.key()).map(drop)
    }),
    Op::new(
        "pop the last element: a tuple",
        &["Set::pop_last"],
        |t, p| {
            keyed(t, p)?;
            p.set().remove(t, 7).map(drop)
        },
        |t, p| p.set().pop_last(t).map(drop),
    ),
    Op::new("clear a set of tuples", &["Set::clear"], keyed, |t, p| p.set().clear(t)),
    Op::new("copy a map with tuples for keys", &["Map::copy"], keyed, |t, p| p.map().copy(t).map(drop)),
    Op::new("fast map with tuples for keys", &["packed::to_fast"], keyed, |t, p| {
        p.map().to_fast(t).map(drop)
    }),
    Op::new(
        "put back a key that was popped",
        &["Set::insert"],
        |t, p| {
            keyed(t, p)?;
            p.set().remove(t, 7)?;
            let popped = p.set().pop_last(t)?.and_then(|item| item.object());
            let Some(Object::Tuple(popped)) = popped else { panic!("{popped:?}") };
            p.key = Some(popped);
            Ok(())
        },
        |t, p| p.set().insert(t, p.key()).map(drop),
    )
    .regrows(),
    Op::new("destroy a set of tuples", &["Map::remove"], keyed, |t, _| t.roots()?.remove(t, "set").map(drop)),
];
