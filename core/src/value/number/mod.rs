//! Numbers of different types, compared by what they are worth, exactly.
//!
//! ```text
//!   ± 1.fffffff... (64 bits) * 2^exponent        any whole number of 64 bits and any float, without rounding
//! ```
//!
//! By integer arithmetic: a core without floating point needs no routines for this, and no number is ever rounded to the
//! type of another, as `1 << 53 | 1 == 9007199254740992.0` would be. Larger whole numbers are in `binary.rs`, decimals in
//! `decimal.rs`.

#![forbid(unsafe_code)]

#[cfg(feature = "scalars")]
mod binary;
#[cfg(feature = "scalars")]
mod decimal;
#[cfg(feature = "scalars")]
mod short;
#[cfg(test)]
mod tests;

use core::cmp::Ordering;

#[cfg(feature = "scalars")]
use self::decimal::Digits;
#[cfg(feature = "scalars")]
pub(crate) use self::short::{short_number, with_digits, with_whole};
use super::Value;
#[cfg(feature = "scalars")]
use super::{Decimal, DecimalClass};
use crate::error::Error;

/// The order of two numbers: none beside NaN; [`Error::NotComparable`] if one of the two is no number, or complex.
pub(super) fn order(a: Value<'_>, b: Value<'_>) -> Result<Option<Ordering>, Error> {
    let (a, b) = (short(a), short(b));
    if !has_order(a) || !has_order(b) {
        return Err(Error::NotComparable);
    }
    match (Number::of(a), Number::of(b)) {
        (Some(a), Some(b)) => Ok(Some(a.order(b))),
        #[cfg(feature = "scalars")]
        _ => order_long(a, b),
        #[cfg(not(feature = "scalars"))]
        _ => Ok(None),
    }
}

/// A whole number that fits 64 bits as such: programs may give it in a longer form, and damaged bytes claim to be one.
fn short(value: Value<'_>) -> Value<'_> {
    #[cfg(feature = "scalars")]
    if let Value::BigInt(int) = value {
        return match (int.to_i64(), int.to_u64()) {
            (Some(int), _) => Value::Int(int),
            (_, Some(int)) => Value::Uint(int),
            _ => value,
        };
    }
    value
}

fn has_order(value: Value<'_>) -> bool {
    match value {
        Value::Bool(_) | Value::Int(_) | Value::Uint(_) | Value::Float(_) => true,
        #[cfg(feature = "scalars")]
        Value::BigInt(_) | Value::Decimal(_) => true,
        _ => false,
    }
}

/// The same where one of them at least is a decimal, larger than 64 bits, or NaN.
#[cfg(feature = "scalars")]
fn order_long(a: Value<'_>, b: Value<'_>) -> Result<Option<Ordering>, Error> {
    Ok(match (a, b) {
        (Value::Decimal(a), b) => order_decimal(a, b)?,
        (a, Value::Decimal(b)) => order_decimal(b, a)?.map(Ordering::reverse),
        (Value::BigInt(a), Value::BigInt(b)) => Some(binary::order(a, b)),
        (Value::BigInt(a), b) => Number::of(b).map(|b| binary::order_number(a, b)),
        (a, Value::BigInt(b)) => Number::of(a).map(|a| binary::order_number(b, a).reverse()),
        _ => None,
    })
}

/// A decimal beside any number: sign and magnitude first, digits only where those agree.
#[cfg(feature = "scalars")]
fn order_decimal(a: Decimal<'_>, b: Value<'_>) -> Result<Option<Ordering>, Error> {
    let (Some(a_rough), Some(b_rough)) = (rough(Value::Decimal(a)), rough(b)) else { return Ok(None) };
    if a_rough != b_rough || !matches!(a_rough, -1 | 1) {
        return Ok(Some(a_rough.cmp(&b_rough)));
    }
    let digits = Digits::of(a);
    let magnitudes = match b {
        Value::Decimal(b) => digits.order(Digits::of(b)),
        Value::BigInt(b) => digits.order_big(b)?,
        Value::Float(b) => digits.order_float(b),
        Value::Int(b) => digits.order_whole(b.unsigned_abs()),
        Value::Uint(b) => digits.order_whole(b),
        // `true`, as it is not 0.
        _ => digits.order_whole(1),
    };
    Ok(Some(if a_rough < 0 { magnitudes.reverse() } else { magnitudes }))
}

/// 0, or 1 for a number above, and 2 for infinity; -1 and -2 below. None for NaN.
#[cfg(feature = "scalars")]
fn rough(value: Value<'_>) -> Option<i8> {
    let (negative, size) = match value {
        Value::Decimal(decimal) => {
            let size = match decimal.class() {
                DecimalClass::Finite => !Digits::of(decimal).is_zero() as i8,
                DecimalClass::Infinite => 2,
                DecimalClass::Nan | DecimalClass::SignallingNan => return None,
            };
            (decimal.is_negative(), size)
        }
        Value::BigInt(int) => (int.is_negative(), 1),
        value => {
            let number = Number::of(value)?;
            let size = match number.exponent {
                i64::MIN => 0,
                i64::MAX => 2,
                _ => 1,
            };
            (number.negative, size)
        }
    };
    Some(if negative { -size } else { size })
}

/// What a number is worth.
#[derive(Clone, Copy)]
struct Number {
    negative: bool,
    /// Place of the highest bit: `i64::MIN` for zero, `i64::MAX` for infinity.
    exponent: i64,
    /// The bits from the highest one on, that one at the top; 0 for zero.
    significand: u64,
}

impl Number {
    /// The number that a value is; none for NaN, for what does not fit, and for what is no number.
    fn of(value: Value<'_>) -> Option<Number> {
        match value {
            Value::Bool(bool) => Some(Number::whole(false, bool.into())),
            Value::Int(int) => Some(Number::whole(int < 0, int.unsigned_abs())),
            Value::Uint(int) => Some(Number::whole(false, int)),
            Value::Float(float) => Number::float(float.to_bits()),
            _ => None,
        }
    }

    fn whole(negative: bool, magnitude: u64) -> Number {
        match magnitude.leading_zeros() {
            64 => Number { negative: false, exponent: i64::MIN, significand: 0 },
            zeros => Number { negative, exponent: 63 - zeros as i64, significand: magnitude << zeros },
        }
    }

    fn float(bits: u64) -> Option<Number> {
        let (negative, exponent, fraction) = (bits >> 63 != 0, (bits >> 52 & 0x7ff) as i64, bits << 12);
        Some(match (exponent, fraction) {
            (0x7ff, 0) => Number { negative, exponent: i64::MAX, significand: 1 << 63 },
            (0x7ff, _) => return None,
            // Subnormal: the fraction times 2^-1074, of which the top bit stands for 2^-1023.
            (0, _) => {
                let fraction = Number::whole(negative, fraction);
                Number { exponent: fraction.exponent.saturating_sub(63 + 1023), ..fraction }
            }
            _ => Number { negative, exponent: exponent - 1023, significand: 1 << 63 | fraction >> 1 },
        })
    }

    /// Which of the two is worth more.
    fn order(self, other: Number) -> Ordering {
        let magnitudes = (self.exponent, self.significand).cmp(&(other.exponent, other.significand));
        match (self.negative, other.negative) {
            (false, false) => magnitudes,
            (true, true) => magnitudes.reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}
