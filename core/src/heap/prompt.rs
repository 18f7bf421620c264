//! Words, halves and bytes of the heap, where errors carry details (feature `details`): an access outside is one at once.
//!
//! The other way to the same end, for small cores, is `late.rs`. Both offer the same functions.

#![forbid(unsafe_code)]

use super::Heap;
use crate::{door, error::Error};

/// What has to be remembered about accesses outside of the heap: nothing.
#[derive(Clone, Copy, Default)]
pub(super) struct Missed(());

/// Loads.
impl Heap<'_> {
    #[inline(always)]
    pub(crate) fn word(&self, at: u32) -> Result<u64, Error> {
        match self.words.get(at as usize) {
            Some(word) => Ok(u64::from_le(*word)),
            None => Err(Error::corrupt(at)),
        }
    }

    // Halves are loaded as halves: a load of the whole word soon after a store of one half would have to wait for that
    // store to leave the processor's store buffer.

    #[inline(always)]
    fn halves(&self, at: u32) -> Result<&[u32; 2], Error> {
        self.words.get(at as usize).map(bytemuck::cast_ref).ok_or(Error::corrupt(at))
    }

    #[inline(always)]
    pub(crate) fn lo(&self, at: u32) -> Result<u32, Error> {
        Ok(u32::from_le(self.halves(at)?[0]))
    }

    #[inline(always)]
    pub(crate) fn hi(&self, at: u32) -> Result<u32, Error> {
        Ok(u32::from_le(self.halves(at)?[1]))
    }

    /// The `index`th half-word of an array that starts at granule `at`.
    #[inline(always)]
    pub(crate) fn half(&self, at: u32, index: u32) -> Result<u32, Error> {
        let half = (at as usize).checked_mul(2).and_then(|half| half.checked_add(index as usize));
        match half.and_then(|half| bytemuck::cast_slice::<u64, u32>(self.words).get(half)) {
            Some(half) => Ok(u32::from_le(*half)),
            None => Err(Error::corrupt(at)),
        }
    }

    /// One byte, by its distance from the heap's start.
    #[inline(always)]
    pub(crate) fn byte(&self, at: usize) -> Result<u8, Error> {
        match bytemuck::cast_slice::<u64, u8>(self.words).get(at) {
            Some(byte) => Ok(*byte),
            None => Err(Error::corrupt((at / 8) as u32)),
        }
    }
}

/// Stores, each through the door.
impl Heap<'_> {
    #[inline(always)]
    pub(crate) fn set_word(&mut self, at: u32, value: u64) -> Result<(), Error> {
        self.changed = true;
        door::store_word(self.words, at, value).ok_or(Error::corrupt(at))
    }

    /// Stores two words from granule `at` on, in this order.
    #[inline(always)]
    pub(crate) fn set_two(&mut self, at: u32, values: [u64; 2]) -> Result<(), Error> {
        self.changed = true;
        door::store_two(self.words, at, values).ok_or(Error::corrupt(at))
    }

    /// The same as [`set_word`](Self::set_word), and where the host needs two stores, the low half is the first.
    #[inline(always)]
    pub(crate) fn set_word_low_first(&mut self, at: u32, value: u64) -> Result<(), Error> {
        self.changed = true;
        door::store_word_low_first(self.words, at, value).ok_or(Error::corrupt(at))
    }

    #[inline(always)]
    pub(crate) fn set_lo(&mut self, at: u32, value: u32) -> Result<(), Error> {
        self.changed = true;
        door::store_low(self.words, at, value).ok_or(Error::corrupt(at))
    }

    #[inline(always)]
    pub(crate) fn set_hi(&mut self, at: u32, value: u32) -> Result<(), Error> {
        self.changed = true;
        door::store_high(self.words, at, value).ok_or(Error::corrupt(at))
    }

    /// Stores the `index`th half-word of an array that starts at granule `at`.
    #[inline(always)]
    pub(crate) fn set_half(&mut self, at: u32, index: u32, value: u32) -> Result<(), Error> {
        self.changed = true;
        door::store_half(self.words, at, index, value).ok_or(Error::corrupt(at))
    }

    #[inline(always)]
    pub(crate) fn set_byte(&mut self, at: usize, value: u8) -> Result<(), Error> {
        self.changed = true;
        door::store_byte(self.words, at, value).ok_or(Error::corrupt((at / 8) as u32))
    }

    /// That no access has been outside of the heap: it would have been an error there.
    #[inline(always)]
    pub(crate) fn sound(&self) -> Result<(), Error> {
        let Missed(()) = self.missed;
        Ok(())
    }

    /// Runs `undo` although an access has been outside of the heap.
    #[inline(always)]
    pub(super) fn regardless<R>(&mut self, undo: impl FnOnce(&mut Self) -> R) -> R {
        undo(self)
    }
}
