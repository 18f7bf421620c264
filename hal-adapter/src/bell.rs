//! Sleeping until the other core is done: a doorbell rings in the other core and is heard even before one listens.
//!
//! The core announces a sleeper in shared memory and looks again before it sleeps (`cohabit::Wait`), so a bell needs one
//! property only: **it is latched**. What rings between that last look and the sleep ends the sleep at once.
//!
//! ```text
//!   sleeper                        the one who ends its turn
//!   "I sleep", fence, look again   word = 0, fence, does anybody sleep?
//!   wait() <---------------------- ring()
//! ```
//!
//! A dead core rings no more. So a sleep has to end by itself now and then, by a timer's interrupt that the board runs anyway; on
//! each return [`Doze`] has the liveness oracle asked. Without such a tick, do not sleep: spin.
#![forbid(unsafe_code)]

use cohabit::{Next, Wait, Waiting, Wake};

/// A latched wake-up call from one core to the other.
pub trait Doorbell: Sync {
    /// Ends the other core's [`wait`](Doorbell::wait), the present one or else the next. Everything stored before is
    /// visible to the other core when it wakes.
    fn ring(&self);
    /// Sleeps until the other core has rung since the last `wait`. MAY return early, and MUST return within the time
    /// in which a death shall be noticed: by a timer's interrupt.
    fn wait(&self);
}

impl<D: Doorbell + ?Sized> Doorbell for &D {
    fn ring(&self) {
        (**self).ring();
    }

    fn wait(&self) {
        (**self).wait();
    }
}

/// A doorbell as the core wants it: for [`Party::with_wake`](cohabit::Party::with_wake).
#[derive(Clone, Copy, Debug)]
pub struct Bell<D>(pub D);

impl<D: Doorbell> Wake for Bell<D> {
    fn wake(&self, _: *const u32) {
        self.0.ring();
    }
}

/// Looks before falling asleep: a turn is often over by then.
const AWAKE: u32 = 64;

/// Waits for a turn, or for news, asleep: spins for a moment, then announces itself and waits at the doorbell.
///
/// ```
/// use cohabit_hal::{Doorbell, Doze, cohabit::{Party, Turn, TurnError}};
/// fn asleep<'p>(party: &'p mut Party<'_>, bell: &impl Doorbell) -> Result<Option<Turn<'p>>, TurnError> {
///     party.acquire_with(&mut Doze::at(bell)) // never `None`: it does not give up
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Doze<D, F = fn() -> bool> {
    bell: D,
    expired: F,
    asked: bool,
}

impl<D: Doorbell> Doze<D> {
    /// Waits at this bell as long as it takes.
    pub fn at(bell: D) -> Doze<D> {
        Doze { bell, expired: || false, asked: false }
    }
}

impl<D: Doorbell, F: FnMut() -> bool> Doze<D, F> {
    /// Waits at this bell until `expired` says that it has been long enough; asked after each sleep.
    pub fn until(bell: D, expired: F) -> Doze<D, F> {
        Doze { bell, expired, asked: false }
    }
}

impl<D: Doorbell, F: FnMut() -> bool> Wait for Doze<D, F> {
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        if !waiting.announced() {
            core::hint::spin_loop();
            return if waiting.round() < AWAKE { Next::Check } else { Next::Announce };
        }
        if (self.expired)() {
            return Next::GiveUp;
        }
        // Asked before each sleep: the one in the way may have died long ago.
        self.asked = !self.asked;
        if self.asked {
            return Next::Inquire;
        }
        self.bell.wait();
        Next::Check
    }
}

/// SEV and WFE: for cores whose event lines are connected, as in RP2040, RP2350 and the dual Cortex-M33 of Arm's SSE-200.
///
/// WFE also ends with any interrupt, so a running SysTick is tick enough.
#[cfg(feature = "cortex-m")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Event;

#[cfg(feature = "cortex-m")]
impl Doorbell for Event {
    fn ring(&self) {
        // The stores must have left this core before the other one wakes and looks.
        cortex_m::asm::dsb();
        cortex_m::asm::sev();
    }

    fn wait(&self) {
        cortex_m::asm::wfe();
    }
}
