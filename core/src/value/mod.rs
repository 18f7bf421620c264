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
#[cfg(feature = "containers")]
mod number;
mod object;
#[cfg(feature = "containers")]
mod order;
mod owner;
#[cfg(feature = "scalars")]
mod scalar;

pub(crate) use cell::{CellAt, tag};
pub use input::Input;
pub(crate) use input::{Needs, Prepared, payload_of};
pub(crate) use leaf::{leaf_granules, leaf_skip};
#[cfg(all(feature = "containers", feature = "scalars"))]
pub(crate) use number::{short_number, with_digits, with_whole};
pub use object::{Item, Object, Scalar};
#[cfg(all(feature = "containers", feature = "scalars"))]
pub(crate) use order::one_key;
#[cfg(feature = "containers")]
pub(crate) use order::{equal, order};
#[cfg(feature = "containers")]
pub(crate) use owner::LastObject;
#[cfg(all(feature = "containers", feature = "scalars"))]
pub(crate) use scalar::from_cell as cell_scalar;
#[cfg(feature = "scalars")]
pub(crate) use scalar::scalar_needs;
#[cfg(feature = "scalars")]
pub use scalar::{
    BigInt, Blob, Complex, Date, DateTime, Decimal, DecimalClass, Owned, Slice, Time, TimeDelta, TimeZone,
};

use crate::handle::{
    AnyArray, AnyRecord, ByteArray, FastMap, FastSet, FrozenMap, FrozenSet, Instance, List, Map, Set, Tuple,
};

/// A value read from a region.
///
/// Text, bytes and everything else of any length are borrowed in place; lists and maps are handles. `PartialEq` compares what is
/// in the value itself: two lists are equal here only if they are the same list, two decimals if they have the same digits, and
/// `1` is not `1.0`. What is equal by worth and contents [`Turn::equal`](crate::Turn::equal) says.
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
    /// A byte array.
    ByteArray(ByteArray),
    /// An array, whatever its elements are.
    Array(AnyArray),
    /// A record.
    Record(AnyRecord),
    /// A tuple: a frozen list.
    Tuple(Tuple),
    /// A set.
    Set(Set),
    /// A frozen set.
    FrozenSet(FrozenSet),
    /// A frozen map.
    FrozenMap(FrozenMap),
    /// A fast frozen set.
    FastSet(FastSet),
    /// A fast frozen map.
    FastMap(FastMap),
    /// An instance: a class name and fields.
    Instance(Instance),
    /// A whole number that does not fit 64 bits (others are always [`Int`](Self::Int) or [`Uint`](Self::Uint)).
    #[cfg(feature = "scalars")]
    BigInt(BigInt<'a>),
    /// A complex number.
    #[cfg(feature = "scalars")]
    Complex(Complex),
    /// A decimal number of any length.
    #[cfg(feature = "scalars")]
    Decimal(Decimal<'a>),
    /// A range of indices.
    #[cfg(feature = "scalars")]
    Slice(Slice),
    /// A day.
    #[cfg(feature = "scalars")]
    Date(Date),
    /// A time of day, with or without an offset from UTC.
    #[cfg(feature = "scalars")]
    Time(Time<'a>),
    /// A day and a time, with or without an offset from UTC.
    #[cfg(feature = "scalars")]
    DateTime(DateTime<'a>),
    /// A span of time.
    #[cfg(feature = "scalars")]
    TimeDelta(TimeDelta),
    /// An offset from UTC, with or without a name.
    #[cfg(feature = "scalars")]
    TimeZone(TimeZone<'a>),
    /// Bytes in somebody's own form.
    #[cfg(feature = "scalars")]
    Blob(Blob<'a>),
    /// A value of a type that this build was made without (feature `scalars`): it can be moved, copied and destroyed.
    Other(Item),
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

    /// The byte array.
    pub fn as_byte_array(self) -> Option<ByteArray> {
        if let Self::ByteArray(array) = self { Some(array) } else { None }
    }

    /// The array; see [`AnyArray::typed`].
    pub fn as_array(self) -> Option<AnyArray> {
        if let Self::Array(array) = self { Some(array) } else { None }
    }

    /// The record.
    pub fn as_record(self) -> Option<AnyRecord> {
        if let Self::Record(record) = self { Some(record) } else { None }
    }

    /// The tuple.
    pub fn as_tuple(self) -> Option<Tuple> {
        if let Self::Tuple(tuple) = self { Some(tuple) } else { None }
    }

    /// The set.
    pub fn as_set(self) -> Option<Set> {
        if let Self::Set(set) = self { Some(set) } else { None }
    }

    /// The frozen set.
    pub fn as_frozen_set(self) -> Option<FrozenSet> {
        if let Self::FrozenSet(set) = self { Some(set) } else { None }
    }

    /// The frozen map.
    pub fn as_frozen_map(self) -> Option<FrozenMap> {
        if let Self::FrozenMap(map) = self { Some(map) } else { None }
    }

    /// The fast frozen set.
    pub fn as_fast_set(self) -> Option<FastSet> {
        if let Self::FastSet(set) = self { Some(set) } else { None }
    }

    /// The fast frozen map.
    pub fn as_fast_map(self) -> Option<FastMap> {
        if let Self::FastMap(map) = self { Some(map) } else { None }
    }

    /// The instance.
    pub fn as_instance(self) -> Option<Instance> {
        if let Self::Instance(instance) = self { Some(instance) } else { None }
    }

    /// Whether there is nothing.
    pub fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }
}

#[cfg(feature = "scalars")]
impl<'a> Value<'a> {
    /// The whole number, of any size that fits.
    pub fn as_i128(self) -> Option<i128> {
        match self {
            Self::Int(int) => Some(int.into()),
            Self::Uint(int) => Some(int.into()),
            Self::BigInt(int) => int.to_i128(),
            _ => None,
        }
    }

    /// The whole number that does not fit 64 bits.
    pub fn as_big_int(self) -> Option<BigInt<'a>> {
        if let Self::BigInt(int) = self { Some(int) } else { None }
    }

    /// The complex number.
    pub fn as_complex(self) -> Option<Complex> {
        if let Self::Complex(complex) = self { Some(complex) } else { None }
    }

    /// The decimal number.
    pub fn as_decimal(self) -> Option<Decimal<'a>> {
        if let Self::Decimal(decimal) = self { Some(decimal) } else { None }
    }

    /// The range of indices.
    pub fn as_slice(self) -> Option<Slice> {
        if let Self::Slice(slice) = self { Some(slice) } else { None }
    }

    /// The day.
    pub fn as_date(self) -> Option<Date> {
        if let Self::Date(date) = self { Some(date) } else { None }
    }

    /// The time of day.
    pub fn as_time(self) -> Option<Time<'a>> {
        if let Self::Time(time) = self { Some(time) } else { None }
    }

    /// The day and time.
    pub fn as_date_time(self) -> Option<DateTime<'a>> {
        if let Self::DateTime(time) = self { Some(time) } else { None }
    }

    /// The span of time.
    pub fn as_time_delta(self) -> Option<TimeDelta> {
        if let Self::TimeDelta(span) = self { Some(span) } else { None }
    }

    /// The time zone.
    pub fn as_time_zone(self) -> Option<TimeZone<'a>> {
        if let Self::TimeZone(zone) = self { Some(zone) } else { None }
    }

    /// The bytes in somebody's own form.
    pub fn as_blob(self) -> Option<Blob<'a>> {
        if let Self::Blob(blob) = self { Some(blob) } else { None }
    }
}
