//! One turn in a region that may say anything: read all, change at random, read again.

use cohabit::{AnyRecord, Error, Input, List, Map, Order, Turn, Value};
use cohabit_testkit::Random;

use crate::{
    hostile::{Names, Outcome, pick},
    hostile_arrays::{change_array, read_array},
    hostile_serde, hostile_sets,
    sample::Thing,
    scalars::Rich,
};

/// Values looked at in one reading, and changes made in one turn: enough to meet everything, few enough to be quick.
const MOST_READ: usize = 400;
const CHANGES: usize = 40;

pub(crate) fn work(turn: &mut Turn<'_>, names: &mut Names, random: &mut Random, outcome: &mut Outcome) {
    let _ = (turn.recovered(), turn.leftovers(), turn.slot());
    look(turn, names, outcome);
    for _ in 0..CHANGES {
        match change(turn, names, random) {
            Ok(()) => outcome.done += 1,
            Err(error) => {
                outcome.refused += 1;
                assert!(error.code() != 0 && !error.to_string().is_empty());
            }
        }
    }
    look(turn, names, outcome);
    let _ = turn.reap();
}

/// Every public read.
fn look(turn: &mut Turn<'_>, names: &mut Names, outcome: &mut Outcome) {
    let _ = turn.stats().map(|stats| stats.fragmentation());
    match turn.audit() {
        Ok(_) => outcome.sound += 1,
        Err(error) => assert!(error.code() != 0 && !error.to_string().is_empty()),
    }
    let mut left = MOST_READ;
    let mut values: Vec<Value<'_>> = Vec::new();
    values.extend(turn.roots().map(Value::Map));
    values.extend(turn.read_message(Order::Fifo).ok().flatten());
    values.extend(turn.read_message(Order::Lifo).ok().flatten());
    values.extend(turn.messages().into_iter().flatten().take(MOST_READ / 4).flatten());
    values.extend(names.lists.iter().map(|list| Value::List(*list)));
    values.extend(names.maps.iter().map(|map| Value::Map(*map)));
    values.extend(names.records.iter().map(|record| Value::Record(*record)));
    values.extend(names.messages.iter().filter_map(|message| message.value(turn).ok()));
    values.extend(names.texts.iter().filter_map(|text| Some(Value::Text(text.get(turn).ok()?))));
    values.extend(names.bytes.iter().filter_map(|bytes| Some(Value::Bytes(bytes.buffer(turn).ok()?))));
    let (mut lists, mut maps, mut byte_arrays, mut arrays, mut records) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    values.extend(names.arrays.iter().map(|array| Value::Array(*array)));
    values.extend(names.byte_arrays.iter().map(|array| Value::ByteArray(*array)));
    values.extend(hostile_sets::named(names));
    let mut others = Vec::new();
    while let Some(value) = values.pop() {
        if left == 0 {
            break;
        }
        left -= 1;
        match value {
            Value::List(list) => {
                lists.push(list);
                read_list(turn, list, &mut values);
            }
            Value::Map(map) => {
                maps.push(map);
                read_map(turn, map, &mut values);
            }
            Value::ByteArray(array) => {
                byte_arrays.push(array);
                let _ = (array.get(turn, 3), array.as_slice(turn).map(|bytes| bytes.iter().max()));
            }
            Value::Array(array) => {
                arrays.push(array);
                let _ = read_array(turn, array);
            }
            Value::Record(record) => {
                records.push(record);
                read_record(turn, record, &mut values);
            }
            Value::Tuple(_)
            | Value::Set(_)
            | Value::FrozenSet(_)
            | Value::FrozenMap(_)
            | Value::FastSet(_)
            | Value::FastMap(_)
            | Value::Instance(_) => {
                others.push(value);
                hostile_sets::look(turn, value, MOST_READ, &mut values);
            }
            scalar => {
                let _ = (scalar.as_int(), scalar.as_float(), scalar.as_text().map(str::len));
                if let Some(rich) = Rich::of(scalar) {
                    assert!(!format!("{scalar:?} {rich:?}").is_empty());
                }
            }
        }
    }
    compare(turn, lists.iter().map(|list| Value::List(*list)));
    compare(turn, maps.iter().map(|map| Value::Map(*map)));
    compare(turn, byte_arrays.iter().map(|array| Value::ByteArray(*array)));
    compare(turn, records.iter().map(|record| Value::Record(*record)));
    names.lists.extend(lists.into_iter().take(16));
    names.maps.extend(maps.into_iter().take(16));
    names.byte_arrays.extend(byte_arrays.into_iter().take(16));
    names.arrays.extend(arrays.into_iter().take(16));
    names.records.extend(records.into_iter().take(16));
    compare(turn, others.iter().copied());
    hostile_sets::learn(names, others);
}

