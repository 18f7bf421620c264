//! Rearranging lists, and many elements or entries at once, against vectors and index maps.

#![forbid(unsafe_code)]

extern crate std;
use std::{string::String, vec::Vec};

use cohabit_testkit::Random;

use super::tests::{in_turn, sound};
use crate::{Error, List, Turn, Value};

/// The elements: whole numbers, the lengths of texts, below 0, and of lists, from a thousand on.
pub(super) fn read(turn: &Turn<'_>, list: List) -> Vec<i64> {
    let number = |value| match value {
        Value::Int(int) => int,
        Value::Text(text) => -(text.len() as i64),
        Value::List(list) => 1000 + list.len(turn).unwrap() as i64,
        other => panic!("{other:?}"),
    };
    list.iter(turn).unwrap().map(|value| number(value.unwrap())).collect()
}

fn fill(turn: &mut Turn<'_>, list: List, model: &[i64]) {
    for &number in model {
        match number {
            0.. => list.push(turn, number).unwrap(),
            _ => list.push(turn, &*"t".repeat(-number as usize)).unwrap(),
        }
    }
}

#[test]
fn random_rearrangements_match_a_vector() {
    in_turn(1 << 16, |turn| {
        let mut random = Random(3);
        for _ in 0..if cfg!(miri) { 10 } else { 600 } {
            let len = random.below(20);
            let mut model: Vec<i64> =
                (0..len).map(|i| if i % 3 == 0 { -(i as i64) - 9 } else { i as i64 }).collect();
            let list = turn.new_list().unwrap();
            fill(turn, list, &model);
            let (a, b) = (random.below(len + 1), random.below(len + 1));
            match random.below(3) {
                0 => {
                    list.reverse(turn).unwrap();
                    model.reverse();
                }
                1 => {
                    list.rotate_left(turn, a).unwrap();
                    model.rotate_left(a);
                }
                _ => {
                    list.remove_range(turn, a.min(b)..a.max(b)).unwrap();
                    model.drain(a.min(b)..a.max(b));
                }
            }
            assert_eq!(read(turn, list), model);
            sound(turn);
            turn.destroy(list).unwrap();
        }
        assert_eq!(sound(turn).stats.blocks, 1, "the map of roots");
    });
}

#[test]
fn ranges_are_those_of_slices() {
    in_turn(4096, |turn| {
        let list = turn.new_list().unwrap();
        list.extend_ints(turn, &[0, 1, 2, 3, 4]).unwrap();
        let part = |turn: &mut Turn<'_>, part: Result<List, Error>| {
            let part = part.unwrap();
            let found = read(turn, part);
            turn.destroy(part).unwrap();
            found
        };
        let found = list.slice(turn, 1..3);
        assert_eq!(part(turn, found), [1, 2]);
        let found = list.slice(turn, ..=1);
        assert_eq!(part(turn, found), [0, 1]);
        let found = list.slice(turn, 3..);
        assert_eq!(part(turn, found), [3, 4]);
        let found = list.slice(turn, ..);
        assert_eq!(part(turn, found), [0, 1, 2, 3, 4]);
        #[allow(clippy::reversed_empty_ranges, reason = "as Python's, it is empty")]
        let found = list.slice(turn, 4..2);
        assert_eq!(part(turn, found), []);
        let beyond = Error::out_of_range(6, 5);
        assert_eq!(list.slice(turn, 0..6), Err(beyond));
        assert_eq!(list.remove_range(turn, 6..), Err(beyond));
        assert_eq!(list.rotate_left(turn, 6), Err(beyond));
        assert_eq!(list.slice(turn, ..=usize::MAX), Err(Error::out_of_range(usize::MAX, 5)));
        assert_eq!(read(turn, list), [0, 1, 2, 3, 4]);
    });
}

#[test]
fn copies_added_to_a_list_are_deep_and_its_own() {
    in_turn(1 << 14, |turn| {
        let (list, inner) = (turn.new_list().unwrap(), turn.new_map().unwrap());
        inner.set(turn, "a key that needs a block", 1).unwrap();
        list.push(turn, inner).unwrap();
        list.push(turn, 5).unwrap();
        list.extend_from(turn, list).unwrap();
        list.repeat(turn, 2).unwrap();
        assert_eq!((list.len(turn), sound(turn).maps), (Ok(8), 1 + 4));
        inner.set(turn, "a key that needs a block", 2).unwrap();
        let copy = list.get(turn, 6).unwrap().as_map().unwrap();
        assert_eq!(copy.get(turn, "a key that needs a block"), Ok(Some(Value::Int(1))));
        list.remove_range(turn, 0..7).unwrap();
        assert_eq!(sound(turn).maps, 1);
        assert_eq!(list.get(turn, 0), Ok(Value::Int(5)));
        list.repeat(turn, 0).unwrap();
        assert_eq!(list.is_empty(turn), Ok(true));
        assert_eq!(list.repeat(turn, usize::MAX), Ok(()), "nothing, however often");
    });
}

