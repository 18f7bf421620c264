//! Shadows: what a value in a region should be, as an ordinary tree of this program.
//!
//! Lists and tuples are `Vec`s, maps and sets are `IndexMap`s keyed by what makes two keys equal: `1`, `1.0` and `true` are one key, all NaNs are
//! another, and the key that came first is the one that is kept, as in Python.

#![forbid(unsafe_code)]

use cohabit::{Dtype, Error, Input, Key, Layout, Turn, Value};
use indexmap::IndexMap;

pub use crate::same::Same;
use crate::scalars::Rich;

/// A value and all that is in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Shadow {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above `i64::MAX`.
    Uint(u64),
    /// A float, by its bits.
    Float(u64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An array: its elements as they lie in memory.
    Array(Dtype, Box<Layout>, Vec<u8>),
    /// Another scalar.
    Rich(Rich),
    /// A byte array.
    ByteArray(Vec<u8>),
    /// A list.
    List(Vec<Shadow>),
    /// A record: its fields in order.
    Record(Vec<Shadow>),
    /// A map: what makes the key, the key as it was first written, the value.
    Map(Pairs),
    /// A tuple.
    Tuple(Vec<Shadow>),
    /// A frozen map.
    FrozenMap(Pairs),
    /// An instance: its class, and its fields as the entries of a map.
    Instance(String, Pairs),
    /// A set: what makes the element, the element as it was first written.
    Set(Members),
    /// A frozen set.
    FrozenSet(Members),
    /// A fast frozen map.
    FastMap(Pairs),
    /// A fast frozen set.
    FastSet(Members),
}

/// The entries of a map.
pub type Pairs = IndexMap<Same, (Shadow, Shadow)>;
/// The elements of a set.
pub type Members = IndexMap<Same, Shadow>;

type Read<'t> = Result<Value<'t>, Error>;
type ReadPair<'t> = Result<(Value<'t>, Value<'t>), Error>;

fn elements<'t>(turn: &Turn<'_>, values: impl Iterator<Item = Read<'t>>) -> Result<Vec<Shadow>, Error> {
    values.map(|value| Shadow::read(turn, value?)).collect()
}

fn pairs<'t>(turn: &Turn<'_>, entries: impl Iterator<Item = ReadPair<'t>>) -> Result<Pairs, Error> {
    let read = |entry: ReadPair<'_>| {
        let (key, value) = entry?;
        let entry = (Shadow::read(turn, key)?, Shadow::read(turn, value)?);
        Ok((entry.0.as_same().ok_or(Error::WrongType)?, entry))
    };
    entries.map(read).collect()
}

/// A field as an entry of a map.
fn entry<'t>(field: Result<(&'t str, Value<'t>), Error>) -> ReadPair<'t> {
    field.map(|(name, value)| (Value::Text(name), value))
}

fn members<'t>(turn: &Turn<'_>, values: impl Iterator<Item = Read<'t>>) -> Result<Members, Error> {
    let read = |value: Read<'_>| {
        let shadow = Shadow::read(turn, value?)?;
        Ok((shadow.as_same().ok_or(Error::WrongType)?, shadow))
    };
    values.map(read).collect()
}

/// Whether these are the elements, in this order.
fn match_elements<'t>(
    turn: &Turn<'_>,
    shadows: &[Shadow],
    values: Result<impl Iterator<Item = Read<'t>>, Error>,
) -> bool {
    let Ok(mut values) = values else { return false };
    let all =
        shadows.iter().all(|shadow| matches!(values.next(), Some(Ok(value)) if shadow.matches(turn, value)));
    all && values.next().is_none()
}

/// Whether these are the entries, in this order, and every key is found.
fn match_pairs<'t>(
    turn: &Turn<'_>,
    shadows: &Pairs,
    entries: Result<impl Iterator<Item = ReadPair<'t>>, Error>,
    contains: impl Fn(Key<'_>) -> Result<bool, Error>,
) -> bool {
    let Ok(mut entries) = entries else { return false };
    let all = shadows.values().all(|(shadow_key, shadow)| {
        let Some(Ok((key, value))) = entries.next() else { return false };
        let found = Key::try_from(key).is_ok_and(|key| contains(key) == Ok(true));
        found && shadow_key.matches(turn, key) && shadow.matches(turn, value)
    });
    all && entries.next().is_none()
}

/// Whether these are the elements of a set, in this order, and every one is found.
fn match_members<'t>(
    turn: &Turn<'_>,
    shadows: &Members,
    values: Result<impl Iterator<Item = Read<'t>>, Error>,
    contains: impl Fn(Key<'_>) -> Result<bool, Error>,
) -> bool {
    let Ok(mut values) = values else { return false };
    let all = shadows.values().all(|shadow| {
        let Some(Ok(value)) = values.next() else { return false };
        Key::try_from(value).is_ok_and(|key| contains(key) == Ok(true)) && shadow.matches(turn, value)
    });
    all && values.next().is_none()
}

