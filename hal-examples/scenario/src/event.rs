//! What a core tells: small values instead of text, so that a board may send them as it likes.

use core::fmt;

use cohabit::{AuditError, Error, FormatError, JoinError, OpenError, Recovered, TurnError};

/// What the cores do together. The numbers go through the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Act {
    /// Nothing more: the follower may go.
    Finish = 1,
    /// [`acts::messages`](crate::acts::messages)
    Messages,
    /// [`acts::live`](crate::acts::live)
    Live,
    /// [`acts::count::alternate`](crate::acts::count::alternate)
    Alternate,
    /// [`acts::count::contend`](crate::acts::count::contend)
    Contend,
    /// [`acts::full`](crate::acts::full)
    Full,
    /// [`acts::reset::in_a_turn`](crate::acts::reset::in_a_turn)
    Churn,
    /// [`acts::reset::at_each_store`](crate::acts::reset::at_each_store)
    Store,
    /// [`acts::faults::hang`](crate::acts::faults::hang)
    Hang,
    /// [`acts::faults::garbage`](crate::acts::faults::garbage)
    Garbage,
}

impl Act {
    /// All of them.
    pub const ALL: [Act; 10] = [
        Act::Finish,
        Act::Messages,
        Act::Live,
        Act::Alternate,
        Act::Contend,
        Act::Full,
        Act::Churn,
        Act::Store,
        Act::Hang,
        Act::Garbage,
    ];

    /// The act of this number.
    pub fn numbered(number: i64) -> Option<Act> {
        Act::ALL.into_iter().find(|act| act.number() == number)
    }

    /// As it goes through the region.
    pub const fn number(self) -> i64 {
        self as i64
    }
}

/// Something worth a line in a core's log.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event {
    /// The region was made; so often has this memory been formatted.
    Formatted { len: u64, epoch: u32 },
    /// The region was found, and this core has joined it.
    Opened { len: u64, epoch: u32, incarnation: u32 },
    /// An act begins, with this number.
    Begins { act: Act, with: u32 },
    /// An act is over; everything was as it should be.
    Ended { act: Act, ms: u32 },
    /// Memory was full after so many messages, and nothing was lost.
    Full { put: u32, requested: usize, largest_free: usize, total_free: usize },
    /// Somebody died in its turn, and this core made the region whole.
    Recovered(Recovered),
    /// The other core was reset so often; so many times it had the turn.
    Resets { resets: u32, in_turn: u32 },
    /// The other core stood still before each store of an operation, one after the other.
    Stores { stores: u32, undone: u32 },
    /// The other core has joined again.
    Readmitted { incarnation: u32 },
    /// A fault was met as it should be.
    Met { fault: &'static str },
    /// A figure, for whoever measures.
    Figure { what: &'static str, value: u32, at_most: u32 },
    /// It did not work.
    Failed(Failure),
}

/// Why a stage did not get to its end.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Failure {
    /// No region could be made.
    Format(FormatError),
    /// No region could be opened.
    Open(OpenError),
    /// No slot.
    Join(JoinError),
    /// No turn.
    Turn(TurnError),
    /// An operation failed that should not have.
    Operation(Error),
    /// The region is not sound.
    Audit(AuditError),
    /// Something did not happen in time.
    TimedOut { what: &'static str },
    /// Something is not what it should be.
    Wrong { what: &'static str, wanted: i64, found: i64 },
    /// This stage cannot play that act.
    CannotPlay { act: Act },
    /// The other core says that its part failed.
    Other { act: Act },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Formatted { len, epoch } => write!(f, "formatted {len} bytes, epoch {epoch}"),
            Event::Opened { len, epoch, incarnation } => {
                write!(f, "opened {len} bytes, epoch {epoch}, incarnation {incarnation}")
            }
            Event::Begins { act, with } => write!(f, "{act:?} ({with})"),
            Event::Ended { act, ms } => write!(f, "{act:?} held, {ms} ms"),
            Event::Full { put, requested, largest_free, total_free } => write!(
                f,
                "full after {put} messages: {requested} bytes asked for, {largest_free} in one piece, {total_free} in all"
            ),
            Event::Recovered(Recovered { slot, incarnation, recovery }) => write!(
                f,
                "slot {slot}, incarnation {incarnation}, died in its turn: {} words undone, {} messages back, {} objects destroyed",
                recovery.undone, recovery.requeued, recovery.destroyed
            ),
            Event::Resets { resets, in_turn } => {
                write!(f, "{resets} resets, {in_turn} of them in the middle of a turn")
            }
            Event::Stores { stores, undone } => {
                write!(
                    f,
                    "stopped before each of {stores} stores; {undone} times there was something to undo or give back"
                )
            }
            Event::Readmitted { incarnation } => {
                write!(f, "the other core is back as incarnation {incarnation}")
            }
            Event::Met { fault } => write!(f, "met as it should be: {fault}"),
            Event::Figure { what, value, at_most } => {
                write!(f, "figure: {what}: {value} (at most {at_most})")
            }
            Event::Failed(failure) => write!(f, "FAILED: {failure}"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Format(why) => write!(f, "cannot format: {why}"),
            Failure::Open(why) => write!(f, "cannot open: {why}"),
            Failure::Join(why) => write!(f, "cannot join: {why}"),
            Failure::Turn(why) => write!(f, "no turn: {why}"),
            Failure::Operation(why) => write!(f, "an operation failed: {why}"),
            Failure::Audit(why) => write!(f, "the region is not sound: {why}"),
            Failure::TimedOut { what } => write!(f, "waited too long for {what}"),
            Failure::Wrong { what, wanted, found } => write!(f, "{what} should be {wanted} and is {found}"),
            Failure::CannotPlay { act } => write!(f, "{act:?} cannot be played here"),
            Failure::Other { act } => write!(f, "the other core failed in {act:?}"),
        }
    }
}

macro_rules! from {
    ($($from:ty => $to:ident;)*) => {$(
        impl From<$from> for Failure {
            fn from(why: $from) -> Failure {
                Failure::$to(why)
            }
        }
    )*};
}

from! {
    FormatError => Format;
    OpenError => Open;
    JoinError => Join;
    TurnError => Turn;
    Error => Operation;
    AuditError => Audit;
}
