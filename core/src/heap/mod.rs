//! The heap: blocks of shared memory in bounded time, whole after any crash. Safe code over one borrowed slice.
//!
//! Whoever holds the turn has these words alone, so this is single-threaded code; what makes it unusual is that it may
//! be killed between any two stores. One idea carries all of it:
//!
//! > **A block belongs to a party until something in the region owns it, and changes hands by one store.**
//!
//! A fresh block is *loose*: its header names the party. Contents are written, then a short *journal* of old words is
//! made, the words that attach the block (a cell, a length, the block's own header) are stored, and emptying the
//! journal is the one store that commits. What an operation throws away becomes loose in the same step, and is freed after.
//!
//! ```text
//!   allocate (loose) -> fill -> journal old words -> attach new, detach old -> commit -> free what is loose now
//!   '------- a crash here drops what is loose ----'--- here: undo, then drop ---'------- here: only drop ------'
//! ```
//!
//! So recovery is one procedure: undo the journal, walk the blocks, rebuild the bins, give back what the dead
//! party held. The same procedure serves a party that leaves.
//!
//! | file | idea |
//! |---|---|
//! | `head.rs` | where everything is |
//! | `prompt.rs`, `late.rs` | words, halves and bytes: an access outside of the heap is an error at once, or soon |
//! | `block.rs` | block headers |
//! | `form.rs` | what each kind of object is |
//! | `bins.rs` | finding a free block in constant time |
//! | `quick.rs` | small freed blocks, handed on as they are |
//! | `blocks.rs` | allocate, free, grow: each a single deciding store |
//! | `journal.rs` | old words that undo an unfinished operation; moving long runs of elements |
//! | `recover.rs` | what the next party does after a death |
//! | `audit.rs`, `audit_objects.rs` | every invariant, checked |

#![forbid(unsafe_code)]

#[cfg(feature = "containers")]
mod audit;
#[cfg(feature = "containers")]
mod audit_objects;
mod bins;
pub(crate) mod block;
mod blocks;
mod form;
mod head;
mod journal;
#[cfg(not(feature = "details"))]
mod late;
#[cfg(feature = "details")]
mod prompt;
mod quick;
mod recover;
#[cfg(all(test, feature = "recovery", feature = "spares"))]
pub(crate) mod tests;

#[cfg(feature = "containers")]
pub use audit::{Audit, AuditError, Fault, Stats};
pub(crate) use block::{Header, Kind};
pub(crate) use form::Form;
pub(crate) use head::{DRAIN, QUEUE_COUNT, QUEUE_ENDS, SCHEMAS, Shape};
pub(crate) use journal::Shift;
#[cfg(not(feature = "details"))]
use late::Missed;
#[cfg(feature = "details")]
use prompt::Missed;
pub use recover::Recovery;

use crate::{door, error::Error};

/// The heap area, for as long as one turn lasts.
///
/// Offsets are granules (8 bytes) from the start of the area; all of them are checked, and one that points outside is
/// [`Error::Corrupt`]. Stores pass the [`door`].
pub(crate) struct Heap<'a> {
    words: &'a mut [u64],
    pub(crate) shape: &'a Shape,
    /// The party whose turn it is.
    pub(crate) slot: u8,
    changed: bool,
    missed: Missed,
}

impl<'a> Heap<'a> {
    /// Lays out an empty heap: the head, one free block, the end mark, and the map of roots.
    pub(crate) fn format(words: &mut [u64], shape: &Shape) {
        let mut heap = Heap::new(words, shape, 0);
        let formatted = heap.format_blocks();
        debug_assert!(formatted.is_ok(), "the caller checked `min_granules`");
    }

    fn format_blocks(&mut self) -> Result<(), Error> {
        let (first, end) = (self.shape.first, self.end());
        for at in 0..first {
            self.set_word(at, 0)?;
        }
        self.set_word(end, Header::used(1, Kind::End as u32).0)?;
        self.put_rest(first, end - first)?;
        self.set_lo(end, 1 << 2 | block::PREV_FREE)?;
        let root = self.new_table_block(Kind::Map)?;
        let hi = self.hi(root)?;
        self.set_hi(root, block::make_owned(hi))?;
        self.set_lo(head::ROOT, root)
    }

    /// An empty loose map, or another kind of its form. Four granules; entries get a block with the first one.
    pub(crate) fn new_table_block(&mut self, kind: Kind) -> Result<u32, Error> {
        let map = self.allocate(4, Kind::Raw)?;
        for granule in map + 1..map + 4 {
            self.set_word(granule, 0)?;
        }
        let hi = self.header(map)?.hi();
        self.set_hi(map, block::make_kind(hi, kind))?;
        Ok(map)
    }

