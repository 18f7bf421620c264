//! Decimal numbers of any length, as the General Decimal Arithmetic specification has them: the number's text, a leaf, or in
//! the cell up to 8 characters.
//!
//! The text is the specification's *to-scientific-string*, which keeps everything: sign, digits (trailing zeros, too), exponent,
//! and a NaN's payload. What is written differently (`+1`, `1E3`, `inf`) takes that form when it is stored; so equal
//! representations are equal bytes, and what Python's `str(Decimal(...))` prints is what lies in the region.

#![forbid(unsafe_code)]

use core::fmt;

use crate::error::Error;

/// The largest exponent of the first digit, and the least of the last: those of Python's `decimal` on 64 bits.
const MOST: i64 = 999_999_999_999_999_999;
const LEAST: i64 = -1_999_999_999_999_999_997;

/// What kind of decimal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum DecimalClass {
    /// A number.
    Finite,
    /// An infinity.
    Infinite,
    /// Not a number.
    Nan,
    /// Not a number, and whoever computes with it is to be told.
    SignallingNan,
}

/// A decimal number of any length, an infinity, or a NaN.
///
/// A view of its text, wherever that is. `==` compares representations: `1.0` and `1.00` are two values.
#[derive(Clone, Copy)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Decimal<'a>(&'a str);

impl<'a> Decimal<'a> {
    /// The number that a text of the specification's grammar means, as `-12.50`, `1e+3`, `Infinity`, `sNaN7`; upper and lower
    /// case are alike, and there are no blanks. O(length); nothing is copied.
    ///
    /// [`Error::BadValue`] if it is none, or an exponent is out of Python's range (18 digits, nearly).
    pub fn parse(text: &'a str) -> Result<Decimal<'a>, Error> {
        Parts::of(text).map(|_| Decimal(text)).ok_or(Error::BadValue)
    }

    /// The text that it was made of. If it was read from a region, that is the canonical one, which `{}` always prints.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    fn parts(self) -> Parts<'a> {
        // It has been parsed before.
        Parts::of(self.0).unwrap_or(Parts::ZERO)
    }

    /// What kind it is. O(length), as all of these.
    pub fn class(self) -> DecimalClass {
        self.parts().class
    }

    /// Whether it has a minus sign; zeros and NaNs may, too.
    pub fn is_negative(self) -> bool {
        self.parts().negative
    }

    /// The digits of the coefficient in ASCII, without leading zeros, `0` for zero; of a NaN's payload; none for an infinity.
    pub fn digits(self) -> impl Iterator<Item = u8> + 'a {
        let parts = self.parts();
        parts.whole.bytes().chain(parts.fraction.bytes())
    }

    /// The power of ten that the coefficient is multiplied by; 0 for infinities and NaNs.
    pub fn exponent(self) -> i64 {
        self.parts().exponent
    }

    /// Tells the canonical text, piece by piece.
    pub(super) fn tell(self, to: &mut dyn FnMut(&[u8])) {
        self.parts().tell(to);
    }
}

