//! The auditor: every invariant of the heap, checked, without memory of its own.
//!
//! One walk over the chain of blocks looks at each block and at what it says of others. Ownership is proved by
//! *claims*: every cell, message, root and element block that refers to a block adds a scrambled form of its offset to one sum;
//! every block that has an owner adds the same to another. Equal sums and counts mean that each is owned exactly once
//! and none is lost (but for one chance in 2^64). Last, the way up from every container must end: no island owns itself.
//!
//! | checked | by |
//! |---|---|
//! | sizes lead from the first block to the end mark; no two free blocks touch; flags and counts agree | [`Heap::audit`] |
//! | every free block is in its bin, once; bitmaps agree; every spare is in its quick list | `audit_bins`, `audit_quick_lists` |
//! | texts are UTF-8; lengths fit; tags are known; hashes are right and lead to their entries | `audit_objects.rs` |
//! | messages are linked both ways, in order, and counted | `audit_queue` |
//! | nothing is loose that no party could know of | `audit_block` |

#![forbid(unsafe_code)]

use core::fmt;

use super::{
    Heap,
    block::{Header, Kind, MARK, MIN_GRANULES},
    form::Form,
    head,
};
use crate::{error::Error, turn::Turn};

/// Sizes and numbers of a region's heap. Bytes, headers included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Stats {
    /// All blocks, used and free.
    pub total: u64,
    /// Used blocks.
    pub used: u64,
    /// Free blocks.
    pub free: u64,
    /// The largest free block: what can be allocated in one piece. Where small freed blocks are kept for the next request of
    /// their size, it may be more: they are merged when memory is short.
    pub largest_free: u64,
    /// Number of used blocks.
    pub blocks: u32,
    /// Messages waiting.
    pub messages: u32,
}

impl Stats {
    /// How much of the free memory is not in the largest block, in percent: 0 when all of it is in one piece.
    pub fn fragmentation(&self) -> u32 {
        let in_one_piece = (self.largest_free * 100).checked_div(self.free).unwrap_or(100);
        // In a damaged region the largest block may claim to be larger than all of them together.
        100u64.saturating_sub(in_one_piece) as u32
    }
}

/// What an audit counted in a sound region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Audit {
    /// Sizes.
    pub stats: Stats,
    /// Free blocks, merged with their neighbours.
    pub free_blocks: u32,
    /// Small free blocks kept as they are for the next request of their size.
    pub spares: u32,
    /// Texts of more than 8 bytes.
    pub texts: u32,
    /// Runs of more than 8 bytes.
    pub bytes: u32,
    /// Scalars of other types that are too large for a cell.
    pub scalars: u32,
    /// Byte arrays.
    pub byte_arrays: u32,
    /// Lists.
    pub lists: u32,
    /// Tuples.
    pub tuples: u32,
    /// Sets of all forms.
    pub sets: u32,
    /// Maps of all forms, the map of roots included.
    pub maps: u32,
    /// Instances.
    pub instances: u32,
    /// Arrays of numbers.
    pub arrays: u32,
    /// Records.
    pub records: u32,
    /// Schemas of records. (The map that they are in is not counted among the maps.)
    pub schemas: u32,
    /// Objects in the holdings of parties, messages they have taken included.
    pub held: u32,
}

/// Why a region is not sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct AuditError {
    /// Granule (8 bytes each, from the heap's start) where it was noticed.
    pub at: u32,
    /// What is wrong there.
    pub fault: Fault,
}

/// What an audit found wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Fault {
    /// A word points outside the heap, or at something of another kind.
    BadReference,
    /// An operation or recovery is still under way.
    Unfinished,
    /// The chain of blocks does not lead to the end mark.
    BrokenChain,
    /// Two free blocks touch, or a flag or size beside a free block is wrong.
    BadFreeBlock,
    /// A free block is in no bin, in the wrong one, or in one twice.
    BadBin,
    /// A count kept in the head is wrong.
    BadCount,
    /// A block that nobody owns.
    Leak,
    /// Something about an object's own bytes is wrong.
    BadObject,
    /// The links or the order of messages are wrong.
    BadQueue,
    /// The number of claims and of owned blocks differ: something is owned twice, or by nobody.
    Ownership,
    /// Objects own each other in a circle.
    Island,
}

