//! What a container takes of the region's memory: for tools and for finding out where the memory went.
//!
//! Every block of a region belongs to exactly one footprint: that of the container whose own block, elements,
//! entries, texts, bytes, arrays or other scalars it is. (Messages take 32 bytes each besides, and those of long texts and bytes 16 and what these take.)

#![forbid(unsafe_code)]

use super::{cells::Cells, hashed::Hashed};
use crate::{
    error::Error,
    heap::{Form, Heap, Kind},
    value::{CellAt, tag},
};

/// Bytes of memory, block headers included, without the containers inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Footprint {
    /// The object itself with its elements or entries, and the room for more that it keeps.
    pub own: u64,
    /// Texts in it that are too long for a cell; those of keys, too.
    pub texts: u64,
    /// Runs of bytes in it that are too long for a cell, and byte arrays with the room for more that they keep; bytes of keys, too.
    pub bytes: u64,
    /// Scalars of other types in it that are too large for a cell.
    pub scalars: u64,
    /// Arrays in it.
    pub arrays: u64,
}

impl Footprint {
    /// That of a block alone.
    pub(crate) fn of_block(heap: &Heap<'_>, block: u32) -> Result<Footprint, Error> {
        Ok(Footprint { own: block_bytes(heap, block)?, ..Footprint::default() })
    }

    pub(crate) fn add_cell(&mut self, heap: &Heap<'_>, cell: CellAt) -> Result<(), Error> {
        let (payload, found) = heap.load_cell(cell)?;
        if tag::is_object(found) {
            let object = heap.object_in(payload, found)?;
            let header = heap.header(object)?;
            let sum = match header.kind() {
                Some(Kind::Text) => &mut self.texts,
                Some(Kind::Bytes) => &mut self.bytes,
                Some(Kind::Array) => &mut self.arrays,
                Some(Kind::ByteArray) => {
                    self.bytes += own(heap, object, Kind::Run)?.own;
                    return Ok(());
                }
                _ if header.form() == Form::Leaf => &mut self.scalars,
                _ => return Ok(()),
            };
            *sum += block_bytes(heap, object)?;
        }
        Ok(())
    }
}

fn block_bytes(heap: &Heap<'_>, block: u32) -> Result<u64, Error> {
    Ok(heap.header(block)?.granules() as u64 * 8)
}

fn own(heap: &Heap<'_>, object: u32, body: Kind) -> Result<Footprint, Error> {
    let body = match heap.body(object, body)? {
        0 => 0,
        body => block_bytes(heap, body)?,
    };
    Ok(Footprint { own: block_bytes(heap, object)? + body, ..Footprint::default() })
}

impl Heap<'_> {
    /// That of a list or tuple. O(elements).
    pub(super) fn list_footprint(&self, list: &Cells) -> Result<Footprint, Error> {
        let mut sum = own(self, list.list, Kind::Cells)?;
        for (index, found) in (0..).zip(self.tags(list)?) {
            if tag::is_object(*found) {
                sum.add_cell(self, list.at(index)?)?;
            }
        }
        Ok(sum)
    }

    /// That of a map or set. O(entries).
    pub(super) fn hashed_footprint(&self, of: &Hashed) -> Result<Footprint, Error> {
        let mut sum = match self.header(of.block)?.form() {
            Form::Packed => Footprint::of_block(self, of.block)?,
            _ => own(self, of.block, Kind::Table)?,
        };
        let mut next = 0;
        while let Some((entry, key)) = self.live_from(of, next)? {
            sum.add_cell(self, key)?;
            if of.has_values {
                sum.add_cell(self, of.value(key))?;
            }
            next = entry + 1;
        }
        Ok(sum)
    }
}
