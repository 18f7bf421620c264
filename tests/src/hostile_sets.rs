//! Sets, frozen containers and instances in a region that may say anything.

use cohabit::{AnySet, Error, Input, Key, Turn, Value};
use cohabit_testkit::Random;

use crate::hostile::{Names, pick};

/// Those that are known by name.
pub(crate) fn named(names: &Names) -> Vec<Value<'static>> {
    let tuples = names.tuples.iter().map(|tuple| Value::Tuple(*tuple));
    let sets = names.sets.iter().map(|set| Value::Set(*set));
    let frozen = names.frozen_sets.iter().map(|set| Value::FrozenSet(*set));
    let maps = names.frozen_maps.iter().map(|map| Value::FrozenMap(*map));
    let fast = names.fast_sets.iter().map(|set| Value::FastSet(*set));
    let fast_maps = names.fast_maps.iter().map(|map| Value::FastMap(*map));
    let instances = names.instances.iter().map(|instance| Value::Instance(*instance));
    tuples.chain(sets).chain(frozen).chain(maps).chain(fast).chain(fast_maps).chain(instances).collect()
}

/// Remembers the names of some that were met.
pub(crate) fn learn(names: &mut Names, met: Vec<Value<'_>>) {
    for value in met.into_iter().take(32) {
        names.tuples.extend(value.as_tuple());
        names.sets.extend(value.as_set());
        names.frozen_sets.extend(value.as_frozen_set());
        names.frozen_maps.extend(value.as_frozen_map());
        names.fast_sets.extend(value.as_fast_set());
        names.fast_maps.extend(value.as_fast_map());
        names.instances.extend(value.as_instance());
    }
}

macro_rules! look_at_map {
    ($turn:ident, $map:ident, $most:ident, $values:ident) => {{
        let (turn, map) = ($turn, $map);
        let _ = (map.len(turn), map.is_empty(turn), map.footprint(turn));
        let _ = (map.get(turn, 3), map.get(turn, "list"), map.get(turn, 0.5));
        let _ = (
            map.keys(turn).map(|keys| keys.take($most).count()),
            map.values(turn).map(|all| all.take($most).count()),
        );
        for (key, value) in map.iter(turn).into_iter().flatten().take($most).flatten() {
            let _ = Key::try_from(key).map(|key| map.contains(turn, key));
            $values.extend([key, value]);
        }
    }};
}

macro_rules! look_at_set {
    ($turn:ident, $set:ident, $most:ident, $values:ident) => {{
        let (turn, set) = ($turn, $set);
        let _ = (set.len(turn), set.is_empty(turn), set.footprint(turn));
        let _ = (set.is_subset(turn, set), set.is_disjoint(turn, set), turn.compare(set, set));
        for element in set.iter(turn).into_iter().flatten().take($most).flatten() {
            let _ = Key::try_from(element).map(|key| set.contains(turn, key));
            $values.push(element);
        }
    }};
}

/// Every public read of one of them.
pub(crate) fn look<'t>(turn: &'t Turn<'_>, value: Value<'t>, most: usize, values: &mut Vec<Value<'t>>) {
    match value {
        Value::Tuple(tuple) => {
            let _ = (tuple.len(turn), tuple.is_empty(turn), tuple.get(turn, 1), tuple.footprint(turn));
            let _ = (tuple.as_ints(turn).map(<[_]>::len), tuple.as_floats(turn).map(<[_]>::len));
            let _ = turn.roots().map(|roots| roots.contains(turn, tuple));
            values.extend(tuple.iter(turn).into_iter().flatten().take(most).flatten());
        }
        Value::FrozenMap(map) => look_at_map!(turn, map, most, values),
        Value::FastMap(map) => look_at_map!(turn, map, most, values),
        Value::Set(set) => look_at_set!(turn, set, most, values),
        Value::FrozenSet(set) => look_at_set!(turn, set, most, values),
        Value::FastSet(set) => look_at_set!(turn, set, most, values),
        Value::Instance(instance) => {
            let _ = (
                instance.class(turn),
                instance.len(turn),
                instance.is_empty(turn),
                instance.get(turn, "set"),
                instance.footprint(turn),
            );
            for (name, value) in instance.fields(turn).into_iter().flatten().take(most).flatten() {
                let _ = instance.has(turn, name);
                values.push(value);
            }
        }
        _ => {}
    }
}

/// One public write to an instance, at random.
fn change_instance(
    turn: &mut Turn<'_>,
    names: &mut Names,
    random: &mut Random,
    text: &str,
) -> Result<(), Error> {
    let value = names.any_object(random).map_or(random.next_u64().into(), Input::from);
    let Some(instance) = pick(&names.instances, random) else {
        return turn.new_instance(text).map(|instance| names.instances.push(instance));
    };
    match random.below(6) {
        0 => instance.remove(turn, "set").map(drop),
        1 => instance.take(turn, "a sentence of some length").map(drop),
        2 => instance.copy(turn).map(|copy| names.instances.push(copy)),
        3 => instance.set(turn, "set", value),
        _ => instance.set(turn, text, value),
    }
}

