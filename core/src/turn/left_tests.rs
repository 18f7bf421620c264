//! A program without recovery: it never works on what a death has left behind, and leaves it as it found it for the other party.
//!
//! The other party, which recovers, is played here by its stores to the control area: two builds of this crate do not fit one
//! program. What is stored to the heap meanwhile is told by its bytes.

use core::ptr::NonNull;

use super::*;
use crate::{Config, Order, Party, Region, Value};

/// A region and, beside it, a second view of its bytes.
fn region(memory: &mut [u64; 512]) -> Region<'_> {
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(memory);
    let len = bytes.len();
    // SAFETY: nobody else reaches these bytes while the region lasts.
    unsafe { Region::format_raw(NonNull::from(bytes).cast(), len, Config::new().compact()) }.unwrap()
}

fn join<'a>(region: &Region<'a>, slot: u8) -> Party<'a> {
    // SAFETY: each slot is joined again only after its former party has been forgotten, as if it had died.
    unsafe { region.join(slot, &AlwaysAlive) }.unwrap()
}

#[test]
fn half_finished_turn_is_left_to_the_other_party() {
    let mut memory = [0; 512];
    let region = region(&mut memory);
    let mut here = join(&region, 1);
    drop(here.acquire().unwrap());
    let mut dies = join(&region, 0);
    let mut turn = dies.acquire().unwrap();
    turn.put_message(1).unwrap();
    core::mem::forget(turn);
    region.set_word(0, dies.incarnation(), 0);
    let changes = region.changes();
    for _ in 0..3 {
        assert_eq!(here.acquire().err(), Some(TurnError::LeftToOther));
        assert_eq!((region.holder(), region.changes()), (Some(0), changes), "found as it was left");
    }
    region.set_holder(0);
    assert_eq!(here.acquire().unwrap().message_count(), 1);
}

#[test]
fn what_an_earlier_party_of_the_slot_held_is_left_to_the_other_party() {
    let mut memory = [0; 512];
    let region = region(&mut memory);
    let mut former = join(&region, 1);
    let mut turn = former.acquire().unwrap();
    turn.put_message(&[7; 20]).unwrap();
    let message = turn.take_message(Order::Fifo).unwrap().unwrap();
    drop(turn);
    let mut here = join(&region, 1);
    assert_eq!(former.acquire().err(), Some(TurnError::Superseded));
    assert_eq!(here.acquire().err(), Some(TurnError::LeftToOther));
    assert_eq!(region.holder(), Some(1), "whose leavings they are");
    assert_eq!(here.acquire().err(), Some(TurnError::LeftToOther));
    // Somebody in the other slot has recovered: nothing is held by this slot any more.
    region.set_holder(0);
    let mut other = join(&region, 0);
    let mut turn = other.acquire().unwrap();
    turn.heap.slot = 1;
    message.put_back(&mut turn).unwrap();
    drop(turn);
    let mut turn = here.acquire().unwrap();
    let message = turn.take_message(Order::Fifo).unwrap().unwrap();
    assert_eq!(message.value(&turn).unwrap(), Value::Bytes(&[7; 20]));
    message.finish(&mut turn).unwrap();
}