impl Shadow {
    /// A copy of a value in a region, with all that is in it.
    pub fn read(turn: &Turn<'_>, value: Value<'_>) -> Result<Shadow, Error> {
        Ok(match value {
            Value::Null => Shadow::Null,
            Value::Bool(bool) => Shadow::Bool(bool),
            Value::Int(int) => Shadow::Int(int),
            Value::Uint(int) => Shadow::Uint(int),
            Value::Float(float) => Shadow::Float(float.to_bits()),
            Value::Text(text) => Shadow::Text(text.into()),
            Value::Bytes(bytes) => Shadow::Bytes(bytes.into()),
            Value::List(list) => Shadow::List(elements(turn, list.iter(turn)?)?),
            Value::Tuple(tuple) => Shadow::Tuple(elements(turn, tuple.iter(turn)?)?),
            Value::Map(map) => Shadow::Map(pairs(turn, map.iter(turn)?)?),
            Value::FrozenMap(map) => Shadow::FrozenMap(pairs(turn, map.iter(turn)?)?),
            Value::Instance(instance) => {
                let fields = instance.fields(turn)?.map(entry);
                Shadow::Instance(instance.class(turn)?.into(), pairs(turn, fields)?)
            }
            Value::Set(set) => Shadow::Set(members(turn, set.iter(turn)?)?),
            Value::FrozenSet(set) => Shadow::FrozenSet(members(turn, set.iter(turn)?)?),
            Value::FastMap(map) => Shadow::FastMap(pairs(turn, map.iter(turn)?)?),
            Value::FastSet(set) => Shadow::FastSet(members(turn, set.iter(turn)?)?),
            Value::ByteArray(array) => Shadow::ByteArray(array.as_slice(turn)?.into()),
            Value::Record(record) => {
                let read = |field: Result<(&str, Value<'_>), Error>| Shadow::read(turn, field?.1);
                Shadow::Record(record.iter(turn)?.map(read).collect::<Result<_, _>>()?)
            }
            Value::Array(array) => {
                let buffer = turn.buffer(array)?;
                Shadow::Array(buffer.dtype(), Box::new(*buffer.layout()), buffer.bytes().into())
            }
            other => Shadow::Rich(Rich::of(other).ok_or(Error::WrongType)?),
        })
    }

    /// Whether a value in the region, with all that is in it, is this; maps in this order, and every key found.
    pub fn matches(&self, turn: &Turn<'_>, value: Value<'_>) -> bool {
        match (self, value) {
            (Shadow::List(shadows), Value::List(list)) => match_elements(turn, shadows, list.iter(turn)),
            (Shadow::Tuple(shadows), Value::Tuple(tuple)) => match_elements(turn, shadows, tuple.iter(turn)),
            (Shadow::Map(shadows), Value::Map(map)) => {
                map.len(turn) == Ok(shadows.len())
                    && match_pairs(turn, shadows, map.iter(turn), |key| map.contains(turn, key))
            }
            (Shadow::Instance(class, shadows), Value::Instance(instance)) => {
                let has = |key: Key<'_>| match key {
                    Key::Text(name) => instance.has(turn, name),
                    key => panic!("{key:?} is no name"),
                };
                instance.class(turn) == Ok(class)
                    && instance.len(turn) == Ok(shadows.len())
                    && match_pairs(turn, shadows, instance.fields(turn).map(|all| all.map(entry)), has)
            }
            (Shadow::FrozenMap(shadows), Value::FrozenMap(map)) => {
                map.len(turn) == Ok(shadows.len())
                    && match_pairs(turn, shadows, map.iter(turn), |key| map.contains(turn, key))
            }
            (Shadow::Set(shadows), Value::Set(set)) => {
                set.len(turn) == Ok(shadows.len())
                    && match_members(turn, shadows, set.iter(turn), |key| set.contains(turn, key))
            }
            (Shadow::FrozenSet(shadows), Value::FrozenSet(set)) => {
                set.len(turn) == Ok(shadows.len())
                    && match_members(turn, shadows, set.iter(turn), |key| set.contains(turn, key))
            }
            (Shadow::FastMap(shadows), Value::FastMap(map)) => {
                map.len(turn) == Ok(shadows.len())
                    && match_pairs(turn, shadows, map.iter(turn), |key| map.contains(turn, key))
            }
            (Shadow::FastSet(shadows), Value::FastSet(set)) => {
                set.len(turn) == Ok(shadows.len())
                    && match_members(turn, shadows, set.iter(turn), |key| set.contains(turn, key))
            }
            (Shadow::ByteArray(bytes), Value::ByteArray(array)) => array.as_slice(turn) == Ok(bytes),
            (Shadow::Array(..), found @ Value::Array(_)) => Shadow::read(turn, found).as_ref() == Ok(self),
            (Shadow::Record(shadows), Value::Record(record)) => {
                let Ok(fields) = record.iter(turn) else { return false };
                fields.len() == shadows.len()
                    && fields
                        .zip(shadows)
                        .all(|(field, shadow)| field.is_ok_and(|(_, value)| shadow.matches(turn, value)))
            }
            (shadow, _) if shadow.is_container() => false,
            (Shadow::Float(bits), Value::Float(float)) => *bits == float.to_bits(),
            (Shadow::Float(_), _) | (_, Value::Float(_)) => false,
            (Shadow::Rich(rich), value) => Rich::of(value).as_ref() == Some(rich),
            (scalar, value) => scalar.as_value() == Some(value),
        }
    }

