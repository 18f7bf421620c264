//! Maps: values by key, in the order the keys came, live in the region.
//!
//! Keys are null, booleans, numbers, texts and bytes ([`Key`]); values are anything. Every change is all or nothing.

#![forbid(unsafe_code)]

use super::{
    hashed::Hashed,
    key::{Key, Query},
    table::{ENTRY, Found, Table},
};
use crate::{
    error::Error,
    handle::Map,
    heap::{Heap, Kind},
    turn::Turn,
    value::{CellAt, Input, Item, Value, tag},
};

impl Turn<'_> {
    /// An empty map in this party's holdings. O(1), one allocation of 32 bytes; entries take 24 bytes and about 5 of index.
    pub fn new_map(&mut self) -> Result<Map, Error> {
        let block = self.heap.new_table_block(Kind::Map)?;
        self.heap.count_held(1)?;
        Ok(Map(self.heap.handle(block)?))
    }

    /// The map of roots: where parties find objects by name. It is always there and cannot be destroyed. O(1).
    pub fn roots(&self) -> Result<Map, Error> {
        Ok(Map(self.heap.handle(self.heap.root()?)?))
    }
}

impl Map {
    /// Gives a key a value; the one it had is destroyed. A new key comes last in the order. O(1) expected, amortised.
    ///
    /// If the key is a tuple or frozen set in this party's holdings, it goes into the map, or is destroyed if an equal one is there.
    pub fn set<'k, 'v>(
        self,
        turn: &mut Turn<'_>,
        key: impl Into<Key<'k>>,
        value: impl Into<Input<'v>>,
    ) -> Result<(), Error> {
        let (key, value) = (key.into(), value.into());
        #[cfg(target_pointer_width = "64")]
        if let Some(value) = value.plain()
            && turn.heap.add_plain(self, &key, value)?.is_some()
        {
            return Ok(());
        }
        let query = turn.heap.query(key)?;
        let (table, found) = self.find(&turn.heap, &query)?;
        turn.heap.set_entry(table, found, &query, value)
    }

    /// Removes a key and destroys its value; says whether it was there. O(1) expected; needs no memory.
    pub fn remove<'k>(self, turn: &mut Turn<'_>, key: impl Into<Key<'k>>) -> Result<bool, Error> {
        let heap = &mut turn.heap;
        let (table, Some(found)) = self.find(heap, &heap.query(key.into())?)? else { return Ok(false) };
        heap.destroy_entry(&table, found)?;
        Ok(true)
    }

    /// Removes a key and hands its value out; if that has an object, it is in this party's holdings now. O(1) expected.
    pub fn take<'k>(self, turn: &mut Turn<'_>, key: impl Into<Key<'k>>) -> Result<Option<Item>, Error> {
        let heap = &mut turn.heap;
        let (table, Some(found)) = self.find(heap, &heap.query(key.into())?)? else { return Ok(None) };
        heap.take_entry(&table, found).map(Some)
    }

    /// The place of a key, looked up once, to read, fill or change. O(1) expected.
    pub fn entry<'e, 'p, 'k>(
        self,
        turn: &'e mut Turn<'p>,
        key: impl Into<Key<'k>>,
    ) -> Result<Entry<'e, 'p, 'k>, Error> {
        let query = turn.heap.query(key.into())?;
        let (table, found) = self.find(&turn.heap, &query)?;
        Ok(Entry { turn, map: table.map, query, found })
    }

    /// A deep copy, in this party's holdings. O(size), without recursion; on an error nothing of it stays.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<Map, Error> {
        turn.heap.copy_held(self).map(Map)
    }
}

impl Heap<'_> {
    pub(super) fn set_entry(
        &mut self,
        table: Table,
        found: Option<Found>,
        query: &Query<'_>,
        value: Input<'_>,
    ) -> Result<(), Error> {
        let value = self.prepare(value)?;
        let stored = match found {
            Some(found) => table.value(found.entry).and_then(|at| self.store_cell(at, table.map, value)),
            None => self.insert_entry(table, query, &value).map(|()| 0),
        };
        match stored {
            Ok(old) => {
                self.destroy_removed(old)?;
                #[cfg(feature = "scalars")]
                if found.is_some() {
                    self.drop_key(query)?;
                }
                Ok(())
            }
            Err(error) => self.discard(&value, error),
        }
    }

    /// Removes an entry and destroys its key and value. Needs no memory.
    pub(super) fn destroy_entry(&mut self, table: &Table, found: Found) -> Result<(), Error> {
        let (value, key) = self.remove_entry(table, found)?;
        self.destroy_removed(key)?;
        self.destroy_removed(value.object)
    }

    /// Removes an entry, destroys its key and hands its value out.
    pub(super) fn take_entry(&mut self, table: &Table, found: Found) -> Result<Item, Error> {
        let (value, key) = self.remove_entry(table, found)?;
        if value.object != 0 {
            self.count_held(1)?;
        }
        self.destroy_removed(key)?;
        Ok(self.item(value.payload, value.tag))
    }

    fn destroy_removed(&mut self, object: u32) -> Result<(), Error> {
        if object != 0 {
            self.destroy_block(object)?;
        }
        Ok(())
    }
}

