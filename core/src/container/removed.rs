//! Entries taken out of a table: they keep their place until `rebuild.rs` makes the table anew.
//!
//! ```text
//!   slot    tag 0x80 | ..  ->  1 (was used)        one journaled step for these four
//!   entry   key tag        ->  255 (removed)
//!           value tag      ->  null
//!   map     live           ->  live - 1            `used` stays
//! ```
//!
//! So removing needs no memory, and what comes behind keeps its number.

#![forbid(unsafe_code)]

use super::table::{Found, Table};
use crate::{
    door,
    error::Error,
    heap::Heap,
    value::{Prepared, tag},
};

impl Heap<'_> {
    /// Takes an entry out; key and value objects (0: none) are loose after this. O(1); needs no memory.
    pub(crate) fn remove_entry(&mut self, table: &Table, found: Found) -> Result<(Prepared, u32), Error> {
        let (key_at, value_at) = (table.key(found.entry)?, table.value(found.entry)?);
        let (key_payload, key_tag) = self.load_cell(key_at)?;
        let key = self.object_in(key_payload, key_tag)?;
        let (payload, tag) = self.load_cell(value_at)?;
        let object = self.object_in(payload, tag)?;
        let live = table.live.checked_sub(1).ok_or(Error::corrupt(table.map))?;
        let words = [
            found.slot.tags(),
            table.count_word(),
            key_at.tag_granule(),
            key,
            self.owner_word_of_key(key)?,
            object,
            self.owner_word(object)?.0,
        ];
        self.atomically(words, |heap| {
            heap.empty_slot(found.slot)?;
            heap.set_byte(key_at.tag, tag::REMOVED)?;
            heap.set_byte(value_at.tag, tag::NULL)?;
            heap.detach(key)?;
            heap.detach(object)?;
            heap.set_hi(table.count_word(), live)
        })?;
        Ok((Prepared { payload, tag, object, fresh: false }, key))
    }

    /// Behind this entry all have been removed, as far as is known: without it, emptying a map from its end would pass over more
    /// and more removed ones.
    pub(super) fn end_of_live(&self, table: &Table) -> Result<u32, Error> {
        let Some(last) = table.used.checked_sub(1) else { return Ok(0) };
        let key = table.key(last)?;
        let noted = self.byte(key.tag)? == tag::REMOVED && self.byte(table.value(last)?.tag)? == tag::REMOVED;
        Ok(if noted { table.used.min(self.lo(key.payload)?) } else { table.used })
    }

    /// Notes in the last entry, which has been removed, that all from `first` on have been.
    pub(super) fn note_end_of_live(&mut self, table: &Table, first: u32) -> Result<(), Error> {
        let Some(last) = table.used.checked_sub(1) else { return Ok(()) };
        self.set_word(table.key(last)?.payload, first as u64)?;
        door::publish();
        self.set_byte(table.value(last)?.tag, tag::REMOVED)
    }
}
