//! One party's seat in its slot: joining, asking for the turn, claiming it, giving it up, and knowing who is dead.
//!
//! Everything here is written over [`Words`], so that it runs over a region as over the model checker's atomics, and it
//! knows nothing of the heap. [`Links`] are the words, fixed while the party lives; [`State`] is what it remembers
//! privately.
//!
//! ```text
//!            knock -------- nobody else wants it -----------------------.
//!   idle --------> knocked --- somebody does ---> queue -> check <-.     v
//!     ^                                             |       |      |    won --> claimed (holder = me) --.
//!     |                                             |       `-> pass (spin, sleep, ask, give up)        |
//!     `---------------- word[me] = 0 <--------------' withdraw                                          |
//!     `---------------- word[me] = 0 <---------------------------------- release: holder = 0 <----------'
//! ```
//!
//! **Who is absent.** A slot's incarnation is odd while somebody has joined it, even while it is vacant. A party passes
//! over another only if the slot is vacant or the liveness oracle has declared *this incarnation* dead; and it reads
//! the incarnation **after its own full fence** (T1). A newcomer writes its incarnation before *its* first fence. So either
//! the reader sees the new incarnation, or the newcomer sees the reader's wish: they cannot both win.

#![forbid(unsafe_code)]

use super::{
    Barrier, bakery, peterson,
    wait::{Next, Wait, Waiting, Wake},
    words::{Word, Words},
};
use crate::{
    format::{ArbiterKind, MAX_PARTIES},
    sync::{Ordering, compiler_fence, fence},
};

/// Bit 0 of a slot's word: its party wants the turn, or has it.
pub(crate) const WANTS: u32 = 1;
/// Bit 1: its party is drawing a ticket.
pub(crate) const CHOOSING: u32 = 2;
/// Bit 2: its party sleeps, or is about to.
pub(crate) const ASLEEP: u32 = 4;
/// What fits into the other 29 bits.
pub(super) const TICKET_MASK: u32 = u32::MAX >> 3;

pub(super) const fn ticket_bits(ticket: u32) -> u32 {
    ticket << 3
}

pub(super) const fn ticket_of(word: u32) -> u32 {
    word >> 3
}

/// Tells whether parties live. Asked only after a bounded wait, never on the way to a free turn.
pub trait Liveness: Sync {
    /// True only if the party that joined `slot` as `incarnation` is certainly dead, and everything it ever stored is
    /// visible to the caller. When in doubt: false; it will be asked again.
    fn is_dead(&self, slot: u8, incarnation: u32) -> bool;
}

/// Nobody ever dies: for parties that are threads of one program, or cores that are reset together.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlwaysAlive;

impl Liveness for AlwaysAlive {
    fn is_dead(&self, _: u8, _: u32) -> bool {
        false
    }
}

/// Proof that the turn has been won. Only this file makes one, after the arbiter has said so.
#[derive(Debug)]
pub(crate) struct Won(());

impl Won {
    /// Whoever formats a region has it for itself until it stores the magic.
    pub(crate) fn while_formatting() -> Won {
        Won(())
    }
}

/// Who stands in the way, and the word that showed it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocker {
    pub(super) slot: u8,
    pub(super) seen: u32,
}

/// The words one party works with, and whom it may ask. Fixed while it is joined.
#[derive(Clone, Copy)]
pub(crate) struct Links<'a> {
    pub(super) words: Words<'a>,
    pub(super) mine: Word<'a>,
    /// The neighbour's word, of two parties.
    pub(super) other: Word<'a>,
    pub(super) gate: Word<'a>,
    holder: Word<'a>,
    my_incarnation: Word<'a>,
    liveness: &'a dyn Liveness,
    wake: Option<&'a dyn Wake>,
    /// What to call around a turn, and with which span of addresses.
    barrier: Option<(&'a dyn Barrier, usize, usize)>,
    arbiter: ArbiterKind,
    pub(super) slot: u8,
    pub(super) parties: u8,
    incarnation: u32,
}

