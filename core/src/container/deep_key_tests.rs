//! Keys of all types: which of them are one, what becomes of objects that are keys, and how they hash.
//!
//! Seen red on: a decimal hashed by its digits where a float equals it; a set's hash that depends on the order; a value that is
//! not copied because its key was; a key placed without its owner in the journal.

#![forbid(unsafe_code)]

extern crate std;
use core::cmp::Ordering;
use std::{format, vec, vec::Vec};

use super::tests::{in_turn, sound};
use crate::{
    BigInt, Blob, Complex, Date, DateTime, Decimal, Error, FrozenSet, Input, Key, Object, Slice, Time,
    TimeDelta, TimeZone, Tuple, Turn, Value,
};

const LONG: &str = "a text that is too long for a cell";

fn decimal(text: &str) -> Key<'_> {
    Decimal::parse(text).unwrap().into()
}

fn complex(re: f64, im: f64) -> Key<'static> {
    Complex { re, im }.into()
}

fn tuple(turn: &mut Turn<'_>, values: &[Input<'_>]) -> Tuple {
    turn.new_tuple(values).unwrap()
}

fn frozen<'k>(turn: &mut Turn<'_>, elements: impl IntoIterator<Item = impl Into<Key<'k>>>) -> FrozenSet {
    let set = turn.new_set().unwrap();
    set.extend(turn, elements).unwrap();
    set.freeze(turn).unwrap()
}

