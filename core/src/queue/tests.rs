//! The queue as a death may leave it, between any two stores, put together by hand: repairing brings back before or after.
//! (The lane crash finds the same states by dying; here each has a name.)

#![forbid(unsafe_code)]

extern crate std;
use std::{vec, vec::Vec};

use crate::{
    Order, Turn,
    container::tests::{in_turn, sound},
    heap::{Heap, Kind, QUEUE_COUNT, QUEUE_ENDS, block},
};

/// Repairs what `damage` does to a queue of 1, 2, 3, whose blocks it is told; then says what waits, before and after one more is put.
fn repaired(damage: impl Fn(&mut Heap<'_>, [u32; 3])) -> Vec<i64> {
    in_turn(2048, |turn| {
        (1..4).for_each(|i| turn.put_message(i).unwrap());
        let first = turn.heap.lo(QUEUE_ENDS).unwrap();
        let second = turn.heap.hi(first + 1).unwrap();
        let third = turn.heap.hi(second + 1).unwrap();
        damage(&mut turn.heap, [first, second, third]);
        turn.heap.repair_queue().unwrap();
        sound(turn);
        let found = waiting(turn);
        turn.put_message(9).unwrap();
        sound(turn);
        assert_eq!(waiting(turn), [&found[..], &[9]].concat());
        for newest in waiting(turn).into_iter().rev() {
            let message = turn.take_message(Order::Lifo).unwrap().unwrap();
            assert_eq!(message.value(turn).unwrap().as_int(), Some(newest));
            message.finish(turn).unwrap();
            sound(turn);
        }
        assert_eq!(turn.take_message(Order::Fifo), Ok(None));
        found
    })
}

fn waiting(turn: &Turn<'_>) -> Vec<i64> {
    turn.messages().unwrap().map(|value| value.unwrap().as_int().unwrap()).collect()
}

/// Message `at` is this party's, and the queue does not know.
fn taken(heap: &mut Heap<'_>, at: u32) {
    heap.hold(at).unwrap();
    heap.count_held(1).unwrap();
}

#[test]
fn a_sound_queue_stays_as_it_is() {
    assert_eq!(repaired(|_, _| ()), [1, 2, 3]);
}

#[test]
fn put_before_its_header_says_so_has_not_happened() {
    let linked = |heap: &mut Heap<'_>, after: u32| {
        let new = heap.allocate(4, Kind::Raw).unwrap();
        heap.set_two(new + 1, [after as u64, 3 << 32 | 1]).unwrap();
        heap.set_hi(after + 1, new).unwrap();
        new
    };
    assert_eq!(
        repaired(|heap, [.., third]| {
            let new = linked(heap, third);
            heap.repair_queue().unwrap();
            heap.free(new).unwrap();
        }),
        [1, 2, 3]
    );
}

#[test]
fn put_is_done_when_its_header_says_so_whatever_the_queue_knows() {
    // The third was put, and neither `last` nor count and number were stored.
    let unknown = |heap: &mut Heap<'_>, [_, second, _]: [u32; 3]| {
        heap.set_hi(QUEUE_ENDS, second).unwrap();
        heap.set_word(QUEUE_COUNT, 2 << 32 | 2).unwrap();
    };
    assert_eq!(repaired(unknown), [1, 2, 3]);
    // The number, the upper half, was stored and the count was not.
    assert_eq!(repaired(|heap, _| heap.set_lo(QUEUE_COUNT, 2).unwrap()), [1, 2, 3]);
}

#[test]
fn what_was_taken_is_passed_over_wherever_it_stands() {
    let left = [vec![2, 3], vec![1, 3], vec![1, 2]];
    for (nth, left) in left.iter().enumerate() {
        let found = repaired(|heap, messages| {
            taken(heap, messages[nth]);
            heap.repair_queue().unwrap();
            end(heap, messages[nth]);
        });
        assert_eq!(&found, left);
    }
    let none = repaired(|heap, messages| {
        messages.iter().for_each(|at| taken(heap, *at));
        heap.repair_queue().unwrap();
        messages.iter().for_each(|at| end(heap, *at));
    });
    assert_eq!(none, []);
}

#[test]
fn what_was_taken_goes_back_to_its_place_after_a_repair() {
    for nth in 0..3 {
        let found = repaired(|heap, messages| {
            taken(heap, messages[nth]);
            heap.repair_queue().unwrap();
            heap.requeue(messages[nth]).unwrap();
            heap.count_held(-1).unwrap();
        });
        assert_eq!(found, [1, 2, 3]);
    }
}

/// Finishes a message that the queue has let go of.
fn end(heap: &mut Heap<'_>, message: u32) {
    heap.count_held(-1).unwrap();
    let hi = heap.hi(message).unwrap();
    assert_eq!(hi & block::LOOSE, block::LOOSE);
    heap.free(message).unwrap();
}

#[test]
fn a_text_kept_from_a_message_is_an_object_like_others() {
    in_turn(4096, |turn| {
        for text in ["too long for a cell", &"long ".repeat(100)] {
            let before = sound(turn);
            turn.put_message(text).unwrap();
            turn.put_message(text.as_bytes()).unwrap();
            assert_eq!(sound(turn).stats.blocks, before.stats.blocks + 2);
            for _ in 0..2 {
                let message = turn.take_message(Order::Fifo).unwrap().unwrap();
                let item = message.accept(turn).unwrap();
                let object = item.object().unwrap();
                assert_eq!(sound(turn).held, 1);
                assert_eq!(message.finish(turn), Err(crate::Error::Stale));
                // Into another message, as an object, and out again.
                turn.put_message(object).unwrap();
                let message = turn.take_message(Order::Lifo).unwrap().unwrap();
                assert_eq!(message.accept(turn).unwrap().object(), Some(object));
                turn.destroy(object).unwrap();
            }
            assert_eq!(sound(turn).stats.blocks, before.stats.blocks);
        }
    });
}
