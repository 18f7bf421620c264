//! Mailboxes: waking the other core by an interrupt, where there is no event line, or where tasks shall be woken.
//!
//! ```text
//!   ring() --> hardware --> interrupt handler: EAR.on_interrupt() --> latch --> wait() returns
//!                                                                `--> alarm --> a task that awaits its turn
//! ```
//!
//! The handler does nothing else, so it may run at any time, inside of turns, too.
#![forbid(unsafe_code)]

use portable_atomic::{AtomicBool, Ordering, fence};

#[cfg(feature = "async")]
use crate::Alarm;
use crate::Doorbell;

/// Hardware by which a core raises an interrupt in the other one.
pub trait Mailbox: Sync {
    /// Raises it, if it is not raised already. All stores before have been ordered before this.
    fn ring(&self);
    /// In the handler of this core: takes back what was raised.
    fn acknowledge(&self);
}

/// A core's end of a mailbox: rings at the other core, hears what that one rings.
///
/// ```
/// # use cohabit_hal::{Ear, Mailbox};
/// # struct Hardware;
/// # impl Mailbox for Hardware { fn ring(&self) {} fn acknowledge(&self) {} }
/// static EAR: Ear<Hardware> = Ear::new(Hardware);
///
/// // #[interrupt]
/// fn mailbox_interrupt() {
///     EAR.on_interrupt();
/// }
/// # mailbox_interrupt();
/// ```
#[derive(Debug)]
pub struct Ear<M> {
    mailbox: M,
    /// Set by the handler, cleared by who waits. A plain flag: two stores that meet both leave a waiter who looks again.
    rung: AtomicBool,
    #[cfg(feature = "async")]
    alarm: Alarm,
}

impl<M: Mailbox> Ear<M> {
    /// For a `static` that the interrupt handler sees.
    pub const fn new(mailbox: M) -> Ear<M> {
        Ear {
            mailbox,
            rung: AtomicBool::new(false),
            #[cfg(feature = "async")]
            alarm: Alarm::new(),
        }
    }

    /// To be called by the interrupt handler of this core, and by nobody else.
    pub fn on_interrupt(&self) {
        self.mailbox.acknowledge();
        self.rung.store(true, Ordering::Release);
        #[cfg(feature = "async")]
        self.alarm.ring();
    }

    /// What tasks of this core wait by.
    #[cfg(feature = "async")]
    pub fn alarm(&self) -> &Alarm {
        &self.alarm
    }

    /// The hardware.
    pub fn mailbox(&self) -> &M {
        &self.mailbox
    }
}

impl<M: Mailbox> Doorbell for Ear<M> {
    fn ring(&self) {
        fence(Ordering::SeqCst);
        self.mailbox.ring();
    }

    /// Sleeps by WFI with the feature of the architecture, else polls. Interrupts must not be masked by the caller.
    fn wait(&self) {
        sleep_unless(|| self.rung.load(Ordering::Acquire));
        // Before the caller looks: whatever rings after this is heard by the next wait.
        self.rung.store(false, Ordering::SeqCst);
        fence(Ordering::SeqCst);
    }
}

/// Sleeps until an interrupt is pending, unless `rung` says that it has come already. Looked at with interrupts masked: one that
/// comes after the look is pending, and WFI returns at once.
fn sleep_unless(rung: impl Fn() -> bool) {
    #[cfg(all(feature = "cortex-m", target_arch = "arm"))]
    cortex_m::interrupt::free(|_| {
        if !rung() {
            cortex_m::asm::wfi();
        }
    });
    #[cfg(all(feature = "riscv", target_arch = "riscv32"))]
    riscv::interrupt::free(|| {
        if !rung() {
            riscv::asm::wfi();
        }
    });
    #[cfg(not(any(
        all(feature = "cortex-m", target_arch = "arm"),
        all(feature = "riscv", target_arch = "riscv32")
    )))]
    if !rung() {
        core::hint::spin_loop();
    }
}
