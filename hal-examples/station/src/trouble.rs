//! What can go wrong with a step, as one type for `?`.

use core::fmt;

use cohabit::{Error, TurnError};

/// Why a step was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// No turn was to be had.
    Turn(TurnError),
    /// The time for it was up.
    GaveUp,
    /// An object refused.
    Object(Error),
    /// The other core has not made the station's objects, or has made others.
    NotFurnished,
}

impl From<TurnError> for Trouble {
    fn from(why: TurnError) -> Trouble {
        Trouble::Turn(why)
    }
}

impl From<Error> for Trouble {
    fn from(why: Error) -> Trouble {
        Trouble::Object(why)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Turn(why) => why.fmt(f),
            Self::Object(why) => why.fmt(f),
            Self::GaveUp => f.write_str("no turn in the time given; is the other core stuck in its own?"),
            Self::NotFurnished => {
                f.write_str("no station in this region; do both cores run the same release?")
            }
        }
    }
}

impl core::error::Error for Trouble {}