/// One public write, at random.
pub(crate) fn change(
    turn: &mut Turn<'_>,
    names: &mut Names,
    random: &mut Random,
    text: &str,
) -> Result<(), Error> {
    if random.below(4) == 0 {
        return change_instance(turn, names, random, text);
    }
    let set = pick(&names.sets, random);
    let frozen = pick(&names.frozen_sets, random);
    let other: Option<AnySet> = match random.below(3) {
        0 => set.map(AnySet::Set),
        1 => frozen.map(AnySet::Frozen),
        _ => pick(&names.fast_sets, random).map(AnySet::Fast),
    };
    let number = random.below(40) as i64;
    let key: Option<Key<'_>> = match random.below(4) {
        0 => frozen.map(Key::from),
        1 => pick(&names.fast_sets, random).map(Key::from),
        _ => pick(&names.tuples, random).map(Key::from),
    };
    if let Some(key) = key
        && random.below(6) == 0
    {
        let map = pick(&names.maps, random);
        return match (random.below(4), map, set) {
            (0, Some(map), _) => map.set(turn, key, text),
            (1, Some(map), _) => map.remove(turn, key).map(drop),
            (2, Some(map), _) => map.entry(turn, key)?.or_insert(number).map(drop),
            (_, _, Some(set)) => set.insert(turn, key).map(drop),
            _ => Ok(()),
        };
    }
    match (random.below(24), set, frozen, other) {
        (0, ..) => names.sets.push(turn.new_set()?),
        (1, ..) => names.tuples.push(turn.new_tuple(&[1.into(), text.into()])?),
        (2, ..) => {
            let Some(object) = names.any_object(random) else { return Ok(()) };
            names.tuples.push(turn.new_tuple(&[text.into(), object.into(), number.into()])?);
        }
        (3, ..) => {
            let Some(list) = pick(&names.lists, random) else { return Ok(()) };
            names.tuples.push(list.freeze(turn)?);
        }
        (4, ..) => {
            let Some(map) = pick(&names.maps, random) else { return Ok(()) };
            names.frozen_maps.push(map.freeze(turn)?);
        }
        (5, Some(set), ..) => names.frozen_sets.push(set.freeze(turn)?),
        (6, ..) => {
            let Some(tuple) = pick(&names.tuples, random) else { return Ok(()) };
            match random.below(3) {
                0 => names.lists.push(tuple.to_list(turn)?),
                1 => names.tuples.push(tuple.copy(turn)?),
                _ => names.tuples.push(tuple.slice(turn, 1..)?),
            }
        }
        (7, ..) => {
            let Some(map) = pick(&names.frozen_maps, random) else { return Ok(()) };
            match random.below(2) {
                0 => names.maps.push(map.to_map(turn)?),
                _ => names.frozen_maps.push(map.copy(turn)?),
            }
        }
        (8, _, Some(frozen), _) => names.sets.push(frozen.to_set(turn)?),
        (9, _, Some(frozen), _) => names.frozen_sets.push(frozen.copy(turn)?),
        (10, Some(set), _, Some(other)) => names.sets.push(set.union(turn, other)?),
        (11, _, Some(frozen), Some(other)) => names.sets.push(frozen.symmetric_difference(turn, other)?),
        (12, Some(set), _, Some(other)) => set.extend_from(turn, other)?,
        (13, Some(set), _, Some(other)) => set.intersect_with(turn, other)?,
        (14, Some(set), _, Some(other)) => set.symmetric_difference_with(turn, other)?,
        (15, Some(set), ..) => drop(set.remove(turn, number)?),
        (16, Some(set), ..) => drop(set.pop_last(turn)?),
        (17, Some(set), ..) => set.extend(turn, 0..number)?,
        (18, ..) => {
            let Some(map) = pick(&names.maps, random) else { return Ok(()) };
            names.fast_maps.push(map.to_fast(turn)?);
        }
        (19, Some(set), ..) => names.fast_sets.push(set.to_fast(turn)?),
        (20, ..) => {
            let Some(map) = pick(&names.fast_maps, random) else { return Ok(()) };
            match random.below(2) {
                0 => names.maps.push(map.to_map(turn)?),
                _ => names.fast_maps.push(map.copy(turn)?),
            }
        }
        (21, ..) => {
            let Some(fast) = pick(&names.fast_sets, random) else { return Ok(()) };
            match (random.below(3), other) {
                (0, Some(other)) => names.sets.push(fast.symmetric_difference(turn, other)?),
                (1, _) => names.sets.push(fast.to_set(turn)?),
                _ => names.fast_sets.push(fast.copy(turn)?),
            }
        }
        (_, Some(set), ..) => drop(set.insert(turn, text)?),
        _ => names.sets.push(turn.new_set()?),
    }
    Ok(())
}
