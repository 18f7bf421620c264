//! Words, halves and bytes of the heap, for small cores (without the feature `details`): an access outside of the heap reads as 0,
//! stores nothing, and is remembered.
//!
//! Every offset is checked, as in `prompt.rs`, but nobody has to look at the outcome of each access, which is half of what the code of a
//! Cortex-M0+ would be doing. Instead the memory of it ([`sound`](Heap::sound)) is asked for where it matters:
//!
//! ```text
//!   load 0 ... load 0 ... compare, branch: a sane wrong turn   sound? -- no --> Corrupt, undone
//!                                                                `-- yes --> commit
//! ```
//!
//! - before a journal is put in force, before an operation is committed, and before a journal that was undone is emptied;
//! - before a value that was read is handed out, and a key said not to be there;
//! - before a block is allocated, and at the end of freeing and recovering.
//!
//! 0 is "nothing" as an offset, no kind of block, and a size that no block has, so it leads nowhere. What was outside once is
//! remembered to the end of the turn: in a heap so damaged nothing more is committed.

#![forbid(unsafe_code)]

use core::cell::Cell;

use super::Heap;
use crate::{door, error::Error};

/// Whether an access has been outside of the heap, in this turn.
#[derive(Default)]
pub(super) struct Missed(Cell<bool>);

/// How it is done: each of these once in a program.
impl Heap<'_> {
    #[cold]
    fn miss(&self) {
        self.missed.0.set(true);
    }

    #[inline(never)]
    fn load_word(&self, at: u32) -> u64 {
        match self.words.get(at as usize) {
            Some(word) => u64::from_le(*word),
            None => {
                self.miss();
                0
            }
        }
    }

    #[inline(never)]
    fn load_byte(&self, at: usize) -> u8 {
        match bytemuck::cast_slice::<u64, u8>(self.words).get(at) {
            Some(byte) => *byte,
            None => {
                self.miss();
                0
            }
        }
    }

    fn note(&mut self, stored: Option<()>) {
        self.changed = true;
        if stored.is_none() {
            self.miss();
        }
    }

    #[inline(never)]
    fn load_half(&self, at: u32, index: u32) -> u32 {
        // Should it wrap, then any place inside the heap is as wrong as another.
        match self.words.get(at.wrapping_add(index / 2) as usize) {
            Some(word) => u32::from_le(bytemuck::cast_ref::<u64, [u32; 2]>(word)[index as usize & 1]),
            None => {
                self.miss();
                0
            }
        }
    }

    #[inline(never)]
    fn load_low(&self, at: u32) -> u32 {
        self.load_half(at, 0)
    }

    #[inline(never)]
    fn load_high(&self, at: u32) -> u32 {
        self.load_half(at, 1)
    }

    #[inline(never)]
    fn store_half(&mut self, at: u32, index: u32, value: u32) {
        let stored = door::store_half(self.words, at.wrapping_add(index / 2), index & 1, value);
        self.note(stored);
    }

    #[inline(never)]
    fn store_low(&mut self, at: u32, value: u32) {
        let stored = door::store_low(self.words, at, value);
        self.note(stored);
    }

    #[inline(never)]
    fn store_high(&mut self, at: u32, value: u32) {
        let stored = door::store_high(self.words, at, value);
        self.note(stored);
    }

    #[inline(never)]
    fn store_word(&mut self, at: u32, value: u64) {
        let stored = door::store_word(self.words, at, value);
        self.note(stored);
    }

    #[inline(never)]
    fn store_byte(&mut self, at: usize, value: u8) {
        let stored = door::store_byte(self.words, at, value);
        self.note(stored);
    }
}

/// Loads.
impl Heap<'_> {
    #[inline(always)]
    pub(crate) fn word(&self, at: u32) -> Result<u64, Error> {
        Ok(self.load_word(at))
    }

    #[inline(always)]
    pub(crate) fn lo(&self, at: u32) -> Result<u32, Error> {
        Ok(self.load_low(at))
    }

    #[inline(always)]
    pub(crate) fn hi(&self, at: u32) -> Result<u32, Error> {
        Ok(self.load_high(at))
    }

    /// The `index`th half-word of an array that starts at granule `at`.
    #[inline(always)]
    pub(crate) fn half(&self, at: u32, index: u32) -> Result<u32, Error> {
        Ok(self.load_half(at, index))
    }

    /// One byte, by its distance from the heap's start.
    #[inline(always)]
    pub(crate) fn byte(&self, at: usize) -> Result<u8, Error> {
        Ok(self.load_byte(at))
    }
}

