//! The index of a map's table: a hash leads to the numbers of the entries that may have it.
//!
//! ```text
//!   | ... | group 0 | group 1 | ... | group mask |      up to 2^12 groups: low parts of numbers only, 3 granules a group
//!                                                       up to 2^19:        high parts of a byte,     4 granules: half a cache line
//!                                                       more:              high parts of 2 bytes,    5 granules
//! ```
//!
//! Where there are high parts, the groups begin on a cache line (if the heap does): with those of a byte, none lies in two. Nor do a
//! set's entries, behind them.
//!
//! A search begins at the group (`group.rs`) that the hash's low bits name, and goes on to the next while all slots of a group have been
//! used. Nearly every key is in its first group.

#![forbid(unsafe_code)]

use super::group::{LOW, REMOVED, SLOTS, TOPS, doubled_in, is_open, lane_like, tag_of, tags_of, zeros};
use crate::{error::Error, heap::Heap};

/// The most groups; their slots' numbers and the tags' bits are all that a hash of 32 bits has.
const MAX_GROUPS: u32 = 1 << 25;
/// With this mask and less, low parts say all of an entry's number.
const NARROW: u32 = (1 << 12) - 1;
/// And with this one and less, high parts of a byte the rest.
const MIDDLE: u32 = (1 << 19) - 1;
/// Granules of a cache line.
const LINE: u32 = 8;

/// Where the groups are.
#[derive(Clone, Copy)]
pub(super) struct Index {
    /// The block that it is in.
    block: u32,
    /// Number of groups, a power of two, less one.
    pub(super) mask: u32,
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
    pub(super) fn lowest(group: u32, bits: u64) -> Slot {
        Slot { group, lane: bits.trailing_zeros() / 8 }
    }

    /// The granule with the tag.
    pub(super) fn tags(self) -> u32 {
        self.group
    }

    fn tag_at(self) -> usize {
        self.group as usize * 8 + self.lane as usize
    }

    /// The first byte of a low part.
    fn low_at(self) -> usize {
        self.group as usize * 8 + 8 + self.lane as usize * 2
    }

    /// The byte of a high part.
    fn high_at(self) -> usize {
        self.tag_at() + 24
    }
}

impl Index {
    /// Behind the header of a block. Any mask will do: what it leads to is checked when it is read.
    #[inline(always)]
    pub(super) fn new(block: u32, mask: u32) -> Index {
        Index { block, mask }
    }

    /// The block that it is in; 0: there is none.
    #[inline(always)]
    pub(super) fn block(self) -> u32 {
        self.block
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

    #[inline(always)]
    pub(super) fn is_middle(self) -> bool {
        self.mask <= MIDDLE
    }

    /// Granules of a group: tags, low parts, high parts.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn stride(self) -> u32 {
        3 + (self.mask > NARROW) as u32 + (self.mask > MIDDLE) as u32
    }

    /// Granules of all groups; `None` if there cannot be so many.
    #[inline(always)]
    pub(super) fn groups(self) -> Option<u32> {
        if self.mask < MAX_GROUPS { Some((self.mask + 1) * self.stride()) } else { None }
    }

    /// Granules to set aside for it, wherever they begin.
    pub(super) fn granules(self) -> Option<u32> {
        self.groups().map(|groups| if self.mask > NARROW { groups + LINE - 1 } else { groups })
    }

    /// Granule of the first group. Should it wrap, in a damaged map, then any place inside the heap is as wrong as another; so with
    /// the following.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn first(self) -> u32 {
        if self.mask > NARROW { self.first_at::<4>() } else { self.first_at::<3>() }
    }

    /// Granule behind the groups, where the entries start.
    #[inline(always)]
    pub(super) fn end(self) -> u32 {
        self.first().wrapping_add(self.mask.wrapping_add(1).wrapping_mul(self.stride()))
    }

    /// The same if the index is inside of a heap so large: a search in it is no longer than that.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn end_within(self, heap: u32) -> Option<u32> {
        let end = self.end();
        if self.mask < MAX_GROUPS && self.block < end && end <= heap { Some(end) } else { None }
    }

    /// The same where a group's granules are known.
    #[inline(always)]
    pub(super) fn end_at<const STRIDE: usize>(self) -> u32 {
        self.first_at::<STRIDE>().wrapping_add(self.mask.wrapping_add(1).wrapping_mul(STRIDE as u32))
    }

    #[inline(always)]
    fn first_at<const STRIDE: usize>(self) -> u32 {
        let before = if STRIDE == 3 { self.block } else { self.block | (LINE - 1) };
        before.wrapping_add(1)
    }

    /// Granule of a group, by the low bits of its number.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn group(self, number: u32) -> u32 {
        self.first().wrapping_add((number & self.mask).wrapping_mul(self.stride()))
    }

    #[inline(always)]
    pub(super) fn group_at<const STRIDE: usize>(self, number: u32) -> u32 {
        self.first_at::<STRIDE>().wrapping_add((number & self.mask).wrapping_mul(STRIDE as u32))
    }
}

