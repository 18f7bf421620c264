//! Recovery: what the next party does when one has died, or leaves.
//!
//! 1. Undo the journal: the operation that was under way has not happened.
//! 2. Walk the chain of blocks; rebuild the bins, the `PREV_FREE` flags and all counts from it.
//! 3. Walk the queue of messages, and have its links and counts agree with who is in it (see `queue.rs`).
//! 4. Finish emptying a list or map that was being truncated or cleared (its deciding store was made).
//! 5. Give back what the dead party held: messages that it took and had not finished go back into the queue where
//!    they stood; everything else loose is destroyed.
//! 6. Strike the party off `dead`.
//!
//! Whoever is killed in here leaves `dead` as it was and is itself added by the next one, who starts again at 1. Every
//! step can be repeated: undo stores what is there already, the walks begin anew, giving back is made of ordinary operations.
//!
//! O(blocks) for the walks and the size of what is destroyed; no allocation.

#![forbid(unsafe_code)]

use super::{
    Form, Heap,
    block::{FREE, Kind, MARK, MIN_GRANULES, PREV_FREE},
    head,
};
use crate::error::Error;

/// What a recovery found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Recovery {
    /// Words of an unfinished operation put back.
    pub undone: u32,
    /// Messages taken but not finished, put back into the queue.
    pub requeued: u32,
    /// Loose blocks destroyed, each with all that it contained.
    pub destroyed: u32,
}

