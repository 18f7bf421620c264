//! Elements and entries where they lie, for reading many: checked once as a whole, then a word and a byte each.
//!
//! ```text
//!   payloads | 0 | 1 | 2 | ...      zip     tags | 0 | 1 | 2 | ...          a list, a tuple
//!   entries  | key, value, marks | key, value, marks | ...                  a map, frozen or not: three words each
//! ```
//!
//! What is there nearly always (numbers and texts, where the type expects just them) goes straight to the visitor; for
//! everything else a [`Value`](crate::Value) is made, and [`Reader`] goes on.

#![forbid(unsafe_code)]

use ::serde::{
    de::{Deserializer, Visitor},
    forward_to_deserialize_any,
};

use super::{SerdeError, access::Variant, below::Below, read::Reader};
use crate::{
    container::{Cells, Table},
    door,
    error::Error,
    handle::{AnyRecord, Handle},
    heap::Kind,
    value::{Value, leaf_skip, tag},
};

/// Cells of a list or tuple, in order.
pub(super) fn elements<'l, 't>(
    below: Below<'l, 't>,
    list: Cells,
) -> Result<impl Iterator<Item = Result<InCell<'l, 't>, Error>>, Error> {
    let heap = &below.at.turn.heap;
    let tags = heap.tags(&list)?;
    let first = list.cells.wrapping_add(1);
    let payloads = if tags.is_empty() { &[] } else { heap.raw_words(first, list.len)? };
    let cells = payloads.iter().zip(tags).zip(first..);
    Ok(cells.map(move |((payload, tag), at)| {
        Ok(InCell { below, payload: u64::from_le(*payload), tag: *tag, at })
    }))
}

/// Keys and values of a map, in order.
pub(super) fn entries<'l, 't>(
    below: Below<'l, 't>,
    table: &Table,
) -> Result<impl Iterator<Item = Result<(InCell<'l, 't>, InCell<'l, 't>), Error>>, Error> {
    let (first, words) = below.at.turn.heap.entries_of(table)?;
    let entries = words.as_chunks::<3>().0.iter().zip((first..).step_by(3));
    Ok(entries.filter_map(move |(words, at)| {
        let [key, value, marks] = words.map(u64::from_le);
        let [_, _, _, _, key_tag, value_tag, ..] = marks.to_le_bytes();
        let key = InCell { below, payload: key, tag: key_tag, at };
        let value = InCell { below, payload: value, tag: value_tag, at: at.wrapping_add(1) };
        (key_tag != tag::REMOVED).then_some(Ok((key, value)))
    }))
}

/// A value in its cell.
#[derive(Clone, Copy)]
pub(super) struct InCell<'l, 't> {
    below: Below<'l, 't>,
    payload: u64,
    tag: u8,
    /// Granule of the payload.
    at: u32,
}

impl<'l, 't> InCell<'l, 't> {
    /// The text, if it is one.
    #[inline]
    fn text(self) -> Result<Option<&'t str>, Error> {
        const BLOCK: u8 = tag::OBJECT + Kind::Text as u8;
        let heap = &self.below.at.turn.heap;
        let bytes = match self.tag {
            tag::TEXT..=16 => heap.bytes(self.at, 0, (self.tag - tag::TEXT) as usize)?,
            BLOCK => {
                let corrupt = Error::corrupt(self.at);
                let handle = Handle::from_bits(self.payload).ok_or(corrupt)?;
                let words = heap.resolve_words::<2>(handle, Kind::Text).map_err(|_| corrupt)?;
                let len = u64::from_le(words[1]) as u32 as usize;
                heap.bytes(handle.block(), leaf_skip(Kind::Text), len)?
            }
            _ => return Ok(None),
        };
        door::text(bytes).map(Some).ok_or(Error::corrupt(self.at))
    }

    /// The handle of an object, if it is one of this kind.
    #[inline]
    fn handle(self, kind: Kind) -> Result<Option<Handle>, Error> {
        if self.tag != tag::OBJECT + kind as u8 {
            return Ok(None);
        }
        Handle::from_bits(self.payload).map(Some).ok_or(Error::corrupt(self.at))
    }

    /// The elements, if it is a list.
    #[inline]
    fn list(self) -> Result<Option<Cells>, Error> {
        let Some(handle) = self.handle(Kind::List)? else { return Ok(None) };
        let words = self.below.at.turn.heap.resolve_words(handle, Kind::List);
        Ok(Some(Cells::of(handle.block(), words.map_err(|_| Error::corrupt(self.at))?)))
    }

    #[inline(never)]
    fn reader(self) -> Result<Reader<'l, 't>, SerdeError> {
        Ok(self.below.reader(self.below.at.turn.heap.value_of(self.payload, self.tag, self.at)?))
    }
}

