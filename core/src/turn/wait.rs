//! How a party passes the time until its turn comes, and how it is woken if it went to sleep.
//!
//! The core only ever checks, and asks a [`Wait`] what to do before it checks again: spin, *announce* that it is about
//! to sleep, ask whether the party it waits for still lives, or give up. Announcing and sleeping are two steps, so
//! that no wake-up gets lost between them:
//!
//! ```text
//!   sleeper                                   releaser
//!   own word |= ASLEEP                        own word = 0
//!   FULL FENCE                                FULL FENCE          (only with a `Wake` installed)
//!   check again: still not my turn?           does any other word show ASLEEP?
//!   futex_wait(their word, as just seen)      futex_wake(own word)
//! ```
//!
//! One of the two sees the other's store, whatever the order: either the check finds the turn free, or the
//! releaser finds ASLEEP; and a word that has changed in between is refused by the futex. A word never takes the same
//! value twice in a row (it carries a ticket), so "still as seen" means what it says.
//!
//! A sleeper sleeps with a time limit all the same: a party that dies wakes nobody.

#![forbid(unsafe_code)]

use core::marker::PhantomData;

use super::words::Word;

/// What to do before the next check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Next {
    /// Check again.
    Check,
    /// Say in the party's own word that it is about to sleep, then check again. From then on
    /// [`Waiting::announced`] is true, and the waiter may sleep on [`Waiting::address`].
    Announce,
    /// Ask the liveness oracle about the party waited for, then check again.
    Inquire,
    /// Stop looking for now, but stay in the queue, asleep: the next attempt goes on from there. For those who are called
    /// back, as futures are. Taken for [`Announce`](Next::Announce) before that has happened.
    Suspend,
    /// Stop waiting. The party withdraws and is as it was before.
    GiveUp,
}

/// How a party passes the time.
pub trait Wait {
    /// Called after each check that found the turn taken; returns what to do next. It may spin or sleep in here.
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next;
}

/// Wakes parties that sleep on a word, by whatever the system offers; installed with
/// [`Party::with_wake`](crate::Party::with_wake).
pub trait Wake: Sync {
    /// Wakes everybody, in any process, who sleeps on the word at `address`.
    fn wake(&self, address: *const u32);
}

/// What a party is waiting for.
#[derive(Clone, Copy, Debug)]
pub struct Waiting<'w> {
    pub(super) word: Word<'w>,
    pub(super) seen: u32,
    pub(super) slot: Option<u8>,
    pub(super) round: u32,
    pub(super) announced: bool,
}

impl Waiting<'_> {
    /// The word that has to change, where this process sees it.
    pub fn address(&self) -> *const u32 {
        self.word.address()
    }

    /// The word's value when it was checked, *as it lies in memory*: what a futex compares with.
    pub fn expected(&self) -> u32 {
        self.seen.to_le()
    }

    /// The slot whose party is waited for; `None` when waiting for a change instead of a turn.
    pub fn slot(&self) -> Option<u8> {
        self.slot
    }

    /// How many times this wait has been asked before: 0 at first, staying at `u32::MAX` in the end.
    pub fn round(&self) -> u32 {
        self.round
    }

    /// Whether the party's own word shows that it sleeps, and the check has been repeated since: now it may.
    pub fn announced(&self) -> bool {
        self.announced
    }
}

/// Waits by a strategy of the crate `spin`, without end; asks about the other's life every 4096 rounds.
///
/// ```
/// # use cohabit::{Relax, Party, Turn, TurnError};
/// # fn example<'p>(party: &'p mut Party<'_>) -> Result<Option<Turn<'p>>, TurnError> {
/// party.acquire_with(&mut Relax::<spin::relax::Loop>::new())
/// # }
/// ```
#[derive(Debug)]
pub struct Relax<R = spin::relax::Spin>(PhantomData<fn() -> R>);

impl<R> Relax<R> {
    /// A fresh one; it has no state.
    pub const fn new() -> Relax<R> {
        Relax(PhantomData)
    }
}

impl<R> Default for Relax<R> {
    fn default() -> Relax<R> {
        Relax::new()
    }
}

/// Rounds of spinning between two questions to the liveness oracle.
const PATIENCE: u32 = 4096;

impl<R: spin::RelaxStrategy> Wait for Relax<R> {
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        R::relax();
        if waiting.round % PATIENCE == PATIENCE - 1 { Next::Inquire } else { Next::Check }
    }
}

/// [`Relax`] until `expired` says so.
pub(super) struct Until<R, F> {
    pub(super) expired: F,
    pub(super) relax: Relax<R>,
}

impl<R: spin::RelaxStrategy, F: FnMut() -> bool> Wait for Until<R, F> {
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        if (self.expired)() { Next::GiveUp } else { self.relax.pass(waiting) }
    }
}

/// No waiting; at most one question about the other's life.
pub(super) struct Once {
    pub(super) inquire: bool,
}

impl Wait for Once {
    fn pass(&mut self, _: &Waiting<'_>) -> Next {
        if core::mem::take(&mut self.inquire) { Next::Inquire } else { Next::GiveUp }
    }
}
