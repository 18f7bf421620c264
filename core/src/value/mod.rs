//! Values: what a cell of a list, a map, a message or a root can hold.
//!
//! A *cell* is an 8-byte payload and a 1-byte tag. Null, booleans, numbers, and texts and bytes of up to 8 bytes
//! are in the cell; anything else is a block of its own, and the payload is its handle.
//!
//! | type | role |
//! |---|---|
//! | [`Value`] | what reading gives: borrowed from the region for as long as the turn is not used to change it |
//! | [`Input`] | what writing takes: any value, or an object to place; made by `From` |
//! | [`Item`] | a value taken out of its container: 16 bytes, `Copy`, owns nothing; its object is in the party's holdings |
//! | [`Object`] | a handle of any kind |

#![forbid(unsafe_code)]

mod cell;
mod input;
mod leaf;
mod object;
mod owner;

pub(crate) use cell::{CellAt, tag};
pub use input::Input;
pub(crate) use input::{Needs, Prepared, payload_of};
pub(crate) use leaf::leaf_granules;
pub use object::{Item, Object};
pub(crate) use owner::LastObject;

use crate::handle::{List, Map};

/// A value read from a region.
///
/// Text and bytes are borrowed in place; lists and maps are handles. `PartialEq` compares what is in
/// the value itself: two lists are equal here only if they are the same list.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above `i64::MAX` (smaller ones are always [`Int`](Self::Int)).
    Uint(u64),
    /// A floating-point number; every bit is kept.
    Float(f64),
    /// Text in UTF-8.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A list.
    List(List),
    /// A map.
    Map(Map),
}

impl<'a> Value<'a> {
    /// The whole number, if it is one that fits.
    pub fn as_int(self) -> Option<i64> {
        if let Self::Int(int) = self { Some(int) } else { None }
    }

    /// The number, whole or not, as a float (whole ones rounded as `as f64` does).
    pub fn as_float(self) -> Option<f64> {
        match self {
            Self::Float(float) => Some(float),
            Self::Int(int) => Some(int as f64),
            Self::Uint(int) => Some(int as f64),
            _ => None,
        }
    }

    /// The boolean.
    pub fn as_bool(self) -> Option<bool> {
        if let Self::Bool(bool) = self { Some(bool) } else { None }
    }

    /// The text.
    pub fn as_text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The bytes.
    pub fn as_bytes(self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The list.
    pub fn as_list(self) -> Option<List> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// The map.
    pub fn as_map(self) -> Option<Map> {
        if let Self::Map(map) = self { Some(map) } else { None }
    }

    /// Whether there is nothing.
    pub fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }
}
