//! Arrays as they lie in the region: a header that says what they are, and the elements, on a cache line of their own.
//!
//! ```text
//!   Array  | header | room, dtype, ndim, 0 | extent 0, stride 0 | .. | extent n-1, stride n-1 | (gap) | elements ...
//!                                                                                                     '- granule 8 * k
//! ```
//!
//! Elements begin at the first granule after the strides whose number is a multiple of 8: blocks never move, so where that is
//! need not be written down, and cannot be wrong. The block is allocated with room for the widest gap (56 bytes); an
//! allocator that cuts blocks at an offset would save half of that, and cost every other allocation a comparison. As the heap starts
//! at a multiple of 64 bytes (in regions whose stride is not 8), elements do, too, if the region does.
//!
//! Shape and strides never change; elements do, in place.

#![forbid(unsafe_code)]

use super::{
    dtype::{Dtype, is_native},
    layout::{Layout, MAX_DIMS, stored_span, within},
};
use crate::{
    door,
    error::Error,
    handle::Handle,
    heap::{Heap, Kind},
};

/// Granules before the first dimension.
const DIMS: u32 = 2;
/// Elements begin at a multiple of this many granules.
const LINE: u32 = 8;

/// An array found by its handle: what it is, and where its elements are.
#[derive(Clone, Copy)]
pub(crate) struct Stored {
    pub(crate) block: u32,
    pub(crate) dtype: Dtype,
    /// Number of elements that there is room for, which is how far the strides reach.
    pub(crate) room: usize,
    ndim: u32,
}

impl Stored {
    /// The array whose block begins with these words.
    fn of(block: u32, words: &[u64; 2]) -> Result<Stored, Error> {
        let (granules, meta) = (u64::from_le(words[0]) as u32 >> 2, u64::from_le(words[1]));
        let [_, _, _, _, dtype, ndim, _, _] = meta.to_le_bytes();
        let stored = Dtype::from_byte(dtype).map(|dtype| Stored {
            block,
            dtype,
            room: meta as u32 as usize,
            ndim: ndim as u32,
        });
        let fits = |stored: &Stored| {
            let skip = stored.data().wrapping_sub(block) as u64 * 8;
            let elements = stored.room as u64 * stored.dtype.size() as u64;
            stored.ndim as usize <= MAX_DIMS
                && DIMS + stored.ndim <= granules
                && (elements == 0 || skip + elements <= granules as u64 * 8)
        };
        stored.filter(fits).ok_or(Error::corrupt(block))
    }

    /// Granule of the first element.
    fn data(&self) -> u32 {
        data_at(self.block, self.ndim)
    }

    /// The same in bytes from the heap's start.
    pub(super) fn start(&self) -> usize {
        self.data() as usize * 8
    }

    /// The same as bytes from the block's start.
    fn skip(&self) -> usize {
        self.data().wrapping_sub(self.block) as usize * 8
    }

    /// Bytes of all elements.
    fn bytes(&self) -> usize {
        // `of` has compared the product, in 64 bits, with the block.
        self.room.wrapping_mul(self.dtype.size())
    }
}

/// Where the elements of the array in `block` begin. (No heap has granules up to where this would wrap.)
fn data_at(block: u32, ndim: u32) -> u32 {
    block.wrapping_add(DIMS + ndim).wrapping_add(LINE - 1) & !(LINE - 1)
}

/// Granules of a block with the widest gap.
fn granules(dtype: Dtype, room: usize, ndim: u32) -> u32 {
    // 2^31 elements of 16 bytes are 2^32 granules; more than 2^30 the heap refuses.
    let data = (room as u64 * dtype.size() as u64).div_ceil(8).min(1 << 30) as u32;
    let gap = if room == 0 { 0 } else { LINE - 1 };
    DIMS + ndim + gap + data
}

