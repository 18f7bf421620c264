//! What two keys have in common when they are one, told in another way than the core does: numbers by their decimal digits.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use cohabit::{BigInt, Complex, Decimal, DecimalClass, Key, Value};

/// What two keys have in common when they are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Same {
    /// Null.
    Null,
    /// A whole number of up to 30 digits, whatever its type.
    Whole(i128),
    /// Another float, by its bits.
    Float(u64),
    /// Another number: whether it is below 0, its digits without zeros at the end, how many of them are before the point.
    Digits(bool, String, i64),
    /// A complex number by its parts.
    Complex([Box<Same>; 2]),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A date or time or span of this type, by a number.
    Time(char, i128),
    /// A codec's name, and bytes.
    Blob(String, Vec<u8>),
    /// A tuple.
    Tuple(Vec<Same>),
    /// A frozen set, fast or not.
    Set(BTreeSet<Same>),
}

impl Same {
    /// That of a key.
    ///
    /// # Panics
    /// If it is a tuple or set, of which only the shadow knows what is in it.
    pub fn of(key: Key<'_>) -> Same {
        match key {
            Key::Null => Same::Null,
            Key::Bool(bool) => Same::Whole(bool as i128),
            Key::Int(int) => Same::Whole(int as i128),
            Key::Uint(int) => Same::Whole(int as i128),
            Key::Float(float) if float.is_nan() => Same::Float(f64::NAN.to_bits()),
            Key::Float(float) if float.fract() == 0.0 && float.abs() < 1e30 => Same::Whole(float as i128),
            Key::Float(float) => Same::Float(float.to_bits()),
            Key::Text(text) => Same::Text(text.into()),
            Key::Bytes(bytes) => Same::Bytes(bytes.into()),
            Key::Other(value) => Same::of_scalar(value),
        }
    }

    fn of_scalar(value: Value<'_>) -> Same {
        match value {
            Value::BigInt(int) => {
                let (negative, digits) = digits_of(int);
                let point = digits.len() as i64;
                Same::of_digits(negative, &digits, point)
            }
            Value::Decimal(decimal) => Same::of_decimal(decimal),
            Value::Complex(Complex { re, im: 0.0 }) => Same::of(Key::Float(re)),
            Value::Complex(Complex { re, im }) => {
                Same::Complex([re, im].map(|part| Box::new(Same::of(Key::Float(part)))))
            }
            Value::Date(date) => Same::Time('d', date.ordinal().into()),
            Value::Time(time) => Same::Time('t', time.micros().into()),
            Value::DateTime(time) => match time.utc_micros() {
                Some(micros) => Same::Time('u', micros.into()),
                None => Same::Time('n', time.micros().into()),
            },
            Value::TimeDelta(span) => {
                let seconds = span.days() as i128 * 86_400 + span.seconds() as i128;
                Same::Time('s', seconds * 1_000_000 + span.microseconds() as i128)
            }
            Value::TimeZone(zone) => Same::Time('z', zone.offset_micros().into()),
            Value::Blob(blob) => Same::Blob(blob.codec.into(), blob.data.into()),
            other => panic!("{other:?} is no scalar that can be a key"),
        }
    }

    fn of_decimal(decimal: Decimal<'_>) -> Same {
        let sign = if decimal.is_negative() { -1.0 } else { 1.0 };
        match decimal.class() {
            DecimalClass::Infinite => Same::of(Key::Float(f64::INFINITY * sign)),
            DecimalClass::Nan | DecimalClass::SignallingNan => Same::of(Key::Float(f64::NAN)),
            DecimalClass::Finite => {
                let digits: String = decimal.digits().map(char::from).collect();
                let point = decimal.exponent() + digits.len() as i64;
                Same::of_digits(decimal.is_negative(), &digits, point)
            }
        }
    }

    fn of_digits(negative: bool, digits: &str, point: i64) -> Same {
        let leading = digits.len() - digits.trim_start_matches('0').len();
        let (digits, point) = (digits.trim_matches('0'), point - leading as i64);
        if digits.is_empty() {
            return Same::Whole(0);
        }
        let sign = if negative { "-" } else { "" };
        if (digits.len() as i64..=30).contains(&point) {
            let whole = format!("{sign}{digits}{}", "0".repeat(point as usize - digits.len()));
            return Same::Whole(whole.parse().expect("30 digits"));
        }
        let float: f64 = format!("{sign}0.{digits}e{point}").parse().expect("a number");
        let exact = format!("{:.766e}", float.abs());
        if let Some((mantissa, exponent)) = exact.split_once('e') {
            let same = mantissa.replace('.', "").trim_end_matches('0') == digits;
            if same && exponent.parse() == Ok(point - 1) {
                return Same::Float(float.to_bits());
            }
        }
        Same::Digits(negative, digits.into(), point)
    }
}

/// Whether a whole number is below 0, and its decimal digits.
fn digits_of(int: BigInt<'_>) -> (bool, String) {
    let mut magnitude = int.as_le_bytes().to_vec();
    if int.is_negative() {
        let mut carry = true;
        for byte in &mut magnitude {
            (*byte, carry) = (!*byte).overflowing_add(carry as u8);
        }
    }
    let mut digits = Vec::new();
    while magnitude.iter().any(|byte| *byte != 0) {
        let mut rest = 0u32;
        for byte in magnitude.iter_mut().rev() {
            rest = rest << 8 | *byte as u32;
            (*byte, rest) = ((rest / 10) as u8, rest % 10);
        }
        digits.push(b'0' + rest as u8);
    }
    digits.reverse();
    (int.is_negative(), String::from_utf8(digits).expect("digits"))
}
