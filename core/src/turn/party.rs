//! A party: one slot's rights to take turns.
//!
//! Nothing but this value can take a turn for its slot, and taking one borrows it mutably, so the compiler rules out a
//! second turn and a reference that outlives its turn. Parties can be moved to other threads; turns cannot.
//!
//! ```text
//!   acquire: still ours? -> enter (the protocol) -> barrier -> holder == 0 and admitted? -> claim -> Turn
//!                                                                  | no (cold)
//!                                 mark the dead in the heap, claim, recover, admit '
//! ```
//!
//! Without the feature `recovery` the cold case is an error, and the other party's to deal with. With it, the order matters: the heap notes the death *before* our name replaces the dead party's, so
//! that whoever recovers after our own death, at any store, knows of both.

#![forbid(unsafe_code)]

use core::marker::PhantomData;

use super::{
    Arbiter, Barrier, Recovered, Report, Turn, TurnError, Wait, Wake,
    enter::Won,
    slots::{Links, Phase, State},
    wait::{Relax, Until},
};
use crate::{
    heap::{Heap, Recovery, Shape},
    region::{HeapArea, Lent},
};

/// One party of a region, which takes turns with the others.
///
/// Made by [`Region::join`](crate::Region::join) or [`Region::split`](crate::Region::split). Dropping it writes nothing: what it
/// holds stays until somebody [reaps](Turn::reap) its slot or joins it. [`leave`](Party::leave) gives it back at once.
pub struct Party<'a> {
    area: HeapArea<'a>,
    shape: Shape,
    links: Links<'a>,
    state: State,
    report: Report,
    admitted: bool,
}

