//! Scalars beyond numbers, texts and bytes: what other languages have as plain values, kept exactly.
//!
//! Each is immutable. What fits 8 bytes lies in the cell; the rest is a *leaf*, a block of bytes that owns nothing, as texts
//! are. This file knows which is which; the files beside it know one type each.
//!
//! | type | in the cell | leaf |
//! |---|---|---|
//! | [`BigInt`] | what fits 64 bits (as `Int` or `Uint`) | two's complement, as many bytes as it takes |
//! | [`Decimal`] | up to 8 characters | its text |
//! | [`Complex`], [`Slice`], [`Blob`] | | always |
//! | [`Date`] | always | |
//! | [`Time`], [`DateTime`] | naive | with an offset |
//! | [`TimeDelta`] | what fits 64 bits of microseconds | up to Python's range |
//! | [`TimeZone`] | without a name | with a name |
//!
//! Leaves are checked whenever they are read, because the bytes are anybody's: O(1), or O(length) for a decimal and a name.

#![forbid(unsafe_code)]

mod bigint;
mod blob;
mod calendar;
mod complex;
mod date;
mod datetime;
mod decimal;
mod owned;
mod slice;
#[cfg(test)]
mod tests;
mod time;
mod timedelta;
mod timezone;
mod wall;
#[cfg(feature = "bigdecimal")]
mod with_bigdecimal;
#[cfg(feature = "chrono")]
mod with_chrono;
#[cfg(feature = "jiff")]
mod with_jiff;
#[cfg(feature = "num-bigint")]
mod with_num_bigint;
#[cfg(feature = "rust_decimal")]
mod with_rust_decimal;

pub use bigint::BigInt;
pub use blob::Blob;
pub use complex::Complex;
pub use date::Date;
pub use datetime::DateTime;
pub use decimal::{Decimal, DecimalClass};
pub use owned::Owned;
pub use slice::Slice;
pub use time::Time;
pub use timedelta::TimeDelta;
pub use timezone::TimeZone;

use super::{Prepared, Value, leaf_granules, leaf_skip, payload_of, tag};
use crate::{
    door,
    error::Error,
    heap::{Heap, Kind},
};

/// The value of a cell without an object; `bytes` is its payload where it lies.
pub(crate) fn from_cell(payload: u64, tag: u8, bytes: &[u8]) -> Option<Value<'_>> {
    Some(match tag {
        tag::DATE => Value::Date(Date::from_ordinal(payload.try_into().ok()?).ok()?),
        tag::TIME => Value::Time(Time::from_payload(payload).ok()?),
        tag::TIME_DELTA => Value::TimeDelta(TimeDelta::from_micros(payload as i64)),
        tag::DATE_TIME => Value::DateTime(DateTime::from_payload(payload).ok()?),
        tag::TIME_ZONE => Value::TimeZone(TimeZone::new(payload as i64, None).ok()?),
        tag::DECIMAL_1..=tag::DECIMAL_8 => {
            let text = core::str::from_utf8(bytes.get(..(tag - tag::DECIMAL) as usize)?).ok()?;
            Value::Decimal(Decimal::parse(text).ok()?)
        }
        _ => return None,
    })
}

/// The value of a leaf.
pub(super) fn from_leaf(kind: Kind, leaf: &[u8]) -> Option<Value<'_>> {
    Some(match kind {
        Kind::BigInt => Value::BigInt(BigInt::from_le_bytes(leaf)),
        Kind::Complex => Value::Complex(Complex::from_leaf(leaf)?),
        Kind::Decimal => Value::Decimal(Decimal::parse(core::str::from_utf8(leaf).ok()?).ok()?),
        Kind::Slice => Value::Slice(Slice::from_leaf(leaf)?),
        Kind::Time => Value::Time(Time::from_leaf(leaf)?),
        Kind::DateTime => Value::DateTime(DateTime::from_leaf(leaf)?),
        Kind::TimeDelta => Value::TimeDelta(TimeDelta::from_leaf(leaf)?),
        Kind::TimeZone => Value::TimeZone(TimeZone::from_leaf(leaf)?),
        Kind::Blob => Value::Blob(Blob::from_leaf(leaf)?),
        _ => return None,
    })
}

