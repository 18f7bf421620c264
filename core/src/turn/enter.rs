//! Asking for the turn, waiting for it, claiming it and giving it up.
//!
//! This is the part that all arbiters share. What Peterson and the bakery decide is only who is in the way.
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
//! With a [`Wake`](super::Wake) installed, whoever changes its word in a way that may let another go ahead (queue, withdraw,
//! release) looks whether somebody sleeps, and wakes it. Only then does a release pay for a fence.

#![forbid(unsafe_code)]

#[cfg(feature = "bakery")]
use super::bakery;
#[cfg(feature = "locks")]
use super::{graves::bit, lock};
use super::{
    peterson,
    slots::{ASLEEP, Blocker, CHOOSING, Links, Phase, State, WANTS},
    wait::{Next, Once, Wait, Waiting},
};
use crate::{
    format::ArbiterKind,
    sync::{Ordering, compiler_fence, fence},
};

/// Proof that the turn has been won. Only this file makes one, after the arbiter has said so.
#[derive(Debug)]
pub(crate) struct Won(());

impl Won {
    /// Whoever formats a region has it for itself until it stores the magic.
    pub(crate) fn while_formatting() -> Won {
        Won(())
    }
}

impl Links<'_> {
    /// Asks for the turn and waits for it as `wait` says; `None` when that gave up.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn enter(&self, state: &mut State, wait: &mut impl Wait) -> Option<Won> {
        #[cfg(feature = "sleep")]
        if state.phase != Phase::Out
            && let Some(outcome) = self.resume(state, wait)
        {
            return outcome;
        }
        let free = match self.arbiter {
            #[cfg(feature = "bakery")]
            ArbiterKind::Bakery => bakery::knock(self, state),
            #[cfg(feature = "locks")]
            ArbiterKind::Lock(_) => self.lock.is_some_and(|lock| lock::knock(self, state, lock)),
            // Peterson: parties without what the others need have declined.
            _ => peterson::knock(self, state),
        };
        if !free && !self.queue(state, wait) {
            return None;
        }
        Some(self.won(state))
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn won(&self, state: &mut State) -> Won {
        #[cfg(feature = "bakery")]
        if let ArbiterKind::Bakery = self.arbiter {
            bakery::served(self, state);
        }
        // SYNC T4 (acquire): whatever the words just read were stored after, above all the heap, is visible from here on.
        fence(Ordering::Acquire);
        state.phase = Phase::Inside;
        Won(())
    }

    /// Goes on where the last attempt was suspended; `None` if there is nothing to go on with.
    #[cfg(feature = "sleep")]
    #[cold]
    #[inline(never)]
    fn resume(&self, state: &mut State, wait: &mut impl Wait) -> Option<Option<Won>> {
        match state.phase {
            Phase::Won => {
                state.phase = Phase::Inside;
                Some(Some(Won(())))
            }
            Phase::Queued => Some(self.stand(state, wait).then(|| self.won(state))),
            Phase::Listening | Phase::Out | Phase::Inside => {
                self.stand_down(state);
                None
            }
        }
    }

    /// Asks for the turn as [`enter`](Self::enter) does, and lets the next `enter` have it at once.
    #[cfg(feature = "sleep")]
    pub(super) fn request(&self, state: &mut State, wait: &mut impl Wait) -> bool {
        let won = self.enter(state, wait).is_some();
        if won {
            state.phase = Phase::Won;
        }
        won
    }

    /// Wants nothing any more, and shows nothing. Not for a turn that was begun.
    #[cfg(feature = "sleep")]
    pub(super) fn stand_down(&self, state: &mut State) {
        match state.phase {
            Phase::Out => {}
            Phase::Listening | Phase::Queued => self.withdraw(state),
            Phase::Won | Phase::Inside => {
                self.free_lock();
                self.withdraw(state);
            }
        }
    }

    /// Gives the lock in hardware back, where that is what decides.
    #[inline(always)]
    fn free_lock(&self) {
        #[cfg(feature = "locks")]
        if let Some(lock) = self.lock {
            lock::release(lock);
        }
    }

    /// The dead in these slots have been cleaned up after, in our turn. So they have not the lock; now their successors may come.
    pub(super) fn bury_reaped(&self, state: &mut State, slots: u32) {
        #[cfg(not(feature = "locks"))]
        let _ = (state, slots);
        #[cfg(feature = "locks")]
        if self.lock.is_some() {
            for slot in (0..self.parties).filter(|&slot| slots & bit(slot) != 0) {
                if let Some(incarnation) = state.known_dead(self, slot) {
                    lock::bury(self, slot, incarnation);
                }
            }
        }
    }

    /// One attempt, no waiting. Every 64th failure in a row asks whether the one in the way still lives.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn try_enter(&self, state: &mut State) -> Option<Won> {
        let inquire = state.misses % 64 == 63;
        let won = self.enter(state, &mut Once { inquire });
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
        #[cfg(feature = "sleep")]
        self.rouse(state, false);
        self.stand(state, wait)
    }

    /// Stands in the queue until the turn is ours, or `wait` has had enough.
    fn stand(&self, state: &mut State, wait: &mut impl Wait) -> bool {
        let mut round = 0u32;
        loop {
            let blocker = match self.arbiter {
                #[cfg(feature = "bakery")]
                ArbiterKind::Bakery => bakery::blocker(self, state),
                #[cfg(feature = "locks")]
                ArbiterKind::Lock(_) => match self.lock {
                    Some(lock) => lock::blocker(self, state, lock),
                    // Never: such a party was given its lock when it joined.
                    None => Some(Blocker { slot: self.slot ^ 1, seen: 0 }),
                },
                _ => peterson::blocker(self, state),
            };
            let Some(Blocker { slot, seen }) = blocker else { return true };
            let word = self.words.word(slot);
            let announced = state.announced;
            match wait.pass(&Waiting { word, seen, slot: Some(slot), round, announced }) {
                #[cfg(feature = "sleep")]
                Next::Suspend if announced => {
                    state.phase = Phase::Queued;
                    return false;
                }
                #[cfg(feature = "sleep")]
                Next::Announce | Next::Suspend => self.announce(state),
                Next::Inquire => {
                    state.inquire(self, slot);
                }
                Next::GiveUp => {
                    self.withdraw(state);
                    return false;
                }
                // Check again; and for who does not sleep, nothing else remains.
                _ => {}
            }
            round = round.saturating_add(1);
        }
    }

    /// Shows that we are about to sleep; the check that follows is the last before we may.
    #[cfg(feature = "sleep")]
    fn announce(&self, state: &mut State) {
        state.announced = true;
        self.mine.store(self.mine.load() | ASLEEP);
        // SYNC T5 (full): ASLEEP is visible before we look again.
        fence(Ordering::SeqCst);
    }

    /// Wants nothing any more.
    fn withdraw(&self, state: &mut State) {
        state.announced = false;
        state.phase = Phase::Out;
        self.mine.store_release(0);
        #[cfg(feature = "sleep")]
        self.rouse(state, false);
    }

    /// Waits, without wanting the turn, until the change counter differs from `since`; `None` when `wait` gave up.
    #[cfg(feature = "sleep")]
    pub(super) fn await_change(&self, state: &mut State, since: u32, wait: &mut impl Wait) -> Option<u32> {
        if matches!(state.phase, Phase::Queued | Phase::Won) {
            self.stand_down(state);
        }
        let word = self.words.changes();
        let mut round = 0u32;
        let outcome = loop {
            let seen = word.load_acquire();
            if seen != since {
                break Some(seen);
            }
            match wait.pass(&Waiting { word, seen, slot: None, round, announced: state.announced }) {
                Next::Check | Next::Inquire => {}
                Next::Suspend if state.announced => {
                    state.phase = Phase::Listening;
                    return None;
                }
                Next::Announce | Next::Suspend => self.announce(state),
                Next::GiveUp => break None,
            }
            round = round.saturating_add(1);
        };
        if state.announced {
            state.announced = false;
            self.mine.store(0);
        }
        state.phase = Phase::Out;
        outcome
    }

    /// A turn was forgotten instead of dropped. Nothing borrowed from it can be alive any more: release it now.
    #[cold]
    #[inline(never)]
    pub(super) fn end_forgotten(&self, state: &mut State, heap: (usize, usize)) {
        self.before_release(heap);
        self.publish(self.words.messages().load());
        self.exit(state, 0, true);
    }

    /// What the holder word says. Ours to read and write while we have the turn.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn found(&self) -> u32 {
        self.holder.load()
    }

    /// Writes our name, by one store, before the first store to the heap.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn claim(&self) {
        self.holder.store(self.own_name(self.incarnation));
        compiler_fence(Ordering::SeqCst);
    }

    /// Gives the turn up; `holder` is 0, or the name of a dead party whose leftovers could not be recovered.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn exit(&self, state: &mut State, holder: u32, changed: bool) {
        // The heap's stores come first. The processor keeps that order for whoever sees T4; a death needs only this.
        compiler_fence(Ordering::SeqCst);
        self.holder.store(holder);
        self.free_lock();
        // SYNC T4 (release): heap, news and holder are visible before anybody sees that we want nothing.
        self.mine.store_release(0);
        state.phase = Phase::Out;
        state.announced = false;
        #[cfg(not(feature = "sleep"))]
        let _ = changed;
        #[cfg(feature = "sleep")]
        if self.wake.is_some() {
            self.rouse(state, changed);
        }
    }

    /// Wakes those who sleep on our word, and on the change counter if it has changed.
    #[cfg(feature = "sleep")]
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
            if state.wakes == 0 {
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
