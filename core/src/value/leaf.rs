//! Leaves: blocks that own nothing. Texts, bytes, and scalars that do not fit a cell.
//!
//! ```text
//!   Text   | header | len | bytes from byte 12 ...          Bytes  | header | len, - | bytes from byte 16 ...
//!   BigInt, Complex, Decimal, Slice, Time, DateTime, TimeDelta, TimeZone, Blob: as Text
//! ```
//!
//! Up to 8 bytes need no block at all: they are in the cell. Text is checked to be UTF-8 whenever it is read, because
//! the bytes are anybody's.

#![forbid(unsafe_code)]

use super::Value;
#[cfg(not(feature = "scalars"))]
use super::tag;
use crate::{
    door,
    error::Error,
    handle::{Bytes, Handle, Text},
    heap::{Heap, Kind},
    turn::Turn,
};

/// The longest text or run of bytes.
const MAX_LEN: usize = 1 << 31;

/// Bytes start at granule 2, aligned; everything else in the second half of granule 1.
#[inline(always)]
pub(crate) fn leaf_skip(kind: Kind) -> usize {
    if let Kind::Bytes = kind { 16 } else { 12 }
}

/// Size of a leaf's block.
#[cfg_attr(target_pointer_width = "64", inline(always))]
pub(crate) fn leaf_granules(kind: Kind, len: usize) -> Result<u32, Error> {
    if len > MAX_LEN { Err(Error::TooLarge) } else { Ok((leaf_skip(kind) + len).div_ceil(8) as u32) }
}

impl Heap<'_> {
    /// A loose text or bytes block with these contents. One allocation, one copy.
    pub(crate) fn new_leaf(&mut self, kind: Kind, bytes: &[u8]) -> Result<u32, Error> {
        let block = self.allocate(leaf_granules(kind, bytes.len())?, kind)?;
        self.fill_leaf(block, kind, bytes)?;
        Ok(block)
    }

    /// Everything of a text or bytes block but its header.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn fill_leaf(&mut self, block: u32, kind: Kind, bytes: &[u8]) -> Result<(), Error> {
        self.set_word(block + 1, bytes.len() as u64)?;
        self.copy_in(block, leaf_skip(kind), bytes)?;
        door::publish();
        Ok(())
    }

    /// The same with whatever contents the memory had.
    pub(crate) fn new_leaf_uninit(&mut self, kind: Kind, len: usize) -> Result<u32, Error> {
        let block = self.allocate(leaf_granules(kind, len)?, kind)?;
        self.set_word(block + 1, len as u64)?;
        Ok(block)
    }

    /// Writes a part of a loose text, from byte `at` on.
    #[cfg(feature = "serde")]
    pub(crate) fn fill_text(&mut self, block: u32, at: usize, part: &str) -> Result<(), Error> {
        self.copy_in(block, leaf_skip(Kind::Text) + at, part.as_bytes())
    }

    /// The bytes of a leaf.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn leaf_bytes(&self, block: u32, kind: Kind) -> Result<&[u8], Error> {
        self.bytes(block, leaf_skip(kind), self.lo(block.wrapping_add(1))? as usize)
    }

    /// Whether a text or bytes block holds these bytes.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn leaf_is(&self, block: u32, kind: Kind, bytes: &[u8]) -> bool {
        // Length and contents by one check.
        let between = leaf_skip(kind) - 8;
        let Ok(found) = self.bytes(block, 8, between + bytes.len()) else { return false };
        let Some((len, _)) = found.split_first_chunk() else { return false };
        u32::from_le_bytes(*len) as usize == bytes.len()
            && found.get(between..).is_some_and(|found| same(found, bytes))
    }

    /// A leaf's value, in place.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn leaf_value(&self, block: u32, kind: Kind) -> Result<Value<'_>, Error> {
        let bytes = self.leaf_bytes(block, kind)?;
        match kind {
            Kind::Text => Ok(Value::Text(door::text(bytes).ok_or(Error::corrupt(block))?)),
            Kind::Bytes => Ok(Value::Bytes(bytes)),
            kind => self.leaf_scalar(block, kind, bytes),
        }
    }

    #[cfg(feature = "scalars")]
    #[inline(never)]
    fn leaf_scalar<'v>(&self, block: u32, kind: Kind, bytes: &'v [u8]) -> Result<Value<'v>, Error> {
        super::scalar::from_leaf(kind, bytes).ok_or(Error::corrupt(block))
    }

    /// Without the feature: something to be moved, copied, and left alone.
    #[cfg(not(feature = "scalars"))]
    fn leaf_scalar<'v>(&self, block: u32, kind: Kind, _bytes: &'v [u8]) -> Result<Value<'v>, Error> {
        Ok(Value::Other(self.item(self.handle(block)?.bits(), tag::OBJECT + kind as u8)))
    }
}

