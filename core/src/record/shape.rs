//! Schemas of types of which only a value is known: serde tells the names of its fields one by one, and no types.
//!
//! Each field is of type `value`, and may be anything. What is put a second time finds its schema by the name of its type and then
//! compares one field after the other, as they come; only the first value of a type is built as a map, which has the names to
//! make a schema of.
//!
//! Schemas are never destroyed, so data must not be able to make many: a type of whose name there are [`MOST`] is put as maps.

#![forbid(unsafe_code)]

use super::{
    schema::{FNV, finish, fnv},
    stored::{HEAD, SchemaView},
};
use crate::{
    door,
    error::Error,
    heap::{Heap, Kind, block},
    value::{leaf_skip, tag},
};

/// How the type is spelled of which any value is.
const VALUE: &str = "value";

/// How many schemas of type `value` may have the same name. (An enum that keeps its tag inside has one for each variant.)
const MOST: usize = 16;

/// The name of a type: of a struct, or of an enum and one of its variants.
#[derive(Clone, Copy)]
pub(crate) struct ShapeName {
    pub(crate) name: &'static str,
    pub(crate) variant: Option<&'static str>,
}

impl ShapeName {
    /// `Shape`, or `Shape::Circle` in three pieces.
    fn pieces(&self) -> [&'static str; 3] {
        match self.variant {
            None => [self.name, "", ""],
            Some(variant) => [self.name, "::", variant],
        }
    }

    fn is(&self, name: &str) -> bool {
        let rest = self.pieces().into_iter().try_fold(name, |rest, piece| rest.strip_prefix(piece));
        rest == Some("")
    }

    fn len(&self) -> usize {
        self.pieces().iter().map(|piece| piece.len()).sum()
    }

    /// Whether schemas can have that name, and it could not be taken for another.
    pub(crate) fn is_clear(&self) -> bool {
        !self.name.contains(':') && self.len() <= u8::MAX as usize
    }
}

impl<'t> SchemaView<'t> {
    /// The variant, if this is the schema of one.
    pub(crate) fn variant(&self) -> Option<&'t str> {
        self.name().split_once(':')?.1.strip_prefix(':')
    }

    /// The variant, if this is the schema of an enum's variant with fields that was put by serde.
    pub(crate) fn variant_put(&self) -> Option<&'t str> {
        let variant = self.variant()?;
        (!self.is_empty() && self.is_of_values()).then_some(variant)
    }

    fn is_of_values(&self) -> bool {
        self.version() == 1 && self.fields().all(|(_, kind)| kind == VALUE)
    }
}

