//! Counting: each party adds one, again and again, in a turn of its own; the sum is exact.
//!
//! The simplest program that goes wrong without mutual exclusion. (The original lets three parties in at once: 53,620 of
//! 60,000 survive.) One counter is the value of a map's key, the other an element of a list.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use cohabit_std::{
    Member, Options,
    cohabit::{List, Turn, Value},
};
use cohabit_testkit::{Name, Other, pause, say};

use crate::kit::note;

/// What every party adds.
const TIMES: u32 = 100_000;

/// Peterson's protocol.
pub fn two_parties_count_exactly() {
    count(2);
}

/// The bakery.
pub fn three_parties_count_exactly() {
    count(3);
}

/// More parties than cores, so most of them sleep.
pub fn eight_parties_count_exactly() {
    count(8);
}

fn count(parties: u8) {
    let name = Name::new("count");
    let mut me = cohabit_std::create(&name, Options::new().size(1 << 20).parties(parties)).unwrap();
    let here = prepare(&mut me);
    let arguments: Vec<String> = (1..parties).map(|number| number.to_string()).collect();
    let mut others: Vec<Other> =
        arguments.iter().map(|number| Other::spawn("count", &[&*name, number])).collect();
    let there: Vec<String> = others.iter_mut().map(|other| other.expect("mapped at")).collect();
    assert!(there.iter().any(|address| *address != here), "every process mapped it at {here}");

    let start = Instant::now();
    others.iter_mut().for_each(Other::go);
    add(&mut me);
    let longest = others.iter_mut().map(|other| other.expect("longest wait").parse::<u64>().unwrap());
    let longest = longest.max().unwrap_or(0);
    let took = start.elapsed();
    others.into_iter().for_each(Other::finish);

    let turn = &me.acquire().unwrap();
    let expected = Ok(i64::from(TIMES) * i64::from(parties));
    assert_eq!(turn.roots().and_then(|roots| as_int(roots.get(turn, "count")?)), expected);
    assert_eq!(cells(turn).get(turn, 1).and_then(|value| as_int(Some(value))), expected);
    let rate = f64::from(TIMES) * f64::from(parties) / took.as_secs_f64();
    println!(
        "    {parties} parties: {:.1} s, {rate:.0} turns a second, longest wait {longest} ms",
        took.as_secs_f64()
    );
    note(format!("{parties} parties exact in {:.1} s", took.as_secs_f64()));
}

/// Both counters at 0, and something to take the address of; answers with that address.
fn prepare(me: &mut Member) -> String {
    let turn = &mut me.acquire().unwrap();
    let roots = turn.roots().unwrap();
    roots.set(turn, "count", 0).unwrap();
    roots.set(turn, "landmark", "a text that takes a block").unwrap();
    let cells = turn.new_list().unwrap();
    cells.extend_ints(turn, &[0, 0, 0]).unwrap();
    roots.set(turn, "cells", cells).unwrap();
    address(turn)
}

fn address(turn: &Turn<'_>) -> String {
    let landmark = turn.roots().unwrap().get(turn, "landmark").unwrap();
    format!("{:p}", landmark.and_then(Value::as_text).unwrap())
}

fn cells(turn: &Turn<'_>) -> List {
    turn.roots().unwrap().get(turn, "cells").unwrap().and_then(Value::as_list).unwrap()
}

fn as_int(value: Option<Value<'_>>) -> Result<i64, cohabit_std::cohabit::Error> {
    value.and_then(Value::as_int).ok_or(cohabit_std::cohabit::Error::WrongType)
}

/// Counts; answers with the longest wait for a turn.
fn add(me: &mut Member) -> Duration {
    let mut longest = Duration::ZERO;
    for _ in 0..TIMES {
        let asked = Instant::now();
        let turn = &mut me.acquire().unwrap();
        longest = longest.max(asked.elapsed());
        let roots = turn.roots().unwrap();
        let more = |old: Option<Value<'_>>| as_int(old).unwrap() + 1;
        roots.entry(turn, "count").unwrap().update(more).unwrap();
        let cells = cells(turn);
        let old = as_int(cells.get(turn, 1).ok()).unwrap();
        cells.set(turn, 1, old + 1).unwrap();
    }
    longest
}

/// The role `count`: name, a number of its own.
pub fn child(arguments: &[String]) {
    let number: usize = arguments[1].parse().unwrap();
    // Memory that is reserved and never touched, of a size of its own, moves what is mapped after it, even if the system
    // gives every process the same addresses.
    std::mem::forget(Vec::<u8>::with_capacity(number << 26));
    let mut me = cohabit_std::open(&arguments[0]).unwrap();
    let address = address(&me.acquire().unwrap());
    say(&format!("mapped at {address}"));
    pause();
    let longest = add(&mut me);
    say(&format!("longest wait {}", longest.as_millis()));
    me.leave().unwrap();
}
