//! What maps and sets of all forms have in common: entries by number, and an index that leads to them.
//!
//! ```text
//!   a table           | .. index .. | key 0, value 0, marks | key 1, value 1, marks | ...       3 granules and 24 bytes apart
//!   that of a set     | .. index .. | key 0, marks | key 1, marks | ...                         2 granules and 16 bytes apart
//!   a fast map        | .. index .. | key 0 | value 0 | key 1 | value 1 | ... | tags |           2 granules and 2 bytes apart
//!   a fast set        | .. index .. | key 0 | key 1 | ...                     | tags |           1 granule and 1 byte apart
//! ```
//!
//! In all of them payloads of keys and tags of keys stand at equal distances, and what belongs to a value is one place behind
//! what belongs to its key. So what walks through entries, or asks one container about the keys of another, is said once.

#![forbid(unsafe_code)]

#[cfg(not(feature = "scalars"))]
use super::key::Key;
use super::{
    compare::{Patience, WALKS},
    index::Index,
    key::{Form, Query},
    table::{ENTRY, Table},
};
use crate::{
    error::Error,
    heap::{Form as Built, Heap},
    value::{CellAt, Value, tag},
};

/// A map or set, as it is walked through and searched.
#[derive(Clone, Copy)]
pub(crate) struct Hashed {
    /// The container's own block.
    pub(crate) block: u32,
    /// `None`: there is none yet, nor an entry.
    pub(super) index: Option<Index>,
    /// Where the first key is, and how far the next one is from there in granules and bytes.
    pub(super) first: CellAt,
    pub(super) step: (u32, u32),
    /// Entries, removed ones included.
    pub(crate) used: u32,
    /// Entries not removed.
    pub(crate) live: u32,
    /// Whether keys have values beside them.
    pub(super) has_values: bool,
}

impl From<Table> for Hashed {
    #[inline(always)]
    fn from(table: Table) -> Hashed {
        let entry = table.entry(0);
        let tag = (table.marks(entry) as usize).wrapping_mul(8).wrapping_add(4);
        Hashed {
            block: table.map,
            index: (table.index.block() != 0).then_some(table.index),
            first: CellAt { payload: entry, tag },
            step: (table.step, table.step * 8),
            used: table.used,
            live: table.live,
            has_values: table.step == ENTRY,
        }
    }
}

impl Hashed {
    /// The key of an entry. Should it wrap, in a damaged container, then any place inside the heap is as wrong as another.
    #[inline(always)]
    pub(crate) fn key(&self, entry: u32) -> CellAt {
        let (payloads, tags) = self.step;
        self.first.moved((entry.wrapping_mul(payloads), entry.wrapping_mul(tags)))
    }

    /// The value beside a key.
    #[inline(always)]
    pub(crate) fn value(&self, key: CellAt) -> CellAt {
        key.moved((1, 1))
    }
}

impl Heap<'_> {
    /// The map or set in this block, by its form.
    pub(crate) fn hashed(&self, block: u32) -> Result<Hashed, Error> {
        match self.header(block)?.form() {
            Built::Packed => self.packed(block),
            _ => self.table(block).map(Hashed::from),
        }
    }

    /// The number of the next entry, from `next` on, that was not removed, and its key.
    #[inline(always)]
    pub(super) fn live_from(&self, of: &Hashed, next: u32) -> Result<Option<(u32, CellAt)>, Error> {
        let mut entry = next;
        while entry < of.used {
            let key = of.key(entry);
            if self.byte(key.tag)? != tag::REMOVED {
                return Ok(Some((entry, key)));
            }
            entry += 1;
        }
        Ok(None)
    }

    /// Looks a key up. O(1) expected.
    #[inline(never)]
    pub(crate) fn find_in(&self, of: &Hashed, query: &Query<'_>) -> Result<Option<u32>, Error> {
        // One loop for each form of key.
        match query.form {
            form @ Form::Cell { .. } => self.probe_in(of, query.hash, &form),
            form @ Form::Number { .. } => self.probe_in(of, query.hash, &form),
            form @ Form::Block { .. } => self.probe_in(of, query.hash, &form),
            #[cfg(feature = "scalars")]
            Form::Other { .. } => self.find_within(of, query, &mut Patience::of(self)),
        }
    }

    /// The same, of one among many keys, which share this patience.
    pub(super) fn find_within(
        &self,
        of: &Hashed,
        query: &Query<'_>,
        patience: &mut Patience,
    ) -> Result<Option<u32>, Error> {
        #[cfg(feature = "scalars")]
        if let Form::Other { value, levels } = query.form {
            let Some(index) = of.index else { return Ok(None) };
            let key_at = |entry| Ok(of.key(entry));
            return match self.search_other((index, query.hash), (value, levels), key_at, patience)? {
                Some((entry, _)) if entry >= of.used => Err(Error::corrupt(of.block)),
                found => Ok(found.map(|(entry, _)| entry)),
            };
        }
        let _ = patience;
        self.find_in(of, query)
    }

    #[inline(always)]
    fn probe_in(&self, of: &Hashed, hash: u32, form: &Form<'_>) -> Result<Option<u32>, Error> {
        let Some(index) = of.index else { return Ok(None) };
        let found = self.search(index, hash, |entry| {
            let (payload, tag) = self.load_cell(of.key(entry))?;
            self.key_matches(payload, tag, form)
        })?;
        match found {
            Some((entry, _)) if entry >= of.used => Err(Error::corrupt(of.block)),
            found => Ok(found.map(|(entry, _)| entry)),
        }
    }

    /// Where the key in a cell is found in this map or set.
    pub(super) fn find_same(
        &self,
        of: &Hashed,
        key: CellAt,
        patience: &mut Patience,
    ) -> Result<Option<u32>, Error> {
        let query = self.query_at(key, WALKS, patience)?;
        self.find_within(of, &query, patience)
    }

    /// Hash and entry of the key in a cell of this map or set; `None` if this program cannot tell what it is worth.
    // (Where the stack is short, reading the key, which goes deep, should not begin from here.)
    #[cfg_attr(not(feature = "scalars"), inline(always))]
    pub(crate) fn find_own(
        &self,
        of: &Hashed,
        key: CellAt,
        patience: &mut Patience,
    ) -> Result<Option<(u32, Option<u32>)>, Error> {
        if cfg!(not(feature = "scalars")) {
            let key = self.value(key)?;
            let foreign =
                matches!(key, Value::Other(_) | Value::Tuple(_) | Value::FrozenSet(_) | Value::FastSet(_));
            if foreign {
                return Ok(None);
            }
        }
        let query = self.query_at(key, WALKS, patience)?;
        Ok(Some((query.hash, self.find_within(of, &query, patience)?)))
    }

    /// The query of the key in a cell; of another type than this program has, it cannot be told from others.
    #[cfg(not(feature = "scalars"))]
    #[inline(always)]
    pub(crate) fn query_at(&self, key: CellAt, _: u8, _: &mut Patience) -> Result<Query<'_>, Error> {
        self.query(Key::try_from(self.value(key)?).map_err(|_| Error::NotComparable)?)
    }

    /// The hash of the key in a cell of this map or set.
    pub(super) fn hash_at(&self, of: &Hashed, key: CellAt, patience: &mut Patience) -> Result<u32, Error> {
        match self.header(of.block)?.form() {
            Built::Packed => Ok(self.query_at(key, WALKS, patience)?.hash),
            // There it is in the word of the tag.
            _ => self.lo(key.tag_granule()),
        }
    }
}
