//! Schemas as the region has them, and how a record of another shape is told.
//!
//! ```text
//!   Schema | header | length, fields | fingerprint | version, name's length | fingerprints of versions 1 .. | name | fields
//!
//!   field    since (2 bytes), length of the name, length of the type (a byte each), name, type
//! ```

#![forbid(unsafe_code)]

use super::{mismatch::How, schema::Schema};
use crate::{
    door,
    error::Error,
    heap::{Heap, Kind},
};

/// Bytes from the block's start to the fingerprints of earlier versions.
pub(super) const HEAD: usize = 32;

/// A schema in a region: what its records' fields are called, and of which types they are.
#[derive(Clone, Copy)]
pub struct SchemaView<'t> {
    version: u16,
    fields: u32,
    name: &'t str,
    rest: &'t [u8],
}

impl<'t> SchemaView<'t> {
    /// The records' type: `Person`, or `Shape::Circle` for a variant of an enum.
    pub fn name(&self) -> &'t str {
        self.name
    }

    /// Its version.
    pub fn version(&self) -> u16 {
        self.version
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.fields as usize
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.fields == 0
    }

    /// Names and types of the fields, in the order in which records hold them.
    pub fn fields(&self) -> SchemaFields<'t> {
        SchemaFields { left: self.fields, rest: self.rest }
    }
}

impl core::fmt::Debug for SchemaView<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} v{} ", self.name, self.version)?;
        f.debug_map().entries(self.fields()).finish()
    }
}

/// Names and types of a schema's fields; see [`SchemaView::fields`].
#[derive(Clone, Debug)]
pub struct SchemaFields<'t> {
    left: u32,
    rest: &'t [u8],
}

impl<'t> SchemaFields<'t> {
    fn read(&mut self) -> Option<(&'t str, &'t str)> {
        let ([_, _, name, kind], rest) = self.rest.split_first_chunk()?;
        let (name, rest) = rest.split_at_checked(*name as usize)?;
        let (kind, rest) = rest.split_at_checked(*kind as usize)?;
        self.rest = rest;
        Some((door::text(name)?, door::text(kind)?))
    }
}

impl<'t> Iterator for SchemaFields<'t> {
    type Item = (&'t str, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let field = self.read();
        if field.is_none() {
            // A damaged schema ends at its first error.
            self.left = 0;
        }
        field
    }
}

impl Heap<'_> {
    /// The schema in this block, checked to be one.
    pub(crate) fn schema(&self, block: u32) -> Result<SchemaView<'_>, Error> {
        let corrupt = Error::corrupt(block);
        if !self.header(block)?.is_kind(Kind::Schema) {
            return Err(corrupt);
        }
        let [_, sizes, _, head] = self.words_at::<4>(block)?.map(u64::from_le);
        let earlier = (head as u16).saturating_sub(1) as usize * 8;
        let rest = self.bytes(block, 16, sizes as u32 as usize)?;
        let rest = rest.get(HEAD - 16 + earlier..).ok_or(corrupt)?;
        let (name, rest) = rest.split_at_checked((head >> 32) as usize).ok_or(corrupt)?;
        let name = door::text(name).ok_or(corrupt)?;
        Ok(SchemaView { version: head as u16, fields: (sizes >> 32) as u32, name, rest })
    }

    /// That the schema in `block`, whose fingerprint is another, is an earlier or later version of `wanted`.
    #[cold]
    #[inline(never)]
    pub(super) fn check_version(&self, block: u32, wanted: &'static Schema) -> Result<(), Error> {
        let view = self.schema(block)?;
        let found = self.word(block + 2)?;
        let earlier = |version| wanted.fingerprint_of(version) == found;
        if wanted.previous == found || (1..wanted.version.saturating_sub(1)).any(earlier) {
            return Ok(());
        }
        // Of a later version, of which ours is one of the earlier ones?
        let ours = HEAD as u32 / 8 + wanted.version as u32 - 1;
        if view.version > wanted.version && self.word(block.wrapping_add(ours))? == wanted.fingerprint {
            return Ok(());
        }
        Err(mismatch(&view, wanted))
    }
}

/// The first difference.
fn mismatch(found: &SchemaView<'_>, wanted: &'static Schema) -> Error {
    let tell = |field: usize, how| Error::other_shape(wanted, field, how);
    if found.name != wanted.name {
        return tell(0, How::Name);
    }
    let mut theirs = found.fields();
    for (index, ours) in wanted.fields.iter().enumerate() {
        match theirs.next() {
            None if ours.since > found.version => break,
            None => return tell(index, How::Missing),
            Some((name, _)) if name != ours.name => return tell(index, How::Missing),
            Some((_, kind)) => {
                let mut rest = kind.as_bytes();
                let same = ours.kind.spell(&mut |piece: &[u8]| {
                    rest = rest.strip_prefix(piece).ok_or(())?;
                    Ok::<(), ()>(())
                });
                if same != Ok(()) || !rest.is_empty() {
                    return tell(index, How::Type);
                }
            }
        }
    }
    tell(wanted.fields.len(), How::More)
}