#[test]
fn what_cannot_be_had_changes_nothing() {
    in_turn(2048, |turn| {
        let list = turn.new_list().unwrap();
        fill(turn, list, &[-30, 1, -40, 2]);
        let before = read(turn, list);
        for refused in [list.repeat(turn, 1000), list.repeat(turn, usize::MAX / 2)] {
            assert!(matches!(refused, Err(Error::OutOfMemory { .. } | Error::TooLarge)), "{refused:?}");
            assert_eq!(read(turn, list), before);
        }
        let mut copies = Vec::new();
        while let Ok(copy) = list.slice(turn, ..) {
            copies.push(copy);
        }
        sound(turn);
        assert!(matches!(list.extend_from(turn, list), Err(Error::OutOfMemory { .. })));
        assert_eq!(read(turn, list), before);
        for copy in copies {
            turn.destroy(copy).unwrap();
        }
    });
}

#[test]
fn maps_are_emptied_added_to_and_popped_from() {
    in_turn(1 << 14, |turn| {
        let (map, other) = (turn.new_map().unwrap(), turn.new_map().unwrap());
        let long = |i: i64| -> String { "key ".repeat(1 + i as usize % 4) + &std::format!("{i}") };
        for i in 0..20 {
            map.set(turn, &*long(i), i).unwrap();
            let list = turn.new_list().unwrap();
            list.push(turn, "a text in a list in a map").unwrap();
            other.set(turn, &*long(i + 10), list).unwrap();
        }
        other.remove(turn, &*long(12)).unwrap();
        map.extend_from(turn, other).unwrap();
        map.extend_from(turn, map).unwrap();
        assert_eq!((map.len(turn), other.len(turn), sound(turn).lists), (Ok(30), Ok(19), 38));
        let keys: Vec<String> =
            map.keys(turn).unwrap().map(|key| key.unwrap().as_text().unwrap().into()).collect();
        assert_eq!(keys, (0..30).map(long).collect::<Vec<_>>());
        assert_eq!(map.values(turn).unwrap().filter(|v| v.as_ref().unwrap().as_list().is_some()).count(), 19);
        map.remove(turn, &*long(29)).unwrap();
        let (key, value) = map.pop_last(turn).unwrap().unwrap();
        assert_eq!(key.value(turn), Ok(Value::Text(&long(28))));
        let list = value.value(turn).unwrap().as_list().unwrap();
        assert_eq!(list.len(turn), Ok(1));
        turn.destroy(list).unwrap();
        if let Some(text) = key.object() {
            turn.destroy(text).unwrap();
        }
        map.clear(turn).unwrap();
        assert_eq!((map.len(turn), map.pop_last(turn), map.clear(turn)), (Ok(0), Ok(None), Ok(())));
        map.set(turn, "again", 1).unwrap();
        assert_eq!(map.get(turn, "again"), Ok(Some(Value::Int(1))));
        turn.destroy(map).unwrap();
        turn.destroy(other).unwrap();
        assert_eq!(sound(turn).stats.blocks, 1, "the map of roots");
    });
}

#[test]
fn emptying_a_map_from_its_end_passes_each_entry_once() {
    in_turn(if cfg!(miri) { 1 << 14 } else { 4 << 20 }, |turn| {
        let many = if cfg!(miri) { 40 } else { 20_000 };
        let map = turn.new_map().unwrap();
        (0..many).for_each(|i| map.set(turn, i, -i).unwrap());
        let mut left: Vec<i64> = (0..many).collect();
        for round in 0.. {
            let Some((key, value)) = map.pop_last(turn).unwrap() else { break };
            let expected = left.pop().unwrap();
            assert_eq!(key.value(turn), Ok(Value::Int(expected)));
            assert_eq!(value.value(turn), Ok(Value::Int(expected.wrapping_neg())));
            let table = map.table(&turn.heap).unwrap();
            assert_eq!(
                turn.heap.end_of_live(&table),
                Ok(left.len() as u32),
                "what was popped is passed over at once"
            );
            if round == many / 2 {
                // One in the middle of what is left, the last, and new ones, which come after all that was removed.
                for gone in [left.len() / 2, left.len() - 2] {
                    assert_eq!(map.remove(turn, left.remove(gone)), Ok(true));
                }
                map.set(turn, i64::MAX, -i64::MAX).unwrap();
                assert_eq!(map.pop_last(turn).unwrap().unwrap().0.value(turn), Ok(Value::Int(i64::MAX)));
                break;
            }
        }
        let mut popped = Vec::new();
        while let Some((key, _)) = map.pop_last(turn).unwrap() {
            popped.push(key.value(turn).unwrap().as_int().unwrap());
        }
        popped.reverse();
        assert_eq!(popped, left);
        assert!(map.is_empty(turn).unwrap());
    });
}

/// `other` goes with the value that its first entry replaces.
#[test]
fn a_map_that_is_replaced_while_it_is_copied_from_is_stale() {
    in_turn(4096, |turn| {
        let (map, other) = (turn.new_map().unwrap(), turn.new_map().unwrap());
        other.set(turn, "a", 1).unwrap();
        other.set(turn, "b", 2).unwrap();
        map.set(turn, "a", other).unwrap();
        assert_eq!(map.extend_from(turn, other), Err(Error::Stale));
        assert_eq!(map.get(turn, "a"), Ok(Some(Value::Int(1))));
        let inner = turn.new_map().unwrap();
        map.set(turn, "inner", inner).unwrap();
        assert_eq!(inner.extend_from(turn, map), Err(Error::WouldCycle));
        let (outer, list) = (turn.new_list().unwrap(), turn.new_list().unwrap());
        outer.push(turn, list).unwrap();
        assert_eq!(list.extend_from(turn, outer), Err(Error::WouldCycle));
        outer.extend_from(turn, list).unwrap();
    });
}
