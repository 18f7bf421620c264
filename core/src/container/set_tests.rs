//! Sets, tuples and frozen forms, seen from inside: what the model cannot tell, because the way there matters.
//!
//! Seen red on: freezing what is in a list already; a symmetric difference that forgets the second set; objects that a tuple
//! which could not be made keeps.

#![forbid(unsafe_code)]

extern crate std;
use core::cmp::Ordering;
use std::{vec, vec::Vec};

use super::tests::{in_turn, sound};
use crate::{AnySet, Config, Error, Input, Key, Region, Set, Turn, Value};

const LONG: &str = "an element that is too long for a cell";

fn in_a_turn(work: impl FnOnce(&mut Turn<'_>)) {
    in_turn(1 << 15, work);
}

fn set_of(turn: &mut Turn<'_>, elements: &[i64]) -> Set {
    let set = turn.new_set().unwrap();
    set.extend(turn, elements.iter().copied()).unwrap();
    set
}

pub(super) fn ints(turn: &Turn<'_>, set: Set) -> Vec<i64> {
    set.iter(turn).unwrap().map(|element| element.unwrap().as_int().unwrap()).collect()
}

#[test]
fn a_set_has_what_is_equal_once_and_keeps_the_order() {
    in_a_turn(|turn| {
        let set = turn.new_set().unwrap();
        for (key, new) in [
            (Key::Int(1), true),
            (Key::Float(1.0), false),
            (Key::Bool(true), false),
            (Key::Text(LONG), true),
            (Key::Null, true),
            (Key::Bytes(b"1"), true),
            (Key::Text("1"), true),
            (Key::Text(LONG), false),
        ] {
            assert_eq!(set.insert(turn, key), Ok(new), "{key:?}");
        }
        assert_eq!(set.len(turn), Ok(5));
        let elements: Vec<_> = set.iter(turn).unwrap().map(Result::unwrap).collect();
        assert_eq!(
            elements,
            [Value::Int(1), Value::Text(LONG), Value::Null, Value::Bytes(b"1"), Value::Text("1")]
        );
        assert_eq!(set.remove(turn, 1.0), Ok(true));
        assert_eq!((set.contains(turn, 1), set.remove(turn, 1)), (Ok(false), Ok(false)));
        assert_eq!(set.insert(turn, 1), Ok(true));
        assert_eq!(set.iter(turn).unwrap().last(), Some(Ok(Value::Int(1))), "it comes last now");
        let last = set.pop_last(turn).unwrap().unwrap();
        assert_eq!(last.value(turn), Ok(Value::Int(1)));
        set.clear(turn).unwrap();
        assert_eq!((set.is_empty(turn), set.pop_last(turn)), (Ok(true), Ok(None)));
        assert_eq!((sound(turn).texts, sound(turn).sets), (0, 1));
    });
}

#[test]
fn a_set_grows_and_shrinks() {
    in_a_turn(|turn| {
        let (set, many) = (turn.new_set().unwrap(), if cfg!(miri) { 40 } else { 400 });
        set.extend(turn, 0..many).unwrap();
        for element in (0..many).filter(|element| element % 3 != 0) {
            assert_eq!(set.remove(turn, element), Ok(true));
        }
        let rest: Vec<i64> = (0..many).filter(|element| element % 3 == 0).collect();
        assert_eq!(ints(turn, set), rest);
        assert!((0..many).all(|element| set.contains(turn, element) == Ok(element % 3 == 0)));
        let copy = set.copy(turn).unwrap();
        assert_eq!(ints(turn, copy), rest);
        assert!(copy.footprint(turn).unwrap().own <= set.footprint(turn).unwrap().own);
    });
}

type Change = fn(Set, &mut Turn<'_>, AnySet) -> Result<(), Error>;

#[test]
fn the_algebra_of_sets_keeps_the_order_of_the_first() {
    in_a_turn(|turn| {
        let (a, b) = (set_of(turn, &[5, 1, 4, 2]), set_of(turn, &[2, 7, 5, 6]));
        let frozen = b.copy(turn).unwrap().freeze(turn).unwrap();
        for other in [AnySet::from(b), AnySet::from(frozen)] {
            let results = [
                a.union(turn, other).unwrap(),
                a.intersection(turn, other).unwrap(),
                a.difference(turn, other).unwrap(),
                a.symmetric_difference(turn, other).unwrap(),
            ];
            let expected: [&[i64]; 4] = [&[5, 1, 4, 2, 7, 6], &[5, 2], &[1, 4], &[1, 4, 7, 6]];
            for (result, expected) in results.into_iter().zip(expected) {
                assert_eq!(ints(turn, result), expected);
                turn.destroy(result).unwrap();
            }
            assert_eq!((a.is_subset(turn, other), a.is_superset(turn, other)), (Ok(false), Ok(false)));
            assert_eq!(a.is_disjoint(turn, other), Ok(false));
        }
        let common = frozen.intersection(turn, a).unwrap();
        assert_eq!(ints(turn, common), [2, 5], "the frozen one is the first here");
        assert_eq!((common.is_subset(turn, frozen), a.is_superset(turn, common)), (Ok(true), Ok(true)));
        let rest = a.difference(turn, common).unwrap();
        assert_eq!(rest.is_disjoint(turn, frozen), Ok(true));
        let changes: [Change; 4] = [
            |set, turn, other| set.extend_from(turn, other),
            |set, turn, other| set.intersect_with(turn, other),
            |set, turn, other| set.difference_with(turn, other),
            |set, turn, other| set.symmetric_difference_with(turn, other),
        ];
        let in_place: [&[i64]; 4] = [&[5, 1, 4, 2, 7, 6], &[5, 2], &[1, 4], &[1, 4, 7, 6]];
        let with_itself: [&[i64]; 4] = [&[5, 1, 4, 2], &[5, 1, 4, 2], &[], &[]];
        for ((change, expected), alone) in changes.into_iter().zip(in_place).zip(with_itself) {
            let set = a.copy(turn).unwrap();
            change(set, turn, frozen.into()).unwrap();
            assert_eq!(ints(turn, set), expected);
            let set = a.copy(turn).unwrap();
            change(set, turn, set.into()).unwrap();
            assert_eq!(ints(turn, set), alone);
        }
    });
}

#[test]
fn an_addition_that_does_not_fit_adds_nothing() {
    in_a_turn(|turn| {
        let set = set_of(turn, &[1, 2, 3]);
        let other = turn.new_set().unwrap();
        for number in 0..12u8 {
            other.insert(turn, &*vec![number; 1000]).unwrap();
        }
        // Room for some of them.
        let ballast = turn.new_buffer(turn.stats().unwrap().largest_free as usize - 5000).unwrap();
        let free = turn.stats().unwrap().free;
        let full =
            |done: Result<(), Error>| assert!(matches!(done, Err(Error::OutOfMemory { .. })), "{done:?}");
        full(set.extend_from(turn, other));
        full(set.symmetric_difference_with(turn, other));
        assert_eq!(ints(turn, set), [1, 2, 3]);
        full(set.union(turn, other).map(drop));
        full(other.copy(turn).map(drop));
        // The table may have grown.
        assert!(turn.stats().unwrap().free >= free - 400);
        turn.destroy(ballast).unwrap();
        set.extend_from(turn, other).unwrap();
        assert_eq!(set.len(turn), Ok(15));
    });
}

#[test]
fn what_was_frozen_is_read_as_before_and_cannot_be_changed() {
    in_a_turn(|turn| {
        let list = turn.new_list().unwrap();
        list.extend_ints(turn, &[3, 1, 2]).unwrap();
        let tuple = list.freeze(turn).unwrap();
        assert_eq!(tuple.to_bits(), list.to_bits());
        assert_eq!((tuple.len(turn), tuple.get(turn, 1)), (Ok(3), Ok(Value::Int(1))));
        if cfg!(target_endian = "little") {
            assert_eq!(tuple.as_ints(turn), Ok(&[3, 1, 2][..]));
        }
        assert_eq!(list.push(turn, 4), Err(Error::WrongType));
        assert_eq!(list.len(turn), Err(Error::WrongType));
        assert_eq!(list.freeze(turn), Err(Error::WrongType));
        let part = tuple.slice(turn, 1..).unwrap();
        let thawed = part.to_list(turn).unwrap();
        thawed.push(turn, LONG).unwrap();
        assert_eq!((part.len(turn), thawed.len(turn)), (Ok(2), Ok(3)));
        let map = turn.new_map().unwrap();
        map.set(turn, LONG, tuple).unwrap();
        map.set(turn, 7, thawed).unwrap();
        let frozen = map.freeze(turn).unwrap();
        assert_eq!(frozen.get(turn, LONG), Ok(Some(Value::Tuple(tuple))));
        assert_eq!(frozen.get(turn, 7), Ok(Some(Value::List(thawed))));
        assert_eq!((frozen.get(turn, 8), frozen.contains(turn, 7.0)), (Ok(None), Ok(true)));
        assert_eq!((frozen.keys(turn).unwrap().count(), frozen.values(turn).unwrap().count()), (2, 2));
        assert_eq!(map.set(turn, 8, 8), Err(Error::WrongType));
        // A list in it is as it was.
        thawed.push(turn, 1).unwrap();
        let free = frozen.to_map(turn).unwrap();
        free.set(turn, 8, 8).unwrap();
        assert_eq!((free.len(turn), frozen.len(turn)), (Ok(3), Ok(2)));
        let copy = frozen.copy(turn).unwrap();
        turn.destroy(frozen).unwrap();
        assert_eq!(tuple.len(turn), Err(Error::Stale));
        assert_eq!(copy.get(turn, LONG).unwrap().unwrap().as_tuple().unwrap().len(turn), Ok(3));
        let audit = sound(turn);
        assert_eq!((audit.tuples, audit.lists, audit.maps, audit.held), (3, 2, 3, 3));
    });
}

#[test]
fn only_what_is_in_nothing_and_ours_is_frozen() {
    in_a_turn(|turn| {
        let (outer, list, set) =
            (turn.new_list().unwrap(), turn.new_list().unwrap(), turn.new_set().unwrap());
        outer.push(turn, list).unwrap();
        outer.push(turn, set).unwrap();
        assert_eq!(list.freeze(turn), Err(Error::AlreadyPlaced));
        assert_eq!(set.freeze(turn), Err(Error::AlreadyPlaced));
        assert_eq!(turn.roots().unwrap().freeze(turn), Err(Error::AlreadyPlaced));
        list.push(turn, 1).unwrap();
        let taken = outer.take(turn, 0).unwrap();
        assert_eq!(list.freeze(turn).map(|tuple| tuple.len(turn)), Ok(Ok(1)));
        assert_eq!(outer.push(turn, taken), Err(Error::WrongType), "a list was taken");
        let frozen = outer.freeze(turn).unwrap();
        assert_eq!(frozen.get(turn, 0), Ok(Value::Set(set)));
    });
    let mut memory = vec![0u64; 512];
    let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
    let [mut one, mut other] = region.split::<2>().unwrap();
    let list = one.acquire().unwrap().new_list().unwrap();
    assert_eq!(list.freeze(&mut other.acquire().unwrap()), Err(Error::HeldByOther));
}

#[test]
fn a_tuple_that_cannot_be_made_takes_nothing() {
    in_a_turn(|turn| {
        let (list, text) = (turn.new_list().unwrap(), turn.new_text(LONG).unwrap());
        let stale = turn.new_list().unwrap();
        turn.destroy(stale).unwrap();
        let before = sound(turn);
        let values: [Input<'_>; 5] = [1.into(), list.into(), LONG.into(), text.into(), list.into()];
        assert_eq!(turn.new_tuple(&values), Err(Error::AlreadyPlaced));
        assert_eq!(turn.new_tuple(&[list.into(), stale.into()]), Err(Error::Stale));
        let after = sound(turn);
        assert_eq!((after.held, after.stats.used), (before.held, before.stats.used));
        let tuple = turn.new_tuple(&values[..4]).unwrap();
        assert_eq!((tuple.len(turn), tuple.get(turn, 3)), (Ok(4), Ok(Value::Text(LONG))));
        assert_eq!(turn.new_tuple(&[]).map(|empty| empty.is_empty(turn)), Ok(Ok(true)));
        assert_eq!(list.push(turn, tuple), Err(Error::WouldCycle));
    });
}

#[test]
fn frozen_containers_are_taken_apart_and_copied_without_recursion() {
    in_a_turn(|turn| {
        let depth = if cfg!(miri) { 10 } else { 40 };
        let empty = turn.stats().unwrap().used;
        let mut tuple = turn.new_tuple(&[]).unwrap();
        for level in 0..depth {
            let map = turn.new_map().unwrap();
            map.set(turn, level, tuple).unwrap();
            let map = map.freeze(turn).unwrap();
            tuple = turn.new_tuple(&[map.into(), LONG.into()]).unwrap();
        }
        let copy = tuple.copy(turn).unwrap();
        assert_eq!(sound(turn).tuples, 2 * (depth as u32 + 1));
        turn.destroy(tuple).unwrap();
        assert_eq!(sound(turn).tuples, depth as u32 + 1);
        turn.destroy(copy).unwrap();
        assert_eq!((sound(turn).tuples, sound(turn).stats.used), (0, empty));
    });
}

#[test]
fn frozen_or_not_sets_and_maps_of_the_same_are_equal_and_a_tuple_is_no_list() {
    in_a_turn(|turn| {
        let (set, other) = (set_of(turn, &[1, 2]), set_of(turn, &[2, 1]));
        let frozen = other.freeze(turn).unwrap();
        assert_eq!(turn.equal(set, frozen), Ok(true));
        set.insert(turn, 3).unwrap();
        assert_eq!(turn.equal(set, frozen), Ok(false));
        assert_eq!(turn.compare(set, frozen), Ok(Some(Ordering::Greater)));
        let list = turn.new_list().unwrap();
        list.extend_ints(turn, &[1, 2]).unwrap();
        let (tuple, less) =
            (list.copy(turn).unwrap().freeze(turn).unwrap(), turn.new_tuple(&[1.into(), 1.into()]).unwrap());
        assert_eq!((turn.equal(tuple, list), turn.equal(tuple, tuple)), (Ok(false), Ok(true)));
        assert_eq!(turn.compare(less, tuple), Ok(Some(Ordering::Less)));
        let map = turn.new_map().unwrap();
        map.set(turn, 1, tuple).unwrap();
        let copy = map.copy(turn).unwrap().freeze(turn).unwrap();
        assert_eq!(turn.equal(map, copy), Ok(true));
    });
}
