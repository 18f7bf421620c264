//! Time zones: an offset from UTC, and a name or none. Without a name it is in the cell; with one, a leaf: offset, name.

#![forbid(unsafe_code)]

use core::fmt;

use super::{calendar::MICROS_IN_DAY, time::write_fraction};
use crate::error::Error;

/// A fixed offset from UTC, less than a day either way, and the zone's name if it has one; what Python calls
/// `datetime.timezone`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TimeZone<'a> {
    micros: i64,
    name: Option<&'a str>,
}

impl<'a> TimeZone<'a> {
    /// UTC, without a name.
    pub const UTC: TimeZone<'static> = TimeZone { micros: 0, name: None };

    /// The zone so many microseconds east of UTC (west, if negative); [`Error::BadValue`] from 24 hours on.
    pub const fn new(micros: i64, name: Option<&'a str>) -> Result<TimeZone<'a>, Error> {
        if micros.unsigned_abs() < MICROS_IN_DAY {
            Ok(TimeZone { micros, name })
        } else {
            Err(Error::BadValue)
        }
    }

    /// The zone so many seconds east of UTC, without a name.
    pub const fn from_seconds(seconds: i32) -> Result<TimeZone<'static>, Error> {
        TimeZone::new(seconds as i64 * 1_000_000, None)
    }

    /// Microseconds east of UTC.
    pub const fn offset_micros(self) -> i64 {
        self.micros
    }

    /// The name.
    pub const fn name(self) -> Option<&'a str> {
        self.name
    }

    pub(super) fn from_leaf(leaf: &'a [u8]) -> Option<TimeZone<'a>> {
        let (offset, name) = leaf.split_first_chunk()?;
        TimeZone::new(i64::from_le_bytes(*offset), Some(core::str::from_utf8(name).ok()?)).ok()
    }

    /// `+01:00`, with seconds and microseconds where there are any, and the name in brackets if there is one.
    pub(super) fn write_offset(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.micros < 0 { '-' } else { '+' };
        let micros = self.micros.unsigned_abs();
        let (seconds, micros) = ((micros / 1_000_000) as u32, (micros % 1_000_000) as u32);
        write!(f, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
        if seconds % 60 != 0 || micros != 0 {
            write!(f, ":{:02}", seconds % 60)?;
        }
        write_fraction(f, micros)?;
        match self.name {
            Some(name) => write!(f, "[{name}]"),
            None => Ok(()),
        }
    }
}

/// `UTC+01:00`, and the name in brackets if there is one.
impl fmt::Display for TimeZone<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UTC")?;
        self.write_offset(f)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn zones_read_as_people_write_them() {
        let zone = TimeZone::new(-(3_600_000_000 + 61_000_001), Some("odd")).unwrap();
        assert_eq!(zone.to_string(), "UTC-01:01:01.000001[odd]");
        assert_eq!(TimeZone::from_seconds(19_800).unwrap().to_string(), "UTC+05:30");
        assert_eq!(TimeZone::UTC.to_string(), "UTC+00:00");
        for micros in [86_400_000_000, -86_400_000_000, i64::MIN] {
            assert_eq!(TimeZone::new(micros, None), Err(Error::BadValue));
        }
        assert!(TimeZone::new(86_399_999_999, None).is_ok() && TimeZone::new(-86_399_999_999, None).is_ok());
    }
}
