//! Whole numbers of any size, compared from the top: the magnitude of a number below 0 is read from its complement, byte by byte,
//! so that nothing is copied.

#![forbid(unsafe_code)]

use core::cmp::Ordering;

use super::Number;
use crate::value::BigInt;

/// The magnitude of a whole number, as bytes, lowest first.
#[derive(Clone, Copy)]
pub(super) struct Binary<'a> {
    bytes: &'a [u8],
    negative: bool,
    /// The lowest byte that is not 0: up to there, the 1 is carried that turns a complement into a negation.
    low: usize,
}

impl<'a> Binary<'a> {
    pub(super) fn of(int: BigInt<'a>) -> Binary<'a> {
        let bytes = int.as_le_bytes();
        let low = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
        Binary { bytes, negative: int.is_negative(), low }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Byte `index` of the magnitude.
    pub(super) fn byte(&self, index: usize) -> u8 {
        match self.bytes.get(index) {
            None => 0,
            Some(byte) if !self.negative => *byte,
            Some(byte) if index <= self.low => byte.wrapping_neg(),
            Some(byte) => !byte,
        }
    }

    /// Bits of the magnitude.
    pub(super) fn bits(&self) -> u64 {
        let top = (0..self.len()).rev().find(|index| self.byte(*index) != 0);
        top.map_or(0, |index| index as u64 * 8 + 8 - self.byte(index).leading_zeros() as u64)
    }

    /// The float that it is equal to, bit by bit; `None` if there is none. It has 64 bits at least.
    pub(super) fn as_float(&self) -> Option<u64> {
        let (top, more) = self.top();
        let exact = !more && top.significand << 53 == 0 && top.exponent <= 1023;
        let sign = (self.negative as u64) << 63;
        exact.then_some(sign | (top.exponent as u64 + 1023) << 52 | top.significand << 1 >> 12)
    }

    /// The number's highest 64 bits as a number of its own, and whether bits were left out that are not 0. It has 64 bits at least.
    fn top(&self) -> (Number, bool) {
        let bits = self.bits();
        let from = bits.saturating_sub(64);
        // From the bit on with which the 64 begin: parts of up to 9 bytes.
        let (skip, shift) = ((from / 8) as usize, from % 8);
        let wide = (0..9).rev().fold(0u128, |sum, index| sum << 8 | self.byte(skip + index) as u128);
        let lowest = self.low as u64 * 8 + self.byte(self.low).trailing_zeros() as u64;
        let exponent = bits as i64 - 1;
        (Number { negative: self.negative, exponent, significand: (wide >> shift) as u64 }, lowest < from)
    }
}

/// The order of a whole number of more than 64 bits (or 64 and a minus sign) and a number of up to 64, or a float.
pub(super) fn order_number(a: BigInt<'_>, b: Number) -> Ordering {
    let (top, more) = Binary::of(a).top();
    let rest = match (more, a.is_negative()) {
        (false, _) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (true, true) => Ordering::Less,
    };
    top.order(b).then(rest)
}

/// The order of two whole numbers.
pub(super) fn order(a: BigInt<'_>, b: BigInt<'_>) -> Ordering {
    match (a.is_negative(), b.is_negative()) {
        (true, false) => return Ordering::Less,
        (false, true) => return Ordering::Greater,
        _ => {}
    }
    let (a, b) = (Binary::of(a), Binary::of(b));
    let from_the_top =
        || (0..a.len()).rev().map(|index| a.byte(index).cmp(&b.byte(index))).find(|order| order.is_ne());
    let magnitudes = a.bits().cmp(&b.bits()).then_with(|| from_the_top().unwrap_or(Ordering::Equal));
    if a.negative { magnitudes.reverse() } else { magnitudes }
}
