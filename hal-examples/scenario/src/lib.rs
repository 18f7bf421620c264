//! What two cores do with one region: written once, played on every stage.
//!
//! One core *leads*: it formats the region, calls the acts and checks. The other *follows*: it opens the region, does its part of
//! each act, and says when it is through. They speak through the region alone, by a few names among its roots:
//!
//! ```text
//!   lead                          roots                          follow
//!   call(Count, 50000)  ------->  "act": 3, "with": 50000 -----> its part of the act
//!   its part of the act <------>  the objects themselves <-----> ...
//!   wait until through  <-------  "through": 3            <----- (or minus 3: it failed)
//! ```
//!
//! | act | what is shown |
//! |---|---|
//! | [`acts::messages`] | messages both ways, short and long |
//! | [`acts::live`] | a list, a map and a record changed by one core while the other uses them |
//! | [`acts::count`] | one counter, exact: in strict alternation, and in a free-for-all |
//! | [`acts::full`] | put until memory is full; the error leaves everything as it was |
//! | [`acts::reset`] | the follower is reset in the middle of a turn, and between two chosen stores |
//! | [`acts::faults`] | the follower hangs in its turn, or writes garbage over the heap |
//! | [`acts::desktop`] | a region that another computer filled |
//!
//! A stage is a [`Board`]: it can tell, pause, and knows the time. If it can also reset the other core it is a [`ResetLine`].
//! Every wait has a limit, so a stage whose other half is missing ends with a [`Failure`] and not in silence.
//! A [`run`](mod@run) is a core's whole program: which acts, or which fault, and what must come of it; for a board that is a [`Pair`].
#![no_std]
#![deny(unsafe_code)]

pub mod acts;
mod board;
mod event;
#[cfg(feature = "defmt")]
#[allow(unsafe_code)]
mod logged;
mod patience;
#[allow(unsafe_code)]
pub mod run;
mod script;
#[cfg(feature = "semihosting")]
#[allow(unsafe_code)]
pub mod semihosted;
mod wires;

pub use board::{Board, Pair, ResetLine};
pub use event::{Act, Event, Failure};
pub use script::{Plan, Player, finish, follow, follow_and, lead};
pub use wires::Wires;

/// The layout that all stages use: two parties, side by side, and the shortest journal.
pub const CONFIG: cohabit::Config = cohabit::Config::new().parties(2).compact().journal(16).checked();

/// Bytes of the region on all stages.
pub const LEN: usize = 16 * 1024;

/// The slot of the core that formats.
pub const LEAD: u8 = 0;

/// The slot of the core that opens.
pub const FOLLOW: u8 = 1;
