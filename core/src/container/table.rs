//! The table of a map or set: an index of hashes over a dense array of entries in insertion order.
//!
//! ```text
//!   Map    | header | table, mask | used, live | owner, cap |
//!                       |
//!   Table  | header | group 0 .. group mask of the index | entry 0 | entry 1 | ... entry cap-1 |
//!
//!   entry  | key payload | value payload | hash (32 bits), key tag, value tag, 0, 0 |      24 bytes
//!   of a set, frozen or not
//!          | key payload |                 hash (32 bits), key tag, 0, 0, 0         |      16 bytes
//! ```
//!
//! What differs between the two is one number, the granules of an entry. A set's entry has a value tag as a map's has, which says
//! null; as null has no payload, the value's may be taken to lie where the key's does, so no code asks which of the two it has.
//!
//! `index.rs` has the index (a large one leaves up to 7 granules before itself): it turns a hash into entries' numbers; `peek.rs`
//! looks where a key nearly always is. Removed entries keep their place until `rebuild.rs` makes the table anew.

#![forbid(unsafe_code)]

use super::{
    index::{Index, Slot},
    key::{Form, Query},
};
use crate::{
    error::Error,
    handle::OfKind,
    heap::{Heap, Kind},
    value::{CellAt, LastObject, Prepared, Value, tag},
};

/// Granules of a map's entry.
pub(super) const ENTRY: u32 = 3;

/// Granules of an entry in a table of this kind.
#[inline(always)]
pub(super) const fn entry_of(kind: u8) -> u32 {
    // A set, frozen or not.
    ENTRY - (kind / 2 == Kind::Set as u8 / 2) as u32
}

const _: () = {
    assert!(entry_of(Kind::Map as u8) == 3 && entry_of(Kind::FrozenMap as u8) == 3);
    assert!(entry_of(Kind::Set as u8) == 2 && entry_of(Kind::FrozenSet as u8) == 2);
    assert!(entry_of(Kind::Instance as u8) == 3);
};

/// A map or set found by its handle.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    /// The map's own block.
    pub(crate) map: u32,
    pub(super) index: Index,
    /// Granule of the first entry.
    pub(super) entries: u32,
    /// Granules of an entry.
    pub(super) step: u32,
    /// Entries written, removed ones included.
    pub(crate) used: u32,
    /// Entries not removed.
    pub(crate) live: u32,
    /// Entries there is room for.
    pub(crate) cap: u32,
}

/// Where a key was found: its entry and its slot.
#[derive(Clone, Copy)]
pub(crate) struct Found {
    pub(crate) entry: u32,
    pub(super) slot: Slot,
}

impl Table {
    /// Granules that index and entries need.
    pub(crate) fn granules(&self) -> u64 {
        1 + self.index.granules().unwrap_or(u32::MAX) as u64 + self.cap as u64 * self.step as u64
    }

    /// Granule with `used` and `live`.
    #[inline(always)]
    pub(super) fn count_word(&self) -> u32 {
        self.map + 2
    }

    /// First granule of entry `index`. Should it wrap, in a damaged map, then any place inside the heap is as wrong as another.
    #[inline(always)]
    pub(super) fn entry(&self, index: u32) -> u32 {
        self.entries.wrapping_add(index.wrapping_mul(self.step)).min(u32::MAX - ENTRY)
    }

    /// Granule of an entry's hash and tags.
    #[inline(always)]
    pub(super) fn marks(&self, entry: u32) -> u32 {
        entry + self.step - 1
    }

    /// The key of entry `index`.
    #[inline(always)]
    pub(crate) fn key(&self, index: u32) -> Result<CellAt, Error> {
        let entry = self.entry(index);
        Heap::cell_at(entry, self.marks(entry), 4)
    }

    /// The value of entry `index`: null, in a set.
    #[inline(always)]
    pub(crate) fn value(&self, index: u32) -> Result<CellAt, Error> {
        let marks = self.marks(self.entry(index));
        Heap::cell_at(marks - 1, marks, 5)
    }
}

