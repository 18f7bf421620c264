//! Bins: free blocks sorted by size so that finding one takes two bit searches (two-level segregated fit).
//!
//! After Masmano, Ripoll, Crespo and Real, "TLSF: a new dynamic memory allocator for real-time systems" (2004).
//! A *row* holds sizes between two powers of two, divided evenly into *columns*; row 0 holds the sizes smaller than
//! the number of columns, one size a column. Bins are numbered row after row.
//!
//! ```text
//!            col 0  1  2  3          (4 columns: regions below 16 KiB; up to 32 in larger ones)
//!   row 0        .  .  2  3          granules
//!   row 1        4  5  6  7
//!   row 2        8 10 12 14          a bin holds sizes from its own up to the next one's
//!   row 3       16 20 24 28          a search begins at the first bin whose every block fits
//! ```
//!
//! A bit for each bin tells whether it has a block, in *maps* of 32 bins, and a bit for each map tells whether it has any.
//!
//! Nothing here is believed after a crash: recovery clears it all and inserts every free block anew.

#![forbid(unsafe_code)]

use super::{
    Heap,
    block::{FREE, MIN_GRANULES},
    head,
};
use crate::error::Error;

/// How many blocks of a partly fitting bin are tried before giving up, so that time stays bounded.
const TRIES: u32 = 16;

/// A free block as its header tells it.
#[derive(Clone, Copy)]
pub(super) struct FreeBlock {
    pub(super) granules: u32,
    /// The next one in its bin; 0: none.
    pub(super) next: u32,
}