    /// The value to store; `None` for containers and byte arrays, which are objects.
    pub fn as_value(&self) -> Option<Value<'_>> {
        Some(match self {
            Shadow::Null => Value::Null,
            Shadow::Bool(bool) => Value::Bool(*bool),
            Shadow::Int(int) => Value::Int(*int),
            Shadow::Uint(int) => Value::Uint(*int),
            Shadow::Float(bits) => Value::Float(f64::from_bits(*bits)),
            Shadow::Text(text) => Value::Text(text),
            Shadow::Bytes(bytes) => Value::Bytes(bytes),
            Shadow::Rich(rich) => rich.as_value(),
            _ => return None,
        })
    }

    /// The same as something to store.
    pub fn as_input(&self) -> Option<Input<'_>> {
        self.as_value().map(Input::from)
    }

    /// The same as a key.
    pub fn as_key(&self) -> Option<Key<'_>> {
        Key::try_from(self.as_value()?).ok()
    }

    /// What makes it a key; `None` if it can be none.
    pub fn as_same(&self) -> Option<Same> {
        match self {
            Shadow::Tuple(values) => {
                values.iter().map(Shadow::as_same).collect::<Option<_>>().map(Same::Tuple)
            }
            Shadow::FrozenSet(members) | Shadow::FastSet(members) => {
                Some(Same::Set(members.keys().cloned().collect()))
            }
            scalar => scalar.as_key().map(Same::of),
        }
    }

    /// Whether it is an object that is known by its handle alone: a container, a byte array or a record.
    pub fn is_container(&self) -> bool {
        matches!(
            self,
            Shadow::List(_)
                | Shadow::Map(_)
                | Shadow::Tuple(_)
                | Shadow::FrozenMap(_)
                | Shadow::Instance(..)
                | Shadow::Set(_)
                | Shadow::FrozenSet(_)
                | Shadow::FastMap(_)
                | Shadow::FastSet(_)
                | Shadow::ByteArray(_)
                | Shadow::Record(_)
        )
    }

    /// The values directly in it, but for keys and the elements of sets.
    pub fn children(&self) -> Box<dyn Iterator<Item = &Shadow> + '_> {
        match self {
            Shadow::List(list) | Shadow::Tuple(list) | Shadow::Record(list) => Box::new(list.iter()),
            Shadow::Map(map) | Shadow::FrozenMap(map) | Shadow::FastMap(map) | Shadow::Instance(_, map) => {
                Box::new(map.values().map(|(_, value)| value))
            }
            _ => Box::new(core::iter::empty()),
        }
    }

    /// Number of values, this one and all that are in it.
    pub fn size(&self) -> usize {
        let members = match self {
            Shadow::Set(set) | Shadow::FrozenSet(set) | Shadow::FastSet(set) => set.len(),
            _ => 0,
        };
        1 + members + self.children().map(Shadow::size).sum::<usize>()
    }

    /// Child number `index`.
    pub fn child_mut(&mut self, index: usize) -> Option<&mut Shadow> {
        match self {
            Shadow::List(list) | Shadow::Tuple(list) | Shadow::Record(list) => list.get_mut(index),
            Shadow::Map(map) | Shadow::FrozenMap(map) | Shadow::FastMap(map) | Shadow::Instance(_, map) => {
                map.get_index_mut(index).map(|(_, (_, value))| value)
            }
            _ => None,
        }
    }

    /// The list.
    ///
    /// # Panics
    /// If it is something else.
    pub fn list_mut(&mut self) -> &mut Vec<Shadow> {
        if let Shadow::List(list) = self { list } else { panic!("not a list: {self:?}") }
    }

    /// The byte array.
    ///
    /// # Panics
    /// If it is something else.
    pub fn bytes_mut(&mut self) -> &mut Vec<u8> {
        if let Shadow::ByteArray(bytes) = self { bytes } else { panic!("not a byte array: {self:?}") }
    }

    /// The fields of the record.
    ///
    /// # Panics
    /// If it is something else.
    pub fn fields_mut(&mut self) -> &mut Vec<Shadow> {
        if let Shadow::Record(fields) = self { fields } else { panic!("not a record: {self:?}") }
    }

    /// The set.
    ///
    /// # Panics
    /// If it is something else.
    pub fn set_mut(&mut self) -> &mut Members {
        if let Shadow::Set(set) = self { set } else { panic!("not a set: {self:?}") }
    }

    /// The fields of the instance.
    ///
    /// # Panics
    /// If it is something else.
    pub fn instance_mut(&mut self) -> &mut Pairs {
        if let Shadow::Instance(_, fields) = self { fields } else { panic!("not an instance: {self:?}") }
    }

    /// The map.
    ///
    /// # Panics
    /// If it is something else.
    pub fn map_mut(&mut self) -> &mut Pairs {
        if let Shadow::Map(map) = self { map } else { panic!("not a map: {self:?}") }
    }
}
