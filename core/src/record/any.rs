//! Records whose Rust type is not known, or does not matter: read by the names in their schema.

#![forbid(unsafe_code)]

use super::{
    by_name,
    row::Row,
    stored::{SchemaFields, SchemaView},
    typed::{Record, Recorded},
};
use crate::{
    container::Footprint,
    error::Error,
    handle::AnyRecord,
    heap::{Heap, Kind},
    turn::Turn,
    value::{Input, Value},
};

impl AnyRecord {
    fn find<'t>(self, heap: &'t Heap<'_>) -> Result<(Row, SchemaView<'t>), Error> {
        let row = heap.row(heap.resolve(self.0, Kind::Record)?)?;
        Ok((row, heap.schema(heap.lo(row.block + 1)?)?))
    }

    /// What the record looks like. O(1).
    pub fn schema<'t>(self, turn: &'t Turn<'_>) -> Result<SchemaView<'t>, Error> {
        Ok(self.find(&turn.heap)?.1)
    }

    /// Number of fields. O(1).
    pub fn len(self, turn: &Turn<'_>) -> Result<usize, Error> {
        Ok(self.find(&turn.heap)?.0.fields as usize)
    }

    /// Whether there are no fields. O(1).
    pub fn is_empty(self, turn: &Turn<'_>) -> Result<bool, Error> {
        Ok(self.len(turn)? == 0)
    }

    /// The field of this name; `None` if there is none. O(fields).
    pub fn get<'t>(self, turn: &'t Turn<'_>, name: &str) -> Result<Option<Value<'t>>, Error> {
        let (row, schema) = self.find(&turn.heap)?;
        match (0..row.fields).zip(schema.fields()).find(|(_, (known, _))| *known == name) {
            Some((index, _)) => turn.heap.value(row.at(index)).map(Some),
            None => Ok(None),
        }
    }

    /// Gives the field of this name a value, in place; what was there is destroyed. All or nothing. Says whether there is such a
    /// field. O(fields), and as [`Record::set`] from there on.
    ///
    /// Any value, if the field is of type `value`, as those are that serde put. Otherwise [`Error::WrongType`], unless the value is of
    /// its type: numbers (in their range), booleans, texts, null, containers without types of their own, and options of these.
    pub fn set<'v>(
        self,
        turn: &mut Turn<'_>,
        name: &str,
        value: impl Into<Input<'v>>,
    ) -> Result<bool, Error> {
        let heap = &mut turn.heap;
        let (row, schema) = self.find(heap)?;
        let found = (0..row.fields).zip(schema.fields()).find(|(_, (known, _))| *known == name);
        let Some((index, (_, kind))) = found else { return Ok(false) };
        let fits = by_name::test(kind).ok_or(Error::WrongType)?;
        let new = heap.prepare(value.into())?;
        if !fits(new.payload, new.tag) {
            return heap.discard(&new, Error::WrongType);
        }
        match heap.store_cell(row.at(index), row.block, new) {
            Ok(0) => Ok(true),
            Ok(old) => heap.destroy_block(old).map(|_| true),
            Err(error) => heap.discard(&new, error),
        }
    }

    /// Names and values of all fields. O(1) each.
    pub fn iter<'t>(self, turn: &'t Turn<'_>) -> Result<RecordIter<'t>, Error> {
        let (row, schema) = self.find(&turn.heap)?;
        Ok(RecordIter { heap: &turn.heap, row, next: 0, names: schema.fields() })
    }

    /// The same handle with its type, if the record has that shape, or an earlier or later version of it; else an error that
    /// names the field. O(shapes).
    pub fn open<T: Recorded>(self, turn: &Turn<'_>) -> Result<Record<T>, Error> {
        let record = Record::of(self);
        record.shape(turn)?;
        Ok(record)
    }

    /// A deep copy, in this party's holdings. O(size), without recursion; on an error nothing of it stays.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<AnyRecord, Error> {
        let source = turn.heap.resolve(self.0, Kind::Record)?;
        let copy = turn.heap.copy_container(source)?;
        turn.heap.count_held(1)?;
        Ok(AnyRecord(turn.heap.handle(copy)?))
    }

    /// What this record takes of the region's memory, its schema apart. O(fields).
    pub fn footprint(self, turn: &Turn<'_>) -> Result<Footprint, Error> {
        let heap = &turn.heap;
        let row = heap.row(heap.resolve(self.0, Kind::Record)?)?;
        let mut sum = Footprint::of_block(heap, row.block)?;
        for index in 0..row.fields {
            sum.add_cell(heap, row.at(index))?;
        }
        Ok(sum)
    }
}

/// The fields of a record in order; see [`AnyRecord::iter`].
#[derive(Clone)]
pub struct RecordIter<'t> {
    heap: &'t Heap<'t>,
    row: Row,
    next: u32,
    names: SchemaFields<'t>,
}

impl<'t> Iterator for RecordIter<'t> {
    type Item = Result<(&'t str, Value<'t>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.row.fields {
            return None;
        }
        let name = self.names.next().ok_or(Error::corrupt(self.row.block));
        let field = name.and_then(|(name, _)| Ok((name, self.heap.value(self.row.at(self.next))?)));
        // A damaged record ends at its first error.
        self.next = if field.is_ok() { self.next + 1 } else { self.row.fields };
        Some(field)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.row.fields - self.next) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for RecordIter<'_> {}
