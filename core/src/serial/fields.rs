//! Structs into the region: as records, whose names are stored once for all of them.
//!
//! ```text
//!   known     name, fields --> schema     each field: is it named as the schema says? into its cell       record
//!   not yet                               a map, whose keys are the names of a schema            then     record
//!   no        fields left out, names too long, too many schemas of the name                               map
//! ```

#![forbid(unsafe_code)]

use ::serde::ser::{Serialize, SerializeStruct, SerializeStructVariant};

use super::{
    SerdeError,
    build::{built, built_map, drop_object, in_variant, new_map, part},
    loose::{Loose, fresh},
};
use crate::{
    error::Error,
    handle::Map,
    heap::Kind,
    record::ShapeName,
    turn::Turn,
    value::{Input, Prepared, tag},
};

/// A struct, or a variant with named fields, that is being filled; destroyed unless finished.
pub(super) struct Fields<'b, 't> {
    turn: &'b mut Turn<'t>,
    name: ShapeName,
    /// The cells of a record to be.
    cells: Loose,
    /// Its schema, and where in that the next field is.
    schema: u32,
    next: u32,
    /// What it is in place of a record, so far.
    map: Option<Map>,
    /// Fields were left out, as others of this type may have them: it stays a map.
    skipped: bool,
}

impl<'b, 't> Fields<'b, 't> {
    pub(super) fn new(
        turn: &'b mut Turn<'t>,
        name: ShapeName,
        len: usize,
    ) -> Result<Fields<'b, 't>, SerdeError> {
        let fields = len.min(u32::MAX as usize) as u32;
        let schema = turn.memory().schema(name, fields);
        let first = if schema == 0 { None } else { turn.heap.first_field(schema, fields) };
        let Some(next) = first else { return Fields::in_map(turn, name, len) };
        let cells = Loose::fields(&mut turn.heap, schema, fields)?;
        Ok(Fields { turn, name, cells, schema, next, map: None, skipped: false })
    }

    #[cold]
    fn in_map(turn: &'b mut Turn<'t>, name: ShapeName, len: usize) -> Result<Fields<'b, 't>, SerdeError> {
        let map = Some(new_map(turn, len)?);
        Ok(Fields { turn, name, cells: Loose::nothing(), schema: 0, next: 0, map, skipped: false })
    }

    #[inline]
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), SerdeError> {
        if self.map.is_none()
            && !self.cells.is_full()
            && let Some(next) = self.turn.heap.next_field(self.schema, self.next, name)
        {
            let new = part(self.turn, value)?;
            self.next = next;
            return Ok(self.cells.push(&mut self.turn.heap, &new)?);
        }
        self.entry(name, value)
    }

    #[cold]
    #[inline(never)]
    fn entry<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), SerdeError> {
        let map = self.as_map()?;
        let new = part(self.turn, value)?;
        map.set_named(self.turn, name, &new).map_err(|error| {
            drop_object(self.turn, new.object);
            error.into()
        })
    }

    /// Goes on as a map: this is no value of the type that was known.
    fn as_map(&mut self) -> Result<Map, SerdeError> {
        if let Some(map) = self.map {
            return Ok(map);
        }
        self.turn.memory_mut().forget(self.name, self.schema);
        let map = new_map(self.turn, self.cells.len() as usize + 1)?;
        self.map = Some(map);
        for index in 0..self.cells.len() {
            let mut room = [0; 255];
            let name = self.turn.heap.field_name(self.schema, index, &mut room)?;
            let value = self.cells.take(&mut self.turn.heap, index)?;
            if let Err(error) = map.set_named(self.turn, name, &value) {
                drop_object(self.turn, value.object);
                return Err(error.into());
            }
        }
        let emptied = core::mem::replace(&mut self.cells, Loose::nothing());
        emptied.give_up(&mut self.turn.heap)?;
        Ok(map)
    }

    fn finish(mut self) -> Result<Prepared, SerdeError> {
        if self.map.is_none() && self.cells.is_full() {
            let cells = core::mem::replace(&mut self.cells, Loose::nothing());
            let record = cells.into_record(&mut self.turn.heap)?;
            return built(self.turn, record);
        }
        self.finish_map()
    }

    #[cold]
    #[inline(never)]
    fn finish_map(mut self) -> Result<Prepared, SerdeError> {
        let map = self.as_map()?;
        if let Some(record) = self.record_of(map)? {
            return built(self.turn, record);
        }
        self.map = None;
        let map = built_map(self.turn, map)?;
        match self.name.variant {
            None => Ok(map),
            Some(variant) => in_variant(self.turn, variant, map),
        }
    }

    /// A record of what is in the map, which is destroyed then; `None` if it stays one.
    fn record_of(&mut self, map: Map) -> Result<Option<Prepared>, SerdeError> {
        let fields = map.len(self.turn)? as u32;
        // A variant without fields could not be told from one of `#[derive(Record)]`.
        if self.skipped || !self.name.is_clear() || (fields == 0 && self.name.variant.is_some()) {
            return Ok(None);
        }
        let Some(schema) = self.turn.heap.shape_of_map(self.name, map.0.block())? else { return Ok(None) };
        let row = self.turn.heap.new_row(schema, tag::NULL)?;
        if row.fields != fields {
            self.turn.heap.free(row.block)?;
            return Err(Error::corrupt(schema).into());
        }
        for index in (0..fields).rev() {
            if let Err(error) = self.move_last(map, row, index) {
                drop_object(self.turn, row.block);
                return Err(error);
            }
        }
        self.map = None;
        drop_object(self.turn, map.0.block());
        self.turn.memory_mut().remember(self.name, fields, schema);
        Ok(Some(fresh(&self.turn.heap, row.block, Kind::Record)?))
    }

    /// Moves the map's last entry to where it will be.
    fn move_last(&mut self, map: Map, row: crate::record::Row, index: u32) -> Result<(), SerdeError> {
        let (key, value) = map.pop_last(self.turn)?.ok_or(Error::corrupt(row.block))?;
        if let Some(name) = key.object() {
            self.turn.destroy(name)?;
        }
        let heap = &mut self.turn.heap;
        let new = heap.prepare(Input::Item(value))?;
        Ok(heap.fill_cell(row, index, new)?)
    }

    fn skip(&mut self) -> Result<(), SerdeError> {
        self.as_map()?;
        self.skipped = true;
        Ok(())
    }
}

impl Drop for Fields<'_, '_> {
    fn drop(&mut self) {
        if self.cells.block != 0 {
            let _ = self.cells.give_up(&mut self.turn.heap);
        }
        if let Some(map) = self.map.take() {
            drop_object(self.turn, map.0.block());
        }
    }
}

macro_rules! fields {
    ($($trait:ident)*) => {$(
        impl $trait for Fields<'_, '_> {
            type Ok = Prepared;
            type Error = SerdeError;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), SerdeError> {
                self.field(name, value)
            }

            fn skip_field(&mut self, _name: &'static str) -> Result<(), SerdeError> {
                self.skip()
            }

            fn end(self) -> Result<Prepared, SerdeError> {
                self.finish()
            }
        }
    )*};
}
fields! { SerializeStruct SerializeStructVariant }
