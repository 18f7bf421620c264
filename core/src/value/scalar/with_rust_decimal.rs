//! [`rust_decimal::Decimal`], both ways (feature `rust_decimal`). Sign and trailing zeros are kept.

#![forbid(unsafe_code)]

use core::fmt::Write;

use super::{Decimal, DecimalClass, Owned};
use crate::{error::Error, value::Input};

/// The longest is 31 characters: a sign, a digit, a point, 28 digits.
struct Text {
    bytes: [u8; 31],
    len: usize,
}

impl Write for Text {
    fn write_str(&mut self, piece: &str) -> core::fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + piece.len()).ok_or(core::fmt::Error)?;
        room.copy_from_slice(piece.as_bytes());
        self.len += piece.len();
        Ok(())
    }
}

impl TryFrom<rust_decimal::Decimal> for Input<'_> {
    type Error = Error;

    fn try_from(decimal: rust_decimal::Decimal) -> Result<Self, Error> {
        let mut text = Text { bytes: [0; 31], len: 0 };
        write!(text, "{decimal}").map_err(|_| Error::BadValue)?;
        Ok(Input::Owned(Owned::decimal(text.bytes.get(..text.len).unwrap_or_default())))
    }
}

impl TryFrom<Decimal<'_>> for rust_decimal::Decimal {
    type Error = Error;

    /// [`Error::BadValue`] for what it cannot hold exactly: infinities, NaNs, more than 96 bits, an exponent beyond -28.
    fn try_from(decimal: Decimal<'_>) -> Result<rust_decimal::Decimal, Error> {
        if decimal.class() != DecimalClass::Finite {
            return Err(Error::BadValue);
        }
        let shifted = |sum: i128, digit: u8| sum.checked_mul(10)?.checked_add((digit - b'0').into());
        let mantissa = decimal.digits().try_fold(0, shifted).ok_or(Error::BadValue)?;
        let exponent = decimal.exponent();
        let (mantissa, scale) = match u32::try_from(exponent) {
            Ok(zeros) => (10i128.checked_pow(zeros).and_then(|power| mantissa.checked_mul(power)), 0),
            Err(_) => (Some(mantissa), u32::try_from(-exponent).unwrap_or(u32::MAX)),
        };
        let mut found =
            rust_decimal::Decimal::try_from_i128_with_scale(mantissa.ok_or(Error::BadValue)?, scale)
                .map_err(|_| Error::BadValue)?;
        found.set_sign_negative(decimal.is_negative());
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn what_it_can_hold_leads_back() {
        for text in [
            "0",
            "-0.00",
            "1.20",
            "-79228162514264337593543950335",
            "-7.9228162514264337593543950335",
            "1E-28",
        ] {
            let decimal = Decimal::parse(text).unwrap();
            let number = rust_decimal::Decimal::try_from(decimal).unwrap();
            let Ok(Input::Owned(owned)) = Input::try_from(number) else { panic!("{text}") };
            assert_eq!(owned.value().as_decimal().map(|found| found.to_string()), Some(text.into()));
        }
        let million = rust_decimal::Decimal::try_from(Decimal::parse("1E+6").unwrap()).unwrap();
        assert_eq!(million.to_string(), "1000000");
        for text in ["inf", "nan", "1E-29", "1E+29", "79228162514264337593543950336", "1E+999999999999"] {
            assert_eq!(rust_decimal::Decimal::try_from(Decimal::parse(text).unwrap()), Err(Error::BadValue));
        }
    }
}
