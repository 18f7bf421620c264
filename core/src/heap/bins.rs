//! Bins: free blocks sorted by size so that finding one takes two bit searches (two-level segregated fit).
//!
//! After Masmano, Ripoll, Crespo and Real, "TLSF: a new dynamic memory allocator for real-time systems" (2004).
//! A *row* holds sizes between two powers of two, divided evenly into *columns*; row 0 holds the sizes smaller than
//! the number of columns, one size a column. Two bitmaps tell which rows, and which columns of a row, have a block.
//!
//! ```text
//!            col 0  1  2  3          (4 columns: regions below 16 KiB; 8, later 16, in larger ones)
//!   row 0        .  .  2  3          granules
//!   row 1        4  5  6  7
//!   row 2        8 10 12 14          a bin holds sizes from its own up to the next one's
//!   row 3       16 20 24 28          a search rounds up to the next bin, so any block found there fits
//! ```
//!
//! Nothing here is believed after a crash: recovery clears it all and inserts every free block anew.

#![forbid(unsafe_code)]

use super::{
    Heap,
    block::{FREE, Header, MIN_GRANULES},
    head,
};
use crate::error::Error;

/// How many blocks of a partly fitting bin are tried before giving up, so that time stays bounded.
const TRIES: u32 = 16;

impl Heap<'_> {
    /// The bin that blocks of this size are kept in: (row, column).
    #[inline(always)]
    fn bin_of(&self, granules: u32) -> (u32, u32) {
        let log2 = self.shape.columns_log2 as u32;
        let columns = 1 << log2;
        if granules < columns {
            return (0, granules);
        }
        let top = granules.ilog2();
        (top - log2 + 1, (granules >> (top - log2)) & (columns - 1))
    }

    /// A free block of at least `granules`, taken out of its bin; `None` when there is none.
    #[inline]
    pub(super) fn take_fitting(&mut self, granules: u32) -> Result<Option<(u32, Header)>, Error> {
        let log2 = self.shape.columns_log2 as u32;
        let mut rounded = granules;
        if granules >= 1 << log2 {
            rounded = match granules.checked_add((1 << (granules.ilog2() - log2)) - 1) {
                Some(rounded) => rounded,
                None => return Ok(None),
            };
        }
        let (row, column) = self.bin_of(rounded);
        let Some((row, column)) = self.next_filled(row, column)? else {
            return self.take_tight(granules);
        };
        let block = self.bin(row, column)?;
        let header = self.free_header(block)?;
        if header.granules() < granules {
            return Err(Error::Corrupt { at: block });
        }
        self.unlink_first(block, header, row, column)?;
        Ok(Some((block, header)))
    }

    /// The slow path of a full region: blocks in the bin that `granules` itself belongs to may still fit.
    #[cold]
    fn take_tight(&mut self, granules: u32) -> Result<Option<(u32, Header)>, Error> {
        let (row, column) = self.bin_of(granules);
        if row >= self.shape.rows as u32 {
            return Ok(None);
        }
        let mut block = self.bin(row, column)?;
        for _ in 0..TRIES {
            if block == 0 {
                return Ok(None);
            }
            let header = self.free_header(block)?;
            if header.granules() >= granules {
                self.unlink(block, header)?;
                return Ok(Some((block, header)));
            }
            block = header.hi();
        }
        Ok(None)
    }

    /// The first bin at or after (row, column) that has a block.
    #[inline(always)]
    fn next_filled(&self, row: u32, column: u32) -> Result<Option<(u32, u32)>, Error> {
        if row >= self.shape.rows as u32 {
            return Ok(None);
        }
        let columns = self.columns(row)? & (u32::MAX << column);
        if columns != 0 {
            return Ok(Some((row, columns.trailing_zeros())));
        }
        let rows = self.hi(head::ROW_MAP)? & (u32::MAX << row << 1);
        if rows == 0 {
            return Ok(None);
        }
        let row = rows.trailing_zeros();
        let columns = self.columns(row)?;
        if row >= self.shape.rows as u32 || columns == 0 {
            return Err(Error::Corrupt { at: head::ROW_MAP });
        }
        Ok(Some((row, columns.trailing_zeros())))
    }

    /// Puts a free block whose header is written into its bin, and notes its size at its end.
    #[inline]
    pub(super) fn insert(&mut self, block: u32, granules: u32) -> Result<(), Error> {
        let (row, column) = self.bin_of(granules);
        if row >= self.shape.rows as u32 {
            return Err(Error::Corrupt { at: block });
        }
        let next = self.bin(row, column)?;
        self.set_hi(block, next)?;
        self.set_lo(block + 1, 0)?;
        self.set_hi(block + granules - 1, granules)?;
        self.set_bin(row, column, block)?;
        if next != 0 {
            return self.set_lo(next.wrapping_add(1), block);
        }
        let columns = self.columns(row)?;
        self.set_columns(row, columns | 1 << column)?;
        if columns == 0 {
            let rows = self.hi(head::ROW_MAP)?;
            self.set_hi(head::ROW_MAP, rows | 1 << row)?;
        }
        Ok(())
    }

    /// Takes a free block out of its bin.
    #[inline]
    pub(super) fn unlink(&mut self, block: u32, header: Header) -> Result<(), Error> {
        let prev = self.lo(block.wrapping_add(1))?;
        if prev == 0 {
            let (row, column) = self.bin_of(header.granules());
            if row >= self.shape.rows as u32 || self.bin(row, column)? != block {
                return Err(Error::Corrupt { at: block });
            }
            return self.unlink_first(block, header, row, column);
        }
        let next = header.hi();
        self.set_hi(prev, next)?;
        if next != 0 {
            self.set_lo(next.wrapping_add(1), prev)?;
        }
        Ok(())
    }

    #[inline(always)]
    fn unlink_first(&mut self, _block: u32, header: Header, row: u32, column: u32) -> Result<(), Error> {
        let next = header.hi();
        self.set_bin(row, column, next)?;
        if next != 0 {
            return self.set_lo(next.wrapping_add(1), 0);
        }
        let columns = self.columns(row)? & !(1 << column);
        self.set_columns(row, columns)?;
        if columns == 0 {
            let rows = self.hi(head::ROW_MAP)?;
            self.set_hi(head::ROW_MAP, rows & !(1 << row))?;
        }
        Ok(())
    }

    /// The header of a block found through a bin, which must be free and inside the heap.
    #[inline(always)]
    pub(super) fn free_header(&self, block: u32) -> Result<Header, Error> {
        let header = self.header(block)?;
        if !header.is_free() || header.granules() < MIN_GRANULES || header.granules() > self.end() - block {
            return Err(Error::Corrupt { at: block });
        }
        Ok(header)
    }

    /// All bins empty.
    pub(super) fn clear_bins(&mut self) -> Result<(), Error> {
        self.set_hi(head::ROW_MAP, 0)?;
        for at in self.shape.rows_at..self.shape.offs_at {
            self.set_word(at, 0)?;
        }
        Ok(())
    }

    /// Writes the header of a free block that is not in a bin yet.
    #[inline(always)]
    pub(super) fn write_free(&mut self, block: u32, granules: u32) -> Result<(), Error> {
        self.set_lo(block, granules << 2 | FREE)
    }

    /// Granules of the largest free block: the largest in the highest bin. O(blocks in that bin).
    pub(crate) fn largest_free(&self) -> Result<u32, Error> {
        let rows = self.hi(head::ROW_MAP)?;
        if rows == 0 {
            return Ok(0);
        }
        let row = rows.ilog2();
        let columns = if row < self.shape.rows as u32 { self.columns(row)? } else { 0 };
        if columns == 0 {
            return Err(Error::Corrupt { at: head::ROW_MAP });
        }
        let mut block = self.bin(row, columns.ilog2())?;
        let mut largest = 0;
        // A bin of a sound heap has fewer blocks than the heap has pairs of granules.
        for _ in 0..self.end() / MIN_GRANULES {
            if block == 0 {
                break;
            }
            let header = self.free_header(block)?;
            largest = largest.max(header.granules());
            block = header.hi();
        }
        Ok(largest)
    }

    /// First block of a bin, by number; for the auditor.
    pub(super) fn bin_by_index(&self, index: u32) -> Result<u32, Error> {
        self.half(self.shape.bins_at, index)
    }

    /// Number of bins.
    pub(super) fn bins(&self) -> u32 {
        (self.shape.rows as u32) << self.shape.columns_log2
    }

    /// The number of the bin for blocks of this size.
    pub(super) fn bin_index(&self, granules: u32) -> u32 {
        let (row, column) = self.bin_of(granules);
        (row << self.shape.columns_log2) + column
    }

    #[inline(always)]
    fn bin(&self, row: u32, column: u32) -> Result<u32, Error> {
        self.half(self.shape.bins_at, (row << self.shape.columns_log2) + column)
    }

    #[inline(always)]
    fn set_bin(&mut self, row: u32, column: u32, block: u32) -> Result<(), Error> {
        let index = (row << self.shape.columns_log2) + column;
        self.set_half(self.shape.bins_at, index, block)
    }

    #[inline(always)]
    pub(super) fn columns(&self, row: u32) -> Result<u32, Error> {
        self.half(self.shape.rows_at, row)
    }

    #[inline(always)]
    fn set_columns(&mut self, row: u32, columns: u32) -> Result<(), Error> {
        self.set_half(self.shape.rows_at, row, columns)
    }
}
