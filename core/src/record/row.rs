//! The block of a record: a fixed number of cells behind the schema and the way up.

#![forbid(unsafe_code)]

use crate::{
    container::Cells,
    error::Error,
    heap::{Heap, Kind, block},
    value::{CellAt, Prepared, tag},
};

/// A record found: where its cells are.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) block: u32,
    /// Cells that the block has.
    pub(crate) fields: u32,
}

/// Granules of a record's block; more than any block can have, if a damaged schema claims so many fields.
#[cfg_attr(target_pointer_width = "64", inline(always))]
pub(super) fn granules(fields: u32) -> u32 {
    fields.saturating_add(fields.div_ceil(8)).saturating_add(2)
}

/// Payloads and tags of so many fields, in the granules of a record's block.
#[cfg(any(feature = "serde", target_pointer_width = "64"))]
#[inline(always)]
pub(super) fn cells_in(block: &[u64], fields: usize) -> Option<(&[u64], &[u8])> {
    let (payloads, tags) = block.get(2..)?.split_at_checked(fields)?;
    Some((payloads, bytemuck::cast_slice::<u64, u8>(tags).get(..fields)?))
}

impl Row {
    /// Where field `index` is.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn at(&self, index: u32) -> CellAt {
        // Only a damaged record overflows here, and then any place inside the heap is as wrong as another.
        let tags = (self.block as usize).wrapping_add(2).wrapping_add(self.fields as usize).wrapping_mul(8);
        let payload = self.block.wrapping_add(2).wrapping_add(index);
        CellAt { payload, tag: tags.wrapping_add(index as usize) }
    }
}

impl Heap<'_> {
    /// The record in this block; its schema says how many fields it has.
    pub(crate) fn row(&self, block: u32) -> Result<Row, Error> {
        let schema = self.lo(block.wrapping_add(1))?;
        let fields = self.hi(schema.wrapping_add(1))?;
        if granules(fields) > self.header(block)?.granules() {
            return Err(Error::corrupt(block));
        }
        Ok(Row { block, fields })
    }

    /// A record, read like a list, becomes a list that is full, of the record's cells, and that keeps no length: the granule before the one
    /// with a list's length is named so that it wraps to 0.
    ///
    /// Not checked against the block, for whoever takes it apart: what is no object of this region is none.
    #[inline(always)]
    pub(crate) fn row_as_list(&self, row: &mut Cells) -> Result<(), Error> {
        let fields = self.hi(row.cells.wrapping_add(1))?;
        *row = Cells { list: u32::MAX, cells: row.list.wrapping_add(1), len: fields, cap: fields };
        Ok(())
    }

    /// A loose record with this schema; every cell has the tag `empty`.
    pub(crate) fn new_row(&mut self, schema: u32, empty: u8) -> Result<Row, Error> {
        let fields = self.hi(schema.wrapping_add(1))?;
        let granules = granules(fields);
        let block = self.allocate(granules, Kind::Raw)?;
        self.set_word(block + 1, schema as u64)?;
        let tags = u64::from_le_bytes([empty; 8]);
        for granule in 2..granules {
            self.set_word(block + granule, if granule < 2 + fields { 0 } else { tags })?;
        }
        let hi = self.hi(block)?;
        self.set_hi(block, block::make_kind(hi, Kind::Record))?;
        Ok(Row { block, fields })
    }

    /// The same as a raw block whose cells mean nothing yet.
    #[cfg(feature = "serde")]
    pub(crate) fn new_raw_row(&mut self, schema: u32, fields: u32) -> Result<u32, Error> {
        let block = self.allocate(granules(fields), Kind::Raw)?;
        self.set_word(block + 1, schema as u64)?;
        Ok(block)
    }

    /// The schema of a record, and how many granules its block has.
    #[cfg(feature = "serde")]
    #[inline]
    pub(crate) fn row_schema(&self, record: crate::handle::AnyRecord) -> Result<(u32, u32), Error> {
        let [header, schema] = self.resolve_words::<2>(record.0, Kind::Record)?.map(u64::from_le);
        Ok((schema as u32, crate::heap::Header(header).granules()))
    }

    /// Payloads and tags of so many fields, in a block of `all` granules.
    #[cfg(feature = "serde")]
    #[inline]
    pub(crate) fn row_cells(&self, block: u32, all: u32, fields: u32) -> Result<(&[u64], &[u8]), Error> {
        let corrupt = Error::corrupt(block);
        let granules = granules(fields);
        if granules > all {
            return Err(corrupt);
        }
        cells_in(self.raw_words(block, granules)?, fields as usize).ok_or(corrupt)
    }

    /// Fills a cell of a loose record that nobody knows yet. An object changes hands all or nothing.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn fill_cell(&mut self, row: Row, index: u32, new: Prepared) -> Result<(), Error> {
        let at = row.at(index);
        if new.object == 0 {
            return self.write_cell(at, &new);
        }
        self.store_cell(at, row.block, new).map(|_| ())
    }

    /// An empty copy: its cells are marked as still to be filled.
    pub(crate) fn new_row_like(&mut self, block: u32) -> Result<u32, Error> {
        self.row(block)?;
        Ok(self.new_row(self.lo(block + 1)?, tag::REMOVED)?.block)
    }

    /// Copies the fields that `to` has not got yet; stops at a container, whose empty copy it puts in place. Returns both.
    pub(crate) fn copy_row_cells(&mut self, from: u32, to: u32) -> Result<Option<(u32, u32)>, Error> {
        let (source, target) = (self.row(from)?, self.row(to)?);
        for index in 0..target.fields.min(source.fields) {
            if self.byte(target.at(index).tag)? != tag::REMOVED {
                continue;
            }
            let (payload, tag) = self.load_cell(source.at(index))?;
            let object = self.object_in(payload, tag)?;
            let (new, below) = self.copy_cell(payload, tag, object)?;
            if let Err(error) = self.fill_cell(target, index, new) {
                return self.discard(&new, error);
            }
            if below {
                return Ok(Some((object, new.object)));
            }
        }
        Ok(None)
    }
}
