//! The chip: Arm's SSE-200 subsystem as QEMU models it, by its registers (secure aliases).

use cohabit_hal::{Doorbell, Mmio, Registers as _};
use scenario::{Board, Event, Pair, ResetLine, Wires, semihosted};

use crate::{
    WIRES,
    bell::{Bell, ISER0, NVIC},
};

// SAFETY: CMSDK timer 0, which counts down at 20 MHz. It interrupts nobody.
const TIMER: Mmio = unsafe { Mmio::at(0x5000_0000) };
const CTRL: usize = 0;
const VALUE: usize = 4;
const RELOAD: usize = 8;
const TICKS_A_MS: u32 = 20_000;

// SAFETY: message handling unit 0: a bit set here interrupts core 1 until it is cleared. Its handler, in `restart.rs`, needs nothing
// of what runs at the time.
const MHU0: Mmio = unsafe { Mmio::at(0x5000_3000) };
const CPU1_SET: usize = 0x14;
const CPU1_CLEAR: usize = 0x18;
/// Its interrupt.
const MHU0_BIT: u32 = 1 << 6;

// SAFETY: the system's control block, of which core 0 alone uses what concerns core 1: where it finds its vector table when it
// starts (it runs code of its own, in memory of its own), and a bit for each core that has to wait.
const SYSTEM: Mmio = unsafe { Mmio::at(0x5002_1000) };
const INITSVTOR1: usize = 0x114;
const CPUWAIT: usize = 0x118;

/// The vector table of core 1's image.
const VECTORS1: u32 = 0x1020_0000;
// SAFETY: memory, but not this image's; it may hold anything, and is only read.
const IMAGE1: Mmio = unsafe { Mmio::at(VECTORS1 as usize) };
/// First the end of core 1's stack, then its reset vector.
const STACK1: usize = 0;
const RESET1: usize = 4;

// SAFETY: this core's system control block, of which one word is read: where its vector table is.
const SCB: Mmio = unsafe { Mmio::at(0xe000_ed00) };
const VTOR: usize = 8;

/// The core this image runs on.
#[derive(Debug)]
pub struct An521 {
    core: u8,
    bell: Bell,
}

impl An521 {
    /// Core 0 comes first, and starts the timer.
    pub fn core0() -> An521 {
        start_timer();
        An521 { core: 0, bell: Bell::of(0) }
    }

    /// Core 1 listens to the interrupt that resets it.
    pub fn core1() -> An521 {
        MHU0.write(CPU1_CLEAR, u32::MAX);
        NVIC.write(ISER0, MHU0_BIT);
        An521 { core: 1, bell: Bell::of(1) }
    }
}

/// Starts the timer that both cores read.
pub fn start_timer() {
    TIMER.write(RELOAD, u32::MAX);
    TIMER.write(VALUE, u32::MAX);
    TIMER.write(CTRL, 1);
}

/// Whether this is core 1's image.
pub(crate) fn is_core1() -> bool {
    SCB.read(VTOR) == VECTORS1
}

/// Ticks of 50 ns, counting up.
pub fn ticks() -> u32 {
    u32::MAX - TIMER.read(VALUE)
}

impl Board for An521 {
    fn tell(&self, event: Event) {
        semihosted::tell(self.core, event);
    }

    fn now(&self) -> u32 {
        ticks() / TICKS_A_MS
    }

    fn bell(&self) -> Option<&dyn Doorbell> {
        Some(&self.bell)
    }

    fn beat(&self) {
        WIRES.beats.beat(self.core);
    }
}

impl Pair for An521 {
    fn wires(&self) -> &Wires {
        &WIRES
    }

    fn start_other(&self) -> bool {
        // A stack in core 1's data, and code for its reset vector; memory without an image has neither.
        if IMAGE1.read(STACK1) >> 20 != 0x381 || IMAGE1.read(RESET1) >> 20 != 0x102 {
            return false;
        }
        SYSTEM.write(INITSVTOR1, VECTORS1);
        SYSTEM.write(CPUWAIT, SYSTEM.read(CPUWAIT) & !2);
        true
    }
}

impl ResetLine for An521 {
    fn hold(&self) -> bool {
        WIRES.hold(self, || MHU0.write(CPU1_SET, 1))
    }

    fn release(&self) {
        WIRES.release();
    }

    fn stands_still(&self) -> bool {
        WIRES.stands_still()
    }
}
