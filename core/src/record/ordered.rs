//! Fields that keep an order and are found by hash, as maps and sets of a region are: `IndexMap` and `IndexSet` (feature `indexmap`).

#![forbid(unsafe_code)]

use core::hash::{BuildHasher, Hash};

use indexmap::{IndexMap, IndexSet};

use super::{
    collections::{collection, each, each_entry, make_map, make_set},
    field::Field,
};
use crate::handle::Set;

collection! {
    /// The order stays. Keys have to be what a map of the region takes for keys: numbers, booleans, texts; others are refused
    /// when a record is made.
    impl [K: Field + Hash + Eq, V: Field, S: BuildHasher + Default] for IndexMap<K, V, S>: "map" [K, V], Map by as_map, from IndexMap<K, V, S>,
    make make_map, load each_entry;

    /// The order stays. Elements have to be what a map of the region takes for keys: numbers, booleans, texts; others are refused
    /// when a record is made.
    impl [T: Field + Hash + Eq, S: BuildHasher + Default] for IndexSet<T, S>: "set" [T], Set by as_set, from IndexSet<T, S>,
    make make_set, load |set: Set, turn| each(set.iter(turn)?, turn);
}
