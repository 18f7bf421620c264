//! A value of a region as CBOR, in the shortest form of each head; floats with all their 64 bits.
//!
//! What CBOR has no common form for (infinite decimals, dates and times without a zone, slices, blobs, arrays by shape) is refused, not bent: a
//! document that comes back changed is worse than one that stays where it is. A byte array comes back as bytes, a record as a map.
#![forbid(unsafe_code)]

use std::{convert::Infallible, io};

use cohabit::{Decimal, DecimalClass, Turn, Value};
use minicbor::{Encoder, data::Tag, encode};
use num_bigint::{BigInt, Sign};

use super::{Unwritten, is_map};
use crate::walk::{Step, Walk};

impl From<encode::Error<Infallible>> for Unwritten {
    fn from(error: encode::Error<Infallible>) -> Unwritten {
        Unwritten::Writer(io::Error::other(error.to_string()))
    }
}

/// The CBOR document of a value.
pub fn write(turn: &Turn<'_>, value: Value<'_>) -> Result<Vec<u8>, Unwritten> {
    let mut out = Encoder::new(Vec::new());
    for step in Walk::new(turn, value)? {
        match step? {
            Step::Begin(container) => {
                let len = container.len(turn)? as u64;
                if is_map(container) { out.map(len) } else { out.array(len) }?;
            }
            Step::Key(value) | Step::Leaf(value) => leaf(turn, &mut out, value)?,
            Step::End => {}
        }
    }
    Ok(out.into_writer())
}

fn leaf(turn: &Turn<'_>, out: &mut Encoder<Vec<u8>>, value: Value<'_>) -> Result<(), Unwritten> {
    match value {
        Value::Null => out.null()?,
        Value::Bool(bool) => out.bool(bool)?,
        Value::Int(int) => out.i64(int)?,
        Value::Uint(int) => out.u64(int)?,
        Value::BigInt(int) => return whole(out, &BigInt::from_signed_bytes_le(int.as_le_bytes())),
        Value::Float(float) => out.f64(float)?,
        Value::Text(text) => out.str(text)?,
        Value::Bytes(bytes) => out.bytes(bytes)?,
        Value::ByteArray(array) => out.bytes(array.as_slice(turn)?)?,
        Value::Decimal(decimal) => return self::decimal(out, decimal),
        Value::Complex(_) => return Err(Unwritten::NoForm("a complex number")),
        Value::Slice(_) => return Err(Unwritten::NoForm("a slice")),
        Value::Date(_) | Value::Time(_) | Value::DateTime(_) | Value::TimeDelta(_) | Value::TimeZone(_) => {
            return Err(Unwritten::NoForm("a date or a time"));
        }
        Value::Blob(_) => return Err(Unwritten::NoForm("a blob")),
        Value::Array(_) => return Err(Unwritten::NoForm("an array")),
        Value::Tuple(_) | Value::FrozenSet(_) | Value::FastSet(_) => {
            return Err(Unwritten::NoForm("a key that is a tuple or a set"));
        }
        _ => return Err(Unwritten::NoForm("a kind of value that this program does not know")),
    };
    Ok(())
}

/// A whole number: with tag 2 or 3 where 64 bits are too few.
fn whole(out: &mut Encoder<Vec<u8>>, int: &BigInt) -> Result<(), Unwritten> {
    if let Some(small) = i128::try_from(int).ok().and_then(|int| minicbor::data::Int::try_from(int).ok()) {
        out.int(small)?;
        return Ok(());
    }
    let (tag, amount) = if int.sign() == Sign::Minus { (3, -1 - int) } else { (2, int.clone()) };
    out.tag(Tag::new(tag))?.bytes(&amount.to_bytes_be().1)?;
    Ok(())
}

/// `4([exponent, mantissa])`.
fn decimal(out: &mut Encoder<Vec<u8>>, decimal: Decimal<'_>) -> Result<(), Unwritten> {
    let digits: Vec<u8> = decimal.digits().collect();
    let mantissa = match BigInt::parse_bytes(&digits, 10) {
        Some(mantissa) if decimal.class() == DecimalClass::Finite => mantissa,
        _ => return Err(Unwritten::NoForm("a decimal number that is infinite or none")),
    };
    if decimal.is_negative() && mantissa.sign() == Sign::NoSign {
        return Err(Unwritten::NoForm("a negative decimal zero"));
    }
    out.tag(Tag::new(4))?.array(2)?.i64(decimal.exponent())?;
    whole(out, &if decimal.is_negative() { -mantissa } else { mantissa })
}
