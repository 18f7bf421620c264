//! Into the region: each value becomes a loose object, and moves into what is built around it.
//!
//! What is not finished is destroyed when it is dropped, be it that memory ran out or that the type itself gave up. Between
//! its being finished and its being placed, an object is in nobody's hands but the type's own, so the party remembers it
//! ([`Memory::built`](super::Memory)).

#![forbid(unsafe_code)]

use core::fmt::Display;

use ::serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};

use super::{
    SerdeError,
    fields::Fields,
    loose::{Loose, fresh},
};
use crate::{
    error::Error,
    handle::Map,
    heap::Kind,
    record::ShapeName,
    turn::Turn,
    value::{Input, Prepared, Value, payload_of, tag},
};

/// Builds one value.
pub(super) struct Builder<'b, 't> {
    turn: &'b mut Turn<'t>,
}

/// Builds a part of something, or the whole.
#[inline]
pub(super) fn part<T: Serialize + ?Sized>(turn: &mut Turn<'_>, value: &T) -> Result<Prepared, SerdeError> {
    let new = value.serialize(Builder { turn: &mut *turn });
    match &new {
        Ok(new) if new.object == 0 => {}
        Ok(_) => turn.memory_mut().built = 0,
        Err(_) => drop_built(turn),
    }
    new
}

/// Destroys what was built and found no place.
#[cold]
pub(super) fn drop_built(turn: &mut Turn<'_>) {
    let built = core::mem::take(&mut turn.memory_mut().built);
    drop_object(turn, built);
}

/// Destroys an object (0: none). Should the region be damaged, there is nobody to tell; the next use says so.
#[cold]
pub(super) fn drop_object(turn: &mut Turn<'_>, object: u32) {
    if object != 0 {
        let _ = turn.heap.destroy_block(object);
    }
}

/// An object that is finished.
#[inline]
pub(super) fn built(turn: &mut Turn<'_>, new: Prepared) -> Result<Prepared, SerdeError> {
    if new.object != 0 {
        turn.memory_mut().built = new.object;
    }
    Ok(new)
}

impl<'b, 't> Builder<'b, 't> {
    fn input(self, input: Input<'_>) -> Result<Prepared, SerdeError> {
        let new = self.turn.heap.prepare(input)?;
        built(self.turn, new)
    }

    fn list(self, len: Option<usize>, variant: Option<&'static str>) -> Elements<'b, 't> {
        let mut cells = Loose::nothing();
        if let Some(len @ 1..) = len {
            // A hint is no promise, so it may go wrong, and no more is reserved than does no harm.
            cells = Loose::elements(&mut self.turn.heap, len.min(1024) as u32).unwrap_or(cells);
        }
        Elements { turn: self.turn, cells, variant }
    }
}

/// An empty map with room for about so many entries, loose.
pub(super) fn new_map(turn: &mut Turn<'_>, len: usize) -> Result<Map, SerdeError> {
    let heap = &mut turn.heap;
    let map = Map(heap.new_table_block(Kind::Map).and_then(|block| heap.handle(block))?);
    if len > 0 {
        // As for lists.
        let empty = map.table(heap)?;
        let _ = heap.rebuild_table(empty, len.min(1024) as u32, 0);
    }
    Ok(map)
}

/// A map that is finished.
pub(super) fn built_map(turn: &mut Turn<'_>, map: Map) -> Result<Prepared, SerdeError> {
    let new = fresh(&turn.heap, map.0.block(), Kind::Map)?;
    built(turn, new)
}

/// What is finished, as the contents of a variant: in a map of one entry, its name.
pub(super) fn in_variant(
    turn: &mut Turn<'_>,
    name: &'static str,
    contents: Prepared,
) -> Result<Prepared, SerdeError> {
    let map = match new_map(turn, 0) {
        Ok(map) => map,
        Err(error) => {
            drop_object(turn, contents.object);
            return Err(error);
        }
    };
    if let Err(error) = map.set_named(turn, name, &contents) {
        drop_object(turn, contents.object);
        drop_object(turn, map.0.block());
        return Err(error.into());
    }
    built_map(turn, map)
}

macro_rules! scalars {
    ($($name:ident($type:ty))*) => {$(
        #[inline]
        fn $name(self, value: $type) -> Result<Prepared, SerdeError> {
            self.input(value.into())
        }
    )*};
}

impl<'b, 't> Serializer for Builder<'b, 't> {
    type Ok = Prepared;
    type Error = SerdeError;
    type SerializeSeq = Elements<'b, 't>;
    type SerializeTuple = Elements<'b, 't>;
    type SerializeTupleStruct = Elements<'b, 't>;
    type SerializeTupleVariant = Elements<'b, 't>;
    type SerializeMap = Entries<'b, 't>;
    type SerializeStruct = Fields<'b, 't>;
    type SerializeStructVariant = Fields<'b, 't>;

