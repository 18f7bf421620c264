//! The index of a map's table: groups of eight slots, of which all eight are looked at together.
//!
//! ```text
//!   group   | tag 0 .. tag 7 (a byte each) | number 0 .. number 7 (2 bytes each, or 4 if there are more than 4096 groups) |
//!
//!   tag     0: never used     1: its entry was removed     else: 0x80 | the upper 7 bits of the hash
//!   number  twice the entry's and 1; means nothing beside the tags 0 and 1
//! ```
//!
//! Numbers are odd lest they read like the header of a used block: some may come to lie where an object was, and a handle to it would
//! come alive again.
//!
//! A search begins at the group that the hash's low bits name, and goes on to the next while all slots of a group have been
//! used. Eight tags are one word, compared by a few instructions of integer arithmetic, the same on every core and
//! without a branch to guess wrong: nearly every key is in its first group, and there a tag leads to a wrong entry once
//! in some thirty searches.

#![forbid(unsafe_code)]

use crate::{error::Error, heap::Heap};

/// Slots of a group.
const SLOTS: u32 = 8;
/// The most groups; their slots' numbers and the tags' bits are all that a hash of 32 bits has.
const MAX_GROUPS: u32 = 1 << 25;
/// With this mask and less, twice an entry's number and 1 fits 16 bits.
const NARROW: u32 = (1 << 12) - 1;
const REMOVED: u8 = 1;

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = ONES << 7;

/// What the tag of an entry with this hash is.
#[inline(always)]
fn tag_of(hash: u32) -> u8 {
    0x80 | (hash >> 25) as u8
}

/// Eight times that.
#[inline(always)]
fn tags_of(hash: u32) -> u64 {
    u64::from_le_bytes([tag_of(hash); 8])
}

/// The top bit of the first byte that is 0, if there is one. (And of some that are 1 behind it: a borrow passes them.)
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn zeros(bytes: u64) -> u64 {
    bytes.wrapping_sub(ONES) & !bytes & TOPS
}

/// The number in one slot of a group of so many granules. (Every lane has one; that it does is seen by the compiler, not by all.)
#[inline(always)]
fn number_in<const STRIDE: usize>(group: &[u64; STRIDE], lane: u32) -> u32 {
    let lane = (lane & (SLOTS - 1)) as usize;
    let stored = if STRIDE == 3 {
        bytemuck::cast_slice::<u64, u16>(group).get(4 + lane).map(|number| u16::from_le(*number) as u32)
    } else {
        bytemuck::cast_slice::<u64, u32>(group).get(2 + lane).map(|number| u32::from_le(*number))
    };
    stored.map_or(u32::MAX, |stored| stored >> 1)
}

/// Where the groups are.
#[derive(Clone, Copy)]
pub(super) struct Index {
    /// Granule of the first group.
    first: u32,
    /// Number of groups, a power of two, less one.
    mask: u32,
}

/// One slot of one group.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    group: u32,
    lane: u32,
}

impl Slot {
    /// The slot whose tag's top bit is the lowest here.
    #[inline(always)]
    fn lowest(group: u32, bits: u64) -> Slot {
        Slot { group, lane: bits.trailing_zeros() / 8 }
    }

    /// The granule with the tag.
    pub(super) fn tags(self) -> u32 {
        self.group
    }

    fn tag_at(self) -> usize {
        self.group as usize * 8 + self.lane as usize
    }
}

impl Index {
    /// Behind the header of the block at `table`. Any mask will do: what it leads to is checked when it is read.
    #[inline(always)]
    pub(super) fn new(table: u32, mask: u32) -> Index {
        Index { first: table.wrapping_add(1), mask }
    }

    /// The block that it is in; 0: there is none.
    #[inline(always)]
    pub(super) fn block(self) -> u32 {
        self.first.wrapping_sub(1)
    }

    /// The mask of an index for so many entries: at most 7 of 8 slots are used, so that every search ends.
    pub(super) fn mask_for(entries: u32) -> Result<u32, Error> {
        // Without a division by 7, which not every core has.
        let slots = entries.max(SLOTS).checked_next_power_of_two().ok_or(Error::TooLarge)?;
        let groups = slots / SLOTS;
        let mask = if slots - groups < entries { slots / (SLOTS / 2) } else { groups } - 1;
        if mask < MAX_GROUPS { Ok(mask) } else { Err(Error::TooLarge) }
    }

    /// The most entries of an index with this mask.
    pub(super) fn most(mask: u32) -> u32 {
        (mask + 1) * (SLOTS - 1)
    }

    #[inline(always)]
    pub(super) fn is_narrow(self) -> bool {
        self.mask <= NARROW
    }

    /// Granules of a group: tags, numbers.
    #[inline(always)]
    fn stride(self) -> u32 {
        if self.is_narrow() { 3 } else { 5 }
    }

