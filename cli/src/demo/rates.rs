//! How fast it is here and now: short loops in the demo's own region, by the process that has the turn.
//!
//! No benchmark (`cargo xtask bench` is): one run of a tenth of a second each, on whatever else the machine is doing. Indexes and
//! keys are visited in a scattered order, in objects that fit the cache.
#![forbid(unsafe_code)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use cohabit::{Error, List, Order, Turn, Value};

use super::{
    ensure,
    stage::{self, Stage},
};
use crate::{failure::Failure, text::grouped};

/// How long each loop runs.
const LOOP: Duration = Duration::from_millis(100);
/// Elements and entries.
const SIZE: usize = 10_000;
/// Operations between two looks at the clock.
const BATCH: usize = 500;
/// The root by which two processes hand the turn to each other; in it one number, even when the first is due.
const RELAY: &str = "relay";
const OVER: i64 = -1;

fn row(what: &str, count: u64, took: Duration) {
    let seconds = took.as_secs_f64();
    let (rate, nanoseconds) = (count as f64 / seconds, seconds * 1e9 / count.max(1) as f64);
    stage::print(&format!("   {what:<57} {:>14} {nanoseconds:>10.0}\n", grouped(rate as u64)));
}

/// Runs `operation` for a while; it gets a number that runs through `0..SIZE`, scattered.
fn measure(
    what: &str,
    turn: &mut Turn<'_>,
    mut operation: impl FnMut(&mut Turn<'_>, usize) -> Result<(), Error>,
) -> Result<(), Failure> {
    let (mut index, mut count) = (0, 0);
    let start = Instant::now();
    while start.elapsed() < LOOP {
        for _ in 0..BATCH {
            index = (index + 6_151) % SIZE;
            operation(turn, index)?;
        }
        count += BATCH as u64;
    }
    row(what, count, start.elapsed());
    Ok(())
}

/// Measures, prints, and leaves the region as it was.
pub fn table(first: &mut Stage) -> Result<(), Failure> {
    stage::print(
        "\n   operations (one process in its turn, where nothing else is said)       per second         ns\n",
    );
    alone(&mut first.member.acquire()?)?;
    let (mut count, start) = (0, Instant::now());
    while start.elapsed() < LOOP {
        for _ in 0..BATCH {
            drop(black_box(first.member.acquire()?));
        }
        count += BATCH as u64;
    }
    row("turn: take and release, nobody else wants it", count, start.elapsed());
    relay_with_third(first)
}

fn alone(turn: &mut Turn<'_>) -> Result<(), Failure> {
    let list = turn.new_list()?;
    list.extend_ints(turn, &(0..SIZE as i64).collect::<Vec<_>>())?;
    measure("list of 10,000 numbers: get", turn, |turn, index| black_box(list.get(turn, index)).map(drop))?;
    measure("list of 10,000 numbers: set", turn, |turn, index| {
        list.set(turn, index, black_box(index as i64))
    })?;
    turn.destroy(list)?;

    let list = turn.new_list()?;
    let mut len = 0;
    measure("list: push a number (emptied whenever it has 10,000)", turn, |turn, index| {
        len += 1;
        if len % SIZE == 0 {
            list.clear(turn)?;
        }
        list.push(turn, black_box(index as i64))
    })?;
    turn.destroy(list)?;

    let keys: Vec<String> = (0..SIZE).map(|index| format!("key {index:08}")).collect();
    let map = turn.new_map()?;
    for key in &keys {
        map.set(turn, key.as_str(), 0)?;
    }
    measure("map of 10,000 text keys: get", turn, |turn, index| {
        black_box(map.get(turn, keys[index].as_str())).map(drop)
    })?;
    measure("map of 10,000 text keys: set", turn, |turn, index| {
        map.set(turn, keys[index].as_str(), index as i64)
    })?;
    turn.destroy(map)?;

    let list = turn.new_list()?;
    list.extend(turn, (0..SIZE).map(|_| Value::Null))?;
    let text = "a text of exactly forty bytes, ASCII....";
    measure("text of 40 bytes: store in a list, the old one goes", turn, |turn, index| {
        list.set(turn, index, text)
    })?;
    measure("text of 40 bytes: read", turn, |turn, index| black_box(list.get(turn, index)).map(drop))?;
    turn.destroy(list)?;

    measure("message with a text of 40 bytes: put, take, finish", turn, |turn, _| {
        turn.put_message(text)?;
        match turn.take_message(Order::Fifo)? {
            Some(message) => message.finish(turn),
            None => Err(Error::Stale),
        }
    })
}

/// Hands the turn to the third process and back, as often as it goes; then tells it to leave.
fn relay_with_third(first: &mut Stage) -> Result<(), Failure> {
    let mut turn = first.member.acquire()?;
    let relay = turn.new_list()?;
    relay.push(&mut turn, 0)?;
    turn.roots()?.set(&mut turn, RELAY, relay)?;
    drop(turn);
    let start = Instant::now();
    let count = relay_on(first, relay, 0, |taken| taken > 0 && start.elapsed() >= 3 * LOOP)?;
    let took = start.elapsed();
    let mut turn = first.member.acquire()?;
    ensure(count > 2, "two processes hand the turn to each other")?;
    turn.roots()?.remove(&mut turn, RELAY)?;
    drop(turn);
    row("turn: from one process to the other, a number set in each", count, took);
    Ok(())
}

/// The third process's side.
pub fn partner(third: &mut Stage) -> Result<(), Failure> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) && third.member.is_linked() {
        let seen = third.member.changes();
        let turn = third.member.acquire()?;
        let relay = turn.roots()?.get(&turn, RELAY)?.and_then(Value::as_list);
        drop(turn);
        if let Some(relay) = relay {
            relay_on(third, relay, 1, |_| false)?;
            return Ok(());
        }
        third.member.wait_for_change(seen, Duration::from_millis(100));
    }
    Err(Failure::new("the first process did not begin to measure"))
}

/// Adds 1 whenever the number is even (`me` 0) or odd (`me` 1), until the number says that it is over; `enough`, given how often we
/// have, makes it say so. Returns how often the turn went from one to the other.
fn relay_on(me: &mut Stage, relay: List, parity: i64, enough: impl Fn(u64) -> bool) -> Result<u64, Failure> {
    let mut taken = 0;
    let mut last_move = Instant::now();
    let mut seen = me.member.changes().wrapping_sub(1);
    loop {
        seen = me.member.wait_for_change(seen, Duration::from_millis(100));
        let mut turn = me.member.acquire()?;
        let number = match relay.get(&turn, 0) {
            // Over, and cleared away already.
            Err(Error::Stale) => return Ok(taken),
            number => number?.as_int().unwrap_or(OVER),
        };
        if number == OVER {
            return Ok(taken);
        }
        if number % 2 == parity {
            if enough(taken) {
                relay.set(&mut turn, 0, OVER)?;
                return Ok(number as u64);
            }
            relay.set(&mut turn, 0, number + 1)?;
            taken += 1;
            // Our own change moves the counter by one; what we wait for is the other's.
            seen = seen.wrapping_add(1);
            last_move = Instant::now();
        }
        drop(turn);
        if last_move.elapsed() > Duration::from_secs(10) {
            return Err(Failure::new("the other process does not take its turns"));
        }
    }
}
