//! The control area: every byte before the heap, who writes it and how it may be touched.
//!
//! A region opens with constants that are written once, and goes on with a few words by which the parties take turns.
//! Whoever maps the region may read all of them at any time, so all of them are accessed as 32-bit atomics, never as plain
//! memory; the constants are copied out once, when a region is opened, and checked in safe code.
//!
//! | offset | size | field         | writer    | access | meaning                                                       |
//! |-------:|-----:|---------------|-----------|--------|---------------------------------------------------------------|
//! |   0x00 |    4 | `magic`       | formatter | atomic | "being formatted" first, "a region" last (T0)                 |
//! |   0x04 |    2 | `version`     | formatter | once   | format version, 1                                             |
//! |   0x06 |    1 | `parties`     | formatter | once   | number of slots, 2..=32                                       |
//! |   0x07 |    1 | `arbiter`     | formatter | once   | 1 Peterson (two parties), 2 bakery, 32.. a lock in hardware   |
//! |   0x08 |    8 | `len`         | formatter | once   | region length in bytes, a multiple of 8                       |
//! |   0x10 |    8 | `max_len`     | formatter | once   | length it may grow to; the heap's tables are sized from it    |
//! |   0x18 |    8 | `region_id`   | formatter | once   | random number given by the creator                            |
//! |   0x20 |    8 | `hash_seed`   | formatter | once   | random number that keys the maps' hash                        |
//! |   0x28 |    4 | `heap_start`  | formatter | once   | offset of the heap area                                       |
//! |   0x2c |    4 | `lanes_start` | formatter | once   | offset of the room for lanes                                  |
//! |   0x30 |    4 | `lanes_len`   | formatter | once   | its length; 0: no lanes                                       |
//! |   0x34 |    4 | `epoch`       | formatter | once   | 1, and one more each time a valid region is formatted anew    |
//! |   0x38 |    2 | `journal`     | formatter | once   | entries of the heap's journal                                 |
//! |   0x3a |    1 | `hash`        | formatter | once   | hash kind of the maps (hash.rs)                                     |
//! |   0x3b |    1 | `stride_log2` | formatter | once   | 3, 6 or 7: a unit takes 8, 64 or 128 bytes                    |
//! |   0x3c |    4 | `check`       | formatter | once   | FNV-1a of the bytes 0x04..0x3c                                |
//! |   0x40 |    4 | `holder`      | holder    | atomic | 0, or who has the turn: incarnation << 6, slot + 1            |
//! |   0x44 |    4 | -             | formatter | once   | 0                                                             |
//! | unit 0 |    4 | `changes`     | holder    | atomic | one more after each turn that changed something               |
//! |     +4 |    4 | `messages`    | holder    | atomic | how many messages wait                                        |
//! | unit 1 |    4 | `gate`        | see right | atomic | Peterson: the slot that goes first, written by whoever gives way; bakery: ticket last served, by the holder; lock: the dead that was buried last, by the holder |
//! |     +4 |    4 | -             | formatter | once   | 0                                                             |
//! | unit 2+n |  4 | `word`        | party n   | atomic | bit 0 wants, 1 choosing, 2 asleep; 3.. ticket (29 bits)       |
//! |     +4 |    4 | `incarnation` | party n   | atomic | odd: joined; even: vacant; one more each time that changes    |
//!
//! ```text
//!   0x00        0x40    unit 0    unit 1   unit 2    unit 3            lanes_start  heap_start
//!   | constants | holder | news   | gate   | slot 0  | slot 1  | ...   | (lanes)    | heap ...
//!                        `-- units are `stride` bytes apart and start at a multiple of it, from 0x48 on --'
//! ```
//!
//! In compact stride (8 bytes) two parties need 104 bytes. With 64 or 128 bytes each unit has cache lines of its own: a
//! party that polls for news, or waits at the gate, does not slow down the one that works.

#![forbid(unsafe_code)]

mod error;
mod header;
#[cfg(all(test, not(loom)))]
mod tests;

pub use error::{FormatError, OpenError};
pub(crate) use header::{Header, MIN_JOURNAL, RawHeader, check};

/// Version of the byte format that this build writes, and the newest that it reads.
pub const FORMAT_VERSION: u16 = 1;
/// The most parties one region can have.
pub const MAX_PARTIES: usize = 32;
/// What the start of a region must be a multiple of, in memory: 8, or 4 on hosts whose 64-bit numbers need no more (i686).
/// Memory that 64-bit parties share, too, starts at a multiple of 8 anyway: pages do.
pub const REGION_ALIGN: usize = align_of::<u64>();

/// "coha", stored last: the region is there.
pub(crate) const MAGIC: u32 = u32::from_le_bytes(*b"coha");
/// "CoHA", stored first: somebody is formatting this memory.
pub(crate) const FORMATTING: u32 = u32::from_le_bytes(*b"CoHA");

/// Bytes of the constants.
pub(crate) const HEADER_LEN: u32 = 0x40;
/// Offset of `holder`.
pub(crate) const HOLDER: u32 = 0x40;
/// Where the units would start if they were a byte apart.
const UNITS: u32 = 0x48;

/// Units before the first slot: news and gate.
pub(crate) const UNIT_NEWS: u32 = 0;
pub(crate) const UNIT_GATE: u32 = 1;
pub(crate) const UNIT_SLOTS: u32 = 2;

/// Which mutual exclusion the parties play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ArbiterKind {
    /// Two parties.
    Peterson,
    /// Three to 32 parties.
    Bakery,
    /// Two parties, by the lock in hardware of this number, 32 or more: see [`Arbiter`](crate::Arbiter).
    Lock(u8),
}

/// The first number of a lock in hardware.
pub(crate) const FIRST_LOCK: u8 = 32;

impl ArbiterKind {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Peterson => 1,
            Self::Bakery => 2,
            Self::Lock(number) => number,
        }
    }

    /// `None` for what this build does not know.
    pub(crate) const fn from_number(number: u8) -> Option<ArbiterKind> {
        match number {
            1 => Some(Self::Peterson),
            2 if cfg!(feature = "bakery") => Some(Self::Bakery),
            FIRST_LOCK.. if cfg!(feature = "locks") => Some(Self::Lock(number)),
            _ => None,
        }
    }

    pub(crate) const fn for_parties(parties: u8) -> ArbiterKind {
        if parties == 2 { Self::Peterson } else { Self::Bakery }
    }
}

/// Offset of the first unit. `stride` is 8, 64 or 128; not every core can divide, so by mask.
pub(crate) const fn first_unit(stride: u32) -> u32 {
    (UNITS + stride - 1) & !(stride - 1)
}

/// Length of the control area.
pub(crate) const fn control_len(parties: u8, stride: u32) -> u32 {
    first_unit(stride) + (UNIT_SLOTS + parties as u32) * stride
}

const _: () = {
    assert!(control_len(2, 8) == 104);
    assert!(control_len(2, 64) == 0x180);
    assert!(control_len(2, 128) == 0x280);
    assert!(control_len(32, 128) == 0x80 + 34 * 128);
};
