//! The turn between two parties by a lock in hardware: one test-and-set by the bus, where a chip has such a thing.
//!
//! It replaces what Peterson decides, and nothing else: `word`, `incarnation` and `holder` are written as ever, because no
//! such lock knows who has it, or that its owner has died.
//!
//! ```text
//!   knock:   word[me] = WANTS ; FULL FENCE ; try_lock?             -> the turn is mine
//!   queue:   try_lock again and again ; when it is taken and the other is known dead: bury it
//!   ... the turn: the heap area is mine alone ...
//!   release: RELEASE FENCE ; unlock ; word[me] = 0
//!
//!   bury:    unlock for the dead ; try_lock ; gate = name of the dead
//! ```
//!
//! **Who may unlock for the dead.** There are two slots, so a lock that is taken, and not by me, was taken in the other slot; and when
//! the incarnation there, read *after* the attempt has failed, is one that is known to be dead, it is that one's: had a successor
//! taken it, its incarnation would have come with it. From then on only I can free it, provided that no successor tries.
//! So whoever joins a slot whose former party died with WANTS shown, that is possibly with the lock, is turned away
//! until `gate` says that it has been buried. Burying it is done by the other slot's party: here, or when it
//! [reaps](crate::Turn::reap).

#![forbid(unsafe_code)]

use crate::{
    sync::{Ordering, fence},
    turn::{
        Arbiter,
        slots::{Blocker, CHOOSING, Links, State, WANTS, name, ticket_bits},
        words::Words,
    },
};

/// Asks for the turn; true when it was free, and so is ours.
pub(in crate::turn) fn knock(links: &Links<'_>, state: &mut State, lock: &dyn Arbiter) -> bool {
    state.ticket = state.ticket.wrapping_add(1);
    links.mine.store(WANTS | ticket_bits(state.ticket));
    // SYNC T1 (full): whoever finds the lock taken by us finds our wish and our incarnation, too; so does our successor.
    fence(Ordering::SeqCst);
    lock.try_lock()
}

/// Who is in our way, if anybody. Whoever is in our way and dead is buried here.
pub(in crate::turn) fn blocker(links: &Links<'_>, state: &mut State, lock: &dyn Arbiter) -> Option<Blocker> {
    // Read before the attempt: a sleeper sleeps only while this has not changed since. Where it shows no wish, the other one is just
    // coming or going; then this becomes a value that the word never has, and nobody sleeps on it.
    let seen = links.other.load();
    let seen = if seen & WANTS != 0 { seen } else { seen | CHOOSING };
    if lock.try_lock() {
        return None;
    }
    // SYNC T3 (acquire): the incarnation that goes with whoever took the lock.
    fence(Ordering::Acquire);
    let other = links.slot ^ 1;
    let dead = state.known_dead(links, other);
    if let Some(incarnation) = dead
        && links.gate.load() != name(other, incarnation)
    {
        lock.unlock();
        if lock.try_lock() {
            bury(links, other, incarnation);
            return None;
        }
    }
    Some(Blocker { slot: other, seen })
}

/// Says, with the turn won, that the former party of a slot has nothing any more, so that it can be joined again.
pub(in crate::turn) fn bury(links: &Links<'_>, slot: u8, incarnation: u32) {
    // SYNC T6 (release): all that was done for the dead comes before its successor.
    links.gate.store_release(name(slot, incarnation));
}

/// Whether the former party of `slot` died with WANTS shown and has not been buried: it may have the lock.
pub(crate) fn is_unburied(words: &Words<'_>, slot: u8) -> bool {
    let former = words.incarnation(slot).load();
    // SYNC T6 (acquire).
    let buried = words.gate().load_acquire() == name(slot, former);
    former & 1 == 1 && words.word(slot).load() & WANTS != 0 && !buried
}

/// Gives the lock back.
pub(in crate::turn) fn release(lock: &dyn Arbiter) {
    // SYNC T4 (release): heap, news and holder are visible before the lock is free.
    fence(Ordering::Release);
    lock.unlock();
}
