//! Byte arrays: growable runs of bytes, changed in place.
//!
//! ```text
//!   ByteArray   | header | run, len | cap, - |
//!                           |
//!   Run         | header | byte 0 ... byte cap-1 |
//! ```
//!
//! What lies between `len` and `cap` means nothing, so bytes are written there first and become part of the array by one store of
//! `len`. Growing prefers the free block behind; otherwise, and for a change in the middle, the bytes are copied to a new run, and
//! run, length and capacity change in one all-or-nothing step.

#![forbid(unsafe_code)]

use core::ops::Range;

use crate::{
    door,
    error::Error,
    handle::ByteArray,
    heap::{Heap, Kind, block},
    turn::Turn,
};

/// The longest byte array.
const MAX_LEN: usize = 1 << 31;
/// A run's bytes begin behind its header.
const SKIP: usize = 8;

/// A byte array found by its handle.
#[derive(Clone, Copy)]
struct Found {
    array: u32,
    run: u32,
    len: u32,
    cap: u32,
}

impl Found {
    /// The granule with `run` and `len`.
    fn len_word(&self) -> u32 {
        self.array + 1
    }

    fn check(&self, index: usize) -> Result<(), Error> {
        if index < self.len as usize { Ok(()) } else { Err(self.beyond(index)) }
    }

    fn beyond(&self, index: usize) -> Error {
        Error::out_of_range(index, self.len)
    }
}

/// Granules of a run.
fn granules(cap: u32) -> u32 {
    1 + cap.div_ceil(8)
}

impl Turn<'_> {
    /// A byte array with these bytes, in this party's holdings. O(length); two allocations, one if it is empty.
    pub fn new_byte_array(&mut self, bytes: &[u8]) -> Result<ByteArray, Error> {
        let array = self.heap.new_byte_array_block(bytes)?;
        self.heap.count_held(1)?;
        Ok(ByteArray(self.heap.handle(array)?))
    }
}

impl ByteArray {
    #[inline]
    fn find(self, heap: &Heap<'_>) -> Result<Found, Error> {
        heap.resolve(self.0, Kind::ByteArray)?;
        heap.byte_array(self.0.block())
    }

    /// Number of bytes. O(1).
    pub fn len(self, turn: &Turn<'_>) -> Result<usize, Error> {
        Ok(self.find(&turn.heap)?.len as usize)
    }

    /// Whether there are no bytes. O(1).
    pub fn is_empty(self, turn: &Turn<'_>) -> Result<bool, Error> {
        Ok(self.len(turn)? == 0)
    }

    /// The bytes, in place. O(1).
    pub fn as_slice<'t>(self, turn: &'t Turn<'_>) -> Result<&'t [u8], Error> {
        self.bytes(&turn.heap)
    }

    pub(super) fn bytes<'h>(self, heap: &'h Heap<'_>) -> Result<&'h [u8], Error> {
        heap.run_bytes(&self.find(heap)?)
    }

    /// The bytes, to be changed in place. O(1).
    ///
    /// Plain memory: if this party dies half-way through writing, the others see what was written.
    pub fn as_mut_slice<'t>(self, turn: &'t mut Turn<'_>) -> Result<&'t mut [u8], Error> {
        let found = self.find(&turn.heap)?;
        match found.len {
            0 => Ok(&mut []),
            len => turn.heap.bytes_mut(found.run, SKIP, len as usize),
        }
    }

    /// Byte `index`. O(1).
    pub fn get(self, turn: &Turn<'_>, index: usize) -> Result<u8, Error> {
        let found = self.find(&turn.heap)?;
        turn.heap.run_bytes(&found)?.get(index).copied().ok_or_else(|| found.beyond(index))
    }

    /// Replaces byte `index`. One store.
    pub fn set(self, turn: &mut Turn<'_>, index: usize, byte: u8) -> Result<(), Error> {
        let found = self.find(&turn.heap)?;
        found.check(index)?;
        let at = (found.run as usize).checked_mul(8).and_then(|at| at.checked_add(SKIP + index));
        turn.heap.set_byte(at.ok_or(Error::corrupt(found.array))?, byte)
    }

    /// Adds a byte at the end. O(1) amortised.
    pub fn push(self, turn: &mut Turn<'_>, byte: u8) -> Result<(), Error> {
        self.extend(turn, &[byte])
    }