/// What one party remembers privately.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(super) ticket: u32,
    /// [`ASLEEP`] while our word shows it.
    pub(super) asleep: u32,
    /// Bakery: the ticket counts; every slot below `passed` is behind us.
    pub(super) drawn: bool,
    pub(super) passed: u8,
    /// Between winning and releasing; still set at the next attempt if the turn was forgotten.
    inside: bool,
    misses: u32,
    wakes: u32,
    /// The incarnations known to be dead, by slot.
    dead: [u32; MAX_PARTIES],
    /// A bit for each slot whose known dead has been cleaned up after; and for those about to be.
    reaped: u32,
    reaping: u32,
}

impl State {
    /// Whether nobody is in the slot: vacant, or its incarnation is known to be dead. See the module's head.
    pub(super) fn absent(&self, links: &Links<'_>, slot: u8) -> bool {
        // Acquire, for a party that has left: its last turn happened before.
        let incarnation = links.words.incarnation(slot).load_acquire();
        incarnation & 1 == 0 || self.dead.get(slot as usize) == Some(&incarnation)
    }

    /// Asks the oracle about `slot`, unless the answer is known. True: nobody alive is there.
    pub(super) fn inquire(&mut self, links: &Links<'_>, slot: u8) -> bool {
        let incarnation = links.words.incarnation(slot).load_acquire();
        if incarnation & 1 == 0 || self.dead.get(slot as usize) == Some(&incarnation) {
            return true;
        }
        let dead = links.liveness.is_dead(slot, incarnation);
        if dead && let Some(known) = self.dead.get_mut(slot as usize) {
            *known = incarnation;
            self.reaped &= !(1 << slot);
        }
        dead
    }

    /// Whether somebody died in `slot` and left things behind, as far as we know.
    pub(super) fn is_unreaped(&mut self, links: &Links<'_>, slot: u8) -> bool {
        let joined = links.words.incarnation(slot).load() & 1 == 1;
        let unreaped = joined && self.inquire(links, slot) && self.reaped & (1 << slot) == 0;
        if unreaped {
            self.reaping |= 1 << slot;
        }
        unreaped
    }

    /// Everything found by `is_unreaped` has been cleaned up after.
    pub(super) fn note_reaped(&mut self) {
        self.reaped |= core::mem::take(&mut self.reaping);
    }
}

impl<'a> Links<'a> {
    /// Takes a seat in `slot`. The caller has checked that the slot exists, and promises that nobody else alive is in it.
    pub(crate) fn join(
        words: Words<'a>,
        parties: u8,
        arbiter: ArbiterKind,
        slot: u8,
        liveness: &'a dyn Liveness,
    ) -> (Links<'a>, State) {
        let mine = words.word(slot);
        let my_incarnation = words.incarnation(slot);
        let left_behind = mine.load();
        if left_behind != 0 {
            // A predecessor died asking. Release: whoever enters past the cleared word sees all that it stored.
            mine.store_release(0);
        }
        // SYNC T3: before our first fence (in `knock`). Odd: somebody is here.
        let incarnation = my_incarnation.load().wrapping_add(1) | 1;
        my_incarnation.store(incarnation);
        let other = words.word(if parties == 2 { slot ^ 1 } else { slot });
        let (gate, holder) = (words.gate(), words.holder());
        let links = Links {
            words,
            mine,
            other,
            gate,
            holder,
            my_incarnation,
            liveness,
            wake: None,
            barrier: None,
            arbiter,
            slot,
            parties,
            incarnation,
        };
        let state = State {
            ticket: ticket_of(left_behind),
            asleep: 0,
            drawn: false,
            passed: 0,
            inside: false,
            misses: 0,
            wakes: 0,
            dead: [0; MAX_PARTIES],
            reaped: 0,
            reaping: 0,
        };
        (links, state)
    }

    pub(super) fn incarnation(&self) -> u32 {
        self.incarnation
    }

    pub(super) fn set_wake(&mut self, wake: &'a dyn Wake) {
        self.wake = Some(wake);
    }

