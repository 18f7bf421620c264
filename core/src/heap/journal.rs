//! The journal: old words that undo an operation which did not get to its end.
//!
//! An operation that has to change several words of living objects writes their old values here first. Storing the
//! number of entries puts them in force; storing 0 commits. A death in between leaves a number, and recovery puts the
//! old words back.
//!
//! ```text
//!   entries 0..n: (granule, old word)     journal_len = n     stores ...     journal_len = 0
//!   '------------ not in force ------------------'  '---- crash here: undo ----'  '-- committed
//! ```
//!
//! **Shifts.** Inserting into a list moves all later elements by one: too many words to journal. A [`Shift`] moves
//! them a chunk at a time and keeps a cursor, so that it can be run backwards from wherever it stopped. The old
//! contents of the chunk being overwritten stand in the journal's unused entries:
//!
//! ```text
//!   insert: elements at and after `cursor` have moved up        remove: those before `cursor` have moved down
//!   | a b c d e . |  ->  | a b c d . e |  ->  | a b . c d e |   | a x c d e |  ->  | a c . d e |  ->  | a c d e . |
//!                 ^cursor          ^cursor        ^cursor             ^cursor            ^cursor              ^cursor
//! ```
//!
//! A chunk record counts only while its `chunk_at` equals the cursor, so moving the cursor by one store both ends the
//! chunk and keeps it. A shift counts only while the journal is not empty. Undo first puts a torn chunk back, then
//! moves the cursor back to `limit` chunk by chunk, by the same steps, so undo itself may be killed and taken up again.

#![forbid(unsafe_code)]

use super::{
    Heap,
    head::{JOURNAL_LEN, SHIFT_CELLS, SHIFT_CHUNK, SHIFT_CURSOR, SHIFT_TO},
};
use crate::{door, error::Error};

/// `chunk_at` when there is no chunk: no cursor gets there.
const NO_CHUNK: u32 = u32::MAX;

/// Where the elements of a list lie: 8-byte payloads from granule `cells + 1`, then `cap` tag bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shift {
    pub(crate) cells: u32,
    pub(crate) cap: u32,
}

