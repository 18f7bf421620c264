//! Fields that are collections: put element by element, read in place by their handle, loaded whole.
//!
//! | in the region | Rust types |
//! |---|---|
//! | list | `Vec<T>`, `[T; N]`, `VecDeque<T>`, `heapless::Vec<T, N>` |
//! | map | `BTreeMap<K, V>`, `indexmap::IndexMap<K, V, S>`, `heapless::LinearMap<K, V, N>` |
//! | set | `BTreeSet<T>`, `indexmap::IndexSet<T, S>` |
//!
//! Types of one row have one name in schemas, so that firmware without an allocator and a program that has one share records. Keys and
//! elements of sets have to be what keys are in a region: numbers, booleans, texts; others are refused when a record is made.
//!
//! What is said here once are the steps of making; each type brings the way to load it (`boxes.rs`, `fixed.rs`, `ordered.rs`).

#![forbid(unsafe_code)]

use super::{
    field::{Field, Made, Make},
    tuples::push,
};
use crate::{
    container::Key,
    error::Error,
    handle::Map,
    turn::Turn,
    value::{Input, Object, Value, tag},
};

/// A collection in this party's holdings, filled; on an error nothing of it stays.
fn filled<'v, C: Copy + Into<Object>>(
    turn: &mut Turn<'_>,
    new: C,
    mut fill: impl FnMut(&mut Turn<'_>, C) -> Result<(), Error>,
) -> Result<Made<'v>, Error> {
    match fill(turn, new) {
        Ok(()) => Ok(Made::fresh(new)),
        Err(error) => {
            turn.destroy(new)?;
            Err(error)
        }
    }
}

/// A list of these.
pub(super) fn make_list<'v, 'a, T: Field + 'a>(
    values: impl IntoIterator<Item = &'a T>,
    turn: &mut Turn<'_>,
) -> Result<Made<'v>, Error> {
    let (mut values, list) = (values.into_iter(), turn.new_list()?);
    filled(turn, list, |turn, list| values.try_for_each(|value| push(turn, list, value)))
}

/// A map of these.
pub(super) fn make_map<'v, 'a, K: Field + 'a, V: Field + 'a>(
    entries: impl IntoIterator<Item = (&'a K, &'a V)>,
    turn: &mut Turn<'_>,
) -> Result<Made<'v>, Error> {
    let (mut entries, map) = (entries.into_iter(), turn.new_map()?);
    filled(turn, map, |turn, map| entries.try_for_each(|(key, value)| put_entry(map, key, value, turn)))
}

fn put_entry<K: Field, V: Field>(map: Map, key: &K, value: &V, turn: &mut Turn<'_>) -> Result<(), Error> {
    as_key(key, turn, |turn, key| {
        let made = V::make(value.lend(), turn)?;
        map.set(turn, key, made.input()).or_else(|error| turn.forget(made, Err(error)))
    })
}

/// A set of these.
pub(super) fn make_set<'v, 'a, T: Field + 'a>(
    elements: impl IntoIterator<Item = &'a T>,
    turn: &mut Turn<'_>,
) -> Result<Made<'v>, Error> {
    let (mut elements, set) = (elements.into_iter(), turn.new_set()?);
    filled(turn, set, |turn, set| {
        elements.try_for_each(|element| as_key(element, turn, |turn, key| set.insert(turn, key).map(drop)))
    })
}

/// Hands a value on as a key, or refuses it.
fn as_key<K: Field>(
    key: &K,
    turn: &mut Turn<'_>,
    put: impl FnOnce(&mut Turn<'_>, Key<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let made = K::make(key.lend(), turn)?;
    match key_of(&made) {
        Ok(key) => put(turn, key),
        Err(error) => turn.forget(made, Err(error)),
    }
}

fn key_of<'v>(made: &Made<'v>) -> Result<Key<'v>, Error> {
    Ok(match made.0 {
        Make::Cell(payload, tag::INT) => Key::Int(payload as i64),
        Make::Cell(payload, tag::UINT) => Key::Uint(payload),
        Make::Cell(_, tag::FALSE) => Key::Bool(false),
        Make::Cell(_, tag::TRUE) => Key::Bool(true),
        Make::Cell(_, tag::NULL) => Key::Null,
        Make::Input(Input::Value(value)) => Key::try_from(value)?,
        _ => return Err(Error::WrongType),
    })
}

/// A field that is a text of the region, and how one is loaded.
macro_rules! text {
    (impl [$($of:tt)*] for $type:ty, load $load:expr;) => {
        impl<$($of)*> Field for $type {
            const TYPE: Type = Type::named("text");
            type Get<'t> = &'t str;
            type Set<'v>
                = &'v str
            where
                Self: 'v;

            fn lend(&self) -> &str {
                self
            }

            fn make<'v>(value: &'v str, _: &mut Turn<'_>) -> Result<Made<'v>, Error>
            where
                Self: 'v,
            {
                Ok(Made::of(value))
            }

            fn get(value: Value<'_>) -> Result<&str, Error> {
                value.as_text().ok_or(Error::WrongType)
            }

            fn load(value: Value<'_>, _: &Turn<'_>) -> Result<Self, Error> {
                Self::get(value).and_then($load)
            }

            fn into_get<'t>(self) -> Option<&'t str> {
                if self.is_empty() { Some("") } else { None }
            }
        }
    };
}
pub(super) use text;

/// A field that is a collection of the region: its type's name, what it is in place, what writing takes, how it is made and loaded.
macro_rules! collection {
    ($(
        $(#[$doc:meta])*
        impl [$($of:tt)*] for $type:ty: $name:literal [$($inner:ty),*], $handle:ident by $as:ident, from $lent:ty,
        make $make:expr, load $load:expr;
    )*) => {$(
        $(#[$doc])*
        impl<$($of)*> $crate::record::Field for $type {
            const TYPE: $crate::record::Type = $crate::record::Type::generic($name, &[$(<$inner>::TYPE),*]);
            type Get<'t> = $crate::handle::$handle;
            type Set<'v>
                = &'v $lent
            where
                Self: 'v;

            fn lend(&self) -> &$lent {
                self
            }

            fn make<'v>(
                value: &'v $lent,
                turn: &mut $crate::turn::Turn<'_>,
            ) -> Result<$crate::record::Made<'v>, $crate::error::Error>
            where
                Self: 'v,
            {
                $make(value, turn)
            }

            fn get(value: $crate::value::Value<'_>) -> Result<$crate::handle::$handle, $crate::error::Error> {
                value.$as().ok_or($crate::error::Error::WrongType)
            }

            fn load(
                value: $crate::value::Value<'_>,
                turn: &$crate::turn::Turn<'_>,
            ) -> Result<Self, $crate::error::Error> {
                $load(<Self as $crate::record::Field>::get(value)?, turn)
            }
        }
    )*};
}
pub(super) use collection;

/// What collecting loads: elements of a list or set.
pub(super) fn each<'t, T: Field, C: FromIterator<T>>(
    values: impl Iterator<Item = Result<Value<'t>, Error>>,
    turn: &Turn<'_>,
) -> Result<C, Error> {
    values.map(|value| T::load(value?, turn)).collect()
}

/// What collecting loads: entries of a map.
pub(super) fn each_entry<K: Field, V: Field, C: FromIterator<(K, V)>>(
    map: Map,
    turn: &Turn<'_>,
) -> Result<C, Error> {
    let load = |entry| {
        let (key, value) = entry?;
        Ok((K::load(key, turn)?, V::load(value, turn)?))
    };
    map.iter(turn)?.map(load).collect()
}
