//! Whole numbers as keys, the short way: where what is added, or gets another value, is as simple as it mostly is.
//!
//! One pass over the hash's groups tells that a key is not there *and* which slot it is to have, where the general way makes two.
//! Neither key nor value has an object, so two words change, where the general way has five to ask about. The same pass looks up
//! what was not where a key nearly always is (`peek.rs`): one number in fifty. Whatever else is met is left to the general way,
//! damage included: here it is `None`, or `Unclear`.
//!
//! (Not on 32-bit cores: where flash is short, one way must do.)

#![forbid(unsafe_code)]

use super::{
    group::{TOPS, doubled_in, tags_of, zeros},
    index::{Index, Slot},
    key::Key,
    peek::Peek,
    table::{ENTRY, entry_of},
};
use crate::{
    error::Error,
    handle::OfKind,
    heap::Heap,
    value::{Prepared, tag},
};

/// What a search for a key that is to be added finds.
enum Room {
    /// It is there: this entry.
    Entry(u32),
    /// It is not, and this is the slot for it.
    Slot(Slot),
}

/// Granule of an entry.
#[inline(always)]
fn entry_at(index: Index, step: u32, number: u32) -> u32 {
    index.end().wrapping_add(number.wrapping_mul(step))
}

impl Heap<'_> {
    /// Gives a key a value, if the key is a whole number and neither that value nor the one it had is an object; says whether the
    /// key is new. O(1) expected.
    #[inline(always)]
    pub(super) fn add_plain<M: OfKind>(
        &mut self,
        map: M,
        key: &Key<'_>,
        value: Prepared,
    ) -> Result<Option<bool>, Error> {
        match key {
            Key::Int(int) => self.add_int(map, *int, value.payload, value.tag),
            _ => Ok(None),
        }
    }

    /// Looks a whole number up, where the first look was not enough. What this leaves unclear is searched for. O(1) expected.
    #[inline(always)]
    pub(super) fn seek_int<M: OfKind>(&self, map: M, int: i64) -> Peek {
        let Some(words) = self.named_words::<4>(map.handle(), M::KIND) else { return Peek::Unclear };
        let table = u64::from_le(words[1]);
        let (index, step) =
            (Index::new(table as u32, (table >> 32) as u32), const { entry_of(M::KIND as u8) });
        match self.room_of_int(index, step, int, self.hash_int(int)) {
            Some(Room::Entry(number)) if step == ENTRY => {
                let value = entry_at(index, step, number).wrapping_add(1);
                match self.words_at(value) {
                    Ok([payload, marks]) => {
                        Peek::Value(u64::from_le(*payload), (u64::from_le(*marks) >> 40) as u8, value)
                    }
                    Err(_) => Peek::Unclear,
                }
            }
            Some(Room::Entry(number)) => Peek::Value(0, tag::NULL, entry_at(index, step, number)),
            Some(Room::Slot(_)) => Peek::Nothing,
            None => Peek::Unclear,
        }
    }

    /// The entry of a whole number with this hash, or else the slot for one.
    #[inline(always)]
    fn room_of_int(&self, index: Index, step: u32, int: i64, hash: u32) -> Option<Room> {
        // As `table_of` has it: what is inside the heap is searched in no more steps than that has granules.
        if index.block() == 0 || index.end_within(self.end()).is_none() {
            return None;
        }
        let is_it = |number| {
            let at = entry_at(index, step, number);
            let marks = self.word(at.wrapping_add(step - 1)).ok()?;
            // What is no `INT` may be equal to one all the same.
            ((marks >> 32) as u8 == tag::INT).then_some(self.word(at) == Ok(int as u64))
        };
        match index.stride() {
            3 => self.search_room::<3>(index, hash, is_it),
            4 => self.search_room::<4>(index, hash, is_it),
            _ => self.search_room::<5>(index, hash, is_it),
        }
    }

    /// [`search`](Self::search) and [`free_slot`](Self::free_slot) in one pass, for groups of so many granules. `None` if `is_it` does
    /// not know, and in damaged bytes.
    #[inline(always)]
    fn search_room<const STRIDE: usize>(
        &self,
        index: Index,
        hash: u32,
        is_it: impl Fn(u32) -> Option<bool>,
    ) -> Option<Room> {
        let (mut next, mut free) = (0, None);
        loop {
            let group = index.group_at::<STRIDE>(hash.wrapping_add(next));
            let words = self.words_at::<STRIDE>(group).ok()?;
            let tags = u64::from_le(words[0]);
            let mut hits = zeros(tags ^ tags_of(hash));
            while hits != 0 {
                let entry = doubled_in(words, hits.trailing_zeros() / 8) / 2;
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

    #[inline(never)]
    fn add_int<M: OfKind>(&mut self, map: M, int: i64, payload: u64, tag: u8) -> Result<Option<bool>, Error> {
        let hash = self.hash_int(int);
        let Ok(words) = self.resolve_words::<4>(map.handle(), M::KIND) else { return Ok(None) };
        let [_, table, counts, cap] = words.map(u64::from_le);
        let (index, step) =
            (Index::new(table as u32, (table >> 32) as u32), const { entry_of(M::KIND as u8) });
        let entry_at = |number| entry_at(index, step, number);
        let found = self.room_of_int(index, step, int, hash);
        let (used, live) = (counts as u32, (counts >> 32) as u32);
        match found {
            Some(Room::Slot(slot)) if used < (cap >> 32) as u32 && live <= used => {
                let marks = (tag as u64) << 40 | (tag::INT as u64) << 32 | hash as u64;
                self.locally(|heap| {
                    // As `insert_prepared` does it: behind the last entry, and beside a tag that says "unused", nobody looks yet.
                    let at = entry_at(used);
                    if step == ENTRY {
                        heap.set_word(at, int as u64)?;
                        heap.set_two(at.wrapping_add(1), [payload, marks])?;
                    } else {
                        heap.set_two(at, [int as u64, marks])?;
                    }
                    heap.set_number(index, slot, used)?;
                    let tags = heap.tags_using(slot, hash)?;
                    let counts = ((live + 1) as u64) << 32 | (used + 1) as u64;
                    heap.change_two([(slot.tags(), tags), (map.handle().block() + 2, counts)])
                })?;
                Ok(Some(true))
            }
            Some(Room::Entry(number)) => {
                // (All values of a set are the same.)
                if step == ENTRY {
                    let value =
                        Heap::cell_at(entry_at(number).wrapping_add(1), entry_at(number).wrapping_add(2), 5)?;
                    if tag::is_object(self.byte(value.tag)?) {
                        return Ok(None);
                    }
                    self.store_cell(value, map.handle().block(), Prepared::scalar(payload, tag))?;
                }
                Ok(Some(false))
            }
            _ => Ok(None),
        }
    }
}
