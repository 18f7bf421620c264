//! Maps against `indexmap` with `foldhash`: the same shape (ordered entries beside an index), another hash, no crash story.
//!
//! Who looks something up goes on with the answer. So the figure that counts is of lookups of which each waits for the one
//! before; how well independent ones overlap (mostly: how few instructions they are) is told beside it. Those of a set never
//! wait: whether an element is there the processor guesses, and goes on.

use std::hint::black_box;

use cohabit::{Key, Map, Turn, Value};
use cohabit_testkit::Random;
use foldhash::fast::FixedState;
use indexmap::{IndexMap, IndexSet};

use crate::{
    pool,
    rounds::{Contestant, Line, Options, Target, contest},
};

const ENTRIES: usize = 10_000;

/// 12 bytes each.
pub fn texts() -> Vec<String> {
    (0..ENTRIES).map(|i| format!("key-{:08x}", i as u32 ^ 0x5a5a_5a5a)).collect()
}

/// Numbers without a pattern.
pub fn ints(entries: usize) -> Vec<i64> {
    let mut random = Random(11);
    (0..entries).map(|_| random.next_u64() as i64).collect()
}

/// The same keys in the order in which they are asked for.
pub fn shuffled<T: Clone>(keys: &[T]) -> Vec<T> {
    let mut keys = keys.to_vec();
    let mut random = Random(12);
    for i in (1..keys.len()).rev() {
        keys.swap(i, random.below(i + 1));
    }
    keys
}

pub fn filled<K: Copy + for<'k> Into<Key<'k>>>(turn: &mut Turn<'_>, keys: impl Iterator<Item = K>) -> Map {
    let map = turn.new_map().expect("room");
    for (value, key) in keys.enumerate() {
        map.set(turn, key, value as i64).expect("room");
    }
    map
}

/// Look up keys that are there.
pub fn get(options: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(16 << 20);
    let mut turn = party.acquire().expect("a turn");

    let (texts, ints) = (texts(), ints(ENTRIES));
    let by_text = turn.new_map().expect("room");
    for (value, key) in texts.iter().enumerate() {
        by_text.set(&mut turn, key.as_str(), value as i64).expect("room");
    }
    let by_int = filled(&mut turn, ints.iter().copied());
    let indexed_text: IndexMap<String, i64, _> = pairs(texts.iter().cloned());
    let indexed_int: IndexMap<i64, i64, _> = pairs(ints.iter().copied());

    let asked = shuffled(&texts);
    let here = |text: &String| found(by_text.get(&turn, text.as_str()));
    let there = |text: &String| indexed_text[text.as_str()];
    let mut lines = duel(options, ("12-byte text", "indexmap"), &asked, here, there);
    let asked = shuffled(&ints);
    let here = |int: &i64| found(by_int.get(&turn, *int));
    let there = |int: &i64| indexed_int[int];
    lines.extend(duel(options, ("int", "indexmap"), &asked, here, there));
    lines
}

#[inline(always)]
pub fn found(value: Result<Option<Value<'_>>, cohabit::Error>) -> i64 {
    match value {
        Ok(Some(Value::Int(int))) => int,
        other => panic!("{other:?}"),
    }
}

pub fn pairs<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = K>) -> IndexMap<K, i64, FixedState> {
    let mut map = IndexMap::with_hasher(FixedState::with_seed(7));
    for (key, value) in keys.zip(0..) {
        map.insert(key, value);
    }
    map
}

fn duel<Q>(
    options: &Options,
    (what, peer): (&str, &'static str),
    asked: &[Q],
    ours: impl Fn(&Q) -> i64,
    theirs: impl Fn(&Q) -> i64,
) -> Vec<Line> {
    let (mut here, mut there) = (Walk::default(), Walk::default());
    let zero = black_box(0);
    let chained = vec![
        Contestant::new("cohabit", |operations| here.chained(operations, asked, zero, &ours)),
        Contestant::new(peer, |operations| there.chained(operations, asked, zero, &theirs)),
    ];
    let mut lines = contest(options, chained).lines(&format!("get, {what}"), &[Target::Ratio(1.3)]);
    let overlapping = vec![
        Contestant::new("cohabit", |operations| here.overlapping(operations, asked, &ours)),
        Contestant::new(peer, |operations| there.overlapping(operations, asked, &theirs)),
    ];
    lines.extend(contest(options, overlapping).lines(&format!("  overlapping, {what}"), &[Target::None]));
    lines
}

/// Goes round and round.
#[derive(Default)]
pub struct Walk(usize);

impl Walk {
    #[inline(always)]
    fn next<'q, Q>(&mut self, asked: &'q [Q]) -> &'q Q {
        let now = self.0;
        self.0 = if now + 1 < asked.len() { now + 1 } else { 0 };
        &asked[now]
    }

    /// Which key comes next depends on what the last one gave.
    #[inline(always)]
    pub fn chained<'q, Q>(&mut self, operations: u64, asked: &'q [Q], zero: i64, get: impl Fn(&'q Q) -> i64) {
        for _ in 0..operations {
            let found = get(self.next(asked));
            self.0 += (found & zero) as usize;
        }
    }

    /// It does not, so the processor works at several at a time.
    #[inline(always)]
    pub fn overlapping<'q, Q>(&mut self, operations: u64, asked: &'q [Q], get: impl Fn(&'q Q) -> i64) {
        black_box((0..operations).fold(0, |sum, _| sum ^ get(self.next(asked))));
    }
}