/// The value in the form of a cell, if it needs no leaf.
fn to_cell(value: Value<'_>) -> Option<Prepared> {
    let (payload, tag) = match value {
        Value::Date(date) => (date.ordinal().into(), tag::DATE),
        Value::Time(naive) if naive.zone().is_none() => (naive.wall().payload(), tag::TIME),
        Value::TimeDelta(span) => (span.as_micros()? as u64, tag::TIME_DELTA),
        Value::DateTime(naive) if naive.zone().is_none() => (naive.wall().payload(), tag::DATE_TIME),
        Value::TimeZone(zone) if zone.name().is_none() => (zone.offset_micros() as u64, tag::TIME_ZONE),
        Value::BigInt(int) => match (int.to_i64(), int.to_u64()) {
            (Some(int), _) => (int as u64, tag::INT),
            (_, Some(int)) => (int, tag::UINT),
            _ => return None,
        },
        Value::Decimal(decimal) => {
            let (mut text, mut len) = ([0; 8], 0);
            decimal.tell(&mut |piece| {
                if let Some(room) = text.get_mut(len..len + piece.len()) {
                    room.copy_from_slice(piece);
                }
                len += piece.len();
            });
            if len > text.len() {
                return None;
            }
            (payload_of(&text), tag::DECIMAL + len as u8)
        }
        _ => return None,
    };
    Some(Prepared::scalar(payload, tag))
}

/// Tells the bytes of a value's leaf, piece by piece, and what kind it is; `None` if it has none.
fn to_leaf(value: Value<'_>, tell: &mut dyn FnMut(&[u8])) -> Option<Kind> {
    Some(match value {
        Value::BigInt(int) => {
            tell(int.as_le_bytes());
            Kind::BigInt
        }
        Value::Complex(complex) => {
            tell(&complex.to_leaf());
            Kind::Complex
        }
        Value::Decimal(decimal) => {
            decimal.tell(tell);
            Kind::Decimal
        }
        Value::Slice(slice) => {
            tell(&slice.to_leaf());
            Kind::Slice
        }
        Value::Time(time) => {
            time.wall().tell(tell);
            Kind::Time
        }
        Value::DateTime(time) => {
            time.wall().tell(tell);
            Kind::DateTime
        }
        Value::TimeDelta(span) => {
            tell(&span.to_leaf());
            Kind::TimeDelta
        }
        Value::TimeZone(zone) => {
            tell(&zone.offset_micros().to_le_bytes());
            tell(zone.name().unwrap_or_default().as_bytes());
            Kind::TimeZone
        }
        Value::Blob(blob) => {
            tell(&[blob.codec_len()?]);
            tell(blob.codec.as_bytes());
            tell(blob.data);
            Kind::Blob
        }
        _ => return None,
    })
}

/// What it takes to store a scalar: a cell, or else a leaf of this kind and length.
pub(crate) fn scalar_needs(value: Value<'_>) -> Result<Result<Prepared, (Kind, usize)>, Error> {
    if let Some(prepared) = to_cell(value) {
        return Ok(Ok(prepared));
    }
    let mut len = 0usize;
    let kind = to_leaf(value, &mut |piece| len = len.saturating_add(piece.len())).ok_or(Error::BadValue)?;
    Ok(Err((kind, len)))
}

impl Heap<'_> {
    /// Brings a scalar into the form of a cell; one that does not fit gets a loose block.
    #[inline(never)]
    pub(super) fn prepare_scalar(&mut self, value: Value<'_>) -> Result<Prepared, Error> {
        let (kind, len) = match scalar_needs(value)? {
            Ok(cell) => return Ok(cell),
            Err(leaf) => leaf,
        };
        let object = self.allocate(leaf_granules(kind, len)?, kind)?;
        self.fill_scalar(object, kind, len, value)?;
        Ok(Prepared {
            payload: self.handle(object)?.bits(),
            tag: tag::OBJECT + kind as u8,
            object,
            fresh: true,
        })
    }

    /// Everything of a scalar's leaf but its header.
    pub(crate) fn fill_scalar(
        &mut self,
        block: u32,
        kind: Kind,
        len: usize,
        value: Value<'_>,
    ) -> Result<(), Error> {
        self.set_word(block + 1, len as u64)?;
        let mut filled = Ok(leaf_skip(kind));
        to_leaf(value, &mut |piece| {
            filled = filled.and_then(|at| self.copy_in(block, at, piece).map(|()| at + piece.len()));
        });
        door::publish();
        filled.map(drop)
    }
}
