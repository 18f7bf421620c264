//! Entries whose key and value were made just now, for maps that are being built.

#![forbid(unsafe_code)]

use super::key::Key;
use crate::{error::Error, handle::Map, heap::Heap, turn::Turn, value::Prepared};

impl Map {
    /// As [`set`](Self::set): a text or bytes for a key go into the map, or are destroyed if an equal key is there.
    /// [`Error::WrongType`] if it is no key. After an error both are the caller's still.
    pub(crate) fn set_fresh(
        self,
        turn: &mut Turn<'_>,
        key: &Prepared,
        value: &Prepared,
    ) -> Result<(), Error> {
        let (table, found, hash) = {
            let item = turn.heap.item(key.payload, key.tag);
            let query = turn.heap.query(Key::try_from(item.value(turn)?)?)?;
            let (table, found) = self.find(&turn.heap, &query)?;
            (table, found, query.hash)
        };
        let heap = &mut turn.heap;
        let Some(found) = found else { return heap.insert_prepared(table, hash, key, value) };
        let old = heap.store_cell(table.value(found.entry)?, table.map, *value)?;
        heap.destroy_if_any(old)?;
        heap.destroy_if_any(key.object)
    }

    /// The same under a name that is not in the region yet.
    pub(crate) fn set_named(self, turn: &mut Turn<'_>, name: &str, value: &Prepared) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let query = heap.query(Key::Text(name))?;
        let (table, found) = self.find(heap, &query)?;
        let Some(found) = found else { return heap.insert_entry(table, &query, value) };
        let old = heap.store_cell(table.value(found.entry)?, table.map, *value)?;
        heap.destroy_if_any(old)
    }
}

impl Heap<'_> {
    fn destroy_if_any(&mut self, object: u32) -> Result<(), Error> {
        if object == 0 { Ok(()) } else { self.destroy_block(object).map(|_| ()) }
    }
}
