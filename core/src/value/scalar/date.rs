//! Dates without a time: one number, the day's ordinal, in the cell.

#![forbid(unsafe_code)]

use core::fmt;

use super::calendar::{LAST_DAY, civil, ordinal};
use crate::error::Error;

/// A day of the proleptic Gregorian calendar, years 1 to 9999; what Python calls `datetime.date`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Date(u32);

impl Date {
    /// 1 January of year 1.
    pub const MIN: Date = Date(1);
    /// 31 December 9999.
    pub const MAX: Date = Date(LAST_DAY);

    /// The date of year, month (1 to 12) and day (from 1); [`Error::BadValue`] if there is no such day.
    pub const fn new(year: u32, month: u32, day: u32) -> Result<Date, Error> {
        match ordinal(year, month, day) {
            Some(day) => Ok(Date(day)),
            None => Err(Error::BadValue),
        }
    }

    /// The date with this ordinal: 1 January of year 1 is day 1, as in Python.
    pub const fn from_ordinal(day: u32) -> Result<Date, Error> {
        if day >= 1 && day <= LAST_DAY { Ok(Date(day)) } else { Err(Error::BadValue) }
    }

    /// Days since the last day before year 1.
    pub const fn ordinal(self) -> u32 {
        self.0
    }

    /// Year, month from 1, day from 1.
    pub const fn civil(self) -> (u32, u32, u32) {
        civil(self.0)
    }

    /// The year, 1 to 9999.
    pub const fn year(self) -> u32 {
        self.civil().0
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> u32 {
        self.civil().1
    }

    /// The day of the month, 1 to 31.
    pub const fn day(self) -> u32 {
        self.civil().2
    }

    /// The day of the week, 0 for Monday to 6 for Sunday.
    pub const fn weekday(self) -> u32 {
        (self.0 + 6) % 7
    }
}

/// ISO 8601: `2024-02-29`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn a_date_is_what_it_was_made_of() {
        let date = Date::new(2024, 2, 29).unwrap();
        assert_eq!((date.year(), date.month(), date.day(), date.weekday()), (2024, 2, 29, 3));
        assert_eq!(date.to_string(), "2024-02-29");
        assert_eq!(
            (Date::MIN.to_string(), Date::MAX.to_string()),
            ("0001-01-01".into(), "9999-12-31".into())
        );
        assert_eq!(Date::from_ordinal(date.ordinal()), Ok(date));
        assert_eq!(Date::new(2023, 2, 29), Err(Error::BadValue));
        assert_eq!(
            (Date::from_ordinal(0), Date::from_ordinal(LAST_DAY + 1)),
            (Err(Error::BadValue), Err(Error::BadValue))
        );
    }
}
