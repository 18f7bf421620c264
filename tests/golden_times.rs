//! The image with times of day that have an offset: `golden/times.bin`.

use std::ptr::NonNull;

use cohabit::{AlwaysAlive, Error, Order, Region, Time, TimeZone, Turn, Value};
use cohabit_tests::sample::Memory;

use super::{TWO, assert_same, written};

const TIMES: &[u8] = include_bytes!("golden/times.bin");

fn times() -> [Time<'static>; 4] {
    let zone = |micros, name| TimeZone::new(micros, name).expect("less than a day");
    [
        Time::MIN.with_zone(TimeZone::UTC),
        Time::new(12, 34, 56, 789_012).expect("a time").with_zone(zone(-1, Some("a little west"))),
        Time::MAX.with_fold(true).with_zone(zone(86_399_999_999, Some(""))),
        Time::MAX.with_fold(true),
    ]
}

fn put_times(turn: &mut Turn<'_>) -> Result<(), Error> {
    let list = turn.new_list()?;
    turn.roots()?.set(turn, "times", list)?;
    times().into_iter().try_for_each(|time| list.push(turn, time))?;
    turn.put_message(times()[1])
}

fn image() -> Memory {
    let mut memory = Memory::new(1024);
    let region = Region::format(memory.bytes_mut(), TWO).expect("a sound configuration");
    // SAFETY: the slot is joined once, by this thread alone.
    let mut party = unsafe { region.join(0, &AlwaysAlive) }.expect("slot 0");
    let mut turn = party.acquire().expect("nobody else is there");
    put_times(&mut turn).expect("it fits");
    drop(turn);
    memory
}

#[test]
fn times_with_an_offset_have_these_bytes_and_read_the_same_everywhere() {
    assert_same(&written("times", image()), TIMES, "times");
    let mut memory = Memory::copy_of(TIMES);
    // SAFETY: the copy is ours alone and outlives the region, which nothing else reaches into meanwhile.
    let region =
        unsafe { Region::open(NonNull::from(memory.bytes_mut()).cast(), TIMES.len()) }.expect("a region");
    // SAFETY: whoever was in the slot is gone.
    let mut party = unsafe { region.join(1, &AlwaysAlive) }.expect("slot 1");
    let turn = &mut party.acquire().expect("a sound region");
    let list = turn.roots().unwrap().get(turn, "times").unwrap().and_then(Value::as_list).expect("a list");
    let found: Vec<_> =
        list.iter(turn).unwrap().map(|time| time.unwrap().as_time().expect("a time")).collect();
    assert_eq!(found, times());
    let message = turn.read_message(Order::Fifo).expect("sound").expect("one waits");
    assert_eq!(message.as_time(), Some(times()[1]));
    let audit = turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
    assert_eq!(audit.scalars, 3);
}
