//! The machine: time and software interrupts, by the registers of its CLINT.
//!
//! Hart 0 interrupts hart 1 for two reasons, by the same bit: a reset, or a ring at its bell. The wires say which it is. A ring that
//! comes while nobody sleeps is remembered.

use core::arch::asm;

use cohabit_hal::Doorbell;
use portable_atomic::{AtomicBool, Ordering};
use scenario::{Board, Event, Pair, ResetLine, Wires, semihosted};

use crate::{WIRES, register::Register, start::restart};

/// Where hart 1's image begins.
pub(crate) const IMAGE1: usize = 0x8020_0000;
// SAFETY: memory, but not hart 0's; 0 where there is no image.
const CODE1: Register = unsafe { Register::at(IMAGE1) };

// SAFETY: a bit that makes a software interrupt of hart 0 pending. Its handler is `interrupted`.
const MSIP0: Register = unsafe { Register::at(0x0200_0000) };
// SAFETY: the same for hart 1.
const MSIP1: Register = unsafe { Register::at(0x0200_0004) };
// SAFETY: the lower half of the time, at 10 MHz; reading it changes nothing.
const MTIME: Register = unsafe { Register::at(0x0200_bff8) };
// SAFETY: the upper half.
const MTIMEH: Register = unsafe { Register::at(0x0200_bffc) };
// SAFETY: when hart 0's timer interrupt is due; its handler is `interrupted`. The lower half.
const DUE0: Register = unsafe { Register::at(0x0200_4000) };
// SAFETY: the upper half.
const DUE0H: Register = unsafe { Register::at(0x0200_4004) };
// SAFETY: the same for hart 1.
const DUE1: Register = unsafe { Register::at(0x0200_4008) };
// SAFETY: the upper half.
const DUE1H: Register = unsafe { Register::at(0x0200_400c) };

const TICKS_A_MS: u32 = 10_000;
/// 10 ms: the longest sleep.
const TICK: u64 = 100_000;

/// Somebody has rung since the last sleep.
static RUNG: AtomicBool = AtomicBool::new(false);

/// The hart this image runs on.
#[derive(Debug)]
pub struct Virt {
    hart: u8,
    bell: Bell,
}

impl Virt {
    /// The machine, seen by this hart, with interrupts on.
    pub fn new() -> Virt {
        let hart = hart();
        tick(hart);
        // SAFETY: the handlers of software and timer interrupts are in place.
        unsafe { asm!("csrs mie, {}", in(reg) 0x88, options(nostack)) };
        interrupts_on();
        Virt { hart, bell: Bell { hart } }
    }
}

impl Default for Virt {
    fn default() -> Virt {
        Virt::new()
    }
}

fn hart() -> u8 {
    let hart: u32;
    // SAFETY: reading a number.
    unsafe { asm!("csrr {}, mhartid", out(reg) hart, options(nomem, nostack, pure)) };
    hart as u8
}

fn interrupts_on() {
    // SAFETY: the handlers are in place.
    unsafe { asm!("csrsi mstatus, 8", options(nostack)) };
}

fn interrupts_off() {
    // SAFETY: they are on again soon.
    unsafe { asm!("csrci mstatus, 8", options(nostack)) };
}

/// The next timer interrupt.
fn tick(hart: u8) {
    let now = loop {
        let high = MTIMEH.read();
        let low = MTIME.read();
        if MTIMEH.read() == high {
            break u64::from(high) << 32 | u64::from(low);
        }
    };
    let due = now + TICK;
    let (low, high) = if hart == 0 { (DUE0, DUE0H) } else { (DUE1, DUE1H) };
    // Not due in between.
    high.write(u32::MAX);
    low.write(due as u32);
    high.write((due >> 32) as u32);
}

/// Why a hart was interrupted.
pub(crate) enum Cause {
    Software,
    Timer,
}

/// In the trap's handler.
pub(crate) fn interrupted(cause: Cause) {
    let hart = hart();
    match cause {
        Cause::Timer => tick(hart),
        Cause::Software => {
            if hart == 0 { MSIP0 } else { MSIP1 }.write(0);
            // Cleared before the wires are looked at: what is asked for later interrupts again.
            barrier();
            if hart != 0 && WIRES.asks_for_reset() {
                restart();
            }
            RUNG.store(true, Ordering::Relaxed);
        }
    }
}

/// Orders memory and devices: what was stored has arrived before what comes after.
fn barrier() {
    // SAFETY: a barrier.
    unsafe { asm!("fence iorw, iorw", options(nostack)) };
}

/// The bell of one hart, at which it sleeps; it rings the other's.
#[derive(Debug)]
struct Bell {
    hart: u8,
}

impl Doorbell for Bell {
    fn ring(&self) {
        barrier();
        if self.hart == 0 { MSIP1 } else { MSIP0 }.write(1);
    }

    fn wait(&self) {
        // Off, so that nothing comes between the look and the sleep; what is pending ends the sleep all the same.
        interrupts_off();
        if !RUNG.load(Ordering::Relaxed) {
            // SAFETY: sleeps until an interrupt is pending; a tick comes in any case.
            unsafe { asm!("wfi", options(nostack)) };
        }
        interrupts_on();
        RUNG.store(false, Ordering::Relaxed);
        barrier();
    }
}

impl Board for Virt {
    fn tell(&self, event: Event) {
        semihosted::tell(self.hart, event);
    }

    fn now(&self) -> u32 {
        MTIME.read() / TICKS_A_MS
    }

    fn pause(&self) {
        core::hint::spin_loop();
    }

    fn bell(&self) -> Option<&dyn Doorbell> {
        Some(&self.bell)
    }

    fn beat(&self) {
        WIRES.beats.beat(self.hart);
    }

    #[cfg(crash_points)]
    fn stand_still_after(&self, stores: u32) -> bool {
        cohabit_hal::cohabit::crash::arm(stores);
        true
    }

    #[cfg(crash_points)]
    fn never_mind(&self) {
        cohabit_hal::cohabit::crash::disarm();
    }
}

impl Pair for Virt {
    fn wires(&self) -> &Wires {
        &WIRES
    }

    fn start_other(&self) -> bool {
        if CODE1.read() == 0 {
            return false;
        }
        barrier();
        MSIP1.write(1);
        true
    }
}

impl ResetLine for Virt {
    fn hold(&self) -> bool {
        WIRES.hold(self, || self.bell.ring())
    }

    fn release(&self) {
        WIRES.release();
    }

    fn stands_still(&self) -> bool {
        WIRES.stands_still()
    }
}
