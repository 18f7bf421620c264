//! The turn between two parties: Peterson's lock, from loads, stores and full fences.
//!
//! Every word has exactly one writer except the gate, which both write and where the last writer waits; so cores
//! without compare-and-swap (Cortex-M0+) take part on equal terms.
//!
//! ```text
//!   knock:   word[me] = WANTS | ticket ; FULL FENCE ; word[other] idle?  -> the turn is mine
//!   queue:   gate = other              ; FULL FENCE ; wait while word[other] wants && gate == other
//!   ... the turn: the heap area is mine alone ...
//!   release: word[me] = 0 (release)
//! ```
//!
//! **Why two fences.** Textbooks write flag and gate, then fence once. Between the two stores nothing orders them on a
//! weakly ordered core: the gate may become visible first, be overwritten by the other party, who then still reads
//! our flag as idle and enters, and we enter too because it gave way. (`loom` shows it; `docs/TURN.md` has the steps.)
//! So the flag is fenced before the gate is touched; and because after that fence an idle neighbour already means
//! victory, whoever meets nobody pays for one fence only, and never touches the gate at all.
//!
//! The ticket in the word is only a count: it makes each value new, so that a sleeper's "unless it changed" is exact.

#![forbid(unsafe_code)]

use crate::{
    sync::{Ordering, fence},
    turn::slots::{Blocker, Links, State, WANTS, ticket_bits},
};

/// Asks for the turn; true when nobody else wants it, and so it is ours.
#[inline(always)]
pub(in crate::turn) fn knock(links: &Links<'_>, state: &mut State) -> bool {
    state.ticket = state.ticket.wrapping_add(1);
    links.mine.store(WANTS | ticket_bits(state.ticket));
    // SYNC T1 (full): our wish is visible before we look at theirs. One of two who ask at once sees the other.
    fence(Ordering::SeqCst);
    links.other.load() & WANTS == 0
}

/// Gives way: whoever does so last waits.
pub(in crate::turn) fn queue(links: &Links<'_>, state: &mut State) {
    let other = links.slot ^ 1;
    links.gate.store(other as u32);
    // A new value, for a neighbour that is about to sleep on the old one although the gate has just opened for it;
    // release, so that whoever reads it (acquire, in `blocker`) sees the gate as well.
    state.ticket = state.ticket.wrapping_add(1);
    links.mine.store_release(WANTS | ticket_bits(state.ticket));
    // SYNC T2 (full): our giving way is visible before we look whether they gave way after us.
    fence(Ordering::SeqCst);
}

/// Who is in our way, if anybody.
pub(in crate::turn) fn blocker(links: &Links<'_>, state: &mut State) -> Option<Blocker> {
    let other = links.slot ^ 1;
    let seen = links.other.load_acquire();
    // Only bit 0 of the gate counts: whatever else lies there, both read the same answer.
    let blocked = seen & WANTS != 0 && links.gate.load() & 1 == other as u32 && !state.absent(links, other);
    blocked.then_some(Blocker { slot: other, seen })
}
