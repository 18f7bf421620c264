//! Is the other core alive? Two ways to know, for [`Region::join`](cohabit::Region::join).
//!
//! The core asks its oracle only when it has waited for a while, and believes a *dead* for ever: it walks past that core, into
//! the heap. So an oracle answers "dead" only when that core can execute no further store.
//!
//! - [`ResetStatus`]: the hardware knows. A register says that the core is held in reset, or has been reset since it joined.
//! - [`Heartbeat`]: a counter that the other core moves in its main loop or tick. Silence is not death: a core that hangs may go
//!   on at any time, with a store that was under way. So after the silence a *stop* is called, which holds the core
//!   in reset and says that it did. Without a way to stop it, `|_| false` is the right stop: the application
//!   learns of the silence by [`Heartbeat::is_silent`], and decides what to do; the turn stays with the core that has it.
//!
//! ```text
//!   beat beat beat . . . . . . . . .| limit | stop(slot) = true: held in reset -> "dead" -> recovery
//!                  `- silent -------------> stop(slot) = false               -> "alive": wait on, or give up waiting
//! ```
#![forbid(unsafe_code)]

use core::array;

use cohabit::Liveness;
use portable_atomic::{AtomicU32, Ordering, fence};

use crate::seen_elsewhere;

/// A word a slot, in memory that all cores see, moved by the core in that slot and by nobody else.
///
/// It lies beside the region, in the section `.cohabit.beats`, and is never initialised: only its moving means something.
///
/// ```
/// # use cohabit_hal::Beats;
/// #[cfg_attr(target_os = "none", unsafe(link_section = ".cohabit.beats"))]
/// static BEATS: Beats<2> = Beats::new();
/// BEATS.beat(0); // in core 0's main loop or tick
/// ```
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Beats<const P: usize>([AtomicU32; P]);

impl<const P: usize> Beats<P> {
    /// Hearts for slots below `P`.
    pub const fn new() -> Beats<P> {
        Beats([const { AtomicU32::new(0) }; P])
    }

    /// One more beat of the core in `slot`, which is the caller's own. A slot that has no heart is ignored.
    pub fn beat(&self, slot: u8) {
        if let Some(heart) = seen_elsewhere(self).0.get(slot as usize) {
            // SYNC B (release): what this core did before, above all formatting, is visible to whoever sees the beat.
            heart.store(heart.load(Ordering::Relaxed).wrapping_add(1), Ordering::Release);
        }
    }

    /// How often the heart of `slot` has beaten, from an arbitrary start.
    pub fn read(&self, slot: u8) -> u32 {
        // SYNC B (acquire).
        seen_elsewhere(self).0.get(slot as usize).map_or(0, |heart| heart.load(Ordering::Acquire))
    }
}

impl<const P: usize> Default for Beats<P> {
    fn default() -> Beats<P> {
        Beats::new()
    }
}

/// What was last seen of a heart, and when.
#[derive(Debug)]
struct Sighting {
    incarnation: AtomicU32,
    beat: AtomicU32,
    since: AtomicU32,
}

/// Takes a core for dead when its heart has been silent for `limit` ticks of `clock` *and* `stop` has stopped it.
///
/// Belongs to one party: it remembers what that party has seen.
#[derive(Debug)]
pub struct Heartbeat<'b, const P: usize, C, S> {
    beats: &'b Beats<P>,
    clock: C,
    limit: u32,
    stop: S,
    seen: [Sighting; P],
}

impl<'b, const P: usize, C, S> Heartbeat<'b, P, C, S>
where
    C: Fn() -> u32 + Sync,
    S: Fn(u8) -> bool + Sync,
{
    /// `clock` counts up and wraps; `limit` is in its ticks, and below half of its range. `stop` is given a slot, sees to it
    /// that its core executes nothing more, and says whether it could.
    pub fn new(beats: &'b Beats<P>, clock: C, limit: u32, stop: S) -> Heartbeat<'b, P, C, S> {
        let now = clock();
        let seen = array::from_fn(|slot| Sighting {
            incarnation: AtomicU32::new(0),
            beat: AtomicU32::new(beats.read(slot as u8)),
            since: AtomicU32::new(now),
        });
        Heartbeat { beats, clock, limit, stop, seen }
    }

    /// Whether the heart of that incarnation in `slot` has been seen not to beat for the limit. Stops nobody.
    ///
    /// Time counts from the first look at an incarnation, so that a newcomer is not judged by its predecessor's silence; who is never
    /// looked at is never silent.
    pub fn is_silent(&self, slot: u8, incarnation: u32) -> bool {
        let Some(seen) = self.seen.get(slot as usize) else { return false };
        let (beat, now) = (self.beats.read(slot), (self.clock)());
        let known = seen.incarnation.load(Ordering::Relaxed) == incarnation;
        if known && seen.beat.load(Ordering::Relaxed) == beat {
            return now.wrapping_sub(seen.since.load(Ordering::Relaxed)) >= self.limit;
        }
        seen.incarnation.store(incarnation, Ordering::Relaxed);
        seen.beat.store(beat, Ordering::Relaxed);
        seen.since.store(now, Ordering::Relaxed);
        false
    }
}

impl<const P: usize, C, S> Liveness for Heartbeat<'_, P, C, S>
where
    C: Fn() -> u32 + Sync,
    S: Fn(u8) -> bool + Sync,
{
    fn is_dead(&self, slot: u8, incarnation: u32) -> bool {
        let dead = self.is_silent(slot, incarnation) && (self.stop)(slot);
        if dead {
            // Its last stores were executed before it was stopped; ours and our loads come after.
            fence(Ordering::SeqCst);
        }
        dead
    }
}

/// Asks the hardware: the closure is given slot and incarnation, and says whether that core is held in reset, or
/// has been reset since it joined as this incarnation.
#[derive(Clone, Copy, Debug)]
pub struct ResetStatus<F>(pub F);

impl<F: Fn(u8, u32) -> bool + Sync> Liveness for ResetStatus<F> {
    fn is_dead(&self, slot: u8, incarnation: u32) -> bool {
        let dead = (self.0)(slot, incarnation);
        if dead {
            fence(Ordering::SeqCst);
        }
        dead
    }
}
