//! Lists searched, sorted, and cut with a step, against vectors.

#![forbid(unsafe_code)]

extern crate std;
use std::{format, string::String, vec::Vec};

use cohabit_testkit::Random;

use super::tests::{in_turn, sound};
use crate::{Error, List, Turn, Value};

/// The elements as they print, without the places of containers.
fn read(turn: &Turn<'_>, list: List) -> Vec<String> {
    let print = |value| match value {
        Value::List(list) => format!("{:?}", read(turn, list)),
        other => format!("{other:?}"),
    };
    list.iter(turn).unwrap().map(|value| print(value.unwrap())).collect()
}

/// Seen red on: the right one of two equal elements put down first.
#[test]
fn random_lists_are_sorted_as_vectors_are() {
    in_turn(1 << 16, |turn| {
        let mut random = Random(8);
        for round in 0..if cfg!(miri) { 6 } else { 800 } {
            let len = if round < 20 { round } else { random.below(70) };
            let list = turn.new_list().unwrap();
            let mut model: Vec<(i64, String)> = Vec::new();
            for index in 0..len {
                // Few numbers, in two types: what is equal can still be told apart.
                let number = random.below(len / 2 + 1) as i64 - 3;
                match index % 2 {
                    0 => list.push(turn, number).unwrap(),
                    _ => list.push(turn, number as f64).unwrap(),
                }
                model.push((number, read(turn, list).pop().unwrap()));
            }
            model.sort_by_key(|(number, _)| *number);
            list.sort(turn).unwrap();
            assert_eq!(read(turn, list), model.into_iter().map(|(_, print)| print).collect::<Vec<_>>());
            sound(turn);
            turn.destroy(list).unwrap();
        }
        assert_eq!(sound(turn).stats.blocks, 1, "the map of roots");
    });
}

#[test]
fn objects_are_sorted_and_stay_where_they_are() {
    in_turn(1 << 14, |turn| {
        let list = turn.new_list().unwrap();
        let texts = ["a text of many letters", "short", "", "a text of many words", "b"];
        texts.iter().for_each(|text| list.push(turn, *text).unwrap());
        list.sort(turn).unwrap();
        let sorted: Vec<_> = list.iter(turn).unwrap().map(|text| text.unwrap().as_text().unwrap()).collect();
        assert_eq!(sorted, ["", "a text of many letters", "a text of many words", "b", "short"]);
        list.clear(turn).unwrap();
        let mut inner = Vec::new();
        for ints in [[3, 1].as_slice(), &[1, 2, 3], &[], &[1, 2], &[-1]] {
            let element = turn.new_list().unwrap();
            element.extend_ints(turn, ints).unwrap();
            list.push(turn, element).unwrap();
            inner.push(element);
        }
        list.sort(turn).unwrap();
        let sorted: Vec<_> = list.iter(turn).unwrap().map(|list| list.unwrap().as_list().unwrap()).collect();
        assert_eq!(sorted, [2, 4, 3, 1, 0].map(|index| inner[index]));
        assert_eq!(inner[0].get(turn, 1), Ok(Value::Int(1)));
    });
}

