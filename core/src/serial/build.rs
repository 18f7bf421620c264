//! Into the region: each value becomes an item in the party's holdings, and moves into what is built around it.
//!
//! What is not finished is destroyed when it is dropped, be it that memory ran out or that the type itself gave up.

#![forbid(unsafe_code)]

use core::fmt::Display;

use ::serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::SerdeError;
use crate::{
    error::Error,
    handle::{List, Map},
    turn::Turn,
    value::{Input, Item, Object},
};

/// Builds one value.
pub(super) struct Builder<'b, 't> {
    turn: &'b mut Turn<'t>,
}

impl<'b, 't> Builder<'b, 't> {
    pub(super) fn new(turn: &'b mut Turn<'t>) -> Builder<'b, 't> {
        Builder { turn }
    }

    fn item<'v>(self, input: impl Into<Input<'v>>) -> Result<Item, SerdeError> {
        Ok(self.turn.heap.hold_input(input.into())?)
    }

    fn list(self, len: Option<usize>, variant: Option<&'static str>) -> Result<Elements<'b, 't>, SerdeError> {
        let list = self.turn.new_list()?;
        let whole = Whole { turn: self.turn, object: Some(list.into()), variant, key: None };
        if let Some(len) = len {
            // A hint is no promise, so it may go wrong, and no more is reserved than does no harm.
            let heap = &mut whole.turn.heap;
            let empty = list.find(heap)?;
            let _ = heap.reserve_cells(empty, len.min(1024) as u32);
        }
        Ok(Elements { list, whole })
    }

    fn map(self, len: Option<usize>, variant: Option<&'static str>) -> Result<Entries<'b, 't>, SerdeError> {
        let map = self.turn.new_map()?;
        let whole = Whole { turn: self.turn, object: Some(map.into()), variant, key: None };
        if let Some(len @ 1..) = len {
            // As for lists.
            let heap = &mut whole.turn.heap;
            let empty = map.table(heap)?;
            let _ = heap.rebuild_table(empty, len.min(1024) as u32, 0);
        }
        Ok(Entries { map, whole })
    }
}

/// A container that is being filled; destroyed unless finished.
struct Whole<'b, 't> {
    turn: &'b mut Turn<'t>,
    object: Option<Object>,
    /// The variant of which this is the contents.
    variant: Option<&'static str>,
    /// Of a map: a key whose value is still to come.
    key: Option<Item>,
}

impl Whole<'_, '_> {
    /// Builds a part of it.
    fn part<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<Item, SerdeError> {
        value.serialize(Builder { turn: self.turn })
    }

    fn finish(mut self) -> Result<Item, SerdeError> {
        let object = self.object.take().ok_or(Error::Stale)?;
        let item = self.turn.heap.hold_input(Input::Object(object))?;
        match self.variant {
            None => Ok(item),
            Some(name) => in_variant(self.turn, name, item),
        }
    }
}

impl Drop for Whole<'_, '_> {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            // Should the region be damaged, there is nobody to tell; the next use says so.
            let _ = self.turn.destroy(object);
        }
        if let Some(key) = self.key.take() {
            drop_item(self.turn, key);
        }
    }
}

/// Destroys the object of an item that found no place.
fn drop_item(turn: &mut Turn<'_>, item: Item) {
    if let Some(object) = item.object() {
        let _ = turn.destroy(object);
    }
}

/// A map of one entry: the variant's name, and its contents.
fn in_variant(turn: &mut Turn<'_>, name: &'static str, contents: Item) -> Result<Item, SerdeError> {
    let map = match turn.new_map() {
        Ok(map) => map,
        Err(error) => {
            drop_item(turn, contents);
            return Err(error.into());
        }
    };
    let whole = Whole { turn, object: Some(map.into()), variant: None, key: None };
    if let Err(error) = map.set(whole.turn, name, contents) {
        drop_item(whole.turn, contents);
        return Err(error.into());
    }
    whole.finish()
}

macro_rules! scalars {
    ($($name:ident($type:ty))*) => {$(
        fn $name(self, value: $type) -> Result<Item, SerdeError> {
            self.item(value)
        }
    )*};
}

impl<'b, 't> Serializer for Builder<'b, 't> {
    type Ok = Item;
    type Error = SerdeError;
    type SerializeSeq = Elements<'b, 't>;
    type SerializeTuple = Elements<'b, 't>;
    type SerializeTupleStruct = Elements<'b, 't>;
    type SerializeTupleVariant = Elements<'b, 't>;
    type SerializeMap = Entries<'b, 't>;
    type SerializeStruct = Entries<'b, 't>;
    type SerializeStructVariant = Entries<'b, 't>;

