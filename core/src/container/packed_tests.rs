//! Fast frozen maps and sets against plain collections of this program, at the sizes where their index changes.
//!
//! Seen red on: numbers of entries stored without regard to removed ones; an index that is not copied, or from where a small one begins; a
//! map cut short; the upper part of a number left out, and an even one.

#![forbid(unsafe_code)]

extern crate std;
use std::{collections::BTreeMap, format, string::String, vec, vec::Vec};

use super::{
    set_tests::ints,
    tests::{in_turn, sound},
};
use crate::{AnySet, Error, FastMap, FastSet, FrozenMap, Input, Key, Map, Object, Turn, Value};

const LONG: &str = "a text that is too long for a cell";

fn in_a_turn(work: impl FnOnce(&mut Turn<'_>)) {
    in_turn(if cfg!(miri) { 1 << 15 } else { 1 << 17 }, work);
}

/// A map of these many whole numbers, a third of them under long texts, with some removed on the way.
fn filled(turn: &mut Turn<'_>, entries: i64) -> (Map, Vec<(String, i64)>) {
    let (map, mut model) = (turn.new_map().unwrap(), Vec::new());
    for value in 0..entries {
        let key = if value % 3 == 0 { format!("a key of many letters {value}") } else { format!("k{value}") };
        map.set(turn, key.as_str(), value).unwrap();
        if value % 5 == 0 {
            map.set(turn, -value - 1, value).unwrap();
            map.remove(turn, -value - 1).unwrap();
        }
        model.push((key, value));
    }
    (map, model)
}

fn check(turn: &Turn<'_>, fast: FastMap, model: &[(String, i64)]) {
    assert_eq!((fast.len(turn), fast.is_empty(turn)), (Ok(model.len()), Ok(model.is_empty())));
    let entries: Vec<_> = fast.iter(turn).unwrap().map(Result::unwrap).collect();
    let expected: Vec<_> = model.iter().map(|(key, value)| (Value::Text(key), Value::Int(*value))).collect();
    assert_eq!(entries, expected, "in the order in which they came");
    for (key, value) in model {
        assert_eq!(fast.get(turn, key.as_str()), Ok(Some(Value::Int(*value))), "{key}");
    }
    for absent in 0..if cfg!(miri) { 4 } else { 50 } {
        let key = format!("not there {absent}");
        assert_eq!((fast.get(turn, key.as_str()), fast.contains(turn, absent)), (Ok(None), Ok(false)));
    }
}

#[test]
fn a_fast_map_has_what_the_map_had_in_its_order_at_every_size() {
    let sizes: &[i64] = if cfg!(miri) { &[0, 8] } else { &[0, 1, 2, 7, 8, 9, 56, 57, 255, 256, 257] };
    for &entries in sizes {
        in_a_turn(|turn| {
            let (map, model) = filled(turn, entries);
            // (A copy of the map would have it made anew, without the removed ones.)
            let frozen = filled(turn, entries).0.freeze(turn).unwrap();
            let before = turn.stats().unwrap().used;
            let fast = map.to_fast(turn).unwrap();
            check(turn, fast, &model);
            let again = frozen.to_fast(turn).unwrap();
            check(turn, again, &model);
            let copy = fast.copy(turn).unwrap();
            assert_eq!((turn.equal(fast, map), turn.equal(copy, frozen)), (Ok(true), Ok(true)));
            let thawed = copy.to_map(turn).unwrap();
            assert_eq!(turn.equal(thawed, fast), Ok(true));
            thawed.set(turn, "one more", 1).unwrap();
            assert_eq!((turn.equal(thawed, fast), turn.equal(fast, thawed)), (Ok(false), Ok(false)));
            sound(turn);
            turn.destroy(fast).unwrap();
            check(turn, copy, &model);
            assert_eq!((fast.len(turn), fast.get(turn, 1)), (Err(Error::Stale), Err(Error::Stale)));
            for object in [Object::from(thawed), copy.into(), again.into()] {
                turn.destroy(object).unwrap();
            }
            assert_eq!(sound(turn).stats.used, before);
        });
    }
}

/// Of whole numbers, at the sizes where the index has wider numbers and where its mask has more bits.
#[test]
fn large_fast_maps_and_sets_find_every_key_and_no_other() {
    let sizes: &[i64] = if cfg!(miri) { &[15] } else { &[28_672, 28_673, 65_535, 65_536] };
    for &entries in sizes {
        in_turn(if cfg!(miri) { 1 << 14 } else { 1 << 24 }, |turn| {
            let (map, set) = (turn.new_map().unwrap(), turn.new_set().unwrap());
            for key in 0..entries {
                map.set(turn, key * 3, key).unwrap();
                set.insert(turn, key * 3).unwrap();
            }
            let (fast, elements) = (map.to_fast(turn).unwrap(), set.to_fast(turn).unwrap());
            for key in 0..entries {
                assert_eq!(fast.get(turn, key * 3), Ok(Some(Value::Int(key))));
                assert_eq!(fast.get(turn, key * 3 + 1), Ok(None));
                assert_eq!(elements.contains(turn, key * 3), Ok(true));
                assert_eq!(elements.contains(turn, key * 3 + 1), Ok(false));
            }
            assert_eq!((fast.len(turn), elements.len(turn)), (Ok(entries as usize), Ok(entries as usize)));
            assert_eq!(elements.iter(turn).unwrap().last(), Some(Ok(Value::Int((entries - 1) * 3))));
            sound(turn);
        });
    }
}

/// So many that numbers have parts of two bytes above the first 15 bits. (Of 64-bit hosts, which have the memory for it.)
#[cfg(all(not(miri), target_pointer_width = "64"))]
#[test]
fn millions_of_elements_are_found_in_sets_of_either_form() {
    const ELEMENTS: i64 = (7 << 19) + 1;
    in_turn(512 << 20, |turn| {
        let set = turn.new_set().unwrap();
        let step = 0x9e37_79b9_7f4a_7c15u64 as i64;
        for number in 0..ELEMENTS {
            assert_eq!(set.insert(turn, number.wrapping_mul(step)), Ok(true));
        }
        let fast = set.to_fast(turn).unwrap();
        for number in (0..ELEMENTS).step_by(1001).chain([ELEMENTS - 1]) {
            let element = number.wrapping_mul(step);
            assert_eq!((set.contains(turn, element), fast.contains(turn, element)), (Ok(true), Ok(true)));
            assert_eq!(
                (set.contains(turn, element ^ 1), fast.contains(turn, !element)),
                (Ok(false), Ok(false))
            );
        }
        assert_eq!(set.remove(turn, step), Ok(true));
        assert_eq!((set.contains(turn, step), fast.contains(turn, step)), (Ok(false), Ok(true)));
        assert_eq!((set.insert(turn, step), set.len(turn)), (Ok(true), Ok(ELEMENTS as usize)));
    });
}

#[test]
fn keys_of_one_group_and_one_tag_are_told_apart() {
    in_a_turn(|turn| {
        let entries = if cfg!(miri) { 3 } else { 60 };
        // Those whose hashes have the same low bits and the same upper ones.
        let mask = if cfg!(miri) { 1 } else { 0xfe00_000f };
        let hash_of = |turn: &Turn<'_>, key| turn.heap.query(Key::Int(key)).unwrap().hash & mask;
        let wanted = hash_of(turn, 0);
        let mut alike = (0..).filter(|key| hash_of(turn, *key) == wanted);
        let keys: Vec<i64> = alike.by_ref().take(entries).collect();
        let others: Vec<i64> = alike.take(entries).collect();
        let (map, set) = (turn.new_map().unwrap(), turn.new_set().unwrap());
        for (value, key) in (0..).zip(&keys) {
            map.set(turn, *key, value as i64).unwrap();
            set.insert(turn, *key).unwrap();
        }
        let (fast, elements) = (map.to_fast(turn).unwrap(), set.to_fast(turn).unwrap());
        for (value, key) in (0..).zip(&keys) {
            assert_eq!(fast.get(turn, *key), Ok(Some(Value::Int(value))));
            assert_eq!(fast.get(turn, *key as f64), Ok(Some(Value::Int(value))), "a number by its worth");
            assert_eq!(elements.contains(turn, *key), Ok(true));
        }
        for key in others {
            assert_eq!((fast.get(turn, key), elements.contains(turn, key)), (Ok(None), Ok(false)));
        }
    });
}

#[test]
fn keys_and_values_of_every_type_are_kept() {
    in_a_turn(|turn| {
        let keys = [
            Key::Null,
            Key::Bool(true),
            Key::Int(-7),
            Key::Uint(u64::MAX),
            Key::Float(0.5),
            Key::Float(f64::NAN),
            Key::Text("short"),
            Key::Text(LONG),
            Key::Bytes(b"bytes"),
            Key::Bytes(&[7; 40]),
        ];
        let map = turn.new_map().unwrap();
        for key in keys {
            let (list, inner) = (turn.new_list().unwrap(), turn.new_map().unwrap());
            inner.set(turn, LONG, LONG).unwrap();
            list.push(turn, inner).unwrap();
            map.set(turn, key, list).unwrap();
        }
        map.set(turn, 1, LONG).unwrap();
        let fast = map.to_fast(turn).unwrap();
        turn.destroy(map).unwrap();
        for key in keys {
            assert_eq!(fast.contains(turn, key), Ok(true), "{key:?}");
        }
        // `1` is what `true` is.
        assert_eq!((fast.get(turn, 1.0), fast.len(turn)), (Ok(Some(Value::Text(LONG))), Ok(keys.len())));
        let list = fast.get(turn, LONG).unwrap().unwrap().as_list().unwrap();
        let inner = list.get(turn, 0).unwrap().as_map().unwrap();
        assert_eq!(inner.get(turn, LONG), Ok(Some(Value::Text(LONG))));
        // It is placed, copied and taken apart with all that is in it.
        list.push(turn, 1).unwrap();
        let footprint = fast.footprint(turn).unwrap();
        assert!(footprint.texts == 2 * 48 && footprint.bytes == 56, "{footprint:?}");
        assert_eq!(list.push(turn, fast), Err(Error::WouldCycle));
        let outer = turn.new_list().unwrap();
        outer.push(turn, fast).unwrap();
        assert_eq!(outer.get(turn, 0).unwrap().as_fast_map(), Some(fast));
        let copy = outer.copy(turn).unwrap();
        assert_eq!(turn.equal(copy, outer), Ok(true));
        turn.destroy(outer).unwrap();
        let copied = copy.get(turn, 0).unwrap().as_fast_map().unwrap();
        assert_eq!(copied.keys(turn).unwrap().count(), keys.len());
        turn.put_message(copy).unwrap();
    });
}

fn fast_set(turn: &mut Turn<'_>, elements: &[i64]) -> FastSet {
    let set = turn.new_set().unwrap();
    set.extend(turn, elements.iter().copied()).unwrap();
    let fast = set.to_fast(turn).unwrap();
    turn.destroy(set).unwrap();
    fast
}

#[test]
fn the_algebra_of_sets_takes_fast_ones_on_either_side() {
    in_a_turn(|turn| {
        let (a, b) = (fast_set(turn, &[5, 1, 4, 2]), fast_set(turn, &[2, 7, 5, 6]));
        let plain = b.to_set(turn).unwrap();
        for other in [AnySet::from(b), AnySet::from(plain)] {
            let results = [
                a.union(turn, other).unwrap(),
                a.intersection(turn, other).unwrap(),
                a.difference(turn, other).unwrap(),
                a.symmetric_difference(turn, other).unwrap(),
            ];
            let expected: [&[i64]; 4] = [&[5, 1, 4, 2, 7, 6], &[5, 2], &[1, 4], &[1, 4, 7, 6]];
            for (result, expected) in results.into_iter().zip(expected) {
                assert_eq!(ints(turn, result), expected);
                assert_eq!(a.is_disjoint(turn, result), Ok(false));
            }
            assert_eq!((a.is_subset(turn, other), a.is_superset(turn, other)), (Ok(false), Ok(false)));
        }
        plain.extend_from(turn, a).unwrap();
        assert_eq!(ints(turn, plain), [2, 7, 5, 6, 1, 4]);
        assert_eq!((a.is_subset(turn, plain), plain.is_superset(turn, b)), (Ok(true), Ok(true)));
        plain.difference_with(turn, b).unwrap();
        assert_eq!(ints(turn, plain), [1, 4]);
        let same = fast_set(turn, &[4, 1]);
        assert_eq!((turn.equal(plain, same), turn.equal(same, b)), (Ok(true), Ok(false)));
        assert_eq!(turn.compare(same, b), Ok(None));
        assert_eq!(turn.compare(same, a), Ok(Some(core::cmp::Ordering::Less)));
        assert_eq!((sound(turn).sets, same.copy(turn).unwrap().len(turn)), (12, Ok(2)));
    });
}

#[cfg(not(miri))]
#[test]
fn a_hundred_whole_numbers_take_no_more_than_2600_bytes() {
    in_a_turn(|turn| {
        let (map, set) = (turn.new_map().unwrap(), turn.new_set().unwrap());
        for key in 0..100 {
            map.set(turn, key, key).unwrap();
            set.insert(turn, key).unwrap();
        }
        let before = turn.stats().unwrap().used;
        let fast = map.to_fast(turn).unwrap();
        let taken = turn.stats().unwrap().used - before;
        assert_eq!((taken, fast.footprint(turn).unwrap().own), (taken, taken));
        assert!(taken <= 2224, "{taken}");
        let elements = set.to_fast(turn).unwrap();
        assert!(elements.footprint(turn).unwrap().own <= 1320);
    });
}

#[test]
fn what_cannot_be_made_leaves_nothing() {
    in_turn(1 << 17, |turn| {
        let map = turn.new_map().unwrap();
        for key in 0..12 {
            map.set(turn, key, &vec![key as u8; 1000][..]).unwrap();
        }
        let whole = map.to_fast(turn).unwrap();
        let ballast = turn.new_buffer(turn.stats().unwrap().largest_free as usize - 5000).unwrap();
        let before = sound(turn);
        let full = |error: Option<Error>| assert!(matches!(error, Some(Error::OutOfMemory { .. })));
        full(map.to_fast(turn).err());
        full(whole.copy(turn).err());
        full(whole.to_map(turn).err());
        let after = sound(turn);
        assert_eq!((after.held, after.stats.used), (before.held, before.stats.used));
        turn.destroy(ballast).unwrap();
        assert_eq!(whole.to_map(turn).unwrap().len(turn), Ok(12));
    });
}

#[test]
fn handles_of_other_forms_are_of_the_wrong_type() {
    in_a_turn(|turn| {
        let (map, _) = filled(turn, 3);
        let fast = map.to_fast(turn).unwrap();
        assert_eq!(FrozenMap::from_bits(fast.to_bits()).unwrap().len(turn), Err(Error::WrongType));
        assert_eq!(FastSet::from_bits(fast.to_bits()).unwrap().contains(turn, 1), Err(Error::WrongType));
        assert_eq!(FastMap::from_bits(map.to_bits()).unwrap().get(turn, 1), Err(Error::WrongType));
        let input: Input<'_> = Value::FastMap(fast).into();
        let tuple = turn.new_tuple(&[input]).unwrap();
        assert_eq!(turn.put_message(fast), Err(Error::AlreadyPlaced));
        assert_eq!(tuple.get(turn, 0), Ok(Value::FastMap(fast)));
    });
}

/// What one block says of itself is not believed: every granule of one is overwritten in turn.
// (Without `details`, who was once led out of the heap has errors until its turn ends, mended or not.)
#[cfg(feature = "details")]
#[test]
fn a_damaged_one_is_an_error_or_another_value_and_an_audit_notices() {
    let model: BTreeMap<i64, i64> =
        (0..if cfg!(miri) { 4 } else { 20 }).map(|key| (key, key * key)).collect();
    let damages: &[u64] =
        if cfg!(miri) { &[u64::MAX] } else { &[0, u64::MAX, 1 << 32, 0x8081_8281_8381_8481, 3] };
    for &damage in damages {
        in_a_turn(|turn| {
            let map = turn.new_map().unwrap();
            for (key, value) in &model {
                map.set(turn, *key, *value).unwrap();
            }
            let fast = map.to_fast(turn).unwrap();
            let block = turn.heap.resolve(fast.0, crate::heap::Kind::FastMap).unwrap();
            let granules = turn.heap.header(block).unwrap().granules();
            for granule in block + 1..block + granules {
                let word = turn.heap.word(granule).unwrap();
                turn.heap.set_word(granule, damage).unwrap();
                for key in 0..if cfg!(miri) { 3 } else { 30 } {
                    let _ = (fast.get(turn, key), fast.contains(turn, key));
                }
                let _ = fast.iter(turn).map(|entries| entries.take(100).filter(Result::is_ok).count());
                let _ = (fast.footprint(turn), turn.equal(fast, map), turn.equal(map, fast));
                let noticed = turn.audit().is_err();
                let structure = granule == block + 1 || granule == block + 3;
                assert!(noticed || !structure || word == damage, "where things are, and how many");
                turn.heap.set_word(granule, word).unwrap();
            }
            for (key, value) in &model {
                assert_eq!(fast.get(turn, *key), Ok(Some(Value::Int(*value))));
            }
        });
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_fast_set_is_loaded_as_a_sequence() {
    in_a_turn(|turn| {
        let set = fast_set(turn, &[3, 1, 2]);
        assert_eq!(turn.load::<(i64, i64, i64)>(Value::FastSet(set)), Ok((3, 1, 2)));
        let map = set.to_set(turn).unwrap();
        assert!(turn.load::<(i64, i64)>(Value::Set(map)).is_err(), "one too many");
    });
}
