//! Times of day: naive in the cell, with an offset a leaf. The bytes are those of `wall.rs`.

#![forbid(unsafe_code)]

use core::{cmp::Ordering, fmt};

use super::{
    calendar::{MICROS_IN_DAY, MICROS_IN_SECOND},
    timezone::TimeZone,
    wall::Wall,
};
use crate::error::Error;

/// A time of day to the microsecond, naive or with an offset from UTC; what Python calls `datetime.time`.
///
/// `fold` tells apart the two times that read alike when clocks are put back: the earlier (`false`) and the later. `==` compares what was
/// written: two times that differ in the fold or by their offsets are not `==`, unlike in Python.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Time<'a>(Wall<'a>);

impl<'a> Time<'a> {
    /// Midnight.
    pub const MIN: Time<'static> = Time(Wall::of(0));
    /// A microsecond before midnight.
    pub const MAX: Time<'static> = Time(Wall::of(MICROS_IN_DAY - 1));

    /// The time of hour (0 to 23), minute, second (0 to 59) and microsecond, naive; [`Error::BadValue`] beyond.
    pub const fn new(hour: u32, minute: u32, second: u32, microsecond: u32) -> Result<Time<'static>, Error> {
        if hour > 23 || minute > 59 || second > 59 || microsecond > 999_999 {
            return Err(Error::BadValue);
        }
        Time::from_micros((hour * 3600 + minute * 60 + second) as u64 * MICROS_IN_SECOND + microsecond as u64)
    }

    /// The time so many microseconds after midnight, naive.
    pub const fn from_micros(micros: u64) -> Result<Time<'static>, Error> {
        match Wall::new(micros, MICROS_IN_DAY) {
            Ok(wall) => Ok(Time(wall)),
            Err(error) => Err(error),
        }
    }

    /// The same, as the earlier or the later of two times that read alike.
    pub const fn with_fold(self, fold: bool) -> Time<'a> {
        Time(self.0.with_fold(fold))
    }

    /// The same on the wall, in this zone.
    pub const fn with_zone<'z>(self, zone: TimeZone<'z>) -> Time<'z> {
        Time(self.0.with_zone(zone))
    }

    /// The same on the wall, naive.
    pub const fn without_zone(self) -> Time<'static> {
        Time(self.0.without_zone())
    }

    /// The zone; `None` if it is naive.
    pub const fn zone(self) -> Option<TimeZone<'a>> {
        self.0.zone()
    }

    /// Microseconds since midnight, by the clock on the wall.
    pub const fn micros(self) -> u64 {
        self.0.micros()
    }

    /// Microseconds from midnight in UTC to this time of the same day on the wall: below 0, or a day and more, where that is another day
    /// in UTC. `None` if it is naive.
    pub const fn utc_micros(self) -> Option<i64> {
        self.0.utc_micros()
    }

    /// Whether it is the later of two times that read alike.
    pub const fn fold(self) -> bool {
        self.0.fold()
    }

    /// By [`utc_micros`](Self::utc_micros), or as naive ones; [`Error::NotComparable`] if only one has an offset.
    pub(crate) fn order(self, other: Time<'_>) -> Result<Option<Ordering>, Error> {
        self.0.order(other.0)
    }

    pub(super) const fn wall(self) -> Wall<'a> {
        self.0
    }

    pub(super) fn from_payload(payload: u64) -> Result<Time<'static>, Error> {
        Wall::from_payload(payload, MICROS_IN_DAY).map(Time)
    }

    pub(super) fn from_leaf(leaf: &'a [u8]) -> Option<Time<'a>> {
        Wall::from_leaf(leaf, MICROS_IN_DAY).map(Time)
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

/// `Time(23:59:59.000001+01:00[CET], fold 1)`.
impl fmt::Debug for Time<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Time({self}{})", self.0.fold_in_words())
    }
}

/// ISO 8601: `23:59:59`, `.000001` where there are microseconds, and the offset and the zone's name in brackets where there are:
/// `+01:00[CET]`. The fold does not show.
impl fmt::Display for Time<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour(), self.minute(), self.second())?;
        write_fraction(f, self.microsecond())?;
        self.0.write_zone(f)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::{format, string::ToString, vec::Vec};

    use super::*;

    #[test]
    fn a_time_is_what_it_was_made_of() {
        let time = Time::new(23, 59, 58, 7).unwrap().with_fold(true);
        assert_eq!((time.hour(), time.minute(), time.second(), time.microsecond()), (23, 59, 58, 7));
        assert!(time.fold() && time != time.with_fold(false));
        assert_eq!(Time::from_payload(time.wall().payload()), Ok(time));
        assert_eq!((time.to_string(), Time::MIN.to_string()), ("23:59:58.000007".into(), "00:00:00".into()));
        assert_eq!(Time::new(23, 59, 59, 999_999), Ok(Time::MAX));
        for (hour, minute, second, micros) in
            [(24, 0, 0, 0), (0, 60, 0, 0), (0, 0, 60, 0), (0, 0, 0, 1_000_000)]
        {
            assert_eq!(Time::new(hour, minute, second, micros), Err(Error::BadValue));
        }
        assert_eq!(Time::from_micros(MICROS_IN_DAY), Err(Error::BadValue));
        assert_eq!(Time::from_payload(1 << 63 | MICROS_IN_DAY), Err(Error::BadValue));
    }

    #[test]
    fn a_time_with_an_offset_is_what_it_was_made_of() {
        for naive in [Time::MIN, Time::MAX.with_fold(true)] {
            for name in [None, Some(""), Some("Europe/Paris")] {
                for offset in [0, 1, -86_399_999_999, 86_399_999_999] {
                    let zone = TimeZone::new(offset, name).unwrap();
                    let there = naive.with_zone(zone);
                    assert_eq!((there.zone(), there.without_zone()), (Some(zone), naive));
                    assert_eq!((there.micros(), there.fold()), (naive.micros(), naive.fold()));
                    assert_eq!(there.utc_micros(), Some(naive.micros() as i64 - offset));
                    let mut leaf = Vec::new();
                    there.wall().tell(&mut |piece| leaf.extend_from_slice(piece));
                    assert_eq!(Time::from_leaf(&leaf), Some(there));
                    // A day and more.
                    leaf[..8].copy_from_slice(&MICROS_IN_DAY.to_le_bytes());
                    assert_eq!(Time::from_leaf(&leaf), None);
                }
            }
        }
        let paris = TimeZone::new(3_600_000_000, Some("Europe/Paris")).unwrap();
        assert_eq!(format!("{:?}", Time::MIN.with_zone(paris)), "Time(00:00:00+01:00[Europe/Paris])");
    }

    /// As CPython has it, which does not go round at midnight.
    #[test]
    fn times_with_offsets_are_ordered_by_what_they_are_in_utc() {
        let at = |hour, offset: i64| {
            Time::new(hour, 0, 0, 0).unwrap().with_zone(TimeZone::new(offset * 3_600_000_000, None).unwrap())
        };
        assert_eq!(at(12, 0).order(at(14, 2)), Ok(Some(Ordering::Equal)));
        assert_eq!(at(1, 2).order(at(0, 0)), Ok(Some(Ordering::Less)));
        assert_eq!(at(23, 0).order(at(1, 2)), Ok(Some(Ordering::Greater)), "of the day before");
        assert_eq!(at(12, 0).order(Time::MAX), Err(Error::NotComparable));
    }
}
