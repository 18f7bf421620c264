//! Slices: three whole numbers that may each be missing; a leaf of 25 bytes.
//!
//! ```text
//!   leaf   | bit 0: start, 1: stop, 2: step is there | start | stop | step |      what is not there is 0
//! ```

#![forbid(unsafe_code)]

use core::fmt;

/// A range of indices that nothing has been cut with yet; what Python calls `slice`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Slice {
    numbers: [i64; 3],
    /// Bit n: number n is there.
    there: u8,
}

impl Slice {
    /// `start:stop:step`, each of which may be missing.
    pub fn new(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Slice {
        let given = [start, stop, step];
        let there = given.iter().rev().fold(0, |bits, number| bits << 1 | number.is_some() as u8);
        Slice { numbers: given.map(Option::unwrap_or_default), there }
    }

    fn number(self, index: usize) -> Option<i64> {
        if self.there >> index & 1 != 0 { self.numbers.get(index).copied() } else { None }
    }

    /// Where it begins.
    pub fn start(self) -> Option<i64> {
        self.number(0)
    }

    /// Where it ends.
    pub fn stop(self) -> Option<i64> {
        self.number(1)
    }

    /// How far from one index to the next.
    pub fn step(self) -> Option<i64> {
        self.number(2)
    }

    pub(super) fn to_leaf(self) -> [u8; 25] {
        let mut leaf = [self.there; 25];
        for (to, number) in leaf[1..].chunks_exact_mut(8).zip(self.numbers) {
            to.copy_from_slice(&number.to_le_bytes());
        }
        leaf
    }

    pub(super) fn from_leaf(leaf: &[u8]) -> Option<Slice> {
        let leaf: &[u8; 25] = leaf.try_into().ok()?;
        let (there, numbers) = leaf.split_first()?;
        let number = |at: usize| Some(i64::from_le_bytes(*numbers.get(at..)?.first_chunk()?));
        let given = Slice { numbers: [number(0)?, number(8)?, number(16)?], there: *there };
        // What is not there is 0, so that equal slices are equal bytes.
        (Slice::new(given.start(), given.stop(), given.step()) == given).then_some(given)
    }
}

/// `Slice(1:None:-1)`.
impl fmt::Debug for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slice({self})")
    }
}

/// `1::-1`: what is missing is left out.
impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mark) in ["", ":", ":"].into_iter().enumerate() {
            f.write_str(mark)?;
            if let Some(number) = self.number(index) {
                write!(f, "{number}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn a_slice_is_what_it_was_made_of() {
        for start in [None, Some(0), Some(i64::MIN)] {
            for stop in [None, Some(0), Some(i64::MAX)] {
                for step in [None, Some(0), Some(-1)] {
                    let slice = Slice::new(start, stop, step);
                    assert_eq!((slice.start(), slice.stop(), slice.step()), (start, stop, step));
                    assert_eq!(Slice::from_leaf(&slice.to_leaf()), Some(slice));
                }
            }
        }
        assert_eq!(Slice::new(Some(1), None, Some(-1)).to_string(), "1::-1");
        assert_eq!(Slice::new(None, None, None).to_string(), "::");
    }

    #[test]
    fn bad_leaves_are_none() {
        let mut leaf = Slice::new(None, Some(5), None).to_leaf();
        assert!(Slice::from_leaf(&leaf).is_some() && Slice::from_leaf(&leaf[..24]).is_none());
        leaf[0] = 0;
        assert_eq!(Slice::from_leaf(&leaf), None, "a number that is not there is not 0");
        leaf[0] = 8 | 2;
        assert_eq!(Slice::from_leaf(&leaf), None, "a fourth number");
    }
}