    /// Removes the last byte and returns it; `None` if there is none. One store; needs no memory.
    pub fn pop(self, turn: &mut Turn<'_>) -> Result<Option<u8>, Error> {
        let found = self.find(&turn.heap)?;
        let last = turn.heap.run_bytes(&found)?.last().copied();
        if last.is_some() {
            turn.heap.set_hi(found.len_word(), found.len - 1)?;
        }
        Ok(last)
    }

    /// Adds bytes at the end, all or none. O(their number) amortised.
    pub fn extend(self, turn: &mut Turn<'_>, bytes: &[u8]) -> Result<(), Error> {
        let found = self.find(&turn.heap)?;
        turn.heap.extend_run(found, bytes)
    }

    /// Gives up all bytes from `len` on; does nothing if there are none. One store; needs no memory.
    pub fn truncate(self, turn: &mut Turn<'_>, len: usize) -> Result<(), Error> {
        let found = self.find(&turn.heap)?;
        if len < found.len as usize { turn.heap.set_hi(found.len_word(), len as u32) } else { Ok(()) }
    }

    /// Puts bytes before byte `index` (or at the end, if `index` is the length). As [`splice`](Self::splice).
    pub fn insert(self, turn: &mut Turn<'_>, index: usize, bytes: &[u8]) -> Result<(), Error> {
        self.splice(turn, index..index, bytes)
    }

    /// Removes a range of bytes. As [`splice`](Self::splice).
    pub fn remove(self, turn: &mut Turn<'_>, range: Range<usize>) -> Result<(), Error> {
        self.splice(turn, range, &[])
    }

    /// Replaces a range of bytes by others, all or nothing.
    ///
    /// O(length), and needs memory for a second copy until it is done; except at the end, where adding is
    /// [`extend`](Self::extend) and removing is [`truncate`](Self::truncate).
    pub fn splice(self, turn: &mut Turn<'_>, range: Range<usize>, bytes: &[u8]) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let found = self.find(heap)?;
        let len = found.len as usize;
        if range.end > len || range.start > range.end {
            return Err(found.beyond(range.end.max(range.start)));
        }
        match (range.is_empty(), bytes.is_empty()) {
            (true, true) => Ok(()),
            (true, false) if range.end == len => heap.extend_run(found, bytes),
            (false, true) if range.end == len => heap.set_hi(found.len_word(), range.start as u32),
            _ => heap.rebuild_run(found, range, bytes),
        }
    }

    /// A copy, in this party's holdings. O(length).
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<ByteArray, Error> {
        let heap = &mut turn.heap;
        let array = heap.resolve(self.0, Kind::ByteArray)?;
        let copy = heap.copy_byte_array(array)?;
        heap.count_held(1)?;
        Ok(ByteArray(heap.handle(copy)?))
    }
}

