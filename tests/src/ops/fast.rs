//! Fast frozen maps and sets.

#![forbid(unsafe_code)]

use cohabit::{Error, FastMap, FastSet, Turn, Value};

use super::{Done, LONG, Op, Props, ints};

const KEY: &str = "a key too long for a cell";

/// A map with keys and values of every form, one of them removed, and a set, among the roots.
fn sources(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    let (map, set, list) = (turn.new_map()?, turn.new_set()?, turn.new_list()?);
    list.push(turn, LONG)?;
    map.set(turn, KEY, list)?;
    map.set(turn, "to be removed, and long", LONG)?;
    map.set(turn, 7, LONG)?;
    map.remove(turn, "to be removed, and long")?;
    set.extend(turn, [KEY, "short"])?;
    set.extend(turn, [1, 2])?;
    set.remove(turn, 1)?;
    let roots = turn.roots()?;
    roots.set(turn, "map", map)?;
    roots.set(turn, "set", set)?;
    (props.map, props.set) = (Some(map), Some(set));
    Ok(())
}

/// The same, and fast copies of both, placed.
fn placed(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    sources(turn, props)?;
    let (map, set) = (props.map().to_fast(turn)?, props.set().to_fast(turn)?);
    let roots = turn.roots()?;
    roots.set(turn, "fast map", map)?;
    roots.set(turn, "fast set", set)
}

/// A list, and a fast map in the actor's holdings.
fn held(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    ints(turn, props, 4)?;
    sources(turn, props)?;
    props.fast = Some(props.map().to_fast(turn)?);
    Ok(())
}

fn fast_map(turn: &Turn<'_>) -> Result<FastMap, Error> {
    Ok(turn.roots()?.get(turn, "fast map")?.and_then(Value::as_fast_map).expect("the setup made one"))
}

fn fast_set(turn: &Turn<'_>) -> Result<FastSet, Error> {
    Ok(turn.roots()?.get(turn, "fast set")?.and_then(Value::as_fast_set).expect("the setup made one"))
}

pub(super) const OPS: &[Op] = &[
    Op::new("fast map of a map", &["packed::to_fast"], sources, |t, p| p.map().to_fast(t).map(drop)),
    Op::new("fast set of a set", &["packed::to_fast"], sources, |t, p| p.set().to_fast(t).map(drop)),
    Op::new("map of a fast one", &["FastMap::to_map"], placed, |t, _| fast_map(t)?.to_map(t).map(drop)),
    Op::new("set of a fast one", &["FastSet::to_set"], placed, |t, _| fast_set(t)?.to_set(t).map(drop)),
    Op::new("copy a fast map", &["FastMap::copy"], placed, |t, _| fast_map(t)?.copy(t).map(drop)),
    Op::new("copy a fast set", &["FastSet::copy"], placed, |t, _| fast_set(t)?.copy(t).map(drop)),
    Op::new("replace a fast set", &["Map::set"], placed, |t, _| t.roots()?.set(t, "fast set", 1)),
    Op::new("remove a fast map", &["Map::remove"], placed, |t, _| t.roots()?.remove(t, "fast map").map(drop)),
    Op::new("push: a fast map", &["List::push"], held, |t, p| p.list().push(t, p.fast())).regrows(),
    Op::new("put a fast map as message", &["Turn::put_message"], held, |t, p| t.put_message(p.fast())),
    Op::new("destroy a fast map", &["Turn::destroy"], held, |t, p| t.destroy(p.fast())),
];
