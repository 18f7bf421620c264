//! Records by handle against plain structs.
//!
//! A handle is checked at every use: is it this region's, alive, a record, of this shape, the cell a number? So the peer is a
//! struct behind a function that is not inlined.

use std::hint::black_box;

use cohabit::Record;
use cohabit_testkit::Random;

use crate::{
    pool,
    rounds::{Contestant, Line, Options, Spread, Target, contest},
};

/// Records: all stay in the second-level cache, most in the first.
const LEN: usize = 256;

#[derive(Record, Clone)]
struct Five {
    first: i64,
    second: i64,
    third: f64,
    fourth: bool,
    fifth: Option<u32>,
}

#[inline(never)]
fn plain_get(of: &Five) -> i64 {
    of.second
}

#[inline(never)]
fn plain_set(of: &mut Five, value: i64) {
    of.second = value;
}

/// Get and set a whole number of a random record; bytes that one takes.
pub fn get_and_set(options: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(1 << 20);
    let mut turn = party.acquire().expect("a turn");
    let five = Five { first: 1, second: 2, third: 0.5, fourth: true, fifth: Some(5) };
    let records: Vec<Record<Five>> = (0..LEN).map(|_| turn.new_record(&five).expect("room")).collect();
    let mut plain = vec![five; LEN];
    let mut random = Random(1);
    let places: Vec<usize> = (0..1024).map(|_| random.below(LEN)).collect();
    let place = |i: u64| places[i as usize & 1023];

    let ours = Contestant::new("cohabit", |operations| {
        let get = |i| records[place(i)].get(&turn, Five::SECOND).expect("a record");
        black_box((0..operations).fold(0, |sum, i| sum ^ get(i)));
    });
    let peer = Contestant::new("struct, called", |operations| {
        black_box((0..operations).fold(0, |sum, i| sum ^ plain_get(&plain[place(i)])));
    });
    let mut lines = contest(options, vec![ours, peer]).lines("get", &[Target::Own(3.0)]);
    let ours = Contestant::new("cohabit", |operations| {
        for i in 0..operations {
            records[place(i)].set(&mut turn, Five::SECOND, i as i64).expect("a record");
        }
    });
    let peer = Contestant::new("struct, called", |operations| {
        for i in 0..operations {
            plain_set(&mut plain[place(i)], i as i64);
        }
    });
    lines.extend(contest(options, vec![ours, peer]).lines("set", &[Target::Own(5.0)]));
    let taken = records[0].footprint(&turn).expect("a record").own as f64;
    lines.push(Line::alone("record of five fields", Spread::of(vec![taken]), "B", Target::Own(64.0)));
    lines
}