    /// The heap as `slot` sees it in its turn. No loads.
    #[inline(always)]
    pub(crate) fn new(words: &'a mut [u64], shape: &'a Shape, slot: u8) -> Heap<'a> {
        Heap { words, shape, slot, changed: false, missed: Missed::default() }
    }

    /// Address and length in bytes of the heap area, for caches.
    #[inline(always)]
    pub(crate) fn span(&self) -> (usize, usize) {
        (self.words.as_ptr().addr(), self.words.len() * 8)
    }

    /// Whether something was stored since this turn began.
    #[inline(always)]
    pub(crate) fn changed(&self) -> bool {
        self.changed
    }

    /// Messages waiting.
    #[inline(always)]
    pub(crate) fn message_count(&self) -> u32 {
        self.lo(QUEUE_COUNT).unwrap_or(0)
    }

    /// The block of the map of roots.
    #[inline(always)]
    pub(crate) fn root(&self) -> Result<u32, Error> {
        self.lo(head::ROOT)
    }

    /// Granule of the end mark.
    #[inline(always)]
    pub(crate) fn end(&self) -> u32 {
        (self.words.len() as u32).wrapping_sub(1)
    }

    /// Runs `work`, which changes something, on a copy of this view that the compiler can keep in registers.
    ///
    /// It cannot prove that a store to the heap leaves alone what it reaches through `self`, and would load pointer and
    /// length again after each. For that all of `work` has to be inlined.
    #[inline(always)]
    pub(crate) fn locally<R>(&mut self, work: impl FnOnce(&mut Heap<'_>) -> R) -> R {
        self.changed = true;
        if cfg!(not(all(target_pointer_width = "64", feature = "details"))) {
            // Too few registers for that to pay; or what is noticed late must be noted here.
            return work(self);
        }
        let missed = Missed::default();
        work(&mut Heap { words: &mut *self.words, shape: self.shape, slot: self.slot, changed: true, missed })
    }

    /// Adds `change` to the number of objects that this turn's party holds; recovery counts them afresh.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn count_held(&mut self, change: i32) -> Result<(), Error> {
        let at = self.shape.party(self.slot);
        let held = self.hi(at)?;
        self.set_hi(at, held.wrapping_add_signed(change))
    }

    // Runs of words and bytes, and headers. Words, halves and bytes by themselves are in `prompt.rs` and `late.rs`.

    #[inline(always)]
    pub(crate) fn header(&self, at: u32) -> Result<Header, Error> {
        Ok(Header(self.word(at)?))
    }

    /// `N` words from granule `at`, as they lie in memory (little-endian), by one check.
    #[inline(always)]
    pub(crate) fn words_at<const N: usize>(&self, at: u32) -> Result<&[u64; N], Error> {
        let (from, to) = (at as usize, (at as usize).wrapping_add(N));
        self.words.get(from..to).and_then(|words| words.first_chunk()).ok_or(Error::corrupt(at))
    }

    /// `N` bytes from byte `at` of the heap, by one check.
    #[cfg(feature = "containers")]
    #[inline(always)]
    pub(crate) fn bytes_at<const N: usize>(&self, at: usize) -> Result<&[u8; N], Error> {
        let bytes = bytemuck::cast_slice::<u64, u8>(self.words).get(at..at.wrapping_add(N));
        bytes.and_then(|bytes| bytes.first_chunk()).ok_or(Error::corrupt((at / 8) as u32))
    }

    /// `len` bytes from byte `skip` of the block at `block`.
    #[inline(always)]
    pub(crate) fn bytes(&self, block: u32, skip: usize, len: usize) -> Result<&[u8], Error> {
        let from = (block as usize).checked_mul(8).and_then(|b| b.checked_add(skip));
        from.and_then(|from| bytemuck::cast_slice::<u64, u8>(self.words).get(from..from.checked_add(len)?))
            .ok_or(Error::corrupt(block))
    }

    /// The same, to change in place. What is written this way is not part of any operation's all-or-nothing.
    pub(crate) fn bytes_mut(&mut self, block: u32, skip: usize, len: usize) -> Result<&mut [u8], Error> {
        self.changed = true;
        let from = (block as usize).checked_mul(8).and_then(|b| b.checked_add(skip));
        from.and_then(|from| {
            bytemuck::cast_slice_mut::<u64, u8>(self.words).get_mut(from..from.checked_add(len)?)
        })
        .ok_or(Error::corrupt(block))
    }

    /// `len` words from granule `at`, as they lie in memory (little-endian).
    #[inline(always)]
    pub(crate) fn raw_words(&self, at: u32, len: u32) -> Result<&[u64], Error> {
        let from = at as usize;
        from.checked_add(len as usize).and_then(|to| self.words.get(from..to)).ok_or(Error::corrupt(at))
    }

    /// Which granule this word is.
    #[cfg(feature = "serde")]
    pub(crate) fn granule_of(&self, word: &u64) -> u32 {
        (core::ptr::from_ref(word).addr().wrapping_sub(self.words.as_ptr().addr()) / 8) as u32
    }

    /// Copies bytes in from byte `skip` of the block at `block`; `door::publish` is due before they are made reachable.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn copy_in(&mut self, block: u32, skip: usize, from: &[u8]) -> Result<(), Error> {
        self.changed = true;
        let at = (block as usize).checked_mul(8).and_then(|b| b.checked_add(skip));
        at.and_then(|at| door::copy_in(self.words, at, from)).ok_or(Error::corrupt(block))
    }

    /// Moves whole granules inside the heap.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn copy_granules(&mut self, from: u32, to: u32, granules: u32) -> Result<(), Error> {
        // A claim beyond the heap is refused here, before a 32-bit host counts it in bytes and overflows.
        match [from, to, granules].into_iter().all(|claim| claim <= self.end()) {
            true => self.copy_within(from as usize * 8, to as usize * 8, granules as usize * 8),
            false => Err(Error::corrupt(from)),
        }
    }

    /// Moves bytes inside the heap, by distance from its start.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn copy_within(&mut self, from: usize, to: usize, len: usize) -> Result<(), Error> {
        self.changed = true;
        door::copy_within(self.words, from, to, len).ok_or(Error::corrupt((from / 8) as u32))
    }
}