impl Heap<'_> {
    /// Notes that the party in `slot` is dead, so that even if we die too its holdings are not forgotten.
    pub(crate) fn mark_dead(&mut self, slot: u8) {
        if let Ok(dead) = self.lo(head::DEAD) {
            let marked = self.set_lo(head::DEAD, dead | 1u32.wrapping_shl(slot as u32));
            debug_assert!(marked.is_ok(), "granule 0 is inside every heap");
        }
    }

    /// The incarnation before this one in this turn's slot, if it left anything behind.
    #[cfg(not(feature = "recovery"))]
    pub(crate) fn left_behind(&self, incarnation: u32) -> Option<u32> {
        let (former, held) = (self.lo(self.shape.party(self.slot)).ok()?, self.held_by(self.slot).ok()?);
        (former != incarnation && held != 0).then_some(former)
    }

    /// First turn of a party in a slot where nothing was left behind.
    #[cfg(not(feature = "recovery"))]
    pub(crate) fn admit(&mut self, incarnation: u32) -> Result<(), Error> {
        self.set_lo(self.shape.party(self.slot), incarnation)
    }

    /// First turn of a party: gives back what an earlier incarnation left in this slot.
    #[cfg(feature = "recovery")]
    pub(crate) fn admit(&mut self, incarnation: u32) -> Result<Option<Recovery>, Error> {
        let at = self.shape.party(self.slot);
        if self.lo(at)? == incarnation {
            return Ok(None);
        }
        let recovery = if self.hi(at)? != 0 { Some(self.give_back()?) } else { None };
        self.set_lo(at, incarnation)?;
        Ok(recovery)
    }

    /// Gives back everything this turn's party holds: what `leave` does. O(blocks) if it holds anything, else O(1).
    #[cfg(feature = "recovery")]
    pub(crate) fn give_back(&mut self) -> Result<Recovery, Error> {
        if self.hi(self.shape.party(self.slot))? == 0 {
            return Ok(Recovery::default());
        }
        self.mark_dead(self.slot);
        self.recover()
    }

    /// Objects in the holdings of `slot`, by its count.
    pub(crate) fn held_by(&self, slot: u8) -> Result<u32, Error> {
        self.hi(self.shape.party(slot))
    }

    /// Makes the heap whole again after the deaths noted in `dead`.
    #[cfg(feature = "recovery")]
    pub(crate) fn recover(&mut self) -> Result<Recovery, Error> {
        let mut recovery = Recovery { undone: self.undo()?, ..Recovery::default() };
        let dead = self.lo(head::DEAD)?;
        let holders = self.rebuild()?;
        self.repair_queue()?;
        self.finish_drain()?;
        if holders & dead != 0 {
            self.give_back_all(dead, &mut recovery)?;
            for slot in (0..self.shape.parties).filter(|slot| dead >> slot & 1 != 0) {
                self.set_hi(self.shape.party(slot), 0)?;
            }
        }
        self.sound()?;
        self.set_lo(head::DEAD, 0)?;
        Ok(recovery)
    }

    /// From this store on, the elements of a list from `keep` on, or all entries of a map, are gone: whoever has the turn
    /// finishes it.
    #[cfg(feature = "containers")]
    pub(crate) fn begin_drain(&mut self, container: u32, keep: u32) -> Result<(), Error> {
        self.set_word(head::DRAIN, (keep as u64) << 32 | container as u64)
    }

    /// Destroys what [`begin_drain`](Self::begin_drain) gave up, an object at a time, from the end.
    #[cfg(feature = "containers")]
    pub(crate) fn finish_drain(&mut self) -> Result<(), Error> {
        let (container, keep) = (self.lo(head::DRAIN)?, self.hi(head::DRAIN)?);
        if container == 0 {
            return Ok(());
        }
        let form = self.header(container)?.form();
        while let Some(last) = match form {
            Form::Cells => self.last_in_list(container, keep)?,
            Form::Table => self.last_in_map(container)?,
            _ => return Err(Error::corrupt(head::DRAIN)),
        } {
            let object = last.object;
            self.detach_last(last)?;
            self.destroy_block(object)?;
        }
        if let Form::Cells = form {
            self.set_hi(container + 1, keep)?;
        } else {
            let body = self.take_body(container)?;
            if body != 0 {
                self.free(body)?;
            }
            // Its capacity.
            self.set_hi(container + 3, 0)?;
        }
        self.set_lo(head::DRAIN, 0)
    }

    /// Rebuilds everything that follows from the chain of blocks. Returns a bit for each slot that holds something.
    pub(super) fn rebuild(&mut self) -> Result<u32, Error> {
        self.clear_bins()?;
        self.clear_quick_lists()?;
        for slot in 0..self.shape.parties {
            self.set_hi(self.shape.party(slot), 0)?;
        }
        let (mut used, mut blocks, mut holders) = (0, 0, 0);
        let (mut at, mut free_from) = (self.shape.first, 0);
        let end = self.end();
        while at < end {
            let header = self.header(at)?;
            let size = header.granules();
            if size < MIN_GRANULES || size > end - at {
                return Err(Error::corrupt(at));
            }
            let spare = header.is_kind(Kind::Spare);
            if header.is_free() || spare {
                if spare {
                    self.catch_up(header.generation())?;
                }
                if free_from == 0 {
                    free_from = at;
                } else if header.hi() != 0 {
                    // As freeing does with a header that comes to lie inside of a free block, and in that order.
                    self.set_lo(at, size << 2 | FREE)?;
                    self.set_hi(at, 0)?;
                }
            } else {
                self.close_free(free_from, at)?;
                let expected = size << 2 | if free_from != 0 { PREV_FREE } else { 0 };
                if header.lo() != expected {
                    self.set_lo(at, expected)?;
                }
                if header.hi() & MARK != 0 {
                    self.set_hi(at, header.hi() & !MARK)?;
                }
                free_from = 0;
                used += size;
                blocks += 1;
                if let Some(slot) = header.holder() {
                    holders |= 1 << slot;
                    self.count_one_held(slot)?;
                }
            }
            at += size;
        }
        self.close_free(free_from, end)?;
        let mark = self.header(end)?;
        if !mark.is_kind(Kind::End) {
            return Err(Error::corrupt(end));
        }
        self.set_lo(end, 1 << 2 | if free_from != 0 { PREV_FREE } else { 0 })?;
        self.set_used(used, blocks)?;
        Ok(holders)
    }

    /// One more block in the holdings of `slot`. (A slot that the region does not have is a damaged header's.)
    fn count_one_held(&mut self, slot: u8) -> Result<(), Error> {
        if slot >= self.shape.parties {
            return Ok(());
        }
        let at = self.shape.party(slot);
        let held = self.hi(at)?;
        self.set_hi(at, held.wrapping_add(1))
    }

    /// One free block from `from` to `to`, unless there is none.
    fn close_free(&mut self, from: u32, to: u32) -> Result<(), Error> {
        if from == 0 {
            return Ok(());
        }
        self.put_rest(from, to - from)
    }

    #[cfg(feature = "recovery")]
    fn give_back_all(&mut self, dead: u32, recovery: &mut Recovery) -> Result<(), Error> {
        let mut at = self.shape.first;
        while at < self.end() {
            let header = self.header(at)?;
            let size = header.granules();
            if size < MIN_GRANULES {
                return Err(Error::corrupt(at));
            }
            let ours = !header.is_free() && header.holder().is_some_and(|slot| dead >> slot & 1 != 0);
            if ours && header.is_kind(Kind::Message) {
                self.requeue(at)?;
                recovery.requeued += 1;
            } else if ours {
                // Destroying frees blocks on both sides; what matters is where the free block with this one in it ends.
                at = self.destroy_block(at)?.1;
                recovery.destroyed += 1;
                continue;
            }
            at += size;
        }
        Ok(())
    }
}
