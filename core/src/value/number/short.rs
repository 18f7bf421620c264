//! Numbers as keys: equal ones take one form, whatever their types, and that is what is hashed.
//!
//! ```text
//!   whole, of 64 bits      19, 21 (tag::INT, UINT)     5 == 5.0 == Decimal("5.00") == 5+0j
//!   a float                20 (tag::FLOAT)             0.5 == Decimal("0.5");  2^70, 1e300 and infinity are floats, too
//!   whole                  two's complement            10^30 == Decimal("1E+30"), which no float is
//!   any other              a decimal's digits          0.1; and what has more than 4,300 digits before its point
//! ```
//!
//! The first that fits. So numbers of the types that most keys are of never come further than the second line, and hash as if there
//! were no others.

#![forbid(unsafe_code)]

use core::cmp::Ordering;

use super::{
    binary::Binary,
    decimal::{Digits, Whole},
};
use crate::value::{BigInt, Complex, Decimal, DecimalClass, Value, tag};

const NAN: u64 = 0x7ff8 << 48;

/// The number as a cell's tag and payload, if it is worth a whole one of 64 bits or a float; `None` for what is no number, too.
pub(crate) fn short_number(value: Value<'_>) -> Option<(u8, u64)> {
    match value {
        Value::BigInt(int) => short_big(int),
        Value::Decimal(decimal) => short_decimal(decimal),
        Value::Complex(Complex { re, im: 0.0 }) => Some((tag::FLOAT, re.to_bits())),
        _ => None,
    }
}

/// Tells the two's complement of a whole number that is no short one, lowest byte first, as few as it takes; `None` if it is not
/// whole, or a decimal of more than 4,300 digits.
pub(crate) fn with_whole<R>(value: Value<'_>, tell: impl FnOnce(&[u8]) -> R) -> Option<R> {
    match value {
        Value::BigInt(int) => Some(tell(int.as_le_bytes())),
        Value::Decimal(decimal) => {
            let digits = Digits::of(decimal);
            let mut rest = digits.digits();
            let mut whole = Whole::of(&mut rest, digits.point).ok()?;
            if rest.any(|digit| digit != 0) {
                return None;
            }
            Some(tell(BigInt::from_le_bytes(whole.complement(decimal.is_negative())).as_le_bytes()))
        }
        _ => None,
    }
}

fn short_big(int: BigInt<'_>) -> Option<(u8, u64)> {
    match (int.to_i64(), int.to_u64()) {
        (Some(int), _) => Some((tag::INT, int as u64)),
        (_, Some(int)) => Some((tag::UINT, int)),
        _ => Binary::of(int).as_float().map(|bits| (tag::FLOAT, bits)),
    }
}

fn short_decimal(decimal: Decimal<'_>) -> Option<(u8, u64)> {
    let sign = (decimal.is_negative() as u64) << 63;
    match decimal.class() {
        DecimalClass::Finite => {}
        DecimalClass::Infinite => return Some((tag::FLOAT, sign | 0x7ff << 52)),
        DecimalClass::Nan | DecimalClass::SignallingNan => return Some((tag::FLOAT, NAN)),
    }
    let digits = Digits::of(decimal);
    if digits.is_zero() {
        return Some((tag::INT, 0));
    }
    if let Some(short) = whole_of_64(digits, decimal.is_negative()) {
        return Some(short);
    }
    // The nearest float, as the language's own parser has it; any other is further away, so not equal.
    let float: f64 = decimal.as_str().parse().ok()?;
    let equal = float.is_finite() && float != 0.0 && digits.order_float(float) == Ordering::Equal;
    equal.then_some((tag::FLOAT, float.to_bits()))
}

fn whole_of_64(digits: Digits<'_>, negative: bool) -> Option<(u8, u64)> {
    if !(1..=20).contains(&digits.point) {
        return None;
    }
    let mut rest = digits.digits().map(u128::from);
    let magnitude = (0..digits.point).fold(0, |sum, _| sum * 10 + rest.next().unwrap_or(0));
    if rest.any(|digit| digit != 0) {
        return None;
    }
    let int = if negative { -(magnitude as i128) } else { magnitude as i128 };
    match (i64::try_from(int), u64::try_from(int)) {
        (Ok(int), _) => Some((tag::INT, int as u64)),
        (_, Ok(int)) => Some((tag::UINT, int)),
        _ => None,
    }
}

