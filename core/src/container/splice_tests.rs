//! Parts of lists replaced and removed, against vectors.

#![forbid(unsafe_code)]

extern crate std;
use std::{string::String, vec::Vec};

use cohabit_testkit::Random;

use super::{
    bulk_tests::read,
    tests::{in_turn, sound},
};
use crate::{Error, Input, Turn};

/// One of each kind by turns: a number, a text in a block, a held list.
fn values<'v>(turn: &mut Turn<'_>, from: usize, count: usize, text: &'v str) -> (Vec<Input<'v>>, Vec<i64>) {
    let one = |nth: usize| -> (Input<'v>, i64) {
        match nth % 3 {
            0 => ((nth as i64).into(), nth as i64),
            1 => (text[..nth % 20 + 9].into(), -(nth as i64 % 20 + 9)),
            _ => {
                let list = turn.new_list().unwrap();
                list.extend_ints(turn, &[7; 4][..nth % 5]).unwrap();
                (list.into(), 1000 + nth as i64 % 5)
            }
        }
    };
    (from..from + count).map(one).unzip()
}

/// The indices that Python's `range(len)[start:stop:step]` has.
fn indices(len: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Vec<usize> {
    let len = len as i64;
    let at = |at: i64| if at < 0 { at + len } else { at };
    let is_in = |index: i64| match step > 0 {
        true => start.is_none_or(|start| index >= at(start)) && stop.is_none_or(|stop| index < at(stop)),
        false => start.is_none_or(|start| index <= at(start)) && stop.is_none_or(|stop| index > at(stop)),
    };
    let mut all: Vec<usize> = (0..len).filter(|index| is_in(*index)).map(|index| index as usize).collect();
    if step < 0 {
        all.reverse();
    }
    all.into_iter().step_by(step.unsigned_abs() as usize).collect()
}

/// Seen red on: the first value of a backward slice put to its first place in the list.
#[test]
fn random_parts_are_replaced_and_removed_as_in_a_vector() {
    let text = String::from("a text of so many letters that each part of it needs a block");
    in_turn(1 << 16, |turn| {
        let mut random = Random(5);
        for round in 0..if cfg!(miri) { 6 } else { 2000 } {
            let len = random.below(14);
            let list = turn.new_list().unwrap();
            let (first, mut model) = values(turn, 0, len, &text);
            list.splice(turn, .., &first).unwrap();
            assert_eq!(read(turn, list), model);
            let step = [1, 1, 2, 3, 20, -1, -2, -3, i64::MIN][random.below(9)];
            let mut end = || match random.below(5) {
                0 => None,
                _ => Some(random.below(2 * len + 3) as i64 - len as i64 - 1),
            };
            let (start, stop) = (end(), end());
            let chosen = indices(len, start, stop, step);
            let count = if step == 1 { random.below(6) } else { chosen.len() };
            let (new, numbers) = values(turn, 50, count, &text);
            match (round % 3, step) {
                (0, _) => {
                    list.remove_slice(turn, start, stop, step).unwrap();
                    let mut index = 0..;
                    model.retain(|_| !chosen.contains(&index.next().unwrap()));
                    new.iter().for_each(|value| {
                        if let Input::Object(object) = value {
                            turn.destroy(*object).unwrap();
                        }
                    });
                }
                (_, 1) => {
                    list.set_slice(turn, start, stop, 1, &new).unwrap();
                    let at = |at: i64| (if at < 0 { at + len as i64 } else { at }).clamp(0, len as i64);
                    let from = start.map_or(0, at) as usize;
                    model.splice(from..from + chosen.len(), numbers);
                }
                _ => {
                    list.set_slice(turn, start, stop, step, &new).unwrap();
                    chosen.iter().zip(numbers).for_each(|(index, number)| model[*index] = number);
                }
            }
            assert_eq!(read(turn, list), model, "{start:?} {stop:?} {step}");
            sound(turn);
            turn.destroy(list).unwrap();
        }
        assert_eq!(sound(turn).stats.blocks, 1, "the map of roots");
    });
}

#[test]
fn what_is_refused_leaves_the_list_and_gives_back_what_was_to_be_placed() {
    in_turn(2048, |turn| {
        let list = turn.new_list().unwrap();
        let (held, placed) = (turn.new_list().unwrap(), turn.new_list().unwrap());
        list.splice(turn, .., &[0.into(), "a text in a block".into(), 2.into(), 3.into(), placed.into()])
            .unwrap();
        let before = read(turn, list);
        let big = "b".repeat(4000);
        for (last, due) in [
            (Input::from(held), Some(Error::AlreadyPlaced)),
            (placed.into(), Some(Error::AlreadyPlaced)),
            (list.into(), Some(Error::WouldCycle)),
            (big.as_str().into(), None),
        ] {
            let values = [held.into(), "another text in a block".into(), last];
            for refused in [
                list.splice(turn, 1..2, &values),
                list.splice(turn, 5.., &values),
                list.set_slice(turn, None, None, 2, &values),
                list.set_slice(turn, None, None, -2, &values),
            ] {
                match due {
                    Some(due) => assert_eq!(refused, Err(due)),
                    None => assert!(matches!(refused, Err(Error::OutOfMemory { .. }))),
                }
                assert_eq!(read(turn, list), before);
                sound(turn);
            }
        }
        for values in
            [&[] as &[Input<'_>], &[1.into(), 2.into()], &[held.into(), 2.into(), 3.into(), 4.into()]]
        {
            assert_eq!(list.set_slice(turn, None, None, 2, values), Err(Error::BadShape));
            assert_eq!(list.set_slice(turn, None, None, -2, values), Err(Error::BadShape));
            assert_eq!(list.set_slice(turn, None, None, 0, values), Err(Error::BadValue));
        }
        assert_eq!(list.remove_slice(turn, None, None, 0), Err(Error::BadValue));
        assert_eq!(list.splice(turn, 2..6, &[1.into()]), Err(Error::out_of_range(6, 5)));
        assert_eq!(list.splice(turn, 6.., &[]), Err(Error::out_of_range(6, 5)));
        assert_eq!(read(turn, list), before);
        turn.destroy(held).unwrap();
        turn.destroy(list).unwrap();
        assert_eq!(sound(turn).stats.blocks, 1, "the map of roots");
    });
}

/// The second block of elements is the last thing that is asked for.
#[test]
fn without_memory_for_the_elements_in_their_new_order_those_to_be_placed_are_held_again() {
    in_turn(4096, |turn| {
        let list = turn.new_list().unwrap();
        list.extend_ints(turn, &[5; 160]).unwrap();
        list.truncate(turn, 100).unwrap();
        let held = turn.new_list().unwrap();
        held.push(turn, 1).unwrap();
        let mut filling = Vec::new();
        for size in [800, 200, 50, 20, 9] {
            while let Ok(bytes) = turn.new_buffer(size) {
                filling.push(bytes);
            }
        }
        let refused = list.splice(turn, 50..52, &[7.into(), held.into(), 8.into()]);
        assert!(matches!(refused, Err(Error::OutOfMemory { .. })), "{refused:?}");
        assert_eq!(read(turn, list), [5; 100]);
        filling.into_iter().for_each(|bytes| turn.destroy(bytes).unwrap());
        sound(turn);
        list.splice(turn, 1..99, &[7.into(), held.into(), 8.into()]).unwrap();
        assert_eq!(read(turn, list), [5, 7, 1001, 8, 5]);
        sound(turn);
    });
}
