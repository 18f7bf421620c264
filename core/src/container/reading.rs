//! Looking at containers: what a list has in common with a tuple, and maps and sets with their frozen forms. Said once.
//!
//! A frozen form is built as what it was frozen from (see `frozen.rs`), so all of this differs in nothing but the kind that a
//! handle has to be of. Fast ones are built otherwise (`packed.rs`), and are looked at alike.
//!
//! | | list | tuple | map | frozen map | fast map | set | frozen set | fast set | instance |
//! |---|---|---|---|---|---|---|---|---|---|
//! | `elements!` | x | x | | | | | | | |
//! | `tables!` | | | x | x | | x | x | | x |
//! | `hashed!` | | | x | x | x | x | x | x | |
//! | `pairs!` | | | x | x | x | | | | |
//!
//! What only sets have is in `set.rs` and `algebra.rs`.

#![forbid(unsafe_code)]

use super::{
    cells::Cells,
    footprint::Footprint,
    key::{Key, Query},
    list::{ListIter, index_in},
    map::MapIter,
    peek::ByKey,
    table::{Found, Table},
};
use crate::{
    error::Error,
    handle::{FastMap, FastSet, FrozenMap, FrozenSet, Handle, Instance, List, Map, OfKind, Set, Tuple},
    heap::{Heap, Kind},
    turn::Turn,
    value::{Value, tag},
};

macro_rules! of_kind {
    ($($name:ident)*) => {$(
        impl OfKind for $name {
            const KIND: Kind = Kind::$name;

            #[inline(always)]
            fn handle(self) -> Handle {
                self.0
            }
        }
    )*};
}
of_kind! { List Tuple Map FrozenMap FastMap Set FrozenSet FastSet Instance }

macro_rules! elements {
    ($($name:ident)*) => {$(
        impl $name {
            #[inline(always)]
            pub(crate) fn find(self, heap: &Heap<'_>) -> Result<Cells, Error> {
                Ok(Cells::of(self.0.block(), heap.resolve_words(self.0, Self::KIND)?))
            }

            /// Number of elements. O(1).
            #[cfg_attr(target_pointer_width = "64", inline)]
            pub fn len(self, turn: &Turn<'_>) -> Result<usize, Error> {
                Ok(self.find(&turn.heap)?.len as usize)
            }

            /// Whether there are no elements. O(1).
            #[cfg_attr(target_pointer_width = "64", inline)]
            pub fn is_empty(self, turn: &Turn<'_>) -> Result<bool, Error> {
                Ok(self.len(turn)? == 0)
            }

            /// Element `index`. O(1).
            #[cfg_attr(target_pointer_width = "64", inline)]
            pub fn get<'t>(self, turn: &'t Turn<'_>, index: usize) -> Result<Value<'t>, Error> {
                let list = self.find(&turn.heap)?;
                turn.heap.value(list.at(index_in(index, list.len)?)?)
            }

            /// The elements in order. O(1) each.
            pub fn iter<'t>(self, turn: &'t Turn<'_>) -> Result<ListIter<'t>, Error> {
                Ok(ListIter::new(&turn.heap, self.find(&turn.heap)?))
            }

            /// The elements as an array in place, if all are whole numbers: [`Error::NotUniform`] if not. O(len / 16).
            pub fn as_ints<'t>(self, turn: &'t Turn<'_>) -> Result<&'t [i64], Error> {
                turn.heap.uniform(self, tag::INT).map(bytemuck::cast_slice)
            }

            /// The elements as an array in place, if all are floats: [`Error::NotUniform`] if not. O(len / 16).
            pub fn as_floats<'t>(self, turn: &'t Turn<'_>) -> Result<&'t [f64], Error> {
                turn.heap.uniform(self, tag::FLOAT).map(bytemuck::cast_slice)
            }

            /// What this takes of the region's memory. O(elements).
            pub fn footprint(self, turn: &Turn<'_>) -> Result<Footprint, Error> {
                turn.heap.list_footprint(&self.find(&turn.heap)?)
            }
        }
    )*};
}
elements! { List Tuple }

