//! Sound regions with something in them, for suites that damage, store or reopen them.
//!
//! Everything is decided by a seed, so a region can be made again from its number alone.

use cohabit::{
    AnyArray, Config, Dtype, Error, FrozenSet, Key, Layout, List, Map, Order, Record, Region, Turn,
};
use cohabit_testkit::Random;

use crate::scalars::Rich;

/// Memory for a region: bytes that start at a multiple of 8, which those of a `Vec<u64>` need not on a 32-bit host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    words: Vec<u128>,
    len: usize,
}

const _: () = assert!(align_of::<u128>() >= cohabit::REGION_ALIGN);

impl Memory {
    /// `len` bytes, rounded down to a multiple of 8, all zero.
    pub fn new(len: usize) -> Memory {
        Memory { words: vec![0; len.div_ceil(16)], len: len & !7 }
    }

    /// A copy of these bytes; a length that is no multiple of 8 loses its end.
    pub fn copy_of(bytes: &[u8]) -> Memory {
        let mut memory = Memory::new(bytes.len());
        let whole = memory.len;
        memory.bytes_mut().copy_from_slice(&bytes[..whole]);
        memory
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.len]
    }

    /// The bytes, to be changed.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut bytemuck::cast_slice_mut(&mut self.words)[..self.len]
    }
}

/// A region of `len` bytes with objects of every kind in it, as `seed` decides; about `percent` of its memory is in use.
///
/// Two parties have been in it and are gone without leaving: slot 0 with loose objects, slot 1 with a message that it took and
/// did not finish.
///
/// # Panics
/// If the configuration does not fit, or a call fails for another reason than want of memory.
pub fn filled(len: usize, config: Config, seed: u64, percent: u64) -> Memory {
    let mut memory = Memory::new(len);
    let region = Region::format(memory.bytes_mut(), config).expect("a sound configuration");
    let random = &mut Random(seed);
    for slot in [0, 1] {
        // SAFETY: each slot is joined once, by this thread, and the memory is ours.
        let mut party = unsafe { region.join(slot, &cohabit::AlwaysAlive) }.expect("the slot is there");
        let mut turn = party.acquire().expect("nobody else is there");
        match fill(&mut turn, random, percent / 2 * (slot as u64 + 1)) {
            Ok(()) | Err(Error::OutOfMemory { .. }) => {}
            Err(error) => panic!("filling a sound region: {error}"),
        }
        if slot == 1 {
            turn.take_message(Order::Lifo).expect("taking needs no memory");
        }
        turn.audit().expect("a region that was only used as intended");
    }
    memory
}

/// A record with fields of several forms.
#[derive(Record, Clone, Debug, PartialEq)]
pub struct Thing {
    /// In its cell.
    pub number: i64,
    /// Mostly in a block.
    pub name: String,
    /// In a list.
    pub parts: Vec<f64>,
    /// In a record.
    pub inner: Option<Box<Thing>>,
    /// Added later.
    #[record(since = 2, default = true)]
    pub late: bool,
}

impl Thing {
    /// One or two of them.
    pub fn random(random: &mut Random) -> Thing {
        let inner = (random.below(3) == 0).then(|| Box::new(Thing::random(random)));
        let name = WORDS[random.below(8)].into();
        let parts = (0..random.below(4)).map(|part| part as f64 / 2.0).collect();
        Thing { number: random.next_u64() as i64, name, parts, inner, late: random.below(2) == 0 }
    }
}

const WORDS: [&str; 8] =
    ["", "id", "salary", "eight by", "department", "a sentence of some length", "ключ", "\0 and \u{1f980}"];

/// Adds objects until `percent` of the memory is in use.
fn fill(turn: &mut Turn<'_>, random: &mut Random, percent: u64) -> Result<(), Error> {
    let roots = turn.roots()?;
    loop {
        let stats = turn.stats()?;
        if stats.used * 100 >= stats.total * percent {
            return Ok(());
        }
        let (list, map) = (turn.new_list()?, turn.new_map()?);
        for _ in 0..random.below(12) {
            add_to_list(turn, list, random)?;
            add_to_map(turn, map, random)?;
        }
        match random.below(5) {
            0 => map.set(turn, "list", list)?,
            1 => list.push(turn, map)?,
            2 => turn.put_message(list)?,
            3 => roots.set(turn, &*format!("list number {}", random.below(40)), list)?,
            _ => {}
        }
        if random.below(2) == 0 {
            let thing = turn.new_record(&Thing::random(random))?;
            match random.below(3) {
                0 => list.push(turn, thing)?,
                1 => map.set(turn, "thing", thing)?,
                _ => {}
            }
        }
        match random.below(4) {
            0 => turn.put_message(WORDS[random.below(8)])?,
            1 => turn.put_message(random.next_u64())?,
            2 => drop(turn.new_text("a text that nobody has placed yet")?),
            _ => {}
        }
        match roots.set(turn, random.below(30) as i64, map) {
            Err(Error::AlreadyPlaced) => {}
            done => done?,
        }
    }
}

