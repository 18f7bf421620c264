//! The chip: Arm's SSE-200 subsystem as QEMU models it, by its registers (secure aliases).

use cohabit_hal::Doorbell;
use scenario::{Board, Event, Pair, ResetLine, Wires, semihosted};

use crate::{WIRES, bell::Bell, register::Register};

// SAFETY: CMSDK timer 0, which counts down at 20 MHz. It interrupts nobody.
const TIMER_CTRL: Register = unsafe { Register::at(0x5000_0000) };
// SAFETY: as above.
const TIMER_VALUE: Register = unsafe { Register::at(0x5000_0004) };
// SAFETY: as above.
const TIMER_RELOAD: Register = unsafe { Register::at(0x5000_0008) };
const TICKS_A_MS: u32 = 20_000;

// SAFETY: message handling unit 0: a bit set here interrupts core 1 until it is cleared. Its handler, in `restart.rs`, needs nothing
// of what runs at the time.
const MHU0_CPU1_SET: Register = unsafe { Register::at(0x5000_3014) };
// SAFETY: as above.
const MHU0_CPU1_CLEAR: Register = unsafe { Register::at(0x5000_3018) };
const MHU0_BIT: u32 = 1 << 6;
// SAFETY: this core's interrupts; see above for the only one that is enabled here.
const NVIC_ISER0: Register = unsafe { Register::at(0xe000_e100) };

// SAFETY: where core 1 finds its vector table when it starts; it runs code of its own, in memory of its own.
const INITSVTOR1: Register = unsafe { Register::at(0x5002_1114) };
// SAFETY: a bit for each core that has to wait.
const CPUWAIT: Register = unsafe { Register::at(0x5002_1118) };

/// The vector table of core 1's image.
const VECTORS1: u32 = 0x1020_0000;
// SAFETY: memory, but not this image's; it may hold anything. First the end of core 1's stack.
const STACK1: Register = unsafe { Register::at(VECTORS1 as usize) };
// SAFETY: as above. Then its reset vector.
const RESET1: Register = unsafe { Register::at(VECTORS1 as usize + 4) };

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
        MHU0_CPU1_CLEAR.write(u32::MAX);
        NVIC_ISER0.write(MHU0_BIT);
        An521 { core: 1, bell: Bell::of(1) }
    }
}

/// Starts the timer that both cores read.
pub fn start_timer() {
    TIMER_RELOAD.write(u32::MAX);
    TIMER_VALUE.write(u32::MAX);
    TIMER_CTRL.write(1);
}

/// Ticks of 50 ns, counting up.
pub fn ticks() -> u32 {
    u32::MAX - TIMER_VALUE.read()
}

impl Board for An521 {
    fn tell(&self, event: Event) {
        semihosted::tell(self.core, event);
    }

    fn now(&self) -> u32 {
        ticks() / TICKS_A_MS
    }

    fn pause(&self) {
        core::hint::spin_loop();
    }

    fn bell(&self) -> Option<&dyn Doorbell> {
        Some(&self.bell)
    }

    fn beat(&self) {
        WIRES.beats.beat(self.core);
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

impl Pair for An521 {
    fn wires(&self) -> &Wires {
        &WIRES
    }

    fn start_other(&self) -> bool {
        // A stack in core 1's data, and code for its reset vector; memory without an image has neither.
        if STACK1.read() >> 20 != 0x381 || RESET1.read() >> 20 != 0x102 {
            return false;
        }
        INITSVTOR1.write(VECTORS1);
        CPUWAIT.write(CPUWAIT.read() & !2);
        true
    }
}

impl ResetLine for An521 {
    fn hold(&self) -> bool {
        WIRES.hold(self, || MHU0_CPU1_SET.write(1))
    }

    fn release(&self) {
        WIRES.release();
    }

    fn stands_still(&self) -> bool {
        WIRES.stands_still()
    }
}
