//! Whole numbers added the short way, which must not differ from the general one; and what is special about sets' entries.
//!
//! Seen red on: a key of another type that is never equal to the whole number; an object that is overwritten and not destroyed; an
//! index that may be larger than the heap (26 seconds' search); the number of entries ever made taken for that of those there are.

#![forbid(unsafe_code)]

extern crate std;
use std::{
    format,
    time::{Duration, Instant},
    vec,
    vec::Vec,
};

use crate::{Config, Error, Key, Region, Set, Turn, Value};

/// Runs `work` in a turn of a fresh region, which must be sound afterwards.
fn in_a_turn(work: impl FnOnce(&mut Turn<'_>)) {
    let mut memory = vec![0u64; if cfg!(miri) { 4096 } else { 65_536 }];
    let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
    let [mut party, _other] = region.split::<2>().unwrap();
    let mut turn = party.acquire().unwrap();
    work(&mut turn);
    sound(&mut turn);
}

fn sound(turn: &mut Turn<'_>) {
    turn.audit().unwrap_or_else(|error| panic!("{error}"));
}

fn ints(turn: &Turn<'_>, set: Set) -> Vec<i64> {
    set.iter(turn).unwrap().map(|element| element.unwrap().as_int().unwrap()).collect()
}

#[test]
fn a_set_that_grows_and_loses_elements_has_what_a_vector_has() {
    let most: i64 = if cfg!(miri) { 60 } else { 3000 };
    in_a_turn(|turn| {
        let (set, mut expected) = (turn.new_set().unwrap(), Vec::new());
        for number in 0..most {
            // Far from each other, now and then one that is there, and each seventh goes again.
            let element = (number % (most - 7)).wrapping_mul(0x9e37_79b9_7f4a_7c15u64 as i64);
            assert_eq!(set.insert(turn, element), Ok(!expected.contains(&element)), "{number}");
            if !expected.contains(&element) {
                expected.push(element);
            }
            if number % 7 == 0 {
                let gone = expected.remove((number / 2) as usize % expected.len());
                assert_eq!(set.remove(turn, gone), Ok(true), "{number}");
            }
            if number.count_ones() == 1 {
                sound(turn);
            }
        }
        assert_eq!(ints(turn, set), expected);
        let copy = set.copy(turn).unwrap();
        let frozen = set.freeze(turn).unwrap();
        assert_eq!(ints(turn, copy), expected);
        assert!(expected.iter().all(|element| frozen.contains(turn, *element) == Ok(true)));
        assert_eq!((frozen.len(turn), turn.equal(frozen, copy)), (Ok(expected.len()), Ok(true)));
        sound(turn);
    });
}

#[test]
fn elements_of_every_type_are_kept_through_growing_and_freezing() {
    let many = if cfg!(miri) { 10 } else { 40 };
    let last = many - 1;
    let texts: Vec<_> = (0..many).map(|number| format!("a text that needs a block, {number}")).collect();
    in_a_turn(|turn| {
        let set = turn.new_set().unwrap();
        for (number, text) in (0..).zip(&texts) {
            assert_eq!(set.insert(turn, number), Ok(true));
            assert_eq!(set.insert(turn, text.as_str()), Ok(true));
            assert_eq!(set.insert(turn, number as f64 + 0.5), Ok(true));
            assert_eq!(set.remove(turn, number - 1), Ok(number > 0));
        }
        let frozen = set.freeze(turn).unwrap();
        assert_eq!(frozen.len(turn), Ok(2 * many as usize + 1));
        let set = frozen.to_set(turn).unwrap();
        turn.destroy(frozen).unwrap();
        for (number, text) in (0..).zip(&texts) {
            assert_eq!(set.contains(turn, number), Ok(number == last));
            assert_eq!(set.remove(turn, text.as_str()), Ok(true));
            assert_eq!(set.contains(turn, number as f64 + 0.5), Ok(true));
        }
        assert_eq!(set.pop_last(turn).unwrap().unwrap().value(turn), Ok(Value::Float(last as f64 + 0.5)));
        assert_eq!(set.pop_last(turn).unwrap().unwrap().value(turn), Ok(Value::Int(last)));
        assert_eq!(set.pop_last(turn).unwrap().unwrap().value(turn), Ok(Value::Float(last as f64 - 0.5)));
        sound(turn);
    });
}

#[test]
fn an_element_takes_sixteen_bytes_and_its_share_of_the_index() {
    in_a_turn(|turn| {
        let (set, map) = (turn.new_set().unwrap(), turn.new_map().unwrap());
        for number in 0..100 {
            set.insert(turn, number).unwrap();
            map.set(turn, number, number).unwrap();
        }
        let (set, map) = (set.copy(turn).unwrap(), map.copy(turn).unwrap());
        let (set, map) = (set.footprint(turn).unwrap().own, map.footprint(turn).unwrap().own);
        // The block, a header, 16 groups of 24 bytes, 100 entries; and what an allocation may be too long.
        assert!((32 + 8 + 384 + 1600..=32 + 8 + 384 + 1600 + 16).contains(&set), "{set}");
        assert!((32 + 8 + 384 + 2400..=32 + 8 + 384 + 2400 + 16).contains(&map), "{map}");
    });
}

#[test]
fn a_whole_number_finds_the_key_that_it_equals() {
    in_a_turn(|turn| {
        let (map, set) = (turn.new_map().unwrap(), turn.new_set().unwrap());
        for (number, key) in (0..).zip([Key::Float(7.0), Key::Bool(true), Key::Int(2), Key::Float(-3.0)]) {
            map.set(turn, key, number).unwrap();
            assert_eq!(set.insert(turn, key), Ok(true));
        }
        // One more, for there is no short way into a full table.
        map.set(turn, "room", ()).unwrap();
        assert_eq!(set.insert(turn, "room"), Ok(true));
        for (number, key) in (10..).zip([7, 1, 2, -3]) {
            map.set(turn, key, number).unwrap();
            assert_eq!(set.insert(turn, key), Ok(false), "{key}");
            assert_eq!(map.get(turn, key), Ok(Some(Value::Int(number))));
        }
        assert_eq!((map.len(turn), set.len(turn)), (Ok(5), Ok(5)));
        let keys: Vec<_> = map.keys(turn).unwrap().map(Result::unwrap).collect();
        assert_eq!(keys[..4], [Value::Float(7.0), Value::Bool(true), Value::Int(2), Value::Float(-3.0)]);
    });
}

#[test]
fn a_number_takes_the_place_of_any_value_and_any_value_its_place() {
    in_a_turn(|turn| {
        let map = turn.new_map().unwrap();
        let long = "a value that is too long for a cell";
        let values = [Value::Int(1), Value::Float(0.5), Value::Text(long), Value::Int(2), Value::Null];
        for value in values.into_iter().chain(values.into_iter().rev()) {
            map.set(turn, 4, value).unwrap();
            assert_eq!(map.get(turn, 4), Ok(Some(value)));
            sound(turn);
        }
        let list = turn.new_list().unwrap();
        map.set(turn, 4, list).unwrap();
        map.set(turn, 4, 5).unwrap();
        assert_eq!((list.len(turn), map.get(turn, 4)), (Err(Error::Stale), Ok(Some(Value::Int(5)))));
        map.set(turn, 4, 0.25).unwrap();
        assert_eq!((map.len(turn), map.get(turn, 4)), (Ok(1), Ok(Some(Value::Float(0.25)))));
    });
}

/// Once, one bit of a mask had a whole number looked for in one group two thousand million times.
#[test]
fn an_index_larger_than_the_heap_is_an_error_at_once() {
    in_a_turn(|turn| {
        let (map, set) = (turn.new_map().unwrap(), turn.new_set().unwrap());
        map.set(turn, 1, 1).unwrap();
        set.insert(turn, 1).unwrap();
        let blocks = [map.0.block(), set.0.block()];
        // All slots of the only group, where a large index would have it, have been used, or the search would end there.
        let tags = blocks.map(|block| (turn.heap.lo(block + 1).unwrap() | 7) + 1);
        let sound = tags.map(|at| turn.heap.word(at).unwrap());
        tags.into_iter().for_each(|at| turn.heap.set_word(at, 0x0101_0101_0101_0101).unwrap());
        let start = Instant::now();
        for bit in [31, 25, 20] {
            for block in blocks {
                turn.heap.set_hi(block + 1, 1 << bit).unwrap();
            }
            // Half of all hashes have this bit, and lead out of the heap at once.
            for key in 2..10 {
                assert!(matches!(map.set(turn, key, 2), Err(Error::Corrupt { .. })), "{bit}");
                assert!(matches!(set.insert(turn, key), Err(Error::Corrupt { .. })), "{bit}");
                assert!(matches!(map.get(turn, key), Err(Error::Corrupt { .. })), "{bit}");
                assert!(matches!(set.contains(turn, key), Err(Error::Corrupt { .. })), "{bit}");
            }
        }
        // It takes microseconds, or half a minute; interpreters have clocks of their own.
        assert!(cfg!(miri) || start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        for (block, (at, tags)) in blocks.into_iter().zip(tags.into_iter().zip(sound)) {
            turn.heap.set_hi(block + 1, 0).unwrap();
            turn.heap.set_word(at, tags).unwrap();
        }
        assert_eq!((map.len(turn), set.insert(turn, 2)), (Ok(1), Ok(true)));
    });
}

#[test]
fn handles_that_do_not_fit_are_told_apart_as_ever() {
    in_a_turn(|turn| {
        let (gone, frozen) = (turn.new_set().unwrap(), turn.new_set().unwrap());
        turn.destroy(gone).unwrap();
        frozen.freeze(turn).unwrap();
        assert_eq!(
            (gone.insert(turn, 1), frozen.insert(turn, 1)),
            (Err(Error::Stale), Err(Error::WrongType))
        );
    });
}