fn held(turn: &Turn<'_>) -> u32 {
    turn.heap.hi(turn.heap.shape.party(turn.heap.slot)).unwrap()
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
    let classes = classes(&ints, &huge);
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

#[test]
fn a_tuple_of_keys_is_a_key_and_goes_into_the_map() {
    in_turn(1 << 15, |turn| {
        let map = turn.new_map().unwrap();
        let inner = tuple(turn, &[2.into(), LONG.into()]);
        let key = tuple(turn, &[1.into(), inner.into(), f64::NAN.into()]);
        map.set(turn, key, "here").unwrap();
        assert_eq!(turn.destroy(key), Err(Error::AlreadyPlaced));
        // An equal one, in another form: looked up, it stays in the holdings.
        let inner = tuple(turn, &[2.0.into(), LONG.into()]);
        let nan = Decimal::parse("NaN").unwrap();
        let same = tuple(turn, &[true.into(), inner.into(), nan.into()]);
        for key in [key, same] {
            assert_eq!(map.get(turn, key), Ok(Some(Value::Text("here"))));
            assert_eq!(map.contains(turn, key), Ok(true));
        }
        assert_eq!(turn.equal(key, same), Ok(false), "a NaN in a tuple that is no key");
        // Written, it is destroyed, and the key that was there stays.
        let blocks = turn.stats().unwrap().blocks;
        map.set(turn, same, "there").unwrap();
        assert_eq!((map.len(turn), same.len(turn)), (Ok(1), Err(Error::Stale)));
        assert_eq!(map.get(turn, key), Ok(Some(Value::Text("there"))));
        assert_eq!(
            turn.stats().unwrap().blocks,
            blocks - 5,
            "two tuples with their elements, one with a text"
        );
        // A placed one is left where it is.
        map.set(turn, key, 3).unwrap();
        assert_eq!(map.entry(turn, key).unwrap().or_insert(4), Ok(Value::Int(3)));
        let other = turn.new_map().unwrap();
        assert_eq!(other.set(turn, key, 1), Err(Error::AlreadyPlaced));
        assert_eq!((other.len(turn), held(turn)), (Ok(0), 2));
        assert_eq!(map.remove(turn, key), Ok(true));
        assert_eq!(key.len(turn), Err(Error::Stale));
    });
}

#[test]
fn a_key_is_in_one_place_only() {
    in_turn(1 << 14, |turn| {
        let (map, key) = (turn.new_map().unwrap(), tuple(turn, &[1.into()]));
        assert_eq!(map.set(turn, key, key), Err(Error::AlreadyPlaced));
        assert_eq!((map.len(turn), key.len(turn), held(turn)), (Ok(0), Ok(1), 2));
        let same = tuple(turn, &[1.into()]);
        map.set(turn, key, 1).unwrap();
        map.set(turn, same, same).unwrap();
        assert_eq!(map.get(turn, key), Ok(Some(Value::Tuple(same))), "it is a value now, and no key");
        let entry = map.entry(turn, key).unwrap();
        entry.set(2).unwrap();
        assert_eq!((map.get(turn, key), same.len(turn)), (Ok(Some(Value::Int(2))), Err(Error::Stale)));
    });
}

#[test]
fn what_can_change_is_no_key_nor_is_a_tuple_with_it() {
    in_turn(1 << 14, |turn| {
        let map = turn.new_map().unwrap();
        let (list, inside) = (turn.new_list().unwrap(), turn.new_map().unwrap());
        let array = turn.new_byte_array(b"x").unwrap();
        let slice = Value::Slice(Slice::new(None, Some(1), None));
        let instance = turn.new_instance("Class").unwrap();
        for value in
            [Value::List(list), Value::Map(inside), Value::ByteArray(array), Value::Instance(instance), slice]
        {
            assert_eq!(Key::try_from(value), Err(Error::WrongType), "{value:?}");
            let deep = tuple(turn, &[2.into(), value.into()]);
            let key = tuple(turn, &[1.into(), deep.into()]);
            let before = held(turn);
            assert_eq!(map.set(turn, key, 1), Err(Error::WrongType));
            assert_eq!(map.get(turn, key), Err(Error::WrongType));
            assert_eq!(map.remove(turn, key), Err(Error::WrongType));
            assert_eq!(map.set(turn, Key::Other(value), 1), Err(Error::WrongType));
            assert_eq!((held(turn), map.len(turn)), (before, Ok(0)));
        }
        // A key that is written by hand is what it is.
        map.set(turn, Key::Other(Value::Int(7)), 1).unwrap();
        assert_eq!(map.get(turn, 7), Ok(Some(Value::Int(1))));
        let fresh = tuple(turn, &[]);
        turn.destroy(fresh).unwrap();
        assert_eq!(map.contains(turn, fresh), Err(Error::Stale));
    });
}

#[test]
fn frozen_sets_are_one_key_in_any_order_and_form() {
    in_turn(1 << 15, |turn| {
        let set = turn.new_set().unwrap();
        let (a, b) = (frozen(turn, [1, 2, 3]), frozen(turn, [3, 1, 2]));
        let fast = b.to_fast(turn).unwrap();
        assert_eq!(
            (set.insert(turn, a), set.insert(turn, fast), set.insert(turn, b)),
            (Ok(true), Ok(false), Ok(false))
        );
        assert_eq!((b.len(turn), fast.len(turn)), (Err(Error::Stale), Err(Error::Stale)));
        let less = frozen(turn, [1, 2]);
        assert_eq!(set.contains(turn, less), Ok(false));
        // In tuples, and in sets.
        let two = frozen(turn, ["b", "a"]);
        let with = tuple(turn, &[two.into(), 1.into()]);
        assert_eq!(set.insert(turn, with), Ok(true));
        let nested = frozen(turn, [Key::from(less), LONG.into()]);
        assert_eq!(set.insert(turn, nested), Ok(true));
        let two = frozen(turn, ["a", "b"]).to_fast(turn).unwrap();
        let same = tuple(turn, &[two.into(), 1.0.into()]);
        let less = frozen(turn, [2, 1]);
        let again = frozen(turn, [LONG.into(), Key::from(less)]);
        assert_eq!((set.contains(turn, same), set.contains(turn, again)), (Ok(true), Ok(true)));
        let swapped = tuple(turn, &[1.into(), 2.into()]);
        assert_eq!(set.contains(turn, swapped), Ok(false));
        assert_eq!(set.remove(turn, again), Ok(true));
        assert_eq!((nested.len(turn), again.len(turn)), (Err(Error::Stale), Ok(2)));
        sound(turn);
        assert_eq!(set.clear(turn), Ok(()));
    });
}

#[test]
fn sets_are_keys_up_to_sixteen_deep() {
    in_turn(1 << 15, |turn| {
        let nest = |turn: &mut Turn<'_>, depth| {
            let pair = tuple(turn, &[1.into(), 2.into()]);
            let mut set = frozen(turn, [pair]);
            for level in 1..depth {
                set = frozen(turn, [Key::from(set), level.into()]);
            }
            set
        };
        let (map, deep, same) = (turn.new_map().unwrap(), nest(turn, 16), nest(turn, 16));
        let fast = same.to_fast(turn).unwrap();
        map.set(turn, deep, 1).unwrap();
        assert_eq!(
            (map.get(turn, same), map.get(turn, fast)),
            (Ok(Some(Value::Int(1))), Ok(Some(Value::Int(1))))
        );
        let (a, b) = (frozen(turn, [same]), nest(turn, 17));
        assert_eq!(
            (map.set(turn, a, 1), map.contains(turn, b)),
            (Err(Error::TooLarge), Err(Error::TooLarge))
        );
        assert_eq!(turn.equal(a, b), Ok(false), "the number in the outermost");
        let (a, b) = (a.copy(turn).unwrap(), a);
        assert_eq!((turn.equal(a, b), turn.compare(a, b)), (Ok(true), Ok(Some(Ordering::Equal))));
    });
}

