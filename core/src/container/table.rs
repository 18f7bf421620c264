//! The table of a map: an index of hashes over a dense array of entries in insertion order.
//!
//! ```text
//!   Map    | header | table, log2 | used, live | owner, cap |
//!                       |
//!   Table  | header | slot 0 .. slot 2^log2 - 1 (4 bytes each) | entry 0 | entry 1 | ... entry cap-1 |
//!
//!   slot   0: never used     2^log2: entry removed     else: upper bits of the hash | 1 + number of the entry
//!   entry  | key payload | value payload | hash (32 bits), key tag, value tag, 0, 0 |      24 bytes
//! ```
//!
//! Searched by linear probing. A slot carries as many bits of the hash as its entry number leaves over, so a probe
//! seldom touches an entry in vain. Removed entries keep their place until the table is rebuilt, aside, into a
//! new block; at most 7 of 8 slots are ever used, so a search always ends.

#![forbid(unsafe_code)]

use super::key::{Form, Query};
use crate::{
    error::Error,
    heap::{Heap, Kind, block},
    value::{CellAt, LastObject, Prepared, Value, tag},
};

/// Granules of an entry.
const ENTRY: u32 = 3;
/// More entries than this do not fit a block.
const MAX_LOG2: u32 = 28;

/// A map found by its handle.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    /// The map's own block.
    pub(crate) map: u32,
    pub(crate) table: u32,
    log2: u32,
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
    slot: u32,
}

impl Table {
    /// Granules that index and entries need.
    pub(crate) fn granules(&self) -> u64 {
        1 + self.slots().div_ceil(2) as u64 + self.cap as u64 * ENTRY as u64
    }

    /// Granule with `used` and `live`.
    fn count_word(&self) -> u32 {
        self.map + 2
    }

    fn slots(&self) -> u32 {
        1 << self.log2
    }

    /// First granule of entry `index`.
    #[inline(always)]
    fn entry(&self, index: u32) -> u32 {
        if cfg!(not(target_pointer_width = "64")) {
            // Should it wrap, in a damaged map, then any place inside the heap is as wrong as another.
            let entries = self.table.wrapping_add(1).wrapping_add(self.slots().div_ceil(2));
            return entries.wrapping_add(index.wrapping_mul(ENTRY)).min(u32::MAX - ENTRY);
        }
        let from = self.table as u64 + 1 + (self.slots() as u64).div_ceil(2) + index as u64 * ENTRY as u64;
        from.min(u32::MAX as u64 - ENTRY as u64) as u32
    }

    /// The key of entry `index`.
    #[inline(always)]
    pub(crate) fn key(&self, index: u32) -> Result<CellAt, Error> {
        let entry = self.entry(index);
        Heap::cell_at(entry, entry + 2, 4)
    }

    /// The value of entry `index`.
    #[inline(always)]
    pub(crate) fn value(&self, index: u32) -> Result<CellAt, Error> {
        let entry = self.entry(index);
        Heap::cell_at(entry + 1, entry + 2, 5)
    }
}

/// Slots (as a power of two) for so many entries: at most 7 of 8 are used.
fn log2_for(cap: u32) -> u32 {
    // Without a division by 7, which not every core has.
    let slots = cap.max(2).checked_next_power_of_two().unwrap_or(1 << 31);
    slots.trailing_zeros() + (slots - slots.div_ceil(8) < cap) as u32
}

fn granules(cap: u32, log2: u32) -> u32 {
    1 + (1u32 << log2).div_ceil(2) + cap * ENTRY
}

