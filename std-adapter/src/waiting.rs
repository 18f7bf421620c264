//! How a member passes the time: spin a little, announce, look again, sleep in slices.
//!
//! ```text
//!   0 us        50 us                        then, in slices of 5, 10, 20, 40, 40, ... ms
//!   |  spin ... | announce, look once more | sleep on the word until somebody wakes us or the slice is over |
//!                                            after a slice: is the one we wait for alive?
//! ```
//!
//! Handing over between two running processes takes well under a microsecond, so a short spin catches nearly all of it;
//! whoever waits longer must not burn a CPU. A dead holder wakes nobody: the slices are there to notice, so their
//! length is how long a death can go unseen. The system is asked about a life only here, never while spinning.
#![forbid(unsafe_code)]

use std::{
    hint::spin_loop,
    time::{Duration, Instant},
};

use cohabit::{Next, Wait, Waiting, Wake};

use crate::{os, segment::Segment};

/// How long to spin before sleeping.
const SPIN: Duration = Duration::from_micros(50);
/// Checks of the word between two looks at the clock, which costs as much as several of them.
const CHECKS: u32 = 16;
/// The first sleep.
const FIRST_SLICE: Duration = Duration::from_millis(5);
/// The longest sleep, and so the longest that a death goes unseen.
const LONGEST_SLICE: Duration = Duration::from_millis(40);

/// One wait of a member, for a turn or for news.
pub(crate) struct Patience {
    limit: Option<Duration>,
    start: Option<Instant>,
    slice: Duration,
    slice_is_over: bool,
    /// Give up after each slice, so that the caller can look around; it goes on with the same `Patience`.
    in_slices: bool,
    ended: bool,
    over: bool,
}

impl Patience {
    /// Waits as long as it takes.
    pub(crate) fn endless() -> Patience {
        let (slice, slice_is_over) = (FIRST_SLICE, false);
        Patience {
            limit: None,
            start: None,
            slice,
            slice_is_over,
            in_slices: false,
            ended: false,
            over: false,
        }
    }

    /// Waits at most so long.
    pub(crate) fn at_most(limit: Duration) -> Patience {
        Patience { limit: Some(limit), ..Patience::endless() }
    }

    /// Waits at most so long, and comes back after each slice to let the caller look around.
    pub(crate) fn in_slices(limit: Duration) -> Patience {
        Patience { in_slices: true, ..Patience::at_most(limit) }
    }

    /// Whether the limit has been reached, not just a slice.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Whether a slice has ended since this was asked last.
    pub(crate) fn slice_has_ended(&mut self) -> bool {
        std::mem::take(&mut self.ended)
    }

    /// Time since the first look at the clock, which is the first thing a wait does.
    fn waited(&mut self) -> Duration {
        self.start.get_or_insert_with(Instant::now).elapsed()
    }
}

impl Wait for Patience {
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        if !waiting.announced() {
            spin_loop();
            // `start` is taken in round 0, so the limits below count from there.
            if !waiting.round().is_multiple_of(CHECKS) {
                return Next::Check;
            }
        }
        let waited = self.waited();
        let left = self.limit.map_or(LONGEST_SLICE, |limit| limit.saturating_sub(waited));
        if left.is_zero() {
            self.over = true;
            return Next::GiveUp;
        }
        if !waiting.announced() {
            return if waited < SPIN { Next::Check } else { Next::Announce };
        }
        if std::mem::take(&mut self.slice_is_over) {
            self.ended = self.in_slices;
            return if self.in_slices { Next::GiveUp } else { Next::Inquire };
        }
        let before = Instant::now();
        os::sleep_on(waiting, self.slice.min(left));
        if before.elapsed() >= self.slice {
            self.slice_is_over = true;
            self.slice = (self.slice * 2).min(LONGEST_SLICE);
        }
        Next::Check
    }
}

impl Wake for Segment {
    fn wake(&self, address: *const u32) {
        // The core only names words of our own mapping; anything else has no sleepers.
        let offset = address.addr().wrapping_sub(self.mapping().base().addr().get());
        if offset < self.mapping().len() {
            os::wake_sleepers(self.mapping(), offset);
        }
    }
}
