//! [`bigdecimal::BigDecimal`], both ways (feature `bigdecimal`).
//!
//! Writing borrows a text, so it has to be somewhere first: [`Decimal::text_of`] makes one. (Those that the crate itself prints do not
//! keep the exponent of a zero.)

#![forbid(unsafe_code)]

extern crate alloc;
use alloc::{format, string::String, vec::Vec};

use bigdecimal::{
    BigDecimal,
    num_bigint::{BigInt, Sign},
};

use super::{Decimal, DecimalClass};
use crate::error::Error;

impl Decimal<'_> {
    /// The text of a number, exactly, to be [parsed](Self::parse). O(length²), as digits are.
    pub fn text_of(number: &BigDecimal) -> String {
        let (int, scale) = number.as_bigint_and_scale();
        format!("{int}E{}", -i128::from(scale))
    }
}

impl TryFrom<Decimal<'_>> for BigDecimal {
    type Error = Error;

    /// A copy, with all trailing zeros; the sign of a zero is lost, because it cannot have one. [`Error::BadValue`] for infinities and
    /// NaNs.
    fn try_from(decimal: Decimal<'_>) -> Result<BigDecimal, Error> {
        if decimal.class() != DecimalClass::Finite {
            return Err(Error::BadValue);
        }
        let digits: Vec<u8> = decimal.digits().map(|digit| digit - b'0').collect();
        let sign = if decimal.is_negative() { Sign::Minus } else { Sign::Plus };
        let int = BigInt::from_radix_be(sign, &digits, 10).ok_or(Error::BadValue)?;
        Ok(BigDecimal::new(int, -decimal.exponent()))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn numbers_of_any_length_lead_back() {
        let long = "1234567890".repeat(200);
        for text in [
            "0",
            "0.00",
            "1.20",
            "-12.50",
            "1E+6",
            "1.5E-4000",
            "-9.99E+99999999",
            "0E+3",
            "0.000001",
            "12345",
            &long,
        ] {
            let number = BigDecimal::try_from(Decimal::parse(text).unwrap()).unwrap();
            let written = Decimal::text_of(&number);
            assert_eq!(Decimal::parse(&written).unwrap().to_string(), text, "{written}");
        }
        for text in ["inf", "-NaN5"] {
            assert_eq!(BigDecimal::try_from(Decimal::parse(text).unwrap()), Err(Error::BadValue));
        }
    }
}
