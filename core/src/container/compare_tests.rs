//! Equality and order of containers and of what is in them. Random trees are in `tests/model/compare.rs`, and what CPython says in
//! `tests/python.rs`.

#![forbid(unsafe_code)]

use core::cmp::Ordering;

use super::tests::in_turn;
use crate::{Error, Turn};

#[test]
fn byte_arrays_are_compared_with_bytes() {
    in_turn(8192, |turn| {
        let (array, other) = (turn.new_byte_array(b"many bytes").unwrap(), turn.new_byte_array(b"").unwrap());
        assert_eq!(turn.equal(array, b"many bytes"), Ok(true));
        assert_eq!(turn.equal(array, "many bytes"), Ok(false));
        assert_eq!(turn.equal(other, b""), Ok(true));
        assert_eq!(turn.compare(array, other), Ok(Some(Ordering::Greater)));
        assert_eq!(turn.compare(array, "many bytes"), Err(Error::NotComparable));
        let (a, b) = (turn.new_list().unwrap(), turn.new_list().unwrap());
        a.push(turn, array).unwrap();
        b.push(turn, b"many bytes").unwrap();
        assert_eq!((turn.equal(a, b), turn.compare(b, a)), (Ok(true), Ok(Some(Ordering::Equal))));
        array.push(turn, 0).unwrap();
        assert_eq!((turn.equal(a, b), turn.compare(b, a)), (Ok(false), Ok(Some(Ordering::Less))));
        turn.destroy(other).unwrap();
        assert_eq!(turn.equal(other, b""), Err(Error::Stale));
    });
}

/// Some numbers in a list, and whether it equals its copy.
fn equals_its_copy<'v, I: Into<crate::Input<'v>>>(turn: &mut Turn<'_>, value: I) -> bool {
    let list = turn.new_list().unwrap();
    list.push(turn, value).unwrap();
    let copy = list.copy(turn).unwrap();
    assert_eq!(turn.equal(list, list), Ok(true), "what is one and the same is not looked into");
    let equal = turn.equal(list, copy).unwrap();
    assert_eq!(turn.compare(list, copy).unwrap_or(Some(Ordering::Equal)).is_some(), equal);
    turn.destroy(list).unwrap();
    turn.destroy(copy).unwrap();
    equal
}

#[test]
fn nothing_in_a_list_equals_a_nan() {
    in_turn(8192, |turn| {
        assert!(equals_its_copy(turn, 0.5) && equals_its_copy(turn, ()) && equals_its_copy(turn, "text"));
        assert!(!equals_its_copy(turn, f64::NAN));
        #[cfg(feature = "scalars")]
        for (text, equal) in
            [("1.5", true), ("NaN", false), ("-sNaN1", false), ("NaN12345678", false), ("Infinity", true)]
        {
            assert_eq!(equals_its_copy(turn, crate::Decimal::parse(text).unwrap()), equal, "{text}");
        }
    });
}

#[cfg(feature = "scalars")]
#[test]
fn scalars_are_compared_by_what_they_mean() {
    use crate::{Blob, Complex, Date, DateTime, Slice, Time, TimeDelta, TimeZone};
    in_turn(4096, |turn| {
        let noon = DateTime::new(Date::from_ordinal(700_000).unwrap(), Time::new(12, 0, 0, 0).unwrap());
        let zone = |hours| TimeZone::from_seconds(hours * 3600).unwrap();
        let two = DateTime::new(noon.date(), Time::new(14, 0, 0, 0).unwrap());
        let (utc, east) = (noon.with_zone(zone(0)), two.with_zone(zone(2)));
        assert_eq!((turn.equal(utc, east), turn.compare(utc, east)), (Ok(true), Ok(Some(Ordering::Equal))));
        assert_eq!((turn.equal(noon, utc), turn.compare(noon, utc)), (Ok(false), Err(Error::NotComparable)));
        assert_eq!(turn.compare(noon, two), Ok(Some(Ordering::Less)));
        assert_eq!(turn.equal(noon.time(), noon.time().with_fold(true)), Ok(true));
        assert_eq!(turn.compare(noon.date(), noon), Err(Error::NotComparable));
        let span = |micros| TimeDelta::from_micros(micros);
        assert_eq!(turn.compare(span(-1), TimeDelta::MIN), Ok(Some(Ordering::Greater)));
        let named = TimeZone::new(3_600_000_000, Some("CET")).unwrap();
        assert_eq!(
            (turn.equal(named, zone(1)), turn.compare(named, named)),
            (Ok(true), Err(Error::NotComparable))
        );
        let one = Complex::from(1.0);
        assert_eq!((turn.equal(one, true), turn.equal(1i128, one)), (Ok(true), Ok(true)));
        assert_eq!(turn.equal(Complex { re: 1.0, im: 0.5 }, 1), Ok(false));
        assert_eq!((turn.equal(one, "1"), turn.compare(one, one)), (Ok(false), Err(Error::NotComparable)));
        let slice = Slice::new(Some(1), None, None);
        assert_eq!((turn.equal(slice, slice), turn.equal(slice, 1)), (Ok(true), Ok(false)));
        let blob = |codec| Blob { codec, data: b"data" };
        assert_eq!(
            (turn.equal(blob("a"), blob("a")), turn.equal(blob("a"), blob("b"))),
            (Ok(true), Ok(false))
        );
    });
}

