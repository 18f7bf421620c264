//! Elements and entries where they lie, for reading many: checked once as a whole, then a word and a byte each.
//!
//! ```text
//!   payloads | 0 | 1 | 2 | ...      and     tags | 0 | 1 | 2 | ...          a list, a tuple, the fields of a record
//!   entries  | key, value, marks | key, value, marks | ...                  a map, frozen or not: three words each
//! ```
//!
//! What is there nearly always, and is what the type expects, goes straight to the visitor; for everything else, damage
//! included, a [`Value`](crate::Value) is made, and [`Reader`] goes on.

#![forbid(unsafe_code)]

use core::{iter::Zip, slice};

use ::serde::{
    de::{Deserializer, Visitor},
    forward_to_deserialize_any,
};

use super::{
    SerdeError,
    access::{Contents, Named},
    below::{Below, Fields, Loading},
    read::Reader,
};
use crate::{
    container::{Cells, Table},
    door,
    error::Error,
    handle::{AnyRecord, Handle},
    heap::{Heap, Kind},
    value::{leaf_skip, tag},
};

/// Cells of a list, a tuple or a record, in order.
pub(super) struct Run<'l, 't> {
    below: Below<'l, 't>,
    /// Payloads and tags, as many of each; one index goes through both.
    cells: Zip<slice::Iter<'t, u64>, slice::Iter<'t, u8>>,
}

impl<'l, 't> Run<'l, 't> {
    /// The elements of a list, or of another kind of its form, one level below `above`.
    #[inline]
    pub(super) fn of_list(above: Below<'l, 't>, list: Handle, kind: Kind) -> Result<Run<'l, 't>, SerdeError> {
        let (below, heap) = (above.descend()?, &above.at.turn.heap);
        let list = Cells::of(list.block(), heap.resolve_words(list, kind)?);
        let tags = heap.tags(&list)?;
        let first = list.cells.wrapping_add(1);
        let payloads = if tags.is_empty() { &[] } else { heap.raw_words(first, list.len)? };
        Ok(Run { below, cells: payloads.iter().zip(tags) })
    }

    /// So many fields of a record, one level below it.
    #[inline]
    pub(super) fn of_record(fields: &Fields<'l, 't>, len: usize) -> Result<Run<'l, 't>, SerdeError> {
        let (below, heap) = (fields.below.descend()?, &fields.below.at.turn.heap);
        let (payloads, tags) = heap.row_cells(fields.record.0.block(), fields.granules, len as u32)?;
        Ok(Run { below, cells: payloads.iter().zip(tags) })
    }
}

impl<'l, 't> Iterator for Run<'l, 't> {
    type Item = Result<InCell<'l, 't>, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let (payload, tag) = self.cells.next()?;
        Some(Ok(InCell { at: self.below.at, payload, deeper: self.below.deeper, tag: *tag }))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.cells.size_hint()
    }
}

/// The fields of a record that are those of a type. A type of its own, so that a visitor's code for it has one caller: the compiler
/// puts it there, where it knows how many there are.
pub(super) struct InOrder<'l, 't>(pub(super) Run<'l, 't>);

impl<'l, 't> Iterator for InOrder<'l, 't> {
    type Item = Result<InCell<'l, 't>, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

/// Keys and values of a map, in order.
pub(super) fn entries<'l, 't>(
    below: Below<'l, 't>,
    table: &Table,
) -> Result<impl Iterator<Item = Result<(InCell<'l, 't>, InCell<'l, 't>), Error>>, Error> {
    let (_, words) = below.at.turn.heap.entries_of(table)?;
    let entries = words.as_chunks::<3>().0.iter();
    Ok(entries.filter_map(move |[key, value, marks]| {
        let [_, _, _, _, key_tag, value_tag, ..] = u64::from_le(*marks).to_le_bytes();
        let cell = |payload, tag| InCell { at: below.at, payload, deeper: below.deeper, tag };
        (key_tag != tag::REMOVED).then_some(Ok((cell(key, key_tag), cell(value, value_tag))))
    }))
}

/// A value in its cell.
#[derive(Clone, Copy)]
pub(super) struct InCell<'l, 't> {
    at: &'l Loading<'t>,
    payload: &'t u64,
    deeper: u8,
    tag: u8,
}

impl<'l, 't> InCell<'l, 't> {
    #[inline(always)]
    fn bits(self) -> u64 {
        u64::from_le(*self.payload)
    }

    #[inline(always)]
    fn heap(self) -> &'t Heap<'t> {
        &self.at.turn.heap
    }

    #[inline(always)]
    fn below(self) -> Below<'l, 't> {
        Below { at: self.at, deeper: self.deeper }
    }

    /// The text, if it is one and sound.
    #[inline(always)]
    fn text(self) -> Option<&'t str> {
        text(self.at, self.payload, self.tag)
    }

    /// The handle of an object of this kind.
    #[inline]
    fn handle(self, kind: Kind) -> Option<Handle> {
        if self.tag == tag::OBJECT + kind as u8 { Handle::from_bits(self.bits()) } else { None }
    }

    fn reader(self) -> Result<Reader<'l, 't>, SerdeError> {
        let at = self.heap().granule_of(self.payload);
        Ok(self.below().reader(self.heap().value_of(self.bits(), self.tag, at)?))
    }