impl Heap<'_> {
    /// Where the fields of a schema begin (in bytes from its block on), if it is one with so many, all of them of version 1.
    pub(crate) fn first_field(&self, schema: u32, fields: u32) -> Option<u32> {
        let [header, sizes, _, head] = self.words_at::<4>(schema).ok()?.map(u64::from_le);
        let sound = crate::heap::Header(header).is_kind(Kind::Schema) && head as u16 == 1;
        (sound && (sizes >> 32) as u32 == fields).then(|| ((head >> 32) as u32).wrapping_add(HEAD as u32))
    }

    /// Where the next field begins, if the one here has this name, and is a value of any type.
    #[inline]
    pub(crate) fn next_field(&self, schema: u32, at: u32, name: &str) -> Option<u32> {
        if name.len() > u8::MAX as usize {
            return None;
        }
        let len = 4 + name.len() + VALUE.len();
        let (head, rest) = self.bytes(schema, at as usize, len).ok()?.split_first_chunk()?;
        let (found, kind) = rest.split_at_checked(name.len())?;
        let same = *head == field_head(name.len()) && found == name.as_bytes() && kind == VALUE.as_bytes();
        same.then(|| at.wrapping_add(len as u32))
    }

    /// The variant whose schema this is, of an enum with this name or another; `None` if it is that of a struct.
    pub(crate) fn variant_of(&self, schema: u32, name: &str) -> Result<Option<&str>, Error> {
        let corrupt = Error::corrupt(schema);
        let [header, _, _, head] = self.words_at::<4>(schema)?.map(u64::from_le);
        if !crate::heap::Header(header).is_kind(Kind::Schema) {
            return Err(corrupt);
        }
        let earlier = (head as u16).saturating_sub(1) as usize * 8;
        let whole = self.bytes(schema, HEAD + earlier, (head >> 32) as usize)?;
        let variant = whole.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"::"));
        let Some(variant) = variant else { return Ok(self.schema(schema)?.variant()) };
        door::text(variant).map(Some).ok_or(corrupt)
    }

    /// Whether the fields of a schema have these names, in this order.
    pub(crate) fn has_fields(&self, schema: u32, names: &[&str]) -> Result<bool, Error> {
        let [header, sizes, _, head] = self.words_at::<4>(schema)?.map(u64::from_le);
        if !crate::heap::Header(header).is_kind(Kind::Schema) {
            return Err(Error::corrupt(schema));
        }
        let earlier = (head as u16).saturating_sub(1) as usize * 8;
        let before = ((head >> 32) as usize).saturating_add(HEAD - 16 + earlier);
        let mut rest = self.bytes(schema, 16, sizes as u32 as usize)?.get(before..).unwrap_or_default();
        for name in names {
            let Some(([_, _, len, kind], field)) = rest.split_first_chunk() else { return Ok(false) };
            let Some(next) = field.strip_prefix(name.as_bytes()).filter(|_| *len as usize == name.len())
            else {
                return Ok(false);
            };
            rest = next.get(*kind as usize..).unwrap_or_default();
        }
        Ok((sizes >> 32) as usize == names.len())
    }

    /// Copies the name of a field to where it may stay, if it fits there.
    pub(crate) fn field_name<'n>(
        &self,
        schema: u32,
        index: u32,
        room: &'n mut [u8; 255],
    ) -> Result<&'n str, Error> {
        let corrupt = Error::corrupt(schema);
        let (name, _) = self.schema(schema)?.fields().nth(index as usize).ok_or(corrupt)?;
        let room = room.get_mut(..name.len()).ok_or(corrupt)?;
        room.copy_from_slice(name.as_bytes());
        core::str::from_utf8(room).map_err(|_| corrupt)
    }

    /// The schema whose fields are named like the keys of this map; it is stored if it is new.
    ///
    /// `None` if there can be none: a key is too long or no text, or there are too many schemas of this name.
    pub(crate) fn shape_of_map(&mut self, name: ShapeName, map: u32) -> Result<Option<u32>, Error> {
        let table = self.table(map)?;
        let mut hash = name.pieces().into_iter().fold(FNV, |hash, piece| fnv(hash, piece.as_bytes()));
        let mut len = HEAD + name.len();
        for index in 0..table.used {
            let Some((at, bytes)) = self.short_text(table.key(index)?)? else { return Ok(None) };
            hash = fnv(fnv(hash, b"\0"), self.bytes(0, at, bytes)?);
            hash = fnv(fnv(hash, b"\0"), VALUE.as_bytes());
            len += 4 + bytes + VALUE.len();
        }
        let fingerprint = finish(hash);
        if let Some(stored) = self.stored(fingerprint)? {
            return Ok(Some(stored));
        }
        if self.schemas_named(name)? >= MOST {
            return Ok(None);
        }
        let directory = self.directory_made()?;
        let block = self.allocate(len.div_ceil(8) as u32, Kind::Raw)?;
        let filled = self.fill_shape(block, len, name, fingerprint, map);
        if filled.is_err() {
            self.free(block)?;
        }
        filled?;
        self.enter(directory, fingerprint, block).map(Some)
    }

    fn fill_shape(
        &mut self,
        block: u32,
        len: usize,
        name: ShapeName,
        fingerprint: u64,
        map: u32,
    ) -> Result<(), Error> {
        let table = self.table(map)?;
        self.set_word(block + 1, (table.used as u64) << 32 | (len - HEAD + 16) as u64)?;
        self.set_word(block + 2, fingerprint)?;
        self.set_word(block + 3, (name.len() as u64) << 32 | 1)?;
        let mut at = HEAD;
        for piece in name.pieces() {
            self.copy_in(block, at, piece.as_bytes())?;
            at += piece.len();
        }
        for index in 0..table.used {
            let (from, bytes) = self.short_text(table.key(index)?)?.ok_or(Error::corrupt(map))?;
            self.copy_in(block, at, &field_head(bytes))?;
            self.copy_within(from, block as usize * 8 + at + 4, bytes)?;
            self.copy_in(block, at + 4 + bytes, VALUE.as_bytes())?;
            at += 4 + bytes + VALUE.len();
        }
        door::publish();
        let hi = self.hi(block)?;
        self.set_hi(block, block::make_kind(hi, Kind::Schema))
    }

    /// Where a text of at most 255 bytes lies in the heap, and its length.
    fn short_text(&self, cell: crate::value::CellAt) -> Result<Option<(usize, usize)>, Error> {
        const BLOCK: u8 = tag::OBJECT + Kind::Text as u8;
        let (payload, tag) = self.load_cell(cell)?;
        let (at, len) = match tag {
            tag::TEXT..=16 => (cell.payload as usize * 8, (tag - tag::TEXT) as usize),
            BLOCK => {
                let text = self.object_in(payload, tag)?;
                (text as usize * 8 + leaf_skip(Kind::Text), self.leaf_bytes(text, Kind::Text)?.len())
            }
            _ => return Ok(None),
        };
        Ok((len <= u8::MAX as usize).then_some((at, len)))
    }

    /// How many schemas of values there are under a name. O(schemas).
    fn schemas_named(&self, name: ShapeName) -> Result<usize, Error> {
        let directory = self.directory()?;
        if directory == 0 {
            return Ok(0);
        }
        let (table, mut count) = (self.table(directory)?, 0);
        for index in 0..table.used {
            let (payload, tag) = self.load_cell(table.value(index)?)?;
            let schema = self.schema(self.object_in(payload, tag)?)?;
            count += (name.is(schema.name()) && schema.is_of_values()) as usize;
        }
        Ok(count)
    }
}

/// What stands before the name of a field of version 1: see `stored.rs`.
fn field_head(name: usize) -> [u8; 4] {
    [1, 0, name as u8, VALUE.len() as u8]
}