macro_rules! expecting {
    ($($name:ident: $tag:pat => $visit:ident($payload:ident => $value:expr);)*) => {$(
        #[inline]
        fn $name<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
            let $payload = self.payload;
            match self.tag {
                $tag => visitor.$visit($value),
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

macro_rules! text {
    ($($name:ident)*) => {$(
        #[inline]
        fn $name<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
            match self.text()? {
                Some(text) => visitor.visit_borrowed_str(text),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

macro_rules! list {
    ($($name:ident($($more:ident: $type:ty),*))*) => {$(
        #[inline]
        fn $name<V: Visitor<'t>>(self, $($more: $type,)* visitor: V) -> Result<V::Value, SerdeError> {
            match self.list()? {
                Some(list) => self.below.sequence(elements(self.below.descend()?, list)?, visitor),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'t> Deserializer<'t> for InCell<'_, 't> {
    type Error = SerdeError;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
        self.reader()?.deserialize_any(visitor)
    }

    expecting! {
        deserialize_i64: tag::INT => visit_i64(payload => payload as i64);
        deserialize_i32: tag::INT => visit_i64(payload => payload as i64);
        deserialize_i16: tag::INT => visit_i64(payload => payload as i64);
        deserialize_u64: tag::INT => visit_i64(payload => payload as i64);
        deserialize_u32: tag::INT => visit_i64(payload => payload as i64);
        deserialize_u16: tag::INT => visit_i64(payload => payload as i64);
        deserialize_u8: tag::INT => visit_i64(payload => payload as i64);
        deserialize_f64: tag::FLOAT => visit_f64(payload => f64::from_bits(payload));
        deserialize_f32: tag::FLOAT => visit_f64(payload => f64::from_bits(payload));
    }

    #[inline]
    fn deserialize_bool<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
        match self.tag {
            tag::FALSE | tag::TRUE => visitor.visit_bool(self.tag == tag::TRUE),
            _ => self.deserialize_any(visitor),
        }
    }

    list! {
        deserialize_seq() deserialize_tuple(_len: usize) deserialize_tuple_struct(_name: &'static str, _len: usize)
    }

    text! { deserialize_str deserialize_string deserialize_identifier }

    #[inline]
    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
        match self.tag {
            tag::NULL => visitor.visit_none(),
            _ => visitor.visit_some(InCell { below: self.below.descend()?, ..self }),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        visitor.visit_newtype_struct(InCell { below: self.below.descend()?, ..self })
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        match self.handle(Kind::Record)? {
            Some(handle) => self.below.record(AnyRecord(handle), fields, visitor),
            None => self.deserialize_any(visitor),
        }
    }

    #[inline]
    fn deserialize_enum<V: Visitor<'t>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        match self.text()? {
            Some(text) => {
                let variant = self.below.descend()?.reader(Value::Text(text));
                visitor.visit_enum(Variant { variant, contents: None })
            }
            None => match self.handle(Kind::Record)? {
                Some(handle) => self.below.variant(name, AnyRecord(handle), visitor),
                None => self.reader()?.deserialize_enum(name, variants, visitor),
            },
        }
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        i8 i128 u128 char bytes byte_buf unit unit_struct map
    }
}
