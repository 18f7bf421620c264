//! Keys of maps: null, booleans, numbers, texts, bytes, and whatever else does not change; when two are equal, and how they hash.
//!
//! Numbers are equal when their values are: `1`, `1.0` and `true` are one key, as in Python. All NaNs are one
//! key. Text and bytes are equal byte by byte, and a text never equals bytes. All other keys are for `deep_key.rs`; here is
//! what most keys are, and has to be quick.
//!
//! Equality and hash are part of the format. What is hashed is the text, the bytes, or the 64 bits of a number's canonical
//! form, by the hash that the region's header names (`hash.rs`), keyed by the region's random seed; 32 bits are kept in the map. Crafted keys cannot be aimed at a region without its seed.

#![forbid(unsafe_code)]

use crate::{
    error::Error,
    heap::{Heap, Kind},
    value::{Prepared, Value, payload_of, tag},
};

/// A key of a map; made by `From` from numbers, texts, bytes, the other scalars, tuples and frozen sets.
///
/// A tuple or frozen set that becomes a key is *placed*: it has to be in this party's holdings, and is in the map from then on. To look
/// one up takes nothing; it may be anywhere. Where an equal key is there already, the map keeps that, and one in the holdings that
/// was to become a key is destroyed.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Key<'k> {
    /// Nothing: a key like any other.
    Null,
    /// Equal to the number 0 or 1.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above `i64::MAX`.
    Uint(u64),
    /// A float; equal to a whole number of the same value.
    Float(f64),
    /// A text.
    Text(&'k str),
    /// Bytes.
    Bytes(&'k [u8]),
    /// Anything else that does not change: a scalar, but no slice; a tuple of keys; a frozen set, fast or not.
    #[cfg(feature = "scalars")]
    Other(Value<'k>),
}

macro_rules! from {
    ($($from:ty => |$x:ident| $to:expr;)*) => {$(
        impl<'k> From<$from> for Key<'k> {
            #[inline(always)]
            fn from($x: $from) -> Key<'k> { $to }
        }
    )*};
}

from! {
    () => |_unit| Key::Null;
    bool => |x| Key::Bool(x);
    i32 => |x| Key::Int(x.into());
    i64 => |x| Key::Int(x);
    u8 => |x| Key::Int(x.into());
    u32 => |x| Key::Int(x.into());
    u64 => |x| if x <= i64::MAX as u64 { Key::Int(x as i64) } else { Key::Uint(x) };
    f64 => |x| Key::Float(x);
    &'k str => |x| Key::Text(x);
    &'k [u8] => |x| Key::Bytes(x);
}

#[cfg(feature = "scalars")]
mod others {
    use super::Key;
    use crate::{
        handle::{FastSet, FrozenSet, Tuple},
        value::{BigInt, Blob, Complex, Date, DateTime, Decimal, Time, TimeDelta, TimeZone, Value},
    };

    from! {
        BigInt<'k> => |x| Key::Other(Value::BigInt(x));
        Complex => |x| Key::Other(Value::Complex(x));
        Decimal<'k> => |x| Key::Other(Value::Decimal(x));
        Date => |x| Key::Other(Value::Date(x));
        Time<'k> => |x| Key::Other(Value::Time(x));
        DateTime<'k> => |x| Key::Other(Value::DateTime(x));
        TimeDelta => |x| Key::Other(Value::TimeDelta(x));
        TimeZone<'k> => |x| Key::Other(Value::TimeZone(x));
        Blob<'k> => |x| Key::Other(Value::Blob(x));
        Tuple => |x| Key::Other(Value::Tuple(x));
        FrozenSet => |x| Key::Other(Value::FrozenSet(x));
        FastSet => |x| Key::Other(Value::FastSet(x));
    }
}

impl<'k, const N: usize> From<&'k [u8; N]> for Key<'k> {
    fn from(bytes: &'k [u8; N]) -> Key<'k> {
        Key::Bytes(bytes)
    }
}

impl<'k> TryFrom<Value<'k>> for Key<'k> {
    type Error = Error;

    /// What can be changed cannot be a key, nor can maps, slices, records, instances and arrays: [`Error::WrongType`]. Of a tuple
    /// it only shows when it is used whether everything in it can be.
    fn try_from(value: Value<'k>) -> Result<Key<'k>, Error> {
        Ok(match value {
            Value::Null => Key::Null,
            Value::Bool(x) => Key::Bool(x),
            Value::Int(x) => Key::Int(x),
            Value::Uint(x) => Key::Uint(x),
            Value::Float(x) => Key::Float(x),
            Value::Text(x) => Key::Text(x),
            Value::Bytes(x) => Key::Bytes(x),
            #[cfg(feature = "scalars")]
            Value::BigInt(_)
            | Value::Complex(_)
            | Value::Decimal(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::DateTime(_)
            | Value::TimeDelta(_)
            | Value::TimeZone(_)
            | Value::Blob(_)
            | Value::Tuple(_)
            | Value::FrozenSet(_)
            | Value::FastSet(_) => Key::Other(value),
            _ => return Err(Error::WrongType),
        })
    }
}

impl<'k> From<Key<'k>> for Value<'k> {
    fn from(key: Key<'k>) -> Value<'k> {
        match key {
            Key::Null => Value::Null,
            Key::Bool(x) => Value::Bool(x),
            Key::Int(x) => Value::Int(x),
            Key::Uint(x) => Value::Uint(x),
            Key::Float(x) => Value::Float(x),
            Key::Text(x) => Value::Text(x),
            Key::Bytes(x) => Value::Bytes(x),
            #[cfg(feature = "scalars")]
            Key::Other(x) => x,
        }
    }
}

/// What a stored key has to be to match.
#[derive(Clone, Copy)]
pub(crate) enum Form<'k> {
    /// This very cell: null, or text or bytes of up to 8 bytes.
    Cell { tag: u8, payload: u64 },
    /// A number of this canonical form; stored as (tag, payload) if it is not there yet.
    Number { class: u8, canonical: u64, tag: u8, payload: u64 },
    /// A block of this kind with these bytes.
    Block { kind: Kind, bytes: &'k [u8] },
    /// What is one key with this value, which may have so many levels of sets.
    #[cfg(feature = "scalars")]
    Other { value: Value<'k>, levels: u8 },
}

/// A key being looked for.
#[derive(Clone, Copy)]
pub(crate) struct Query<'k> {
    pub(crate) form: Form<'k>,
    pub(crate) hash: u32,
}

impl Heap<'_> {
    /// The hash of a key and what matches it. O(1), or O(length), or O(size) of a tuple or set.
    #[inline(always)]
    pub(crate) fn query<'k>(&self, key: Key<'k>) -> Result<Query<'k>, Error> {
        Ok(match key {
            Key::Int(int) => self.number_query(tag::INT, int as u64),
            Key::Bool(bool) => self.number_query(tag::FALSE + bool as u8, 0),
            Key::Text(text) => self.bytes_query(Kind::Text, tag::TEXT, text.as_bytes()),
            Key::Bytes(bytes) => self.bytes_query(Kind::Bytes, tag::BYTES, bytes),
            Key::Uint(int) => {
                self.number_query(if int > i64::MAX as u64 { tag::UINT } else { tag::INT }, int)
            }
            Key::Float(float) => self.number_query(tag::FLOAT, float.to_bits()),
            Key::Null => Query { form: Form::Cell { tag: tag::NULL, payload: 0 }, hash: self.hash(&[]) },
            #[cfg(feature = "scalars")]
            Key::Other(value) => return self.query_other(value),
        })
    }

    #[inline(always)]
    fn number_query(&self, tag: u8, payload: u64) -> Query<'static> {
        let (class, canonical) = canonical(tag, payload);
        Query { form: Form::Number { class, canonical, tag, payload }, hash: self.hash_int(canonical as i64) }
    }

    #[inline(always)]
    fn bytes_query<'k>(&self, kind: Kind, tag: u8, bytes: &'k [u8]) -> Query<'k> {
        let hash = self.hash(bytes);
        let form = match bytes.len() {
            0..=8 => Form::Cell { tag: tag + bytes.len() as u8, payload: payload_of(bytes) },
            _ => Form::Block { kind, bytes },
        };
        Query { form, hash }
    }

    #[inline(always)]
    pub(super) fn hash(&self, bytes: &[u8]) -> u32 {
        self.shape.hash_key.hash(self.shape.hash, bytes)
    }

    /// The hash of a number whose canonical form this is.
    #[inline(always)]
    pub(super) fn hash_int(&self, int: i64) -> u32 {
        self.shape.hash_key.hash_number(self.shape.hash, int as u64)
    }

    /// Brings a key that is not there yet into the form of a cell.
    pub(super) fn prepare_key(&mut self, query: &Query<'_>) -> Result<Prepared, Error> {
        match query.form {
            Form::Cell { tag, payload } => Ok(Prepared::scalar(payload, tag)),
            Form::Number { tag, payload, .. } => Ok(Prepared::scalar(payload, tag)),
            Form::Block { kind, bytes } => {
                let object = self.new_leaf(kind, bytes)?;
                let payload = self.handle(object)?.bits();
                Ok(Prepared { payload, tag: tag::OBJECT + kind as u8, object, fresh: true })
            }
            #[cfg(feature = "scalars")]
            Form::Other { value, .. } => self.prepare(crate::value::Input::Value(value)),
        }
    }

    /// Whether the key cell (payload, tag) is the one looked for.
    #[inline(always)]
    pub(crate) fn key_matches(&self, payload: u64, tag: u8, form: &Form<'_>) -> Result<bool, Error> {
        match *form {
            Form::Cell { tag: wanted, payload: value } => Ok(tag == wanted && payload == value),
            Form::Number { class, canonical: value, .. } => {
                if tag == class && payload == value {
                    return Ok(true);
                }
                if tag == tag::INT || tag == tag::UINT {
                    return Ok(false);
                }
                match tag {
                    tag::FALSE | tag::TRUE | tag::FLOAT => Ok(canonical(tag, payload) == (class, value)),
                    #[cfg(feature = "scalars")]
                    tag if is_other_number(tag) => self.is_number(payload, tag, (class, value)),
                    _ => Ok(false),
                }
            }
            Form::Block { kind, bytes } => {
                // Only compared, so not checked to be UTF-8.
                Ok(tag == tag::OBJECT + kind as u8 && self.leaf_is(payload as u32, kind, bytes))
            }
            // They are compared where more is known of the cell.
            #[cfg(feature = "scalars")]
            Form::Other { .. } => Ok(false),
        }
    }
}

