//! What a clock on the wall shows, and the zone that it hangs in, if that is known: what times of day have in common with dates and
//! times.
//!
//! ```text
//!   word      | bit 63: fold | bit 62: named | bits 0 to 58: microseconds since midnight, of the day or of 1 January of year 1 |
//!   leaf      | word | offset in microseconds | name ...
//! ```
//!
//! The microseconds are those on the wall, also where there is an offset: so nothing is lost by writing one and reading it again.

#![forbid(unsafe_code)]

use core::{cmp::Ordering, fmt};

use super::timezone::TimeZone;
use crate::error::Error;

/// Of two times that read alike, the later one: bit 63 of a payload.
const FOLD: u64 = 1 << 63;
const NAMED: u64 = 1 << 62;
const ZONED: u64 = 1 << 61;

/// See above. `==` compares what was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) struct Wall<'a> {
    /// As in the leaf, and `ZONED`.
    word: u64,
    offset: i64,
    name: &'a str,
}

impl<'a> Wall<'a> {
    /// So many microseconds, naive; whoever says so knows that there are as many.
    pub(super) const fn of(micros: u64) -> Wall<'static> {
        Wall { word: micros, offset: 0, name: "" }
    }

    /// So many microseconds, fewer than `end`, naive.
    pub(super) const fn new(micros: u64, end: u64) -> Result<Wall<'static>, Error> {
        if micros < end { Ok(Wall::of(micros)) } else { Err(Error::BadValue) }
    }

    pub(super) const fn with_zone<'z>(self, zone: TimeZone<'z>) -> Wall<'z> {
        let (word, offset) = (self.payload() | ZONED, zone.offset_micros());
        match zone.name() {
            Some(name) => Wall { word: word | NAMED, offset, name },
            None => Wall { word, offset, name: "" },
        }
    }

    pub(super) const fn without_zone(self) -> Wall<'static> {
        Wall::of(self.payload())
    }

    pub(super) const fn with_fold(self, fold: bool) -> Wall<'a> {
        Wall { word: self.word & !FOLD | if fold { FOLD } else { 0 }, ..self }
    }

    pub(super) const fn fold(self) -> bool {
        self.word & FOLD != 0
    }

    pub(super) const fn micros(self) -> u64 {
        self.word & !(FOLD | NAMED | ZONED)
    }

    pub(super) const fn zone(self) -> Option<TimeZone<'a>> {
        if self.word & ZONED == 0 {
            return None;
        }
        let name = if self.word & NAMED != 0 { Some(self.name) } else { None };
        match TimeZone::new(self.offset, name) {
            Ok(zone) => Some(zone),
            Err(_) => None,
        }
    }

    /// Microseconds to the same moment in UTC; `None` if it is naive.
    pub(super) const fn utc_micros(self) -> Option<i64> {
        if self.word & ZONED == 0 { None } else { Some(self.micros() as i64 - self.offset) }
    }

    /// By the moment if both have an offset, by what they show if neither has; else [`Error::NotComparable`].
    pub(super) fn order(self, other: Wall<'_>) -> Result<Option<Ordering>, Error> {
        match (self.utc_micros(), other.utc_micros()) {
            (Some(a), Some(b)) => Ok(Some(a.cmp(&b))),
            (None, None) => Ok(Some(self.micros().cmp(&other.micros()))),
            _ => Err(Error::NotComparable),
        }
    }

    /// The payload of a naive one.
    pub(super) const fn payload(self) -> u64 {
        self.word & !(ZONED | NAMED)
    }

    pub(super) const fn from_payload(payload: u64, end: u64) -> Result<Wall<'static>, Error> {
        match Wall::new(payload & !FOLD, end) {
            Ok(naive) => Ok(naive.with_fold(payload & FOLD != 0)),
            Err(error) => Err(error),
        }
    }

    /// Tells the bytes of the leaf of one with an offset.
    pub(super) fn tell(self, tell: &mut dyn FnMut(&[u8])) {
        tell(&(self.word & !ZONED).to_le_bytes());
        tell(&self.offset.to_le_bytes());
        tell(self.name.as_bytes());
    }

    pub(super) fn from_leaf(leaf: &'a [u8], end: u64) -> Option<Wall<'a>> {
        let (head, name) = leaf.split_at_checked(16)?;
        let word = u64::from_le_bytes(*head.first_chunk()?);
        let offset = i64::from_le_bytes(*head.last_chunk()?);
        let name = match (word & NAMED != 0, core::str::from_utf8(name).ok()?) {
            (false, "") => None,
            (false, _) => return None,
            (true, name) => Some(name),
        };
        let zone = TimeZone::new(offset, name).ok()?;
        Some(Wall::from_payload(word & !NAMED, end).ok()?.with_zone(zone))
    }

    /// The offset behind what was written already, and the zone's name in brackets, if there are any.
    pub(super) fn write_zone(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.zone().map_or(Ok(()), |zone| zone.write_offset(f))
    }

    /// What `Debug` says besides what `Display` does.
    pub(super) fn fold_in_words(self) -> &'static str {
        if self.fold() { ", fold 1" } else { "" }
    }
}