impl Heap<'_> {
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

    #[inline(always)]
    pub(crate) fn table(&self, map: u32) -> Result<Table, Error> {
        self.table_of(map, self.words_at(map)?)
    }

    /// The map whose block begins with these words.
    #[inline(always)]
    pub(crate) fn table_of(&self, map: u32, words: &[u64; 4]) -> Result<Table, Error> {
        let [_, table, counts, cap] = words.map(u64::from_le);
        let log2 = (table >> 32) as u32;
        // Where the table starts is inside the heap, so that counting on from there does not overflow.
        if log2 > MAX_LOG2 || table as u32 > self.end() {
            return Err(Error::Corrupt { at: map });
        }
        let (table, used, live) = (table as u32, counts as u32, (counts >> 32) as u32);
        Ok(Table { map, table, log2, used, live, cap: (cap >> 32) as u32 })
    }

    /// Looks a key up. O(1) expected.
    #[inline(never)]
    pub(crate) fn find(&self, table: &Table, query: &Query<'_>) -> Result<Option<Found>, Error> {
        self.find_here(table, query)
    }

    /// The same, as part of the caller, who may know what kind of key it is.
    #[inline(always)]
    pub(crate) fn find_here(&self, table: &Table, query: &Query<'_>) -> Result<Option<Found>, Error> {
        if table.table == 0 {
            return Ok(None);
        }
        if cfg!(not(target_pointer_width = "64")) {
            return self.probe(table, query.hash, &query.form);
        }
        // One loop for each form of key, of which only one is left where that is known.
        match query.form {
            form @ Form::Cell { .. } => self.probe(table, query.hash, &form),
            form @ Form::Number { .. } => self.probe(table, query.hash, &form),
            form @ Form::Block { .. } => self.probe(table, query.hash, &form),
        }
    }

    #[inline(always)]
    fn probe(&self, table: &Table, hash: u32, form: &Form<'_>) -> Result<Option<Found>, Error> {
        let mask = table.slots() - 1;
        let (mut slot, mut left) = (hash & mask, mask);
        loop {
            let found = self.half(table.table + 1, slot)?;
            if (found ^ hash) & !mask == 0 && found & mask != 0 {
                let entry = (found & mask) - 1;
                let words = self.entry_words(table, entry)?;
                let key_tag = (u64::from_le(words[2]) >> 32) as u8;
                if self.key_matches(u64::from_le(words[0]), key_tag, form)? {
                    return Ok(Some(Found { entry, slot }));
                }
            } else if found == 0 {
                return Ok(None);
            }
            left = left.checked_sub(1).ok_or(Error::Corrupt { at: table.table })?;
            slot = (slot + 1) & mask;
        }
    }

    /// An entry: key, value, hash and tags.
    #[inline(always)]
    fn entry_words(&self, table: &Table, index: u32) -> Result<&[u64; ENTRY as usize], Error> {
        self.words_at(table.entry(index))
    }

    /// The value of an entry. O(1).
    #[inline(always)]
    pub(crate) fn entry_value(&self, table: &Table, index: u32) -> Result<Value<'_>, Error> {
        let words = self.entry_words(table, index)?;
        let tag = (u64::from_le(words[2]) >> 40) as u8;
        self.value_of(u64::from_le(words[1]), tag, table.entry(index) + 1)
    }

    /// Adds an entry whose key is not there yet. O(1) amortised.
    pub(crate) fn insert_entry(
        &mut self,
        table: Table,
        query: &Query<'_>,
        value: &Prepared,
    ) -> Result<(), Error> {
        let key = self.prepare_key(query)?;
        self.insert_prepared(table, query.hash, &key, value).or_else(|error| self.discard(&key, error))
    }

    fn prepare_key(&mut self, query: &Query<'_>) -> Result<Prepared, Error> {
        match query.form {
            Form::Cell { tag, payload } => Ok(Prepared::scalar(payload, tag)),
            Form::Number { tag, payload, .. } => Ok(Prepared::scalar(payload, tag)),
            Form::Block { kind, bytes } => {
                let object = self.new_leaf(kind, bytes)?;
                let payload = self.handle(object)?.bits();
                Ok(Prepared { payload, tag: tag::OBJECT + kind as u8, object, fresh: true })
            }
        }
    }

    fn insert_prepared(
        &mut self,
        table: Table,
        hash: u32,
        key: &Prepared,
        value: &Prepared,
    ) -> Result<(), Error> {
        let table = self.reserve_entry(table)?;
        let slot = self.free_slot(&table, hash)?;
        let (key_at, value_at) = (table.key(table.used)?, table.value(table.used)?);
        // Behind the last entry: nobody looks there yet.
        self.set_word(key_at.payload, key.payload)?;
        self.set_word(value_at.payload, value.payload)?;
        self.set_word(key_at.tag_granule(), (value.tag as u64) << 40 | (key.tag as u64) << 32 | hash as u64)?;
        let words = [
            table.table + 1 + slot / 2,
            table.count_word(),
            key.object,
            value.object,
            self.owner_word(value.object)?.0,
        ];
        self.atomically(words, |heap| {
            let kept = hash & !(table.slots() - 1);
            heap.set_half(table.table + 1, slot, kept | (table.used + 1))?;
            heap.attach(key, table.map)?;
            heap.attach(value, table.map)?;
            heap.set_word(table.count_word(), ((table.live + 1) as u64) << 32 | (table.used + 1) as u64)
        })?;
        self.count_placed(value)
    }

    /// The first slot that an entry with this hash may take.
    fn free_slot(&self, table: &Table, hash: u32) -> Result<u32, Error> {
        let mask = table.slots() - 1;
        let mut slot = hash & mask;
        for _ in 0..=mask {
            if self.half(table.table + 1, slot)? & mask == 0 {
                return Ok(slot);
            }
            slot = (slot + 1) & mask;
        }
        Err(Error::Corrupt { at: table.table })
    }

    /// Slots that lead to an entry. O(slots).
    pub(crate) fn slots_taken(&self, table: &Table) -> Result<u32, Error> {
        let mut taken = 0;
        for slot in 0..table.slots() {
            taken += (self.half(table.table + 1, slot)? & (table.slots() - 1) != 0) as u32;
        }
        Ok(taken)
    }

    /// Takes an entry out; key and value objects (0: none) are loose after this. O(1); needs no memory.
    pub(crate) fn remove_entry(&mut self, table: &Table, found: Found) -> Result<(Prepared, u32), Error> {
        let (key_at, value_at) = (table.key(found.entry)?, table.value(found.entry)?);
        let (key_payload, key_tag) = self.load_cell(key_at)?;
        let key = self.object_in(key_payload, key_tag)?;
        let (payload, tag) = self.load_cell(value_at)?;
        let object = self.object_in(payload, tag)?;
        let live = table.live.checked_sub(1).ok_or(Error::Corrupt { at: table.map })?;
        let words = [
            table.table + 1 + found.slot / 2,
            table.count_word(),
            key_at.tag_granule(),
            key,
            object,
            self.owner_word(object)?.0,
        ];
        self.atomically(words, |heap| {
            heap.set_half(table.table + 1, found.slot, table.slots())?;
            heap.set_byte(key_at.tag, tag::REMOVED)?;
            heap.set_byte(value_at.tag, tag::NULL)?;
            heap.detach(key)?;
            heap.detach(object)?;
            heap.set_hi(table.count_word(), live)
        })?;
        Ok((Prepared { payload, tag, object, fresh: false }, key))
    }

    /// Makes room for one more entry. O(1), or O(entries) when the table has to be rebuilt.
    fn reserve_entry(&mut self, table: Table) -> Result<Table, Error> {
        if table.live > table.used {
            return Err(Error::Corrupt { at: table.map });
        }
        if table.used < table.cap {
            return Ok(table);
        }
        // Half as much again, counted from what is alive: a table full of removed entries keeps its size.
        let roomy = table.live.saturating_add(1).max(4).max(table.live.saturating_add(table.live / 2));
        match self.rebuild_table(table, roomy) {
            Err(Error::OutOfMemory { .. } | Error::TooLarge) => {
                self.rebuild_table(table, table.live.saturating_add(1))
            }
            done => done,
        }
    }

    /// The same entries without the removed ones, in a new block with room for `cap`. O(entries).
    pub(crate) fn rebuild_table(&mut self, old: Table, cap: u32) -> Result<Table, Error> {
        let log2 = log2_for(cap);
        if log2 > MAX_LOG2 {
            return Err(Error::TooLarge);
        }
        if old.used > old.cap || old.live > old.used {
            return Err(Error::Corrupt { at: old.map });
        }
        let old_block = self.body(old.map, Kind::Table)?;
        let table = self.allocate(granules(cap, log2), Kind::Table)?;
        let mut new = Table { table, log2, cap, used: 0, ..old };
        let filled = self.fill_table(old, &mut new);
        if filled.is_err() {
            self.free(table)?;
            filled?;
        }
        self.atomically([old.map + 1, old.map + 2, old.map + 3, table, old_block], |heap| {
            heap.set_word(old.map + 1, (log2 as u64) << 32 | table as u64)?;
            heap.set_lo(old.map + 2, new.used)?;
            heap.set_hi(old.map + 3, cap)?;
            let hi = heap.header(table)?.hi();
            heap.set_hi(table, block::make_owned(hi))?;
            heap.detach(old_block)
        })?;
        if old_block != 0 {
            self.free(old_block)?;
        }
        Ok(new)
    }

    fn fill_table(&mut self, old: Table, new: &mut Table) -> Result<(), Error> {
        for granule in new.table + 1..new.entry(0) {
            self.set_word(granule, 0)?;
        }
        for index in 0..old.used {
            let (from, to) = (old.entry(index), new.entry(new.used));
            let marks = self.word(from + 2)?;
            if (marks >> 32) as u8 == tag::REMOVED {
                continue;
            }
            if new.used == new.cap {
                return Err(Error::Corrupt { at: old.map });
            }
            self.set_word(to, self.word(from)?)?;
            self.set_word(to + 1, self.word(from + 1)?)?;
            self.set_word(to + 2, marks)?;
            let hash = marks as u32;
            let slot = self.free_slot(new, hash)?;
            self.set_half(new.table + 1, slot, hash & !(new.slots() - 1) | (new.used + 1))?;
            new.used += 1;
        }
        if new.used == old.live { Ok(()) } else { Err(Error::Corrupt { at: old.map }) }
    }

    /// The last object among the entries: values before keys. O(entries passed over).
    pub(crate) fn last_in_map(&self, map: u32) -> Result<Option<LastObject>, Error> {
        let table = self.table(map)?;
        if table.table == 0 {
            // Being destroyed by one who died after its entries were gone; `used` is what it was.
            return Ok(None);
        }
        for index in (0..table.used).rev() {
            let (key, value) = (table.key(index)?, table.value(index)?);
            for (cell, emptied) in [(value, tag::NULL), (key, tag::REMOVED)] {
                let (payload, tag) = self.load_cell(cell)?;
                let object = self.object_in(payload, tag)?;
                if object != 0 {
                    let count = Some((table.count_word(), 0, index + 1));
                    return Ok(Some(LastObject { object, cell, tag: emptied, count }));
                }
            }
        }
        Ok(None)
    }

    /// Copies entries behind those that `to` has; stops at a list or map, whose empty copy it puts in place. Returns both.
    pub(crate) fn copy_map_entries(&mut self, from: u32, to: u32) -> Result<Option<(u32, u32)>, Error> {
        let mut source = self.table(from)?;
        if source.used != source.live {
            // Without removed entries the copy's length says where to go on.
            source = self.rebuild_table(source, source.live)?;
        }
        let mut target = self.table(to)?;
        if target.cap < source.live {
            target = self.rebuild_table(target, source.live)?;
        }
        while target.used < source.used {
            let index = target.used;
            let hash = self.lo(source.entry(index) + 2)?;
            let (key_payload, key_tag) = self.load_cell(source.key(index)?)?;
            let key_object = self.object_in(key_payload, key_tag)?;
            let (payload, tag) = self.load_cell(source.value(index)?)?;
            let object = self.object_in(payload, tag)?;
            let (key, _) = self.copy_cell(key_payload, key_tag, key_object)?;
            let (value, below) = match self.copy_cell(payload, tag, object) {
                Ok(copied) => copied,
                Err(error) => return self.discard(&key, error),
            };
            if let Err(error) = self.insert_prepared(target, hash, &key, &value) {
                if value.object != 0 {
                    self.free(value.object)?;
                }
                return self.discard(&key, error);
            }
            if below {
                return Ok(Some((object, value.object)));
            }
            target = self.table(to)?;
        }
        Ok(None)
    }
}
