//! Fields of fixed capacity: `String`, `Vec` and `LinearMap` of `heapless` (feature `heapless`).
//!
//! In a region they are texts, lists and maps like any other, and may grow there beyond what the type has room for: then loading says
//! how much room it would take ([`Error::DoesNotFit`]), and the record stays as it is.

#![forbid(unsafe_code)]

use heapless::{LenType, LinearMap, String, Vec};

use super::{
    collections::{collection, make_list, make_map, text},
    field::{Field, Made},
    schema::Type,
};
use crate::{
    error::Error,
    handle::{List, Map},
    owned::does_not_fit,
    turn::Turn,
    value::Value,
};

text! {
    impl [const N: usize, L: LenType] for String<N, L>, load |text| {
        let mut copy = String::new();
        copy.push_str(text).map_err(|_| does_not_fit(text.len(), N))?;
        Ok(copy)
    };
}

fn load_list<T: Field, const N: usize, L: LenType>(
    list: List,
    turn: &Turn<'_>,
) -> Result<Vec<T, N, L>, Error> {
    let elements = list.iter(turn)?;
    let (len, mut copy) = (elements.len(), Vec::new());
    if len > N {
        return Err(does_not_fit(len, N));
    }
    for element in elements {
        copy.push(T::load(element?, turn)?).map_err(|_| does_not_fit(len, N))?;
    }
    Ok(copy)
}

fn load_map<K: Field + Eq, V: Field, const N: usize>(
    map: Map,
    turn: &Turn<'_>,
) -> Result<LinearMap<K, V, N>, Error> {
    let (len, mut copy) = (map.len(turn)?, LinearMap::new());
    if len > N {
        return Err(does_not_fit(len, N));
    }
    for entry in map.iter(turn)? {
        let (key, value) = entry?;
        let (key, value) = (K::load(key, turn)?, V::load(value, turn)?);
        copy.insert(key, value).map_err(|_| does_not_fit(len, N))?;
    }
    Ok(copy)
}

collection! {
    impl [T: Field, const N: usize, L: LenType] for Vec<T, N, L>: "list" [T], List by as_list, from [T],
    make make_list, load load_list;

    /// Keys have to be what a map of the region takes for keys: numbers, booleans, texts; others are refused when a record is made.
    impl [K: Field + Eq, V: Field, const N: usize] for LinearMap<K, V, N>: "map" [K, V], Map by as_map, from LinearMap<K, V, N>,
    make make_map, load load_map;
}
