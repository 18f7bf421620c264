//! Trees of every type there is, drawn from a seed: made as shadows, built in a region, and made again by whoever knows the seed.

#![forbid(unsafe_code)]

use cohabit::{Dtype, Error, Input, Layout, List, Map, Object, Record, Set, Turn};
use cohabit_testkit::Random;

use crate::{
    scalars::Rich,
    shadow::{Members, Pairs, Same, Shadow},
};

/// The record among them.
#[derive(Record)]
struct Sheet {
    number: i64,
    text: String,
    list: Option<List>,
}

/// A value that is no object: of every type, at the ends of their ranges and in between.
fn scalar(random: &mut Random) -> Shadow {
    let ints = [0, 1, -1, -5, 127, -128, i64::MIN, i64::MAX, 1 << 53, -(1 << 53) - 1];
    let floats = [0.0, -0.0, 1.5, f64::MIN, f64::MAX, f64::MIN_POSITIVE, 5e-324, f64::INFINITY, f64::NAN];
    match random.below(10) {
        0 => Shadow::Null,
        1 => Shadow::Bool(random.below(2) == 0),
        2 => Shadow::Int(ints[random.below(ints.len())]),
        3 => Shadow::Int(random.next_u64() as i64),
        4 => Shadow::Uint(1 << 63 | random.next_u64()),
        5 => Shadow::Float(floats[random.below(floats.len())].to_bits()),
        6 => Shadow::Float(random.next_u64()),
        7 => {
            let letters = ['a', '\0', 'é', '語', '🦀', '"'];
            Shadow::Text((0..random.below(30)).map(|_| letters[random.below(letters.len())]).collect())
        }
        8 => Shadow::Bytes((0..random.below(40)).map(|_| random.next_u64() as u8).collect()),
        _ => Shadow::Rich(Rich::sample(random.next_u64() as usize % 1000)),
    }
}

fn key(random: &mut Random) -> (Same, Shadow) {
    loop {
        let shadow = scalar(random);
        if let Some(same) = shadow.as_key().map(Same::of) {
            return (same, shadow);
        }
    }
}

/// Entries whose keys are all different; of an instance, they are names.
fn pairs(random: &mut Random, deeper: u32) -> Pairs {
    let mut pairs = Pairs::new();
    for _ in 0..random.below(9) {
        let (same, key) = key(random);
        let value = anything(random, deeper);
        pairs.entry(same).or_insert((key, value));
    }
    pairs
}

fn members(random: &mut Random) -> Members {
    let mut members = Members::new();
    for _ in 0..random.below(12) {
        let (same, element) = key(random);
        members.entry(same).or_insert(element);
    }
    members
}

fn fields(random: &mut Random, deeper: u32) -> Pairs {
    let field = |number: usize| Shadow::Text(format!("field {number}"));
    let entry = |number| (Same::of(field(number).as_key().expect("a text")), field(number));
    let entries: Vec<_> = (0..random.below(6)).map(entry).collect();
    entries.into_iter().map(|(same, name)| (same, (name, anything(random, deeper)))).collect()
}

