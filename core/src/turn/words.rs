//! The words by which parties take turns, as references to atomics: the door through which control bytes become `u32`s.
//!
//! The protocol is written over [`Words`], a view of the control area as a slice of 32-bit atomics, so everything after
//! the one `unsafe` line below is bounds-checked safe code, and the model checker can bring a slice of its own.
//!
//! ```text
//!   Region bytes --(over: the unsafe door)--> &[AtomicU32] --> Words --> Word (one of them)
//!                                    loom's own atomics --------^
//! ```
//!
//! A [`Word`] knows only what every core can do: load and store. It converts from and to the format's little-endian order,
//! and under `--cfg crash_points` each of its stores counts as one at which a party may be killed.

use crate::{
    format::{HOLDER, Header, RawHeader, UNIT_GATE, UNIT_NEWS, UNIT_SLOTS, first_unit},
    sync::{AtomicU32, Ordering},
};

/// One 32-bit word of the control area.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'a>(&'a AtomicU32);

impl Word<'_> {
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn load(self) -> u32 {
        u32::from_le(self.0.load(Ordering::Relaxed))
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn load_acquire(self) -> u32 {
        u32::from_le(self.0.load(Ordering::Acquire))
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn store(self, value: u32) {
        #[cfg(crash_points)]
        if !crate::door::tick() {
            return;
        }
        self.0.store(value.to_le(), Ordering::Relaxed);
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn store_release(self, value: u32) {
        #[cfg(crash_points)]
        if !crate::door::tick() {
            return;
        }
        self.0.store(value.to_le(), Ordering::Release);
    }

    /// Where the word lies, for a futex or a watchpoint.
    pub(crate) fn address(self) -> *const u32 {
        core::ptr::from_ref(self.0).cast()
    }
}

/// All words of one control area.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'a> {
    /// # Invariants
    /// 1. As long as the layout says: holder, and units `0..=UNIT_SLOTS + last` from word `first` on, each `2^step_log2` words.
    cells: &'a [AtomicU32],
    /// Words before the first unit, and from one unit to the next as a power of two.
    first: u8,
    step_log2: u8,
    /// The last slot.
    last: u8,
}

impl<'a> Words<'a> {
    /// # Safety
    /// `cells` are the whole control area: [`control_len`](crate::format::control_len) bytes for so many parties (at least
    /// one) and this stride.
    pub(crate) unsafe fn new(cells: &'a [AtomicU32], parties: u8, stride: u32) -> Words<'a> {
        let (first, step_log2) = ((first_unit(stride) / 4) as u8, (stride / 4).trailing_zeros() as u8);
        Words { cells, first, step_log2, last: parties.saturating_sub(1) }
    }

    /// The same for tests, which bring a slice of their own.
    #[cfg(test)]
    pub(crate) fn checked(cells: &'a [AtomicU32], parties: u8, stride: u32) -> Words<'a> {
        assert!(parties > 0 && cells.len() * 4 >= crate::format::control_len(parties, stride) as usize);
        // SAFETY: as just checked.
        unsafe { Words::new(cells, parties, stride) }
    }

    /// Word `index`, which is that of a constant, the holder or half of a unit up to `UNIT_SLOTS + last`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn at(&self, index: u32) -> Word<'a> {
        // Not an index that may panic: firmware would carry the panic's code, and never run it.
        // SAFETY: in bounds by invariant 1; the callers, all in this file, ask for no other words.
        Word(unsafe { self.cells.get_unchecked(index as usize) })
    }

    /// Half (0 or 1) of a unit.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn unit(&self, n: u32, half: u32) -> Word<'a> {
        let n = n.min(UNIT_SLOTS + self.last as u32);
        self.at(self.first as u32 + (n << (self.step_log2 & 31)) + half)
    }

    /// Who has the turn.
    pub(crate) fn holder(&self) -> Word<'a> {
        self.at(HOLDER / 4)
    }

    /// Turns that changed something.
    pub(crate) fn changes(&self) -> Word<'a> {
        self.unit(UNIT_NEWS, 0)
    }

    /// Messages waiting.
    pub(crate) fn messages(&self) -> Word<'a> {
        self.unit(UNIT_NEWS, 1)
    }

    /// The word the arbiter uses to order parties.
    pub(crate) fn gate(&self) -> Word<'a> {
        self.unit(UNIT_GATE, 0)
    }

    /// What party `slot` wants.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn word(&self, slot: u8) -> Word<'a> {
        self.unit(UNIT_SLOTS + slot as u32, 0)
    }

    /// Which party it is that sits in `slot`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn incarnation(&self, slot: u8) -> Word<'a> {
        self.unit(UNIT_SLOTS + slot as u32, 1)
    }

    /// SYNC T0 (acquire): the magic, and with it the rest of the constants. Nothing in the copy is believed yet.
    pub(crate) fn header(cells: &[AtomicU32]) -> RawHeader {
        let mut raw = RawHeader::default();
        for (to, from) in raw.iter_mut().zip(cells) {
            // The magic comes first and is loaded with acquire, as are the others: this is no hot path.
            *to = from.load(Ordering::Acquire);
        }
        raw
    }

    /// Writes the constants, magic ("being formatted") first, and zeroes all other words.
    #[inline(never)] // Gives back its stack before the heap is laid out.
    pub(crate) fn write_header(&self, header: &Header) {
        let raw = header.to_raw();
        for (i, cell) in self.cells.iter().enumerate() {
            let value = u32::from_le(raw.get(i).copied().unwrap_or(0));
            // Release keeps "being formatted" ahead of everything that is written after it.
            Word(cell).store_release(value);
        }
    }

    /// SYNC T0 (release): heap and constants are in place; this makes them a region.
    pub(crate) fn write_magic(&self, magic: u32) {
        self.at(0).store_release(magic);
    }
}

/// Views `len` bytes (a multiple of 4) of a control area as atomics.
///
/// # Safety
/// For all of `'a`: `base` has provenance for reads and writes of `len` mapped bytes; `base` is a multiple of 4;
/// and nobody, here or elsewhere, accesses these bytes other than by 32-bit atomics of the same alignment.
#[cfg(not(loom))]
pub(crate) unsafe fn over<'a>(base: core::ptr::NonNull<u8>, len: usize) -> &'a [AtomicU32] {
    const _: () = assert!(size_of::<AtomicU32>() == 4 && align_of::<AtomicU32>() == 4);
    // SAFETY: `AtomicU32` has size and alignment 4 and every bit pattern is one; the caller promises alignment,
    // provenance, lifetime and that all access is atomic; shared references to atomics allow others to write.
    unsafe { core::slice::from_raw_parts(base.as_ptr().cast(), len / 4) }
}

/// Loom's atomics live outside of memory, so no region can be laid over bytes under `--cfg loom`.
///
/// # Safety
/// None needed: it does not return.
#[cfg(loom)]
pub(crate) unsafe fn over<'a>(_: core::ptr::NonNull<u8>, _: usize) -> &'a [AtomicU32] {
    panic!("under loom the protocol runs over loom's own atomics, not over a region")
}
