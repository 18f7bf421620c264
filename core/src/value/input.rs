//! What can be written: values of this program, and objects to place.

#![forbid(unsafe_code)]

use super::{CellAt, Item, Object, Value, tag};
use crate::{
    array::Array,
    error::Error,
    heap::{Heap, Kind},
};

/// What a cell is to hold: made by `From` from numbers, texts, bytes, handles, [`Value`]s and [`Item`]s.
///
/// Text and bytes are copied into the region. A handle *places* its object, which must be in this party's holdings.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Input<'a> {
    /// A value to copy, or a list, map or array to place.
    Value(Value<'a>),
    /// An object to place.
    Object(Object),
    /// What was taken out of another container.
    Item(Item),
    /// A number with its own memory.
    #[cfg(feature = "scalars")]
    Owned(super::scalar::Owned),
}

macro_rules! from {
    ($($from:ty => |$x:ident| $to:expr;)*) => {$(
        impl<'a> From<$from> for Input<'a> {
            #[inline(always)]
            fn from($x: $from) -> Input<'a> { $to }
        }
    )*};
}

from! {
    () => |_unit| Input::Value(Value::Null);
    bool => |x| Input::Value(Value::Bool(x));
    i8 => |x| Input::Value(Value::Int(x.into()));
    i16 => |x| Input::Value(Value::Int(x.into()));
    i32 => |x| Input::Value(Value::Int(x.into()));
    i64 => |x| Input::Value(Value::Int(x));
    u8 => |x| Input::Value(Value::Int(x.into()));
    u16 => |x| Input::Value(Value::Int(x.into()));
    u32 => |x| Input::Value(Value::Int(x.into()));
    u64 => |x| Input::Value(if x <= i64::MAX as u64 { Value::Int(x as i64) } else { Value::Uint(x) });
    f32 => |x| Input::Value(Value::Float(x.into()));
    f64 => |x| Input::Value(Value::Float(x));
    &'a str => |x| Input::Value(Value::Text(x));
    &'a [u8] => |x| Input::Value(Value::Bytes(x));
    Value<'a> => |x| Input::Value(x);
    Object => |x| Input::Object(x);
    Item => |x| Input::Item(x);
}

#[cfg(feature = "scalars")]
mod scalars {
    use super::{Input, Value};
    use crate::value::scalar::{
        BigInt, Blob, Complex, Date, DateTime, Decimal, Slice, Time, TimeDelta, TimeZone,
    };

    from! {
        BigInt<'a> => |x| Input::Value(Value::BigInt(x));
        Complex => |x| Input::Value(Value::Complex(x));
        Decimal<'a> => |x| Input::Value(Value::Decimal(x));
        Slice => |x| Input::Value(Value::Slice(x));
        Date => |x| Input::Value(Value::Date(x));
        Time<'a> => |x| Input::Value(Value::Time(x));
        DateTime<'a> => |x| Input::Value(Value::DateTime(x));
        TimeDelta => |x| Input::Value(Value::TimeDelta(x));
        TimeZone<'a> => |x| Input::Value(Value::TimeZone(x));
        Blob<'a> => |x| Input::Value(Value::Blob(x));
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Input<'a> {
    fn from(bytes: &'a [u8; N]) -> Input<'a> {
        Input::Value(Value::Bytes(bytes))
    }
}

impl<T> From<Array<T>> for Input<'_> {
    fn from(array: Array<T>) -> Self {
        Input::Object(array.into())
    }
}

impl<'a, T: Into<Input<'a>>> From<Option<T>> for Input<'a> {
    fn from(value: Option<T>) -> Input<'a> {
        value.map_or(Input::Value(Value::Null), Into::into)
    }
}

/// A value in the form of a cell, ready to be stored.
#[derive(Clone, Copy)]
pub(crate) struct Prepared {
    pub(crate) payload: u64,
    pub(crate) tag: u8,
    /// The block that the cell will own; 0: none. Loose until the cell is stored.
    pub(crate) object: u32,
    /// The block was made for this call, and goes again if the call fails.
    pub(crate) fresh: bool,
}

impl Prepared {
    #[inline(always)]
    pub(crate) const fn scalar(payload: u64, tag: u8) -> Prepared {
        Prepared { payload, tag, object: 0, fresh: false }
    }

    pub(crate) const NULL: Prepared = Prepared::scalar(0, tag::NULL);
}

