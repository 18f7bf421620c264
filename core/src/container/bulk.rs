//! Many elements or entries at once: parts of lists, contents of one container added to another, maps emptied.
//!
//! What two lists or maps are to have is copied, deeply, for an object has one owner.

#![forbid(unsafe_code)]

use core::ops::RangeBounds;

use super::{
    cells::Cells,
    compare::{Patience, WALKS},
    rearrange::range_in,
    table::{Found, Table},
};
use crate::{
    error::Error,
    handle::{Handle, List, Map},
    heap::{Form, Heap, Kind},
    turn::Turn,
    value::{CellAt, Item, Prepared, tag},
};

impl List {
    /// A deep copy of the elements in a range, in this party's holdings. O(size); on an error nothing of it stays.
    pub fn slice(self, turn: &mut Turn<'_>, range: impl RangeBounds<usize>) -> Result<List, Error> {
        let source = self.find(&turn.heap)?;
        turn.heap.slice_held(source, range, Kind::List).map(List)
    }

    /// A deep copy of every `step`-th element, in this party's holdings, as Python's `list[start:stop:step]`: below 0, `start` and
    /// `stop` are counted from the end; both are cut to the list; `None` is its beginning or end; a step below 0 leads backwards.
    /// [`Error::BadValue`] if the step is 0. O(size of what is copied); on an error nothing of it stays.
    pub fn slice_by(
        self,
        turn: &mut Turn<'_>,
        start: Option<i64>,
        stop: Option<i64>,
        step: i64,
    ) -> Result<List, Error> {
        let heap = &mut turn.heap;
        let source = self.find(heap)?;
        let chosen = Every::of(start, stop, step, source.len)?;
        heap.new_of(Kind::List, source.list, chosen).map(List)
    }

    /// Adds deep copies of another list's elements (or of its own) at the end, in order. O(size).
    ///
    /// [`Error::WouldCycle`] if this list is somewhere inside of the other. On an error the list is as long as it was. Whoever dies in between leaves the copies made so far, as with
    /// [`extend`](Self::extend).
    pub fn extend_from(self, turn: &mut Turn<'_>, other: List) -> Result<(), Error> {
        let (list, source) = (self.find(&turn.heap)?, other.find(&turn.heap)?);
        if self != other {
            turn.heap.check_no_cycle(source.list, list.list)?;
        }
        let copied = turn.heap.copy_elements(source.list, 0..source.len, list.list);
        if copied.is_err() {
            self.truncate(turn, list.len as usize)?;
        }
        copied
    }

    /// Makes the list `times` as long by deep copies of its elements; 0 empties it. O(size of the result); on an error, and
    /// for whoever finds it after a death, as [`extend_from`](Self::extend_from).
    pub fn repeat(self, turn: &mut Turn<'_>, times: usize) -> Result<(), Error> {
        let list = self.find(&turn.heap)?;
        if times == 0 || list.len == 0 {
            return self.clear(turn);
        }
        let long = (list.len as usize).checked_mul(times).and_then(|len| u32::try_from(len).ok());
        let more = long.ok_or(Error::TooLarge)? - list.len;
        turn.heap.reserve_cells(list, more)?;
        let repeated =
            (1..times).try_for_each(|_| turn.heap.copy_elements(list.list, 0..list.len, list.list));
        if repeated.is_err() {
            self.truncate(turn, list.len as usize)?;
        }
        repeated
    }
}

/// The indices of a slice, in its order.
#[derive(Clone)]
pub(super) struct Every {
    at: i64,
    end: i64,
    step: i64,
}

