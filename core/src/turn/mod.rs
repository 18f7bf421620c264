//! The turn: one party at a time has the heap, by loads, stores and fences alone.
//!
//! Each party has a slot of two words that nobody else writes. It says there that it wants the turn, looks at the others' words,
//! and waits until none is in its way. Whoever has the turn writes its name into `holder` first and takes it out
//! last; so whoever enters and finds a name there knows who died, and recovers the heap before anybody looks at it.
//!
//! ```text
//!   word[me]:  0 ------> WANTS ------------------------------------------------------> 0
//!   holder:    0 -----------------> me --------------------------------> 0
//!                        | waiting | recover? | the heap is ours alone   | news |
//!                        T1 T2     T4 acquire                            T4 release
//! ```
//!
//! | sync point | one side stores, then                            | the other side stores or loads, then      | so that                                     |
//! |------------|--------------------------------------------------|-------------------------------------------|---------------------------------------------|
//! | T0         | `format`: all constants and the heap, *release* `magic` | `open`: *acquire* `magic`, constants | a region is complete when it can be seen    |
//! | T1         | my wish, *full fence*, look at the others        | the same                                  | of two who ask at once, one sees the other  |
//! | T2         | my giving way or ticket, *full fence*, look again | the same                                 | both judge the order by the same facts      |
//! | T3         | `join`: my incarnation, then T1                  | T1, then load the incarnation             | no newcomer is taken for its dead predecessor |
//! | T4         | heap, news, `holder`, *release* `word` = 0       | load `word`, *acquire fence*, heap        | a turn sees all turns before it             |
//! | T5         | `ASLEEP`, *full fence*, look again, sleep        | `word`, *full fence*, look for `ASLEEP`   | nobody sleeps through its turn              |
//! | T6         | the dead's lock freed, *release* `gate`          | `join`: *acquire* `gate`                  | no successor meets its predecessor's lock   |
//!
//! If a party dies between two stores, the words still describe a state in this picture; `docs/TURN.md` goes through all of
//! them, and the crash tests stop at every store to show it.
//!
//! | file | idea |
//! |---|---|
//! | `words.rs` | the door: control bytes as atomics |
//! | `slots.rs` | joining, leaving, and knowing who is dead |
//! | `graves.rs` | remembering who is dead, in three words |
//! | `enter.rs` | asking, waiting, claiming, releasing |
//! | `arbiter/` | who is in the way: among two, among more, by a lock in hardware |
//! | `wait.rs` | passing the time, and sleeping |
//! | `party.rs` | the API, and recovery on entry |

// Forbidden in each file of its own; only `words.rs` is a door.
#![deny(unsafe_code)]

mod arbiter;
mod enter;
mod error;
mod graves;
mod party;
mod slots;
mod wait;
#[allow(unsafe_code)]
pub(crate) mod words;

#[cfg(all(test, crash_points, feature = "recovery", feature = "bakery", feature = "sleep", not(loom)))]
mod crash_tests;
#[cfg(all(test, not(feature = "recovery"), not(loom)))]
#[allow(unsafe_code)]
mod left_tests;
#[cfg(all(test, feature = "recovery", feature = "bakery", feature = "locks", feature = "sleep", not(loom)))]
#[allow(unsafe_code)]
mod lock_tests;
#[cfg(all(test, loom))]
mod loom_sleep_tests;
#[cfg(all(test, loom))]
mod loom_tests;
#[cfg(all(test, feature = "recovery", feature = "bakery", feature = "sleep", not(loom)))]
#[allow(unsafe_code)]
mod tests;

use core::marker::PhantomData;

#[cfg(feature = "locks")]
pub(crate) use arbiter::lock;
pub(crate) use enter::Won;
pub use error::{JoinError, TurnError};
pub use party::Party;
pub(crate) use slots::{ASLEEP, CHOOSING, Links, WANTS};
pub use slots::{AlwaysAlive, Liveness};
pub use wait::{Next, Relax, Wait, Waiting, Wake};

use crate::{error::Error, heap::Recovery, region::Lent};
#[cfg(feature = "bakery")]
use arbiter::bakery;
use arbiter::peterson;
use graves::bit;
use slots::State;

/// Makes memory visible between buses and caches that do not do so by themselves.
///
/// `heap` is the address of the heap area and `len` its length in bytes: for cache operations, not for reading through.
pub trait Barrier: Sync {
    /// The turn has been won: what others stored in these bytes must be seen from now on (invalidate).
    fn acquire(&self, heap: usize, len: usize);
    /// The turn is about to end: what was stored in these bytes must be seen by others (clean).
    fn release(&self, heap: usize, len: usize);
}