/// Neighbours beside each other, which in sound regions are often copies.
fn compare<'t>(turn: &Turn<'_>, values: impl Iterator<Item = Value<'t>>) {
    let values: Vec<_> = values.take(MOST_READ / 8).collect();
    for pair in values.windows(2) {
        let _ = (turn.equal(pair[0], pair[1]), turn.compare(pair[0], pair[1]));
    }
}

fn read_list<'t>(turn: &'t Turn<'_>, list: List, values: &mut Vec<Value<'t>>) {
    let len = list.len(turn).unwrap_or(0);
    let _ =
        (list.get(turn, 0), list.get(turn, len.wrapping_sub(1)), list.get(turn, len), list.is_empty(turn));
    let _ = (list.index_of(turn, 5), list.count(turn, 0.5), list.contains(turn, "a text to be looked for"));
    let _ = list.as_ints(turn).map(|ints| ints.iter().fold(0, |sum: i64, int| sum.wrapping_add(*int)));
    let _ = list.as_floats(turn).map(|floats| floats.iter().sum::<f64>());
    if let Ok(iter) = list.iter(turn) {
        let _ = iter.size_hint();
        values.extend(iter.take(MOST_READ).flatten());
    }
}

fn read_map<'t>(turn: &'t Turn<'_>, map: Map, values: &mut Vec<Value<'t>>) {
    let _ = (map.len(turn), map.is_empty(turn), map.get(turn, "list"), map.contains(turn, 3));
    let _ = (map.get(turn, "list number 7"), map.get(turn, ()), map.contains(turn, b"bytes as a key, many"));
    if let Ok(iter) = map.iter(turn) {
        let _ = iter.size_hint();
        for (key, value) in iter.take(MOST_READ).flatten() {
            if let Ok(key) = cohabit::Key::try_from(key) {
                let _ = map.get(turn, key);
            }
            values.extend([key, value]);
        }
    }
}

fn read_record<'t>(turn: &'t Turn<'_>, record: AnyRecord, values: &mut Vec<Value<'t>>) {
    let _ = (record.len(turn), record.is_empty(turn), record.get(turn, "number"), record.footprint(turn));
    let _ = record.schema(turn).map(|schema| (format!("{schema:?}"), schema.is_empty()));
    if let Ok(thing) = record.open::<Thing>(turn) {
        let _ = (thing.load(turn), thing.get(turn, Thing::NUMBER), thing.get(turn, Thing::LATE));
    }
    hostile_serde::read(turn, record);
    if let Ok(iter) = record.iter(turn) {
        values.extend(iter.take(MOST_READ).flatten().map(|(_, value)| value));
    }
}

fn change_record(turn: &mut Turn<'_>, names: &mut Names, random: &mut Random) -> Result<(), Error> {
    let Some(record) = pick(&names.records, random) else {
        return turn.new_record(&Thing::random(random)).map(|record| names.records.push(record.any()));
    };
    match random.below(8) {
        0 => return record.set(turn, "number", random.next_u64() as i64).map(drop),
        1 => return record.set(turn, "name", "a text of some length, by its name").map(drop),
        2 => return hostile_serde::put(turn, random).map(|record| names.records.push(record)),
        _ => {}
    }
    let thing = record.open::<Thing>(turn)?;
    match random.below(5) {
        0 => thing.set(turn, Thing::NUMBER, random.next_u64() as i64),
        1 => thing.set(turn, Thing::NAME, "another text of some length"),
        2 => thing.set(turn, Thing::PARTS, &[0.5, 1.5]),
        3 => thing.update(turn, Thing::LATE, |late| !late),
        _ => record.copy(turn).map(|copy| names.records.push(copy)),
    }
}

fn change_byte_array(
    turn: &mut Turn<'_>,
    blob: &[u8],
    names: &mut Names,
    random: &mut Random,
) -> Result<(), Error> {
    let Some(array) = pick(&names.byte_arrays, random) else { return Ok(()) };
    let len = array.len(turn)?;
    let (a, b) = (random.below(len.saturating_add(1)), random.below(len.saturating_add(1)));
    match random.below(6) {
        0 => array.extend(turn, blob),
        1 => array.splice(turn, a.min(b)..a.max(b), blob),
        2 => array.truncate(turn, a),
        3 => array.as_mut_slice(turn).map(|bytes| bytes.fill(0x5a)),
        4 => array.set(turn, a, 7),
        _ => array.copy(turn).map(|copy| names.byte_arrays.push(copy)),
    }
}