impl Heap<'_> {
    fn byte_array(&self, array: u32) -> Result<Found, Error> {
        let words = self.words_at::<3>(array)?;
        let (word, cap) = (u64::from_le(words[1]), u64::from_le(words[2]) as u32);
        let found = Found { array, run: word as u32, len: (word >> 32) as u32, cap };
        // Where the run is, is checked here, for the bytes are lent out.
        let run = self.body(array, Kind::Run)?;
        let room = if run == 0 { 0 } else { self.header(run)?.granules().saturating_sub(1) as u64 * 8 };
        if found.len > found.cap || found.cap as u64 > room {
            return Err(Error::corrupt(array));
        }
        Ok(found)
    }

    fn run_bytes(&self, found: &Found) -> Result<&[u8], Error> {
        if found.len == 0 { Ok(&[]) } else { self.bytes(found.run, SKIP, found.len as usize) }
    }

    /// The bytes of a byte array, and the block that they lie in (0: none), checked.
    pub(crate) fn byte_array_run(&self, array: u32) -> Result<u32, Error> {
        Ok(self.byte_array(array)?.run)
    }

    /// A loose byte array.
    fn new_byte_array_block(&mut self, bytes: &[u8]) -> Result<u32, Error> {
        let array = self.new_empty_byte_array()?;
        self.filled(array, |heap, found| heap.extend_run(found, bytes))
    }

    fn new_empty_byte_array(&mut self) -> Result<u32, Error> {
        let array = self.allocate(3, Kind::Raw)?;
        self.set_word(array + 1, 0)?;
        self.set_word(array + 2, 0)?;
        let hi = self.header(array)?.hi();
        self.set_hi(array, block::make_kind(hi, Kind::ByteArray))?;
        Ok(array)
    }

    /// Fills a new byte array, which goes again if that fails.
    fn filled(
        &mut self,
        array: u32,
        fill: impl FnOnce(&mut Heap<'_>, Found) -> Result<(), Error>,
    ) -> Result<u32, Error> {
        let found = self.byte_array(array)?;
        match fill(self, found) {
            Ok(()) => Ok(array),
            Err(error) => {
                self.free(array)?;
                Err(error)
            }
        }
    }

    /// A loose copy.
    pub(crate) fn copy_byte_array(&mut self, source: u32) -> Result<u32, Error> {
        let source = self.byte_array(source)?;
        let copy = self.new_empty_byte_array()?;
        self.filled(copy, |heap, copy| {
            if source.len == 0 {
                return Ok(());
            }
            let run = heap.allocate(granules(source.len), Kind::Run)?;
            heap.copy_granules(source.run + 1, run + 1, source.len.div_ceil(8))?;
            heap.swap_run(copy, Found { run, cap: source.len, ..source })
        })
    }

    fn extend_run(&mut self, found: Found, bytes: &[u8]) -> Result<(), Error> {
        let wanted = (found.len as usize).checked_add(bytes.len()).filter(|len| *len <= MAX_LEN);
        let wanted = wanted.ok_or(Error::TooLarge)? as u32;
        let found = if wanted <= found.cap { found } else { self.grow_run(found, wanted)? };
        if bytes.is_empty() {
            return Ok(());
        }
        self.copy_in(found.run, SKIP + found.len as usize, bytes)?;
        door::publish();
        // The deciding store.
        self.set_hi(found.len_word(), wanted)
    }

    fn grow_run(&mut self, found: Found, wanted: u32) -> Result<Found, Error> {
        // Half as much again; when memory is short, just enough.
        let roomy = wanted.max(found.cap.saturating_add(found.cap / 2)).min(MAX_LEN as u32);
        match self.grow_run_to(found, roomy.next_multiple_of(8)) {
            Err(Error::OutOfMemory { .. }) => self.grow_run_to(found, wanted.next_multiple_of(8)),
            done => done,
        }
    }

    fn grow_run_to(&mut self, found: Found, cap: u32) -> Result<Found, Error> {
        if found.run != 0 && self.grow(found.run, granules(cap))? {
            self.set_lo(found.array + 2, cap)?;
            return Ok(Found { cap, ..found });
        }
        let run = self.allocate(granules(cap), Kind::Run)?;
        if found.len > 0 {
            self.copy_granules(found.run + 1, run + 1, found.len.div_ceil(8))?;
        }
        let grown = Found { run, cap, ..found };
        self.swap_run(found, grown)?;
        Ok(grown)
    }

    /// A new run of what is before the range, these bytes, and what is behind it.
    fn rebuild_run(&mut self, found: Found, range: Range<usize>, bytes: &[u8]) -> Result<(), Error> {
        let behind = found.len as usize - range.end;
        let len = range.start.checked_add(bytes.len()).and_then(|len| len.checked_add(behind));
        let len = len.filter(|len| *len <= MAX_LEN).ok_or(Error::TooLarge)? as u32;
        let cap = len.next_multiple_of(8);
        let run = self.allocate(granules(cap), Kind::Run)?;
        let (from, to) = (found.run as usize * 8 + SKIP, run as usize * 8 + SKIP);
        self.copy_within(from, to, range.start)?;
        self.copy_in(run, SKIP + range.start, bytes)?;
        self.copy_within(from + range.end, to + range.start + bytes.len(), behind)?;
        self.swap_run(found, Found { run, len, cap, ..found })
    }

    /// The array has another run from now on, which is loose and filled; the one that it had is freed.
    fn swap_run(&mut self, old: Found, new: Found) -> Result<(), Error> {
        self.atomically([old.array + 1, old.array + 2, new.run, old.run], |heap| {
            heap.set_word(old.array + 1, (new.len as u64) << 32 | new.run as u64)?;
            heap.set_lo(old.array + 2, new.cap)?;
            let hi = heap.header(new.run)?.hi();
            heap.set_hi(new.run, block::make_owned(hi))?;
            heap.detach(old.run)
        })?;
        if old.run != 0 {
            self.free(old.run)?;
        }
        Ok(())
    }
}
