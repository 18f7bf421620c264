//! What a region shows from outside, without a turn: for tools, liveness oracles and the curious.

#![forbid(unsafe_code)]

use crate::{
    format::ArbiterKind,
    turn::{ASLEEP, CHOOSING, WANTS},
};

/// The constants of a region, as its header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Info {
    /// Format version.
    pub version: u16,
    /// Number of slots.
    pub parties: u8,
    /// How parties take turns.
    pub arbiter: ArbiterKind,
    /// Bytes from one slot to the next.
    pub stride: u32,
    /// Length of the region in bytes.
    pub len: u64,
    /// Length it may grow to.
    pub max_len: u64,
    /// Where the heap area starts.
    pub heap_start: u32,
    /// Length of the heap area in bytes.
    pub heap_len: u64,
    /// Entries of the heap's journal.
    pub journal: u16,
    /// Hash kind of the maps.
    pub hash: u8,
    /// Key of the maps' hash.
    pub hash_seed: u64,
    /// Random number given by the creator.
    pub region_id: u64,
    /// How often this memory has been formatted.
    pub epoch: u32,
    /// What every handle of this region carries.
    pub tag: u16,
}

/// What a slot shows to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SlotView {
    /// Flags and ticket.
    pub word: u32,
    /// Odd while a party has joined the slot, even while it is vacant.
    pub incarnation: u32,
}

impl SlotView {
    /// Whether a party has joined and not left; it may be dead.
    pub const fn is_joined(self) -> bool {
        self.incarnation & 1 == 1
    }

    /// Whether its party wants the turn or has it.
    pub const fn wants(self) -> bool {
        self.word & (WANTS | CHOOSING) != 0
    }

    /// Whether its party sleeps, or is about to.
    pub const fn is_asleep(self) -> bool {
        self.word & ASLEEP != 0
    }
}
