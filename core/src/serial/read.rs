//! Out of the region: a value is read as the type asks for it.

#![forbid(unsafe_code)]

use ::serde::{
    de::{
        DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
        Unexpected, VariantAccess, Visitor,
    },
    forward_to_deserialize_any,
};

use super::{SerdeError, in_place};
use crate::{
    container::{Cells, SetIter, Table},
    error::Error,
    turn::Turn,
    value::Value,
};

/// Where values are read from.
#[derive(Clone, Copy)]
pub(super) struct Below<'t> {
    pub(super) turn: &'t Turn<'t>,
    /// Levels that there may still be.
    deeper: u8,
}

impl<'t> Below<'t> {
    #[inline]
    pub(super) fn reader(self, value: Value<'t>) -> Reader<'t> {
        Reader { below: self, value }
    }

    /// One level down.
    #[inline]
    pub(super) fn descend(self) -> Result<Below<'t>, SerdeError> {
        let deeper = self.deeper.checked_sub(1).ok_or(SerdeError::TooDeep)?;
        Ok(Below { deeper, ..self })
    }
}

/// A value that is being read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t> {
    below: Below<'t>,
    value: Value<'t>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(turn: &'t Turn<'_>, value: Value<'t>) -> Reader<'t> {
        Below { turn, deeper: 128 }.reader(value)
    }

    /// This reader one level down.
    fn descend(self) -> Result<Reader<'t>, SerdeError> {
        Ok(self.below.descend()?.reader(self.value))
    }

    /// Elements, all of which have to be asked for.
    fn sequence<D, V>(
        self,
        values: impl Iterator<Item = Result<D, Error>>,
        visitor: V,
    ) -> Result<V::Value, SerdeError>
    where
        D: Deserializer<'t, Error = SerdeError>,
        V: Visitor<'t>,
    {
        let mut elements = Elements { values };
        let whole = visitor.visit_seq(&mut elements)?;
        match elements.values.count() {
            0 => Ok(whole),
            left => Err(SerdeError::custom(format_args!("{left} elements too many"))),
        }
    }

    /// Entries, all of which have to be asked for.
    fn entries<D, V>(
        self,
        entries: impl Iterator<Item = Result<(D, D), Error>>,
        visitor: V,
    ) -> Result<V::Value, SerdeError>
    where
        D: Deserializer<'t, Error = SerdeError>,
        V: Visitor<'t>,
    {
        let mut entries = Entries { entries, value: None };
        let whole = visitor.visit_map(&mut entries)?;
        match entries.entries.next() {
            None => Ok(whole),
            Some(_) => Err(SerdeError::custom("entries that nobody asked for")),
        }
    }

    fn list<V: Visitor<'t>>(self, list: Cells, visitor: V) -> Result<V::Value, SerdeError> {
        self.sequence(in_place::elements(self.below.descend()?, list)?, visitor)
    }

    fn set<V: Visitor<'t>>(self, elements: SetIter<'t>, visitor: V) -> Result<V::Value, SerdeError> {
        let below = self.below.descend()?;
        self.sequence(elements.map(|element| element.map(|element| below.reader(element))), visitor)
    }

    fn map<V: Visitor<'t>>(self, table: &Table, visitor: V) -> Result<V::Value, SerdeError> {
        self.entries(in_place::entries(self.below.descend()?, table)?, visitor)
    }

    /// Fields by their names.
    fn fields<V: Visitor<'t>>(
        self,
        fields: impl Iterator<Item = Result<(&'t str, Value<'t>), Error>>,
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        let below = self.below.descend()?;
        let named = |(name, value)| (below.reader(Value::Text(name)), below.reader(value));
        self.entries(fields.map(|field| field.map(named)), visitor)
    }

    /// What this is, for a message.
    fn unexpected(&self) -> Unexpected<'t> {
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

