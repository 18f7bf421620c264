//! Allocate, free and grow blocks: O(1), and in each exactly one store decides.
//!
//! ```text
//!  allocate   | free 10             |      | used 4 | free 6 |     the free header of the rest is written first, inside
//!             '- header: size 4 ----'                              the free block; then one store of the used header
//!             | spare 4 |                      | used 4 |              one store of its header (see `quick.rs`)
//!  free       | used 4 | free 6 |          | free 10         |     one store of its header; merging changes nothing
//!             | used 4 |                  | spare 4 |             the same
//!  grow       | used 4 | free 6 |          | used 7 | free 3 |     the header of the rest first, then one store of the size
//! ```
//!
//! A reader who walks from header to header sees the old division before that store and the new one after it. When
//! bins and `PREV_FREE` flags are put right, before or after, does not matter: recovery does not need them.

#![forbid(unsafe_code)]

use super::{
    Heap,
    block::{FREE, Header, Kind, LOOSE, MIN_GRANULES, PREV_FREE, loose},
    head,
};
use crate::{door, error::Error};

/// The largest block: 30 bits of granules, 8 GiB.
const MAX_GRANULES: u32 = (1 << 30) - 1;

impl Heap<'_> {
    /// A block of at least `granules` (header included), in the holdings of this turn's party, of kind `kind`.
    ///
    /// O(1). Contents are whatever was there. Fails with [`Error::OutOfMemory`], having changed nothing.
    pub(crate) fn allocate(&mut self, granules: u32, kind: Kind) -> Result<u32, Error> {
        let granules = granules.max(MIN_GRANULES);
        #[cfg(feature = "spares")]
        if let Some(block) = self.locally(|heap| heap.take_spare(granules, kind))? {
            return Ok(block);
        }
        self.allocate_fresh(granules, kind)
    }

    /// A block cut out of free memory.
    #[inline(never)]
    fn allocate_fresh(&mut self, granules: u32, kind: Kind) -> Result<u32, Error> {
        self.sound()?;
        match self.locally(|heap| heap.take_fitting(granules))? {
            Some((block, free)) => self.cut(block, free.granules, granules, kind),
            None => self.allocate_tight(granules, kind),
        }
    }

    /// The slow path of a full region.
    #[cold]
    fn allocate_tight(&mut self, granules: u32, kind: Kind) -> Result<u32, Error> {
        if granules > MAX_GRANULES {
            return Err(Error::TooLarge);
        }
        let mut found = None;
        if self.merge_spares()? {
            found = self.take_fitting(granules)?;
        }
        if found.is_none() {
            found = self.take_tight(granules)?;
        }
        match found {
            Some((block, free)) => self.cut(block, free.granules, granules, kind),
            None => Err(self.out_of_memory(granules)),
        }
    }

    /// Makes a used block of a free one that is in no bin any more; what is left over is free again.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn cut(&mut self, block: u32, size: u32, granules: u32, kind: Kind) -> Result<u32, Error> {
        let rest = size - granules;
        let taken = if rest >= MIN_GRANULES {
            self.put_rest(block.wrapping_add(granules), rest)?;
            granules
        } else {
            let next = block.wrapping_add(size);
            self.set_lo(next, self.lo(next)? & !PREV_FREE)?;
            size
        };
        self.locally(|heap| {
            let generation = heap.next_generation()?;
            heap.sound()?;
            // The deciding store (on hosts that need two, the low half, with size and FREE flag, comes last).
            heap.set_word(block, Header::used(taken, loose(kind, heap.slot, generation)).0)?;
            heap.count_in(taken)
        })?;
        Ok(block)
    }

    /// Frees a loose block: makes it spare, or merges it with free neighbours. O(1).
    ///
    /// Returns where the free memory that it became part of begins and ends.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn free(&mut self, block: u32) -> Result<(u32, u32), Error> {
        let header = self.header(block)?;
        if header.is_free() || header.hi() & LOOSE == 0 || header.granules() < MIN_GRANULES {
            return Err(Error::corrupt(block));
        }
        #[cfg(feature = "spares")]
        if self.locally(|heap| heap.make_spare(block, header))? {
            return Ok((block, block.wrapping_add(header.granules())));
        }
        self.retire(header)?;
        self.merge(block)
    }

    /// Makes a block that counts as used no more free, and one with its free neighbours.
    #[inline(never)]
    pub(super) fn merge(&mut self, block: u32) -> Result<(u32, u32), Error> {
        self.locally(|heap| heap.merge_here(block))
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn merge_here(&mut self, block: u32) -> Result<(u32, u32), Error> {
        let lo = self.lo(block)?;
        let size = lo >> 2;
        let next = block.wrapping_add(size);
        let (mut start, mut end) = (block, next);
        let after = self.lo(next)?;
        if after & FREE != 0 {
            let after = self.free_block(next)?;
            self.unlink(next, after)?;
            end = end.wrapping_add(after.granules);
        } else {
            self.set_lo(next, after | PREV_FREE)?;
        }
        if lo & PREV_FREE != 0 {
            let before = self.hi(block.wrapping_sub(1))?;
            start = block.checked_sub(before).ok_or(Error::corrupt(block))?;
            let free = self.free_block(start)?;
            if free.granules != before {
                return Err(Error::corrupt(start));
            }
            self.unlink(start, free)?;
            // Free by itself first: this store decides. Were the block only swallowed by the free one before it, its own
            // header would still look alive to an old handle, and after a death right there it would do so for ever.
            self.set_lo(block, size << 2 | FREE)?;
            // Inside of a free block now, where a link or the end of some text may come to lie on that half alone.
            self.set_hi(block, 0)?;
        }
        // In here, the deciding store, or the merger of two free blocks.
        self.put_free(start, end.wrapping_sub(start))?;
        self.sound()?;
        Ok((start, end))
    }

    /// [`put_free`](Self::put_free), where it is not worth a copy of its code.
    #[inline(never)]
    pub(super) fn put_rest(&mut self, block: u32, granules: u32) -> Result<(), Error> {
        self.locally(|heap| heap.put_free(block, granules))
    }

    /// Makes a block at least `granules` long without moving it, if the block after it is free and long enough. O(1).
    pub(crate) fn grow(&mut self, block: u32, granules: u32) -> Result<bool, Error> {
        let header = self.header(block)?;
        let size = header.granules();
        if granules <= size {
            return Ok(true);
        }
        let next = block.wrapping_add(size);
        if next > self.end() || granules > MAX_GRANULES || !self.header(next)?.is_free() {
            return Ok(false);
        }
        let after = self.free_block(next)?;
        let total = size + after.granules;
        if total < granules {
            return Ok(false);
        }
        self.unlink(next, after)?;
        let rest = total - granules;
        let taken = if rest >= MIN_GRANULES {
            self.put_rest(block.wrapping_add(granules), rest)?;
            granules
        } else {
            let after = block.wrapping_add(total);
            self.set_lo(after, self.lo(after)? & !PREV_FREE)?;
            total
        };
        // The deciding store.
        self.set_lo(block, taken << 2 | header.lo() & PREV_FREE)?;
        let used = self.lo(head::USED)?;
        self.set_lo(head::USED, used.wrapping_add(taken - size))?;
        Ok(true)
    }

    /// Parts a loose block in two by one store: `front` granules stay, and what is behind them is a block with `hi` from then on.
    pub(crate) fn part(&mut self, block: u32, front: u32, hi: u32) -> Result<u32, Error> {
        let header = self.header(block)?;
        let rest = header.granules().wrapping_sub(front);
        if header.granules() < front + MIN_GRANULES {
            return Err(Error::corrupt(block));
        }
        let behind = block.wrapping_add(front);
        self.set_word(behind, Header::used(rest, hi).0)?;
        door::publish();
        // The deciding store.
        self.set_lo(block, front << 2 | header.lo() & PREV_FREE)?;
        self.count_in(0)?;
        Ok(behind)
    }

    /// What [`Error::OutOfMemory`] says now.
    #[cfg(feature = "details")]
    #[cold]
    pub(crate) fn out_of_memory(&self, granules: u32) -> Error {
        let bytes = |granules: u32| (granules as usize).saturating_mul(8);
        match (self.largest_free(), self.used()) {
            (Ok(largest), Ok((used, _))) => Error::OutOfMemory {
                requested: bytes(granules),
                largest_free: bytes(largest),
                total_free: bytes((self.end() - self.shape.first).saturating_sub(used)),
            },
            (Err(error), _) | (_, Err(error)) => error,
        }
    }

    /// What [`Error::OutOfMemory`] says now: no more than that.
    #[cfg(not(feature = "details"))]
    pub(crate) fn out_of_memory(&self, _: u32) -> Error {
        Error::OutOfMemory {}
    }

    /// Granules in used blocks, and their number. O(1).
    pub(crate) fn used(&self) -> Result<(u32, u32), Error> {
        let (word, (granules, blocks)) = (self.word(head::USED)?, self.spares()?);
        Ok(((word as u32).wrapping_sub(granules), ((word >> 32) as u32).wrapping_sub(blocks)))
    }

    /// Stores the counts of a heap without spares.
    pub(super) fn set_used(&mut self, granules: u32, blocks: u32) -> Result<(), Error> {
        self.set_word(head::USED, (blocks as u64) << 32 | granules as u64)
    }

    /// One more used block, of so many granules.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn count_in(&mut self, granules: u32) -> Result<(), Error> {
        let used = self.word(head::USED)?;
        self.set_word(head::USED, used.wrapping_add(1 << 32 | granules as u64))
    }

    /// One less.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn count_out(&mut self, granules: u32) -> Result<(), Error> {
        let used = self.word(head::USED)?;
        self.set_word(head::USED, used.wrapping_sub(1 << 32 | granules as u64))
    }

    /// A number for the next block's handles: never 0, so that a handle is never all zeros.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn next_generation(&mut self) -> Result<u16, Error> {
        let generation = match (self.hi(head::GENERATION)? as u16).wrapping_add(1) {
            0 => 1,
            generation => generation,
        };
        self.set_hi(head::GENERATION, generation as u32)?;
        Ok(generation)
    }

    /// No block made from now on has this generation, or one before it.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn catch_up(&mut self, generation: u16) -> Result<(), Error> {
        let last = self.hi(head::GENERATION)?;
        // Generations go round: "after" is the shorter way.
        if (generation.wrapping_sub(last as u16) as i16) > 0 {
            self.set_hi(head::GENERATION, generation as u32)?;
        }
        Ok(())
    }
}