impl Heap<'_> {
    /// The map or set in this block.
    #[inline(always)]
    pub(crate) fn table(&self, map: u32) -> Result<Table, Error> {
        let words = self.words_at(map)?;
        self.table_of(map, words, entry_of((u64::from_le(words[0]) >> 32) as u8))
    }

    /// The map or set of a handle.
    #[inline(always)]
    pub(super) fn table_named<M: OfKind>(&self, map: M) -> Result<Table, Error> {
        let words = self.resolve_words(map.handle(), M::KIND)?;
        self.table_of(map.handle().block(), words, const { entry_of(M::KIND as u8) })
    }

    /// The map whose block begins with these words, and whose entries are so long.
    #[inline(always)]
    fn table_of(&self, map: u32, words: &[u64; 4], step: u32) -> Result<Table, Error> {
        let [_, table, counts, cap] = words.map(u64::from_le);
        let index = Index::new(table as u32, (table >> 32) as u32);
        let (used, live) = (counts as u32, (counts >> 32) as u32);
        let entries = index.end_within(self.end()).ok_or(Error::corrupt(map))?;
        Ok(Table { map, index, entries, step, used, live, cap: (cap >> 32) as u32 })
    }

    /// Looks a key up. O(1) expected.
    #[inline(never)]
    pub(crate) fn find(&self, table: &Table, query: &Query<'_>) -> Result<Option<Found>, Error> {
        if table.index.block() == 0 {
            return Ok(None);
        }
        if cfg!(not(any(target_pointer_width = "64", feature = "scalars"))) {
            return self.probe(table, query.hash, &query.form);
        }
        // One loop for each form of key.
        match query.form {
            form @ Form::Cell { .. } => self.probe(table, query.hash, &form),
            form @ Form::Number { .. } => self.probe(table, query.hash, &form),
            form @ Form::Block { .. } => self.probe(table, query.hash, &form),
            #[cfg(feature = "scalars")]
            Form::Other { ref value, levels } => self.find_other(table, query.hash, value, levels),
        }
    }

    #[inline(always)]
    fn probe(&self, table: &Table, hash: u32, form: &Form<'_>) -> Result<Option<Found>, Error> {
        let found = self.search(table.index, hash, |entry| {
            let key = table.entry(entry);
            self.key_matches(self.word(key)?, (self.word(table.marks(key))? >> 32) as u8, form)
        })?;
        Ok(found.map(|(entry, slot)| Found { entry, slot }))
    }

    /// The value of an entry. O(1).
    #[inline(always)]
    pub(super) fn entry_value(&self, table: &Table, index: u32) -> Result<Value<'_>, Error> {
        let value = table.marks(table.entry(index)) - 1;
        let [payload, marks] = self.words_at::<2>(value)?.map(u64::from_le);
        self.value_of(payload, (marks >> 40) as u8, value)
    }

    /// Key and value of a map's entry in this granule, by one check. O(1).
    #[inline(always)]
    pub(super) fn entry_values(&self, entry: u32) -> Result<(Value<'_>, Value<'_>), Error> {
        let [key, value, marks] = self.words_at::<{ ENTRY as usize }>(entry)?.map(u64::from_le);
        Ok((
            self.value_of(key, (marks >> 32) as u8, entry)?,
            self.value_of(value, (marks >> 40) as u8, entry.wrapping_add(1))?,
        ))
    }

    /// All entries of a map as they lie there, removed ones included, and the granule of the first.
    #[cfg(feature = "serde")]
    pub(crate) fn entries_of(&self, table: &Table) -> Result<(u32, &[u64]), Error> {
        if table.used == 0 {
            return Ok((0, &[]));
        }
        let words = table.used.checked_mul(ENTRY).ok_or(Error::corrupt(table.map))?;
        Ok((table.entry(0), self.raw_words(table.entry(0), words)?))
    }

    /// Adds an entry whose key is not there yet. O(1) amortised.
    pub(crate) fn insert_entry(
        &mut self,
        table: Table,
        query: &Query<'_>,
        value: &Prepared,
    ) -> Result<(), Error> {
        let key = self.prepare_key(query)?;
        if cfg!(feature = "scalars") && key.object != 0 && key.object == value.object {
            return Err(Error::AlreadyPlaced);
        }
        self.insert_prepared(table, query.hash, &key, value).or_else(|error| self.discard(&key, error))?;
        if cfg!(feature = "scalars") { self.count_placed(&key) } else { Ok(()) }
    }

    pub(super) fn insert_prepared(
        &mut self,
        table: Table,
        hash: u32,
        key: &Prepared,
        value: &Prepared,
    ) -> Result<(), Error> {
        let table = self.reserve_entry(table)?;
        let slot = self.free_slot(table.index, hash)?;
        let (key_at, value_at) = (table.key(table.used)?, table.value(table.used)?);
        // Behind the last entry, and beside a tag that says "unused": nobody looks there yet. (In a set the key's payload takes
        // the place of the value's.)
        self.set_word(value_at.payload, value.payload)?;
        self.set_word(key_at.payload, key.payload)?;
        self.set_word(key_at.tag_granule(), (value.tag as u64) << 40 | (key.tag as u64) << 32 | hash as u64)?;
        self.set_number(table.index, slot, table.used)?;
        let words = [
            slot.tags(),
            table.count_word(),
            key.object,
            self.owner_word_of_key(key.object)?,
            value.object,
            self.owner_word(value.object)?.0,
        ];
        self.atomically(words, |heap| {
            heap.use_slot(slot, hash)?;
            heap.attach(key, table.map)?;
            heap.attach(value, table.map)?;
            heap.set_word(table.count_word(), ((table.live + 1) as u64) << 32 | (table.used + 1) as u64)
        })?;
        self.count_placed(value)
    }

    /// Whether as many slots lead to an entry as there are entries. O(slots).
    pub(crate) fn index_is_full(&self, table: &Table) -> Result<bool, Error> {
        Ok(self.slots_taken(table.index)? == table.live)
    }

    /// The last object among the entries: values before keys. O(entries passed over).
    pub(crate) fn last_in_map(&self, map: u32) -> Result<Option<LastObject>, Error> {
        let table = self.table(map)?;
        if table.index.block() == 0 {
            // Being destroyed by one who died after its entries were gone; `used` is what it was.
            return Ok(None);
        }
        for index in (0..table.used).rev() {
            let (key, value) = (table.key(index)?, table.value(index)?);
            for (cell, emptied) in [(value, tag::NULL), (key, tag::REMOVED)] {
                let (payload, tag) = self.load_cell(cell)?;
                let object = self.object_in(payload, tag)?;
                if object != 0 {
                    let count = (table.count_word(), 0, index + 1);
                    return Ok(Some(LastObject { object, cell, tag: emptied, count }));
                }
            }
        }
        Ok(None)
    }

    /// Copies entries behind those that `to` has; stops at a container, whose empty copy it puts in place. Returns both.
    pub(crate) fn copy_map_entries(&mut self, from: u32, to: u32) -> Result<Option<(u32, u32)>, Error> {
        let mut source = self.table(from)?;
        if source.used != source.live {
            // Without removed entries the copy's length says where to go on.
            source = self.rebuild_table(source, source.live, 0)?;
        }
        let mut target = self.table(to)?;
        if target.cap < source.live {
            target = self.rebuild_table(target, source.live, 0)?;
        }
        while target.used < source.used {
            let index = target.used;
            let hash = self.lo(source.marks(source.entry(index)))?;
            let (key_payload, key_tag) = self.load_cell(source.key(index)?)?;
            let key_object = self.object_in(key_payload, key_tag)?;
            let (payload, tag) = self.load_cell(source.value(index)?)?;
            let object = self.object_in(payload, tag)?;
            let (key, key_below) = self.copy_cell(key_payload, key_tag, key_object)?;
            let (value, below) = match self.copy_cell(payload, tag, object) {
                Ok(copied) => copied,
                Err(error) => return self.discard(&key, error),
            };
            if let Err(error) = self.insert_prepared(target, hash, &key, &value) {
                if value.object != 0 {
                    self.destroy_block(value.object)?;
                }
                return self.discard(&key, error);
            }
            if key_below {
                return Ok(Some((key_object, key.object)));
            }
            if below {
                return Ok(Some((object, value.object)));
            }
            target = self.table(to)?;
        }
        Ok(None)
    }
}
