//! Why a party could not join, or got no turn.

#![forbid(unsafe_code)]

use core::fmt;

use crate::Error;

/// Why [`Region::join`](crate::Region::join) or [`Region::split`](crate::Region::split) refused. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum JoinError {
    /// The region has no such slot.
    NoSuchSlot {
        /// The slot asked for.
        asked: u8,
        /// How many slots there are, counted from 0.
        parties: u8,
    },
    /// `split` was asked for another number of parties than the region has.
    PartyCount {
        /// The number asked for.
        asked: u32,
        /// The number of slots in the region.
        parties: u8,
    },
    /// The region was not formatted in this program's own memory, so others may be in it: join one slot.
    Shared,
    /// The parties of this region take turns by another lock in hardware than the one given; or one of the two is none.
    OtherLock {
        /// The lock's number in the header; 0: none.
        needed: u8,
        /// The number of the one given; 0: none.
        given: u8,
    },
    /// The slot's former party died and may still have the lock: the other party has to notice that first, by waiting for its
    /// turn or by [reaping](crate::Turn::reap).
    Unburied,
}

impl JoinError {
    /// Number seen by other languages; stable for ever.
    pub const fn code(self) -> u16 {
        match self {
            Self::NoSuchSlot { .. } => 0x0141,
            Self::PartyCount { .. } => 0x0142,
            Self::Shared => 0x0143,
            Self::OtherLock { .. } => 0x0144,
            Self::Unburied => 0x0145,
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoSuchSlot { asked, parties } => {
                write!(f, "there is no slot {asked}; choose one below {parties}")
            }
            Self::PartyCount { asked, parties } => {
                write!(f, "the region has {parties} slots, not {asked}; split it into that many")
            }
            Self::Shared => f.write_str("other programs may be in this region; join a single slot instead"),
            Self::OtherLock { needed, given: 0 } => {
                write!(f, "parties of this region take turns by hardware lock {needed}; join with it")
            }
            Self::OtherLock { needed: 0, .. } => {
                f.write_str("parties of this region take turns without a hardware lock; join without one")
            }
            Self::OtherLock { needed, given } => {
                write!(f, "parties of this region take turns by hardware lock {needed}, not {given}; use that one")
            }
            Self::Unburied => f.write_str(
                "the party that died in this slot may still have the lock; let the other one reap, then join again",
            ),
        }
    }
}

impl core::error::Error for JoinError {}

/// Why a party got no turn. It holds nothing, and others can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum TurnError {
    /// A party died in its turn, and the heap it left could not be recovered.
    Unrecoverable(Error),
    /// Somebody else has joined this party's slot: it had been taken for dead, or the region was formatted anew.
    Superseded,
    /// A party has died in its turn, or an earlier one in this slot has left things behind, and this program is built without
    /// recovery (feature `recovery`): nothing can be done here until the other party has taken a turn, and recovered.
    LeftToOther,
}

impl TurnError {
    /// Number seen by other languages; stable for ever.
    pub const fn code(self) -> u16 {
        match self {
            Self::Unrecoverable(_) => 0x0161,
            Self::Superseded => 0x0162,
            Self::LeftToOther => 0x0163,
        }
    }
}

impl fmt::Display for TurnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unrecoverable(why) => write!(f, "recovery after a party's death failed: {why}"),
            Self::Superseded => {
                f.write_str("another party has taken over this slot; open the region and join again")
            }
            Self::LeftToOther => f.write_str(
                "a party has died and this program is built without recovery; let the other party take a turn, then try again",
            ),
        }
    }
}

impl core::error::Error for TurnError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Unrecoverable(why) => Some(why),
            Self::Superseded | Self::LeftToOther => None,
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn codes_count_up_and_messages_start_in_lower_case() {
        let join = [
            JoinError::NoSuchSlot { asked: 2, parties: 2 },
            JoinError::PartyCount { asked: 3, parties: 2 },
            JoinError::Shared,
            JoinError::OtherLock { needed: 32, given: 0 },
            JoinError::Unburied,
        ];
        let turn =
            [TurnError::Unrecoverable(Error::corrupt(1)), TurnError::Superseded, TurnError::LeftToOther];
        let join = join.iter().enumerate().map(|(i, e)| (0x0141 + i, e.code(), e.to_string()));
        let turn = turn.iter().enumerate().map(|(i, e)| (0x0161 + i, e.code(), e.to_string()));
        for (expected, code, text) in join.chain(turn) {
            assert_eq!(code as usize, expected, "{text}");
            assert!(text.starts_with(char::is_lowercase) && !text.ends_with('.'), "{text}");
        }
    }
}