/// Tells sign, place of the point and digits of a decimal that is no other form: digits without zeros at the end, in runs of up to
/// 56.
pub(crate) fn with_digits(decimal: Decimal<'_>, mut tell: impl FnMut(&[u8])) -> (bool, i64) {
    let digits = Digits::of(decimal);
    let count = (1..).zip(digits.digits()).filter(|(_, digit)| *digit != 0).last().map_or(0, |(at, _)| at);
    let (mut run, mut len) = ([0; 56], 0);
    for digit in digits.digits().take(count) {
        if len == run.len() {
            tell(&run);
            len = 0;
        }
        if let Some(place) = run.get_mut(len) {
            *place = digit;
        }
        len += 1;
    }
    tell(run.get(..len).unwrap_or_default());
    (decimal.is_negative(), digits.point)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::{format, string::String, vec::Vec};

    use super::*;

    fn decimal(text: &str) -> Value<'_> {
        Value::Decimal(Decimal::parse(text).unwrap())
    }

    fn float(float: f64) -> Option<(u8, u64)> {
        Some((tag::FLOAT, float.to_bits()))
    }

    #[test]
    fn decimals_that_are_whole_or_floats_take_that_form() {
        for (text, int) in [("0", 0), ("-0.00", 0), ("1.00", 1), ("1E+3", 1000), ("-12.0e1", -120)] {
            assert_eq!(short_number(decimal(text)), Some((tag::INT, int as u64)), "{text}");
        }
        assert_eq!(short_number(decimal("-9223372036854775808.0")), Some((tag::INT, 1 << 63)));
        assert_eq!(short_number(decimal("18446744073709551615")), Some((tag::UINT, u64::MAX)));
        for (text, is) in [
            ("0.5", 0.5),
            ("-2.50", -2.5),
            ("18446744073709551616", 18446744073709551616.0),
            ("-9223372036854777856", -9223372036854777856.0),
            ("Infinity", f64::INFINITY),
            ("-inf", f64::NEG_INFINITY),
            ("1e22", 1e22),
            ("0.1000000000000000055511151231257827021181583404541015625", 0.1),
        ] {
            assert_eq!(short_number(decimal(text)), float(is), "{text}");
        }
        if !cfg!(miri) {
            let least = format!("{:.1074}", f64::from_bits(1));
            assert_eq!(short_number(decimal(&least)), float(f64::from_bits(1)));
        }
        for text in ["0.1", "1e23", "-18446744073709551617", "1e309", "1E-1999999999999999997", "9e99999"] {
            assert_eq!(short_number(decimal(text)), None, "{text}");
        }
        assert_eq!(short_number(decimal("-sNaN12")), Some((tag::FLOAT, NAN)));
    }

    #[test]
    fn large_numbers_that_are_floats_take_that_form() {
        let big = |int: i128| short_number(Value::BigInt(BigInt::from_le_bytes(&int.to_le_bytes())));
        assert_eq!(big(5), Some((tag::INT, 5)));
        assert_eq!(big(1 << 63), Some((tag::UINT, 1 << 63)));
        for int in [1i128 << 64, -(1 << 64), 3 << 70, i128::MIN, ((1 << 53) - 1) << 70] {
            assert_eq!(big(int), float(int as f64), "{int}");
        }
        for int in [(1i128 << 64) + 1, -(1 << 64) - 1, ((1 << 53) + 1) << 60, i128::MAX] {
            assert_eq!(big(int), None, "{int}");
        }
        let mut power = [0; 129];
        power[127] = 0x80;
        assert_eq!(
            short_number(Value::BigInt(BigInt::from_le_bytes(&power))),
            float(f64::from_bits(0x7fe << 52))
        );
        power[127..].copy_from_slice(&[0, 1]);
        assert_eq!(short_number(Value::BigInt(BigInt::from_le_bytes(&power))), None);
    }

    #[test]
    fn whole_decimals_have_the_bytes_of_the_whole_number() {
        for int in
            [10i128.pow(30), -(10i128.pow(30)), i128::MAX, i128::MIN + 1, (1 << 100) + 1, -(1 << 71) - 1]
        {
            let (text, bytes) = (format!("{int}.00"), int.to_le_bytes());
            let bytes = BigInt::from_le_bytes(&bytes).as_le_bytes();
            assert_eq!(with_whole(decimal(&text), <[u8]>::to_vec).as_deref(), Some(bytes), "{int}");
        }
        if !cfg!(miri) {
            let most = format!("-1{}1", "0".repeat(4298));
            assert_eq!(with_whole(decimal(&most), |bytes| bytes.len()), Some(1786));
        }
        for text in ["1E+4300", "123456789012345678901234567890.5", "0.1"] {
            assert_eq!(with_whole(decimal(text), |_| ()), None, "{text}");
        }
    }

    #[test]
    fn digits_come_without_zeros_at_the_end() {
        let told = |text: &str| {
            let mut all = Vec::new();
            let decimal = Decimal::parse(text).unwrap();
            let (negative, point) = with_digits(decimal, |run| all.extend_from_slice(run));
            (negative, point, all.iter().map(|digit| (digit + b'0') as char).collect::<String>())
        };
        assert_eq!(told("0.100"), (false, 0, "1".into()));
        assert_eq!(told("-12.340e-2"), (true, 0, "1234".into()));
        assert_eq!(told("120E+999999999"), (false, 1_000_000_002, "12".into()));
        let long = "1234567".repeat(30);
        assert_eq!(told(&format!("{long}.0")), (false, 210, long.clone()));
    }
}
