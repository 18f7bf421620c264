//! Decimals, compared exactly: with each other and with floats digit by digit, with large whole numbers by turning
//! their whole part into binary.
//!
//! Exponents of 18 digits are no reason to write zeros: where the first digits stand decides first, and only numbers that agree
//! in that are looked at digit by digit. A float has at most 767 digits, and `core` prints all of them exactly.
//!
//! ```text
//!   12.5     digits 1 2 5, point 2          0.1 (a float)    prints as  1.000000000000000055511151231257827...e-1
//!   1E+400   digits 1,     point 401        0.1 (a decimal)  digits 1,     point 0: less, by the rest of the float's
//! ```

#![forbid(unsafe_code)]

use core::{
    cmp::Ordering,
    fmt::{self, Write},
};

use super::binary::Binary;
use crate::{
    error::Error,
    value::{BigInt, Decimal},
};

/// The most digits before the point that are turned into binary.
const MOST_DIGITS: i64 = 4300;
/// 10^4300 has 14,285 bits.
const WORDS: usize = 447;
/// The most digits that a float has, zeros at either end aside.
const MOST_OF_FLOAT: usize = 767;

/// The magnitude of a finite decimal.
#[derive(Clone, Copy)]
pub(super) struct Digits<'d> {
    decimal: Decimal<'d>,
    /// Number of its digits.
    count: usize,
    /// Digits before the point, were it written out; `i64::MIN` for zero.
    pub(super) point: i64,
}

impl<'d> Digits<'d> {
    /// That of a decimal.
    pub(super) fn of(decimal: Decimal<'d>) -> Digits<'d> {
        let count = decimal.digits().count();
        let zero = decimal.digits().all(|digit| digit == b'0');
        let point = if zero { i64::MIN } else { decimal.exponent().saturating_add(count as i64) };
        Digits { decimal, count, point }
    }

    pub(super) fn is_zero(self) -> bool {
        self.point == i64::MIN
    }

    pub(super) fn digits(self) -> impl Iterator<Item = u8> + 'd {
        self.decimal.digits().map(|digit| digit.wrapping_sub(b'0'))
    }

    /// Beside another decimal.
    pub(super) fn order(self, other: Digits<'_>) -> Ordering {
        self.point.cmp(&other.point).then_with(|| {
            let (mut a, mut b) = (self.digits(), other.digits());
            loop {
                let (left, right) = (a.next(), b.next());
                let order = left.unwrap_or(0).cmp(&right.unwrap_or(0));
                if order.is_ne() || left.is_none() && right.is_none() {
                    return order;
                }
            }
        })
    }

    /// Beside what prints as `1.25e3`, and is not zero.
    fn order_printed(self, print: impl FnOnce(&mut dyn Write) -> fmt::Result) -> Ordering {
        let mut beside =
            Beside { digits: self.digits(), order: Ordering::Equal, exponent: None, negative: false };
        // Nothing in here fails.
        let _ = print(&mut beside);
        let exponent = beside.exponent.unwrap_or(0);
        let exponent = if beside.negative { -exponent } else { exponent };
        let rest = if beside.digits.any(|digit| digit != 0) { Ordering::Greater } else { Ordering::Equal };
        self.point.cmp(&(exponent + 1)).then(beside.order).then(rest)
    }

    /// Beside the magnitude of a float that is neither zero nor infinite.
    pub(super) fn order_float(self, float: f64) -> Ordering {
        let float = float.abs();
        // Rounded to a place that is behind all digits of the decimal, or the last of them, the float can come to be equal to it,
        // but not get to its other side. That decides mostly, and 767 digits take long.
        let places = self.count.clamp(24, MOST_OF_FLOAT);
        match self.order_printed(|to| write!(to, "{float:.*e}", places - 1)) {
            Ordering::Equal => self.order_printed(|to| write!(to, "{float:.*e}", MOST_OF_FLOAT - 1)),
            order => order,
        }
    }

    /// Beside a whole number that is not zero.
    pub(super) fn order_whole(self, magnitude: u64) -> Ordering {
        self.order_printed(|to| write!(to, "{magnitude:e}"))
    }

