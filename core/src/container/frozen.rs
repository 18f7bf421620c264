//! Freezing: a list becomes a tuple, a set a frozen set, a map a frozen map, by one store.
//!
//! ```text
//!   | size | kind 4: list, loose, generation | cells, len | cap, owner |       the same block, the same elements, the same bits
//!   | size | kind 55: tuple, ...                                       |       of the handle: only that no one can change it
//! ```
//!
//! The form of the block stays (see `heap/form.rs`), so whatever goes by form knows frozen ones without being told. The tag of a
//! cell says what kind of object is in it; so only what is in no cell yet can be frozen, and nothing is ever thawed in place: there are
//! mutable copies instead. Whoever has the handle of the list gets [`Error::WrongType`] from then on.
//!
//! What is *in* a frozen container is as it was: a list in a tuple can still be changed.

#![forbid(unsafe_code)]

use core::ops::RangeBounds;

use crate::{
    error::Error,
    handle::{FrozenMap, FrozenSet, Handle, List, Map, OfKind, Set, Tuple},
    heap::{Heap, Kind, block},
    turn::Turn,
    value::Input,
};

impl Turn<'_> {
    /// A tuple of these values in this party's holdings. O(values), one allocation of 24 bytes and one of 9 a value.
    ///
    /// Text and bytes are copied, objects are placed in it. On an error all of them are where they were.
    pub fn new_tuple(&mut self, values: &[Input<'_>]) -> Result<Tuple, Error> {
        let heap = &mut self.heap;
        let tuple = heap.new_cells_block(Kind::Tuple)?;
        if let Err(error) = heap.push_all(tuple, values) {
            heap.destroy_block(tuple)?;
            return Err(error);
        }
        heap.count_held(1)?;
        Ok(Tuple(heap.handle(tuple)?))
    }
}

impl List {
    /// Makes a tuple of this list, which must be in this party's holdings ([`Error::AlreadyPlaced`] if it is in something).
    /// O(1), one store. Handles of the list are of the wrong type from then on.
    pub fn freeze(self, turn: &mut Turn<'_>) -> Result<Tuple, Error> {
        turn.heap.turn_into(self, Kind::Tuple).map(Tuple)
    }
}

impl Set {
    /// Makes a frozen set of this set, which must be in this party's holdings ([`Error::AlreadyPlaced`] if it is in
    /// something). O(1), one store. Handles of the set are of the wrong type from then on.
    pub fn freeze(self, turn: &mut Turn<'_>) -> Result<FrozenSet, Error> {
        turn.heap.turn_into(self, Kind::FrozenSet).map(FrozenSet)
    }
}

impl Map {
    /// Makes a frozen map of this map, which must be in this party's holdings ([`Error::AlreadyPlaced`] if it is in
    /// something, or is that of the roots). O(1), one store. Handles of the map are of the wrong type from then on.
    pub fn freeze(self, turn: &mut Turn<'_>) -> Result<FrozenMap, Error> {
        turn.heap.turn_into(self, Kind::FrozenMap).map(FrozenMap)
    }
}

impl Tuple {
    /// A list with deep copies of the elements, in this party's holdings. O(size), without recursion; on an error nothing of
    /// it stays.
    pub fn to_list(self, turn: &mut Turn<'_>) -> Result<List, Error> {
        turn.heap.copy_held_as(self, Kind::List).map(List)
    }

    /// A deep copy, in this party's holdings. O(size), without recursion; on an error nothing of it stays.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<Tuple, Error> {
        turn.heap.copy_held(self).map(Tuple)
    }

    /// A tuple of deep copies of the elements in a range, in this party's holdings. O(size); on an error nothing of it stays.
    pub fn slice(self, turn: &mut Turn<'_>, range: impl RangeBounds<usize>) -> Result<Tuple, Error> {
        let source = self.find(&turn.heap)?;
        turn.heap.slice_held(source, range, Kind::Tuple).map(Tuple)
    }
}

impl FrozenSet {
    /// A set of the same elements, in this party's holdings. O(size); on an error nothing of it stays.
    pub fn to_set(self, turn: &mut Turn<'_>) -> Result<Set, Error> {
        turn.heap.copy_held_as(self, Kind::Set).map(Set)
    }

    /// A deep copy, in this party's holdings. O(size); on an error nothing of it stays.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<FrozenSet, Error> {
        turn.heap.copy_held(self).map(FrozenSet)
    }
}

impl FrozenMap {
    /// A map of the same keys and deep copies of their values, in this party's holdings. O(size), without recursion; on an
    /// error nothing of it stays.
    pub fn to_map(self, turn: &mut Turn<'_>) -> Result<Map, Error> {
        turn.heap.copy_held_as(self, Kind::Map).map(Map)
    }

    /// A deep copy, in this party's holdings. O(size), without recursion; on an error nothing of it stays.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<FrozenMap, Error> {
        turn.heap.copy_held(self).map(FrozenMap)
    }
}

impl Heap<'_> {
    /// From this store on, an object in this party's holdings is of another kind, which is built alike.
    fn turn_into<C: OfKind>(&mut self, object: C, kind: Kind) -> Result<Handle, Error> {
        let block = self.resolve(object.handle(), C::KIND)?;
        self.check_held(block)?;
        self.set_hi(block, block::make_kind(self.hi(block)?, kind))?;
        Ok(object.handle())
    }

    /// A deep copy as an object of another kind that is built alike.
    fn copy_held_as<C: OfKind>(&mut self, source: C, kind: Kind) -> Result<Handle, Error> {
        let copy = self.copy_held(source)?;
        self.set_hi(copy.block(), block::make_kind(self.hi(copy.block())?, kind))?;
        Ok(copy)
    }
}
