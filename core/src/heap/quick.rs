//! Quick lists: small blocks just freed, kept as they are for whoever asks for the same size next.
//!
//! Most programs free what they soon ask for again. Merging a small block with its neighbours and cutting it out of them anew
//! touches three headers and two bins; handing it on touches only its own. So a small freed block, of up to 17 granules in most regions, becomes
//! *spare* first: not used, but not merged either ("deferred coalescing": Wilson, Johnstone, Neely and Boles, 1995).
//!
//! ```text
//!   quick list of 4 granules:  | block | 3 |    spare  | 4 granules | Spare, generation |   one store of its high half decides:
//!                                 |             header | next spare | 0                 |   Spare <-> loose of some kind
//!                                 '--> spare --> spare --> spare
//! ```
//!
//! Lists are short, so spares never take more than a twelfth of the region, and what they keep apart is merged when memory is
//! short ([`merge_spares`](Heap::merge_spares)): nothing is refused that would have fit without them. Regions below 8 KiB have no lists.
//!
//! Handing a block on touches no count and no counter: `used` and `blocks` in the head have spares among them (whoever asks
//! takes them off again), and the generation is the block's own, one more each time. Merging a block has
//! the head's generation catch up with it, so that no block at the same place ever has an old one again.
//!
//! Nothing here is believed after a crash: recovery takes spares for what they are, free memory.

#![forbid(unsafe_code)]

use super::{
    Heap,
    block::{Header, Kind, MIN_GRANULES, spare},
};
use crate::error::Error;

impl Heap<'_> {
    /// The word of the list for blocks of so many granules, if there is one.
    #[inline(always)]
    fn quick_list(&self, granules: u32) -> Option<u32> {
        let index = granules.wrapping_sub(MIN_GRANULES);
        if index < self.shape.quick_lists as u32 { Some(self.shape.quick_at() + index) } else { None }
    }

    /// A spare block of just this size, now loose and of kind `kind`; `None` when there is none. O(1).
    #[inline(always)]
    pub(super) fn take_spare(&mut self, granules: u32, kind: Kind) -> Result<Option<u32>, Error> {
        let Some(list) = self.quick_list(granules) else { return Ok(None) };
        let entry = self.word(list)?;
        let block = entry as u32;
        if block == 0 {
            return Ok(None);
        }
        let header = Header(self.word(block)?);
        if !header.is_kind(Kind::Spare) || header.granules() != granules {
            return Err(Error::corrupt(block));
        }
        let next = self.word(block + 1)? as u32;
        self.set_word(list, (entry >> 32).wrapping_sub(1) << 32 | next as u64)?;
        // The deciding store (the low half, which comes last where there are two, stays as it is).
        self.set_word(block, header.renewed(kind, self.slot).0)?;
        Ok(Some(block))
    }

    /// Makes a loose block spare, if there is room in its list. O(1).
    #[inline(always)]
    pub(super) fn make_spare(&mut self, block: u32, header: Header) -> Result<bool, Error> {
        let granules = header.granules();
        let Some(list) = self.quick_list(granules) else { return Ok(false) };
        let entry = self.word(list)?;
        let count = (entry >> 32) as u32;
        if count >= self.shape.quick_depth as u32 {
            return Ok(false);
        }
        // The deciding store.
        self.set_hi(block, spare(header.hi()))?;
        self.set_word(block + 1, entry as u32 as u64)?;
        self.set_word(list, (count as u64 + 1) << 32 | block as u64)?;
        Ok(true)
    }

    /// Merges all spares with their neighbours. Says whether there were any. O(lists times their depth).
    #[cold]
    pub(super) fn merge_spares(&mut self) -> Result<bool, Error> {
        let mut any = false;
        for list in self.quick_words() {
            // No more than a sound list has, whatever the words say.
            for _ in 0..self.shape.quick_depth {
                let entry = self.word(list)?;
                let block = entry as u32;
                if block == 0 {
                    break;
                }
                let header = self.header(block)?;
                if !header.is_kind(Kind::Spare) || self.quick_list(header.granules()) != Some(list) {
                    return Err(Error::corrupt(block));
                }
                let next = self.word(block + 1)? as u32;
                self.set_word(list, (entry >> 32).wrapping_sub(1) << 32 | next as u64)?;
                self.retire(header)?;
                self.merge(block)?;
                any = true;
            }
        }
        Ok(any)
    }

    /// A block that is about to be merged counts no more, and what is made of it shall have a generation of its own.
    pub(super) fn retire(&mut self, header: Header) -> Result<(), Error> {
        self.count_out(header.granules())?;
        self.catch_up(header.generation())
    }

    /// All lists empty, without looking at what was in them.
    pub(super) fn clear_quick_lists(&mut self) -> Result<(), Error> {
        for list in self.quick_words() {
            self.set_word(list, 0)?;
        }
        Ok(())
    }

    /// The words of all lists.
    pub(super) fn quick_words(&self) -> core::ops::Range<u32> {
        self.shape.quick_at()..self.shape.offs_at
    }

    /// Granules in all spares, and their number.
    pub(super) fn spares(&self) -> Result<(u32, u32), Error> {
        let (mut granules, mut blocks) = (0u32, 0u32);
        for (list, size) in self.quick_words().zip(MIN_GRANULES..) {
            let (_, count) = self.quick_entry(list)?;
            granules = granules.wrapping_add(count.wrapping_mul(size));
            blocks = blocks.wrapping_add(count);
        }
        Ok((granules, blocks))
    }

    /// First spare and number of spares, as a list's word has them.
    pub(super) fn quick_entry(&self, list: u32) -> Result<(u32, u32), Error> {
        let entry = self.word(list)?;
        Ok((entry as u32, (entry >> 32) as u32))
    }
}