impl Heap<'_> {
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn array(&self, handle: Handle) -> Result<Stored, Error> {
        Stored::of(handle.block(), self.resolve_words(handle, Kind::Array)?)
    }

    /// A loose array whose elements are whatever was there.
    pub(super) fn new_array_block(&mut self, dtype: Dtype, layout: &Layout) -> Result<Stored, Error> {
        let room = layout.span().ok_or(Error::BadShape)?;
        if !layout.is_storable() {
            return Err(Error::BadShape);
        }
        let ndim = layout.ndim() as u32;
        let block = self.allocate(granules(dtype, room, ndim), Kind::Array)?;
        let stored = Stored { block, dtype, room, ndim };
        self.set_word(block + 1, (ndim as u64) << 40 | (dtype as u64) << 32 | room as u64)?;
        for ((extent, stride), at) in layout.axes().zip(block + DIMS..) {
            self.set_word(at, (stride as i32 as u32 as u64) << 32 | extent as u64)?;
        }
        Ok(stored)
    }

    /// A loose copy, in which the gap may be another.
    pub(crate) fn copy_array(&mut self, source: u32) -> Result<u32, Error> {
        let (granules, dims) = (self.header(source)?.granules(), self.hi(source + 1)? >> 8 & 0xff);
        let copy = self.allocate(granules, Kind::Array)?;
        self.copy_granules(source + 1, copy + 1, (1 + dims).min(granules.saturating_sub(1)))?;
        let (from, to) = (data_at(source, dims), data_at(copy, dims));
        // What does not fit is no array's: there is room for the widest gap, or there are no elements, and none of it.
        let gap = from.wrapping_sub(source).max(to.wrapping_sub(copy));
        if granules > gap {
            self.copy_granules(from, to, granules - gap)?;
        }
        door::publish();
        Ok(copy)
    }

    /// Extents and strides as they are stored.
    fn array_axes(&self, stored: &Stored) -> Result<impl Iterator<Item = (u32, i32)> + Clone, Error> {
        let words = self.raw_words(stored.block + DIMS, stored.ndim)?.iter().map(|word| u64::from_le(*word));
        Ok(words.map(|word| (word as u32, (word >> 32) as i32)))
    }

    /// Shape and strides. O(dimensions).
    pub(crate) fn array_layout(&self, stored: &Stored) -> Result<Layout, Error> {
        let corrupt = Error::corrupt(stored.block);
        let layout = Layout::stored(self.array_axes(stored)?).ok_or(corrupt)?;
        if layout.span().is_some_and(|span| span <= stored.room) { Ok(layout) } else { Err(corrupt) }
    }

    /// Where the element with these indices is, without all of the layout. O(dimensions).
    pub(super) fn array_index(&self, stored: &Stored, index: &[usize]) -> Result<usize, Error> {
        let axes = self.raw_words(stored.block + DIMS, stored.ndim)?;
        if index.len() != axes.len() {
            return Err(Error::BadShape);
        }
        let mut at = 0usize;
        for (index, word) in index.iter().zip(axes) {
            let word = u64::from_le(*word);
            within(*index, word as u32 as usize)?;
            at = at.wrapping_add(index.wrapping_mul((word >> 32) as usize));
        }
        if at < stored.room { Ok(at) } else { Err(Error::corrupt(stored.block)) }
    }

    /// The elements' bytes.
    pub(super) fn array_bytes(&self, stored: &Stored) -> Result<&[u8], Error> {
        if stored.room == 0 { Ok(&[]) } else { self.bytes(stored.block, stored.skip(), stored.bytes()) }
    }

    /// The same, to change in place. What is written this way is not part of any operation's all-or-nothing.
    pub(super) fn array_bytes_mut(&mut self, stored: &Stored) -> Result<&mut [u8], Error> {
        if stored.room == 0 {
            return Ok(&mut []);
        }
        self.bytes_mut(stored.block, stored.skip(), stored.bytes())
    }

    /// Stores the bytes of all elements of a fresh array. `door::publish` is due before it is made reachable.
    pub(super) fn array_copy_in(&mut self, stored: &Stored, bytes: &[u8]) -> Result<(), Error> {
        // Where there is none, where the first would be may be beyond the heap's end.
        if bytes.is_empty() { Ok(()) } else { self.copy_in(stored.block, stored.skip(), bytes) }
    }

    /// Stores the element at place `at`, all or nothing. One store, where the host has one that is as wide.
    pub(super) fn set_element(&mut self, stored: &Stored, at: usize, bytes: [u8; 16]) -> Result<(), Error> {
        // Of what is inside of the heap only: not every store says at once that it was not.
        self.array_bytes(stored)?;
        let size = stored.dtype.size();
        let byte = (stored.data() as usize).wrapping_mul(8).wrapping_add(at.wrapping_mul(size));
        let granule = (byte / 8) as u32;
        let [first, second]: [[u8; 8]; 2] = bytemuck::cast(bytes);
        let [first, second] = [first, second].map(u64::from_le_bytes);
        match size {
            1 => self.set_byte(byte, first as u8),
            2 | 4 => {
                let half = (byte / 4 % 2) as u32;
                let (mask, shift) = (u32::MAX >> (32 - size * 8), byte % 4 * 8);
                let old = self.half(granule, half)?;
                self.set_half(granule, half, old & !(mask << shift) | (first as u32 & mask) << shift)
            }
            8 if cfg!(all(target_pointer_width = "64", not(crash_points))) => self.set_word(granule, first),
            8 => self.atomically([granule], |heap| heap.set_word(granule, first)),
            _ => self.atomically([granule, granule.wrapping_add(1)], |heap| {
                heap.set_word(granule, first)?;
                heap.set_word(granule.wrapping_add(1), second)
            }),
        }
    }

    /// For the auditor: what the array says of itself agrees, and a copy would fit wherever it lies. Elements are plain memory,
    /// any bytes are.
    #[cfg(feature = "containers")]
    pub(crate) fn is_sound_array(&self, block: u32) -> bool {
        let sound = || -> Result<bool, Error> {
            let stored = Stored::of(block, self.words_at(block)?)?;
            let fits = granules(stored.dtype, stored.room, stored.ndim) <= self.header(block)?.granules();
            Ok(fits && stored_span(self.array_axes(&stored)?) == Some(stored.room))
        };
        sound().unwrap_or(false)
    }
}

/// That this host can borrow such elements.
pub(super) fn check_native(dtype: Dtype) -> Result<(), Error> {
    if is_native(dtype) { Ok(()) } else { Err(Error::ForeignEndian) }
}
