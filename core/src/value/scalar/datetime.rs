//! Date and time together: naive in the cell, with an offset a leaf.
//!
//! ```text
//!   word      | bit 63: fold | bit 62: named | bits 0 to 58: microseconds since midnight, 1 January of year 1 |
//!   leaf      | word | offset in microseconds | name ...
//! ```
//!
//! The microseconds are those of the clock on the wall, also where there is an offset: so nothing is lost by writing one and
//! reading it again.

#![forbid(unsafe_code)]

use core::fmt;

use super::{
    calendar::{LAST_DAY, MICROS_IN_DAY},
    date::Date,
    time::{FOLD, Time},
    timezone::TimeZone,
};
use crate::error::Error;

const NAMED: u64 = 1 << 62;
const ZONED: u64 = 1 << 61;

/// A date and a time, naive or with an offset from UTC; what Python calls `datetime.datetime`.
///
/// `==` compares what was written, not instants: the same instant by two offsets is two values.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DateTime<'a> {
    /// As in the leaf, and `ZONED`.
    word: u64,
    offset: i64,
    name: &'a str,
}

impl<'a> DateTime<'a> {
    /// This time of this day, naive.
    pub const fn new(date: Date, time: Time) -> DateTime<'static> {
        let micros = (date.ordinal() - 1) as u64 * MICROS_IN_DAY + time.micros();
        DateTime { word: micros | if time.fold() { FOLD } else { 0 }, offset: 0, name: "" }
    }

    /// So many microseconds after the beginning of year 1, naive; [`Error::BadValue`] from year 10,000 on.
    pub const fn from_micros(micros: u64) -> Result<DateTime<'static>, Error> {
        if micros < LAST_DAY as u64 * MICROS_IN_DAY {
            Ok(DateTime { word: micros, offset: 0, name: "" })
        } else {
            Err(Error::BadValue)
        }
    }

    /// The same on the wall, in this zone.
    pub const fn with_zone<'z>(self, zone: TimeZone<'z>) -> DateTime<'z> {
        let word = self.word & !(ZONED | NAMED) | ZONED;
        match zone.name() {
            Some(name) => DateTime { word: word | NAMED, offset: zone.offset_micros(), name },
            None => DateTime { word, offset: zone.offset_micros(), name: "" },
        }
    }

    /// The same on the wall, naive.
    pub const fn without_zone(self) -> DateTime<'static> {
        DateTime { word: self.word & !(ZONED | NAMED), offset: 0, name: "" }
    }

    /// The date.
    pub const fn date(self) -> Date {
        match Date::from_ordinal((self.micros() / MICROS_IN_DAY) as u32 + 1) {
            Ok(date) => date,
            Err(_) => Date::MAX,
        }
    }

    /// The time of day, with its fold.
    pub const fn time(self) -> Time {
        match Time::from_micros(self.micros() % MICROS_IN_DAY) {
            Ok(time) => time.with_fold(self.fold()),
            Err(_) => Time::MAX,
        }
    }

    /// Whether it is the later of two times that read alike.
    pub const fn fold(self) -> bool {
        self.word & FOLD != 0
    }

    /// Microseconds since the beginning of year 1, by the clock on the wall.
    pub const fn micros(self) -> u64 {
        self.word & !(FOLD | NAMED | ZONED)
    }

    /// The zone; `None` if it is naive.
    pub const fn zone(self) -> Option<TimeZone<'a>> {
        if self.word & ZONED == 0 {
            return None;
        }
        let name = if self.word & NAMED != 0 { Some(self.name) } else { None };
        match TimeZone::new(self.offset, name) {
            Ok(zone) => Some(zone),
            Err(_) => None,
        }
    }

    /// Microseconds from the beginning of year 1 to this instant, in UTC (negative for an instant before); `None` if it is naive.
    pub const fn utc_micros(self) -> Option<i64> {
        if self.word & ZONED == 0 { None } else { Some(self.micros() as i64 - self.offset) }
    }

    /// The payload of a naive one.
    pub(super) const fn payload(self) -> u64 {
        self.word & !(ZONED | NAMED)
    }

    pub(super) const fn from_payload(payload: u64) -> Result<DateTime<'static>, Error> {
        match DateTime::from_micros(payload & !FOLD) {
            Ok(naive) => Ok(DateTime { word: naive.word | payload & FOLD, ..naive }),
            Err(error) => Err(error),
        }
    }

    /// Word and offset of a leaf; the name follows.
    pub(super) fn leaf_head(self) -> [u8; 16] {
        let mut head = [0; 16];
        let words = [self.word & !ZONED, self.offset as u64];
        for (to, word) in head.chunks_exact_mut(8).zip(words) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        head
    }

    pub(super) fn name(self) -> &'a str {
        self.name
    }

    pub(super) fn from_leaf(leaf: &'a [u8]) -> Option<DateTime<'a>> {
        let (head, name) = leaf.split_at_checked(16)?;
        let word = u64::from_le_bytes(*head.first_chunk()?);
        let offset = i64::from_le_bytes(*head.last_chunk()?);
        let name = match (word & NAMED != 0, core::str::from_utf8(name).ok()?) {
            (false, "") => None,
            (false, _) => return None,
            (true, name) => Some(name),
        };
        let zone = TimeZone::new(offset, name).ok()?;
        Some(DateTime::from_payload(word & !NAMED).ok()?.with_zone(zone))
    }
}

/// `DateTime(2024-02-29T12:00:00+01:00[Europe/Paris], fold 1)`.
impl fmt::Debug for DateTime<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DateTime({self}{})", if self.fold() { ", fold 1" } else { "" })
    }
}

/// ISO 8601, with the zone's name in brackets as RFC 9557 has it: `2024-02-29T12:00:00+01:00[Europe/Paris]`. The fold does not
/// show.
impl fmt::Display for DateTime<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date(), self.time())?;
        self.zone().map_or(Ok(()), |zone| zone.write_offset(f))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::{format, string::ToString};

    use super::*;

    #[test]
    fn a_date_and_time_is_what_it_was_made_of() {
        for (date, time) in [(Date::MIN, Time::MIN), (Date::MAX, Time::MAX.with_fold(true))] {
            let naive = DateTime::new(date, time);
            assert_eq!(
                (naive.date(), naive.time(), naive.zone(), naive.utc_micros()),
                (date, time, None, None)
            );
            assert_eq!(DateTime::from_payload(naive.payload()), Ok(naive));
            for name in [None, Some(""), Some("Europe/Paris")] {
                for offset in [0, 1, -86_399_999_999, 86_399_999_999] {
                    let zone = TimeZone::new(offset, name).unwrap();
                    let there = naive.with_zone(zone);
                    assert_eq!((there.zone(), there.without_zone(), there.time()), (Some(zone), naive, time));
                    assert_eq!(there.utc_micros(), Some(naive.micros() as i64 - offset));
                    let leaf = [&there.leaf_head(), there.name().as_bytes()].concat();
                    assert_eq!(DateTime::from_leaf(&leaf), Some(there));
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
        let good = [there.leaf_head().as_slice(), b""].concat();
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
