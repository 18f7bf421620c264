//! The types of `jiff`, both ways (feature `jiff`).
//!
//! | here | there |
//! |---|---|
//! | [`Date`] | [`jiff::civil::Date`] |
//! | [`Time`] | [`jiff::civil::Time`]: no fold, no zone |
//! | [`DateTime`] | [`jiff::civil::DateTime`]: no fold, no zone; [`jiff::Timestamp`]: the instant of one with a zone; from [`jiff::Zoned`]: everything |
//! | [`TimeDelta`] | [`jiff::SignedDuration`] |
//!
//! [`Error::BadValue`] for what the other side cannot say exactly: nanoseconds, years before 1, spans beyond a billion days.

#![forbid(unsafe_code)]

use jiff::{SignedDuration, Timestamp, Zoned, civil, tz::AmbiguousOffset};

use super::{Date, DateTime, Time, TimeDelta, TimeZone, calendar::whole_micros};
use crate::error::Error;

/// Microseconds from the beginning of year 1 to that of 1970.
const EPOCH: i64 = 719_162 * 86_400 * 1_000_000;

fn bad<E>(_: E) -> Error {
    Error::BadValue
}

impl TryFrom<civil::Date> for Date {
    type Error = Error;

    fn try_from(date: civil::Date) -> Result<Date, Error> {
        let part = |part: i8| u32::try_from(part).map_err(bad);
        Date::new(date.year().try_into().map_err(bad)?, part(date.month())?, part(date.day())?)
    }
}

impl TryFrom<Date> for civil::Date {
    type Error = Error;

    fn try_from(date: Date) -> Result<civil::Date, Error> {
        let (year, month, day) = date.civil();
        civil::Date::new(year as i16, month as i8, day as i8).map_err(bad)
    }
}

impl TryFrom<civil::Time> for Time<'static> {
    type Error = Error;

    fn try_from(time: civil::Time) -> Result<Time<'static>, Error> {
        let part = |part: i8| u32::try_from(part).map_err(bad);
        let micros = whole_micros(time.subsec_nanosecond())?.try_into().map_err(bad)?;
        Time::new(part(time.hour())?, part(time.minute())?, part(time.second())?, micros)
    }
}

impl TryFrom<Time<'_>> for civil::Time {
    type Error = Error;

    fn try_from(time: Time<'_>) -> Result<civil::Time, Error> {
        let nanos = time.microsecond() as i32 * 1000;
        civil::Time::new(time.hour() as i8, time.minute() as i8, time.second() as i8, nanos).map_err(bad)
    }
}

impl TryFrom<civil::DateTime> for DateTime<'static> {
    type Error = Error;

    fn try_from(time: civil::DateTime) -> Result<DateTime<'static>, Error> {
        Ok(DateTime::new(time.date().try_into()?, time.time().try_into()?))
    }
}

impl TryFrom<DateTime<'_>> for civil::DateTime {
    type Error = Error;

    fn try_from(time: DateTime<'_>) -> Result<civil::DateTime, Error> {
        Ok(civil::DateTime::from_parts(time.date().try_into()?, time.time().try_into()?))
    }
}

impl<'a> TryFrom<&'a Zoned> for DateTime<'a> {
    type Error = Error;

    /// With the offset that is in force at that moment, the zone's name if it has one, and the fold.
    fn try_from(zoned: &'a Zoned) -> Result<DateTime<'a>, Error> {
        let (zone, wall) = (zoned.time_zone(), zoned.datetime());
        let fold = match zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Fold { after, .. } => after == zoned.offset(),
            _ => false,
        };
        let time = Time::try_from(wall.time())?.with_fold(fold);
        let offset = zoned.offset().seconds() as i64 * 1_000_000;
        Ok(DateTime::new(wall.date().try_into()?, time).with_zone(TimeZone::new(offset, zone.iana_name())?))
    }
}

impl TryFrom<DateTime<'_>> for Timestamp {
    type Error = Error;

    /// [`Error::BadValue`] for a naive one: it is no instant.
    fn try_from(time: DateTime<'_>) -> Result<Timestamp, Error> {
        let micros = time.utc_micros().ok_or(Error::BadValue)?;
        Timestamp::from_microsecond(micros - EPOCH).map_err(bad)
    }
}

impl TryFrom<SignedDuration> for TimeDelta {
    type Error = Error;

    fn try_from(span: SignedDuration) -> Result<TimeDelta, Error> {
        TimeDelta::new(0, span.as_secs(), whole_micros(span.subsec_nanos())?.into())
    }
}

impl From<TimeDelta> for SignedDuration {
    fn from(span: TimeDelta) -> SignedDuration {
        let seconds = span.days() as i64 * 86_400 + span.seconds() as i64;
        SignedDuration::new(seconds, span.microseconds() as i32 * 1000)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn dates_and_times_lead_back() {
        for (date, time) in [(Date::MIN, Time::MIN), (Date::MAX, Time::MAX)] {
            let there = civil::DateTime::try_from(DateTime::new(date, time)).unwrap();
            assert_eq!(there.to_string(), DateTime::new(date, time).to_string());
            assert_eq!(DateTime::try_from(there), Ok(DateTime::new(date, time)));
        }
        assert_eq!(Date::try_from(civil::date(0, 12, 31)), Err(Error::BadValue));
        assert_eq!(Time::try_from(civil::time(1, 2, 3, 4)), Err(Error::BadValue));
    }

    #[test]
    fn instants_are_those_of_the_zone() {
        let utc = DateTime::new(Date::new(2024, 2, 29).unwrap(), Time::new(12, 0, 0, 5).unwrap());
        assert_eq!(Timestamp::try_from(utc), Err(Error::BadValue));
        let there = utc.with_zone(TimeZone::from_seconds(-3600).unwrap());
        assert_eq!(Timestamp::try_from(there).unwrap().to_string(), "2024-02-29T13:00:00.000005Z");
        let zoned =
            Timestamp::try_from(there).unwrap().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(-1)));
        assert_eq!(DateTime::try_from(&zoned), Ok(there));
    }

    /// Central European time in November: two o'clock comes twice.
    #[test]
    fn the_later_of_two_times_has_the_fold() {
        let zone = jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let twice = civil::date(2024, 10, 27).at(2, 30, 0, 0);
        let ambiguous = zone.to_ambiguous_zoned(twice);
        let (earlier, later) = (ambiguous.clone().earlier().unwrap(), ambiguous.later().unwrap());
        let (earlier, later) = (DateTime::try_from(&earlier).unwrap(), DateTime::try_from(&later).unwrap());
        assert_eq!((earlier.fold(), later.fold()), (false, true));
        assert_eq!(later.utc_micros().unwrap() - earlier.utc_micros().unwrap(), 3_600_000_000);
    }

    #[test]
    fn spans_lead_back() {
        for span in [TimeDelta::MIN, TimeDelta::MAX, TimeDelta::from_micros(-1), TimeDelta::default()] {
            assert_eq!(TimeDelta::try_from(SignedDuration::from(span)), Ok(span));
        }
        assert_eq!(TimeDelta::try_from(SignedDuration::MAX), Err(Error::BadValue));
        assert_eq!(TimeDelta::try_from(SignedDuration::new(0, 1)), Err(Error::BadValue));
    }
}