#[test]
fn tuples_are_keys_however_deep() {
    in_turn(if cfg!(miri) { 1 << 15 } else { 1 << 18 }, |turn| {
        let depth = if cfg!(miri) { 40 } else { 500 };
        let nest = |turn: &mut Turn<'_>, last: i64| {
            let mut deep = tuple(turn, &[last.into()]);
            for level in 0..depth {
                // Beyond 32 levels, the way back has to be looked for.
                deep = tuple(turn, &[level.into(), deep.into(), "behind".into()]);
            }
            deep
        };
        let (map, deep, same, other) = (turn.new_map().unwrap(), nest(turn, 1), nest(turn, 1), nest(turn, 2));
        map.set(turn, deep, 1).unwrap();
        assert_eq!((map.contains(turn, same), map.contains(turn, other)), (Ok(true), Ok(false)));
        let copy = map.copy(turn).unwrap();
        assert_eq!((copy.contains(turn, deep), turn.equal(map, copy)), (Ok(true), Ok(true)));
        turn.destroy(map).unwrap();
        assert_eq!(copy.contains(turn, same), Ok(true));
    });
}

#[test]
fn containers_with_such_keys_are_copied_compared_and_taken_apart() {
    in_turn(1 << 16, |turn| {
        let map = turn.new_map().unwrap();
        for number in 0..20 {
            let inner = frozen(turn, [number, number + 1]);
            let key = tuple(turn, &[number.into(), inner.into(), LONG.into()]);
            let list = turn.new_list().unwrap();
            list.push(turn, number).unwrap();
            match number % 3 {
                0 => map.set(turn, key, list).unwrap(),
                1 => {
                    let key = frozen(turn, [key]);
                    map.set(turn, key, list).unwrap();
                }
                _ => {
                    turn.destroy(list).unwrap();
                    map.set(turn, key, number).unwrap();
                }
            }
            map.set(turn, number, "plain").unwrap();
        }
        let copy = map.copy(turn).unwrap();
        let fast = copy.to_fast(turn).unwrap();
        let (again, other) = (fast.to_map(turn).unwrap(), fast.copy(turn).unwrap());
        let added = turn.new_map().unwrap();
        added.extend_from(turn, map).unwrap();
        added.extend_from(turn, map).unwrap();
        for each in [Input::from(copy), fast.into(), again.into(), other.into(), added.into()] {
            assert_eq!(turn.equal(map, each), Ok(true), "{each:?}");
        }
        assert_eq!(turn.equal(fast, other), Ok(true));
        sound(turn);
        let (key, value) = again.pop_last(turn).unwrap().unwrap();
        assert_eq!((key.value(turn), value.object()), (Ok(Value::Int(19)), None));
        let (key, value) = again.pop_last(turn).unwrap().unwrap();
        let (Some(Object::FrozenSet(key)), Some(Object::List(value))) = (key.object(), value.object()) else {
            panic!("{key:?} {value:?}");
        };
        assert_eq!((map.contains(turn, key), again.contains(turn, key)), (Ok(true), Ok(false)));
        again.set(turn, key, value).unwrap();
        assert_eq!((turn.equal(again, map), again.remove(turn, 19)), (Ok(false), Ok(false)));
        map.remove(turn, 19).unwrap();
        assert_eq!(turn.equal(again, map), Ok(true));
        for each in [Object::from(map), copy.into(), fast.into(), again.into(), other.into(), added.into()] {
            turn.destroy(each).unwrap();
        }
        let audit = sound(turn);
        assert_eq!((audit.tuples, audit.sets, audit.lists, audit.texts), (0, 0, 0, 0));
    });
}

#[test]
fn the_algebra_of_sets_knows_tuples() {
    in_turn(1 << 15, |turn| {
        let pairs = |turn: &mut Turn<'_>, numbers: &[i64]| {
            let set = turn.new_set().unwrap();
            for number in numbers {
                let pair = tuple(turn, &[(*number).into(), LONG.into()]);
                set.insert(turn, pair).unwrap();
            }
            set
        };
        let (a, b) = (pairs(turn, &[1, 2, 3]), pairs(turn, &[3, 4]));
        let fast = b.to_fast(turn).unwrap();
        let all = pairs(turn, &[1, 2, 3, 4]);
        let union = a.union(turn, fast).unwrap();
        assert_eq!((turn.equal(union, all), turn.compare(a, union)), (Ok(true), Ok(Some(Ordering::Less))));
        assert_eq!(turn.compare(a, fast), Ok(None));
        let both = a.intersection(turn, b).unwrap();
        assert_eq!((both.len(turn), both.is_subset(turn, fast)), (Ok(1), Ok(true)));
        assert_eq!(a.is_disjoint(turn, fast), Ok(false));
        let only = a.symmetric_difference(turn, fast).unwrap();
        a.symmetric_difference_with(turn, fast).unwrap();
        assert_eq!((only.len(turn), turn.equal(only, a)), (Ok(3), Ok(true)));
        a.extend_from(turn, fast).unwrap();
        assert_eq!(turn.equal(a, all), Ok(true));
        a.intersect_with(turn, both).unwrap();
        assert_eq!(turn.equal(a, both), Ok(true));
        a.difference_with(turn, fast).unwrap();
        assert_eq!(a.len(turn), Ok(0));
    });
}