    pub(super) fn set_barrier(&mut self, barrier: &'a dyn Barrier, heap: usize, len: usize) {
        self.barrier = Some((barrier, heap, len));
    }

    #[inline(always)]
    pub(super) fn after_winning(&self) {
        if let Some((barrier, heap, len)) = self.barrier {
            barrier.acquire(heap, len);
        }
    }

    #[inline(always)]
    pub(super) fn before_release(&self) {
        if let Some((barrier, heap, len)) = self.barrier {
            barrier.release(heap, len);
        }
    }

    /// The slot is vacant again. Nothing may be held any more.
    pub(super) fn leave(&self) {
        // SYNC T3 (release): our last turn happened before anybody passes over the vacant slot.
        self.my_incarnation.store_release(self.incarnation.wrapping_add(1));
    }

    /// Whether the slot is still ours.
    #[inline(always)]
    pub(super) fn in_place(&self) -> bool {
        self.my_incarnation.load() == self.incarnation
    }

    /// Asks for the turn and waits for it as `wait` says; `None` when that gave up.
    #[inline(always)]
    pub(super) fn enter(&self, state: &mut State, wait: &mut impl Wait) -> Option<Won> {
        if state.inside {
            // A turn was forgotten instead of dropped. Nothing borrowed from it can be alive any more: release it now.
            self.exit(state, 0, true);
        }
        let free = match self.arbiter {
            ArbiterKind::Peterson => peterson::knock(self, state),
            ArbiterKind::Bakery => bakery::knock(self, state),
        };
        if !free && !self.queue(state, wait) {
            return None;
        }
        if let ArbiterKind::Bakery = self.arbiter {
            bakery::served(self, state);
        }
        // SYNC T4 (acquire): whatever the words just read were stored after, above all the heap, is visible from here on.
        fence(Ordering::Acquire);
        state.inside = true;
        Some(Won(()))
    }

    /// One attempt, no waiting. Every 64th failure in a row asks whether the one in the way still lives.
    #[inline(always)]
    pub(super) fn try_enter(&self, state: &mut State) -> Option<Won> {
        let inquire = state.misses % 64 == 63;
        let won = self.enter(state, &mut super::wait::Once { inquire });
        state.misses = if won.is_some() { 0 } else { state.misses.wrapping_add(1) };
        won
    }

    #[cold]
    #[inline(never)]
    fn queue(&self, state: &mut State, wait: &mut impl Wait) -> bool {
        if let ArbiterKind::Peterson = self.arbiter {
            peterson::queue(self, state);
        }
        // Our word has just got another meaning; one who sleeps on it may be the next to go.
        self.rouse(state, false);
        let mut round = 0u32;
        loop {
            let blocker = match self.arbiter {
                ArbiterKind::Peterson => peterson::blocker(self, state),
                ArbiterKind::Bakery => bakery::blocker(self, state),
            };
            let Some(Blocker { slot, seen }) = blocker else { return true };
            let word = self.words.word(slot);
            let announced = state.asleep != 0;
            match wait.pass(&Waiting { word, seen, slot: Some(slot), round, announced }) {
                Next::Check => {}
                Next::Announce => self.announce(state),
                Next::Inquire => {
                    state.inquire(self, slot);
                }
                Next::GiveUp => {
                    self.withdraw(state);
                    return false;
                }
            }
            round = round.saturating_add(1);
        }
    }

    /// Shows that we are about to sleep; the check that follows is the last before we may.
    fn announce(&self, state: &mut State) {
        state.asleep = ASLEEP;
        self.mine.store(self.mine.load() | ASLEEP);
        // SYNC T5 (full): ASLEEP is visible before we look again.
        fence(Ordering::SeqCst);
    }

    /// Wants nothing any more.
    fn withdraw(&self, state: &mut State) {
        state.asleep = 0;
        self.mine.store_release(0);
        self.rouse(state, false);
    }