impl Every {
    /// Of a list of this length. [`Error::BadValue`] if the step is 0.
    pub(super) fn of(start: Option<i64>, stop: Option<i64>, step: i64, len: u32) -> Result<Every, Error> {
        let len = i64::from(len);
        // Backwards, a slice can begin at the last element and end before the first.
        let (least, most) = match step {
            0 => return Err(Error::BadValue),
            1.. => (0, len),
            _ => (-1, len - 1),
        };
        let place = |at: i64| (if at < 0 { at + len } else { at }).clamp(least, most);
        let (first, end) = if step > 0 { (least, most) } else { (most, least) };
        Ok(Every { at: start.map_or(first, place), end: stop.map_or(end, place), step })
    }

    /// The first of those that are left; where it would be if there is none, of a slice that leads forward.
    pub(super) fn first(&self) -> u32 {
        self.at as u32
    }

    /// The same ones, the least first.
    pub(super) fn ascending(self) -> Every {
        match self.clone().last() {
            Some(last) if self.step < 0 => {
                Every { at: last.into(), end: self.at + 1, step: self.step.saturating_neg() }
            }
            _ => self,
        }
    }
}

impl Iterator for Every {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let at = self.at;
        let within = if self.step > 0 { at < self.end } else { at > self.end };
        self.at = at.saturating_add(self.step);
        within.then_some(at as u32)
    }
}

impl Map {
    /// Removes all entries and destroys them. O(entries); needs no memory.
    pub fn clear(self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let map = turn.heap.resolve(self.0, Kind::Map)?;
        turn.heap.clear_table(map)
    }

    /// Gives this map deep copies of all values of another by their keys; values it had under the same keys are destroyed.
    /// O(size), an entry after the other: on an error, and for whoever finds it after a death, those before stay.
    /// [`Error::WouldCycle`] if this map is somewhere inside of the other, [`Error::Stale`] if the other was inside of a value that is
    /// replaced.
    pub fn extend_from(self, turn: &mut Turn<'_>, other: Map) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let (into, entries) = (self.table(heap)?.map, other.table(heap)?.used);
        if self == other {
            return Ok(());
        }
        heap.check_no_cycle(other.table(heap)?.map, into)?;
        // Found anew each time: `other` may be in this map, and go with a value that is replaced.
        (0..entries).try_for_each(|index| {
            let source = other.table(heap)?;
            heap.copy_entry(&source, index, into)
        })
    }

    /// Removes the last entry and hands out its key and value; `None` if the map is empty. What has an object is in this
    /// party's holdings now. O(1); entries that were removed behind the last are stepped over once.
    pub fn pop_last(self, turn: &mut Turn<'_>) -> Result<Option<(Item, Item)>, Error> {
        let table = self.table(&turn.heap)?;
        turn.heap.pop_last_entry(&table)
    }
}

