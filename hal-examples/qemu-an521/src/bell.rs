//! A doorbell made of message handling unit 1: one core sets a bit for the other, whose interrupt 7 is pending until it clears it.
//!
//! The interrupt is enabled and yet never taken: the core sleeps with interrupts masked, and a *pending* one ends `WFI` all the
//! same. So the bell is latched by the hardware, and needs no handler. A tick ends a sleep at which nobody rings.

use core::arch::asm;

use cohabit_hal::Doorbell;

use crate::register::Register;

// SAFETY: message handling unit 1, which makes an interrupt pending that is never taken; for core 0: set, clear.
const RING0: Register = unsafe { Register::at(0x5000_4004) };
// SAFETY: as above.
const HEARD0: Register = unsafe { Register::at(0x5000_4008) };
// SAFETY: as above; for core 1: set, clear.
const RING1: Register = unsafe { Register::at(0x5000_4014) };
// SAFETY: as above.
const HEARD1: Register = unsafe { Register::at(0x5000_4018) };

// SAFETY: this core's interrupt controller; the interrupt is enabled while all are masked.
const NVIC_ISER0: Register = unsafe { Register::at(0xe000_e100) };
// SAFETY: as above.
const NVIC_ICER0: Register = unsafe { Register::at(0xe000_e180) };
// SAFETY: as above.
const NVIC_ICPR0: Register = unsafe { Register::at(0xe000_e280) };
const MHU1_BIT: u32 = 1 << 7;

// SAFETY: this core's SysTick, whose handler does nothing.
const SYST_CSR: Register = unsafe { Register::at(0xe000_e010) };
// SAFETY: as above.
const SYST_RVR: Register = unsafe { Register::at(0xe000_e014) };
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
        SYST_RVR.write(TICK);
        // Core clock, interrupt, on.
        SYST_CSR.write(7);
        Bell { core }
    }
}

impl Doorbell for Bell {
    fn ring(&self) {
        barrier();
        let other = if self.core == 0 { RING1 } else { RING0 };
        other.write(1);
    }

    fn wait(&self) {
        let heard = if self.core == 0 { HEARD0 } else { HEARD1 };
        // SAFETY: masked for this function alone; what comes meanwhile is taken at its end.
        unsafe { asm!("cpsid i", options(nomem, nostack, preserves_flags)) };
        NVIC_ISER0.write(MHU1_BIT);
        // SAFETY: sleeps until something is pending.
        unsafe { asm!("dsb", "wfi", options(nostack, preserves_flags)) };
        NVIC_ICER0.write(MHU1_BIT);
        // No longer pending; and then the bit that made it so. Whoever rings before that second store is heard by this return,
        // for the caller looks after it; whoever rings later makes it pending anew.
        NVIC_ICPR0.write(MHU1_BIT);
        heard.write(1);
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
