//! The types of `chrono`, both ways (feature `chrono`).
//!
//! | here | there |
//! |---|---|
//! | [`Date`] | [`chrono::NaiveDate`] |
//! | [`Time`] | [`chrono::NaiveTime`]: no fold, no zone |
//! | [`DateTime`] | [`chrono::NaiveDateTime`]: no fold, no zone; [`chrono::DateTime<FixedOffset>`](chrono::DateTime): no fold, no name of a zone |
//! | [`TimeDelta`] | [`chrono::TimeDelta`] |
//!
//! [`Error::BadValue`] for what the other side cannot say exactly: nanoseconds, leap seconds, years before 1 and after 9999, offsets
//! with parts of seconds, spans beyond a billion days; and for a naive date and time where there has to be an offset.

#![forbid(unsafe_code)]

use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Timelike};

use super::{
    Date, DateTime, Time, TimeDelta, TimeZone,
    calendar::{MICROS_IN_SECOND, whole_micros},
};
use crate::error::Error;

impl TryFrom<NaiveDate> for Date {
    type Error = Error;

    fn try_from(date: NaiveDate) -> Result<Date, Error> {
        Date::from_ordinal(date.num_days_from_ce().try_into().map_err(|_| Error::BadValue)?)
    }
}

impl TryFrom<Date> for NaiveDate {
    type Error = Error;

    fn try_from(date: Date) -> Result<NaiveDate, Error> {
        NaiveDate::from_num_days_from_ce_opt(date.ordinal() as i32).ok_or(Error::BadValue)
    }
}

impl TryFrom<NaiveTime> for Time<'static> {
    type Error = Error;

    fn try_from(time: NaiveTime) -> Result<Time<'static>, Error> {
        // A leap second has more nanoseconds than others.
        let micros = whole_micros(time.nanosecond() as i32)? as u64;
        if micros >= MICROS_IN_SECOND {
            return Err(Error::BadValue);
        }
        Time::from_micros(time.num_seconds_from_midnight() as u64 * MICROS_IN_SECOND + micros)
    }
}

impl TryFrom<Time<'_>> for NaiveTime {
    type Error = Error;

    fn try_from(time: Time<'_>) -> Result<NaiveTime, Error> {
        NaiveTime::from_hms_micro_opt(time.hour(), time.minute(), time.second(), time.microsecond())
            .ok_or(Error::BadValue)
    }
}

impl TryFrom<NaiveDateTime> for DateTime<'static> {
    type Error = Error;

    fn try_from(time: NaiveDateTime) -> Result<DateTime<'static>, Error> {
        Ok(DateTime::new(time.date().try_into()?, time.time().try_into()?))
    }
}

impl TryFrom<DateTime<'_>> for NaiveDateTime {
    type Error = Error;

    fn try_from(time: DateTime<'_>) -> Result<NaiveDateTime, Error> {
        Ok(NaiveDateTime::new(time.date().try_into()?, time.time().try_into()?))
    }
}

impl TryFrom<chrono::DateTime<FixedOffset>> for DateTime<'static> {
    type Error = Error;

    fn try_from(time: chrono::DateTime<FixedOffset>) -> Result<DateTime<'static>, Error> {
        // At the ends of its range, there is no time on the wall.
        let wall = time.naive_utc().checked_add_offset(*time.offset()).ok_or(Error::BadValue)?;
        let zone = TimeZone::from_seconds(time.offset().local_minus_utc())?;
        Ok(DateTime::try_from(wall)?.with_zone(zone))
    }
}

impl TryFrom<DateTime<'_>> for chrono::DateTime<FixedOffset> {
    type Error = Error;

    fn try_from(time: DateTime<'_>) -> Result<chrono::DateTime<FixedOffset>, Error> {
        let micros = time.zone().ok_or(Error::BadValue)?.offset_micros();
        let seconds = micros / MICROS_IN_SECOND as i64;
        if seconds * MICROS_IN_SECOND as i64 != micros {
            return Err(Error::BadValue);
        }
        let offset = FixedOffset::east_opt(seconds as i32).ok_or(Error::BadValue)?;
        offset.from_local_datetime(&time.try_into()?).single().ok_or(Error::BadValue)
    }
}

impl TryFrom<chrono::TimeDelta> for TimeDelta {
    type Error = Error;

    fn try_from(span: chrono::TimeDelta) -> Result<TimeDelta, Error> {
        TimeDelta::new(0, span.num_seconds(), whole_micros(span.subsec_nanos())?.into())
    }
}

impl TryFrom<TimeDelta> for chrono::TimeDelta {
    type Error = Error;

    fn try_from(span: TimeDelta) -> Result<chrono::TimeDelta, Error> {
        let seconds = span.days() as i64 * 86_400 + span.seconds() as i64;
        chrono::TimeDelta::new(seconds, span.microseconds() * 1000).ok_or(Error::BadValue)
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
            let naive = DateTime::new(date, time);
            let there = NaiveDateTime::try_from(naive).unwrap();
            assert_eq!(there.and_utc().naive_utc(), there);
            assert_eq!(DateTime::try_from(there), Ok(naive));
            for seconds in [0, 86_399, -86_399] {
                let here = naive.with_zone(TimeZone::from_seconds(seconds).unwrap());
                let there = chrono::DateTime::<FixedOffset>::try_from(here).unwrap();
                assert_eq!(DateTime::try_from(there), Ok(here), "{there}");
            }
        }
        let noon = DateTime::new(Date::new(2024, 2, 29).unwrap(), Time::new(12, 0, 0, 5).unwrap());
        let east = noon.with_zone(TimeZone::from_seconds(3600).unwrap());
        let there = chrono::DateTime::<FixedOffset>::try_from(east).unwrap();
        assert_eq!(there.to_string(), "2024-02-29 12:00:00.000005 +01:00");
    }

    #[test]
    fn what_the_other_side_cannot_say_is_refused() {
        let (year, midnight) = (|year| NaiveDate::from_ymd_opt(year, 12, 31).unwrap(), NaiveTime::MIN);
        for year in [year(0), year(10_000), NaiveDate::MIN, NaiveDate::MAX] {
            assert_eq!(Date::try_from(year), Err(Error::BadValue));
            assert_eq!(DateTime::try_from(year.and_time(midnight)), Err(Error::BadValue));
        }
        for nanos in [1, 999_999_999, 1_000_000_000, 1_999_999_000] {
            let time = NaiveTime::from_hms_nano_opt(23, 59, 59, nanos).unwrap();
            assert_eq!(Time::try_from(time), Err(Error::BadValue));
        }
        let naive = DateTime::new(Date::MIN, Time::MIN);
        let odd = naive.with_zone(TimeZone::new(1, None).unwrap());
        for here in [naive, odd] {
            assert_eq!(chrono::DateTime::<FixedOffset>::try_from(here), Err(Error::BadValue));
        }
        let last =
            chrono::DateTime::<chrono::Utc>::MAX_UTC.with_timezone(&FixedOffset::east_opt(3600).unwrap());
        assert_eq!(DateTime::try_from(last), Err(Error::BadValue));
    }

    #[test]
    fn spans_lead_back() {
        for span in [TimeDelta::MIN, TimeDelta::MAX, TimeDelta::from_micros(-1), TimeDelta::default()] {
            assert_eq!(chrono::TimeDelta::try_from(span).and_then(TimeDelta::try_from), Ok(span));
        }
        for beyond in [chrono::TimeDelta::MIN, chrono::TimeDelta::MAX, chrono::TimeDelta::nanoseconds(1)] {
            assert_eq!(TimeDelta::try_from(beyond), Err(Error::BadValue));
        }
    }
}