impl AuditError {
    /// Number seen by other languages; stable for ever.
    pub const fn code(self) -> u16 {
        0x0041 + self.fault as u16
    }
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.fault {
            Fault::BadReference => "a reference leads to the wrong place",
            Fault::Unfinished => {
                "an operation is still under way; take a turn, which recovers, and audit again"
            }
            Fault::BrokenChain => "the chain of blocks is broken",
            Fault::BadFreeBlock => "a free block disagrees with its neighbours",
            Fault::BadBin => "a free block is not where it is looked for",
            Fault::BadCount => "a count is wrong",
            Fault::Leak => "a block has no owner",
            Fault::BadObject => "an object contradicts itself",
            Fault::BadQueue => "the messages are not linked as they should be",
            Fault::Ownership => "some object has two owners, or none",
            Fault::Island => "objects own each other in a circle",
        };
        write!(f, "granule {}: {what}", self.at)
    }
}

impl core::error::Error for AuditError {}

impl From<Error> for AuditError {
    fn from(error: Error) -> AuditError {
        AuditError { at: error.place(), fault: Fault::BadReference }
    }
}

/// `Ok` or this fault at this granule.
pub(super) fn ensure(sound: bool, at: u32, fault: Fault) -> Result<(), AuditError> {
    if sound { Ok(()) } else { Err(AuditError { at, fault }) }
}

/// A multiset of offsets, as a count and a sum of scrambled members.
#[derive(Default, PartialEq)]
pub(super) struct Claims {
    count: u64,
    sum: u64,
}

impl Claims {
    pub(super) fn add(&mut self, block: u32) {
        // The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
        let mut mixed = (block as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.sum = self.sum.wrapping_add(mixed ^ mixed >> 31);
        self.count += 1;
    }
}

/// What the walk has seen so far.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) audit: Audit,
    pub(super) claimed: Claims,
    owned: Claims,
    used: u32,
    free: u32,
    messages: u32,
}

