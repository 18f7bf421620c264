//! Shadows: what a value in a region should be, as an ordinary tree of this program.
//!
//! Lists are `Vec`s, maps are `IndexMap`s keyed by what makes two keys equal: `1`, `1.0` and `true` are one key, all NaNs are
//! another, and the key that came first is the one that is kept, as in Python.

#![forbid(unsafe_code)]

use cohabit::{Dtype, Error, Input, Key, Layout, Turn, Value};
use indexmap::IndexMap;

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
    Map(IndexMap<Same, (Shadow, Shadow)>),
}

/// What two keys have in common when they are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Same {
    /// Null.
    Null,
    /// A whole number, whatever its type.
    Whole(i128),
    /// Another float, by its bits.
    Float(u64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Same {
    /// That of a key.
    pub fn of(key: Key<'_>) -> Same {
        match key {
            Key::Null => Same::Null,
            Key::Bool(bool) => Same::Whole(bool as i128),
            Key::Int(int) => Same::Whole(int as i128),
            Key::Uint(int) => Same::Whole(int as i128),
            Key::Float(float) if float.is_nan() => Same::Float(f64::NAN.to_bits()),
            Key::Float(float) if float.fract() == 0.0 && float.abs() < 1e30 => Same::Whole(float as i128),
            Key::Float(float) => Same::Float(float.to_bits()),
            Key::Text(text) => Same::Text(text.into()),
            Key::Bytes(bytes) => Same::Bytes(bytes.into()),
        }
    }
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
            Value::List(list) => {
                let read = |value: Result<Value<'_>, Error>| Shadow::read(turn, value?);
                Shadow::List(list.iter(turn)?.map(read).collect::<Result<_, _>>()?)
            }
            Value::Map(map) => {
                let read = |entry: Result<(Value<'_>, Value<'_>), Error>| {
                    let (key, value) = entry?;
                    let entry = (Shadow::read(turn, key)?, Shadow::read(turn, value)?);
                    Ok((Same::of(Key::try_from(key)?), entry))
                };
                Shadow::Map(map.iter(turn)?.map(read).collect::<Result<_, Error>>()?)
            }
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
            (Shadow::List(shadows), Value::List(list)) => {
                let Ok(values) = list.iter(turn) else { return false };
                values.len() == shadows.len()
                    && values
                        .zip(shadows)
                        .all(|(value, shadow)| value.is_ok_and(|value| shadow.matches(turn, value)))
            }
            (Shadow::Map(shadows), Value::Map(map)) => {
                let (Ok(len), Ok(mut entries)) = (map.len(turn), map.iter(turn)) else { return false };
                len == shadows.len()
                    && shadows.values().all(|(shadow_key, shadow)| {
                        entries.next().is_some_and(|entry| {
                            entry.is_ok_and(|(key, value)| {
                                shadow_key.matches(turn, key)
                                    && shadow.matches(turn, value)
                                    && Key::try_from(key).is_ok_and(|key| map.contains(turn, key) == Ok(true))
                            })
                        })
                    })
                    && entries.next().is_none()
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
            (Shadow::List(_) | Shadow::Map(_) | Shadow::Record(_), _)
            | (_, Value::List(_) | Value::Map(_) | Value::Record(_)) => false,
            (Shadow::Float(bits), Value::Float(float)) => *bits == float.to_bits(),
            (Shadow::Float(_), _) | (_, Value::Float(_)) => false,
            (Shadow::Rich(rich), value) => Rich::of(value).as_ref() == Some(rich),
            (scalar, value) => scalar.as_value() == Some(value),
        }
    }

    /// The value to store; `None` for lists, maps, arrays and the like, which are objects.
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
            Shadow::List(_)
            | Shadow::Map(_)
            | Shadow::ByteArray(_)
            | Shadow::Array(..)
            | Shadow::Record(_) => return None,
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

    /// Whether it is a list, a map, a byte array or a record.
    pub fn is_container(&self) -> bool {
        matches!(self, Shadow::List(_) | Shadow::Map(_) | Shadow::ByteArray(_) | Shadow::Record(_))
    }

    /// The values directly in it.
    pub fn children(&self) -> Box<dyn Iterator<Item = &Shadow> + '_> {
        match self {
            Shadow::List(list) | Shadow::Record(list) => Box::new(list.iter()),
            Shadow::Map(map) => Box::new(map.values().map(|(_, value)| value)),
            _ => Box::new(core::iter::empty()),
        }
    }

    /// Number of values, this one and all that are in it.
    pub fn size(&self) -> usize {
        1 + self.children().map(Shadow::size).sum::<usize>()
    }

    /// Child number `index`.
    pub fn child_mut(&mut self, index: usize) -> Option<&mut Shadow> {
        match self {
            Shadow::List(list) | Shadow::Record(list) => list.get_mut(index),
            Shadow::Map(map) => map.get_index_mut(index).map(|(_, (_, value))| value),
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

    /// The map.
    ///
    /// # Panics
    /// If it is something else.
    pub fn map_mut(&mut self) -> &mut IndexMap<Same, (Shadow, Shadow)> {
        if let Shadow::Map(map) = self { map } else { panic!("not a map: {self:?}") }
    }
}