#[cfg(feature = "derive")]
mod records {
    use super::*;
    use crate::{List, Record, Value};

    #[derive(Record)]
    #[record(crate = crate)]
    struct Point {
        x: i64,
        at: Option<List>,
    }

    mod elsewhere {
        use super::*;

        #[derive(Record)]
        #[record(crate = crate)]
        pub struct Point {
            pub x: f64,
            pub at: Option<List>,
        }

        #[derive(Record)]
        #[record(crate = crate)]
        pub struct Place {
            pub x: i64,
            pub at: Option<List>,
        }
    }

    /// Seen red on: records whose types have different names compared by their fields alone.
    #[test]
    fn records_are_equal_by_name_and_fields() {
        in_turn(8192, |turn| {
            let a = turn.new_record(&Point { x: 1, at: None }).unwrap().any();
            let b = turn.new_record(&Point { x: 1, at: None }).unwrap().any();
            let float = turn.new_record(&elsewhere::Point { x: 1.0, at: None }).unwrap().any();
            let named = turn.new_record(&elsewhere::Place { x: 1, at: None }).unwrap().any();
            assert_eq!(
                (turn.equal(a, b), turn.equal(a, float), turn.equal(a, named)),
                (Ok(true), Ok(true), Ok(false))
            );
            assert_eq!((turn.compare(a, a), turn.equal(a, 1)), (Err(Error::NotComparable), Ok(false)));
            let other = turn.new_record(&Point { x: 2, at: None }).unwrap().any();
            assert_eq!(turn.equal(a, other), Ok(false));
        });
    }

    #[test]
    fn what_is_in_records_is_compared_too() {
        in_turn(if cfg!(miri) { 1 << 14 } else { 1 << 18 }, |turn| {
            // Deeper than places are remembered for.
            let depth = if cfg!(miri) { 12 } else { 1000 };
            let mut inner = turn.new_list().unwrap();
            inner.push(turn, 1).unwrap();
            for level in 0..depth {
                let record = turn.new_record(&Point { x: level, at: Some(inner) }).unwrap();
                inner = turn.new_list().unwrap();
                inner.push(turn, record.any()).unwrap();
                inner.push(turn, "behind").unwrap();
            }
            let copy = inner.copy(turn).unwrap();
            assert_eq!(turn.equal(inner, copy), Ok(true));
            assert_eq!(turn.compare(inner, copy), Ok(Some(Ordering::Equal)));
            copy.set(turn, 1, "before").unwrap();
            assert_eq!(turn.compare(inner, copy), Ok(Some(Ordering::Greater)), "behind all that is equal");
            copy.set(turn, 1, "behind").unwrap();
            let mut at = copy;
            while let Ok(Value::Record(record)) = at.get(turn, 0) {
                at = record.get(turn, "at").unwrap().and_then(Value::as_list).unwrap();
            }
            at.push(turn, 2).unwrap();
            assert_eq!(turn.equal(inner, copy), Ok(false));
            assert_eq!(turn.compare(inner, copy), Err(Error::NotComparable));
        });
    }
}