    /// Whatever it is. (In pieces, so that a cell need not be in memory just because it might come to this.)
    #[cold]
    #[inline(never)]
    fn other<V: Visitor<'t>>(
        at: &'l Loading<'t>,
        payload: &'t u64,
        deeper: u8,
        tag: u8,
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        InCell { at, payload, deeper, tag }.reader()?.deserialize_any(visitor)
    }

    /// Whatever it is that is to be a variant.
    #[cold]
    #[inline(never)]
    fn other_variant<V: Visitor<'t>>(
        at: &'l Loading<'t>,
        payload: &'t u64,
        deeper: u8,
        tag: u8,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        InCell { at, payload, deeper, tag }.reader()?.deserialize_enum(name, variants, visitor)
    }
}

/// The text in a cell, if it is one and sound. (In pieces, so that the cell need not be in memory.)
#[inline(never)]
fn text<'t>(at: &Loading<'t>, payload: &'t u64, tag: u8) -> Option<&'t str> {
    const BLOCK: u8 = tag::OBJECT + Kind::Text as u8;
    let bytes = match tag {
        tag::TEXT..=16 => bytemuck::bytes_of::<u64>(payload).get(..(tag - tag::TEXT) as usize)?,
        BLOCK => {
            let (heap, handle) = (&at.turn.heap, Handle::from_bits(u64::from_le(*payload))?);
            let words = heap.named_words::<2>(handle, Kind::Text)?;
            let len = u64::from_le(words[1]) as u32 as usize;
            heap.bytes(handle.block(), leaf_skip(Kind::Text), len).ok()?
        }
        _ => return None,
    };
    door::text(bytes)
}

macro_rules! expecting {
    ($($name:ident: $tag:pat => $visit:ident($cell:ident => $value:expr);)*) => {$(
        #[inline]
        fn $name<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
            let $cell = self;
            match self.tag {
                $tag => visitor.$visit($value),
                _ => Self::other(self.at, self.payload, self.deeper, self.tag, visitor),
            }
        }
    )*};
}

macro_rules! text {
    ($($name:ident)*) => {$(
        #[inline]
        fn $name<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
            match self.text() {
                Some(text) => visitor.visit_borrowed_str(text),
                None => Self::other(self.at, self.payload, self.deeper, self.tag, visitor),
            }
        }
    )*};
}

macro_rules! list {
    ($($name:ident($($more:ident: $type:ty),*))*) => {$(
        #[inline]
        fn $name<V: Visitor<'t>>(self, $($more: $type,)* visitor: V) -> Result<V::Value, SerdeError> {
            match self.handle(Kind::List) {
                Some(list) => self.below().list(list, Kind::List, visitor),
                None => Self::other(self.at, self.payload, self.deeper, self.tag, visitor),
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
        deserialize_i64: tag::INT => visit_i64(cell => cell.bits() as i64);
        deserialize_i32: tag::INT => visit_i64(cell => cell.bits() as i64);
        deserialize_i16: tag::INT => visit_i64(cell => cell.bits() as i64);
        deserialize_i8: tag::INT => visit_i64(cell => cell.bits() as i64);
        deserialize_u64: tag::INT => visit_i64(cell => cell.bits() as i64);
        deserialize_u32: tag::INT => visit_i64(cell => cell.bits() as i64);
        deserialize_u16: tag::INT => visit_i64(cell => cell.bits() as i64);
        deserialize_u8: tag::INT => visit_i64(cell => cell.bits() as i64);
        deserialize_f64: tag::FLOAT => visit_f64(cell => f64::from_bits(cell.bits()));
        deserialize_f32: tag::FLOAT => visit_f64(cell => f64::from_bits(cell.bits()));
        deserialize_bool: tag::FALSE | tag::TRUE => visit_bool(cell => cell.tag == tag::TRUE);
    }

    list! {
        deserialize_seq() deserialize_tuple(_len: usize) deserialize_tuple_struct(_name: &'static str, _len: usize)
    }

    text! { deserialize_str deserialize_string deserialize_identifier }

    #[inline]
    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
        match self.tag {
            tag::NULL => visitor.visit_none(),
            _ => visitor.visit_some(InCell { deeper: self.below().descend()?.deeper, ..self }),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        visitor.visit_newtype_struct(InCell { deeper: self.below().descend()?.deeper, ..self })
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        match self.handle(Kind::Record) {
            Some(handle) => self.below().record(AnyRecord(handle), fields, visitor),
            None => Self::other(self.at, self.payload, self.deeper, self.tag, visitor),
        }
    }

    #[inline]
    fn deserialize_enum<V: Visitor<'t>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        if let Some(handle) = self.handle(Kind::Record) {
            return self.below().variant(name, AnyRecord(handle), visitor);
        }
        let Some(variant) = self.text() else {
            return Self::other_variant(
                self.at,
                self.payload,
                self.deeper,
                self.tag,
                name,
                variants,
                visitor,
            );
        };
        self.below().descend()?;
        visitor.visit_enum(Named { name: variant, contents: Contents::Nothing })
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, SerdeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        i128 u128 char bytes byte_buf unit unit_struct map
    }
}