/// Stores, each through the door.
impl Heap<'_> {
    #[inline(always)]
    pub(crate) fn set_word(&mut self, at: u32, value: u64) -> Result<(), Error> {
        self.store_word(at, value);
        Ok(())
    }

    /// Stores two words from granule `at` on, in this order.
    #[inline(never)]
    pub(crate) fn set_two(&mut self, at: u32, [first, second]: [u64; 2]) -> Result<(), Error> {
        self.store_word(at, first);
        self.store_word(at.wrapping_add(1), second);
        Ok(())
    }

    /// The same as [`set_word`](Self::set_word), and where the host needs two stores, the low half is the first.
    #[inline(always)]
    pub(crate) fn set_word_low_first(&mut self, at: u32, value: u64) -> Result<(), Error> {
        let stored = door::store_word_low_first(self.words, at, value);
        self.note(stored);
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn set_lo(&mut self, at: u32, value: u32) -> Result<(), Error> {
        self.store_low(at, value);
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn set_hi(&mut self, at: u32, value: u32) -> Result<(), Error> {
        self.store_high(at, value);
        Ok(())
    }

    /// Stores the `index`th half-word of an array that starts at granule `at`.
    #[inline(always)]
    pub(crate) fn set_half(&mut self, at: u32, index: u32, value: u32) -> Result<(), Error> {
        self.store_half(at, index, value);
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn set_byte(&mut self, at: usize, value: u8) -> Result<(), Error> {
        self.store_byte(at, value);
        Ok(())
    }

    /// That no access has been outside of the heap, in this turn.
    #[inline(never)]
    pub(crate) fn sound(&self) -> Result<(), Error> {
        if self.missed.0.get() { Err(Error::corrupt(0)) } else { Ok(()) }
    }

    /// Runs `undo` although an access has been outside of the heap.
    pub(super) fn regardless<R>(&mut self, undo: impl FnOnce(&mut Self) -> R) -> R {
        let missed = self.missed.0.take();
        let result = undo(self);
        self.missed.0.set(missed | self.missed.0.get());
        result
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    extern crate std;
    use std::vec;

    use super::super::{QUEUE_COUNT, head};
    use crate::{Config, Error, Region};

    const OUTSIDE: u32 = u32::MAX;

    #[test]
    fn nothing_is_committed_once_an_access_was_outside_of_the_heap() {
        let mut memory = vec![0u64; 512];
        let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new().compact()).unwrap();
        let [mut party, _other] = region.split::<2>().unwrap();
        let mut turn = party.acquire().unwrap();
        let heap = &mut *turn.heap;
        // A change that stores outside is undone; one whose journal would have to reach there is not begun.
        for (granules, outside) in [([QUEUE_COUNT, 0], OUTSIDE), ([QUEUE_COUNT, OUTSIDE], QUEUE_COUNT)] {
            let changed = heap.atomically(granules, |heap| {
                heap.set_lo(QUEUE_COUNT, 9)?;
                heap.set_hi(outside, 9)
            });
            assert_eq!(changed, Err(Error::corrupt(0)));
            assert_eq!((heap.lo(QUEUE_COUNT), heap.hi(QUEUE_COUNT), heap.journal_len()), (Ok(0), Ok(0), 0));
        }
        let used = heap.lo(head::USED);
        assert_eq!(turn.put_message(1), Err(Error::corrupt(0)), "not in this turn any more");
        assert_eq!(turn.heap.lo(head::USED), used);
        drop(turn);
        let mut turn = party.acquire().unwrap();
        turn.put_message(1).unwrap();
        assert_eq!((turn.heap.word(OUTSIDE), turn.heap.sound()), (Ok(0), Err(Error::corrupt(0))));
    }
}