impl Heap<'_> {
    /// A deep copy of the elements in a range as an object of this kind, in this party's holdings.
    pub(super) fn slice_held(
        &mut self,
        source: Cells,
        range: impl RangeBounds<usize>,
        kind: Kind,
    ) -> Result<Handle, Error> {
        let (from, to) = range_in(&range, source.len)?;
        self.new_of(kind, source.list, from..to)
    }

    /// A list or tuple in the holdings with deep copies of some of the elements of another.
    fn new_of(
        &mut self,
        kind: Kind,
        source: u32,
        indices: impl Iterator<Item = u32>,
    ) -> Result<Handle, Error> {
        let copy = self.new_cells_block(kind)?;
        if let Err(error) = self.copy_elements(source, indices, copy) {
            self.destroy_block(copy)?;
            return Err(error);
        }
        self.count_held(1)?;
        self.handle(copy)
    }

    /// Empties a map or set. Once begun it is finished, by the next party if need be.
    pub(super) fn clear_table(&mut self, map: u32) -> Result<(), Error> {
        self.begin_drain(map, 0)?;
        self.finish_drain()
    }

    /// Takes the last entry out: key and value, whose objects are in this party's holdings now.
    pub(super) fn pop_last_entry(&mut self, table: &Table) -> Result<Option<(Item, Item)>, Error> {
        for index in (0..self.end_of_live(table)?).rev() {
            let (key_payload, key_tag) = self.load_cell(table.key(index)?)?;
            if key_tag == tag::REMOVED {
                continue;
            }
            let found = self
                .find_key(table, table.key(index)?, &mut Patience::of(self))?
                .ok_or(Error::corrupt(table.map))?;
            let (value, key) = self.remove_entry(table, found)?;
            self.note_end_of_live(table, index)?;
            self.count_held((key != 0) as i32 + (value.object != 0) as i32)?;
            return Ok(Some((self.item(key_payload, key_tag), self.item(value.payload, value.tag))));
        }
        Ok(None)
    }

    /// Adds deep copies of some of the elements of a list behind those that another has. An error leaves those before.
    fn copy_elements(
        &mut self,
        source: u32,
        indices: impl Iterator<Item = u32>,
        target: u32,
    ) -> Result<(), Error> {
        for index in indices {
            // Found anew: the two may be one, and move while it grows.
            let copy = self.copy_deep(self.cells(source)?.at(index)?)?;
            let list = self.cells(target)?;
            self.push_cell(list, &copy).or_else(|error| self.discard_copy(&copy, error))?;
        }
        Ok(())
    }

    /// Gives the map `into` a deep copy of another's entry, unless that was removed.
    fn copy_entry(&mut self, source: &Table, index: u32, into: u32) -> Result<(), Error> {
        let (key_at, table) = (source.key(index)?, self.table(into)?);
        if self.byte(key_at.tag)? == tag::REMOVED {
            return Ok(());
        }
        let found = self.find_key(&table, key_at, &mut Patience::of(self))?;
        let value = self.copy_deep(source.value(index)?)?;
        let old = match found {
            Some(found) => self.store_cell(table.value(found.entry)?, into, value),
            None => {
                // The hash of a key is in the word of its tag.
                let hash = self.lo(key_at.tag_granule())?;
                self.copy_key(&table, hash, key_at, &value).map(|()| 0)
            }
        };
        match old {
            Ok(0) => Ok(()),
            Ok(old) => self.destroy_block(old).map(|_| ()),
            Err(error) => self.discard_copy(&value, error),
        }
    }

    /// Adds an entry with a copy of the key in a cell of another map, which has this hash.
    pub(super) fn copy_key(
        &mut self,
        table: &Table,
        hash: u32,
        key_at: CellAt,
        value: &Prepared,
    ) -> Result<(), Error> {
        let key = self.copy_deep(key_at)?;
        self.insert_prepared(*table, hash, &key, value).or_else(|error| self.discard(&key, error))
    }

    /// Where the key in a cell is found in this map.
    pub(super) fn find_key(
        &self,
        table: &Table,
        key_at: CellAt,
        patience: &mut Patience,
    ) -> Result<Option<Found>, Error> {
        let query = self.query_at(key_at, WALKS, patience)?;
        self.find(table, &query)
    }

    /// A whole loose copy of what a cell holds, ready to be stored.
    pub(super) fn copy_deep(&mut self, cell: CellAt) -> Result<Prepared, Error> {
        let (payload, tag) = self.load_cell(cell)?;
        let object = self.object_in(payload, tag)?;
        if object == 0 {
            return Ok(Prepared::scalar(payload, tag));
        }
        let object = match self.header(object)?.form() {
            Form::Cells | Form::Table | Form::Row | Form::Packed => self.copy_container(object)?,
            _ => self.copy_shallow(object)?.0,
        };
        Ok(Prepared { payload: self.handle(object)?.bits(), tag, object, fresh: true })
    }

    /// Takes back what [`copy_deep`](Self::copy_deep) made.
    #[cold]
    pub(super) fn discard_copy<R>(&mut self, copy: &Prepared, error: Error) -> Result<R, Error> {
        if copy.object != 0 {
            self.destroy_block(copy.object)?;
        }
        Err(error)
    }
}
