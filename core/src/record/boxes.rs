//! Fields whose types need an allocator: `String`, `Vec`, arrays, `BTreeMap`, `Box` (feature `alloc`).

#![forbid(unsafe_code)]

extern crate alloc;

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};

use super::{
    field::{Field, Made, Make},
    schema::Type,
};
use crate::{
    container::Key,
    error::Error,
    handle::{List, Map},
    turn::Turn,
    value::{Input, Value, tag},
};

impl Field for String {
    const TYPE: Type = Type::named("text");
    type Get<'t> = &'t str;
    type Set<'v> = &'v str;

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

    fn load(value: Value<'_>, _: &Turn<'_>) -> Result<String, Error> {
        Self::get(value).map(String::from)
    }

    fn into_get<'t>(self) -> Option<Self::Get<'t>> {
        if self.is_empty() { Some("") } else { None }
    }
}

/// A list of these, in this party's holdings; on an error nothing of it stays.
fn make_list<'v, T: Field + 'v>(values: &'v [T], turn: &mut Turn<'_>) -> Result<Made<'v>, Error> {
    let list = turn.new_list()?;
    for value in values {
        let pushed = T::make(value.lend(), turn)
            .and_then(|made| list.push(turn, made.input()).or_else(|error| turn.forget(made, Err(error))));
        if let Err(error) = pushed {
            turn.destroy(list)?;
            return Err(error);
        }
    }
    Ok(Made::fresh(list))
}

impl<T: Field> Field for Vec<T> {
    const TYPE: Type = Type::generic("list", &[T::TYPE]);
    type Get<'t> = List;
    type Set<'v>
        = &'v [T]
    where
        T: 'v;

    fn lend(&self) -> &[T] {
        self
    }

    fn make<'v>(value: &'v [T], turn: &mut Turn<'_>) -> Result<Made<'v>, Error>
    where
        T: 'v,
    {
        make_list(value, turn)
    }

    fn get(value: Value<'_>) -> Result<List, Error> {
        value.as_list().ok_or(Error::WrongType)
    }

    fn load(value: Value<'_>, turn: &Turn<'_>) -> Result<Vec<T>, Error> {
        <Self as Field>::get(value)?.iter(turn)?.map(|element| T::load(element?, turn)).collect()
    }
}

impl<T: Field, const N: usize> Field for [T; N] {
    const TYPE: Type = Type::generic("list", &[T::TYPE]);
    type Get<'t> = List;
    type Set<'v>
        = &'v [T; N]
    where
        T: 'v;

    fn lend(&self) -> &[T; N] {
        self
    }

    fn make<'v>(value: &'v [T; N], turn: &mut Turn<'_>) -> Result<Made<'v>, Error>
    where
        T: 'v,
    {
        make_list(value, turn)
    }

    fn get(value: Value<'_>) -> Result<List, Error> {
        value.as_list().ok_or(Error::WrongType)
    }

    fn load(value: Value<'_>, turn: &Turn<'_>) -> Result<[T; N], Error> {
        Vec::load(value, turn)?.try_into().map_err(|_| Error::WrongType)
    }
}

/// Keys have to be what a map of the region takes for keys: numbers, booleans, texts; others are refused when a record is made.
impl<K, V> Field for BTreeMap<K, V>
where
    K: Field + Ord,
    V: Field,
{
    const TYPE: Type = Type::generic("map", &[K::TYPE, V::TYPE]);
    type Get<'t> = Map;
    type Set<'v>
        = &'v BTreeMap<K, V>
    where
        K: 'v,
        V: 'v;

    fn lend(&self) -> &BTreeMap<K, V> {
        self
    }

    fn make<'v>(value: &'v BTreeMap<K, V>, turn: &mut Turn<'_>) -> Result<Made<'v>, Error>
    where
        K: 'v,
        V: 'v,
    {
        let map = turn.new_map()?;
        for (key, value) in value {
            if let Err(error) = put_entry(map, key, value, turn) {
                turn.destroy(map)?;
                return Err(error);
            }
        }
        Ok(Made::fresh(map))
    }

    fn get(value: Value<'_>) -> Result<Map, Error> {
        value.as_map().ok_or(Error::WrongType)
    }

    fn load(value: Value<'_>, turn: &Turn<'_>) -> Result<BTreeMap<K, V>, Error> {
        let entries = <Self as Field>::get(value)?.iter(turn)?.map(|entry| {
            let (key, value) = entry?;
            Ok((K::load(key, turn)?, V::load(value, turn)?))
        });
        entries.collect()
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

fn put_entry<K: Field, V: Field>(map: Map, key: &K, value: &V, turn: &mut Turn<'_>) -> Result<(), Error> {
    let key = K::make(key.lend(), turn)?;
    let named = match key_of(&key) {
        Ok(named) => named,
        Err(error) => return turn.forget(key, Err(error)),
    };
    let made = V::make(value.lend(), turn)?;
    map.set(turn, named, made.input()).or_else(|error| turn.forget(made, Err(error)))
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
