//! Out of the region: a value is read as the type asks for it.

#![forbid(unsafe_code)]

use ::serde::{
    de::{
        DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
        Unexpected, VariantAccess, Visitor,
    },
    forward_to_deserialize_any,
};

use super::SerdeError;
use crate::{error::Error, turn::Turn, value::Value};

/// A value that is being read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t> {
    turn: &'t Turn<'t>,
    value: Value<'t>,
    /// Levels that may still be below this one.
    deeper: u8,
}

impl<'t> Reader<'t> {
    pub(super) fn new(turn: &'t Turn<'_>, value: Value<'t>) -> Reader<'t> {
        Reader { turn, value, deeper: 128 }
    }

    fn below(self, value: Value<'t>) -> Reader<'t> {
        Reader { value, ..self }
    }

    /// This reader for what is one level down.
    fn descend(self) -> Result<Reader<'t>, SerdeError> {
        let deeper = self.deeper.checked_sub(1).ok_or(SerdeError::TooDeep)?;
        Ok(Reader { deeper, ..self })
    }

    /// Elements, all of which have to be asked for.
    fn sequence<I, V>(self, values: I, visitor: V) -> Result<V::Value, SerdeError>
    where
        I: Iterator<Item = Result<Value<'t>, Error>>,
        V: Visitor<'t>,
    {
        let mut elements = Elements { reader: self.descend()?, values };
        let whole = visitor.visit_seq(&mut elements)?;
        match elements.values.count() {
            0 => Ok(whole),
            left => Err(SerdeError::custom(format_args!("{left} elements too many"))),
        }
    }

    /// Entries, all of which have to be asked for.
    fn entries<I, V>(self, entries: I, visitor: V) -> Result<V::Value, SerdeError>
    where
        I: Iterator<Item = Result<(Value<'t>, Value<'t>), Error>>,
        V: Visitor<'t>,
    {
        let mut entries = Entries { reader: self.descend()?, entries, value: None };
        let whole = visitor.visit_map(&mut entries)?;
        match entries.entries.next() {
            None => Ok(whole),
            Some(_) => Err(SerdeError::custom("entries that nobody asked for")),
        }
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
            Value::List(_) | Value::Tuple(_) | Value::Set(_) | Value::FrozenSet(_) => Unexpected::Seq,
            Value::Map(_) | Value::FrozenMap(_) | Value::Record(_) => Unexpected::Map,
            _ => Unexpected::Other("a value of a type that serde does not have"),
        }
    }
}

/// What is there nearly always is looked for first, which spares the way past everything else that could be there.
macro_rules! expecting {
    ($($name:ident($($arg:ident: $type:ty),*) => $value:pat => |$reader:ident, $visitor:ident| $then:expr;)*) => {$(
        #[inline]
        fn $name<V: Visitor<'t>>(self, $($arg: $type,)* $visitor: V) -> Result<V::Value, SerdeError> {
            let $reader = self;
            match self.value {
                $value => $then,
                _ => self.deserialize_any($visitor),
            }
        }
    )*};
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
            Value::List(list) => self.sequence(list.iter(self.turn)?, visitor),
            Value::Tuple(tuple) => self.sequence(tuple.iter(self.turn)?, visitor),
            Value::Set(set) => self.sequence(set.iter(self.turn)?, visitor),
            Value::FrozenSet(set) => self.sequence(set.iter(self.turn)?, visitor),
            Value::Map(map) => self.entries(map.iter(self.turn)?, visitor),
            Value::FrozenMap(map) => self.entries(map.iter(self.turn)?, visitor),
            Value::Record(record) => {
                let named = |(name, value)| (Value::Text(name), value);
                self.entries(record.iter(self.turn)?.map(|field| field.map(named)), visitor)
            }
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
            Value::Map(map) => Some(map.iter(self.turn)?),
            Value::FrozenMap(map) => Some(map.iter(self.turn)?),
            _ => None,
        };
        if let Some(mut entries) = entries {
            if let (Some(entry), None) = (entries.next(), entries.next()) {
                let (variant, contents) = entry?;
                return visitor.visit_enum(Variant {
                    variant: reader.below(variant),
                    contents: Some(reader.below(contents)),
                });
            }
            return Err(SerdeError::invalid_value(Unexpected::Map, &"a map of one entry, for a variant"));
        }
        visitor.visit_enum(Variant { variant: reader, contents: None })
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
        visitor.visit_unit()
    }

    expecting! {
        deserialize_i64() => Value::Int(int) => |_reader, visitor| visitor.visit_i64(int);
        deserialize_i32() => Value::Int(int) => |_reader, visitor| visitor.visit_i64(int);
        deserialize_u64() => Value::Int(int) => |_reader, visitor| visitor.visit_i64(int);
        deserialize_u32() => Value::Int(int) => |_reader, visitor| visitor.visit_i64(int);
        deserialize_f64() => Value::Float(float) => |_reader, visitor| visitor.visit_f64(float);
        deserialize_str() => Value::Text(text) => |_reader, visitor| visitor.visit_borrowed_str(text);
        deserialize_string() => Value::Text(text) => |_reader, visitor| visitor.visit_borrowed_str(text);
        deserialize_identifier() => Value::Text(text) => |_reader, visitor| visitor.visit_borrowed_str(text);
        deserialize_seq() => Value::List(list) => |reader, visitor| reader.sequence(list.iter(reader.turn)?, visitor);
        deserialize_map() => Value::Map(map) => |reader, visitor| reader.entries(map.iter(reader.turn)?, visitor);
        deserialize_struct(_name: &'static str, _fields: &'static [&'static str]) => Value::Map(map) =>
            |reader, visitor| reader.entries(map.iter(reader.turn)?, visitor);
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool i8 i16 i128 u8 u16 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

/// The elements of a list, a tuple or a set.
struct Elements<'t, I> {
    reader: Reader<'t>,
    values: I,
}

impl<'t, I: Iterator<Item = Result<Value<'t>, Error>>> SeqAccess<'t> for Elements<'t, I> {
    type Error = SerdeError;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, SerdeError> {
        let Some(value) = self.values.next() else { return Ok(None) };
        seed.deserialize(self.reader.below(value?)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        self.values.size_hint().1
    }
}

/// The entries of a map, or the fields of a record.
struct Entries<'t, I> {
    reader: Reader<'t>,
    entries: I,
    /// The value that belongs to the key read last.
    value: Option<Value<'t>>,
}

impl<'t, I: Iterator<Item = Result<(Value<'t>, Value<'t>), Error>>> MapAccess<'t> for Entries<'t, I> {
    type Error = SerdeError;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, SerdeError> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        let (key, value) = entry?;
        self.value = Some(value);
        seed.deserialize(self.reader.below(key)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<T::Value, SerdeError> {
        let value =
            self.value.take().ok_or_else(|| SerdeError::custom("a value was asked for before its key"))?;
        seed.deserialize(self.reader.below(value))
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