/// A number's text taken apart.
#[derive(Clone, Copy, PartialEq)]
struct Parts<'a> {
    negative: bool,
    class: DecimalClass,
    /// The coefficient's digits, in two pieces, without leading zeros.
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Parts<'a> {
    const ZERO: Parts<'static> =
        Parts { negative: false, class: DecimalClass::Finite, whole: "0", fraction: "", exponent: 0 };

    fn of(text: &'a str) -> Option<Parts<'a>> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let special = |class, digits| Parts { negative, class, whole: digits, fraction: "", exponent: 0 };
        if rest.eq_ignore_ascii_case("inf") || rest.eq_ignore_ascii_case("infinity") {
            return Some(special(DecimalClass::Infinite, ""));
        }
        for (name, class) in [("nan", DecimalClass::Nan), ("snan", DecimalClass::SignallingNan)] {
            if let Some(payload) = without_prefix(rest, name) {
                let digits = payload.bytes().all(|byte| byte.is_ascii_digit());
                return digits.then_some(special(class, payload.trim_start_matches('0')));
            }
        }
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (rest.get(..at)?, exponent_of(rest.get(at + 1..)?)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        if !digits || whole.len() + fraction.len() == 0 {
            return None;
        }
        let exponent = exponent.checked_sub_unsigned(fraction.len() as u64)?;
        let parts = Parts { negative, whole, fraction, exponent, ..Parts::ZERO }.without_leading_zeros();
        (exponent >= LEAST && parts.adjusted() <= MOST).then_some(parts)
    }

    fn without_leading_zeros(self) -> Parts<'a> {
        let whole = self.whole.trim_start_matches('0');
        let fraction = if whole.is_empty() { self.fraction.trim_start_matches('0') } else { self.fraction };
        let whole = if whole.is_empty() && fraction.is_empty() { "0" } else { whole };
        Parts { whole, fraction, ..self }
    }

    fn len(&self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    /// The exponent of the first digit.
    fn adjusted(&self) -> i64 {
        self.exponent.saturating_add(self.len() as i64 - 1)
    }

    /// Digits `from..to` of the coefficient.
    fn tell_digits(&self, from: usize, to: usize, tell: &mut dyn FnMut(&[u8])) {
        let mut start = 0;
        for piece in [self.whole, self.fraction] {
            let clamp = |at: usize| at.clamp(start, start + piece.len()) - start;
            if let Some(digits @ [_, ..]) = piece.as_bytes().get(clamp(from)..clamp(to)) {
                tell(digits);
            }
            start += piece.len();
        }
    }

    /// *To-scientific-string*: without an exponent where that takes no more than 5 zeros behind the point, else with one
    /// digit before it.
    fn tell(&self, tell: &mut dyn FnMut(&[u8])) {
        if self.negative {
            tell(b"-");
        }
        match self.class {
            DecimalClass::Finite => {}
            DecimalClass::Infinite => return tell(b"Infinity"),
            DecimalClass::Nan => tell(b"NaN"),
            DecimalClass::SignallingNan => tell(b"sNaN"),
        }
        let len = self.len();
        if self.exponent == 0 {
            return self.tell_digits(0, len, tell);
        }
        let adjusted = self.adjusted();
        if self.exponent < 0 && adjusted >= -6 {
            if adjusted < 0 {
                tell(b"0.");
                // Of at most five zeros, those before the first digit.
                tell(b"00000".get(..(-adjusted) as usize - 1).unwrap_or_default());
                return self.tell_digits(0, len, tell);
            }
            let before = adjusted as usize + 1;
            self.tell_digits(0, before, tell);
            tell(b".");
            return self.tell_digits(before, len, tell);
        }
        self.tell_digits(0, 1, tell);
        if len > 1 {
            tell(b".");
            self.tell_digits(1, len, tell);
        }
        tell(if adjusted < 0 { b"E-" } else { b"E+" });
        let mut digits = [0; 20];
        let (mut rest, mut at) = (adjusted.unsigned_abs(), digits.len());
        for (index, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0' + (rest % 10) as u8;
            (rest, at) = (rest / 10, index);
            if rest == 0 {
                break;
            }
        }
        tell(digits.get(at..).unwrap_or_default());
    }
}

fn without_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let found = text.get(..prefix.len())?;
    if found.eq_ignore_ascii_case(prefix) { text.get(prefix.len()..) } else { None }
}

/// The number after an `E`: a sign or none, and digits. (Beyond what any number may have, it need not be exact.)
fn exponent_of(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let magnitude = digits.iter().try_fold(0i64, |sum, digit| {
        digit.is_ascii_digit().then(|| sum.saturating_mul(10).saturating_add((digit - b'0') as i64))
    })?;
    Some(if negative { -magnitude } else { magnitude })
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.parts(), other.parts());
        (a.negative, a.class, a.exponent, a.len()) == (b.negative, b.class, b.exponent, b.len())
            && self.digits().eq(other.digits())
    }
}

impl Eq for Decimal<'_> {}

/// The canonical text.
impl fmt::Display for Decimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut done = Ok(());
        self.tell(&mut |piece| {
            let text = core::str::from_utf8(piece).unwrap_or_default();
            done = done.and_then(|()| f.write_str(text));
        });
        done
    }
}