    /// Beside the magnitude of a whole number of more than 64 bits. [`Error::TooLarge`] if only more than [`MOST_DIGITS`] digits
    /// could tell.
    pub(super) fn order_big(self, big: BigInt<'_>) -> Result<Ordering, Error> {
        const SCALE: u64 = 100_000_000;
        // log2(10) is 3.3219280948...
        const ABOVE: u64 = 332_192_810;
        const BELOW: u64 = 332_192_809;
        let binary = Binary::of(big);
        // Such a number has at most 2^34 bits, and as few digits.
        let point = self.point.clamp(0, 1 << 34) as u64;
        if point * ABOVE <= (binary.bits() - 1) * SCALE {
            return Ok(Ordering::Less);
        }
        if (point - 1) * BELOW >= binary.bits() * SCALE {
            return Ok(Ordering::Greater);
        }
        let mut digits = self.digits();
        let whole = Whole::of(&mut digits, self.point)?;
        let rest = if digits.any(|digit| digit != 0) { Ordering::Greater } else { Ordering::Equal };
        let bytes = binary.len().max(4 * whole.len);
        let difference = (0..bytes)
            .rev()
            .map(|index| whole.byte(index).cmp(&binary.byte(index)))
            .find(|order| order.is_ne());
        Ok(difference.unwrap_or(rest))
    }
}

/// Takes what is printed, and holds it beside a decimal's digits.
struct Beside<I> {
    digits: I,
    /// The first difference so far: the decimal beside what is printed.
    order: Ordering,
    /// What is printed behind the `e`.
    exponent: Option<i64>,
    negative: bool,
}

impl<I: Iterator<Item = u8>> Write for Beside<I> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            match (byte, &mut self.exponent) {
                (b'0'..=b'9', Some(exponent)) => *exponent = *exponent * 10 + (byte - b'0') as i64,
                (b'0'..=b'9', None) => {
                    let digit = self.digits.next().unwrap_or(0);
                    self.order = self.order.then(digit.cmp(&(byte - b'0')));
                }
                (b'e', exponent) => *exponent = Some(0),
                (b'-', _) => self.negative = true,
                _ => {}
            }
        }
        Ok(())
    }
}

/// A whole number in binary, lowest word first.
pub(super) struct Whole {
    words: [u32; WORDS],
    len: usize,
}

impl Whole {
    /// That of the first `count` digits, zeros where there are no more.
    pub(super) fn of(digits: &mut impl Iterator<Item = u8>, count: i64) -> Result<Whole, Error> {
        if count > MOST_DIGITS {
            return Err(Error::TooLarge);
        }
        let mut whole = Whole { words: [0; WORDS], len: 0 };
        let mut left = count;
        while left > 0 {
            let (mut power, mut sum) = (1u32, 0u32);
            for _ in 0..left.min(9) {
                power *= 10;
                sum = sum * 10 + digits.next().unwrap_or(0) as u32;
            }
            left -= 9;
            whole.scale(power, sum);
        }
        Ok(whole)
    }

    /// Multiplies by one number and adds another.
    fn scale(&mut self, by: u32, add: u32) {
        let mut carry = add;
        for word in self.words.iter_mut().take(self.len) {
            let wide = *word as u64 * by as u64 + carry as u64;
            (*word, carry) = (wide as u32, (wide >> 32) as u32);
        }
        if carry != 0
            && let Some(word) = self.words.get_mut(self.len)
        {
            *word = carry;
            self.len += 1;
        }
    }

    /// Its two's complement, or that of the number below 0; bytes that only repeat the sign are there, too.
    pub(super) fn complement(&mut self, negative: bool) -> &[u8] {
        let mut carry = negative;
        for word in &mut self.words {
            if negative {
                (*word, carry) = (!*word).overflowing_add(carry as u32);
            }
            *word = word.to_le();
        }
        bytemuck::cast_slice(&self.words)
    }

    fn byte(&self, index: usize) -> u8 {
        self.words.get(index / 4).map_or(0, |word| (word >> (8 * (index % 4))) as u8)
    }
}
