//! The image with keys of every type: `golden/keys.bin`.

use std::ptr::NonNull;

use cohabit::{
    AlwaysAlive, BigInt, Blob, Complex, Date, DateTime, Decimal, Error, Key, Region, Time, TimeDelta,
    TimeZone, Tuple, Turn, Value,
};
use cohabit_tests::sample::Memory;

use super::{TWO, assert_same, written};

const KEYS: &[u8] = include_bytes!("golden/keys.bin");

const TEN_TO_THE_30: [u8; 16] = 10i128.pow(30).to_le_bytes();

const LONG: &str = "a text in a block";

fn decimal(text: &str) -> Key<'_> {
    Decimal::parse(text).expect("a decimal").into()
}

fn there(hours: u64, offset: i64, name: Option<&str>) -> Key<'_> {
    let day = DateTime::new(Date::new(2024, 2, 29).expect("a day"), Time::MIN);
    let time = DateTime::from_micros(day.micros() + hours * 3_600_000_000).expect("a time");
    Key::from(time.with_zone(TimeZone::new(offset * 3_600_000_000, name).expect("less than a day")))
}

/// Half past noon somewhere.
fn half_past(hour: u32, offset: i64, name: Option<&str>) -> Key<'_> {
    let zone = TimeZone::new(offset * 3_600_000_000, name).expect("less than a day");
    Time::new(hour, 30, 0, 0).expect("a time").with_zone(zone).into()
}

/// Scalars, and others that are the same keys.
fn scalars() -> [(Key<'static>, Key<'static>); 19] {
    let naive = |fold| DateTime::new(Date::MIN, Time::MAX.with_fold(fold)).into();
    let blob = Key::from(Blob { codec: "pickle", data: b"\x80\x05K\x01." });
    [
        (decimal("2.00"), 2.into()),
        (decimal("0.50"), 0.5.into()),
        (decimal("0.1"), decimal("0.10")),
        (decimal("1E+30"), BigInt::from_le_bytes(&TEN_TO_THE_30).into()),
        (decimal("-1E+999999999999"), decimal("-10E+999999999998")),
        (decimal("NaN"), f64::NAN.into()),
        (decimal("-Infinity"), f64::NEG_INFINITY.into()),
        (
            BigInt::from_le_bytes(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0]).into(),
            decimal("604462909807314587353089"),
        ),
        (Complex { re: 3.0, im: -0.0 }.into(), 3.into()),
        (Complex { re: 0.0, im: 1.5 }.into(), Complex { re: -0.0, im: 1.5 }.into()),
        (Date::MAX.into(), Date::MAX.into()),
        (Time::MAX.into(), Time::MAX.with_fold(true).into()),
        (half_past(12, 0, None), half_past(13, 1, Some("Europe/Paris"))),
        (naive(false), naive(true)),
        (there(12, 0, None), there(13, 1, Some("Europe/Paris"))),
        (TimeDelta::from_micros(-1).into(), TimeDelta::from_micros(-1).into()),
        (TimeDelta::MAX.into(), TimeDelta::MAX.into()),
        (TimeZone::UTC.into(), TimeZone::UTC.into()),
        (blob, blob),
    ]
}

/// A tuple with a set and a tuple in it; equal to another, which has its numbers in other types, its elements in another order.
fn tuple(turn: &mut Turn<'_>, other: bool) -> Result<Tuple, Error> {
    let set = turn.new_set()?;
    let elements = [1.into(), LONG.into(), Key::from(Date::MIN)];
    match other {
        false => set.extend(turn, elements)?,
        true => set.extend(turn, elements.into_iter().rev())?,
    }
    let set = set.freeze(turn)?;
    let inner = if other {
        turn.new_tuple(&[true.into(), LONG.into()])?
    } else {
        turn.new_tuple(&[1.into(), LONG.into()])?
    };
    match other {
        false => turn.new_tuple(&[inner.into(), set.into(), f64::NAN.into()]),
        true => {
            let set = set.to_fast(turn)?;
            turn.new_tuple(&[inner.into(), set.into(), Decimal::parse("NaN")?.into()])
        }
    }
}