    /// Waits, without wanting the turn, until the change counter differs from `since`; `None` when `wait` gave up.
    pub(super) fn await_change(&self, state: &mut State, since: u32, wait: &mut impl Wait) -> Option<u32> {
        if state.inside {
            self.exit(state, 0, true);
        }
        let word = self.words.changes();
        let mut round = 0u32;
        let outcome = loop {
            let seen = word.load_acquire();
            if seen != since {
                break Some(seen);
            }
            match wait.pass(&Waiting { word, seen, slot: None, round, announced: state.asleep != 0 }) {
                Next::Check | Next::Inquire => {}
                Next::Announce => self.announce(state),
                Next::GiveUp => break None,
            }
            round = round.saturating_add(1);
        };
        if state.asleep != 0 {
            state.asleep = 0;
            self.mine.store(0);
        }
        outcome
    }

    /// What the holder word says. Ours to read and write while we have the turn.
    #[inline(always)]
    pub(super) fn found(&self) -> u32 {
        self.holder.load()
    }

    /// What the party now in `slot` would write there.
    pub(super) fn name_of(&self, slot: u8) -> u32 {
        name(slot, self.words.incarnation(slot).load())
    }

    /// Who wrote `holder`, if it is not 0, with the whole incarnation.
    pub(super) fn who(&self, holder: u32) -> Option<(u8, u32)> {
        let slot = (holder & 63).checked_sub(1)? as u8;
        if slot >= self.parties {
            return Some((slot, 0));
        }
        // The word holds the low 26 bits; nobody has joined the slot 2^26 times since.
        let current = self.words.incarnation(slot).load();
        let since = current.wrapping_sub(holder >> 6) & (u32::MAX >> 6);
        Some((slot, current.wrapping_sub(since)))
    }

    /// Writes our name, by one store, before the first store to the heap.
    #[inline(always)]
    pub(super) fn claim(&self) {
        self.holder.store(name(self.slot, self.incarnation));
        compiler_fence(Ordering::SeqCst);
    }

    /// Gives the turn up; `holder` is 0, or the name of a dead party whose leftovers could not be recovered.
    #[inline(always)]
    pub(super) fn exit(&self, state: &mut State, holder: u32, changed: bool) {
        // The heap's stores come first. The processor keeps that order for whoever sees T4; a death needs only this.
        compiler_fence(Ordering::SeqCst);
        self.holder.store(holder);
        // SYNC T4 (release): heap, news and holder are visible before anybody sees that we want nothing.
        self.mine.store_release(0);
        state.inside = false;
        state.asleep = 0;
        if self.wake.is_some() {
            self.rouse(state, changed);
        }
    }

    /// Wakes those who sleep on our word, and on the change counter if it has changed.
    #[cold]
    fn rouse(&self, state: &mut State, changed: bool) {
        let Some(wake) = self.wake else { return };
        // SYNC T5 (full): what we have just stored is visible before we look who sleeps.
        fence(Ordering::SeqCst);
        let (mut for_turn, mut for_news) = (false, false);
        for slot in 0..self.parties {
            let seen = self.words.word(slot).load();
            if slot == self.slot || seen & ASLEEP == 0 || state.absent(self, slot) {
                continue;
            }
            if seen & (WANTS | CHOOSING) != 0 {
                for_turn = true
            } else {
                for_news = true
            }
            // A sleeper that died is not in anybody's way, so nobody else asks; but each of these wakes costs.
            state.wakes = state.wakes.wrapping_add(1);
            if state.wakes.is_multiple_of(256) {
                state.inquire(self, slot);
            }
        }
        if for_turn {
            wake.wake(self.mine.address());
        }
        if for_news && changed {
            wake.wake(self.words.changes().address());
        }
    }

    /// Publishes the news of a turn that changed something.
    pub(super) fn publish(&self, messages: u32) {
        let mirror = self.words.messages();
        if mirror.load() != messages {
            mirror.store(messages);
        }
        let changes = self.words.changes();
        // Release: whoever is woken by the counter finds the message count that belongs to it.
        changes.store_release(changes.load().wrapping_add(1));
    }
}

/// A party's name in the holder word.
#[inline(always)]
const fn name(slot: u8, incarnation: u32) -> u32 {
    (incarnation << 6) | (slot as u32 + 1)
}