/// A set, something frozen, or an instance.
fn add_frozen(turn: &mut Turn<'_>, list: List, random: &mut Random) -> Result<(), Error> {
    let set = turn.new_set()?;
    for _ in 0..random.below(6) {
        set.insert(turn, WORDS[random.below(8)])?;
        set.insert(turn, random.below(9) as i64)?;
    }
    match random.below(9) {
        7 | 8 => {
            set.insert(turn, cohabit::Date::MAX)?;
            let key = set.freeze(turn)?;
            add_keyed(turn, list, key, random)
        }
        6 => {
            let instance = turn.new_instance(WORDS[random.below(8)])?;
            for _ in 0..random.below(6) {
                instance.set(turn, WORDS[random.below(8)], random.next_u64())?;
                instance.remove(turn, WORDS[random.below(8)])?;
            }
            instance.set(turn, "set", set)?;
            list.push(turn, instance)
        }
        0 => list.push(turn, set),
        4 => {
            let fast = set.to_fast(turn)?;
            turn.destroy(set)?;
            list.push(turn, fast)
        }
        5 => {
            let map = turn.new_map()?;
            map.set(turn, "set", set)?;
            map.set(turn, random.below(9) as i64, WORDS[random.below(8)])?;
            let fast = map.to_fast(turn)?;
            turn.destroy(map)?;
            list.push(turn, fast)
        }
        1 => {
            let set = set.freeze(turn)?;
            list.push(turn, set)
        }
        2 => {
            let tuple = turn.new_tuple(&[set.into(), WORDS[random.below(8)].into(), 0.5.into()])?;
            list.push(turn, tuple)
        }
        _ => {
            let map = turn.new_map()?;
            map.set(turn, "set", set)?;
            let map = map.freeze(turn)?;
            list.push(turn, map)
        }
    }
}

/// A map and a set with keys that are tuples, sets and scalars.
fn add_keyed(turn: &mut Turn<'_>, list: List, key: FrozenSet, random: &mut Random) -> Result<(), Error> {
    let (map, set) = (turn.new_map()?, turn.new_set()?);
    for _ in 0..random.below(4) {
        let word = WORDS[random.below(8)];
        let inner = turn.new_tuple(&[word.into(), 0.5.into()])?;
        let tuple = turn.new_tuple(&[inner.into(), (random.below(9) as i64).into()])?;
        set.insert(turn, tuple)?;
        if let Ok(scalar) = Key::try_from(Rich::sample(random.below(1000)).as_value()) {
            map.set(turn, scalar, word)?;
        }
    }
    let tuple = turn.new_tuple(&[key.into(), 1.into()])?;
    map.set(turn, tuple, set)?;
    match random.below(2) {
        0 => list.push(turn, map),
        _ => {
            let fast = map.to_fast(turn)?;
            turn.destroy(map)?;
            list.push(turn, fast)
        }
    }
}

fn add_to_list(turn: &mut Turn<'_>, list: List, random: &mut Random) -> Result<(), Error> {
    match random.below(13) {
        12 => add_frozen(turn, list, random),
        10 => {
            let array = turn.new_byte_array(&vec![9; random.below(40)])?;
            list.push(turn, array)
        }
        8 | 9 => list.push(turn, Rich::sample(random.below(1000)).as_value()),
        0 => list.push(turn, ()),
        1 => list.push(turn, random.below(2) == 0),
        2 => list.push(turn, random.next_u64()),
        3 => list.push(turn, f64::from_bits(random.next_u64())),
        4 => list.push(turn, WORDS[random.below(8)]),
        5 => list.push(turn, &*vec![7u8; random.below(50)]),
        6 => list.insert(turn, 0, random.below(1000) as i64),
        7 => {
            let array = array(turn, random)?;
            list.push(turn, array)
        }
        _ => list.extend_ints(turn, &[1, 2, 3]),
    }
}

/// A small array of one type or another.
fn array(turn: &mut Turn<'_>, random: &mut Random) -> Result<AnyArray, Error> {
    let dtype = [Dtype::Bool, Dtype::Int16, Dtype::Float64, Dtype::Complex128, Dtype::Uint8][random.below(5)];
    let shape = [random.below(5), 1 + random.below(3), 2];
    let layout = match random.below(3) {
        0 => Layout::new(&shape[..random.below(4)]),
        1 => Layout::fortran(&shape),
        _ => Layout::strided(&shape, &[8, 2, 1]),
    }?;
    turn.new_any_array(dtype, &layout)
}

fn add_to_map(turn: &mut Turn<'_>, map: Map, random: &mut Random) -> Result<(), Error> {
    match random.below(6) {
        0 => map.set(turn, WORDS[random.below(8)], WORDS[random.below(8)]),
        1 => map.set(turn, random.below(20) as i64, random.next_u64()),
        2 => map.set(turn, random.below(20) as f64 / 2.0, 0.5),
        3 => map.set(turn, (), true),
        4 => map.set(turn, b"bytes as a key, many", &[1, 2, 3]),
        _ => map.remove(turn, random.below(20) as i64).map(drop),
    }
}
