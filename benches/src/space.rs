//! Bytes an element takes, and how long recovery does with a million blocks.

use std::{mem, time::Instant};

use cohabit::{Config, Error, Liveness, Region, Turn};
use cohabit_testkit::Random;

use crate::{
    pool,
    rounds::{Line, Options, Spread, Target},
};

/// Bytes that `make` takes.
fn taken<R>(turn: &mut Turn<'_>, make: impl FnOnce(&mut Turn<'_>) -> Result<R, Error>) -> f64 {
    let before = turn.stats().expect("sound").used;
    make(turn).expect("room");
    (turn.stats().expect("sound").used - before) as f64
}

/// Made to measure (by a copy), so without slack for growth. The spread is over how many elements there are.
pub fn bytes(_: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(64 << 20);
    let mut turn = party.acquire().expect("a turn");
    let (mut lists, mut maps) = (Vec::new(), Vec::new());
    for entries in (1_000..=50_000).step_by(1_000) {
        let list = turn.new_list().expect("room");
        let map = turn.new_map().expect("room");
        for i in 0..entries {
            list.push(&mut turn, i).expect("room");
            map.set(&mut turn, i, i).expect("room");
        }
        lists.push(taken(&mut turn, |turn| list.copy(turn)) / entries as f64);
        maps.push(taken(&mut turn, |turn| map.copy(turn)) / entries as f64);
        turn.destroy(list).expect("ours");
        turn.destroy(map).expect("ours");
    }
    let (map, set) = (turn.new_map().expect("room"), turn.new_set().expect("room"));
    for i in 0..100 {
        map.set(&mut turn, i, i).expect("room");
        set.insert(&mut turn, i).expect("room");
    }
    let fast_map = taken(&mut turn, |turn| map.to_fast(turn));
    let fast_set = taken(&mut turn, |turn| set.to_fast(turn));
    vec![
        // The header of the list itself is spread over 1000 elements and more.
        Line::alone("int in a list", Spread::of(lists), "B", Target::Own(9.1)),
        Line::alone("int-to-int map entry", Spread::of(maps), "B", Target::Own(32.0)),
        Line::alone("fast frozen map of 100", Spread::of([fast_map]), "B", Target::Own(2_600.0)),
        Line::alone("fast frozen set of 100", Spread::of([fast_set]), "B", Target::None),
    ]
}

/// Maps of 100 entries as they are after 100 insertions, slack for growth and all.
pub fn hundred(_: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(1 << 20);
    let mut turn = party.acquire().expect("a turn");
    let ints = |turn: &mut Turn<'_>| {
        let map = turn.new_map()?;
        (0..100).try_for_each(|i| map.set(turn, i, i))
    };
    let texts = |turn: &mut Turn<'_>| {
        let map = turn.new_map()?;
        (0..100).try_for_each(|i| map.set(turn, format!("key {i}").as_str(), i))
    };
    vec![
        Line::alone("int to int", Spread::of([taken(&mut turn, ints)]), "B", Target::Own(3300.0)),
        Line::alone("short text to int", Spread::of([taken(&mut turn, texts)]), "B", Target::Own(4200.0)),
    ]
}

/// Says that everybody it is asked about is dead: the parties here are abandoned on purpose.
struct Gone;

impl Liveness for Gone {
    fn is_dead(&self, _: u8, _: u32) -> bool {
        true
    }
}

/// One party dies in its turn; the next one finds a million blocks.
pub fn recovery(options: &Options) -> Vec<Line> {
    const BLOCKS: usize = 1_000_000;
    let bytes = pool::shared(BLOCKS * 144);
    let config = Config::new().region_id(1);
    let len = bytes.len();
    // SAFETY: mapped for ever, and used by nobody else.
    let region = unsafe { Region::format_raw(std::ptr::NonNull::from(bytes).cast(), len, config) };
    let region = region.expect("a region");
    let mut random = Random(5);
    {
        // SAFETY: nobody else is in this slot.
        let mut party = unsafe { region.join(0, &Gone) }.expect("a slot");
        let mut turn = party.acquire().expect("a turn");
        let list = turn.new_list().expect("room");
        let contents = [7u8; 128];
        for _ in 0..BLOCKS {
            // 9 to 112 bytes: up to 8 would need no block.
            list.push(&mut turn, &contents[..9 + random.below(104)]).expect("room");
        }
        turn.roots().expect("sound").set(&mut turn, "list", list).expect("ours");
    }
    let mut times = Vec::new();
    for _ in 0..options.rounds {
        // SAFETY: whoever was in this slot before has been dropped.
        let mut dying = unsafe { region.join(0, &Gone) }.expect("a slot");
        mem::forget(dying.acquire().expect("a turn"));
        // SAFETY: whoever was in this slot before has been dropped.
        let mut next = unsafe { region.join(1, &Gone) }.expect("a slot");
        let start = Instant::now();
        let turn = next.acquire().expect("a turn");
        times.push(start.elapsed().as_secs_f64() * 1e3);
        assert!(turn.recovered().is_some(), "somebody died");
        assert!(turn.stats().expect("sound").blocks as usize > BLOCKS);
    }
    vec![Line::alone("1e6 blocks", Spread::of(times), "ms", Target::Own(50.0))]
}
