//! Scalars in a region: small enough for Miri. All kinds at the ends of their ranges are in `tests/src/scalars.rs`.

#![forbid(unsafe_code)]

extern crate std;
use std::{format, vec};

use super::*;
use crate::{Config, Input, Region, Turn};

/// Runs `body` in a turn of a fresh region, and audits it.
fn in_turn(body: impl FnOnce(&mut Turn<'_>)) {
    let mut memory = vec![0u64; 1024];
    let region =
        Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new().compact().journal(16)).unwrap();
    let [mut party, _other] = region.split::<2>().unwrap();
    let mut turn = party.acquire().unwrap();
    body(&mut turn);
    turn.audit().unwrap_or_else(|error| panic!("{error}"));
}

/// Stores a value, and reads it from its cell, from a copy, and from the item that was taken out.
fn leads_back<'v>(input: impl Into<Input<'v>>, expected: Value<'_>, blocks: u32) {
    in_turn(|turn| {
        let list = turn.new_list().unwrap();
        list.push(turn, input).unwrap();
        let copy = list.copy(turn).unwrap();
        assert_eq!(list.get(turn, 0), Ok(expected));
        assert_eq!(copy.get(turn, 0), Ok(expected));
        assert_eq!(turn.audit().unwrap().scalars, 2 * blocks);
        let own = list.footprint(turn).unwrap();
        assert_eq!(own.scalars != 0, blocks != 0);
        let item = list.take(turn, 0).unwrap();
        assert_eq!(item.value(turn), Ok(expected));
        assert_eq!(item.object().is_some(), blocks != 0);
        list.push(turn, item).unwrap();
        list.set(turn, 0, ()).unwrap();
        assert_eq!(turn.audit().unwrap().scalars, blocks);
    });
}

#[test]
fn whole_numbers_take_the_smallest_form() {
    leads_back(5u128, Value::Int(5), 0);
    leads_back(-(1i128 << 63), Value::Int(i64::MIN), 0);
    leads_back(1i128 << 63, Value::Uint(1 << 63), 0);
    leads_back(u64::MAX as u128, Value::Uint(u64::MAX), 0);
    for int in [1i128 << 64, -(1 << 63) - 1, i128::MIN] {
        leads_back(int, Value::BigInt(BigInt::from_le_bytes(&int.to_le_bytes())), 1);
    }
    let mut power = [0; 513];
    power[512] = 1;
    let power = BigInt::from_le_bytes(&power);
    leads_back(power, Value::BigInt(power), 1);
    leads_back(BigInt::from_le_bytes(&[]), Value::Int(0), 0);
}

#[test]
fn decimals_are_stored_as_the_specification_writes_them() {
    for (text, canonical, blocks) in [
        ("+1.50", "1.50", 0),
        ("-0", "-0", 0),
        ("infinity", "Infinity", 0),
        ("12345678", "12345678", 0),
        ("1234567.8e1", "12345678", 0),
        ("123456789", "123456789", 1),
        ("0.00000001234", "1.234E-8", 0),
        ("-sNaN0012345", "-sNaN12345", 1),
    ] {
        let stored = Decimal::parse(canonical).unwrap();
        leads_back(Decimal::parse(text).unwrap(), Value::Decimal(stored), blocks);
        in_turn(|turn| {
            let list = turn.new_list().unwrap();
            list.push(turn, Decimal::parse(text).unwrap()).unwrap();
            assert_eq!(list.get(turn, 0).unwrap().as_decimal().map(Decimal::as_str), Some(canonical));
        });
    }
}

#[test]
fn times_and_the_rest_lead_back() {
    let day = Date::new(2024, 2, 29).unwrap();
    let time = Time::MAX.with_fold(true);
    leads_back(day, Value::Date(day), 0);
    leads_back(time, Value::Time(time), 0);
    let naive = DateTime::new(day, time);
    leads_back(naive, Value::DateTime(naive), 0);
    let zone = TimeZone::new(-1, Some("a zone")).unwrap();
    for (zone, blocks) in [(TimeZone::UTC, 0), (zone, 1)] {
        leads_back(zone, Value::TimeZone(zone), blocks);
        leads_back(naive.with_zone(zone), Value::DateTime(naive.with_zone(zone)), 1);
        leads_back(time.with_zone(zone), Value::Time(time.with_zone(zone)), 1);
    }
    for (span, blocks) in [(TimeDelta::from_micros(i64::MIN), 0), (TimeDelta::MIN, 1), (TimeDelta::MAX, 1)] {
        leads_back(span, Value::TimeDelta(span), blocks);
    }
    let complex = Complex { re: -0.0, im: f64::INFINITY };
    leads_back(complex, Value::Complex(complex), 1);
    let slice = Slice::new(None, Some(i64::MIN), Some(0));
    leads_back(slice, Value::Slice(slice), 1);
    let blob = Blob { codec: "pickle", data: &[0, 255] };
    leads_back(blob, Value::Blob(blob), 1);
}

#[test]
fn a_codec_with_too_long_a_name_is_refused_and_nothing_stays() {
    in_turn(|turn| {
        let list = turn.new_list().unwrap();
        let (name, longer) = ("x".repeat(255), "x".repeat(256));
        list.push(turn, Blob { codec: &name, data: &[] }).unwrap();
        let used = turn.stats().unwrap().used;
        assert_eq!(list.push(turn, Blob { codec: &longer, data: &[] }), Err(Error::BadValue));
        assert_eq!(turn.stats().unwrap().used, used);
    });
}

#[test]
fn values_stay_small_and_numbers_of_the_program_print() {
    assert!(size_of::<Value<'_>>() <= 40 && size_of::<Input<'_>>() <= 40);
    let owned = Input::from(u128::MAX);
    assert_eq!(format!("{owned:?}"), format!("Owned(BigInt(BigInt({})))", u128::MAX));
}
