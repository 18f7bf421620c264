//! What each kind of object is, said in one place: its form, and where it says what it is in.
//!
//! Taking apart, copying, auditing, measuring and handing over go by form, so that a kind which is built like one that exists
//! needs a line here and nothing there.
//!
//! ```text
//!   Leaf      | header | bytes ...                                               owns nothing, never changes
//!   Cells     | header | cells, len | cap, owner | -> body                   cells, growing
//!   Table     | header | table, mask | used, live | owner, cap | -> body         cells found by hash
//!   Bytes     | header | run, len | cap, - | -> body                             bytes, growing; owns no objects
//!   Message   | header | prev, next | tag, seq | payload, or a leaf ...          one cell or leaf, in a queue
//!   Part      | header | ...                                                     what no handle names
//! ```

#![forbid(unsafe_code)]

use super::{Header, Kind};

/// How a block is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A run of bytes with a type.
    Leaf,
    /// A growable array of cells, in a body of kind [`Kind::Cells`].
    Cells,
    /// Entries found by hash, in a body of kind [`Kind::Table`].
    Table,
    /// A growable run of bytes, in a body of kind [`Kind::Run`].
    Bytes,
    /// One cell or leaf, and links.
    Message,
    /// Of an object, of free memory, or not yet anything: no handle names it.
    Part,
}

impl Form {
    /// How blocks of the kind with this number are built; a number that there is not counts as a part.
    #[inline(always)]
    pub(crate) const fn of(kind: u8) -> Form {
        const TEXT: u8 = Kind::Text as u8;
        const BYTES: u8 = Kind::Bytes as u8;
        const LIST: u8 = Kind::List as u8;
        const MAP: u8 = Kind::Map as u8;
        const MESSAGE: u8 = Kind::Message as u8;
        const BYTE_ARRAY: u8 = Kind::ByteArray as u8;
        const FIRST_SCALAR: u8 = Kind::BigInt as u8;
        const LAST_SCALAR: u8 = Kind::Blob as u8;
        match kind {
            TEXT | BYTES | FIRST_SCALAR..=LAST_SCALAR => Form::Leaf,
            LIST => Form::Cells,
            MAP => Form::Table,
            BYTE_ARRAY => Form::Bytes,
            MESSAGE => Form::Message,
            _ => Form::Part,
        }
    }

    /// Whether a cell can own it: then its tag is [`tag::OBJECT`](crate::value::tag::OBJECT) and its kind's number.
    #[inline(always)]
    pub(crate) const fn is_placeable(self) -> bool {
        matches!(self, Form::Leaf | Form::Cells | Form::Table | Form::Bytes)
    }

    /// Where the block says what it is in: (granule, half); granule 0 if it does not.
    #[inline(always)]
    pub(crate) const fn owner_word(self, block: u32) -> (u32, u32) {
        match self {
            Form::Cells => (block.wrapping_add(2), 1),
            Form::Table => (block.wrapping_add(3), 0),
            Form::Leaf | Form::Bytes | Form::Message | Form::Part => (0, 0),
        }
    }
}

impl Header {
    /// How the block is built.
    #[inline(always)]
    pub(crate) const fn form(self) -> Form {
        Form::of(self.hi() as u8)
    }
}