    scalars! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_u8(u8)
        serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_f32(f32) serialize_f64(f64) serialize_str(&str)
        serialize_bytes(&[u8])
    }

    fn serialize_i128(self, value: i128) -> Result<Item, SerdeError> {
        match (i64::try_from(value), u64::try_from(value)) {
            (Ok(int), _) => self.item(int),
            (_, Ok(int)) => self.item(int),
            _ => Err(SerdeError::TooLarge),
        }
    }

    fn serialize_u128(self, value: u128) -> Result<Item, SerdeError> {
        u64::try_from(value).map_err(|_| SerdeError::TooLarge).and_then(|int| self.item(int))
    }

    fn serialize_char(self, value: char) -> Result<Item, SerdeError> {
        self.item(&*value.encode_utf8(&mut [0; 4]))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<Item, SerdeError> {
        Ok(self.turn.heap.hold_written(&value)?)
    }

    fn serialize_none(self) -> Result<Item, SerdeError> {
        self.item(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Item, SerdeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Item, SerdeError> {
        self.item(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Item, SerdeError> {
        self.item(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Item, SerdeError> {
        self.item(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Item, SerdeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Item, SerdeError> {
        let contents = value.serialize(Builder { turn: self.turn })?;
        in_variant(self.turn, variant, contents)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Elements<'b, 't>, SerdeError> {
        self.list(len, None)
    }

    fn serialize_tuple(self, len: usize) -> Result<Elements<'b, 't>, SerdeError> {
        self.list(Some(len), None)
    }

    fn serialize_tuple_struct(self, _name: &'static str, len: usize) -> Result<Elements<'b, 't>, SerdeError> {
        self.list(Some(len), None)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Elements<'b, 't>, SerdeError> {
        self.list(Some(len), Some(variant))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Entries<'b, 't>, SerdeError> {
        self.map(len, None)
    }

    fn serialize_struct(self, _name: &'static str, len: usize) -> Result<Entries<'b, 't>, SerdeError> {
        self.map(Some(len), None)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Entries<'b, 't>, SerdeError> {
        self.map(Some(len), Some(variant))
    }
}

/// A list that is being filled.
pub(super) struct Elements<'b, 't> {
    list: List,
    whole: Whole<'b, 't>,
}

impl Elements<'_, '_> {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerdeError> {
        let item = self.whole.part(value)?;
        self.list.push(self.whole.turn, item).map_err(|error| {
            drop_item(self.whole.turn, item);
            error.into()
        })
    }
}

macro_rules! elements {
    ($($trait:ident::$element:ident)*) => {$(
        impl $trait for Elements<'_, '_> {
            type Ok = Item;
            type Error = SerdeError;

            fn $element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerdeError> {
                self.push(value)
            }

            fn end(self) -> Result<Item, SerdeError> {
                self.whole.finish()
            }
        }
    )*};
}
elements! {
    SerializeSeq::serialize_element SerializeTuple::serialize_element SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

/// A map that is being filled.
pub(super) struct Entries<'b, 't> {
    map: Map,
    whole: Whole<'b, 't>,
}

impl Entries<'_, '_> {
    /// A field: its name is a key that needs no building.
    fn set<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), SerdeError> {
        let item = self.whole.part(value)?;
        self.map.set(self.whole.turn, name, item).map_err(|error| {
            drop_item(self.whole.turn, item);
            error.into()
        })
    }
}

impl SerializeMap for Entries<'_, '_> {
    type Ok = Item;
    type Error = SerdeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), SerdeError> {
        if let Some(unused) = self.whole.key.take() {
            drop_item(self.whole.turn, unused);
        }
        self.whole.key = Some(self.whole.part(key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerdeError> {
        let value = self.whole.part(value)?;
        let turn = &mut *self.whole.turn;
        let placed = match self.whole.key {
            Some(key) => self.map.set_item(turn, key, value).map_err(|error| match error {
                Error::WrongType => SerdeError::Key,
                error => error.into(),
            }),
            None => Err(SerdeError::custom("a value came before its key")),
        };
        match placed {
            Ok(()) => self.whole.key = None,
            Err(_) => drop_item(turn, value),
        }
        placed
    }

    fn end(self) -> Result<Item, SerdeError> {
        self.whole.finish()
    }
}

macro_rules! fields {
    ($($trait:ident)*) => {$(
        impl $trait for Entries<'_, '_> {
            type Ok = Item;
            type Error = SerdeError;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), SerdeError> {
                self.set(name, value)
            }

            fn end(self) -> Result<Item, SerdeError> {
                self.whole.finish()
            }
        }
    )*};
}
fields! { SerializeStruct SerializeStructVariant }
