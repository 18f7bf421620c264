//! Whole numbers as keys, the short way: where what is added, or gets another value, is as simple as it mostly is.
//!
//! One pass over the hash's groups tells that a key is not there *and* which slot it is to have, where the general way makes two.
//! Neither key nor value has an object, so two words change, where the general way has five to ask about. Whatever else is met
//! is left to that, damage included: here it is `None`.
//!
//! (Not on 32-bit cores: where flash is short, one way must do.)

#![forbid(unsafe_code)]

use super::{
    index::{Index, Room},
    key::Key,
    table::{ENTRY, entry_of},
};
use crate::{
    error::Error,
    handle::OfKind,
    heap::Heap,
    value::{Prepared, tag},
};

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

    #[inline(never)]
    fn add_int<M: OfKind>(&mut self, map: M, int: i64, payload: u64, tag: u8) -> Result<Option<bool>, Error> {
        let hash = self.hash_int(int);
        let Ok(words) = self.resolve_words::<4>(map.handle(), M::KIND) else { return Ok(None) };
        let [_, table, counts, cap] = words.map(u64::from_le);
        let index = Index::new(table as u32, (table >> 32) as u32);
        // As `table_of` has it: what is inside the heap is searched in no more steps than that has granules.
        let end = index.granules().and_then(|granules| (table as u32).checked_add(granules));
        if table as u32 == 0 || end.is_none_or(|end| end > self.end()) {
            return Ok(None);
        }
        let step = const { entry_of(M::KIND as u8) };
        let entry_at = |number: u32| index.end().wrapping_add(number.wrapping_mul(step));
        let is_it = |number| {
            let at = entry_at(number);
            let marks = self.word(at.wrapping_add(step - 1)).ok()?;
            // What is no `INT` may be equal to one all the same.
            ((marks >> 32) as u8 == tag::INT).then_some(self.word(at) == Ok(int as u64))
        };
        let found = match index.is_narrow() {
            true => self.search_room::<3>(index, hash, is_it),
            false => self.search_room::<5>(index, hash, is_it),
        };
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
