//! A doorbell made of message handling unit 1: one core sets a bit for the other, whose interrupt 7 is pending until it clears it.
//!
//! The interrupt is enabled and yet never taken: the core sleeps with interrupts masked, and a *pending* one ends `WFI` all the
//! same. So the bell is latched by the hardware, and needs no handler. A tick ends a sleep at which nobody rings.

use core::arch::asm;

use cohabit_hal::{Doorbell, Mmio, Registers as _};

// SAFETY: message handling unit 1, which makes an interrupt pending that is never taken.
const MHU1: Mmio = unsafe { Mmio::at(0x5000_4000) };
/// For each core.
const SET: [usize; 2] = [4, 0x14];
const CLEAR: [usize; 2] = [8, 0x18];
/// Its interrupt.
const MHU1_BIT: u32 = 1 << 7;

// SAFETY: this core's interrupt controller: two interrupts are enabled in it, this one while all are masked, and the one that
// resets core 1, whose handler needs nothing of what runs at the time.
pub(crate) const NVIC: Mmio = unsafe { Mmio::at(0xe000_e100) };
pub(crate) const ISER0: usize = 0;
const ICER0: usize = 0x80;
const ICPR0: usize = 0x180;

// SAFETY: this core's SysTick, whose handler does nothing.
const SYSTICK: Mmio = unsafe { Mmio::at(0xe000_e010) };
const CSR: usize = 0;
const RVR: usize = 4;
/// 10 ms at 20 MHz: the longest sleep.
const TICK: u32 = 200_000;

/// The bell of one core, at which it sleeps; it rings the other's.
#[derive(Debug)]
pub struct Bell {
    core: usize,
}

impl Bell {
    /// For the core that calls this. Starts its tick.
    pub(crate) fn of(core: usize) -> Bell {
        SYSTICK.write(RVR, TICK);
        // Core clock, interrupt, on.
        SYSTICK.write(CSR, 7);
        Bell { core }
    }
}

impl Doorbell for Bell {
    fn ring(&self) {
        barrier();
        MHU1.write(SET[1 - self.core], 1);
    }

    fn wait(&self) {
        // SAFETY: masked for this function alone; what comes meanwhile is taken at its end.
        unsafe { asm!("cpsid i", options(nomem, nostack, preserves_flags)) };
        NVIC.write(ISER0, MHU1_BIT);
        // SAFETY: sleeps until something is pending.
        unsafe { asm!("dsb", "wfi", options(nostack, preserves_flags)) };
        NVIC.write(ICER0, MHU1_BIT);
        // No longer pending; and then the bit that made it so. Whoever rings before that second store is heard by this return,
        // for the caller looks after it; whoever rings later makes it pending anew.
        NVIC.write(ICPR0, MHU1_BIT);
        MHU1.write(CLEAR[self.core], 1);
        barrier();
        // SAFETY: ends the masking begun above.
        unsafe { asm!("isb", "cpsie i", options(nostack, preserves_flags)) };
    }
}

/// What was stored has arrived before anything that comes after.
fn barrier() {
    // SAFETY: a barrier.
    unsafe { asm!("dsb", options(nostack, preserves_flags)) };
}

/// The tick has ended a sleep: that is all it is for.
#[cortex_m_rt::exception]
fn SysTick() {}
