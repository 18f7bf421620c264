//! The turn among three to 32 parties: Lamport's bakery, choosing and ticket merged into one word a party.
//!
//! Whoever wants the turn draws a ticket higher than all it sees, and enters when nobody has a lower one. Only the party
//! itself writes its word, so a party that dies spoils nobody else's.
//!
//! ```text
//!   knock:   word[me] = CHOOSING          ; FULL FENCE
//!            ticket = 1 + the highest of gate and all tickets in sight
//!            word[me] = WANTS | ticket    ; FULL FENCE
//!   wait:    for each other: pass it when it is idle, has a later ticket (ties: higher slot), or is known dead
//!   ... the turn: the heap area is mine alone ; gate = my ticket ...
//!   release: word[me] = 0 (release)
//! ```
//!
//! **Tickets wrap** at 29 bits, after less than a minute of doing nothing else, so "higher" is meant relative to the gate,
//! the ticket served last. Parties that live have tickets close to it (each overtakes another at most once), so the
//! circle splits into three:
//!
//! ```text
//!   gate | up to AHEAD after it | up to half a circle after it | the half before it
//!        | parties that wait    | a relic: its owner died      | served, or died; lower than ours anyway
//!        `- ours goes on top ---'- wait and ask about it ------'- does not count -----------------------'
//! ```
//!
//! Without the gate a ticket left by a dead party would, half a circle later, be mistaken for the highest by
//! whoever does not yet know of the death, and the ticket drawn on top of it would come before those of the living.

#![forbid(unsafe_code)]

use crate::{
    sync::{Ordering, fence},
    turn::slots::{Blocker, CHOOSING, Links, State, TICKET_MASK, WANTS, ticket_bits, ticket_of},
};

/// Half of the circle.
const HALF: u32 = 1 << 28;
/// No party alive is this far ahead of the gate; 32 parties may each be ahead of the next by a little.
const AHEAD: u32 = 1 << 20;

/// Steps from `from` up to `to` on the circle of tickets.
fn distance(from: u32, to: u32) -> u32 {
    to.wrapping_sub(from) & TICKET_MASK
}

/// Asks for the turn; true when nobody is before us.
#[inline(never)]
pub(in crate::turn) fn knock(links: &Links<'_>, state: &mut State) -> bool {
    state.drawn = false;
    state.passed = 0;
    blocker(links, state).is_none()
}

/// Draws a ticket, or says whose relic prevents it.
fn draw(links: &Links<'_>, state: &mut State) -> Option<Blocker> {
    links.mine.store(CHOOSING | state.asleep());
    // SYNC T1 (full): that we choose is visible before we look at the others' tickets.
    fence(Ordering::SeqCst);
    let gate = links.gate.load();
    let mut highest = 0;
    for slot in 0..links.parties {
        let seen = links.words.word(slot).load();
        let ahead = distance(gate, ticket_of(seen));
        if slot == links.slot || seen & WANTS == 0 || ahead >= HALF || state.absent(links, slot) {
            continue;
        }
        if ahead > AHEAD {
            links.mine.store_release(state.asleep());
            return Some(Blocker { slot, seen });
        }
        highest = highest.max(ahead);
    }
    state.ticket = gate.wrapping_add(highest + 1) & TICKET_MASK;
    links.mine.store(WANTS | state.asleep() | ticket_bits(state.ticket));
    // SYNC T2 (full): our ticket is visible before we look who is before us.
    fence(Ordering::SeqCst);
    state.drawn = true;
    None
}

/// Who is in our way, if anybody. Whoever has been passed once is not looked at again.
pub(in crate::turn) fn blocker(links: &Links<'_>, state: &mut State) -> Option<Blocker> {
    if !state.drawn
        && let Some(relic) = draw(links, state)
    {
        return Some(relic);
    }
    while state.passed < links.parties {
        let slot = state.passed;
        let seen = links.words.word(slot).load();
        if slot != links.slot && before(seen, slot, state.ticket, links.slot) && !state.absent(links, slot) {
            return Some(Blocker { slot, seen });
        }
        state.passed += 1;
    }
    None
}

/// Whether a party whose word is `seen` may have to enter before the one with `ticket` in slot `me`.
fn before(seen: u32, slot: u8, ticket: u32, me: u8) -> bool {
    if seen & CHOOSING != 0 {
        return true;
    }
    if seen & WANTS == 0 {
        return false;
    }
    let behind = distance(ticket_of(seen), ticket);
    if behind == 0 { slot < me } else { behind < HALF }
}

/// Remembers whose ticket was served, for those who draw next. Called with the turn won.
pub(in crate::turn) fn served(links: &Links<'_>, state: &State) {
    links.gate.store(state.ticket);
}
