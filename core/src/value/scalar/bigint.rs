//! Whole numbers of any size: a leaf of two's-complement bytes, lowest first, and no more of them than it takes.
//!
//! What fits 64 bits is in the cell, as [`Value::Int`](crate::Value::Int) or [`Value::Uint`](crate::Value::Uint), whatever it
//! was written as; so equal numbers are equal bytes.

#![forbid(unsafe_code)]

use core::fmt;

use crate::error::Error;

/// A whole number of any size.
///
/// A view of its bytes, wherever they are: in the region, or in the program that writes it. The digits of a large one are not made
/// here, because that takes memory: `{}` prints numbers of up to 128 bits in decimal and larger ones in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BigInt<'a>(&'a [u8]);

impl<'a> BigInt<'a> {
    /// The number of these bytes, two's complement, lowest first; of any length, none for 0. O(sign bytes too many).
    pub fn from_le_bytes(bytes: &'a [u8]) -> BigInt<'a> {
        let mut rest = bytes;
        // The last byte says nothing if the one before has the same sign, and a lone 0 says nothing at all.
        while let Some((last, before)) = rest.split_last() {
            let implied = match before.last() {
                Some(next) => sign_byte(*next),
                None => 0,
            };
            if *last != implied {
                break;
            }
            rest = before;
        }
        BigInt(rest)
    }

    /// The bytes: two's complement, lowest first, no more than it takes; none for 0.
    pub fn as_le_bytes(self) -> &'a [u8] {
        self.0
    }

    /// Whether it is less than 0.
    pub fn is_negative(self) -> bool {
        self.sign() != 0
    }

    /// What all bytes beyond the last would be.
    fn sign(self) -> u8 {
        self.0.last().map_or(0, |last| sign_byte(*last))
    }

    fn widened<const N: usize>(self) -> Option<[u8; N]> {
        let mut wide = [self.sign(); N];
        wide.get_mut(..self.0.len())?.copy_from_slice(self.0);
        Some(wide)
    }

    /// The number, if it fits.
    pub fn to_i64(self) -> Option<i64> {
        self.widened().map(i64::from_le_bytes)
    }

    /// The number, if it fits.
    pub fn to_u64(self) -> Option<u64> {
        let (low, high) =
            self.widened::<9>()?.split_last().map(|(high, low)| (low.first_chunk().copied(), *high))?;
        if high == 0 { low.map(u64::from_le_bytes) } else { None }
    }

    /// The number, if it fits.
    pub fn to_i128(self) -> Option<i128> {
        self.widened().map(i128::from_le_bytes)
    }

    /// The number, if it fits.
    pub fn to_u128(self) -> Option<u128> {
        let (low, high) =
            self.widened::<17>()?.split_last().map(|(high, low)| (low.first_chunk().copied(), *high))?;
        if high == 0 { low.map(u128::from_le_bytes) } else { None }
    }
}

const fn sign_byte(last: u8) -> u8 {
    if last & 0x80 != 0 { 0xff } else { 0 }
}

impl TryFrom<BigInt<'_>> for i128 {
    type Error = Error;

    /// [`Error::BadValue`] if it does not fit.
    fn try_from(int: BigInt<'_>) -> Result<i128, Error> {
        int.to_i128().ok_or(Error::BadValue)
    }
}

impl TryFrom<BigInt<'_>> for u128 {
    type Error = Error;

    /// [`Error::BadValue`] if it does not fit.
    fn try_from(int: BigInt<'_>) -> Result<u128, Error> {
        int.to_u128().ok_or(Error::BadValue)
    }
}

/// Hexadecimal digits of the magnitude after the sign.
impl fmt::LowerHex for BigInt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_negative() { "-0x" } else { "0x" })?;
        // A number is negated byte by byte: the 1 that is added stops at the lowest byte that is not 0.
        let low = self.0.iter().position(|byte| *byte != 0).unwrap_or(self.0.len());
        let digit = |index: usize| {
            let byte = self.0.get(index).copied().unwrap_or(0);
            match self.is_negative() {
                false => byte,
                true if index <= low => byte.wrapping_neg(),
                true => !byte,
            }
        };
        let top = (0..self.0.len()).rev().find(|index| digit(*index) != 0).unwrap_or(0);
        write!(f, "{:x}", digit(top))?;
        (0..top).rev().try_for_each(|index| write!(f, "{:02x}", digit(index)))
    }
}

impl fmt::Display for BigInt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.to_i128(), self.to_u128()) {
            (Some(int), _) => write!(f, "{int}"),
            (_, Some(int)) => write!(f, "{int}"),
            _ => write!(f, "{self:x}"),
        }
    }
}

/// `BigInt(18446744073709551616)`.
impl fmt::Debug for BigInt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BigInt({self})")
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::{format, string::ToString, vec, vec::Vec};

    use super::*;

    #[test]
    fn bytes_that_say_nothing_are_left_out() {
        let trimmed = |bytes: &'static [u8]| BigInt::from_le_bytes(bytes).as_le_bytes();
        assert_eq!(trimmed(&[]), []);
        assert_eq!(trimmed(&[0, 0, 0]), []);
        assert_eq!(trimmed(&[0xff, 0xff]), [0xff]);
        assert_eq!(trimmed(&[0x7f, 0, 0]), [0x7f]);
        assert_eq!(trimmed(&[0x80, 0, 0]), [0x80, 0]);
        assert_eq!(trimmed(&[0x80, 0xff]), [0x80]);
        assert_eq!(trimmed(&[0x7f, 0xff]), [0x7f, 0xff]);
    }

    #[test]
    fn numbers_of_the_machine_lead_back() {
        for int in [
            0,
            1,
            -1,
            127,
            128,
            -128,
            -129,
            1 << 63,
            -(1 << 63),
            (1 << 63) - 1,
            1 << 64,
            i128::MIN,
            i128::MAX,
        ] {
            let bytes = int.to_le_bytes();
            let big = BigInt::from_le_bytes(&bytes);
            assert_eq!((big.to_i128(), big.is_negative()), (Some(int), int < 0));
            assert_eq!((big.to_i64(), big.to_u64()), (int.try_into().ok(), int.try_into().ok()), "{int}");
            assert_eq!(big.to_u128(), int.try_into().ok());
            assert_eq!(big.to_string(), int.to_string());
            let hex = format!("{}0x{:x}", if int < 0 { "-" } else { "" }, int.unsigned_abs());
            assert_eq!(format!("{big:x}"), hex);
        }
        let bytes = [0xff; 16].into_iter().chain([0]).collect::<Vec<_>>();
        assert_eq!(BigInt::from_le_bytes(&bytes).to_string(), u128::MAX.to_string());
        assert_eq!(u128::try_from(BigInt::from_le_bytes(&bytes)), Ok(u128::MAX));
        assert_eq!(i128::try_from(BigInt::from_le_bytes(&bytes)), Err(Error::BadValue));
    }

    #[test]
    fn large_numbers_print_in_hexadecimal() {
        let mut bytes = vec![0; 513];
        bytes[512] = 1;
        let power = format!("0x1{}", "0".repeat(1024));
        assert_eq!(BigInt::from_le_bytes(&bytes).to_string(), power);
        bytes[512] = 0xff;
        assert_eq!(BigInt::from_le_bytes(&bytes).to_string(), format!("-{power}"));
        bytes[0] = 1;
        assert_eq!(BigInt::from_le_bytes(&bytes).to_string(), format!("-0x{}", "f".repeat(1024)));
    }
}
