//! How a member passes the time: spin a little, announce, look again, sleep in slices.
//!
//! ```text
//!   0 us        50 us                         then, in slices of 1, 2, 4, ... 20 ms:
//!   |  spin ... | announce, look once more | is the one we wait for alive? sleep until somebody wakes us or the slice is over |
//! ```
//!
//! Handing over between two running processes takes well under a microsecond, so a short spin catches nearly all of it;
//! whoever waits longer must not burn a CPU. A dead holder wakes nobody: the slices are there to notice, so their
//! length is how long a death can go unseen. To ask before each sleep costs little beside the sleep, and finds one who was dead
//! before we came, or several of them in a row, without any sleep. The system is never asked while spinning.
//!
//! Waiting for news is less urgent: nobody is in the way, so its slices grow further.
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
const FIRST_SLICE: Duration = Duration::from_millis(1);
/// The longest sleep for a turn, and so the longest that a death goes unseen by those whom it keeps waiting.
const LONGEST_SLICE: Duration = Duration::from_millis(20);
/// The longest sleep for news, after which the caller looks for the dead.
const LONGEST_SLICE_FOR_NEWS: Duration = Duration::from_millis(160);

/// One wait of a member, for a turn or for news.
///
/// Nearly nothing is written to make one, since most turns are free and never look at it.
pub(crate) struct Patience {
    limit: Option<Duration>,
    /// Give up after each slice, so that the caller can look around; it goes on with the same `Patience`.
    in_slices: bool,
    progress: Option<Progress>,
}

/// How far a wait has come; from its first look at the clock on.
struct Progress {
    start: Instant,
    slice: Duration,
    /// Asked whether the other lives, and not slept since.
    asked: bool,
    slice_is_over: bool,
    limit_reached: bool,
}

impl Patience {
    /// Waits as long as it takes.
    pub(crate) fn endless() -> Patience {
        Patience { limit: None, in_slices: false, progress: None }
    }

    /// Waits at most so long.
    pub(crate) fn at_most(limit: Duration) -> Patience {
        Patience { limit: Some(limit), ..Patience::endless() }
    }

    /// Waits at most so long, and gives up after each slice, too.
    pub(crate) fn in_slices(limit: Duration) -> Patience {
        Patience { in_slices: true, ..Patience::at_most(limit) }
    }

    /// Whether it gave up because of the limit, not just at the end of a slice.
    pub(crate) fn is_over(&self) -> bool {
        self.progress.as_ref().is_some_and(|progress| progress.limit_reached)
    }

    /// Whether a slice has ended since this was asked last.
    pub(crate) fn slice_has_ended(&mut self) -> bool {
        self.progress.as_mut().is_some_and(|progress| std::mem::take(&mut progress.slice_is_over))
    }
}

impl Progress {
    fn begin() -> Progress {
        let start = Instant::now();
        Progress { start, slice: FIRST_SLICE, asked: false, slice_is_over: false, limit_reached: false }
    }
}

impl Wait for Patience {
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        if !waiting.announced() {
            spin_loop();
            // The clock is looked at in round 0 already, so the limits below count from there.
            if !waiting.round().is_multiple_of(CHECKS) {
                return Next::Check;
            }
        }
        let progress = self.progress.get_or_insert_with(Progress::begin);
        let waited = progress.start.elapsed();
        let left = self.limit.map_or(Duration::MAX, |limit| limit.saturating_sub(waited));
        if left.is_zero() {
            progress.limit_reached = true;
            return Next::GiveUp;
        }
        if !waiting.announced() {
            return if waited < SPIN { Next::Check } else { Next::Announce };
        }
        if self.in_slices && progress.slice_is_over {
            return Next::GiveUp;
        }
        progress.asked = !progress.asked;
        if progress.asked && !self.in_slices {
            return Next::Inquire;
        }
        os::sleep_on(waiting, progress.slice.min(left));
        if progress.start.elapsed() - waited >= progress.slice {
            progress.slice_is_over = true;
            let longest = if self.in_slices { LONGEST_SLICE_FOR_NEWS } else { LONGEST_SLICE };
            progress.slice = (progress.slice * 2).min(longest);
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