impl Heap<'_> {
    /// The bin that blocks of this size are kept in.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn bin_of(&self, granules: u32) -> u32 {
        let log2 = self.shape.columns_log2 as u32;
        // From row 2 on sizes are shifted, so that their leading 1 stands where it does in row 1; there it counts as a row.
        let shift = (granules | self.shape.columns()).ilog2() - log2;
        (shift << log2) + (granules >> shift)
    }

    /// A free block of at least `granules` (2 or more), taken out of its bin; `None` when no bin is sure to have one.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn take_fitting(&mut self, granules: u32) -> Result<Option<(u32, FreeBlock)>, Error> {
        let Some(bin) = self.next_filled(self.bin_of(granules - 1) + 1)? else { return Ok(None) };
        let block = self.bin(bin)?;
        let free = self.free_block(block)?;
        if free.granules < granules {
            return Err(Error::corrupt(block));
        }
        self.unlink_first(bin, free)?;
        Ok(Some((block, free)))
    }

    /// The same where memory is short: blocks in the bin that `granules` itself belongs to may still fit.
    pub(super) fn take_tight(&mut self, granules: u32) -> Result<Option<(u32, FreeBlock)>, Error> {
        let bin = self.bin_of(granules);
        if bin >= self.bins() {
            return Ok(None);
        }
        let mut block = self.bin(bin)?;
        for _ in 0..TRIES {
            if block == 0 {
                return Ok(None);
            }
            let free = self.free_block(block)?;
            if free.granules >= granules {
                self.unlink(block, free)?;
                return Ok(Some((block, free)));
            }
            block = free.next;
        }
        Ok(None)
    }

    /// The first bin at or after `bin` that has a block.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn next_filled(&self, bin: u32) -> Result<Option<u32>, Error> {
        if bin >= self.bins() {
            return Ok(None);
        }
        let map = bin / 32;
        let filled = self.map(map)? & (u32::MAX << (bin % 32));
        if filled != 0 {
            return Ok(Some(map * 32 + filled.trailing_zeros()));
        }
        let maps = self.hi(head::MAPS)? & (u32::MAX << map << 1);
        if maps == 0 {
            return Ok(None);
        }
        let map = maps.trailing_zeros();
        let bin = map * 32 + self.map(map)?.trailing_zeros();
        if bin >= self.bins() {
            return Err(Error::corrupt(head::MAPS));
        }
        Ok(Some(bin))
    }

    /// Writes the header of a free block, by one store that whoever calls may count on, and puts the block into its bin.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn put_free(&mut self, block: u32, granules: u32) -> Result<(), Error> {
        let bin = self.bin_of(granules);
        if bin >= self.bins() {
            return Err(Error::corrupt(block));
        }
        let next = self.bin(bin)?;
        self.set_word_low_first(block, (next as u64) << 32 | (granules << 2 | FREE) as u64)?;
        self.set_hi(block.wrapping_add(granules).wrapping_sub(1), granules)?;
        self.set_bin(bin, block)?;
        if next != 0 {
            return self.set_lo(next.wrapping_add(1), block);
        }
        self.set_map(bin / 32, self.map(bin / 32)? | 1 << (bin % 32))?;
        self.set_hi(head::MAPS, self.hi(head::MAPS)? | 1 << (bin / 32))
    }

    /// Takes a free block out of its bin.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn unlink(&mut self, block: u32, free: FreeBlock) -> Result<(), Error> {
        let bin = self.bin_of(free.granules);
        if bin >= self.bins() {
            return Err(Error::corrupt(block));
        }
        if self.bin(bin)? == block {
            return self.unlink_first(bin, free);
        }
        let prev = self.lo(block.wrapping_add(1))?;
        if self.hi(prev)? != block {
            return Err(Error::corrupt(block));
        }
        self.set_hi(prev, free.next)?;
        if free.next == 0 { Ok(()) } else { self.set_lo(free.next.wrapping_add(1), prev) }
    }

    /// Takes the first block out of a bin. The link back from the next one becomes meaningless.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn unlink_first(&mut self, bin: u32, free: FreeBlock) -> Result<(), Error> {
        self.set_bin(bin, free.next)?;
        if free.next != 0 {
            return Ok(());
        }
        let filled = self.map(bin / 32)? & !(1 << (bin % 32));
        self.set_map(bin / 32, filled)?;
        let maps = self.hi(head::MAPS)? & !(((filled == 0) as u32) << (bin / 32));
        self.set_hi(head::MAPS, maps)
    }

    /// The header of a block found through a bin or a neighbour, which must be free.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn free_block(&self, block: u32) -> Result<FreeBlock, Error> {
        let (lo, next) = (self.lo(block)?, self.hi(block)?);
        if lo & FREE == 0 {
            return Err(Error::corrupt(block));
        }
        Ok(FreeBlock { granules: lo >> 2, next })
    }

    /// All bins empty.
    pub(super) fn clear_bins(&mut self) -> Result<(), Error> {
        self.set_hi(head::MAPS, 0)?;
        for at in self.shape.maps_at()..self.shape.quick_at() {
            self.set_word(at, 0)?;
        }
        Ok(())
    }

    /// Granules of the largest free block: the largest in the highest bin. O(blocks in that bin).
    pub(crate) fn largest_free(&self) -> Result<u32, Error> {
        let maps = self.hi(head::MAPS)?;
        if maps == 0 {
            return Ok(0);
        }
        let map = maps.ilog2();
        let filled = if map < self.shape.maps() { self.map(map)? } else { 0 };
        if filled == 0 {
            return Err(Error::corrupt(head::MAPS));
        }
        let mut block = self.bin(map * 32 + filled.ilog2())?;
        let mut largest = 0;
        // A bin of a sound heap has fewer blocks than the heap has pairs of granules.
        for _ in 0..self.end() / MIN_GRANULES {
            if block == 0 {
                break;
            }
            let free = self.free_block(block)?;
            largest = largest.max(free.granules);
            block = free.next;
        }
        Ok(largest)
    }

    /// Number of bins.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn bins(&self) -> u32 {
        self.shape.bins
    }

    /// First block of a bin; 0: none.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn bin(&self, bin: u32) -> Result<u32, Error> {
        self.half(self.shape.bins_at, bin)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn set_bin(&mut self, bin: u32, block: u32) -> Result<(), Error> {
        self.set_half(self.shape.bins_at, bin, block)
    }

    /// Which of 32 bins have a block.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn map(&self, map: u32) -> Result<u32, Error> {
        self.half(self.shape.maps_at(), map)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn set_map(&mut self, map: u32, filled: u32) -> Result<(), Error> {
        self.set_half(self.shape.maps_at(), map, filled)
    }
}