/// Whether two runs of bytes are equal; short ones, which most keys are, without a call.
#[inline(always)]
fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match (a.first_chunk(), a.last_chunk(), b.first_chunk(), b.last_chunk()) {
        (Some(a_first), Some(a_last), Some(b_first), Some(b_last)) if a.len() <= 16 => {
            let difference = |a: &[u8; 8], b: &[u8; 8]| u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
            difference(a_first, b_first) | difference(a_last, b_last) == 0
        }
        _ => a == b,
    }
}

impl Turn<'_> {
    /// A text in this party's holdings, to be placed in one or more steps. One allocation, one copy.
    ///
    /// Texts need not be made first: [`Input`](crate::Input) takes `&str` wherever a value is stored.
    pub fn new_text(&mut self, text: &str) -> Result<Text, Error> {
        self.new_held_leaf(Kind::Text, text.as_bytes()).map(Text)
    }

    /// Bytes in this party's holdings. One allocation, one copy.
    pub fn new_bytes(&mut self, bytes: &[u8]) -> Result<Bytes, Error> {
        self.new_held_leaf(Kind::Bytes, bytes).map(Bytes)
    }

    /// `len` zero bytes in this party's holdings, to be filled in place through [`Bytes::buffer_mut`].
    pub fn new_buffer(&mut self, len: usize) -> Result<Bytes, Error> {
        let block = self.heap.new_leaf_uninit(Kind::Bytes, len)?;
        self.heap.bytes_mut(block, leaf_skip(Kind::Bytes), len)?.fill(0);
        self.heap.count_held(1)?;
        Ok(Bytes(self.heap.handle(block)?))
    }

    fn new_held_leaf(&mut self, kind: Kind, bytes: &[u8]) -> Result<Handle, Error> {
        let block = self.heap.new_leaf(kind, bytes)?;
        self.heap.count_held(1)?;
        self.heap.handle(block)
    }
}

impl Text {
    /// The text, in place. O(1), and one pass to see that it is UTF-8.
    pub fn get<'t>(self, turn: &'t Turn<'_>) -> Result<&'t str, Error> {
        let block = turn.heap.resolve(self.0, Kind::Text)?;
        turn.heap.leaf_value(block, Kind::Text)?.as_text().ok_or(Error::WrongType)
    }
}

impl Bytes {
    /// The bytes, in place. O(1).
    pub fn buffer<'t>(self, turn: &'t Turn<'_>) -> Result<&'t [u8], Error> {
        let block = turn.heap.resolve(self.0, Kind::Bytes)?;
        turn.heap.leaf_value(block, Kind::Bytes)?.as_bytes().ok_or(Error::WrongType)
    }

    /// The bytes, to be changed in place. O(1).
    ///
    /// Plain memory: if this party dies half-way through writing, the others see what was written.
    pub fn buffer_mut<'t>(self, turn: &'t mut Turn<'_>) -> Result<&'t mut [u8], Error> {
        let block = turn.heap.resolve(self.0, Kind::Bytes)?;
        let len = turn.heap.lo(block + 1)? as usize;
        turn.heap.bytes_mut(block, leaf_skip(Kind::Bytes), len)
    }
}