/// A map of a million whole numbers: built and dropped again, and asked.
pub fn million(options: &Options) -> Vec<Line> {
    const KEYS: usize = 1_000_000;
    let [mut party, _other] = pool::parties::<2>(256 << 20);
    let mut turn = party.acquire().expect("a turn");
    let mut random = Random(13);
    let ints: Vec<i64> = (0..KEYS).map(|_| random.next_u64() as i64).collect();
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            let map = filled(&mut turn, ints.iter().copied());
            turn.destroy(map).expect("held");
        }
    });
    let theirs = Contestant::new("indexmap", |operations| {
        for _ in 0..operations {
            black_box(pairs(ints.iter().copied()));
        }
    });
    let mut lines =
        contest(options, vec![ours, theirs]).per(KEYS).lines("insert, 1e6 ints", &[Target::Ratio(1.3)]);

    let map = filled(&mut turn, ints.iter().copied());
    let indexed: IndexMap<i64, i64, _> = pairs(ints.iter().copied());
    let asked = shuffled(&ints);
    let here = |int: &i64| found(map.get(&turn, *int));
    let there = |int: &i64| indexed[int];
    lines.extend(duel(options, ("1e6 ints", "indexmap"), &asked, here, there));
    lines
}

/// A set of a million whole numbers: built and dropped again, and asked.
pub fn million_set(options: &Options) -> Vec<Line> {
    const KEYS: usize = 1_000_000;
    let [mut party, _other] = pool::parties::<2>(256 << 20);
    let mut turn = party.acquire().expect("a turn");
    let mut random = Random(14);
    let ints: Vec<i64> = (0..KEYS).map(|_| random.next_u64() as i64).collect();
    let fill = |turn: &mut Turn<'_>| {
        let set = turn.new_set().expect("room");
        for int in &ints {
            set.insert(turn, *int).expect("room");
        }
        set
    };
    let fill_peer = || {
        let mut set = IndexSet::with_hasher(FixedState::with_seed(7));
        for int in &ints {
            set.insert(*int);
        }
        set
    };
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            let set = fill(&mut turn);
            turn.destroy(set).expect("held");
        }
    });
    let theirs = Contestant::new("indexset", |operations| {
        for _ in 0..operations {
            black_box(fill_peer());
        }
    });
    let mut lines =
        contest(options, vec![ours, theirs]).per(KEYS).lines("insert, 1e6 ints", &[Target::Ratio(1.3)]);

    let set = fill(&mut turn);
    let peer = fill_peer();
    let asked = shuffled(&ints);
    let here = |int: &i64| i64::from(set.contains(&turn, *int).expect("sound"));
    let there = |int: &i64| i64::from(peer.contains(int));
    lines.extend(duel(options, ("1e6 ints", "indexset"), &asked, here, there));
    lines
}

/// Overwrite values; add keys and remove them.
pub fn set(options: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(16 << 20);
    let mut turn = party.acquire().expect("a turn");
    let ints = ints(ENTRIES);
    let map = filled(&mut turn, ints.iter().copied());
    let mut peer: IndexMap<i64, i64, _> = pairs(ints.iter().copied());
    let asked = shuffled(&ints);
    let (mut here, mut there) = (Walk::default(), Walk::default());
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            let key = here.next(&asked);
            map.set(&mut turn, *key, 5).expect("there");
        }
    });
    let theirs = Contestant::new("indexmap", |operations| {
        for _ in 0..operations {
            let key = there.next(&asked);
            peer.insert(*key, 5);
        }
    });
    let mut lines = contest(options, vec![ours, theirs]).lines("overwrite, int", &[Target::None]);

    let (mut here, mut there) = (Walk::default(), Walk::default());
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            let key = here.next(&asked);
            map.remove(&mut turn, *key).expect("there");
            map.set(&mut turn, *key, 5).expect("room");
        }
    });
    let theirs = Contestant::new("indexmap swap", |operations| {
        for _ in 0..operations {
            let key = there.next(&asked);
            peer.swap_remove(key);
            peer.insert(*key, 5);
        }
    });
    lines.extend(contest(options, vec![ours, theirs]).lines("remove + insert, int", &[Target::None]));
    lines
}
