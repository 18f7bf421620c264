//! Keys of all types that are one key, and how keys hash.

#![forbid(unsafe_code)]

extern crate std;
use std::{vec, vec::Vec};

#[cfg(not(miri))]
use super::deep_key_tests::{frozen, tuple};
use super::tests::{in_turn, sound};
use crate::{BigInt, Blob, Complex, Date, DateTime, Decimal, Key, Time, TimeDelta, TimeZone, Turn, Value};

fn decimal(text: &str) -> Key<'_> {
    Decimal::parse(text).unwrap().into()
}

fn complex(re: f64, im: f64) -> Key<'static> {
    Complex { re, im }.into()
}

fn hash<'k>(turn: &Turn<'_>, key: impl Into<Key<'k>>) -> u32 {
    turn.heap.query(key.into()).unwrap().hash
}

/// Scalars, those that are one key side by side.
fn classes<'a>(big: &'a [[u8; 17]], huge: &'a [u8]) -> Vec<Vec<Key<'a>>> {
    let int = |at: usize| Key::from(BigInt::from_le_bytes(&big[at]));
    let noon = DateTime::new(Date::new(2024, 2, 29).unwrap(), Time::new(12, 0, 0, 5).unwrap());
    let paris = TimeZone::new(3_600_000_000, Some("Europe/Paris")).unwrap();
    let later = DateTime::from_micros(noon.micros() + 3_600_000_000).unwrap();
    let folded = DateTime::new(noon.date(), noon.time().with_fold(true));
    let blob = |codec, data| Key::from(Blob { codec, data });
    vec![
        vec![1.into(), 1.0.into(), true.into(), decimal("1.00"), complex(1.0, -0.0), int(3)],
        vec![0.into(), false.into(), (-0.0).into(), decimal("-0E+7"), complex(-0.0, 0.0)],
        vec![0.5.into(), decimal("0.50"), complex(0.5, 0.0)],
        vec![decimal("0.1")],
        vec![0.1.into(), decimal("0.1000000000000000055511151231257827021181583404541015625")],
        vec![u64::MAX.into(), decimal("18446744073709551615")],
        vec![18446744073709551616.0.into(), decimal("18446744073709551616"), int(0)],
        vec![decimal("18446744073709551617.0"), int(1)],
        vec![decimal("-18446744073709551617"), int(2)],
        vec![BigInt::from_le_bytes(huge).into(), decimal("1E+100")],
        vec![1e100.into(), complex(1e100, 0.0)],
        vec![decimal("1E+999999999999"), decimal("10E+999999999998")],
        vec![decimal("-1E+999999999999")],
        vec![decimal("1E-999999999999"), decimal("1000E-1000000000002")],
        vec![f64::INFINITY.into(), decimal("inf"), complex(f64::INFINITY, 0.0)],
        vec![f64::NAN.into(), decimal("NaN"), decimal("-sNaN12"), complex(-f64::NAN, 0.0)],
        vec![complex(1.0, 2.0)],
        vec![complex(1.0, -2.0)],
        vec![complex(2.0, 1.0)],
        vec![complex(f64::NAN, 1.0), complex(-f64::NAN, 1.0)],
        vec![complex(0.0, f64::NAN), complex(-0.0, f64::NAN)],
        vec![noon.date().into(), Date::new(2024, 2, 29).unwrap().into()],
        vec![noon.time().into(), noon.time().with_fold(true).into()],
        vec![noon.time().with_zone(TimeZone::UTC).into(), later.time().with_zone(paris).into()],
        vec![noon.time().with_zone(paris).into()],
        vec![noon.into(), folded.into()],
        vec![noon.with_zone(TimeZone::UTC).into(), later.with_zone(paris).into()],
        vec![noon.with_zone(paris).into()],
        vec![TimeDelta::from_micros(5).into(), TimeDelta::new(-1, 86_400, 5).unwrap().into()],
        vec![TimeDelta::new(999_999_999, 0, 5).unwrap().into()],
        vec![paris.into(), TimeZone::new(3_600_000_000, None).unwrap().into()],
        vec![TimeZone::UTC.into()],
        vec![blob("ab", b"c"), blob("ab", b"c")],
        vec![blob("a", b"bc")],
        vec!["".into()],
        vec![b"".into()],
        vec![().into()],
    ]
}

/// 2^64, 2^64 + 1 and -(2^64 + 1), 1 in a longer form than it is stored in; 10^100.
fn bytes() -> ([[u8; 17]; 4], Vec<u8>) {
    let ints = [1i128 << 64, (1 << 64) + 1, -(1 << 64) - 1, 1].map(|int| {
        let mut bytes = [if int < 0 { 0xff } else { 0 }; 17];
        bytes[..16].copy_from_slice(&int.to_le_bytes());
        bytes
    });
    let mut huge = vec![1u8];
    for _ in 0..100 {
        let mut carry = 0;
        for byte in &mut huge {
            carry += *byte as u32 * 10;
            *byte = carry as u8;
            carry >>= 8;
        }
        huge.extend((carry != 0).then_some(carry as u8));
    }
    huge.push(0);
    (ints, huge)
}