impl Heap<'_> {
    /// Sizes and numbers. O(1), and the blocks of the highest bin.
    pub(crate) fn stats(&self) -> Result<Stats, Error> {
        let (used, blocks) = self.used()?;
        let total = (self.end() - self.shape.first) as u64 * 8;
        Ok(Stats {
            total,
            used: used as u64 * 8,
            free: total.saturating_sub(used as u64 * 8),
            largest_free: self.largest_free()? as u64 * 8,
            blocks,
            messages: self.message_count(),
        })
    }

    /// Checks everything. O(region).
    pub(crate) fn audit(&mut self) -> Result<Audit, AuditError> {
        let idle =
            self.lo(head::DEAD)? == 0 && self.lo(head::JOURNAL_LEN)? == 0 && self.lo(head::DRAIN)? == 0;
        ensure(idle, 0, Fault::Unfinished)?;
        let mut seen = Seen::default();
        self.audit_chain(&mut seen)?;
        self.audit_queue(&mut seen)?;
        let root = self.root()?;
        ensure(self.header(root)?.is_kind(Kind::Map), root, Fault::BadReference)?;
        seen.claimed.add(root);
        self.audit_directory(&mut seen)?;
        self.audit_bins(seen.audit.free_blocks)?;
        self.audit_quick_lists(seen.audit.spares)?;
        ensure(self.used()? == (seen.used, seen.audit.stats.blocks), head::USED, Fault::BadCount)?;
        self.audit_holdings()?;
        ensure(seen.claimed == seen.owned, 0, Fault::Ownership)?;
        let islands = self.audit_islands();
        self.clear_marks()?;
        islands?;
        seen.audit.stats = self.stats()?;
        Ok(seen.audit)
    }

    fn audit_chain(&self, seen: &mut Seen) -> Result<(), AuditError> {
        let (mut at, end, mut after_free) = (self.shape.first, self.end(), false);
        while at < end {
            let header = self.header(at)?;
            let size = header.granules();
            ensure(size >= MIN_GRANULES && size <= end - at, at, Fault::BrokenChain)?;
            ensure(header.prev_free() == after_free, at, Fault::BadFreeBlock)?;
            if header.is_free() {
                ensure(!after_free && self.hi(at + size - 1)? == size, at, Fault::BadFreeBlock)?;
                seen.free += size;
                seen.audit.free_blocks += 1;
            } else if header.is_kind(Kind::Spare) {
                ensure(header.holder().is_none(), at, Fault::BadFreeBlock)?;
                seen.free += size;
                seen.audit.spares += 1;
            } else {
                seen.used += size;
                seen.audit.stats.blocks += 1;
                self.audit_block(at, header, seen)?;
            }
            after_free = header.is_free();
            at += size;
        }
        ensure(at == end, at, Fault::BrokenChain)?;
        let mark = self.header(end)?;
        ensure(mark.is_kind(Kind::End) && mark.granules() == 1, end, Fault::BrokenChain)?;
        ensure(mark.prev_free() == after_free, end, Fault::BadFreeBlock)
    }

    fn audit_block(&self, at: u32, header: Header, seen: &mut Seen) -> Result<(), AuditError> {
        let kind = header.kind().ok_or(AuditError { at, fault: Fault::BadObject })?;
        let audit = &mut seen.audit;
        let counted = match kind {
            Kind::Text => &mut audit.texts,
            Kind::Bytes => &mut audit.bytes,
            Kind::List => &mut audit.lists,
            Kind::Tuple => &mut audit.tuples,
            Kind::Set | Kind::FrozenSet | Kind::FastSet => &mut audit.sets,
            Kind::Map | Kind::FrozenMap | Kind::FastMap => &mut audit.maps,
            Kind::Instance => &mut audit.instances,
            Kind::ByteArray => &mut audit.byte_arrays,
            Kind::Array => &mut audit.arrays,
            Kind::Record => &mut audit.records,
            Kind::Schema => &mut audit.schemas,
            _ if header.form() == Form::Leaf => &mut audit.scalars,
            _ => &mut 0,
        };
        *counted += 1;
        match header.holder() {
            None => seen.owned.add(at),
            Some(slot) => {
                // Between operations a party holds whole objects, not their parts.
                let whole = header.form() != Form::Part;
                ensure(whole && slot < self.shape.parties, at, Fault::Leak)?;
                audit.held += 1;
            }
        }
        ensure(!matches!(kind, Kind::Raw | Kind::End), at, Fault::Leak)?;
        if kind == Kind::Message && header.holder().is_none() {
            seen.messages += 1;
        }
        self.audit_object(at, header, kind, &mut seen.claimed)
    }

    /// Whether every party holds as many objects as its count says. A walk of its own, so that the counts of 32 parties are not on the
    /// stack together with what looks into objects: of all operations an audit would need the most.
    #[inline(never)]
    fn audit_holdings(&self) -> Result<(), AuditError> {
        let mut held = [0; 32];
        let mut at = self.shape.first;
        while at < self.end() {
            let header = self.header(at)?;
            if let (false, Some(slot)) = (header.is_free(), header.holder())
                && let Some(count) = held.get_mut(slot as usize)
            {
                *count += 1;
            }
            at += header.granules();
        }
        for (slot, held) in (0..self.shape.parties).zip(&held) {
            ensure(self.held_by(slot)? == *held, self.shape.party(slot), Fault::BadCount)?;
        }
        Ok(())
    }

    fn audit_queue(&self, seen: &mut Seen) -> Result<(), AuditError> {
        let count = self.message_count();
        ensure(count == seen.messages, head::QUEUE_COUNT, Fault::BadQueue)?;
        let (mut prev, mut at) = (0, self.lo(head::QUEUE_ENDS)?);
        for _ in 0..count {
            let sound = self.header(at)?.is_kind(Kind::Message) && (prev == 0 || self.lo(at + 1)? == prev);
            ensure(sound, at, Fault::BadQueue)?;
            if prev != 0 {
                let step = self.hi(at + 2)?.wrapping_sub(self.hi(prev + 2)?) as i32;
                ensure(step > 0, at, Fault::BadQueue)?;
            }
            seen.claimed.add(at);
            (prev, at) = (at, self.hi(at + 1)?);
        }
        ensure(at == 0 && self.hi(head::QUEUE_ENDS)? == prev, head::QUEUE_ENDS, Fault::BadQueue)
    }

    fn audit_bins(&self, free_blocks: u32) -> Result<(), AuditError> {
        let mut found = 0;
        for index in 0..self.bins() {
            let (mut prev, mut at) = (0, self.bin(index)?);
            let bit = self.map(index / 32)? >> (index % 32) & 1 != 0;
            ensure(bit == (at != 0), self.shape.maps_at() + index / 64, Fault::BadBin)?;
            while at != 0 {
                found += 1;
                ensure(found <= free_blocks, at, Fault::BadBin)?;
                let free = self.free_block(at)?;
                let sound = self.bin_of(free.granules) == index && (prev == 0 || self.lo(at + 1)? == prev);
                ensure(sound, at, Fault::BadBin)?;
                (prev, at) = (at, free.next);
            }
        }
        for map in 0..self.shape.maps() {
            let bit = self.hi(head::MAPS)? >> map & 1 != 0;
            ensure(bit == (self.map(map)? != 0), head::MAPS, Fault::BadBin)?;
        }
        ensure(found == free_blocks, head::MAPS, Fault::BadBin)
    }

    fn audit_quick_lists(&self, spares: u32) -> Result<(), AuditError> {
        let mut found = 0;
        for (list, granules) in self.quick_words().zip(MIN_GRANULES..) {
            let (mut at, count) = self.quick_entry(list)?;
            ensure(count <= self.shape.quick_depth as u32, list, Fault::BadBin)?;
            for _ in 0..count {
                let header = self.header(at)?;
                ensure(header.is_kind(Kind::Spare) && header.granules() == granules, at, Fault::BadBin)?;
                at = self.lo(at + 1)?;
            }
            // A list that ends after as many as it should goes in no circle.
            ensure(at == 0, list, Fault::BadBin)?;
            found += count;
        }
        ensure(found == spares, head::MAPS, Fault::BadBin)
    }

    /// From every container the way up ends at a root, a message or a party. Marks what it has shown.
    fn audit_islands(&mut self) -> Result<(), AuditError> {
        let mut block = self.shape.first;
        while block < self.end() {
            let header = self.header(block)?;
            if !header.is_free()
                && matches!(header.form(), Form::Cells | Form::Table | Form::Row | Form::Packed)
            {
                let mut at = block;
                let mut left = self.used()?.1;
                while at != 0 && self.header(at)?.hi() & MARK == 0 {
                    ensure(left > 0, block, Fault::Island)?;
                    left -= 1;
                    at = self.owner(at)?;
                }
                at = block;
                while at != 0 && self.header(at)?.hi() & MARK == 0 {
                    let hi = self.header(at)?.hi();
                    self.set_hi(at, hi | MARK)?;
                    at = self.owner(at)?;
                }
            }
            block += header.granules();
        }
        Ok(())
    }

    fn clear_marks(&mut self) -> Result<(), AuditError> {
        let mut block = self.shape.first;
        while block < self.end() {
            let header = self.header(block)?;
            if !header.is_free() && header.hi() & MARK != 0 {
                self.set_hi(block, header.hi() & !MARK)?;
            }
            block += header.granules();
        }
        Ok(())
    }
}

impl Turn<'_> {
    /// Sizes and numbers of the heap. O(1), and the blocks of one bin.
    pub fn stats(&self) -> Result<Stats, Error> {
        self.heap.stats()
    }

    /// Checks every invariant of the region: chain, bins, counts, contents, ownership. O(region); needs no memory.
    ///
    /// It marks blocks on the way and takes the marks away again, hence `&mut`.
    pub fn audit(&mut self) -> Result<Audit, AuditError> {
        self.heap.audit()
    }
}