/// What a core needs besides the region: on boards, every byte is somebody's.
#[cfg(all(target_pointer_width = "32", not(feature = "serde")))]
const _: () = assert!(size_of::<Party<'_>>() <= 248);
/// And what putting and loading by serde remember.
#[cfg(all(target_pointer_width = "32", feature = "serde"))]
const _: () = assert!(size_of::<Party<'_>>() <= 248 + 72 + 56);

impl<'a> Party<'a> {
    pub(crate) fn new(area: HeapArea<'a>, shape: Shape, links: Links<'a>, state: State) -> Party<'a> {
        Party { area, shape, links, state, report: Report::default(), admitted: false }
    }

    #[cfg(feature = "locks")]
    pub(crate) fn with_lock(mut self, lock: &'a dyn Arbiter) -> Party<'a> {
        self.links.set_lock(lock);
        self
    }

    /// Wakes sleeping parties through `wake` whenever a turn ends. Costs a full fence and a look at each slot a turn.
    #[cfg(feature = "sleep")]
    pub fn with_wake(mut self, wake: &'a dyn Wake) -> Party<'a> {
        self.links.set_wake(wake);
        self
    }

    /// Calls `barrier` around each turn.
    pub fn with_barrier(mut self, barrier: &'a dyn Barrier) -> Party<'a> {
        self.links.set_barrier(barrier);
        self
    }

    /// Takes the turn if it is free now. May also say `None` when another party is trying at the same moment.
    ///
    /// Costs a store, a full fence and a load when it is free and there are two parties; with more, two stores, two
    /// fences, and two loads a slot. Asks the liveness oracle after 64 failures in a row.
    #[inline(always)]
    pub fn try_acquire(&mut self) -> Result<Option<Turn<'_>>, TurnError> {
        self.prepare()?;
        match self.links.try_enter(&mut self.state) {
            Some(won) => self.begin(won).map(Some),
            None => Ok(None),
        }
    }

    /// Takes the turn, spinning until it comes. Costs as [`try_acquire`](Party::try_acquire) when it is free; when it is
    /// not, each other party goes first at most once.
    #[inline(always)]
    pub fn acquire(&mut self) -> Result<Turn<'_>, TurnError> {
        self.acquire_by::<spin::relax::Spin>()
    }

    /// Like [`acquire`](Party::acquire), waiting by another strategy of the crate `spin`.
    #[inline(always)]
    pub fn acquire_by<R: spin::RelaxStrategy>(&mut self) -> Result<Turn<'_>, TurnError> {
        self.prepare()?;
        let mut relax = Relax::<R>::new();
        loop {
            // `Relax` never gives up, so this goes round once.
            if let Some(won) = self.links.enter(&mut self.state, &mut relax) {
                return self.begin(won);
            }
        }
    }

    /// Like [`acquire_by`](Party::acquire_by), until `expired` says that it has been long enough; `None` then.
    /// `expired` is not called when the turn is free.
    #[inline(always)]
    pub fn acquire_until<R: spin::RelaxStrategy>(
        &mut self,
        expired: impl FnMut() -> bool,
    ) -> Result<Option<Turn<'_>>, TurnError> {
        self.acquire_with(&mut Until { expired, relax: Relax::<R>::new() })
    }

    /// Takes the turn, waiting as `wait` says; `None` when that gives up. This is what adapters build on.
    #[inline(always)]
    pub fn acquire_with(&mut self, wait: &mut impl Wait) -> Result<Option<Turn<'_>>, TurnError> {
        self.prepare()?;
        match self.links.enter(&mut self.state, wait) {
            Some(won) => self.begin(won).map(Some),
            None => Ok(None),
        }
    }

    /// Waits, without taking the turn, until [`changes`](Party::changes) differs from `since`, and returns what it is then;
    /// `None` when `wait` gives up.
    #[cfg(feature = "sleep")]
    pub fn wait_change(&mut self, since: u32, wait: &mut impl Wait) -> Option<u32> {
        if self.state.phase == Phase::Inside {
            self.links.end_forgotten(&mut self.state, self.area.span());
        }
        self.links.await_change(&mut self.state, since, wait)
    }

    /// Asks for the turn without taking it, waiting as `wait` says. True: it is ours, and the next acquire of any kind has it at once.
    ///
    /// False: `wait` gave up; or it [suspended](super::Next::Suspend) the attempt, and the party stays in the queue. Until it asks
    /// again, or [withdraws](Party::withdraw), others may have to wait for it. This is what futures build on.
    #[cfg(feature = "sleep")]
    pub fn request(&mut self, wait: &mut impl Wait) -> Result<bool, TurnError> {
        self.prepare()?;
        Ok(self.links.request(&mut self.state, wait))
    }

    /// Takes back what was asked for by [`request`](Party::request), or by a suspended wait for a change.
    #[cfg(feature = "sleep")]
    pub fn withdraw(&mut self) {
        if self.state.phase != Phase::Inside && self.links.in_place() {
            self.links.stand_down(&mut self.state);
        }
    }

    /// Takes a last turn, gives back everything this party holds, and vacates the slot. Spins for that turn.
    #[cfg(feature = "recovery")]
    pub fn leave(self) -> Result<Recovery, TurnError> {
        self.depart()
    }

    /// Like [`leave`](Party::leave), waiting for the last turn as `wait` says; when that gives up, the party is handed back.
    #[cfg(all(feature = "recovery", feature = "sleep"))]
    pub fn leave_with(mut self, wait: &mut impl Wait) -> Result<Result<Recovery, Party<'a>>, TurnError> {
        self.prepare()?;
        match self.links.request(&mut self.state, wait) {
            true => self.depart().map(Ok),
            false => Ok(Err(self)),
        }
    }

    #[cfg(feature = "recovery")]
    fn depart(mut self) -> Result<Recovery, TurnError> {
        let mut turn = self.acquire()?;
        let given_back = turn.heap.give_back().map_err(TurnError::Unrecoverable)?;
        drop(turn);
        self.links.leave();
        Ok(given_back)
    }

    /// The last death in a turn that this party has recovered from, in whichever of its turns; see [`Turn::recovered`].
    pub fn last_recovered(&self) -> Option<Recovered> {
        self.report.last
    }

    /// This party's slot.
    pub fn slot(&self) -> u8 {
        self.links.slot
    }

    /// Which of the parties that joined this slot one after the other this is. Always odd.
    pub fn incarnation(&self) -> u32 {
        self.links.incarnation()
    }

    /// Whether messages wait, without taking the turn. Costs one load; it may be outdated at once.
    pub fn has_messages(&self) -> bool {
        self.messages() != 0
    }

    /// How many messages wait, without taking the turn. Costs one load; it may be outdated at once.
    pub fn messages(&self) -> u32 {
        self.links.words.messages().load_acquire()
    }

    /// A counter that moves at the end of each turn that changed something. Costs one load.
    pub fn changes(&self) -> u32 {
        self.links.words.changes().load_acquire()
    }

    #[inline(always)]
    fn prepare(&mut self) -> Result<(), TurnError> {
        if !self.links.in_place() {
            return Err(TurnError::Superseded);
        }
        if self.state.phase == Phase::Inside {
            self.links.end_forgotten(&mut self.state, self.area.span());
        }
        Ok(())
    }

    #[inline(always)]
    fn begin(&mut self, won: Won) -> Result<Turn<'_>, TurnError> {
        self.links.after_winning(self.area.span());
        let found = self.links.found();
        let report = if found == 0 && self.admitted {
            self.links.claim();
            None
        } else {
            self.settle(&won, found)?;
            Some(&self.report)
        };
        Ok(Turn {
            heap: Lent::new(Heap::new(self.area.lend(&won), &self.shape, self.links.slot)),
            links: &self.links,
            state: &mut self.state,
            report,
            farewell: 0,
            not_send: PhantomData,
        })
    }

    /// The first turn, or the turn after a death: recover the heap before anybody looks at it.
    #[cfg(feature = "recovery")]
    #[cold]
    #[inline(never)]
    fn settle(&mut self, won: &Won, found: u32) -> Result<(), TurnError> {
        let mut heap = Heap::new(self.area.lend(won), &self.shape, self.links.slot);
        let dead = self.links.who(found);
        if let Some((slot, _)) = dead
            && slot < self.links.parties
        {
            heap.mark_dead(slot);
        }
        self.links.claim();
        (self.report.recovered, self.report.leftovers) = (false, None);
        let mut work = || -> Result<(), crate::Error> {
            if let Some((slot, incarnation)) = dead {
                self.report.last = Some(Recovered { slot, incarnation, recovery: heap.recover()? });
                self.report.recovered = true;
            }
            if !self.admitted {
                self.report.leftovers = heap.admit(self.links.incarnation())?;
            }
            Ok(())
        };
        match work() {
            Ok(()) => {
                self.admitted = true;
                Ok(())
            }
            Err(why) => {
                // Let the next one find the dead party's name again, instead of an unrecovered heap and no warning.
                self.links.before_release(self.area.span());
                self.links.exit(&mut self.state, found, true);
                Err(TurnError::Unrecoverable(why))
            }
        }
    }

    /// The first turn, or the turn after a death, in a program that leaves recovery to the other party.
    #[cfg(not(feature = "recovery"))]
    #[cold]
    #[inline(never)]
    fn settle(&mut self, won: &Won, found: u32) -> Result<(), TurnError> {
        let mut heap = Heap::new(self.area.lend(won), &self.shape, self.links.slot);
        let left = match found {
            0 => heap.left_behind(self.links.incarnation()).map_or(0, |former| self.links.own_name(former)),
            found => found,
        };
        if left != 0 {
            // Whoever enters next finds that name, and recovers if it can. Nothing has been stored to the heap.
            self.links.before_release(self.area.span());
            self.links.exit(&mut self.state, left, false);
            return Err(TurnError::LeftToOther);
        }
        self.links.claim();
        heap.admit(self.links.incarnation()).map_err(TurnError::Unrecoverable)?;
        self.admitted = true;
        Ok(())
    }
}
