//! Equality and order of two values, as `docs/VALUES.md` has them. What is inside containers is for `container/compare.rs`.

#![forbid(unsafe_code)]

use core::cmp::Ordering;

#[cfg(feature = "scalars")]
use super::{Complex, DecimalClass};
use super::{Value, number};
use crate::error::Error;

/// Whether two values are equal, of which one at least is no container.
///
/// [`Error::TooLarge`] if a decimal of more than 4,300 digits stands beside a whole number of as many;
/// [`Error::NotComparable`] if one is an array, or of a type that this program was built without.
#[inline]
pub(crate) fn equal(a: Value<'_>, b: Value<'_>) -> Result<bool, Error> {
    Ok(match (a, b) {
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Null, Value::Null) => true,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::Other(_) | Value::Array(_), _) | (_, Value::Other(_) | Value::Array(_)) => {
            return Err(Error::NotComparable);
        }
        #[cfg(feature = "scalars")]
        (Value::Slice(a), Value::Slice(b)) => a == b,
        #[cfg(feature = "scalars")]
        (Value::Blob(a), Value::Blob(b)) => a == b,
        #[cfg(feature = "scalars")]
        (Value::TimeZone(a), Value::TimeZone(b)) => a.offset_micros() == b.offset_micros(),
        #[cfg(feature = "scalars")]
        (Value::Complex(a), b) | (b, Value::Complex(a)) => return equal_complex(a, b),
        (a, b) => match order(a, b) {
            Err(Error::NotComparable) => false,
            order => order? == Some(Ordering::Equal),
        },
    })
}

#[cfg(feature = "scalars")]
fn equal_complex(a: Complex, b: Value<'_>) -> Result<bool, Error> {
    let (re, im) = match b {
        Value::Complex(b) => (Value::Float(b.re), Value::Float(b.im)),
        other => (other, Value::Int(0)),
    };
    Ok(equal(Value::Float(a.im), im)? && equal(Value::Float(a.re), re)?)
}

/// Whether two values, which are no containers, are one key: if they are equal, or both NaN.
#[cfg(feature = "scalars")]
pub(crate) fn one_key(a: Value<'_>, b: Value<'_>) -> Result<bool, Error> {
    Ok(match (a, b) {
        (Value::Complex(a), b) | (b, Value::Complex(a)) => {
            let (re, im) = match b {
                Value::Complex(b) => (Value::Float(b.re), Value::Float(b.im)),
                other => (other, Value::Int(0)),
            };
            one_key(Value::Float(a.im), im)? && one_key(Value::Float(a.re), re)?
        }
        (a, b) if is_nan(a) || is_nan(b) => is_nan(a) && is_nan(b),
        (a, b) => match equal(a, b) {
            // A decimal of more digits than are turned into binary is hashed otherwise, so no whole number is found by it.
            Err(Error::TooLarge) => false,
            equal => equal?,
        },
    })
}

#[cfg(feature = "scalars")]
fn is_nan(value: Value<'_>) -> bool {
    match value {
        Value::Float(float) => float.is_nan(),
        Value::Decimal(decimal) => matches!(decimal.class(), DecimalClass::Nan | DecimalClass::SignallingNan),
        _ => false,
    }
}

/// The order of two values: none beside NaN; [`Error::NotComparable`] if their types have no order.
pub(crate) fn order(a: Value<'_>, b: Value<'_>) -> Result<Option<Ordering>, Error> {
    Ok(match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(&b)),
        // By bytes, which is by code points.
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
        #[cfg(feature = "scalars")]
        (Value::Date(a), Value::Date(b)) => Some(a.ordinal().cmp(&b.ordinal())),
        #[cfg(feature = "scalars")]
        (Value::TimeDelta(a), Value::TimeDelta(b)) => Some(a.cmp(&b)),
        #[cfg(feature = "scalars")]
        (Value::Time(a), Value::Time(b)) => return a.order(b),
        #[cfg(feature = "scalars")]
        (Value::DateTime(a), Value::DateTime(b)) => return a.order(b),
        (a, b) => return number::order(a, b),
    })
}