impl<'t> Deserializer<'t> for Reader<'t> {
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
            Value::List(list) => self.list(list.find(&self.below.turn.heap)?, visitor),
            Value::Tuple(tuple) => self.list(tuple.find(&self.below.turn.heap)?, visitor),
            Value::Set(set) => self.set(set.iter(self.below.turn)?, visitor),
            Value::FrozenSet(set) => self.set(set.iter(self.below.turn)?, visitor),
            Value::FastSet(set) => self.set(set.iter(self.below.turn)?, visitor),
            Value::Map(map) => self.map(&map.table(&self.below.turn.heap)?, visitor),
            Value::FrozenMap(map) => self.map(&map.table(&self.below.turn.heap)?, visitor),
            Value::FastMap(map) => {
                let below = self.below.descend()?;
                let read = |(key, value)| (below.reader(key), below.reader(value));
                self.entries(map.iter(self.below.turn)?.map(|entry| entry.map(read)), visitor)
            }
            Value::Record(record) => self.fields(record.iter(self.below.turn)?, visitor),
            Value::Instance(instance) => self.fields(instance.fields(self.below.turn)?, visitor),
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

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        let reader = self.descend()?;
        let entries = match self.value {
            Value::Map(map) => Some(map.iter(self.below.turn)?),
            Value::FrozenMap(map) => Some(map.iter(self.below.turn)?),
            Value::FastMap(map) => Some(map.iter(self.below.turn)?),
            _ => None,
        };
        if let Some(mut entries) = entries {
            if let (Some(entry), None) = (entries.next(), entries.next()) {
                let (variant, contents) = entry?;
                return visitor.visit_enum(Variant {
                    variant: reader.below.reader(variant),
                    contents: Some(reader.below.reader(contents)),
                });
            }
            return Err(SerdeError::invalid_value(Unexpected::Map, &"a map of one entry, for a variant"));
        }
        visitor.visit_enum(Variant { variant: reader, contents: None })
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

/// The elements of a list, a tuple or a set.
struct Elements<I> {
    values: I,
}

impl<'t, D, I> SeqAccess<'t> for Elements<I>
where
    D: Deserializer<'t, Error = SerdeError>,
    I: Iterator<Item = Result<D, Error>>,
{
    type Error = SerdeError;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, SerdeError> {
        let Some(value) = self.values.next() else { return Ok(None) };
        seed.deserialize(value?).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        self.values.size_hint().1
    }
}

/// The entries of a map, or the fields of a record or instance.
struct Entries<D, I> {
    entries: I,
    /// The value that belongs to the key read last.
    value: Option<D>,
}

impl<'t, D, I> MapAccess<'t> for Entries<D, I>
where
    D: Deserializer<'t, Error = SerdeError>,
    I: Iterator<Item = Result<(D, D), Error>>,
{
    type Error = SerdeError;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, SerdeError> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        let (key, value) = entry?;
        self.value = Some(value);
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<T::Value, SerdeError> {
        let value =
            self.value.take().ok_or_else(|| SerdeError::custom("a value was asked for before its key"))?;
        seed.deserialize(value)
    }

    fn size_hint(&self) -> Option<usize> {
        self.entries.size_hint().1
    }
}

/// A variant of an enum: its name or number, and what is in it.
struct Variant<'t> {
    variant: Reader<'t>,
    contents: Option<Reader<'t>>,
}

impl<'t> EnumAccess<'t> for Variant<'t> {
    type Error = SerdeError;
    type Variant = Contents<'t>;

    fn variant_seed<V: DeserializeSeed<'t>>(self, seed: V) -> Result<(V::Value, Contents<'t>), SerdeError> {
        let variant = match self.variant.value {
            Value::Text(name) => seed.deserialize(name.into_deserializer()),
            Value::Int(number) if number >= 0 => {
                let number: ::serde::de::value::U64Deserializer<SerdeError> =
                    (number as u64).into_deserializer();
                seed.deserialize(number)
            }
            _ => Err(SerdeError::invalid_type(self.variant.unexpected(), &"the name or number of a variant")),
        }?;
        Ok((variant, Contents(self.contents)))
    }
}

/// What is in a variant.
struct Contents<'t>(Option<Reader<'t>>);

impl<'t> Contents<'t> {
    fn some(self) -> Result<Reader<'t>, SerdeError> {
        self.0.ok_or_else(|| SerdeError::invalid_type(Unexpected::UnitVariant, &"a variant with contents"))
    }
}

impl<'t> VariantAccess<'t> for Contents<'t> {
    type Error = SerdeError;

    fn unit_variant(self) -> Result<(), SerdeError> {
        match self.0 {
            None | Some(Reader { value: Value::Null, .. }) => Ok(()),
            Some(contents) => {
                Err(SerdeError::invalid_type(contents.unexpected(), &"a variant without contents"))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'t>>(self, seed: T) -> Result<T::Value, SerdeError> {
        seed.deserialize(self.some()?)
    }

    fn tuple_variant<V: Visitor<'t>>(self, _len: usize, visitor: V) -> Result<V::Value, SerdeError> {
        self.some()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'t>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        self.some()?.deserialize_any(visitor)
    }
}
