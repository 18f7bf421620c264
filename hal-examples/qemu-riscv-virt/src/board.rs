//! The machine: time and software interrupts, by the registers of its CLINT.
//!
//! Hart 0 interrupts hart 1 for two reasons, by the same bit: a reset, or a ring at its bell. The wires say which it is. A ring that
//! comes while nobody sleeps is remembered.

use core::arch::asm;

use cohabit_hal::{Doorbell, Mmio, Registers as _};
use portable_atomic::{AtomicBool, Ordering};
use scenario::{Board, Event, Pair, ResetLine, Wires, semihosted};

use crate::{WIRES, start::restart};

/// Where hart 1's image begins.
pub(crate) const IMAGE1: usize = 0x8020_0000;
// SAFETY: memory, but not hart 0's, and only read; 0 where there is no image.
const CODE1: Mmio = unsafe { Mmio::at(IMAGE1) };

// SAFETY: the CLINT: time, and the interrupts that it and the harts make pending; their handler is `interrupted`.
const CLINT: Mmio = unsafe { Mmio::at(0x0200_0000) };
/// A bit that makes a hart's software interrupt pending.
const MSIP: [usize; 2] = [0, 4];
/// When a hart's timer interrupt is due: the lower half, and behind it the upper.
const DUE: [usize; 2] = [0x4000, 0x4008];
/// The time, at 10 MHz, in two halves, too.
const MTIME: usize = 0xbff8;
/// From a lower half to its upper one.
const UPPER: usize = 4;
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
        let high = CLINT.read(MTIME + UPPER);
        let low = CLINT.read(MTIME);
        if CLINT.read(MTIME + UPPER) == high {
            break u64::from(high) << 32 | u64::from(low);
        }
    };
    let due = now + TICK;
    let mine = DUE[usize::from(hart)];
    // Not due in between.
    CLINT.write(mine + UPPER, u32::MAX);
    CLINT.write(mine, due as u32);
    CLINT.write(mine + UPPER, (due >> 32) as u32);
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
            CLINT.write(MSIP[usize::from(hart)], 0);
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
        CLINT.write(MSIP[usize::from(1 - self.hart)], 1);
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
        CLINT.read(MTIME) / TICKS_A_MS
    }

    fn bell(&self) -> Option<&dyn Doorbell> {
        Some(&self.bell)
    }

    fn beat(&self) {
        WIRES.beats.beat(self.hart);
    }
}

impl Pair for Virt {
    fn wires(&self) -> &Wires {
        &WIRES
    }

    fn start_other(&self) -> bool {
        if CODE1.read(0) == 0 {
            return false;
        }
        barrier();
        CLINT.write(MSIP[1], 1);
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
