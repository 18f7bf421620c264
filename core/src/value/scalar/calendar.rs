//! Days and dates: the proleptic Gregorian calendar, years 1 to 9999.
//!
//! The arithmetic is Howard Hinnant's `days_from_civil` and `civil_from_days` (["chrono-Compatible Low-Level Date
//! Algorithms"][civil], 2013), counted from 1 January of year 1, as Python's ordinals are, so that nothing is negative:
//! years begin in March, which puts the leap day last, and 400 years are one *era* of 146,097 days.
//!
//! [civil]: https://howardhinnant.github.io/date_algorithms.html

#![forbid(unsafe_code)]

/// 1 March of year 0 to 1 January of year 1, which is day 1.
const MARCH_TO_JANUARY: u32 = 306;
const DAYS_IN_ERA: u32 = 146_097;

/// The last day there is: 31 December 9999.
pub(super) const LAST_DAY: u32 = 3_652_059;
pub(super) const LAST_YEAR: u32 = 9999;

pub(super) const MICROS_IN_SECOND: u64 = 1_000_000;
pub(super) const MICROS_IN_DAY: u64 = 86_400 * MICROS_IN_SECOND;

/// Microseconds, if they are whole.
#[cfg(any(feature = "chrono", feature = "jiff"))]
pub(super) fn whole_micros(nanoseconds: i32) -> Result<i32, crate::Error> {
    if nanoseconds % 1000 == 0 { Ok(nanoseconds / 1000) } else { Err(crate::Error::BadValue) }
}

/// Whether there is a 29 February.
const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// Days of a month, 1 to 12.
const fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 => 28 + is_leap(year) as u32,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The ordinal of a date; `None` if there is no such date.
pub(super) const fn ordinal(year: u32, month: u32, day: u32) -> Option<u32> {
    let sound = year >= 1 && year <= LAST_YEAR && month >= 1 && month <= 12;
    if !sound || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    // Years and months from March on.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * DAYS_IN_ERA + day_of_era - MARCH_TO_JANUARY + 1)
}

/// Year, month and day of an ordinal from 1 to [`LAST_DAY`].
pub(super) const fn civil(ordinal: u32) -> (u32, u32, u32) {
    let days = ordinal + MARCH_TO_JANUARY - 1;
    let (era, day_of_era) = (days / DAYS_IN_ERA, days % DAYS_IN_ERA);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        // As Python's `date.toordinal` has them.
        for (date, day) in [
            ((1, 1, 1), 1),
            ((1, 3, 1), 60),
            ((4, 2, 29), 1155),
            ((1970, 1, 1), 719_163),
            ((2000, 2, 29), 730_179),
            ((9999, 12, 31), LAST_DAY),
        ] {
            assert_eq!(ordinal(date.0, date.1, date.2), Some(day));
            assert_eq!(civil(day), date);
        }
        for (year, month, day) in
            [(0, 1, 1), (10_000, 1, 1), (1900, 2, 29), (2023, 4, 31), (2024, 13, 1), (2024, 0, 1)]
        {
            assert_eq!(ordinal(year, month, day), None, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let step = if cfg!(miri) { 4093 } else { 1 };
        let mut before = (0, 0, 0);
        for day in (1..=LAST_DAY).step_by(step) {
            let date = civil(day);
            assert!(date > before);
            assert_eq!(ordinal(date.0, date.1, date.2), Some(day));
            before = date;
        }
    }
}
