//! Sets: keys without values, in the order they came, live in the region.
//!
//! A set is built like a map, but for the values: the same table, index, hashes and journaled steps, 16 bytes an element
//! and about 5 of index. Elements are what keys of maps are ([`Key`]), and equal when keys are.

#![forbid(unsafe_code)]

use super::{hashed::Hashed, key::Key, map::MapIter};
use crate::{
    error::Error,
    handle::{FastSet, FrozenSet, Set},
    heap::{Heap, Kind},
    turn::Turn,
    value::{Item, Prepared, Value},
};

impl Turn<'_> {
    /// An empty set in this party's holdings. O(1), one allocation of 32 bytes; elements take 16 bytes and about 5 of index.
    pub fn new_set(&mut self) -> Result<Set, Error> {
        let block = self.heap.new_table_block(Kind::Set)?;
        self.heap.count_held(1)?;
        Ok(Set(self.heap.handle(block)?))
    }
}

impl Set {
    /// Adds an element, which comes last in the order; says whether it was new. One that is equal to another that is there is
    /// not added. O(1) expected, amortised.
    ///
    /// A tuple or frozen set in this party's holdings goes into the set, or is destroyed if it is not new.
    pub fn insert<'k>(self, turn: &mut Turn<'_>, element: impl Into<Key<'k>>) -> Result<bool, Error> {
        let element = element.into();
        #[cfg(target_pointer_width = "64")]
        if let Some(new) = turn.heap.add_plain(self, &element, Prepared::NULL)? {
            return Ok(new);
        }
        let query = turn.heap.query(element)?;
        let (table, found) = self.find(&turn.heap, &query)?;
        if found.is_none() {
            turn.heap.insert_entry(table, &query, &Prepared::NULL)?;
        } else {
            #[cfg(feature = "scalars")]
            turn.heap.drop_key(&query)?;
        }
        Ok(found.is_none())
    }

    /// Adds elements, one [`insert`](Self::insert) after another: if one fails, those before it stay.
    pub fn extend<'k, I>(self, turn: &mut Turn<'_>, elements: I) -> Result<(), Error>
    where
        I: IntoIterator,
        I::Item: Into<Key<'k>>,
    {
        elements.into_iter().try_for_each(|element| self.insert(turn, element).map(drop))
    }

    /// Removes an element; says whether it was there. O(1) expected; needs no memory.
    pub fn remove<'k>(self, turn: &mut Turn<'_>, element: impl Into<Key<'k>>) -> Result<bool, Error> {
        let heap = &mut turn.heap;
        let (table, Some(found)) = self.find(heap, &heap.query(element.into())?)? else { return Ok(false) };
        heap.destroy_entry(&table, found)?;
        Ok(true)
    }

    /// Removes the last element and hands it out; `None` if the set is empty. If it has an object, that is in this party's
    /// holdings now. O(1); elements that were removed behind the last are stepped over once.
    pub fn pop_last(self, turn: &mut Turn<'_>) -> Result<Option<Item>, Error> {
        let table = self.table(&turn.heap)?;
        Ok(turn.heap.pop_last_entry(&table)?.map(|(element, _)| element))
    }

    /// Removes all elements. O(elements); needs no memory.
    pub fn clear(self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let set = turn.heap.resolve(self.0, Kind::Set)?;
        turn.heap.clear_table(set)
    }

    /// A deep copy, in this party's holdings. O(elements); on an error nothing of it stays.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<Set, Error> {
        turn.heap.copy_held(self).map(Set)
    }
}

/// A set to look at, frozen, fast or not: what another one is compared or combined with. Made by `From`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum AnySet {
    /// A set.
    Set(Set),
    /// A frozen set.
    Frozen(FrozenSet),
    /// A fast frozen set.
    Fast(FastSet),
}

impl AnySet {
    pub(super) fn entries(self, heap: &Heap<'_>) -> Result<Hashed, Error> {
        match self {
            AnySet::Set(set) => set.table(heap).map(Hashed::from),
            AnySet::Frozen(set) => set.table(heap).map(Hashed::from),
            AnySet::Fast(set) => set.table(heap),
        }
    }
}

impl From<Set> for AnySet {
    fn from(set: Set) -> AnySet {
        AnySet::Set(set)
    }
}

impl From<FrozenSet> for AnySet {
    fn from(set: FrozenSet) -> AnySet {
        AnySet::Frozen(set)
    }
}

impl From<FastSet> for AnySet {
    fn from(set: FastSet) -> AnySet {
        AnySet::Fast(set)
    }
}

/// The elements of a set, frozen, fast or not, in insertion order; see [`Set::iter`].
#[derive(Clone)]
pub struct SetIter<'t>(pub(super) MapIter<'t>);

impl<'t> Iterator for SetIter<'t> {
    type Item = Result<Value<'t>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_of(Heap::value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}