/// A tree of at most so many levels.
pub fn anything(random: &mut Random, levels: u32) -> Shadow {
    if levels == 0 || random.below(3) == 0 {
        return scalar(random);
    }
    let deeper = levels - 1;
    let some = |random: &mut Random| (0..random.below(8)).map(|_| anything(random, deeper)).collect();
    match random.below(13) {
        0 => Shadow::List(some(random)),
        1 => Shadow::Tuple(some(random)),
        2 => Shadow::Map(pairs(random, deeper)),
        3 => Shadow::FrozenMap(pairs(random, deeper)),
        4 => Shadow::FastMap(pairs(random, deeper)),
        5 => Shadow::Set(members(random)),
        6 => Shadow::FrozenSet(members(random)),
        7 => Shadow::FastSet(members(random)),
        8 => Shadow::Instance(format!("Class {}", random.below(3)), fields(random, deeper)),
        9 => Shadow::ByteArray((0..random.below(50)).map(|_| random.next_u64() as u8).collect()),
        10 => {
            let list = if random.below(2) == 0 { Shadow::Null } else { Shadow::List(some(random)) };
            let text = Shadow::Text("t".repeat(random.below(20)));
            Shadow::Record(vec![Shadow::Int(random.next_u64() as i64), text, list])
        }
        11 => Shadow::List((0..random.below(40)).map(|_| Shadow::Float(random.next_u64())).collect()),
        _ => {
            let dtype = Dtype::ALL[random.below(Dtype::ALL.len())];
            let shape: Vec<usize> = (0..random.below(4)).map(|_| random.below(4)).collect();
            let layout = if random.below(2) == 0 { Layout::new(&shape) } else { Layout::fortran(&shape) };
            let layout = layout.expect("small");
            // Of a bool, one bit is meant.
            let mask = if dtype == Dtype::Bool { 1 } else { 255 };
            let bytes = (0..layout.len() * dtype.size()).map(|_| random.next_u64() as u8 & mask).collect();
            Shadow::Array(dtype, Box::new(layout), bytes)
        }
    }
}

/// The tree in a region: as an object in this party's holdings, or as a scalar.
pub fn build<'s>(turn: &mut Turn<'_>, shadow: &'s Shadow) -> Result<Input<'s>, Error> {
    let object: Object = match shadow {
        Shadow::List(elements) => list(turn, elements)?.into(),
        Shadow::Tuple(elements) => list(turn, elements)?.freeze(turn)?.into(),
        Shadow::Map(entries) => map(turn, entries)?.into(),
        Shadow::FrozenMap(entries) => map(turn, entries)?.freeze(turn)?.into(),
        Shadow::FastMap(entries) => {
            let map = map(turn, entries)?;
            let fast = map.to_fast(turn)?;
            turn.destroy(map)?;
            fast.into()
        }
        Shadow::Set(members) => set(turn, members)?.into(),
        Shadow::FrozenSet(members) => set(turn, members)?.freeze(turn)?.into(),
        Shadow::FastSet(members) => {
            let set = set(turn, members)?;
            let fast = set.to_fast(turn)?;
            turn.destroy(set)?;
            fast.into()
        }
        Shadow::Instance(class, fields) => {
            let instance = turn.new_instance(class)?;
            for (name, value) in fields.values() {
                let Shadow::Text(name) = name else { panic!("{name:?} is no name") };
                let value = build(turn, value)?;
                instance.set(turn, name, value)?;
            }
            instance.into()
        }
        Shadow::ByteArray(bytes) => turn.new_byte_array(bytes)?.into(),
        Shadow::Record(fields) => {
            let [Shadow::Int(number), Shadow::Text(text), elements] = &fields[..] else {
                panic!("{fields:?} is no sheet")
            };
            let list = match elements {
                Shadow::List(elements) => Some(list(turn, elements)?),
                _ => None,
            };
            turn.new_record(&Sheet { number: *number, text: text.clone(), list })?.any().into()
        }
        Shadow::Array(dtype, layout, bytes) => {
            let array = turn.new_any_array(*dtype, layout)?;
            turn.buffer_mut(array)?.bytes_mut().copy_from_slice(bytes);
            array.into()
        }
        scalar => return Ok(scalar.as_input().expect("all others are scalars")),
    };
    Ok(Input::Object(object))
}

fn list(turn: &mut Turn<'_>, elements: &[Shadow]) -> Result<List, Error> {
    let list = turn.new_list()?;
    for element in elements {
        let element = build(turn, element)?;
        list.push(turn, element)?;
    }
    Ok(list)
}

fn map(turn: &mut Turn<'_>, entries: &Pairs) -> Result<Map, Error> {
    let map = turn.new_map()?;
    for (key, value) in entries.values() {
        let value = build(turn, value)?;
        map.set(turn, key.as_key().expect("a key"), value)?;
    }
    Ok(map)
}

fn set(turn: &mut Turn<'_>, members: &Members) -> Result<Set, Error> {
    let set = turn.new_set()?;
    for element in members.values() {
        set.insert(turn, element.as_key().expect("a key"))?;
    }
    Ok(set)
}
