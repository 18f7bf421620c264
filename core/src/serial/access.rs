//! What visitors ask: the next element, the next entry, which variant and what is in it.

#![forbid(unsafe_code)]

use ::serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
    value::{StrDeserializer, U64Deserializer},
};

use super::{SerdeError, below::Fields, read::Reader};
use crate::{error::Error, value::Value};

/// The elements of a list, a tuple or a set.
pub(super) struct Elements<I> {
    pub(super) values: I,
}

impl<'t, D, I> SeqAccess<'t> for Elements<I>
where
    D: Deserializer<'t, Error = SerdeError>,
    I: Iterator<Item = Result<D, Error>>,
{
    type Error = SerdeError;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, SerdeError> {
        let Some(value) = self.values.next() else { return Ok(None) };
        Ok(Some(seed.deserialize(value?)?))
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.values.size_hint().1
    }
}

/// The entries of a map, or the fields of a record or instance.
pub(super) struct Entries<D, I> {
    pub(super) entries: I,
    /// The value that belongs to the key read last.
    pub(super) value: Option<D>,
}

impl<'t, D, I> MapAccess<'t> for Entries<D, I>
where
    D: Deserializer<'t, Error = SerdeError>,
    I: Iterator<Item = Result<(D, D), Error>>,
{
    type Error = SerdeError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, SerdeError> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        let (key, value) = entry?;
        self.value = Some(value);
        seed.deserialize(key).map(Some)
    }

    #[inline]
    fn next_value_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<T::Value, SerdeError> {
        let value =
            self.value.take().ok_or_else(|| SerdeError::custom("a value was asked for before its key"))?;
        seed.deserialize(value)
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.entries.size_hint().1
    }
}

/// A variant of an enum by its name, and what is in it.
pub(super) struct Named<'c, 'l, 't> {
    pub(super) name: &'t str,
    pub(super) contents: Contents<'c, 'l, 't>,
}

impl<'c, 'l, 't> EnumAccess<'t> for Named<'c, 'l, 't> {
    type Error = SerdeError;
    type Variant = Contents<'c, 'l, 't>;

    #[inline]
    fn variant_seed<V: DeserializeSeed<'t>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Contents<'c, 'l, 't>), SerdeError> {
        let name: StrDeserializer<'t, SerdeError> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.contents))
    }
}

/// A variant of an enum by its number, and what is in it.
pub(super) struct Numbered<'c, 'l, 't> {
    pub(super) number: u64,
    pub(super) contents: Contents<'c, 'l, 't>,
}

impl<'c, 'l, 't> EnumAccess<'t> for Numbered<'c, 'l, 't> {
    type Error = SerdeError;
    type Variant = Contents<'c, 'l, 't>;

    fn variant_seed<V: DeserializeSeed<'t>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Contents<'c, 'l, 't>), SerdeError> {
        let number: U64Deserializer<SerdeError> = self.number.into_deserializer();
        Ok((seed.deserialize(number)?, self.contents))
    }
}

/// What is in a variant. (Two words, which visitors hand on in registers.)
#[derive(Clone, Copy)]
pub(super) enum Contents<'c, 'l, 't> {
    Nothing,
    Value(&'c Reader<'l, 't>),
    /// The fields of a record that is named like it.
    Fields(&'c Fields<'l, 't>),
}

impl<'l, 't> Contents<'_, 'l, 't> {
    /// What a variant with several values, or with named ones, has.
    fn other(self) -> Result<Reader<'l, 't>, SerdeError> {
        match self {
            Contents::Value(value) => Ok(*value),
            Contents::Fields(fields) => Ok(fields.reader()),
            Contents::Nothing => {
                Err(SerdeError::invalid_type(Unexpected::UnitVariant, &"a variant with contents"))
            }
        }
    }
}

impl<'t> VariantAccess<'t> for Contents<'_, '_, 't> {
    type Error = SerdeError;

    #[inline]
    fn unit_variant(self) -> Result<(), SerdeError> {
        match self {
            Contents::Nothing | Contents::Value(Reader { value: Value::Null, .. }) => Ok(()),
            Contents::Fields(fields) if fields.len()? == 0 => Ok(()),
            others => {
                Err(SerdeError::invalid_type(others.other()?.unexpected(), &"a variant without contents"))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'t>>(self, seed: T) -> Result<T::Value, SerdeError> {
        match self {
            Contents::Fields(fields) => {
                let (below, len) = (fields.below, fields.len()?);
                let first = fields.record.iter(below.at.turn)?.next().transpose()?;
                // So `#[derive(Record)]` calls it.
                let value = first.filter(|(name, _)| *name == "_0" && len == 1);
                let (_, value) = value.ok_or_else(|| {
                    SerdeError::invalid_type(Unexpected::StructVariant, &"a variant with one value")
                })?;
                seed.deserialize(below.reader(value))
            }
            others => seed.deserialize(others.other()?),
        }
    }

    fn tuple_variant<V: Visitor<'t>>(self, _len: usize, visitor: V) -> Result<V::Value, SerdeError> {
        match self {
            Contents::Fields(fields) => fields.list(visitor),
            others => others.other()?.deserialize_any(visitor),
        }
    }

    #[inline]
    fn struct_variant<V: Visitor<'t>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        match self {
            Contents::Fields(fields) => fields.named(names, visitor),
            others => others.other()?.deserialize_struct("", names, visitor),
        }
    }
}
