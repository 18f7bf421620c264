//! Out of the region: a value is read as the type asks for it.

#![forbid(unsafe_code)]

use ::serde::{
    de::{Deserializer, Error as _, Unexpected, Visitor},
    forward_to_deserialize_any,
};

use super::{SerdeError, access::Contents, below::Below, in_place};
use crate::{
    container::{SetIter, Table},
    heap::Kind,
    value::Value,
};

/// A value that is being read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'l, 't> {
    pub(super) below: Below<'l, 't>,
    pub(super) value: Value<'t>,
    /// A record whose name has been read: as the contents of a variant, it is its fields and no more.
    pub(super) fields_only: bool,
}

impl<'l, 't> Reader<'l, 't> {
    /// This reader one level down.
    fn descend(self) -> Result<Reader<'l, 't>, SerdeError> {
        Ok(Reader { below: self.below.descend()?, ..self })
    }

    fn set<V: Visitor<'t>>(self, elements: SetIter<'t>, visitor: V) -> Result<V::Value, SerdeError> {
        let below = self.below.descend()?;
        self.below.sequence(elements.map(|element| element.map(|element| below.reader(element))), visitor)
    }

    fn map<V: Visitor<'t>>(self, table: &Table, visitor: V) -> Result<V::Value, SerdeError> {
        self.below.entries(in_place::entries(self.below.descend()?, table)?, visitor)
    }

    /// What this is, for a message.
    pub(super) fn unexpected(&self) -> Unexpected<'t> {
        match self.value {
            Value::Null => Unexpected::Unit,
            Value::Bool(bool) => Unexpected::Bool(bool),
            Value::Int(int) => Unexpected::Signed(int),
            Value::Uint(int) => Unexpected::Unsigned(int),
            Value::Float(float) => Unexpected::Float(float),
            Value::Text(text) => Unexpected::Str(text),
            Value::Bytes(bytes) => Unexpected::Bytes(bytes),
            Value::List(_) | Value::Tuple(_) => Unexpected::Seq,
            Value::Set(_) | Value::FrozenSet(_) | Value::FastSet(_) => Unexpected::Seq,
            Value::Map(_) | Value::FrozenMap(_) | Value::FastMap(_) => Unexpected::Map,
            Value::Record(_) | Value::Instance(_) => Unexpected::Map,
            _ => Unexpected::Other("a value of a type that serde does not have"),
        }
    }
}

impl<'t> Deserializer<'t> for Reader<'_, 't> {
    type Error = SerdeError;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(bool) => visitor.visit_bool(bool),
            Value::Int(int) => visitor.visit_i64(int),
            Value::Uint(int) => visitor.visit_u64(int),
            Value::Float(float) => visitor.visit_f64(float),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Value::List(list) => self.below.list(list.0, Kind::List, visitor),
            Value::Tuple(tuple) => self.below.list(tuple.0, Kind::Tuple, visitor),
            Value::Set(set) => self.set(set.iter(self.below.at.turn)?, visitor),
            Value::FrozenSet(set) => self.set(set.iter(self.below.at.turn)?, visitor),
            Value::FastSet(set) => self.set(set.iter(self.below.at.turn)?, visitor),
            Value::Map(map) => self.map(&map.table(&self.below.at.turn.heap)?, visitor),
            Value::FrozenMap(map) => self.map(&map.table(&self.below.at.turn.heap)?, visitor),
            Value::FastMap(map) => {
                let below = self.below.descend()?;
                let read = |(key, value)| (below.reader(key), below.reader(value));
                self.below.entries(map.iter(self.below.at.turn)?.map(|entry| entry.map(read)), visitor)
            }
            Value::Record(record) if self.fields_only => {
                self.below.fields(record.iter(self.below.at.turn)?, visitor)
            }
            Value::Record(record) => self.below.untyped(record, visitor),
            Value::Instance(instance) => self.below.fields(instance.fields(self.below.at.turn)?, visitor),
            #[cfg(feature = "scalars")]
            Value::BigInt(int) => match (int.to_i128(), int.to_u128()) {
                (Some(int), _) => visitor.visit_i128(int),
                (_, Some(int)) => visitor.visit_u128(int),
                _ => Err(SerdeError::custom("a whole number of more than 128 bits")),
            },
            _ => Err(SerdeError::invalid_type(self.unexpected(), &visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self.descend()?),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        visitor.visit_newtype_struct(self.descend()?)
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        match self.value {
            Value::Record(record) if !self.fields_only => self.below.record(record, fields, visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        let turn = self.below.at.turn;
        let entries = match self.value {
            Value::Map(map) => Some(map.iter(turn)?),
            Value::FrozenMap(map) => Some(map.iter(turn)?),
            Value::FastMap(map) => Some(map.iter(turn)?),
            Value::Record(record) => return self.below.variant(name, record, visitor),
            _ => None,
        };
        let below = self.below.descend()?;
        let Some(mut entries) = entries else { return below.choose(self, Contents::Nothing, visitor) };
        match (entries.next(), entries.next()) {
            (Some(entry), None) => {
                let (variant, contents) = entry?;
                below.choose(below.reader(variant), Contents::Value(&below.reader(contents)), visitor)
            }
            _ => Err(SerdeError::invalid_value(Unexpected::Map, &"a map of one entry, for a variant")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}
