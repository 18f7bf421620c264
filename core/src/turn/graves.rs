//! Who is known to be dead: a bit a slot, and one sum that tells when the bits have become old.
//!
//! A party remembers the oracle's verdicts, and each is about one *incarnation* of a slot. Incarnations only count up. So does the sum
//! of several, and while it is what it was, none of them has moved: one word does for 32 slots.
//!
//! ```text
//!   slots  0 0 1 0 1 1      dead, each in the incarnation that was in its slot when the oracle was asked
//!   sum    3 + 1 + 7 = 11   still the sum of what the slots say now? then each of the three is still that incarnation
//!                           not? somebody has joined one of them: forget all three, and ask again when one is in the way
//! ```
//!
//! In a program that knows no more than two parties (without the feature `bakery`), there is one slot besides the own, and the one incarnation
//! in it that is known to be dead is all there is to remember.
//!
//! To forget is always safe: whoever is not known to be dead is waited for, and asked about. The sum is looked at only when somebody who is
//! believed dead is in the way, never on the way to a free turn.

#![forbid(unsafe_code)]

use super::words::Words;

/// The verdicts of a party's oracle.
#[cfg(feature = "bakery")]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Graves {
    /// A bit for each slot whose incarnation is known to be dead.
    slots: u32,
    /// Of those slots' incarnations.
    sum: u32,
    /// A bit for each of them that has been cleaned up after.
    reaped: u32,
}

#[cfg(feature = "bakery")]
impl Graves {
    /// Whether the party now in `slot` is known to be dead.
    ///
    /// Called after the caller's own full fence (T3), for the incarnations are read in here.
    pub(super) fn contain(&mut self, words: &Words<'_>, slot: u8) -> bool {
        self.slots & bit(slot) != 0 && self.are_current(words)
    }

    /// Notes a verdict about this incarnation in `slot`.
    pub(super) fn add(&mut self, words: &Words<'_>, slot: u8, incarnation: u32) {
        if !self.are_current(words) || self.slots & bit(slot) == 0 {
            self.slots |= bit(slot);
            self.sum = self.sum.wrapping_add(incarnation);
            self.reaped &= !bit(slot);
        }
    }

    /// Whether nobody has cleaned up after the dead party in `slot` yet, as far as we know.
    pub(super) fn unreaped(&self, slot: u8) -> bool {
        self.slots & !self.reaped & bit(slot) != 0
    }

    /// Everybody in a grave has been cleaned up after.
    pub(super) fn note_reaped(&mut self, slots: u32) {
        self.reaped |= slots;
    }

    fn are_current(&mut self, words: &Words<'_>) -> bool {
        let mut left = self.slots;
        let mut sum = 0u32;
        while left != 0 {
            sum = sum.wrapping_add(words.incarnation(left.trailing_zeros() as u8).load_acquire());
            left &= left - 1;
        }
        let current = sum == self.sum;
        if !current {
            (self.slots, self.sum) = (0, 0);
        }
        current
    }
}

/// The verdict of a party's oracle about the one other party.
#[cfg(not(feature = "bakery"))]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Graves {
    /// The incarnation that is known to be dead; 0, which nobody ever is: none.
    dead: u32,
    /// It has been cleaned up after.
    reaped: bool,
}

#[cfg(not(feature = "bakery"))]
impl Graves {
    /// Whether the party now in `slot` is known to be dead.
    ///
    /// Called after the caller's own full fence (T3), for the incarnation is read in here.
    pub(super) fn contain(&mut self, words: &Words<'_>, slot: u8) -> bool {
        self.dead != 0 && words.incarnation(slot).load_acquire() == self.dead
    }

    /// Notes a verdict about this incarnation.
    pub(super) fn add(&mut self, _: &Words<'_>, _: u8, incarnation: u32) {
        if self.dead != incarnation {
            (self.dead, self.reaped) = (incarnation, false);
        }
    }

    /// Whether nobody has cleaned up after the dead party yet, as far as we know.
    pub(super) fn unreaped(&self, _: u8) -> bool {
        self.dead != 0 && !self.reaped
    }

    /// The dead party has been cleaned up after.
    pub(super) fn note_reaped(&mut self, _: u32) {
        self.reaped = true;
    }
}

/// The bit of a slot, below 32.
pub(super) const fn bit(slot: u8) -> u32 {
    1u32.wrapping_shl(slot as u32)
}

#[cfg(all(test, not(loom)))]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;
    use crate::{format::control_len, sync::AtomicU32};

    #[cfg(feature = "bakery")]
    #[test]
    fn verdicts_hold_until_one_of_the_slots_is_joined_anew() {
        let cells: Vec<_> = (0..control_len(32, 8) / 4).map(|_| AtomicU32::new(0)).collect();
        let words = Words::checked(&cells, 32, 8);
        let mut graves = Graves::default();
        for (slot, incarnation) in [(2, 3), (31, u32::MAX), (4, 7)] {
            words.incarnation(slot).store(incarnation);
            assert!(!graves.contain(&words, slot));
            graves.add(&words, slot, incarnation);
            graves.add(&words, slot, incarnation);
            assert!(graves.unreaped(slot));
        }
        graves.note_reaped(bit(2) | bit(31));
        assert_eq!([2, 31, 4, 5].map(|slot| graves.contain(&words, slot)), [true, true, true, false]);
        assert_eq!([2, 31, 4, 5].map(|slot| graves.unreaped(slot)), [false, false, true, false]);
        words.incarnation(31).store(1);
        assert!(!graves.contain(&words, 31), "a newcomer");
        assert!(!graves.contain(&words, 2), "forgotten with it");
        graves.add(&words, 2, 3);
        assert!(graves.contain(&words, 2) && graves.unreaped(2));
    }

    #[test]
    fn verdict_about_a_newcomer_replaces_the_one_about_its_predecessor() {
        let cells: Vec<_> = (0..control_len(2, 8) / 4).map(|_| AtomicU32::new(0)).collect();
        let words = Words::checked(&cells, 2, 8);
        let mut graves = Graves::default();
        for incarnation in [1, 3, 5] {
            words.incarnation(1).store(incarnation);
            assert!(!graves.contain(&words, 1));
            graves.add(&words, 1, incarnation);
            assert!(graves.contain(&words, 1) && graves.unreaped(1));
            graves.note_reaped(bit(1));
        }
    }
}