macro_rules! tables {
    ($($name:ident)*) => {$(
        impl $name {
            #[inline(always)]
            pub(crate) fn table(self, heap: &Heap<'_>) -> Result<Table, Error> {
                heap.table_named(self)
            }

            #[cfg_attr(target_pointer_width = "64", inline(always))]
            #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
            pub(super) fn find(
                self,
                heap: &Heap<'_>,
                query: &Query<'_>,
            ) -> Result<(Table, Option<Found>), Error> {
                let table = self.table(heap)?;
                let found = heap.find(&table, query)?;
                Ok((table, found))
            }
        }
    )*};
}
tables! { Map FrozenMap Set FrozenSet Instance }

macro_rules! hashed {
    ($($name:ident: $what:literal)*) => {$(
        impl $name {
            #[doc = concat!("Number of ", $what, ". O(1).")]
            #[cfg_attr(target_pointer_width = "64", inline)]
            pub fn len(self, turn: &Turn<'_>) -> Result<usize, Error> {
                Ok(self.table(&turn.heap)?.live as usize)
            }

            #[doc = concat!("Whether there are no ", $what, ". O(1).")]
            #[cfg_attr(target_pointer_width = "64", inline)]
            pub fn is_empty(self, turn: &Turn<'_>) -> Result<bool, Error> {
                Ok(self.len(turn)? == 0)
            }

            /// Whether a key is there. O(1) expected.
            #[cfg_attr(target_pointer_width = "64", inline(always))]
            pub fn contains<'k>(self, turn: &Turn<'_>, key: impl Into<Key<'k>>) -> Result<bool, Error> {
                let heap = &turn.heap;
                match key.into() {
                    // As `get` does it.
                    Key::Int(int) if cfg!(target_pointer_width = "64") => heap.has_int(self, int),
                    key => Ok(self.find(heap, &heap.query(key)?)?.1.is_some()),
                }
            }

            #[doc = concat!("What this takes of the region's memory. O(", $what, ").")]
            pub fn footprint(self, turn: &Turn<'_>) -> Result<Footprint, Error> {
                turn.heap.hashed_footprint(&self.table(&turn.heap)?.into())
            }
        }
    )*};
}
hashed! {
    Map: "entries" FrozenMap: "entries" FastMap: "entries" Set: "elements" FrozenSet: "elements" FastSet: "elements"
}

macro_rules! pairs {
    ($($name:ident)*) => {$(
        impl $name {
            /// The value of a key; `None` if the key is not there. O(1) expected.
            #[cfg_attr(target_pointer_width = "64", inline(always))]
            pub fn get<'t, 'k>(
                self,
                turn: &'t Turn<'_>,
                key: impl Into<Key<'k>>,
            ) -> Result<Option<Value<'t>>, Error> {
                let heap = &turn.heap;
                match key.into() {
                    // In here where the kind of key is known; where flash is short, by the one copy of the search.
                    Key::Int(int) if cfg!(target_pointer_width = "64") => heap.value_of_int(self, int),
                    Key::Text(text) if cfg!(target_pointer_width = "64") => heap.value_of_text(self, text),
                    key => self.value_in(heap, &heap.query(key)?),
                }
            }

            /// Entries in insertion order. O(1) each.
            pub fn iter<'t>(self, turn: &'t Turn<'_>) -> Result<MapIter<'t>, Error> {
                Ok(MapIter::new(&turn.heap, self.table(&turn.heap)?.into()))
            }

            /// The keys in insertion order. O(1) each.
            pub fn keys<'t>(
                self,
                turn: &'t Turn<'_>,
            ) -> Result<impl Iterator<Item = Result<Value<'t>, Error>> + Clone + 't, Error> {
                Ok(self.iter(turn)?.map(|entry| entry.map(|(key, _)| key)))
            }

            /// The values in insertion order of their keys. O(1) each.
            pub fn values<'t>(
                self,
                turn: &'t Turn<'_>,
            ) -> Result<impl Iterator<Item = Result<Value<'t>, Error>> + Clone + 't, Error> {
                Ok(self.iter(turn)?.map(|entry| entry.map(|(_, value)| value)))
            }
        }
    )*};
}
pairs! { Map FrozenMap FastMap }
