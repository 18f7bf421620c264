//! Words beside the region, in the same SRAM, that stand for what a chip has between its cores: a reset line that can be held
//! and released, a status that says so, and a few lamps for the test.
//!
//! Neither QEMU machine has a reset line from one core to the other. An interrupt stands for it: it comes between any two
//! instructions; its handler abandons the stack, waits here, and then goes through the reset vector like a core that was reset, with
//! its own data and stack as after power-up. What a real reset does beyond that, to the core's own registers, is of no
//! concern to the region.
//!
//! ```text
//!   core 0: hold = n, interrupt ... held == n?            (reset)   released = n
//!   core 1:                 [handler] held = n, released == n? ----------------> reset vector
//! ```

use cohabit_hal::Beats;
use portable_atomic::{AtomicU32, Ordering};

use crate::Board;

/// How long it may take to interrupt a core.
const HOLD_MS: u32 = 5_000;

/// Lies in the section `.cohabit.wires`, which start-up leaves alone.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct Wires {
    /// A heart for each core.
    pub beats: Beats<2>,
    hold: AtomicU32,
    held: AtomicU32,
    released: AtomicU32,
    still: AtomicU32,
    verdict: AtomicU32,
}

impl Wires {
    /// All low.
    pub const fn new() -> Wires {
        Wires {
            beats: Beats::new(),
            hold: AtomicU32::new(0),
            held: AtomicU32::new(0),
            released: AtomicU32::new(0),
            still: AtomicU32::new(0),
            verdict: AtomicU32::new(0),
        }
    }

    /// After power-up, by core 0, before it starts core 1: the SRAM holds anything.
    pub fn clear(&self) {
        for wire in [&self.hold, &self.held, &self.released, &self.still, &self.verdict] {
            wire.store(0, Ordering::Release);
        }
    }

    /// Core 0 holds core 1, which `interrupt` makes call [`be_held`](Self::be_held); says whether it did within some seconds.
    pub fn hold(&self, board: &impl Board, interrupt: impl FnOnce()) -> bool {
        let start = board.now();
        self.hold.store(self.hold.load(Ordering::Relaxed).wrapping_add(1), Ordering::Release);
        interrupt();
        while !self.is_held() {
            board.pause();
            if board.now().wrapping_sub(start) > HOLD_MS {
                return false;
            }
        }
        true
    }

    /// Whether core 1 is held: then it executes nothing, and all that it stored can be seen.
    pub fn is_held(&self) -> bool {
        let asked = self.hold.load(Ordering::Relaxed);
        asked != self.released.load(Ordering::Relaxed) && self.held.load(Ordering::Acquire) == asked
    }

    /// Whether core 0 asks for a reset: where an interrupt may mean other things, too.
    pub fn asks_for_reset(&self) -> bool {
        self.hold.load(Ordering::Acquire) != self.released.load(Ordering::Acquire)
    }

    /// Core 0 lets core 1 go through its reset vector. Nothing happens where it is not held.
    pub fn release(&self) {
        self.still.store(0, Ordering::Relaxed);
        self.verdict.store(0, Ordering::Relaxed);
        self.released.store(self.hold.load(Ordering::Relaxed), Ordering::Release);
    }

    /// Core 1, in its reset handler: returns when it may start anew.
    pub fn be_held(&self) {
        loop {
            let asked = self.hold.load(Ordering::Acquire);
            if self.released.load(Ordering::Acquire) == asked {
                return;
            }
            self.held.store(asked, Ordering::Release);
            core::hint::spin_loop();
        }
    }

    /// Core 1 says that it stands still, in its turn or before a store, and does.
    pub fn stand_still(&self) -> ! {
        self.still.store(1, Ordering::Release);
        loop {
            core::hint::spin_loop();
        }
    }

    /// Whether it does.
    pub fn stands_still(&self) -> bool {
        self.still.load(Ordering::Acquire) != 0
    }

    /// Core 1 says how it ended, by an error's number.
    pub fn report(&self, verdict: u32) {
        self.verdict.store(verdict, Ordering::Release);
    }

    /// What it said; 0: nothing yet.
    pub fn verdict(&self) -> u32 {
        self.verdict.load(Ordering::Acquire)
    }
}