#[test]
fn what_cannot_be_sorted_stays_as_it_was() {
    in_turn(4096, |turn| {
        let list = turn.new_list().unwrap();
        list.extend_ints(turn, &[3, 2, 1]).unwrap();
        list.push(turn, "text").unwrap();
        let before = read(turn, list);
        let blocks = sound(turn).stats.blocks;
        assert_eq!(list.sort(turn), Err(Error::NotComparable));
        assert_eq!((read(turn, list), sound(turn).stats.blocks), (before, blocks));
        list.truncate(turn, 3).unwrap();
        let mut filling = Vec::new();
        while let Ok(bytes) = turn.new_buffer(8) {
            filling.push(bytes);
        }
        assert!(matches!(list.sort(turn), Err(Error::OutOfMemory { .. })));
        turn.destroy(filling.pop().unwrap()).unwrap();
        // Room for one block of elements, but not for two.
        turn.destroy(filling.remove(0)).unwrap();
        turn.destroy(filling.remove(0)).unwrap();
        turn.destroy(filling.remove(0)).unwrap();
        let blocks = sound(turn).stats.blocks;
        let sorted = list.sort(turn);
        assert!(matches!(sorted, Ok(()) | Err(Error::OutOfMemory { .. })), "{sorted:?}");
        assert_eq!(sound(turn).stats.blocks, blocks, "what was allocated is given back");
        filling.into_iter().for_each(|bytes| turn.destroy(bytes).unwrap());
        list.sort(turn).unwrap();
        assert_eq!(read(turn, list), ["Int(1)", "Int(2)", "Int(3)"]);
        list.clear(turn).unwrap();
        list.push(turn, ()).unwrap();
        assert_eq!(list.sort(turn), Ok(()), "one element has nothing beside it");
        list.push(turn, ()).unwrap();
        assert_eq!(list.sort(turn), Err(Error::NotComparable));
    });
}

#[test]
fn elements_are_found_by_what_they_are_worth() {
    in_turn(8192, |turn| {
        let (list, inner, other) =
            (turn.new_list().unwrap(), turn.new_list().unwrap(), turn.new_list().unwrap());
        inner.push(turn, 1.0).unwrap();
        other.push(turn, true).unwrap();
        list.extend_ints(turn, &[5, 1, 7]).unwrap();
        list.extend_floats(turn, &[1.0, f64::NAN]).unwrap();
        list.push(turn, "a text of many letters").unwrap();
        list.push(turn, inner).unwrap();
        assert_eq!((list.index_of(turn, true), list.count(turn, 1)), (Ok(Some(1)), Ok(2)));
        assert_eq!(
            (list.index_of(turn, "a text of many letters"), list.count(turn, f64::NAN)),
            (Ok(Some(5)), Ok(0))
        );
        assert_eq!((list.contains(turn, 7.5), list.contains(turn, 7.0)), (Ok(false), Ok(true)));
        assert_eq!((list.index_of(turn, other), list.index_of(turn, list)), (Ok(Some(6)), Ok(None)));
        assert_eq!(list.count(turn, ()), Ok(0));
        turn.destroy(other).unwrap();
        assert_eq!(list.index_of(turn, other), Err(Error::Stale));
        assert_eq!(list.index_of(turn, 5), Ok(Some(0)));
    });
}

#[test]
fn slices_with_a_step_are_those_of_python() {
    in_turn(1 << 14, |turn| {
        let list = turn.new_list().unwrap();
        list.extend_ints(turn, &[0, 1, 2, 3, 4]).unwrap();
        let mut cut = |start, stop, step| {
            let part = list.slice_by(turn, start, stop, step)?;
            let found: Vec<i64> =
                part.iter(turn).unwrap().map(|value| value.unwrap().as_int().unwrap()).collect();
            turn.destroy(part)?;
            Ok::<_, Error>(found)
        };
        assert_eq!(cut(None, None, 2).unwrap(), [0, 2, 4]);
        assert_eq!(cut(None, None, -2).unwrap(), [4, 2, 0]);
        assert_eq!(cut(Some(1), Some(-1), 1).unwrap(), [1, 2, 3]);
        assert_eq!(cut(Some(-2), Some(0), -1).unwrap(), [3, 2, 1]);
        assert_eq!(cut(Some(3), Some(1), 1).unwrap(), []);
        assert_eq!(cut(Some(i64::MIN), Some(i64::MAX), i64::MAX).unwrap(), [0]);
        assert_eq!(cut(Some(i64::MAX), Some(i64::MIN), i64::MIN).unwrap(), [4]);
        assert_eq!(cut(Some(-7), None, -1).unwrap(), []);
        assert_eq!(cut(None, None, 0), Err(Error::BadValue));
        list.clear(turn).unwrap();
        for step in [1, -1] {
            let empty = list.slice_by(turn, None, None, step).unwrap();
            assert_eq!(empty.is_empty(turn), Ok(true));
        }
    });
}