    /// Granules of all groups; `None` if there cannot be so many.
    #[inline(always)]
    pub(super) fn granules(self) -> Option<u32> {
        if self.mask < MAX_GROUPS { Some((self.mask + 1) * self.stride()) } else { None }
    }

    /// Granules to copy if the other index is one of as many groups.
    pub(super) fn kept_by(self, other: Index) -> Option<u32> {
        if self.mask == other.mask { self.granules() } else { None }
    }

    /// Granule behind the groups, where the entries start. Should it wrap, in a damaged map, then any place inside the heap
    /// is as wrong as another.
    #[inline(always)]
    pub(super) fn end(self) -> u32 {
        self.first.wrapping_add(self.mask.wrapping_add(1).wrapping_mul(self.stride()))
    }

    /// The same where a group's granules are known.
    #[inline(always)]
    pub(super) fn end_at<const STRIDE: usize>(self) -> u32 {
        self.first.wrapping_add(self.mask.wrapping_add(1).wrapping_mul(STRIDE as u32))
    }

    /// Granule of a group, by the low bits of its number.
    #[inline(always)]
    fn group(self, number: u32) -> u32 {
        self.first.wrapping_add((number & self.mask).wrapping_mul(self.stride()))
    }
}

/// What the first group of a hash says.
pub(super) enum Glance {
    /// This entry may be the one.
    Entry(u32),
    /// There is none.
    Nothing,
    /// Search.
    Unclear,
}

/// What a search for a key that is to be added finds.
#[cfg(target_pointer_width = "64")]
pub(super) enum Room {
    /// It is there: this entry.
    Entry(u32),
    /// It is not, and this is the slot for it.
    Slot(Slot),
}

