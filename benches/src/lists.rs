//! Lists by handle against `Vec`.
//!
//! A handle is checked at every use: is it this region's, alive, a list, the index inside, the cell a number? So the
//! peer is a `Vec<i64>` behind a function that checks what it is given and is not inlined.

use std::hint::black_box;

use cohabit::Value;
use cohabit_testkit::Random;

use crate::{
    pool,
    rounds::{Contestant, Line, Options, Target, contest},
};

/// Elements: both arrays stay in the first-level cache.
const LEN: usize = 1000;

#[inline(never)]
#[expect(clippy::ptr_arg, reason = "the peer is a Vec, whose pointer and length are loaded")]
fn checked_get(vec: &Vec<i64>, index: usize) -> Option<i64> {
    vec.get(index).copied()
}

#[inline(never)]
#[expect(clippy::ptr_arg, reason = "the peer is a Vec, whose pointer and length are loaded")]
fn checked_set(vec: &mut Vec<i64>, index: usize, value: i64) -> Option<()> {
    *vec.get_mut(index)? = value;
    Some(())
}

/// Which place comes next depends on what was found at the last one, as it does for whoever goes on with an answer.
#[inline(always)]
fn chain(operations: u64, places: &[usize], zero: i64, get: impl Fn(usize) -> i64) {
    let mut found = 0;
    for i in 0..operations {
        found = get(places[(i as usize + (found & zero) as usize) & 1023]);
    }
    black_box(found);
}

/// Get and set a whole number at a random place.
pub fn get_and_set(options: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(1 << 20);
    let mut turn = party.acquire().expect("a turn");
    let list = turn.new_list().expect("room");
    let mut vec: Vec<i64> = (0..LEN as i64).collect();
    list.extend_ints(&mut turn, &vec).expect("room");
    let mut random = Random(1);
    let places: Vec<usize> = (0..1024).map(|_| random.below(LEN)).collect();
    let place = |i: u64| places[i as usize & 1023];

    let ours = |place: usize| match list.get(&turn, place) {
        Ok(Value::Int(int)) => int,
        other => panic!("{other:?}"),
    };
    let theirs = |place: usize| checked_get(&vec, place).expect("inside");
    let zero = black_box(0);
    let chained = vec![
        Contestant::new("cohabit", |operations| chain(operations, &places, zero, ours)),
        Contestant::new("Vec, checked", |operations| chain(operations, &places, zero, theirs)),
    ];
    let mut lines = contest(options, chained).lines("get", &[Target::Ratio(1.5)]);
    let overlapping = vec![
        Contestant::new("cohabit", |operations| {
            black_box((0..operations).fold(0, |sum, i| sum ^ ours(place(i))));
        }),
        Contestant::new("Vec, checked", |operations| {
            black_box((0..operations).fold(0, |sum, i| sum ^ theirs(place(i))));
        }),
    ];
    lines.extend(contest(options, overlapping).lines("  overlapping", &[Target::None]));

    let ours = Contestant::new("cohabit", |operations| {
        for i in 0..operations {
            list.set(&mut turn, place(i), i as i64).expect("inside");
        }
    });
    let peer = Contestant::new("Vec, checked", |operations| {
        for i in 0..operations {
            checked_set(&mut vec, place(i), i as i64).expect("inside");
        }
    });
    lines.extend(contest(options, vec![ours, peer]).lines("set", &[Target::Ratio(2.5)]));
    lines
}

/// Insert into the middle and remove from there, all or nothing, against a plain `memmove`.
pub fn insert(options: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(8 << 20);
    let mut turn = party.acquire().expect("a turn");
    let list = turn.new_list().expect("room");
    let mut vec: Vec<i64> = (0..100_000).collect();
    list.extend_ints(&mut turn, &vec).expect("room");
    let ours = Contestant::new("cohabit", |operations| {
        for i in 0..operations {
            list.insert(&mut turn, 50_000, i as i64).expect("room");
            list.remove(&mut turn, 50_000).expect("inside");
        }
    });
    let peer = Contestant::new("Vec", |operations| {
        for i in 0..operations {
            vec.insert(50_000, i as i64);
            black_box(vec.remove(50_000));
        }
    });
    contest(options, vec![ours, peer]).lines("insert + remove", &[Target::None])
}