/// What the first group of a hash says.
pub(super) enum Glance {
    /// The entry may be the one whose number is half of this.
    Entry(u32),
    /// There is none.
    Nothing,
    /// Search.
    Unclear,
}

impl Heap<'_> {
    /// Looks at the first slot that a hash may lead to, in its first group. One check, two loads, or three.
    #[inline(always)]
    pub(super) fn glance(&self, index: Index, hash: u32) -> Glance {
        match index.stride() {
            3 => self.glance_at::<3>(index, hash),
            4 => self.glance_at::<4>(index, hash),
            _ => self.glance_at::<5>(index, hash),
        }
    }

    #[inline(always)]
    pub(super) fn glance_at<const STRIDE: usize>(&self, index: Index, hash: u32) -> Glance {
        let Ok(words) = self.words_at::<STRIDE>(index.group_at::<STRIDE>(hash)) else {
            return Glance::Unclear;
        };
        match lane_like(words, hash) {
            Some(lane) => Glance::Entry(doubled_in(words, lane)),
            None if is_open(words) => Glance::Nothing,
            None => Glance::Unclear,
        }
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
                return Err(Error::corrupt(index.block));
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
        Err(Error::corrupt(index.block))
    }

    /// The entry's number in a slot.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn number(&self, index: Index, slot: Slot) -> Result<u32, Error> {
        let low = self.two_bytes(slot.group + 1, slot.lane)?;
        let high = match index.stride() {
            3 => return Ok(low >> 1),
            4 => self.byte(slot.high_at())? as u32,
            _ => self.two_bytes(slot.group + 3, slot.lane)?,
        };
        Ok(low >> 1 | high >> 1 << LOW)
    }

    /// One of four numbers of 16 bits in each of two granules.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn two_bytes(&self, at: u32, lane: u32) -> Result<u32, Error> {
        Ok(self.half(at, lane / 2)? >> (lane % 2 * 16) & 0xffff)
    }

    /// Stores an entry's number into a slot whose tag does not count it yet.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(super) fn set_number(&mut self, index: Index, slot: Slot, number: u32) -> Result<(), Error> {
        let high = number >> LOW << 1 | 1;
        match index.stride() {
            3 => {}
            4 => self.set_byte(slot.high_at(), high as u8)?,
            _ => self.set_two_bytes(slot.low_at() + 16, high)?,
        }
        self.set_two_bytes(slot.low_at(), number << 1 | 1)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn set_two_bytes(&mut self, at: usize, number: u32) -> Result<(), Error> {
        self.set_byte(at, number as u8)?;
        self.set_byte(at + 1, (number >> 8) as u8)
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

    /// Makes a new index the same as another of as many groups.
    pub(super) fn copy_index(&mut self, from: Index, to: Index) -> Result<(), Error> {
        let groups = from.groups().filter(|_| from.mask == to.mask).ok_or(Error::corrupt(from.block))?;
        self.copy_granules(from.first(), to.first(), groups)
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
    use crate::container::tests::in_turn;

    #[test]
    fn a_number_comes_back_from_every_slot_of_an_index_of_any_size() {
        in_turn(1 << 14, |turn| {
            let heap = &mut turn.heap;
            let block = heap.allocate(100, crate::heap::Kind::Raw).unwrap();
            for mask in [0, NARROW, 2 * NARROW + 1, MIDDLE, 2 * MIDDLE + 1, MAX_GROUPS - 1] {
                let index = Index::new(block, mask);
                heap.clear_index(Index::new(block, mask.min(3))).unwrap();
                (0..4).for_each(|group| heap.set_word(index.group(group), 0).unwrap());
                let most = Index::most(mask) - 1;
                let numbers = [most, most / 2, most.min(0x7fff), most.min(0x8000), most / 3, 1, 0, most - 1];
                for group in 0..4u32 {
                    for (lane, number) in (0..SLOTS).zip(numbers) {
                        let (slot, hash) = (Slot { group: index.group(group), lane }, lane << 28 | group);
                        heap.set_number(index, slot, number).unwrap();
                        heap.use_slot(slot, hash).unwrap();
                        assert_eq!(heap.number(index, slot), Ok(number), "{mask} {lane}");
                        let Glance::Entry(doubled) = heap.glance(index, hash) else {
                            panic!("{mask} {lane}")
                        };
                        assert_eq!(doubled, 2 * number, "{mask} {lane}");
                        let mut search = |entry| Ok(entry == number);
                        let found = heap.search(index, hash, &mut search).unwrap().map(|(entry, _)| entry);
                        assert_eq!(found, Some(number), "{mask} {lane}");
                    }
                }
                // No granule of a number reads like a used block's header, and no group lies in two cache lines if it need not.
                for granule in 1..index.stride() {
                    assert_eq!(heap.lo(index.group(2) + granule).unwrap() & 1, 1, "{mask}");
                }
                assert!(index.stride() != 4 || index.group(3) / LINE == (index.group(3) + 3) / LINE);
            }
            heap.free(block).unwrap();
        });
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
