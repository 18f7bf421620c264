//! What a stage must be able to do. The region is not part of it: it is the same everywhere.

use crate::Event;

/// A core on a board, or a thread that plays one.
pub trait Board {
    /// Tells what happened: a line in this core's log.
    fn tell(&self, event: Event);
    /// Milliseconds since some moment, the same for both cores or not.
    fn now(&self) -> u32;
    /// A breath between two looks at something that another core has to do.
    fn pause(&self);
    /// Between two acts, for whoever watches over this core: it is alive.
    fn heartbeat(&self) {}
    /// From now on this core stands still for ever before the store after `stores` more of them. False where that is not built in.
    fn stand_still_after(&self, stores: u32) -> bool {
        let _ = stores;
        false
    }
    /// Never mind; returns how many stores there were.
    fn never_mind(&self) -> u32 {
        0
    }
}

/// Power over the other core.
pub trait ResetLine {
    /// Stops the other core wherever it is, for good, and returns when it has stopped and all that it stored can be seen. False: it
    /// could not be stopped.
    fn hold(&self) -> bool;
    /// Lets it start again from its reset vector, with its own memory as after power-up.
    fn release(&self);
    /// Whether it stands still before a store, as [`Board::stand_still_after`] told it to.
    fn stands_still(&self) -> bool;
}