impl Heap<'_> {
    /// Runs `change`, which may store to the words named by `granules` (and to anything not reachable yet): all of it
    /// happens, or, on an error or a death, none. A granule 0 in the list stands for "no such word".
    #[inline(always)]
    pub(crate) fn atomically<R, const N: usize>(
        &mut self,
        granules: [u32; N],
        change: impl FnOnce(&mut Heap<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let result = self.locally(|heap| heap.journaled(granules, change));
        if result.is_err() { self.roll_back(result) } else { result }
    }

    /// The same for as many words as there turn out to be.
    #[cfg(feature = "serde")]
    #[inline(always)]
    pub(crate) fn atomically_all<R>(
        &mut self,
        granules: &[u32],
        change: impl FnOnce(&mut Heap<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let result = self.locally(|heap| {
            heap.remember(granules)?;
            let result = change(heap)?;
            heap.sound()?;
            heap.commit()?;
            Ok(result)
        });
        if result.is_err() { self.roll_back(result) } else { result }
    }

    #[inline(always)]
    fn journaled<R, const N: usize>(
        &mut self,
        granules: [u32; N],
        change: impl FnOnce(&mut Heap<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.remember(&granules)?;
        let result = change(self)?;
        self.sound()?;
        self.commit()?;
        Ok(result)
    }

    /// Puts the journal in force: the old words at these granules. (Where flash is short, one copy of this must do.)
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn remember(&mut self, granules: &[u32]) -> Result<(), Error> {
        let mut len = 0;
        if granules.len() > self.shape.journal as usize {
            return Err(Error::JournalFull);
        }
        for &at in granules {
            if at != 0 {
                let old = self.word(at)?;
                self.set_word(self.shape.olds_at + len, old)?;
                self.set_half(self.shape.offs_at, len, at)?;
                len += 1;
            }
        }
        self.sound()?;
        door::publish();
        self.set_lo(JOURNAL_LEN, len)?;
        door::publish();
        Ok(())
    }

    /// Gives two words other values: both or, on an error or a death, none. [`atomically`](Self::atomically) for what happens most:
    /// nothing is asked, and both entries of the journal are written at once. The order of what decides is the same.
    #[cfg(all(feature = "containers", target_pointer_width = "64"))]
    #[inline(always)]
    pub(crate) fn change_two(&mut self, [(a, new_a), (b, new_b)]: [(u32, u64); 2]) -> Result<(), Error> {
        if self.shape.journal < 2 {
            return Err(Error::JournalFull);
        }
        let olds = [self.word(a)?, self.word(b)?];
        self.set_two(self.shape.olds_at, olds)?;
        self.set_word(self.shape.offs_at, (b as u64) << 32 | a as u64)?;
        self.sound()?;
        door::publish();
        self.set_lo(JOURNAL_LEN, 2)?;
        door::publish();
        let stored = self.set_word(a, new_a).and_then(|()| self.set_word(b, new_b));
        let changed = stored.and_then(|()| self.sound()).and_then(|()| self.commit());
        if changed.is_err() { self.roll_back(changed) } else { changed }
    }

    /// Empties the journal: what was remembered is the past.
    #[inline(always)]
    fn commit(&mut self) -> Result<(), Error> {
        door::publish();
        // The deciding store.
        self.set_lo(JOURNAL_LEN, 0)?;
        door::publish();
        Ok(())
    }

    /// Does nothing if it failed before the journal was in force.
    #[cold]
    fn roll_back<R>(&mut self, result: Result<R, Error>) -> Result<R, Error> {
        self.regardless(|heap| heap.undo())?;
        result
    }

    /// Puts back what the journal remembers. Returns the number of words. Does nothing when it is empty.
    pub(crate) fn undo(&mut self) -> Result<u32, Error> {
        let len = self.lo(JOURNAL_LEN)?;
        if len > self.shape.journal as u32 {
            return Err(Error::corrupt(JOURNAL_LEN));
        }
        if len == 0 {
            // Without a journal a shift has been committed.
            #[cfg(feature = "containers")]
            if self.lo(SHIFT_CELLS)? != 0 {
                self.set_lo(SHIFT_CELLS, 0)?;
            }
            return Ok(0);
        }
        #[cfg(feature = "containers")]
        if self.lo(SHIFT_CELLS)? != 0 {
            self.undo_shift()?;
            self.set_lo(SHIFT_CELLS, 0)?;
        }
        for entry in (0..len).rev() {
            let at = self.half(self.shape.offs_at, entry)?;
            let old = self.word(self.shape.olds_at + entry)?;
            self.set_word(at, old)?;
        }
        self.sound()?;
        door::publish();
        self.set_lo(JOURNAL_LEN, 0)?;
        Ok(len)
    }

    /// Moves elements `from..len` one up. Only inside [`atomically`](Self::atomically).
    pub(crate) fn shift_up(&mut self, list: Shift, from: u32, len: u32) -> Result<(), Error> {
        self.begin_shift(list, len, len)?;
        let chunk = self.chunk()?;
        let mut cursor = len;
        while cursor > from {
            let next = cursor - chunk.min(cursor - from);
            self.step(list, next, next + 1, cursor - next, cursor, next)?;
            cursor = next;
        }
        Ok(())
    }

    /// Moves elements `from..len` one down. Only inside [`atomically`](Self::atomically).
    pub(crate) fn shift_down(&mut self, list: Shift, from: u32, len: u32) -> Result<(), Error> {
        self.begin_shift(list, from, from)?;
        let chunk = self.chunk()?;
        let mut cursor = from;
        while cursor < len {
            let next = cursor + chunk.min(len - cursor);
            self.step(list, cursor, cursor - 1, next - cursor, cursor, next)?;
            cursor = next;
        }
        Ok(())
    }

    /// After the commit: the shift is no more. (If this store is not reached, the empty journal says the same.)
    pub(crate) fn end_shift(&mut self) -> Result<(), Error> {
        self.set_lo(SHIFT_CELLS, 0)
    }

    fn begin_shift(&mut self, list: Shift, cursor: u32, limit: u32) -> Result<(), Error> {
        self.set_word(SHIFT_CHUNK, NO_CHUNK as u64)?;
        self.set_word(SHIFT_CURSOR, (limit as u64) << 32 | cursor as u64)?;
        self.set_word(SHIFT_CELLS, (list.cap as u64) << 32 | list.cells as u64)?;
        door::publish();
        Ok(())
    }

    /// Elements that a chunk can hold: 9 bytes each in the journal's unused entries.
    fn chunk(&self) -> Result<u32, Error> {
        let unused = (self.shape.journal as u32).saturating_sub(self.lo(JOURNAL_LEN)?);
        // Less a ninth, rounded up, for cores that cannot divide: exact for all that a journal's 16-bit length can be.
        match unused - (((unused + 8) * 58_255) >> 19) {
            0 => Err(Error::JournalFull),
            chunk => Ok(chunk),
        }
    }

    /// Moves `count` elements from `from` to `to`, then the cursor from `cursor` to `next`.
    fn step(
        &mut self,
        list: Shift,
        from: u32,
        to: u32,
        count: u32,
        cursor: u32,
        next: u32,
    ) -> Result<(), Error> {
        let (store, payloads, tags) = self.chunk_places(list, to)?;
        let (bytes, count) = (count as usize * 8, count as usize);
        self.copy_within(payloads, store, bytes)?;
        self.copy_within(tags, store + bytes, count)?;
        self.set_lo(SHIFT_TO, to)?;
        door::publish();
        self.set_word(SHIFT_CHUNK, (count as u64) << 32 | cursor as u64)?;
        door::publish();
        let (_, from_payloads, from_tags) = self.chunk_places(list, from)?;
        self.copy_within(from_payloads, payloads, bytes)?;
        self.copy_within(from_tags, tags, count)?;
        door::publish();
        self.set_lo(SHIFT_CURSOR, next)?;
        door::publish();
        Ok(())
    }

    fn undo_shift(&mut self) -> Result<(), Error> {
        let list = Shift { cells: self.lo(SHIFT_CELLS)?, cap: self.hi(SHIFT_CELLS)? };
        let (mut cursor, limit) = (self.lo(SHIFT_CURSOR)?, self.hi(SHIFT_CURSOR)?);
        let (chunk_at, torn) = (self.lo(SHIFT_CHUNK)?, self.hi(SHIFT_CHUNK)?);
        let chunk = self.chunk()?;
        if limit > list.cap || cursor > list.cap || (chunk_at == cursor && torn > chunk) {
            return Err(Error::corrupt(SHIFT_CURSOR));
        }
        if chunk_at == cursor {
            let (store, payloads, tags) = self.chunk_places(list, self.lo(SHIFT_TO)?)?;
            let (bytes, count) = (torn as usize * 8, torn as usize);
            self.copy_within(store, payloads, bytes)?;
            self.copy_within(store + bytes, tags, count)?;
            door::publish();
            self.set_lo(SHIFT_CHUNK, NO_CHUNK)?;
        }
        while cursor < limit {
            let count = chunk.min(limit - cursor);
            self.step(list, cursor + 1, cursor, count, cursor, cursor + count)?;
            cursor += count;
        }
        while cursor > limit {
            let count = chunk.min(cursor - limit);
            let first = cursor - count;
            let before = first.checked_sub(1).ok_or(Error::corrupt(SHIFT_CURSOR))?;
            self.step(list, before, first, count, cursor, first)?;
            cursor = first;
        }
        Ok(())
    }

    /// Byte positions: the journal's unused entries, the payload and the tag of element `index`.
    fn chunk_places(&self, list: Shift, index: u32) -> Result<(usize, usize, usize), Error> {
        let corrupt = Error::corrupt(list.cells);
        let first = (list.cells as usize).checked_add(1).and_then(|g| g.checked_mul(8)).ok_or(corrupt)?;
        let payload = (index as usize).checked_mul(8).and_then(|b| first.checked_add(b)).ok_or(corrupt)?;
        let tags = (list.cap as usize).checked_mul(8).and_then(|b| first.checked_add(b)).ok_or(corrupt)?;
        let tag = tags.checked_add(index as usize).ok_or(corrupt)?;
        let used = self.lo(JOURNAL_LEN)?.min(self.shape.journal as u32);
        let store = (self.shape.olds_at + used) as usize * 8;
        Ok((store, payload, tag))
    }
}

#[cfg(test)]
impl Heap<'_> {
    /// Entries in force: 0 between operations.
    pub(crate) fn journal_len(&self) -> u32 {
        self.lo(JOURNAL_LEN).unwrap()
    }
}