fn put_keys(turn: &mut Turn<'_>) -> Result<(), Error> {
    let (roots, map, set) = (turn.roots()?, turn.new_map()?, turn.new_set()?);
    for (number, (key, _)) in (0i64..).zip(scalars()) {
        map.set(turn, key, number)?;
    }
    let key = tuple(turn, false)?;
    map.set(turn, key, "tuple")?;
    let gone = turn.new_tuple(&["goes again".into()])?;
    set.insert(turn, gone)?;
    let element = turn.new_tuple(&[1.into(), 2.5.into()])?;
    set.insert(turn, element)?;
    let pair = turn.new_set()?;
    pair.extend(turn, [3, 4])?;
    let pair = pair.freeze(turn)?;
    set.insert(turn, pair)?;
    set.remove(turn, gone)?;
    let fast = set.to_fast(turn)?;
    roots.set(turn, "map", map)?;
    roots.set(turn, "set", set)?;
    roots.set(turn, "fast", fast)
}

fn made() -> Memory {
    let mut memory = Memory::new(8192);
    let region = Region::format(memory.bytes_mut(), TWO).expect("a sound configuration");
    // SAFETY: the slot is joined once, by this thread alone.
    let mut party = unsafe { region.join(0, &AlwaysAlive) }.expect("slot 0");
    let mut turn = party.acquire().expect("nobody else is there");
    put_keys(&mut turn).expect("it fits");
    drop(turn);
    memory
}

#[test]
fn keys_of_every_type_have_these_bytes_and_are_found_everywhere() {
    assert_same(&written("keys", made()), KEYS, "keys");
    let mut memory = Memory::copy_of(KEYS);
    // SAFETY: the copy is ours alone and outlives the region, which nothing else reaches into meanwhile.
    let region =
        unsafe { Region::open(NonNull::from(memory.bytes_mut()).cast(), KEYS.len()) }.expect("a region");
    // SAFETY: whoever was in the slot is gone.
    let mut party = unsafe { region.join(1, &AlwaysAlive) }.expect("slot 1");
    let turn = &mut party.acquire().expect("a sound region");
    turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
    let roots = turn.roots().expect("always there");
    let map = roots.get(turn, "map").unwrap().and_then(Value::as_map).expect("a map");
    for (number, (key, same)) in (0..).zip(scalars()) {
        let found = Ok(Some(Value::Int(number)));
        assert_eq!((map.get(turn, key), map.get(turn, same)), (found, found), "{key:?}");
    }
    let key = tuple(turn, true).expect("it fits");
    assert_eq!(map.get(turn, key), Ok(Some(Value::Text("tuple"))));
    let set = roots.get(turn, "set").unwrap().and_then(Value::as_set).expect("a set");
    let fast = roots.get(turn, "fast").unwrap().and_then(Value::as_fast_set).expect("a fast set");
    let element = turn.new_tuple(&[1.0.into(), 2.5.into()]).expect("it fits");
    let pair = turn.new_set().expect("it fits");
    pair.extend(turn, [4, 3]).expect("it fits");
    let pair = pair.freeze(turn).expect("held");
    for key in [Key::from(element), pair.into()] {
        assert_eq!((set.contains(turn, key), fast.contains(turn, key)), (Ok(true), Ok(true)), "{key:?}");
    }
    assert_eq!((set.len(turn), fast.is_subset(turn, set)), (Ok(2), Ok(true)));
    // And they go on from here.
    map.set(turn, key, "again").expect("there is room");
    assert_eq!((map.len(turn), key.len(turn)), (Ok(scalars().len() + 1), Err(Error::Stale)));
    set.clear(turn).expect("it needs no memory");
    let audit = turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
    assert_eq!((audit.tuples, audit.sets), (4, 6));
}
