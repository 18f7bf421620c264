//! What each kind of object is, said in one place: its form, and where it says what it is in.
//!
//! Taking apart, copying, auditing, measuring and handing over go by form, so that a kind which is built like one that exists
//! needs a line here and nothing there.
//!
//! ```text
//!   Leaf      | header | bytes ...                                               owns nothing
//!   Array     | header | room, type | shape | gap | elements ...                 owns nothing
//!   Cells     | header | cells, len | cap, owner | -> body                   cells, growing
//!   Table     | header | table, mask | used, live | owner, cap | -> body         cells found by hash
//!   Bytes     | header | run, len | cap, - | -> body                             bytes, growing; owns no objects
//!   Row       | header | schema, owner | payloads | tags |                       cells, as many as the schema says
//!   Packed    | header | here, len | cap, owner | mask | index | cells       cells, as many as there were, found by hash
//!   Message   | header | prev, next | tag, seq | payload, or a leaf ...          one cell or leaf, in a queue
//!   Part      | header | ...                                                     what no handle names
//! ```

#![forbid(unsafe_code)]

use super::{Header, Kind};

/// The form of each kind. (A table, for half of the heap's code asks it.)
const FORMS: [Form; 64] = {
    let mut forms = [Form::Part; 64];
    let mut scalar = Kind::BigInt as usize;
    while scalar <= Kind::Blob as usize {
        forms[scalar] = Form::Leaf;
        scalar += 1;
    }
    forms[Kind::Text as usize] = Form::Leaf;
    forms[Kind::Bytes as usize] = Form::Leaf;
    forms[Kind::Time as usize] = Form::Leaf;
    forms[Kind::Schema as usize] = Form::Leaf;
    forms[Kind::List as usize] = Form::Cells;
    forms[Kind::Tuple as usize] = Form::Cells;
    forms[Kind::Map as usize] = Form::Table;
    forms[Kind::Set as usize] = Form::Table;
    forms[Kind::FrozenSet as usize] = Form::Table;
    forms[Kind::FrozenMap as usize] = Form::Table;
    forms[Kind::Instance as usize] = Form::Table;
    forms[Kind::ByteArray as usize] = Form::Bytes;
    forms[Kind::Array as usize] = Form::Array;
    forms[Kind::Record as usize] = Form::Row;
    forms[Kind::FastSet as usize] = Form::Packed;
    forms[Kind::FastMap as usize] = Form::Packed;
    forms[Kind::Message as usize] = Form::Message;
    forms
};

/// How a block is built. The numbers say at once where the owner is: granule (from bit 1 on) and half (bit 0), in the low four bits;
/// and whether a cell can own it: bit 7 is 0.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Form {
    /// A run of bytes with a type.
    Leaf = 0x00,
    /// Numbers of one type by shape and strides, where the block is such that they are aligned.
    Array = 0x20,
    /// A growable array of cells, in a body of kind [`Kind::Cells`]: a list, or a tuple, which is one that no longer changes.
    Cells = 0x05,
    /// Entries found by hash, in a body of kind [`Kind::Table`]: a map or a set, frozen or not, or the fields of an
    /// instance.
    Table = 0x06,
    /// A growable run of bytes, in a body of kind [`Kind::Run`].
    Bytes = 0x10,
    /// A fixed number of cells in the block itself.
    Row = 0x03,
    /// Cells as in [`Form::Cells`], and an index that leads to them, in the block itself.
    Packed = 0x25,
    /// One cell or leaf, and links.
    Message = 0x80,
    /// Of an object, of free memory, or not yet anything: no handle names it.
    Part = 0x90,
}

impl Form {
    /// How blocks of the kind with this number are built; a number that there is not counts as a part.
    #[inline(always)]
    pub(crate) const fn of(kind: u8) -> Form {
        if (kind as usize) < FORMS.len() { FORMS[kind as usize] } else { Form::Part }
    }

    /// Whether a cell can own it: then its tag is [`tag::OBJECT`](crate::value::tag::OBJECT) and its kind's number.
    #[inline(always)]
    pub(crate) const fn is_placeable(self) -> bool {
        (self as u8) < 0x80
    }

    /// Where the block says what it is in: (granule, half); granule 0 if it does not.
    #[inline(always)]
    pub(crate) const fn owner_word(self, block: u32) -> (u32, u32) {
        match self.owner_place() as u32 {
            0 => (0, 0),
            place => (block.wrapping_add(place >> 1), place & 1),
        }
    }

    /// The same as a number; 0 if it does not. Forms with the same one count their cells in the same place.
    #[inline(always)]
    pub(crate) const fn owner_place(self) -> u8 {
        self as u8 & 15
    }

    /// Whether it owns cells that stand in a row, payloads beside payloads: those say in a high half what they are in.
    #[cfg(feature = "containers")]
    #[inline(always)]
    pub(crate) const fn has_row(self) -> bool {
        self as u8 & 1 != 0
    }
}
impl Header {
    /// How the block is built.
    #[inline(always)]
    pub(crate) const fn form(self) -> Form {
        Form::of(self.hi() as u8)
    }
}