#[test]
fn what_is_equal_is_one_key_whatever_its_type() {
    let (ints, huge) = bytes();
    let classes: Vec<_> =
        classes(&ints, &huge).into_iter().step_by(if cfg!(miri) { 12 } else { 1 }).collect();
    in_turn(1 << 16, |turn| {
        let (map, set) = (turn.new_map().unwrap(), turn.new_set().unwrap());
        for (number, class) in (0..).zip(&classes) {
            for (index, key) in class.iter().enumerate() {
                assert_eq!(set.insert(turn, *key), Ok(index == 0), "{key:?}");
                map.set(turn, *key, number).unwrap();
            }
            assert!(class.iter().all(|key| hash(turn, *key) == hash(turn, class[0])), "{class:?}");
        }
        assert_eq!((map.len(turn), set.len(turn)), (Ok(classes.len()), Ok(classes.len())));
        let fast = map.to_fast(turn).unwrap();
        let (copy, again) = (map.copy(turn).unwrap(), fast.to_map(turn).unwrap());
        for (number, class) in (0..).zip(&classes) {
            let found = Ok(Some(Value::Int(number)));
            for key in class {
                assert_eq!((map.get(turn, *key), fast.get(turn, *key)), (found, found), "{key:?}");
                assert_eq!((copy.get(turn, *key), again.get(turn, *key)), (found, found), "{key:?}");
                assert_eq!(set.contains(turn, *key), Ok(true), "{key:?}");
            }
        }
        assert_eq!((turn.equal(map, fast), turn.equal(copy, again)), (Ok(true), Ok(true)));
        sound(turn);
        for class in classes.iter().rev() {
            assert_eq!(map.remove(turn, class[class.len() - 1]), Ok(true));
            assert_eq!(map.remove(turn, class[0]), Ok(false));
        }
        assert_eq!(turn.destroy(copy), Ok(()));
    });
}

/// Tuples and sets of many patterns spread over groups and tags as evenly as random numbers would; so do the numbers in them.
#[cfg(not(miri))]
#[test]
fn patterns_of_tuples_and_sets_spread_evenly() {
    in_turn(1 << 16, |turn| {
        let mut spread = |what: &str, make: &mut dyn FnMut(&mut Turn<'_>, i64) -> u32| {
            let (mut groups, mut tags) = ([0u32; 256], [0u32; 128]);
            for i in 0..4096 {
                let hash = make(turn, i);
                groups[hash as usize & 255] += 1;
                tags[hash as usize >> 25] += 1;
            }
            let squares = |counts: &[u32], expected: u32| -> u32 {
                counts.iter().map(|count| count.abs_diff(expected).pow(2)).sum()
            };
            assert!(squares(&groups, 16) < 256 * 16 * 3 / 2, "{what}");
            assert!(squares(&tags, 32) < 128 * 32 * 3 / 2, "{what}");
        };
        let once = |turn: &mut Turn<'_>, key: Key<'_>| {
            let found = hash(turn, key);
            let object = match key {
                Key::Other(Value::Tuple(tuple)) => crate::Object::from(tuple),
                Key::Other(Value::FrozenSet(set)) => set.into(),
                _ => return found,
            };
            turn.destroy(object).unwrap();
            found
        };
        spread("pairs", &mut |turn, i| {
            let key = tuple(turn, &[(i & 63).into(), (i >> 6).into()]);
            once(turn, key.into())
        });
        spread("nested pairs", &mut |turn, i| {
            let inner = tuple(turn, &[(i >> 6).into()]);
            let key = tuple(turn, &[(i & 63).into(), inner.into()]);
            once(turn, key.into())
        });
        spread("sets of two", &mut |turn, i| {
            let key = frozen(turn, [i & 63, 64 + (i >> 6)]);
            once(turn, key.into())
        });
        spread("subsets of twelve", &mut |turn, i| {
            let key = frozen(turn, (0..12).filter(|bit| i >> bit & 1 != 0));
            once(turn, key.into())
        });
        spread("dates", &mut |turn, i| hash(turn, Date::from_ordinal(700_000 + i as u32).unwrap()));
        spread("prices", &mut |turn, i| hash(turn, decimal(&std::format!("{}.{:02}", i / 100, i % 100))));
        spread("large", &mut |turn, i| {
            hash(turn, BigInt::from_le_bytes(&((1i128 << 90) + i as i128).to_le_bytes()))
        });
    });
}
