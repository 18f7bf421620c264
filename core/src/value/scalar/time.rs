//! Times of day: microseconds since midnight, and which of two, where clocks were put back; in the cell.
//!
//! ```text
//!   payload   | bit 63: fold | 0 | bits 0 to 36: microseconds of the day |
//! ```

#![forbid(unsafe_code)]

use core::fmt;

use super::calendar::{MICROS_IN_DAY, MICROS_IN_SECOND};
use crate::error::Error;

/// Of two times that read alike, the later one: bit 63 of a payload.
pub(super) const FOLD: u64 = 1 << 63;

/// A time of day to the microsecond; what Python calls a naive `datetime.time`.
///
/// `fold` tells apart the two times that read alike when clocks are put back: the earlier (`false`) and the later. It is part of the
/// value: two times that differ in it are not `==`, unlike in Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Time(u64);

impl Time {
    /// Midnight.
    pub const MIN: Time = Time(0);
    /// A microsecond before midnight.
    pub const MAX: Time = Time(MICROS_IN_DAY - 1);

    /// The time of hour (0 to 23), minute, second (0 to 59) and microsecond; [`Error::BadValue`] beyond.
    pub const fn new(hour: u32, minute: u32, second: u32, microsecond: u32) -> Result<Time, Error> {
        if hour > 23 || minute > 59 || second > 59 || microsecond > 999_999 {
            return Err(Error::BadValue);
        }
        Ok(Time((hour * 3600 + minute * 60 + second) as u64 * MICROS_IN_SECOND + microsecond as u64))
    }

    /// The time so many microseconds after midnight.
    pub const fn from_micros(micros: u64) -> Result<Time, Error> {
        if micros < MICROS_IN_DAY { Ok(Time(micros)) } else { Err(Error::BadValue) }
    }

    pub(super) const fn from_payload(payload: u64) -> Result<Time, Error> {
        if payload & !FOLD < MICROS_IN_DAY { Ok(Time(payload)) } else { Err(Error::BadValue) }
    }

    pub(super) const fn payload(self) -> u64 {
        self.0
    }

    /// The same, as the earlier or the later of two times that read alike.
    pub const fn with_fold(self, fold: bool) -> Time {
        Time(self.micros() | if fold { FOLD } else { 0 })
    }

    /// Microseconds since midnight.
    pub const fn micros(self) -> u64 {
        self.0 & !FOLD
    }

    /// Whether it is the later of two times that read alike.
    pub const fn fold(self) -> bool {
        self.0 & FOLD != 0
    }

    /// Seconds since midnight; the microseconds are left out.
    const fn seconds(self) -> u32 {
        (self.micros() / MICROS_IN_SECOND) as u32
    }

    /// The hour, 0 to 23.
    pub const fn hour(self) -> u32 {
        self.seconds() / 3600
    }

    /// The minute, 0 to 59.
    pub const fn minute(self) -> u32 {
        self.seconds() / 60 % 60
    }

    /// The second, 0 to 59.
    pub const fn second(self) -> u32 {
        self.seconds() % 60
    }

    /// The microsecond, 0 to 999,999.
    pub const fn microsecond(self) -> u32 {
        (self.micros() % MICROS_IN_SECOND) as u32
    }
}

/// `.000001`; nothing if there are no microseconds.
pub(super) fn write_fraction(f: &mut fmt::Formatter<'_>, micros: u32) -> fmt::Result {
    if micros == 0 { Ok(()) } else { write!(f, ".{micros:06}") }
}

/// ISO 8601: `23:59:59`, and `.000001` where there are microseconds. The fold does not show.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour(), self.minute(), self.second())?;
        write_fraction(f, self.microsecond())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn a_time_is_what_it_was_made_of() {
        let time = Time::new(23, 59, 58, 7).unwrap().with_fold(true);
        assert_eq!((time.hour(), time.minute(), time.second(), time.microsecond()), (23, 59, 58, 7));
        assert!(time.fold() && time != time.with_fold(false));
        assert_eq!(Time::from_payload(time.payload()), Ok(time));
        assert_eq!((time.to_string(), Time::MIN.to_string()), ("23:59:58.000007".into(), "00:00:00".into()));
        assert_eq!(Time::new(23, 59, 59, 999_999), Ok(Time::MAX));
        for (hour, minute, second, micros) in
            [(24, 0, 0, 0), (0, 60, 0, 0), (0, 0, 60, 0), (0, 0, 0, 1_000_000)]
        {
            assert_eq!(Time::new(hour, minute, second, micros), Err(Error::BadValue));
        }
        assert_eq!(Time::from_micros(MICROS_IN_DAY), Err(Error::BadValue));
        assert_eq!(Time::from_payload(FOLD | MICROS_IN_DAY), Err(Error::BadValue));
    }
}