/// `Decimal(1E+3)`.
impl fmt::Debug for Decimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::{format, string::String, string::ToString};

    use super::*;

    #[test]
    fn texts_take_the_form_that_python_prints() {
        for (text, canonical) in [
            ("0", "0"),
            ("-0", "-0"),
            ("007.00", "7.00"),
            ("+1", "1"),
            ("5.", "5"),
            (".5", "0.5"),
            ("1.e5", "1E+5"),
            ("1E0", "1"),
            ("00E1", "0E+1"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1E-7"),
            ("0.00000123", "0.00000123"),
            ("0.000000123", "1.23E-7"),
            ("0E-6", "0.000000"),
            ("0E-7", "0E-7"),
            ("123E-3", "0.123"),
            ("123E-2", "1.23"),
            ("12.345e-2", "0.12345"),
            ("1234.5e10", "1.2345E+13"),
            ("12E1", "1.2E+2"),
            ("0.0e5", "0E+4"),
            ("inF", "Infinity"),
            ("-INFINITY", "-Infinity"),
            ("nan007", "NaN7"),
            ("NaN0", "NaN"),
            ("-snan12", "-sNaN12"),
            ("1E+999999999999999999", "1E+999999999999999999"),
            ("12E999999999999999998", "1.2E+999999999999999999"),
            ("1E-1999999999999999997", "1E-1999999999999999997"),
        ] {
            let decimal = Decimal::parse(text).unwrap();
            assert_eq!(decimal.to_string(), canonical, "{text}");
            let again = Decimal::parse(canonical).unwrap();
            assert_eq!((again.to_string().as_str(), again), (canonical, decimal));
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "+",
            ".",
            "e1",
            "1e",
            "1e+",
            "1e1.0",
            "1.2.3",
            "--1",
            "1_000",
            " 1",
            "1 ",
            "0x1",
            "infin",
            "nanx",
            "sna",
            "na\u{303}n",
            "\u{ff11}",
            "é",
            "nan-1",
            "1E+1000000000000000000",
            "0E+1000000000000000000",
            "12E999999999999999999",
            "123E-1999999999999999998",
            "0E-1999999999999999998",
            "-0e99999999999999999999",
            "1e-99999999999999999999999",
        ] {
            assert_eq!(Decimal::parse(text).map(|found| found.to_string()), Err(Error::BadValue), "{text}");
        }
    }

    #[test]
    fn a_decimal_tells_its_parts() {
        let parts = |text| {
            let decimal = Decimal::parse(text).unwrap();
            let digits: String = decimal.digits().map(char::from).collect();
            (decimal.is_negative(), digits, decimal.exponent(), decimal.class())
        };
        assert_eq!(parts("-0012.50e3"), (true, "1250".into(), 1, DecimalClass::Finite));
        assert_eq!(parts("0.00"), (false, "0".into(), -2, DecimalClass::Finite));
        assert_eq!(parts("inf"), (false, "".into(), 0, DecimalClass::Infinite));
        assert_eq!(parts("-NaN0123"), (true, "123".into(), 0, DecimalClass::Nan));
        assert_eq!(parts("sNaN"), (false, "".into(), 0, DecimalClass::SignallingNan));
    }

    #[test]
    fn equal_representations_are_equal_however_they_were_written() {
        let decimal = |text| Decimal::parse(text).unwrap();
        assert_eq!(decimal("1.0"), decimal("10e-1"));
        assert_eq!(decimal("nan"), decimal("NaN000"));
        for (a, b) in
            [("1.0", "1.00"), ("0", "-0"), ("nan", "snan"), ("nan1", "nan"), ("12", "13"), ("inf", "nan")]
        {
            assert_ne!(decimal(a), decimal(b));
        }
    }

    #[test]
    fn ten_thousand_digits_are_all_there() {
        let tens = if cfg!(miri) { 3 } else { 1000 };
        let (digits, len, half) = ("1234567890".repeat(tens), tens * 10, tens * 5);
        for (text, canonical) in [
            (format!("{digits}e-{half}"), format!("{}.{}", &digits[..half], &digits[half..])),
            (format!("{digits}.{digits}e{len}"), format!("{digits}{digits}")),
            (format!("000{digits}e1"), format!("1.{}E+{len}", &digits[1..])),
        ] {
            assert_eq!(Decimal::parse(&text).unwrap().to_string(), canonical);
        }
    }
}
