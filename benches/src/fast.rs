//! Fast frozen maps against the maps that they were made from, and `indexmap`: looked up, at three sizes.

use std::hint::black_box;

use cohabit::{FastMap, Key, Map, Turn};

use crate::{
    maps::{Walk, filled, found, ints, pairs, shuffled, texts},
    pool,
    rounds::{Contestant, Line, Options, Target, contest},
};

/// Look up keys that are there.
pub fn get(options: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(256 << 20);
    let mut turn = party.acquire().expect("a turn");
    let mut lines = Vec::new();
    for (entries, size) in [(100, "100"), (10_000, "1e4"), (1_000_000, "1e6")] {
        let ints = ints(entries);
        let map = filled(&mut turn, ints.iter().copied());
        let fast = map.to_fast(&mut turn).expect("room");
        let indexed = pairs(ints.iter().copied());
        let asked = shuffled(&ints);
        lines.extend(duel(
            options,
            &format!("{size} ints"),
            &turn,
            (fast, map),
            &asked,
            |int| *int,
            |int| indexed[int],
        ));
        turn.destroy(fast).expect("held");
        turn.destroy(map).expect("held");
    }
    let texts = texts();
    let map = turn.new_map().expect("room");
    for (value, key) in texts.iter().enumerate() {
        map.set(&mut turn, key.as_str(), value as i64).expect("room");
    }
    let fast = map.to_fast(&mut turn).expect("room");
    let indexed = pairs(texts.iter().cloned());
    let asked = shuffled(&texts);
    lines.extend(duel(options, "1e4 texts", &turn, (fast, map), &asked, String::as_str, |text| {
        indexed[text.as_str()]
    }));
    lines
}

/// Each lookup waiting for the one before, and independent ones.
fn duel<'q, Q, K: Into<Key<'q>>>(
    options: &Options,
    what: &str,
    turn: &Turn<'_>,
    (fast, map): (FastMap, Map),
    asked: &'q [Q],
    key: impl Fn(&'q Q) -> K,
    indexed: impl Fn(&Q) -> i64,
) -> Vec<Line> {
    let (ours, map) =
        (|asked: &'q Q| found(fast.get(turn, key(asked))), |asked: &'q Q| found(map.get(turn, key(asked))));
    let zero = black_box(0);
    let mut walks: [Walk; 3] = Default::default();
    let [a, b, c] = &mut walks;
    let chained = vec![
        Contestant::new("fast", |operations| a.chained(operations, asked, zero, ours)),
        Contestant::new("map", |operations| b.chained(operations, asked, zero, map)),
        Contestant::new("indexmap", |operations| c.chained(operations, asked, zero, &indexed)),
    ];
    let targets = [Target::Ratio(1.1), Target::None];
    let mut lines = contest(options, chained).lines(&format!("fast get, {what}"), &targets);
    let overlapping = vec![
        Contestant::new("fast", |operations| a.overlapping(operations, asked, ours)),
        Contestant::new("map", |operations| b.overlapping(operations, asked, map)),
        Contestant::new("indexmap", |operations| c.overlapping(operations, asked, &indexed)),
    ];
    lines.extend(contest(options, overlapping).lines("  overlapping", &[Target::None; 2]));
    lines
}