impl Heap<'_> {
    /// Looks at the first slot that a hash may lead to, in its first group. One check, two loads.
    #[inline(always)]
    pub(super) fn glance(&self, index: Index, hash: u32) -> Glance {
        if index.is_narrow() { self.glance_at::<3>(index, hash) } else { self.glance_at::<5>(index, hash) }
    }

    #[inline(always)]
    pub(super) fn glance_at<const STRIDE: usize>(&self, index: Index, hash: u32) -> Glance {
        let group = index.first.wrapping_add((hash & index.mask).wrapping_mul(STRIDE as u32));
        let Ok(words) = self.words_at::<STRIDE>(group) else { return Glance::Unclear };
        let tags = u64::from_le(words[0]);
        // `zeros` of the difference: its top bits are those that the tags lack.
        let hits = (tags ^ tags_of(hash)).wrapping_sub(ONES) & tags & TOPS;
        if hits == 0 {
            // Of a slot that was used, bit 7 or bit 0 is set. (Not by `zeros`, whose constants take registers from all that is before.)
            return if (tags | tags >> 7) & ONES != ONES { Glance::Nothing } else { Glance::Unclear };
        }
        Glance::Entry(number_in(words, Slot::lowest(group, hits).lane))
    }

    /// Asks `is_it` about each entry that has this hash's tag, until one is. O(1) expected.
    #[inline(always)]
    pub(super) fn search(
        &self,
        index: Index,
        hash: u32,
        mut is_it: impl FnMut(u32) -> Result<bool, Error>,
    ) -> Result<Option<(u32, Slot)>, Error> {
        let mut next = 0;
        loop {
            let group = index.group(hash.wrapping_add(next));
            let tags = self.word(group)?;
            let mut hits = zeros(tags ^ tags_of(hash));
            while hits != 0 {
                let slot = Slot::lowest(group, hits);
                let entry = self.number(index, slot)?;
                if is_it(entry)? {
                    return Ok(Some((entry, slot)));
                }
                hits &= hits - 1;
            }
            if zeros(tags) != 0 {
                return self.sound().map(|()| None);
            }
            if next == index.mask {
                return Err(Error::corrupt(index.first));
            }
            next += 1;
        }
    }

    /// [`search`](Self::search) and [`free_slot`](Self::free_slot) in one pass, for groups of so many granules. `None` if `is_it` does
    /// not know, and in damaged bytes.
    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    pub(super) fn search_room<const STRIDE: usize>(
        &self,
        index: Index,
        hash: u32,
        is_it: impl Fn(u32) -> Option<bool>,
    ) -> Option<Room> {
        let (mut next, mut free) = (0, None);
        loop {
            let number = hash.wrapping_add(next) & index.mask;
            let group = index.first.wrapping_add(number.wrapping_mul(STRIDE as u32));
            let words = self.words_at::<STRIDE>(group).ok()?;
            let tags = u64::from_le(words[0]);
            let mut hits = zeros(tags ^ tags_of(hash));
            while hits != 0 {
                let entry = number_in(words, Slot::lowest(group, hits).lane);
                if is_it(entry)? {
                    return Some(Room::Entry(entry));
                }
                hits &= hits - 1;
            }
            let unused = !tags & TOPS;
            if free.is_none() && unused != 0 {
                free = Some(Slot::lowest(group, unused));
            }
            if zeros(tags) != 0 {
                return free.map(Room::Slot);
            }
            if next == index.mask {
                return None;
            }
            next += 1;
        }
    }

    /// The first slot that an entry with this hash may take. O(1) expected.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn free_slot(&self, index: Index, hash: u32) -> Result<Slot, Error> {
        for next in 0..=index.mask {
            let group = index.group(hash.wrapping_add(next));
            let free = !self.word(group)? & TOPS;
            if free != 0 {
                return Ok(Slot::lowest(group, free));
            }
        }
        Err(Error::corrupt(index.first))
    }

    /// The entry's number in a slot.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn number(&self, index: Index, slot: Slot) -> Result<u32, Error> {
        Ok(if index.is_narrow() {
            number_in::<3>(self.words_at(slot.group)?, slot.lane)
        } else {
            number_in::<5>(self.words_at(slot.group)?, slot.lane)
        })
    }

    /// Stores an entry's number into a slot whose tag does not count it yet.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn set_number(&mut self, index: Index, slot: Slot, number: u32) -> Result<(), Error> {
        let (numbers, stored) = (slot.group + 1, number << 1 | 1);
        if !index.is_narrow() {
            return self.set_half(numbers, slot.lane, stored);
        }
        let shift = slot.lane % 2 * 16;
        let others = self.half(numbers, slot.lane / 2)? & !(0xffff << shift);
        self.set_half(numbers, slot.lane / 2, others | (stored & 0xffff) << shift)
    }

    /// The word of tags in which this slot's entry counts, and the others are as they are.
    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    pub(super) fn tags_using(&self, slot: Slot, hash: u32) -> Result<u64, Error> {
        let shift = slot.lane % SLOTS * 8;
        Ok(self.word(slot.group)? & !(0xff << shift) | (tag_of(hash) as u64) << shift)
    }

    /// From this store on the slot's entry counts.
    #[inline(always)]
    pub(super) fn use_slot(&mut self, slot: Slot, hash: u32) -> Result<(), Error> {
        self.set_byte(slot.tag_at(), tag_of(hash))
    }

    /// And from this one on no longer.
    #[inline(always)]
    pub(super) fn empty_slot(&mut self, slot: Slot) -> Result<(), Error> {
        self.set_byte(slot.tag_at(), REMOVED)
    }

    /// Has a new index lead to all entries there are: so many, whose hashes stand in granule `first` and every `step`th from there.
    /// Nobody looks there yet, so the order of the stores is all the same.
    pub(super) fn fill_index(
        &mut self,
        index: Index,
        first: u32,
        step: u32,
        count: u32,
    ) -> Result<(), Error> {
        self.clear_index(index)?;
        self.locally(|heap| {
            let mut marks = first;
            for entry in 0..count {
                let hash = heap.lo(marks)?;
                let slot = heap.free_slot(index, hash)?;
                heap.set_number(index, slot, entry)?;
                heap.use_slot(slot, hash)?;
                marks = marks.wrapping_add(step);
            }
            Ok(())
        })
    }

    /// Makes all slots of a new index unused.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(super) fn clear_index(&mut self, index: Index) -> Result<(), Error> {
        (0..=index.mask).try_for_each(|group| self.set_word(index.group(group), 0))
    }

    /// Slots that lead to an entry. O(groups).
    pub(super) fn slots_taken(&self, index: Index) -> Result<u32, Error> {
        (0..=index.mask)
            .try_fold(0, |taken, group| Ok(taken + (self.word(index.group(group))? & TOPS).count_ones()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_zero_byte_is_found_and_no_byte_below_it() {
        assert_eq!(zeros(0x8181_8181_8181_8181), 0);
        assert_eq!(zeros(0x0181_8181_8181_8101), 0);
        for lane in 0..8 {
            let bytes = 0x8101_8101_8101_8101 & !(0xff << (8 * lane));
            assert_eq!(zeros(bytes).trailing_zeros(), 8 * lane + 7, "{lane}");
        }
    }

    #[test]
    fn an_index_is_large_enough_and_not_twice_as_large() {
        for entries in (1..20_000u32).step_by(if cfg!(miri) { 131 } else { 1 }) {
            let slots = (Index::mask_for(entries).unwrap() + 1) * SLOTS;
            assert!(slots.is_power_of_two() && slots / 8 * 7 >= entries, "{entries}");
            assert!(slots == SLOTS || slots / 2 / 8 * 7 < entries, "{entries}");
            let mask = Index::mask_for(entries).unwrap();
            assert!(
                entries <= Index::most(mask) && Index::mask_for(Index::most(mask)) == Ok(mask),
                "{entries}"
            );
            assert!(Index::mask_for(Index::most(mask) + 1).unwrap() > mask, "{entries}");
        }
        assert!(Index::mask_for(1 << 27).is_ok() && Index::mask_for(1 << 28).is_err());
        assert!(Index::mask_for(u32::MAX).is_err());
    }
}
