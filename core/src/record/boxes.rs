//! Fields whose types need an allocator: `String`, `Vec`, arrays, `VecDeque`, `BTreeMap`, `BTreeSet`, `Box` (feature `alloc`).

#![forbid(unsafe_code)]

extern crate alloc;

use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet, VecDeque},
    string::String,
    vec::Vec,
};

use super::{
    collections::{collection, each, each_entry, make_list, make_map, make_set, text},
    field::{Field, Made},
    schema::Type,
};
use crate::{
    error::Error,
    handle::{List, Set},
    turn::Turn,
    value::Value,
};

text! {
    impl [] for String, load |text| Ok(text.into());
}

collection! {
    impl [T: Field] for Vec<T>: "list" [T], List by as_list, from [T],
    make make_list, load |list: List, turn| each(list.iter(turn)?, turn);

    impl [T: Field, const N: usize] for [T; N]: "list" [T], List by as_list, from [T; N],
    make make_list, load |list: List, turn| {
        each::<T, Vec<T>>(list.iter(turn)?, turn)?.try_into().map_err(|_| Error::WrongType)
    };

    impl [T: Field] for VecDeque<T>: "list" [T], List by as_list, from VecDeque<T>,
    make make_list, load |list: List, turn| each(list.iter(turn)?, turn);

    /// Keys have to be what a map of the region takes for keys: numbers, booleans, texts; others are refused when a record is made.
    impl [K: Field + Ord, V: Field] for BTreeMap<K, V>: "map" [K, V], Map by as_map, from BTreeMap<K, V>,
    make make_map, load each_entry;

    /// Elements have to be what a map of the region takes for keys: numbers, booleans, texts; others are refused when a record is
    /// made.
    impl [T: Field + Ord] for BTreeSet<T>: "set" [T], Set by as_set, from BTreeSet<T>,
    make make_set, load |set: Set, turn| each(set.iter(turn)?, turn);
}

impl<T: Field> Field for Box<T> {
    const TYPE: Type = T::TYPE;
    type Get<'t> = T::Get<'t>;
    type Set<'v>
        = T::Set<'v>
    where
        T: 'v;

    fn lend(&self) -> T::Set<'_> {
        (**self).lend()
    }

    fn make<'v>(value: T::Set<'v>, turn: &mut Turn<'_>) -> Result<Made<'v>, Error>
    where
        T: 'v,
    {
        T::make(value, turn)
    }

    fn get(value: Value<'_>) -> Result<T::Get<'_>, Error> {
        T::get(value)
    }

    fn load(value: Value<'_>, turn: &Turn<'_>) -> Result<Box<T>, Error> {
        T::load(value, turn).map(Box::new)
    }

    fn into_get<'t>(self) -> Option<T::Get<'t>> {
        (*self).into_get()
    }
}
