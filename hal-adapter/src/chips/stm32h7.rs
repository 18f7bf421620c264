//! STM32H745, H747, H755, H757: hardware semaphores (HSEM), as locks and as bells.
//!
//! A semaphore is taken by reading its one-step register, which answers with the taker's core, and freed by that core alone. When it
//! is freed, cores that have asked for it get an interrupt: a semaphore that nobody locks makes a bell.
//!
//! | register | offset | meaning |
//! |---|---|---|
//! | `R` *n* | 4 *n* | bit 31 taken, bits 11:8 by which core; written without bit 31 by that core: freed |
//! | `RLR` *n* | 0x80 + 4 *n* | read: take it if it is free; answers as `R` |
//! | `IER`, `ICR` | 0x100, 0x104 + 16 *c* | interrupts of core *c* (0: M7, 1: M4): enabled; written: taken back |
//! | `CR` | 0x140 | key in 31:16, core in 11:8: frees all semaphores of that core |
//! | `KEYR` | 0x144 | the key |

use cohabit::Arbiter;

use crate::{Mailbox, Mmio, Registers};

const HSEM: usize = 0x5802_6400;
const RLR: usize = 0x80;
const IER: usize = 0x100;
const ICR: usize = 0x104;
const CR: usize = 0x140;
const KEYR: usize = 0x144;
const TAKEN: u32 = 1 << 31;
const CORE: u32 = 0xf << 8;

/// Which core runs this program; its number is what semaphores call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Core {
    /// Cortex-M7.
    M7 = 3,
    /// Cortex-M4.
    M4 = 1,
}

impl Core {
    const fn bits(self) -> u32 {
        (self as u32) << 8
    }

    /// Where its interrupt registers lie.
    const fn bank(self) -> usize {
        match self {
            Core::M7 => 0,
            Core::M4 => 16,
        }
    }
}

/// Semaphore `n` as a lock.
///
/// Freeing it for a dead core frees all semaphores that core had: it does not need them any more.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Hsem<R = Mmio> {
    hsem: R,
    n: u8,
    core: Core,
}

impl Hsem {
    /// The number of semaphore `n` (0 to 31) in a region's header, for [`Config::lock`](cohabit::Config::lock).
    pub const fn number(n: u8) -> u8 {
        64 + n % 32
    }

    /// # Safety
    /// This is one of these chips, this program runs on `core`, HSEM's clock is on, and semaphore `n` (0 to 31) is used for one
    /// region and for nothing else.
    pub const unsafe fn new(n: u8, core: Core) -> Hsem {
        // SAFETY: that is where the chips have it.
        Hsem::over(unsafe { Mmio::at(HSEM) }, n, core)
    }
}

impl<R> Hsem<R> {
    /// The same over registers played by `hsem`.
    pub const fn over(hsem: R, n: u8, core: Core) -> Hsem<R> {
        Hsem { hsem, n: n % 32, core }
    }
}

impl<R: Registers> Arbiter for Hsem<R> {
    fn number(&self) -> u8 {
        Hsem::number(self.n)
    }

    fn try_lock(&self) -> bool {
        let r = 4 * self.n as usize;
        // Read again what is ours, it answers as if it had been free: the look before tells the two apart.
        self.hsem.read(r) & TAKEN == 0 && self.hsem.read(RLR + r) == TAKEN | self.core.bits()
    }

    fn unlock(&self) {
        let r = 4 * self.n as usize;
        let seen = self.hsem.read(r);
        if seen & TAKEN == 0 {
        } else if seen & CORE == self.core.bits() {
            self.hsem.write(r, self.core.bits());
        } else {
            // Of the other core, which is dead: only its number and the key free it.
            self.hsem.write(CR, self.hsem.read(KEYR) & 0xffff_0000 | seen & CORE);
        }
    }
}

/// Two semaphores as bells, one for each direction. Interrupt `HSEM1` on the M7, `HSEM2` on the M4.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct HsemBell<R = Mmio> {
    hsem: R,
    core: Core,
    ring: u8,
    hear: u8,
}

impl HsemBell {
    /// `ring` is the semaphore (0 to 31) that the other core hears, `hear` the one that it rings.
    ///
    /// # Safety
    /// As for [`Hsem::new`], of both semaphores.
    pub const unsafe fn new(core: Core, ring: u8, hear: u8) -> HsemBell {
        // SAFETY: that is where the chips have it.
        HsemBell::over(unsafe { Mmio::at(HSEM) }, core, ring, hear)
    }
}

impl<R> HsemBell<R> {
    /// The same over registers played by `hsem`.
    pub const fn over(hsem: R, core: Core, ring: u8, hear: u8) -> HsemBell<R> {
        HsemBell { hsem, core, ring: ring % 32, hear: hear % 32 }
    }
}

impl<R: Registers> HsemBell<R> {
    /// Enables the interrupt of this core in HSEM; the interrupt controller is the board's business.
    pub fn enable(&self) {
        let ier = IER + self.core.bank();
        self.hsem.write(ier, self.hsem.read(ier) | 1 << self.hear);
    }
}

impl<R: Registers> Mailbox for HsemBell<R> {
    fn ring(&self) {
        let r = 4 * self.ring as usize;
        self.hsem.read(RLR + r);
        self.hsem.write(r, self.core.bits());
    }

    fn acknowledge(&self) {
        self.hsem.write(ICR + self.core.bank(), 1 << self.hear);
    }
}