    scalars! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_u8(u8)
        serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_f32(f32) serialize_f64(f64) serialize_bytes(&[u8])
    }

    fn serialize_i128(self, value: i128) -> Result<Prepared, SerdeError> {
        match (i64::try_from(value), u64::try_from(value)) {
            (Ok(int), _) => self.input(int.into()),
            (_, Ok(int)) => self.input(int.into()),
            _ => Err(SerdeError::TooLarge),
        }
    }

    fn serialize_u128(self, value: u128) -> Result<Prepared, SerdeError> {
        u64::try_from(value).map_err(|_| SerdeError::TooLarge).and_then(|int| self.input(int.into()))
    }

    fn serialize_char(self, value: char) -> Result<Prepared, SerdeError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, text: &str) -> Result<Prepared, SerdeError> {
        if text.len() <= 8 {
            return Ok(Prepared::scalar(payload_of(text.as_bytes()), tag::TEXT + text.len() as u8));
        }
        self.input(Input::Value(Value::Text(text)))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<Prepared, SerdeError> {
        let new = self.turn.heap.prepare_written(&value)?;
        built(self.turn, new)
    }

    fn serialize_none(self) -> Result<Prepared, SerdeError> {
        Ok(Prepared::NULL)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Prepared, SerdeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Prepared, SerdeError> {
        Ok(Prepared::NULL)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Prepared, SerdeError> {
        Ok(Prepared::NULL)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Prepared, SerdeError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Prepared, SerdeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Prepared, SerdeError> {
        let contents = part(self.turn, value)?;
        in_variant(self.turn, variant, contents)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Elements<'b, 't>, SerdeError> {
        Ok(self.list(len, None))
    }

    fn serialize_tuple(self, len: usize) -> Result<Elements<'b, 't>, SerdeError> {
        Ok(self.list(Some(len), None))
    }

    fn serialize_tuple_struct(self, _name: &'static str, len: usize) -> Result<Elements<'b, 't>, SerdeError> {
        Ok(self.list(Some(len), None))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Elements<'b, 't>, SerdeError> {
        Ok(self.list(Some(len), Some(variant)))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Entries<'b, 't>, SerdeError> {
        let map = new_map(self.turn, len.unwrap_or(0))?;
        Ok(Entries { turn: self.turn, map: Some(map), key: None })
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Fields<'b, 't>, SerdeError> {
        Fields::new(self.turn, ShapeName { name, variant: None }, len)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Fields<'b, 't>, SerdeError> {
        Fields::new(self.turn, ShapeName { name, variant: Some(variant) }, len)
    }
}

/// A list that is being filled; destroyed unless finished.
pub(super) struct Elements<'b, 't> {
    turn: &'b mut Turn<'t>,
    cells: Loose,
    /// The variant of which this is the contents.
    variant: Option<&'static str>,
}

impl Elements<'_, '_> {
    #[inline]
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerdeError> {
        if self.cells.is_full() {
            self.cells.grow(&mut self.turn.heap)?;
        }
        let new = part(self.turn, value)?;
        Ok(self.cells.push(&mut self.turn.heap, &new)?)
    }

    fn finish(mut self) -> Result<Prepared, SerdeError> {
        let cells = core::mem::replace(&mut self.cells, Loose::nothing());
        let list = cells.into_list(&mut self.turn.heap)?;
        match self.variant {
            None => built(self.turn, list),
            Some(variant) => in_variant(self.turn, variant, list),
        }
    }
}

impl Drop for Elements<'_, '_> {
    fn drop(&mut self) {
        if self.cells.block != 0 {
            let _ = self.cells.give_up(&mut self.turn.heap);
        }
    }
}

macro_rules! elements {
    ($($trait:ident::$element:ident)*) => {$(
        impl $trait for Elements<'_, '_> {
            type Ok = Prepared;
            type Error = SerdeError;

            #[inline]
            fn $element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerdeError> {
                self.push(value)
            }

            fn end(self) -> Result<Prepared, SerdeError> {
                self.finish()
            }
        }
    )*};
}
elements! {
    SerializeSeq::serialize_element SerializeTuple::serialize_element SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

/// A map that is being filled; destroyed unless finished.
pub(super) struct Entries<'b, 't> {
    turn: &'b mut Turn<'t>,
    map: Option<Map>,
    /// A key whose value is still to come.
    key: Option<Prepared>,
}

impl Entries<'_, '_> {
    fn drop_key(&mut self) {
        if let Some(unused) = self.key.take() {
            drop_object(self.turn, unused.object);
        }
    }
}

impl Drop for Entries<'_, '_> {
    fn drop(&mut self) {
        if let Some(map) = self.map.take() {
            drop_object(self.turn, map.0.block());
        }
        self.drop_key();
    }
}

impl SerializeMap for Entries<'_, '_> {
    type Ok = Prepared;
    type Error = SerdeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), SerdeError> {
        self.drop_key();
        self.key = Some(part(self.turn, key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerdeError> {
        let value = part(self.turn, value)?;
        let placed = match (self.map, self.key) {
            (Some(map), Some(key)) => map.set_fresh(self.turn, &key, &value).map_err(|error| match error {
                Error::WrongType => SerdeError::Key,
                error => error.into(),
            }),
            _ => Err(SerdeError::custom("a value came before its key")),
        };
        match placed {
            Ok(()) => self.key = None,
            Err(_) => drop_object(self.turn, value.object),
        }
        placed
    }

    fn end(mut self) -> Result<Prepared, SerdeError> {
        let map = self.map.take().ok_or(Error::Stale)?;
        built_map(self.turn, map)
    }
}
