//! Sets, and what is frozen.

#![forbid(unsafe_code)]

use cohabit::{AnySet, Error, FrozenMap, FrozenSet, Set, Tuple, Turn, Value};

use super::{Done, LONG, Op, Props, entries, hold_list, ints, mixed};

const ELEMENT: &str = "an element too long for a cell";

/// A set of these many numbers, placed among the roots.
fn numbers(turn: &mut Turn<'_>, props: &mut Props, len: i64) -> Done {
    let set = turn.new_set()?;
    turn.roots()?.set(turn, "set", set)?;
    set.extend(turn, 0..len)?;
    props.set = Some(set);
    Ok(())
}

/// Elements of every form, one of them removed again.
fn varied(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    numbers(turn, props, 1)?;
    let set = props.set();
    set.insert(turn, ELEMENT)?;
    set.insert(turn, "to be removed, and long")?;
    set.extend(turn, [2.5, 7.0])?;
    set.remove(turn, "to be removed, and long").map(drop)
}

/// Besides a set, sets among the roots, by number: the first so many of these elements.
fn others(turn: &mut Turn<'_>, props: &mut Props, elements: &[&str]) -> Done {
    varied(turn, props)?;
    for count in 1..=elements.len() {
        let other = turn.new_set()?;
        other.extend(turn, elements[..count].iter().copied())?;
        let other = other.freeze(turn)?;
        turn.roots()?.set(turn, count as i64, other)?;
    }
    Ok(())
}

/// One of them.
fn other(turn: &Turn<'_>, props: &Props) -> Result<AnySet, Error> {
    let found = turn.roots()?.get(turn, props.parts as i64)?;
    Ok(found.and_then(Value::as_frozen_set).expect("the setup made one").into())
}

/// A set of long texts, and others that have all of them but the first, but the first two.
fn common(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    let set = turn.new_set()?;
    turn.roots()?.set(turn, "set", set)?;
    set.extend(turn, ["the first long element", "the second long element", "third"])?;
    for count in 1..=2 {
        let other = set.copy(turn)?;
        for element in ["the first long element", "the second long element"].iter().take(count) {
            other.remove(turn, *element)?;
        }
        let other = other.freeze(turn)?;
        turn.roots()?.set(turn, count as i64, other)?;
    }
    props.set = Some(set);
    Ok(())
}

/// Two sets, one of them frozen.
fn two(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    others(turn, props, &[ELEMENT, "another element that is long"])
}

fn second(turn: &Turn<'_>) -> Result<AnySet, Error> {
    Ok(turn.roots()?.get(turn, 2)?.and_then(Value::as_frozen_set).expect("the setup made two").into())
}

/// A frozen form among the roots, of what the roots have as `list`, `set` and `map`.
fn frozen(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    mixed(turn, props)?;
    varied(turn, props)?;
    entries(turn, props, 3)?;
    props.map().set(turn, "a key too long for a cell", LONG)?;
    let tuple = props.list().copy(turn)?.freeze(turn)?;
    let set = props.set().copy(turn)?.freeze(turn)?;
    let map = props.map().copy(turn)?.freeze(turn)?;
    let roots = turn.roots()?;
    roots.set(turn, "tuple", tuple)?;
    roots.set(turn, "frozen set", set)?;
    roots.set(turn, "frozen map", map)
}

fn tuple(turn: &Turn<'_>) -> Result<Tuple, Error> {
    Ok(turn.roots()?.get(turn, "tuple")?.and_then(Value::as_tuple).expect("the setup made one"))
}

fn frozen_set(turn: &Turn<'_>) -> Result<FrozenSet, Error> {
    Ok(turn.roots()?.get(turn, "frozen set")?.and_then(Value::as_frozen_set).expect("the setup made one"))
}

fn frozen_map(turn: &Turn<'_>) -> Result<FrozenMap, Error> {
    Ok(turn.roots()?.get(turn, "frozen map")?.and_then(Value::as_frozen_map).expect("the setup made one"))
}

/// A set in the actor's holdings.
fn held(turn: &mut Turn<'_>, props: &mut Props) -> Result<Set, Error> {
    let set = turn.new_set()?;
    set.extend(turn, [ELEMENT, "short"])?;
    props.set = Some(set);
    Ok(set)
}