/// The place of a key in a map; see [`Map::entry`].
pub struct Entry<'e, 'p, 'k> {
    turn: &'e mut Turn<'p>,
    map: u32,
    query: Query<'k>,
    found: Option<Found>,
}

impl<'e> Entry<'e, '_, '_> {
    /// The value, if the key is there. O(1).
    pub fn get(&self) -> Result<Option<Value<'_>>, Error> {
        let Some(found) = self.found else { return Ok(None) };
        let heap = &self.turn.heap;
        heap.value(heap.table(self.map)?.value(found.entry)?).map(Some)
    }

    /// Gives the key a value; the one it had is destroyed.
    pub fn set<'v>(self, value: impl Into<Input<'v>>) -> Result<(), Error> {
        let heap = &mut self.turn.heap;
        let table = heap.table(self.map)?;
        heap.set_entry(table, self.found, &self.query, value.into())
    }

    /// Gives the key a value if it has none, and reads the one it has now.
    pub fn or_insert<'v>(self, value: impl Into<Input<'v>>) -> Result<Value<'e>, Error> {
        let Entry { turn, map, query, mut found } = self;
        let heap = &mut turn.heap;
        if found.is_none() {
            let table = heap.table(map)?;
            heap.set_entry(table, None, &query, value.into())?;
            found = heap.find(&heap.table(map)?, &query)?;
        } else {
            #[cfg(feature = "scalars")]
            heap.drop_key(&query)?;
        }
        let found = found.ok_or(Error::corrupt(map))?;
        let at = heap.table(map)?.value(found.entry)?;
        turn.heap.value(at)
    }

    /// Replaces the value by what `change` makes of it (`None`: the key is not there).
    pub fn update<'v, V: Into<Input<'v>>>(
        self,
        change: impl FnOnce(Option<Value<'_>>) -> V,
    ) -> Result<(), Error> {
        let new = change(self.get()?).into();
        self.set(new)
    }
}

/// The entries of a map, frozen, fast or not, in insertion order; see [`Map::iter`].
#[derive(Clone)]
pub struct MapIter<'t> {
    heap: &'t Heap<'t>,
    /// The next key, whether its entry was removed or not, and how far it is from there to the one behind it.
    key: CellAt,
    step: (u32, u32),
    /// Entries from there on.
    ahead: u32,
    /// Those of them that were not removed.
    left: u32,
}

impl<'t> MapIter<'t> {
    pub(super) fn new(heap: &'t Heap<'t>, entries: Hashed) -> MapIter<'t> {
        MapIter { heap, key: entries.first, step: entries.step, ahead: entries.used, left: entries.live }
    }

    /// Without the first entry, which was not removed.
    pub(super) fn behind_first(heap: &'t Heap<'t>, entries: Hashed) -> MapIter<'t> {
        let mut iter = MapIter::new(heap, entries);
        if iter.ahead > 0 {
            iter.key = iter.key.moved(iter.step);
            iter.ahead -= 1;
        }
        iter.left = iter.left.saturating_sub(1);
        iter
    }

    /// What `read` makes of the next entry that was not removed: of its key.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn next_of<R>(
        &mut self,
        read: impl FnOnce(&'t Heap<'t>, CellAt) -> Result<R, Error>,
    ) -> Option<Result<R, Error>> {
        let found = self.next_live().and_then(|found| match found {
            Some(key) => read(self.heap, key).map(Some),
            None => Ok(None),
        });
        if found.is_err() {
            // A damaged map ends at its first error.
            (self.ahead, self.left) = (0, 0);
        }
        found.transpose()
    }

    fn next_live(&mut self) -> Result<Option<CellAt>, Error> {
        while self.ahead > 0 {
            let key = self.key;
            (self.key, self.ahead) = (key.moved(self.step), self.ahead - 1);
            if self.heap.byte(key.tag)? != tag::REMOVED {
                self.left = self.left.saturating_sub(1);
                return Ok(Some(key));
            }
        }
        Ok(None)
    }
}

impl<'t> Iterator for MapIter<'t> {
    type Item = Result<(Value<'t>, Value<'t>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if cfg!(target_pointer_width = "64") && self.step.0 == ENTRY {
            return self.next_of(|heap, key| heap.entry_values(key.payload));
        }
        self.next_of(|heap, key| Ok((heap.value(key)?, heap.value(key.moved((1, 1)))?)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left as usize))
    }
}
