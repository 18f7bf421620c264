//! Date and time together: naive in the cell, with an offset a leaf. The bytes are those of `wall.rs`.

#![forbid(unsafe_code)]

use core::{cmp::Ordering, fmt};

use super::{
    calendar::{LAST_DAY, MICROS_IN_DAY},
    date::Date,
    time::Time,
    timezone::TimeZone,
    wall::Wall,
};
use crate::error::Error;

/// The beginning of year 10,000.
const END: u64 = LAST_DAY as u64 * MICROS_IN_DAY;

/// A date and a time, naive or with an offset from UTC; what Python calls `datetime.datetime`.
///
/// `==` compares what was written, not instants: the same instant by two offsets is two values.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DateTime<'a>(Wall<'a>);

impl<'a> DateTime<'a> {
    /// This time of this day, in the time's zone if it has one.
    pub const fn new(date: Date, time: Time<'a>) -> DateTime<'a> {
        let micros = (date.ordinal() - 1) as u64 * MICROS_IN_DAY + time.micros();
        let wall = Wall::of(micros).with_fold(time.fold());
        match time.zone() {
            Some(zone) => DateTime(wall.with_zone(zone)),
            None => DateTime(wall),
        }
    }

    /// So many microseconds after the beginning of year 1, naive; [`Error::BadValue`] from year 10,000 on.
    pub const fn from_micros(micros: u64) -> Result<DateTime<'static>, Error> {
        match Wall::new(micros, END) {
            Ok(wall) => Ok(DateTime(wall)),
            Err(error) => Err(error),
        }
    }

    /// The same on the wall, in this zone.
    pub const fn with_zone<'z>(self, zone: TimeZone<'z>) -> DateTime<'z> {
        DateTime(self.0.with_zone(zone))
    }

    /// The same on the wall, naive.
    pub const fn without_zone(self) -> DateTime<'static> {
        DateTime(self.0.without_zone())
    }

    /// The date.
    pub const fn date(self) -> Date {
        match Date::from_ordinal((self.micros() / MICROS_IN_DAY) as u32 + 1) {
            Ok(date) => date,
            Err(_) => Date::MAX,
        }
    }

    /// The time of day, with its fold, naive.
    pub const fn time(self) -> Time<'static> {
        match Time::from_micros(self.micros() % MICROS_IN_DAY) {
            Ok(time) => time.with_fold(self.fold()),
            Err(_) => Time::MAX,
        }
    }

    /// Whether it is the later of two times that read alike.
    pub const fn fold(self) -> bool {
        self.0.fold()
    }

    /// Microseconds since the beginning of year 1, by the clock on the wall.
    pub const fn micros(self) -> u64 {
        self.0.micros()
    }

    /// The zone; `None` if it is naive.
    pub const fn zone(self) -> Option<TimeZone<'a>> {
        self.0.zone()
    }

    /// Microseconds from the beginning of year 1 to this instant, in UTC (negative for an instant before); `None` if it is naive.
    pub const fn utc_micros(self) -> Option<i64> {
        self.0.utc_micros()
    }

    /// By instants, or as naive ones; [`Error::NotComparable`] if only one has an offset.
    pub(crate) fn order(self, other: DateTime<'_>) -> Result<Option<Ordering>, Error> {
        self.0.order(other.0)
    }

    pub(super) const fn wall(self) -> Wall<'a> {
        self.0
    }

    pub(super) fn from_payload(payload: u64) -> Result<DateTime<'static>, Error> {
        Wall::from_payload(payload, END).map(DateTime)
    }

    pub(super) fn from_leaf(leaf: &'a [u8]) -> Option<DateTime<'a>> {
        Wall::from_leaf(leaf, END).map(DateTime)
    }
}

/// `DateTime(2024-02-29T12:00:00+01:00[Europe/Paris], fold 1)`.
impl fmt::Debug for DateTime<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DateTime({self}{})", self.0.fold_in_words())
    }
}

/// ISO 8601, with the zone's name in brackets as RFC 9557 has it: `2024-02-29T12:00:00+01:00[Europe/Paris]`. The fold does not
/// show.
impl fmt::Display for DateTime<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date(), self.time())?;
        self.0.write_zone(f)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::{format, string::ToString, vec::Vec};

    use super::*;

    fn leaf(time: DateTime<'_>) -> Vec<u8> {
        let mut leaf = Vec::new();
        time.wall().tell(&mut |piece| leaf.extend_from_slice(piece));
        leaf
    }

    #[test]
    fn a_date_and_time_is_what_it_was_made_of() {
        for (date, time) in [(Date::MIN, Time::MIN), (Date::MAX, Time::MAX.with_fold(true))] {
            let naive = DateTime::new(date, time);
            assert_eq!(
                (naive.date(), naive.time(), naive.zone(), naive.utc_micros()),
                (date, time, None, None)
            );
            assert_eq!(DateTime::from_payload(naive.wall().payload()), Ok(naive));
            for name in [None, Some(""), Some("Europe/Paris")] {
                for offset in [0, 1, -86_399_999_999, 86_399_999_999] {
                    let zone = TimeZone::new(offset, name).unwrap();
                    let there = naive.with_zone(zone);
                    assert_eq!((there.zone(), there.without_zone(), there.time()), (Some(zone), naive, time));
                    assert_eq!(there.utc_micros(), Some(naive.micros() as i64 - offset));
                    assert_eq!(DateTime::from_leaf(&leaf(there)), Some(there));
                    assert_eq!(DateTime::new(date, time.with_zone(zone)), there);
                }
            }
        }
    }

    #[test]
    fn it_reads_as_people_write_it() {
        let naive = DateTime::new(Date::new(2024, 2, 29).unwrap(), Time::new(12, 0, 0, 500).unwrap());
        assert_eq!(naive.to_string(), "2024-02-29T12:00:00.000500");
        let paris = TimeZone::new(3_600_000_000, Some("Europe/Paris")).unwrap();
        assert_eq!(naive.with_zone(paris).to_string(), "2024-02-29T12:00:00.000500+01:00[Europe/Paris]");
        assert_eq!(
            format!("{:?}", naive.with_zone(TimeZone::UTC)),
            "DateTime(2024-02-29T12:00:00.000500+00:00)"
        );
    }

    #[test]
    fn bad_leaves_are_none() {
        let there = DateTime::new(Date::MIN, Time::MIN).with_zone(TimeZone::UTC);
        let good = leaf(there);
        assert!(DateTime::from_leaf(&good).is_some() && DateTime::from_leaf(&good[..15]).is_none());
        // A name that nobody announced, a name that is no text, an offset of a day, a year 10,000, a bit that means nothing.
        assert!(DateTime::from_leaf(&[&good, b"x".as_slice()].concat()).is_none());
        for (at, byte) in [(7, 0x20), (7, 0x1f), (15, 0x7f)] {
            let mut bad = good.clone();
            bad[at] = byte;
            assert!(DateTime::from_leaf(&bad).is_none(), "{at}");
        }
        let mut named = [good.as_slice(), &[0xff]].concat();
        named[7] = 0x40;
        assert!(DateTime::from_leaf(&named).is_none());
        assert_eq!(DateTime::from_micros(LAST_DAY as u64 * MICROS_IN_DAY), Err(Error::BadValue));
    }
}
