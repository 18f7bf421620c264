//! The image with times of day that have an offset: `golden/times.bin`.

use cohabit::{Error, Order, Time, TimeZone, Turn, Value};

use super::pinned;

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

/// What is in it, on every host.
fn check_times(turn: &mut Turn<'_>) -> Result<(), Error> {
    let list = turn.roots().unwrap().get(turn, "times").unwrap().and_then(Value::as_list).expect("a list");
    let found: Vec<_> =
        list.iter(turn).unwrap().map(|time| time.unwrap().as_time().expect("a time")).collect();
    assert_eq!(found, times());
    let message = turn.read_message(Order::Fifo).expect("sound").expect("one waits");
    assert_eq!(message.as_time(), Some(times()[1]));
    let audit = turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
    assert_eq!(audit.scalars, 3);
    Ok(())
}

#[test]
fn times_with_an_offset_have_these_bytes_and_read_the_same_everywhere() {
    pinned("times", 1024, TIMES, put_times, check_times);
}
