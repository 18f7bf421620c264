//! One party's place in its slot: joining, leaving, and knowing who is dead.
//!
//! [`Links`] are the words a party works with, fixed while it lives; [`State`] is what it remembers privately. Both are
//! written over [`Words`], so they run over a region as over the model checker's atomics, and know nothing of the heap.
//!
//! ```text
//!   incarnation:  0 --join--> 1 --leave--> 2 --join--> 3 --dies--> (3) --join--> 5 --leave--> 6 ...
//!                 vacant      a party      vacant      a party     a corpse      a party
//! ```
//!
//! **Who is absent.** A slot's incarnation is odd while somebody has joined it, even while it is vacant. A party passes
//! over another only if the slot is vacant or the liveness oracle has declared *this incarnation* dead; and it reads
//! the incarnation **after its own full fence** (T1). A newcomer writes its incarnation before *its* first fence. So either
//! the reader sees the new incarnation, or the newcomer sees the reader's wish: they cannot both win.

#![forbid(unsafe_code)]

use super::{
    Arbiter, Barrier,
    graves::Graves,
    wait::Wake,
    words::{Word, Words},
};
use crate::format::ArbiterKind;

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
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct AlwaysAlive;

impl Liveness for AlwaysAlive {
    fn is_dead(&self, _: u8, _: u32) -> bool {
        false
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
    pub(super) holder: Word<'a>,
    pub(super) my_incarnation: Word<'a>,
    liveness: &'a dyn Liveness,
    #[cfg(feature = "sleep")]
    pub(super) wake: Option<&'a dyn Wake>,
    /// In place of Peterson.
    #[cfg(feature = "locks")]
    pub(super) lock: Option<&'a dyn Arbiter>,
    /// What to call around a turn.
    barrier: Option<&'a dyn Barrier>,
    pub(super) arbiter: ArbiterKind,
    pub(super) slot: u8,
    pub(super) parties: u8,
    pub(super) incarnation: u32,
}

/// Where a party stands between one turn and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Wants nothing, shows nothing.
    Out,
    /// Shows that it sleeps until there is news; nobody is asking at the moment.
    Listening,
    /// Shows that it wants the turn; nobody is asking at the moment.
    Queued,
    /// Has won the turn and not begun it.
    Won,
    /// In its turn; or the turn was forgotten.
    Inside,
}

/// What one party remembers privately.
#[derive(Debug)]
pub(crate) struct State {
    pub(super) ticket: u32,
    pub(super) phase: Phase,
    /// Our word shows [`ASLEEP`].
    pub(super) announced: bool,
    /// Bakery: the ticket counts; every slot below `passed` is behind us.
    pub(super) drawn: bool,
    pub(super) passed: u8,
    /// Attempts in vain, and wakes of sleepers: now and then the oracle is asked.
    pub(super) misses: u8,
    pub(super) wakes: u8,
    pub(super) graves: Graves,
    /// What putting and loading by serde remember.
    #[cfg(feature = "serde")]
    pub(super) memory: crate::serial::Memory,
}

impl State {
    /// [`ASLEEP`] if our word is to show it.
    pub(super) fn asleep(&self) -> u32 {
        if self.announced { ASLEEP } else { 0 }
    }

    /// Whether nobody is in the slot: vacant, or its incarnation is known to be dead. See the module's head.
    pub(super) fn absent(&mut self, links: &Links<'_>, slot: u8) -> bool {
        // Acquire, for a party that has left: its last turn happened before.
        let incarnation = links.words.incarnation(slot).load_acquire();
        incarnation & 1 == 0 || self.graves.contain(&links.words, slot)
    }

    /// The incarnation in `slot`, if it is known to be dead.
    pub(super) fn known_dead(&mut self, links: &Links<'_>, slot: u8) -> Option<u32> {
        let incarnation = links.words.incarnation(slot).load_acquire();
        // Incarnations only grow: if it is a dead one now, it was the same before.
        self.graves.contain(&links.words, slot).then_some(incarnation)
    }

    /// Asks the oracle about `slot`, unless the answer is known. True: nobody alive is there.
    pub(super) fn inquire(&mut self, links: &Links<'_>, slot: u8) -> bool {
        let incarnation = links.words.incarnation(slot).load_acquire();
        if incarnation & 1 == 0 || self.graves.contain(&links.words, slot) {
            return true;
        }
        let dead = links.liveness.is_dead(slot, incarnation);
        if dead {
            self.graves.add(&links.words, slot, incarnation);
        }
        dead
    }

    /// Whether somebody died in `slot` and left things behind, as far as we know.
    pub(super) fn is_unreaped(&mut self, links: &Links<'_>, slot: u8) -> bool {
        let joined = links.words.incarnation(slot).load() & 1 == 1;
        joined && self.inquire(links, slot) && self.graves.unreaped(slot)
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
            #[cfg(feature = "sleep")]
            wake: None,
            #[cfg(feature = "locks")]
            lock: None,
            barrier: None,
            arbiter,
            slot,
            parties,
            incarnation,
        };
        let state = State {
            ticket: ticket_of(left_behind),
            phase: Phase::Out,
            announced: false,
            drawn: false,
            passed: 0,
            misses: 0,
            wakes: 0,
            graves: Graves::default(),
            #[cfg(feature = "serde")]
            memory: crate::serial::Memory::default(),
        };
        (links, state)
    }

    pub(super) fn incarnation(&self) -> u32 {
        self.incarnation
    }

    #[cfg(feature = "sleep")]
    pub(super) fn set_wake(&mut self, wake: &'a dyn Wake) {
        self.wake = Some(wake);
    }

    #[cfg(feature = "locks")]
    pub(crate) fn set_lock(&mut self, lock: &'a dyn Arbiter) {
        self.lock = Some(lock);
    }

    pub(super) fn set_barrier(&mut self, barrier: &'a dyn Barrier) {
        self.barrier = Some(barrier);
    }

    /// `heap` is the heap area's address and its length in bytes.
    #[inline(always)]
    pub(super) fn after_winning(&self, heap: (usize, usize)) {
        if let Some(barrier) = self.barrier {
            barrier.acquire(heap.0, heap.1);
        }
    }

    /// `heap` is the heap area's address and its length in bytes.
    #[inline(always)]
    pub(super) fn before_release(&self, heap: (usize, usize)) {
        if let Some(barrier) = self.barrier {
            barrier.release(heap.0, heap.1);
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

    /// What this party's slot writes into `holder` in that incarnation.
    #[inline(always)]
    pub(super) fn own_name(&self, incarnation: u32) -> u32 {
        name(self.slot, incarnation)
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
}

/// A party's name in the holder word.
#[inline(always)]
pub(super) const fn name(slot: u8, incarnation: u32) -> u32 {
    (incarnation << 6) | (slot as u32 + 1)
}
