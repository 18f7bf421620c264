//! Instances: a class name and fields that can be added and removed, live in the region. What other languages call an object.
//!
//! ```text
//!   Instance   | header | table, mask | used, live | owner, cap |
//!                          |
//!   entries    null: "Person" | "name": "Ada" | "age": 36 | ...        a map whose first entry, under the key null, is the class
//! ```
//!
//! So an instance is built like a map: the same table, index, hashes and journaled steps. Fields are found by their names, which
//! are texts; that the class is always there and always first follows from null being no name. Every change is all or nothing.
//!
//! For records whose fields are known when the program is compiled there is [`Record`](crate::Record), which takes a third of the
//! memory and of the time.

#![forbid(unsafe_code)]

use super::{footprint::Footprint, key::Key, map::MapIter};
use crate::{
    error::Error,
    handle::{Handle, Instance},
    heap::{Heap, Kind},
    turn::Turn,
    value::{Input, Item, Value},
};

impl Turn<'_> {
    /// An instance of this class without fields, in this party's holdings. O(1) and the length of the class' name; one
    /// allocation of 32 bytes and one for the table: 24 bytes a field, the class counted as one, and about 5 of index.
    pub fn new_instance(&mut self, class: &str) -> Result<Instance, Error> {
        self.heap.new_instance(class).map(Instance)
    }
}

impl Instance {
    /// The name of its class. O(1), and one pass over the name to see that it is UTF-8.
    pub fn class<'t>(self, turn: &'t Turn<'_>) -> Result<&'t str, Error> {
        let heap = &turn.heap;
        let table = self.table(heap)?;
        heap.value(table.value(0)?)?.as_text().ok_or(Error::corrupt(table.map))
    }

    /// The value of a field; `None` if there is no field of this name. O(1) expected.
    pub fn get<'t>(self, turn: &'t Turn<'_>, name: &str) -> Result<Option<Value<'t>>, Error> {
        turn.heap.value_of_text(self, name)
    }

    /// Whether there is a field of this name. O(1) expected.
    pub fn has(self, turn: &Turn<'_>, name: &str) -> Result<bool, Error> {
        Ok(self.find(&turn.heap, &turn.heap.query(Key::Text(name))?)?.1.is_some())
    }

    /// Number of fields. O(1).
    pub fn len(self, turn: &Turn<'_>) -> Result<usize, Error> {
        Ok(self.table(&turn.heap)?.live.saturating_sub(1) as usize)
    }

    /// Whether there are no fields. O(1).
    pub fn is_empty(self, turn: &Turn<'_>) -> Result<bool, Error> {
        Ok(self.len(turn)? == 0)
    }

    /// Names and values of all fields, in the order in which they were added. O(1) each.
    pub fn fields<'t>(self, turn: &'t Turn<'_>) -> Result<InstanceIter<'t>, Error> {
        Ok(InstanceIter(MapIter::behind_first(&turn.heap, self.table(&turn.heap)?.into())))
    }

    /// Gives a field a value; the one it had is destroyed. A new field comes last in the order. O(1) expected, amortised.
    pub fn set<'v>(self, turn: &mut Turn<'_>, name: &str, value: impl Into<Input<'v>>) -> Result<(), Error> {
        let query = turn.heap.query(Key::Text(name))?;
        let (table, found) = self.find(&turn.heap, &query)?;
        turn.heap.set_entry(table, found, &query, value.into())
    }

    /// Removes a field and destroys its value; says whether it was there. O(1) expected; needs no memory.
    pub fn remove(self, turn: &mut Turn<'_>, name: &str) -> Result<bool, Error> {
        let heap = &mut turn.heap;
        let (table, Some(found)) = self.find(heap, &heap.query(Key::Text(name))?)? else { return Ok(false) };
        heap.destroy_entry(&table, found)?;
        Ok(true)
    }

    /// Removes a field and hands its value out; if that has an object, it is in this party's holdings now. O(1) expected.
    pub fn take(self, turn: &mut Turn<'_>, name: &str) -> Result<Option<Item>, Error> {
        let heap = &mut turn.heap;
        let (table, Some(found)) = self.find(heap, &heap.query(Key::Text(name))?)? else { return Ok(None) };
        heap.take_entry(&table, found).map(Some)
    }

    /// What this takes of the region's memory. O(fields).
    pub fn footprint(self, turn: &Turn<'_>) -> Result<Footprint, Error> {
        turn.heap.hashed_footprint(&self.table(&turn.heap)?.into())
    }

    /// A deep copy, in this party's holdings. O(size), without recursion; on an error nothing of it stays.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<Instance, Error> {
        turn.heap.copy_held(self).map(Instance)
    }
}

impl Heap<'_> {
    fn new_instance(&mut self, class: &str) -> Result<Handle, Error> {
        let block = self.new_table_block(Kind::Instance)?;
        let named = self.table(block).and_then(|table| {
            let query = self.query(Key::Null)?;
            self.set_entry(table, None, &query, class.into())
        });
        if let Err(error) = named {
            self.destroy_block(block)?;
            return Err(error);
        }
        self.count_held(1)?;
        self.handle(block)
    }
}

/// The fields of an instance, in the order in which they were added; see [`Instance::fields`].
#[derive(Clone)]
pub struct InstanceIter<'t>(MapIter<'t>);

impl<'t> Iterator for InstanceIter<'t> {
    type Item = Result<(&'t str, Value<'t>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_of(|heap, name| {
            let value = heap.value(name.moved((1, 1)))?;
            Ok((heap.value(name)?.as_text().ok_or(Error::corrupt(name.payload))?, value))
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}