/// What it takes to store an input.
pub(crate) enum Needs<'a> {
    /// A cell.
    Cell(Prepared),
    /// One with the handle that these bits should be, and its tag.
    Object(u64, u8),
    /// Room for a text or bytes that are too long for a cell.
    Leaf(Kind, &'a [u8]),
    /// A cell or room, as the scalar's type has it.
    #[cfg(feature = "scalars")]
    Scalar(Value<'a>),
}

impl Input<'_> {
    /// The cell of a number; of other values another way will do.
    #[cfg(all(feature = "containers", target_pointer_width = "64"))]
    #[inline(always)]
    pub(crate) fn plain(&self) -> Option<Prepared> {
        match *self {
            Input::Value(Value::Int(int)) => Some(Prepared::scalar(int as u64, tag::INT)),
            Input::Value(Value::Float(float)) => Some(Prepared::scalar(float.to_bits(), tag::FLOAT)),
            _ => None,
        }
    }

    #[inline(always)]
    pub(crate) fn needs(&self) -> Needs<'_> {
        let object = |object: Object| Needs::Object(object.handle().bits(), object.tag());
        Needs::Cell(match *self {
            Input::Item(Item { payload, tag }) => match u64::from_le_bytes(payload) {
                bits if tag::is_object(tag) => return Needs::Object(bits, tag),
                payload => Prepared::scalar(payload, tag),
            },
            Input::Object(held) => return object(held),
            Input::Value(value) => match value {
                Value::Null => Prepared::NULL,
                Value::Bool(bool) => Prepared::scalar(0, tag::FALSE + bool as u8),
                Value::Int(int) => Prepared::scalar(int as u64, tag::INT),
                Value::Uint(int) if int <= i64::MAX as u64 => Prepared::scalar(int, tag::INT),
                Value::Uint(int) => Prepared::scalar(int, tag::UINT),
                Value::Float(float) => Prepared::scalar(float.to_bits(), tag::FLOAT),
                Value::List(list) => return object(list.into()),
                Value::Map(map) => return object(map.into()),
                Value::ByteArray(array) => return object(array.into()),
                Value::Record(record) => return object(record.into()),
                Value::Array(array) => return object(array.into()),
                Value::Tuple(tuple) => return object(tuple.into()),
                Value::Set(set) => return object(set.into()),
                Value::FrozenSet(set) => return object(set.into()),
                Value::FrozenMap(map) => return object(map.into()),
                Value::FastSet(set) => return object(set.into()),
                Value::FastMap(map) => return object(map.into()),
                Value::Instance(instance) => return object(instance.into()),
                Value::Text(text) if text.len() <= 8 => inline(text.as_bytes(), tag::TEXT),
                Value::Bytes(bytes) if bytes.len() <= 8 => inline(bytes, tag::BYTES),
                Value::Text(text) => return Needs::Leaf(Kind::Text, text.as_bytes()),
                Value::Bytes(bytes) => return Needs::Leaf(Kind::Bytes, bytes),
                Value::Other(Item { payload, tag }) => match u64::from_le_bytes(payload) {
                    bits if tag::is_object(tag) => return Needs::Object(bits, tag),
                    payload => Prepared::scalar(payload, tag),
                },
                #[cfg(feature = "scalars")]
                scalar => return Needs::Scalar(scalar),
            },
            #[cfg(feature = "scalars")]
            Input::Owned(ref owned) => return Needs::Scalar(owned.value()),
        })
    }
}

/// Up to 8 bytes as they lie in a payload.
#[inline(always)]
fn inline(bytes: &[u8], tag: u8) -> Prepared {
    Prepared::scalar(payload_of(bytes), tag + bytes.len() as u8)
}

/// Up to 8 bytes, and zeros after fewer, as a number.
#[inline(always)]
pub(crate) fn payload_of(bytes: &[u8]) -> u64 {
    if cfg!(target_pointer_width = "64") {
        // By loads that overlap, without a loop or a call.
        if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            let last = (u32::from_le_bytes(*last) as u64) << (8 * (bytes.len() - 4).min(4));
            return u32::from_le_bytes(*first) as u64 | last;
        }
    }
    let mut payload = [0; 8];
    payload.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    u64::from_le_bytes(payload)
}

impl Heap<'_> {
    /// Brings an input into the form of a cell. Long texts and bytes get a loose block; objects are checked to be ours.
    #[inline(always)]
    pub(crate) fn prepare(&mut self, input: Input<'_>) -> Result<Prepared, Error> {
        match input {
            Input::Value(Value::Int(int)) => Ok(Prepared::scalar(int as u64, tag::INT)),
            Input::Value(Value::Float(float)) => Ok(Prepared::scalar(float.to_bits(), tag::FLOAT)),
            other => self.prepare_other(other),
        }
    }

    fn prepare_other(&mut self, input: Input<'_>) -> Result<Prepared, Error> {
        match input.needs() {
            Needs::Cell(prepared) => Ok(prepared),
            Needs::Object(bits, tag) => self.prepare_object(bits, tag),
            Needs::Leaf(kind, bytes) => {
                let object = self.new_leaf(kind, bytes)?;
                let payload = self.handle(object)?.bits();
                Ok(Prepared { payload, tag: tag::OBJECT + kind as u8, object, fresh: true })
            }
            #[cfg(feature = "scalars")]
            Needs::Scalar(value) => self.prepare_scalar(value),
        }
    }

    fn prepare_object(&self, bits: u64, tag: u8) -> Result<Prepared, Error> {
        let object = self.held_object(bits, tag)?;
        Ok(Prepared { payload: bits, tag, object, fresh: false })
    }

    /// Takes back what [`prepare`](Self::prepare) made, when the call that wanted it fails.
    #[cold]
    pub(crate) fn discard<R>(&mut self, prepared: &Prepared, error: Error) -> Result<R, Error> {
        if prepared.fresh && prepared.object != 0 {
            // A copied byte array has a block besides.
            self.destroy_block(prepared.object)?;
        }
        Err(error)
    }

    /// The cell inside a message or map entry: payload granule, tag in byte `skip` of granule `tag_in`.
    #[inline(always)]
    pub(crate) fn cell_at(payload: u32, tag_in: u32, skip: usize) -> Result<CellAt, Error> {
        let tag = (tag_in as usize).checked_mul(8).and_then(|at| at.checked_add(skip));
        Ok(CellAt { payload, tag: tag.ok_or(Error::corrupt(tag_in))? })
    }
}
