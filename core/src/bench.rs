//! For measurements only: blocks by themselves, as containers ask the allocator for them.
//!
//! Not part of the library's promise. A block allocated here is loose and must be freed here, in any turn of the same party.

#![forbid(unsafe_code)]

use crate::{error::Error, heap::Kind, turn::Turn};

/// A block for `bytes` bytes of contents.
#[cfg_attr(target_pointer_width = "64", inline)]
pub fn allocate(turn: &mut Turn<'_>, bytes: u32) -> Result<u32, Error> {
    turn.heap.allocate(1 + bytes.div_ceil(8), Kind::Raw)
}

/// Frees a block that [`allocate`] gave.
#[cfg_attr(target_pointer_width = "64", inline)]
pub fn free(turn: &mut Turn<'_>, block: u32) -> Result<(), Error> {
    turn.heap.free(block).map(|_| ())
}
