//! What a stage must be able to do. The region is not part of it: it is the same everywhere.

use cohabit_hal::{Doorbell, cohabit::Arbiter};

use crate::{Event, Wires};

/// A core on a board, or a thread that plays one.
pub trait Board {
    /// Tells what happened: a line in this core's log.
    fn tell(&self, event: Event);
    /// Milliseconds since some moment; wraps.
    fn now(&self) -> u32;
    /// A breath between two looks at something that another core has to do.
    fn pause(&self) {
        core::hint::spin_loop();
    }
    /// What this core can sleep at until the other one is through with something; without one it looks again and again.
    fn bell(&self) -> Option<&dyn Doorbell> {
        None
    }
    /// This core is alive: called with each turn, for whoever listens to its heart.
    fn beat(&self) {}
    /// From now on this core stands still for ever before the store after `stores` more of them. False where that is not built in:
    /// a board without an emulator's help needs `--cfg crash_points`, and a `cohabit_crash_point` that
    /// [stands still](Wires::stand_still).
    fn stand_still_after(&self, stores: u32) -> bool {
        #[cfg(all(crash_points, target_os = "none"))]
        cohabit_hal::cohabit::crash::arm(stores);
        let _ = stores;
        cfg!(all(crash_points, target_os = "none"))
    }
    /// Never mind.
    fn never_mind(&self) {
        #[cfg(all(crash_points, target_os = "none"))]
        cohabit_hal::cohabit::crash::disarm();
    }
}

/// Power over the other core.
pub trait ResetLine {
    /// Stops the other core wherever it is, for good, and returns when it has stopped and all that it stored can be seen. False: it
    /// could not be stopped.
    fn hold(&self) -> bool;
    /// Lets it go through its reset vector, with its own memory as after power-up.
    fn release(&self);
    /// Whether it stands still before a store, as [`Board::stand_still_after`] told it to.
    fn stands_still(&self) -> bool;
}

/// A board that has everything the [runs](mod@crate::run) ask for.
pub trait Pair: Board + ResetLine + Sync {
    /// Words that both cores see, beside the region.
    fn wires(&self) -> &Wires;
    /// Lets the other core start for the first time. False: there is nothing for it to run.
    fn start_other(&self) -> bool;
    /// The lock in hardware by which the cores take turns, if they do.
    fn lock(&self) -> Option<&'static dyn Arbiter> {
        None
    }
    /// Whether the other core is held, so that all it stored can be seen.
    fn is_held(&self) -> bool {
        self.wires().is_held()
    }
}
