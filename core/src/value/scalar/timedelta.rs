//! Spans of time: days, seconds and microseconds, as Python's `timedelta` has them.
//!
//! What fits 64 bits of microseconds (292,000 years) is in the cell; longer spans, up to Python's limit, are a leaf of
//! 12 bytes: days, seconds, microseconds.

#![forbid(unsafe_code)]

use core::fmt;

use super::{calendar::MICROS_IN_DAY, time::write_fraction};
use crate::error::Error;

const MOST_DAYS: i32 = 999_999_999;
const SECONDS_IN_DAY: i64 = 86_400;
const MICROS_IN_SECOND: i64 = 1_000_000;

/// A span of time to the microsecond, either way, of up to 999,999,999 days; what Python calls `datetime.timedelta`.
///
/// Kept in its normal form: only the days are ever negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TimeDelta {
    days: i32,
    seconds: u32,
    micros: u32,
}

impl TimeDelta {
    /// -999,999,999 days.
    pub const MIN: TimeDelta = TimeDelta { days: -MOST_DAYS, seconds: 0, micros: 0 };
    /// A microsecond less than 1,000,000,000 days.
    pub const MAX: TimeDelta = TimeDelta { days: MOST_DAYS, seconds: 86_399, micros: 999_999 };

    /// The sum of days, seconds and microseconds, each of any size and sign; [`Error::BadValue`] if it is out of range.
    pub fn new(days: i64, seconds: i64, micros: i64) -> Result<TimeDelta, Error> {
        let carried = |from: i64, size: i64| (from.div_euclid(size), from.rem_euclid(size));
        let (more, micros) = carried(micros, MICROS_IN_SECOND);
        let (days_more, seconds) = carried(seconds.checked_add(more).ok_or(Error::BadValue)?, SECONDS_IN_DAY);
        let days = days.checked_add(days_more).filter(|days| days.unsigned_abs() <= MOST_DAYS as u64);
        Ok(TimeDelta {
            days: days.ok_or(Error::BadValue)? as i32,
            seconds: seconds as u32,
            micros: micros as u32,
        })
    }

    /// The span of so many microseconds.
    pub fn from_micros(micros: i64) -> TimeDelta {
        let day = MICROS_IN_DAY as i64;
        let rest = micros.rem_euclid(day);
        TimeDelta {
            days: micros.div_euclid(day) as i32,
            seconds: (rest / MICROS_IN_SECOND) as u32,
            micros: (rest % MICROS_IN_SECOND) as u32,
        }
    }

    /// The days of the normal form: negative for every span backwards.
    pub const fn days(self) -> i32 {
        self.days
    }

    /// The seconds of the normal form, 0 to 86,399.
    pub const fn seconds(self) -> u32 {
        self.seconds
    }

    /// The microseconds of the normal form, 0 to 999,999.
    pub const fn microseconds(self) -> u32 {
        self.micros
    }

    /// The whole span in microseconds, if they fit.
    pub fn as_micros(self) -> Option<i64> {
        let rest = self.seconds as i64 * MICROS_IN_SECOND + self.micros as i64;
        // From the next day down, where the span is negative: the last one that fits begins on a day that does not.
        let (days, rest) = match self.days < 0 {
            true => (self.days as i64 + 1, rest - MICROS_IN_DAY as i64),
            false => (self.days as i64, rest),
        };
        days.checked_mul(MICROS_IN_DAY as i64)?.checked_add(rest)
    }

    pub(super) fn to_leaf(self) -> [u8; 12] {
        let mut leaf = [0; 12];
        let parts = [self.days as u32, self.seconds, self.micros];
        for (to, part) in leaf.chunks_exact_mut(4).zip(parts) {
            to.copy_from_slice(&part.to_le_bytes());
        }
        leaf
    }

    pub(super) fn from_leaf(leaf: &[u8]) -> Option<TimeDelta> {
        let part = |at: usize| Some(u32::from_le_bytes(*leaf.get(at..)?.first_chunk()?));
        let (days, seconds, micros) = (part(0)? as i32, part(4)?, part(8)?);
        let sound = days.unsigned_abs() <= MOST_DAYS as u32
            && seconds < SECONDS_IN_DAY as u32
            && micros < MICROS_IN_SECOND as u32;
        (sound && leaf.len() == 12).then_some(TimeDelta { days, seconds, micros })
    }
}

/// As Python's: `-1 day, 0:00:01.000002`.
impl fmt::Display for TimeDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.days {
            0 => {}
            1 | -1 => write!(f, "{} day, ", self.days)?,
            days => write!(f, "{days} days, ")?,
        }
        write!(f, "{}:{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60)?;
        write_fraction(f, self.micros)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn sums_take_the_normal_form() {
        let span = TimeDelta::new(-1, 5, -3).unwrap();
        assert_eq!((span.days(), span.seconds(), span.microseconds()), (-1, 4, 999_997));
        assert_eq!(span.to_string(), "-1 day, 0:00:04.999997");
        assert_eq!(TimeDelta::new(0, 0, -1).unwrap().to_string(), "-1 day, 23:59:59.999999");
        assert_eq!(TimeDelta::MAX.to_string(), "999999999 days, 23:59:59.999999");
        assert_eq!(TimeDelta::new(999_999_999, 86_399, 999_999), Ok(TimeDelta::MAX));
        assert_eq!(TimeDelta::new(999_999_999, 86_399, 1_000_000), Err(Error::BadValue));
        assert_eq!(TimeDelta::new(-999_999_999, 0, -1), Err(Error::BadValue));
        assert_eq!(TimeDelta::new(i64::MIN, i64::MIN, i64::MIN), Err(Error::BadValue));
        assert_eq!(TimeDelta::new(0, i64::MAX, i64::MAX), Err(Error::BadValue));
    }

    #[test]
    fn microseconds_lead_back() {
        for micros in
            [0, 1, -1, 86_399_999_999, 86_400_000_000, -86_400_000_000, i64::MAX, i64::MIN, i64::MIN + 1]
        {
            assert_eq!(TimeDelta::from_micros(micros).as_micros(), Some(micros), "{micros}");
        }
        for beyond in [TimeDelta::MIN, TimeDelta::MAX] {
            assert_eq!(beyond.as_micros(), None);
            assert_eq!(TimeDelta::from_leaf(&beyond.to_leaf()), Some(beyond));
        }
        let least = TimeDelta::from_micros(i64::MIN);
        let less =
            TimeDelta::new(least.days() as i64, least.seconds() as i64, least.microseconds() as i64 - 1);
        assert_eq!(less.unwrap().as_micros(), None);
        for bad in [[0xff; 12].as_slice(), &[0; 11], &[0, 0, 0, 0, 0x80, 0x51, 1, 0, 0, 0, 0, 0]] {
            assert_eq!(TimeDelta::from_leaf(bad), None, "{bad:?}");
        }
    }
}
