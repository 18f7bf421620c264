//! RP2040 and RP2350: the SIO block's spinlocks (RP2040 only) and FIFOs.
//!
//! **RP2350-E2.** Writes to other SIO registers, from 0x180 on, reach the spinlocks' decoder as well and free them. No program can
//! rule such writes out, so there is no spinlock for that chip here: its cores take turns by loads and stores.
//!
//! | register | offset | read | write |
//! |---|---|---|---|
//! | `FIFO_ST` | 0x50 | bit 0: something to read; bit 1: room to write | clears overflow flags |
//! | `FIFO_WR`, `FIFO_RD` | 0x54, 0x58 | the next word from the other core | a word for the other core |
//! | `SPINLOCK` *n* | 0x100 + 4 *n* | not 0: was free, is taken now | frees it |

#[cfg(feature = "rp2040")]
use cohabit::Arbiter;

use crate::{Mailbox, Mmio, Registers};

const SIO: usize = 0xd000_0000;
const FIFO_ST: usize = 0x50;
const FIFO_WR: usize = 0x54;
const FIFO_RD: usize = 0x58;
#[cfg(feature = "rp2040")]
const SPINLOCK: usize = 0x100;

/// Spinlock `n` of an RP2040. HALs use number 31 for critical sections.
#[cfg(feature = "rp2040")]
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SioSpinlock<R = Mmio> {
    sio: R,
    n: u8,
}

#[cfg(feature = "rp2040")]
impl SioSpinlock {
    /// The number of spinlock `n` (0 to 31) in a region's header, for [`Config::lock`](cohabit::Config::lock).
    pub const fn number(n: u8) -> u8 {
        32 + n % 32
    }

    /// # Safety
    /// This is an RP2040, and spinlock `n` (0 to 31) is used for one region and for nothing else.
    pub const unsafe fn new(n: u8) -> SioSpinlock {
        // SAFETY: that is where the chip has it.
        SioSpinlock::over(unsafe { Mmio::at(SIO) }, n)
    }
}

#[cfg(feature = "rp2040")]
impl<R> SioSpinlock<R> {
    /// The same over registers played by `sio`.
    pub const fn over(sio: R, n: u8) -> SioSpinlock<R> {
        SioSpinlock { sio, n: n % 32 }
    }

    fn register(&self) -> usize {
        SPINLOCK + 4 * self.n as usize
    }
}

#[cfg(feature = "rp2040")]
impl<R: Registers> Arbiter for SioSpinlock<R> {
    fn number(&self) -> u8 {
        SioSpinlock::number(self.n)
    }

    fn try_lock(&self) -> bool {
        self.sio.read(self.register()) != 0
    }

    fn unlock(&self) {
        self.sio.write(self.register(), 1);
    }
}

/// The FIFOs between the two cores, each as a bell for the other. Interrupts `SIO_IRQ_PROC0` and `SIO_IRQ_PROC1` (RP2350:
/// `SIO_IRQ_FIFO`).
///
/// What the words say does not matter, so it does not get on with other uses of the FIFOs once both cores run.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SioFifo<R = Mmio> {
    sio: R,
}

impl SioFifo {
    /// # Safety
    /// This is an RP2040 or RP2350, and the FIFOs are used for nothing else while this is in use.
    pub const unsafe fn new() -> SioFifo {
        // SAFETY: that is where the chips have it.
        SioFifo::over(unsafe { Mmio::at(SIO) })
    }
}

impl<R> SioFifo<R> {
    /// The same over registers played by `sio`.
    pub const fn over(sio: R) -> SioFifo<R> {
        SioFifo { sio }
    }
}

impl<R: Registers> Mailbox for SioFifo<R> {
    fn ring(&self) {
        // A full one rings already.
        if self.sio.read(FIFO_ST) & 2 != 0 {
            self.sio.write(FIFO_WR, 1);
        }
    }

    fn acknowledge(&self) {
        // Longer than any of them, in case that the other core rings on and on.
        for _ in 0..8 {
            if self.sio.read(FIFO_ST) & 1 == 0 {
                break;
            }
            self.sio.read(FIFO_RD);
        }
        self.sio.write(FIFO_ST, 0);
    }
}
