//! Complex numbers: a leaf of 16 bytes.

#![forbid(unsafe_code)]

use core::fmt;

/// A complex number; every bit of both parts is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

impl Complex {
    pub(super) fn to_leaf(self) -> [u8; 16] {
        let mut leaf = [0; 16];
        for (to, part) in leaf.chunks_exact_mut(8).zip([self.re, self.im]) {
            to.copy_from_slice(&part.to_le_bytes());
        }
        leaf
    }

    pub(super) fn from_leaf(leaf: &[u8]) -> Option<Complex> {
        let leaf: &[u8; 16] = leaf.try_into().ok()?;
        Some(Complex {
            re: f64::from_le_bytes(*leaf.first_chunk()?),
            im: f64::from_le_bytes(*leaf.last_chunk()?),
        })
    }
}

impl From<f64> for Complex {
    fn from(re: f64) -> Complex {
        Complex { re, im: 0.0 }
    }
}

/// `1.5-2j`, in the digits of `f64`.
impl fmt::Display for Complex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.im.is_sign_negative() { "" } else { "+" };
        // A NaN has no sign to print.
        let sign = if self.im.is_nan() { "+" } else { sign };
        write!(f, "{:?}{sign}{:?}j", self.re, self.im)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn every_bit_is_kept() {
        let odd = Complex { re: f64::from_bits(0x7ff4_dead_beef_0001), im: -0.0 };
        let back = Complex::from_leaf(&odd.to_leaf()).unwrap();
        assert_eq!((back.re.to_bits(), back.im.to_bits()), (odd.re.to_bits(), odd.im.to_bits()));
        assert_eq!((Complex::from_leaf(&[0; 15]), Complex::from_leaf(&[0; 17])), (None, None));
    }

    #[test]
    fn it_reads_as_people_write_it() {
        let read = |re, im| Complex { re, im }.to_string();
        assert_eq!(read(1.5, -2.0), "1.5-2.0j");
        assert_eq!(read(-0.0, 0.0), "-0.0+0.0j");
        assert_eq!(read(f64::INFINITY, -f64::NAN), "inf+NaNj");
    }
}