/// Whether a cell with this tag holds a decimal, complex or large whole number.
#[cfg(feature = "scalars")]
fn is_other_number(tag: u8) -> bool {
    const BIG: u8 = tag::OBJECT + Kind::BigInt as u8;
    const COMPLEX: u8 = tag::OBJECT + Kind::Complex as u8;
    const LONG: u8 = tag::OBJECT + Kind::Decimal as u8;
    matches!(tag, tag::DECIMAL..=tag::DECIMAL_8 | BIG | COMPLEX | LONG)
}

/// The form of a number that equal numbers share: a whole one as `INT` or `UINT` if it fits, other floats by their bits.
///
/// By integer arithmetic, so that a core without floating point does not need its routines for this.
pub(super) fn canonical(tag: u8, payload: u64) -> (u8, u64) {
    match tag {
        tag::FALSE => (tag::INT, 0),
        tag::TRUE => (tag::INT, 1),
        tag::FLOAT => {
            let (negative, exponent, fraction) = (payload >> 63 != 0, payload >> 52 & 0x7ff, payload << 12);
            if exponent == 0 && fraction == 0 {
                return (tag::INT, 0);
            }
            if exponent == 0x7ff && fraction != 0 {
                return (tag::FLOAT, 0x7ff8_0000_0000_0000);
            }
            // 1.fraction times 2^(exponent - 1023), as a 64-bit number with 63 binary places.
            let significand = 1 << 63 | fraction >> 1;
            let Some(places) = (63 + 1023u64).checked_sub(exponent).filter(|places| *places <= 63) else {
                return (tag::FLOAT, payload);
            };
            let whole = significand >> places;
            if whole << places != significand || negative && whole > 1 << 63 {
                return (tag::FLOAT, payload);
            }
            match negative {
                true => (tag::INT, whole.wrapping_neg()),
                false => (if whole > i64::MAX as u64 { tag::UINT } else { tag::INT }, whole),
            }
        }
        _ => (tag, payload),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_floats_take_the_form_of_the_integer_they_equal() {
        let float = |float: f64| canonical(tag::FLOAT, float.to_bits());
        for int in [0i64, 1, -1, 2, 3, 100, -12345, 1 << 53, -(1 << 53), i64::MIN, 1 << 62, -(1 << 62)] {
            assert_eq!(float(int as f64), (tag::INT, int as u64), "{int}");
        }
        assert_eq!(float(-0.0), (tag::INT, 0));
        assert_eq!(float(9223372036854775808.0), (tag::UINT, 1 << 63));
        assert_eq!(float(18446744073709549568.0), (tag::UINT, 18446744073709549568));
        for odd in [
            0.5,
            -0.5,
            1.5,
            1e300,
            -1e300,
            5e-324,
            18446744073709551616.0,
            -9223372036854777856.0,
            f64::INFINITY,
        ] {
            assert_eq!(float(odd), (tag::FLOAT, odd.to_bits()), "{odd}");
        }
        assert_eq!(float(f64::NAN), canonical(tag::FLOAT, f64::NAN.to_bits() | 1 | 1 << 63));
        assert_eq!(canonical(tag::TRUE, 0), (tag::INT, 1));
    }
}
