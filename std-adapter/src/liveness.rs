//! Who is alive: a party lives exactly as long as the kernel keeps its lock on its slot's byte.
//!
//! ```text
//!   join:   lock the slot's byte (the kernel lets one in) -> the core writes a new incarnation -> turns ...
//!   leave:  the core marks the slot vacant               -> the lock goes with its descriptor
//!   death:  all threads of the process are stopped       -> the lock goes with its descriptor
//! ```
//!
//! So a free lock means that whoever was in the slot will never store again, and a held one means that *somebody* is in the
//! slot: the one asked about, unless the incarnation has moved on, or a newcomer who is about to move it on and makes the
//! answer "alive" for a moment longer. Both are safe: a no may come late, a yes is final.
//!
//! A process that is stopped (SIGSTOP, a debugger) is alive. One that is being killed is until the kernel has taken its
//! memory apart, which takes a while for very large processes. All parties must be on one machine: a network file system may
//! well take the locks, but shares no memory.
#![forbid(unsafe_code)]

use cohabit::Liveness;

use crate::segment::Segment;

impl Liveness for Segment {
    fn is_dead(&self, slot: u8, incarnation: u32) -> bool {
        // A lock is invisible to the open file that holds it, so our own slot would look free.
        let held = slot == self.slot() || self.is_slot_locked(slot);
        !held || self.incarnation_in(slot).is_some_and(|now| now != incarnation)
    }
}