#[test]
fn sets_are_ordered_by_inclusion() {
    in_turn(1 << 14, |turn| {
        let (one, two, other) = (frozen(turn, [1]), frozen(turn, [2, 1]), frozen(turn, [1, 3]));
        let less = Ok(Some(Ordering::Less));
        assert_eq!((turn.compare(one, two), turn.compare(two, one)), (less, Ok(Some(Ordering::Greater))));
        assert_eq!((turn.compare(two, two), turn.compare(two, other)), (Ok(Some(Ordering::Equal)), Ok(None)));
        // In lists, the first that differ decide; a pair without an order counts as equal when sorting.
        let (a, b) = (turn.new_list().unwrap(), turn.new_list().unwrap());
        for (list, set) in [(a, one), (b, two)] {
            list.push(turn, 7).unwrap();
            list.push(turn, set).unwrap();
        }
        assert_eq!(turn.compare(a, b), less);
        let copy = one.copy(turn).unwrap();
        b.push(turn, copy).unwrap();
        b.push(turn, other).unwrap();
        b.remove(turn, 0).unwrap();
        b.sort(turn).unwrap();
        assert_eq!(turn.equal(one, b.get(turn, 0).unwrap()), Ok(true));
        // What is in maps has none.
        let (x, y) = (turn.new_map().unwrap(), turn.new_map().unwrap());
        let (few, more) = (frozen(turn, [1]), frozen(turn, [1, 2]));
        x.set(turn, 1, few).unwrap();
        y.set(turn, 1, more).unwrap();
        assert_eq!(turn.compare(x, y), Err(Error::NotComparable));
    });
}

#[test]
fn without_memory_a_key_stays_in_the_holdings() {
    in_turn(1 << 13, |turn| {
        let (map, key) = (turn.new_map().unwrap(), tuple(turn, &[1.into(), LONG.into()]));
        let mut filling = Vec::new();
        while let Ok(bytes) = turn.new_buffer(8) {
            filling.push(bytes);
        }
        let before = held(turn);
        assert!(matches!(map.set(turn, key, 1), Err(Error::OutOfMemory { .. })));
        assert_eq!((held(turn), key.len(turn)), (before, Ok(2)));
        filling.into_iter().for_each(|bytes| turn.destroy(bytes).unwrap());
        map.set(turn, key, 1).unwrap();
        assert_eq!(held(turn), 1);
    });
}

/// Bytes that are no tree: a tuple in itself, one whose child knows nothing of it, a set in itself.
#[test]
fn what_is_no_tree_is_no_key_either() {
    in_turn(1 << 14, |turn| {
        let map = turn.new_map().unwrap();
        let inner = tuple(turn, &[1.into()]);
        let outer = tuple(turn, &[inner.into()]);
        let (inner_block, outer_block) = (inner.0.block(), outer.0.block());
        let owner = turn.heap.hi(inner_block + 2).unwrap();
        turn.heap.set_hi(inner_block + 2, 0).unwrap();
        assert!(matches!(map.contains(turn, outer), Err(Error::Corrupt { .. })));
        turn.heap.set_hi(inner_block + 2, owner).unwrap();
        // The outer one's only element is the outer one, which says that it is in itself.
        let cell = turn.heap.cells(outer_block).unwrap().at(0).unwrap();
        let payload = turn.heap.word(cell.payload).unwrap();
        turn.heap.set_word(cell.payload, outer.0.bits()).unwrap();
        turn.heap.set_hi(outer_block + 2, outer_block).unwrap();
        assert!(matches!(map.contains(turn, outer), Err(Error::Corrupt { .. })));
        turn.heap.set_word(cell.payload, payload).unwrap();
        turn.heap.set_hi(outer_block + 2, 0).unwrap();
        assert_eq!(map.contains(turn, outer), Ok(false));
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
                Key::Other(Value::Tuple(tuple)) => Object::from(tuple),
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
        spread("prices", &mut |turn, i| hash(turn, decimal(&format!("{}.{:02}", i / 100, i % 100))));
        spread("large", &mut |turn, i| {
            hash(turn, BigInt::from_le_bytes(&((1i128 << 90) + i as i128).to_le_bytes()))
        });
    });
}