pub(super) const OPS: &[Op] = &[
    Op::new("new set", &["Turn::new_set"], |_, _| Ok(()), |t, _| t.new_set().map(drop)),
    Op::new(
        "insert: first element",
        &["Set::insert"],
        |t, p| numbers(t, p, 0),
        |t, p| p.set().insert(t, ELEMENT).map(drop),
    )
    .regrows(),
    Op::new(
        "insert: with room",
        &["Set::insert"],
        |t, p| numbers(t, p, 2),
        |t, p| p.set().insert(t, 7).map(drop),
    ),
    Op::new(
        "insert: rebuilding",
        &["Set::insert"],
        |t, p| numbers(t, p, 4),
        |t, p| p.set().insert(t, ELEMENT).map(drop),
    )
    .regrows(),
    Op::new("insert: there already", &["Set::insert"], varied, |t, p| p.set().insert(t, ELEMENT).map(drop)),
    Op::new(
        "extend a set",
        &["Set::extend"],
        |t, p| numbers(t, p, 3),
        |t, p| {
            p.set().extend(t, [ELEMENT, "short", "another element that is long"].into_iter().take(p.parts))
        },
    )
    .regrows()
    .in_parts(3),
    Op::new("remove: element", &["Set::remove"], varied, |t, p| p.set().remove(t, 0).map(drop)),
    Op::new("remove: long element", &["Set::remove"], varied, |t, p| p.set().remove(t, ELEMENT).map(drop)),
    Op::new(
        "pop the last element",
        &["Set::pop_last"],
        |t, p| numbers(t, p, 3),
        |t, p| p.set().pop_last(t).map(drop),
    ),
    Op::new(
        "pop the last element: long",
        &["Set::pop_last"],
        |t, p| {
            numbers(t, p, 2)?;
            p.set().insert(t, ELEMENT).map(drop)
        },
        |t, p| p.set().pop_last(t).map(drop),
    ),
    Op::new("clear a set", &["Set::clear"], varied, |t, p| p.set().clear(t)),
    Op::new("copy a set", &["Set::copy"], varied, |t, p| p.set().copy(t).map(drop)).regrows(),
    Op::new(
        "extend from a set",
        &["Set::extend_from"],
        |t, p| others(t, p, &["first", "the second element", "the third element"]),
        |t, p| p.set().extend_from(t, other(t, p)?),
    )
    .regrows()
    .in_parts(3),
    Op::new("intersect in place", &["Set::intersect_with"], common, |t, p| {
        p.set().intersect_with(t, other(t, p)?)
    })
    .in_parts(2),
    Op::new(
        "subtract in place",
        &["Set::difference_with"],
        |t, p| {
            others(t, p, &[ELEMENT, "last"])?;
            p.set().insert(t, "last").map(drop)
        },
        |t, p| p.set().difference_with(t, other(t, p)?),
    )
    .in_parts(2),
    Op::new(
        "symmetric difference in place",
        &["Set::symmetric_difference_with"],
        |t, p| others(t, p, &["an element that is new", ELEMENT]),
        |t, p| p.set().symmetric_difference_with(t, other(t, p)?),
    )
    .regrows()
    .in_parts(2),
    Op::new("union", &["algebra::union"], two, |t, p| p.set().union(t, second(t)?).map(drop)),
    Op::new("intersection", &["algebra::intersection"], two, |t, p| {
        p.set().intersection(t, second(t)?).map(drop)
    }),
    Op::new("difference", &["algebra::difference"], two, |t, p| p.set().difference(t, second(t)?).map(drop)),
    Op::new("symmetric difference", &["algebra::symmetric_difference"], two, |t, p| {
        p.set().symmetric_difference(t, second(t)?).map(drop)
    }),
    Op::new("freeze a list", &["List::freeze"], hold_list, |t, p| p.other().freeze(t).map(drop)),
    Op::new(
        "freeze a set",
        &["Set::freeze"],
        |t, p| held(t, p).map(drop),
        |t, p| p.set().freeze(t).map(drop),
    ),
    Op::new(
        "freeze a map",
        &["Map::freeze"],
        |t, p| {
            p.map = Some(t.new_map()?);
            p.map().set(t, "a key too long for a cell", LONG)
        },
        |t, p| p.map().freeze(t).map(drop),
    ),
    Op::new("new tuple", &["Turn::new_tuple"], hold_list, |t, p| {
        t.new_tuple(&[1.into(), LONG.into(), p.other().into(), "short".into()]).map(drop)
    }),
    Op::new("list of a tuple", &["Tuple::to_list"], frozen, |t, _| tuple(t)?.to_list(t).map(drop)),
    Op::new("copy a tuple", &["Tuple::copy"], frozen, |t, _| tuple(t)?.copy(t).map(drop)),
    Op::new("slice a tuple", &["Tuple::slice"], frozen, |t, _| tuple(t)?.slice(t, 1..4).map(drop)),
    Op::new("set of a frozen one", &["FrozenSet::to_set"], frozen, |t, _| frozen_set(t)?.to_set(t).map(drop)),
    Op::new("copy a frozen set", &["FrozenSet::copy"], frozen, |t, _| frozen_set(t)?.copy(t).map(drop)),
    Op::new("map of a frozen one", &["FrozenMap::to_map"], frozen, |t, _| frozen_map(t)?.to_map(t).map(drop)),
    Op::new("copy a frozen map", &["FrozenMap::copy"], frozen, |t, _| frozen_map(t)?.copy(t).map(drop)),
    Op::new("replace a tuple", &["Map::set"], frozen, |t, _| t.roots()?.set(t, "tuple", 1)),
    Op::new("remove a frozen map", &["Map::remove"], frozen, |t, _| {
        t.roots()?.remove(t, "frozen map").map(drop)
    }),
    Op::new(
        "push: a set",
        &["List::push"],
        |t, p| {
            ints(t, p, 4)?;
            held(t, p).map(drop)
        },
        |t, p| p.list().push(t, p.set()),
    )
    .regrows(),
    Op::new(
        "put a set as message",
        &["Turn::put_message"],
        |t, p| held(t, p).map(drop),
        |t, p| t.put_message(p.set()),
    ),
    Op::new("destroy a set", &["Turn::destroy"], |t, p| held(t, p).map(drop), |t, p| t.destroy(p.set())),
];