/// A lock in hardware by which two parties can take turns, in place of loads, stores and fences.
///
/// Its number is in the region's header, so parties that lack it decline to join. It need not know who has it: holder and
/// incarnation lie in the region. Order is the core's business: it puts fences around these calls; they only have to reach the
/// hardware in program order with them, as device accesses behind `DMB` do.
pub trait Arbiter: Sync {
    /// Which lock it is: `docs/FORMAT.md` lists the numbers, from 32 on.
    fn number(&self) -> u8;
    /// Takes the lock if nobody has it; says whether.
    fn try_lock(&self) -> bool;
    /// Frees the lock, whoever has taken it.
    fn unlock(&self);
}

/// Who died in its turn, and what recovery did about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Recovered {
    /// The slot of the party that died.
    pub slot: u8,
    /// Which of the parties that joined that slot one after the other.
    pub incarnation: u32,
    /// What was undone and given back.
    pub recovery: Recovery,
}

/// The turn: this party alone may read and change the heap, until this value is dropped.
///
/// Costs nothing to keep; every other party waits meanwhile. Dropping it releases the turn: two stores, and up to two more
/// if something was changed. Forgetting it does not, until the same party asks for a turn again.
///
/// A party has one turn at a time:
/// ```compile_fail,E0499
/// # fn example(party: &mut cohabit::Party<'_>) -> Result<(), cohabit::TurnError> {
/// let first = party.acquire()?;
/// let second = party.acquire()?;
/// drop((first, second));
/// # Ok(())
/// # }
/// ```
/// A turn stays on the thread that took it, because the core underneath may have caches of its own:
/// ```compile_fail,E0277
/// # fn example(turn: cohabit::Turn<'static>) {
/// std::thread::spawn(move || drop(turn));
/// # }
/// ```
/// And it does not outlive its party:
/// ```compile_fail,E0505
/// # fn example(mut party: cohabit::Party<'_>) {
/// let turn = party.acquire();
/// drop(party);
/// drop(turn);
/// # }
/// ```
pub struct Turn<'p> {
    pub(crate) heap: Lent<'p>,
    links: &'p Links<'p>,
    state: &'p mut State,
    /// What the party met when it entered; `None` on the usual way in.
    report: Option<&'p Report>,
    /// What `holder` shall say when the turn ends: 0, or the name of a dead party that could not be cleaned up after.
    farewell: u32,
    not_send: PhantomData<*const ()>,
}

/// What a party met when it last entered in another than the usual way.
#[derive(Clone, Copy, Debug, Default)]
struct Report {
    /// The last death that it recovered from.
    last: Option<Recovered>,
    /// That was on this way in, not an earlier one.
    recovered: bool,
    leftovers: Option<Recovery>,
}

impl Turn<'_> {
    /// What the party remembers of values that it has put and loaded.
    #[cfg(feature = "serde")]
    #[inline(always)]
    pub(crate) fn memory(&self) -> &crate::serial::Memory {
        &self.state.memory
    }

    #[cfg(feature = "serde")]
    #[inline(always)]
    pub(crate) fn memory_mut(&mut self) -> &mut crate::serial::Memory {
        &mut self.state.memory
    }

    /// Who died in its turn before this one, if anybody, and what was recovered. Costs nothing.
    pub fn recovered(&self) -> Option<Recovered> {
        self.report.and_then(|report| report.last.filter(|_| report.recovered))
    }

    /// What an earlier party in this slot had left behind and this one gave back in its first turn. Costs nothing.
    pub fn leftovers(&self) -> Option<Recovery> {
        self.report.and_then(|report| report.leftovers)
    }

    /// This party's slot. Costs nothing.
    pub fn slot(&self) -> u8 {
        self.links.slot
    }

    /// Looks for parties that died outside of their turn, and gives back what they held: messages that they had taken and
    /// not finished return to the queue, loose objects are destroyed. Returns how many were found.
    ///
    /// After somebody has joined the slot of one of several dead parties, the others may be found once more.
    ///
    /// Costs one question to the liveness oracle a joined slot, and a walk over all blocks if one is newly dead.
    #[cfg(feature = "recovery")]
    pub fn reap(&mut self) -> Result<u32, Error> {
        let mut found = 0u32;
        for slot in 0..self.links.parties {
            if slot != self.links.slot && self.state.is_unreaped(self.links, slot) {
                // From here on the heap knows; if we die before the end, the next holder goes on with it.
                self.heap.mark_dead(slot);
                self.farewell = self.links.name_of(slot);
                found |= bit(slot);
            }
        }
        if found != 0 {
            self.heap.recover()?;
            self.farewell = 0;
            self.state.graves.note_reaped(found);
            self.links.bury_reaped(self.state, found);
        }
        Ok(found.count_ones())
    }
}

impl Drop for Turn<'_> {
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn drop(&mut self) {
        let changed = self.heap.changed() || self.report.is_some();
        if changed {
            self.links.publish(self.heap.message_count());
        }
        self.links.before_release(self.heap.span());
        self.links.exit(self.state, self.farewell, changed);
    }
}