/// One public write, at random.
fn change(turn: &mut Turn<'_>, names: &mut Names, random: &mut Random) -> Result<(), Error> {
    let Ok(roots) = turn.roots() else { return turn.new_list().map(|list| names.lists.push(list)) };
    let list = pick(&names.lists, random);
    let map = pick(&names.maps, random).unwrap_or(roots);
    let blob = vec![b'x'; random.below(90)];
    let text = core::str::from_utf8(&blob).unwrap_or_default();
    let rich = Rich::sample(random.below(1000));
    let value: Input<'_> = match random.below(7) {
        6 => rich.as_value().into(),
        0 => random.next_u64().into(),
        1 => text.into(),
        2 => blob.as_slice().into(),
        3 => 1.5.into(),
        _ => names.any_object(random).map_or(Input::from(()), Input::from),
    };
    match random.below(35) {
        31..=34 => hostile_sets::change(turn, names, random, text)?,
        26 => names.byte_arrays.push(turn.new_byte_array(&blob)?),
        27 => return change_byte_array(turn, &blob, names, random),
        28..=30 => return change_array(turn, names, random),
        0 => names.lists.push(turn.new_list()?),
        1 => names.maps.push(turn.new_map()?),
        2 => names.texts.push(turn.new_text(text)?),
        3 => names.bytes.push(turn.new_bytes(&blob)?),
        4 => names.bytes.push(turn.new_buffer(random.below(200))?),
        5 => turn.put_message(value)?,
        6 => names.messages.extend(turn.take_message(Order::Fifo)?),
        7 => names.messages.extend(turn.take_message(Order::Lifo)?),
        8..=10 => {
            let Some(message) = pick(&names.messages, random) else { return Ok(()) };
            match random.below(3) {
                0 => message.finish(turn)?,
                1 => message.put_back(turn)?,
                _ => drop(message.accept(turn)?.value(turn)?),
            }
        }
        11 => {
            if let Some(object) = names.any_object(random) {
                turn.destroy(object)?;
            }
        }
        12 => {
            if let Some(bytes) = pick(&names.bytes, random) {
                bytes.buffer_mut(turn)?.fill(0xa5);
            }
        }
        13 => map.set(turn, random.below(50) as i64, value)?,
        14 => map.set(turn, text, value)?,
        15 => drop(map.remove(turn, random.below(50) as i64)?),
        16 => drop(map.take(turn, text)?.map(|item| item.value(turn).is_ok())),
        17 => drop(map.entry(turn, random.below(50) as i64)?.or_insert(value)?),
        18 => map
            .entry(turn, "counter")?
            .update(|old| old.and_then(Value::as_int).unwrap_or(0).wrapping_add(1))?,
        19 => names.maps.push(map.copy(turn)?),
        20 | 21 => change_record(turn, names, random)?,
        _ => return change_list(turn, list, value, names, random),
    }
    Ok(())
}

fn change_list(
    turn: &mut Turn<'_>,
    list: Option<List>,
    value: Input<'_>,
    names: &mut Names,
    random: &mut Random,
) -> Result<(), Error> {
    let Some(list) = list else { return turn.new_list().map(|list| names.lists.push(list)) };
    let len = list.len(turn)?;
    let (a, b) = (random.below(len.saturating_add(1)), random.below(len.saturating_add(1)));
    match random.below(18) {
        0 => list.set(turn, a, value)?,
        1 | 2 => list.push(turn, value)?,
        3 => list.insert(turn, a, value)?,
        4 => list.remove(turn, a)?,
        5 => drop(list.take(turn, a)?.value(turn)?),
        6 => drop(list.pop(turn)?),
        7 => list.swap(turn, a, b)?,
        8 => list.truncate(turn, a)?,
        9 => list.extend_ints(turn, &[5; 9])?,
        10 => list.extend_floats(turn, &[0.5; 3])?,
        11 => list.sort(turn)?,
        12 => names.lists.push(list.slice_by(turn, Some(-1 - a as i64), None, [1, 2, -1][b % 3])?),
        13 => list.splice(turn, a.min(b)..a.max(b), &[value, 7.into()])?,
        14 => list.set_slice(turn, None, Some(2 * b as i64), [2, -3][b % 2], &[value])?,
        15 => list.remove_slice(turn, Some(a as i64), None, [2, 3, -2][b % 3])?,
        _ => names.lists.push(list.copy(turn)?),
    }
    Ok(())
}
