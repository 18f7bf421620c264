//! Cortex-M7: upkeep of its data cache, line by line through the system control block.
//!
//! | register | offset from 0xe000_ef00 | written with an address |
//! |---|---|---|
//! | `DCIMVAC` | 0x5c | invalidates its line |
//! | `DCCMVAC` | 0x68 | cleans its line |

use crate::{CacheOps, Mmio, Registers};

const DCIMVAC: usize = 0x5c;
const DCCMVAC: usize = 0x68;

/// The data cache of a Cortex-M7, for [`Cached`](crate::Cached).
#[derive(Clone, Copy, Debug)]
pub struct M7Cache<R = Mmio> {
    scb: R,
}

impl M7Cache {
    /// # Safety
    /// This program runs, privileged, on a Cortex-M7; and nothing but the heap area, in this program or outside of it, lies in the
    /// cache lines that [`Cached`](crate::Cached) is used for.
    pub const unsafe fn new() -> M7Cache {
        // SAFETY: that is where each Cortex-M7 has it.
        M7Cache::over(unsafe { Mmio::at(0xe000_ef00) })
    }
}

impl<R> M7Cache<R> {
    /// The same over registers played by `scb`.
    pub const fn over(scb: R) -> M7Cache<R> {
        M7Cache { scb }
    }
}

impl<R: Registers> M7Cache<R> {
    fn each_line(&self, operation: usize, address: usize, len: usize) {
        barrier();
        let mut line = address & !(<Self as CacheOps>::LINE - 1);
        while line < address + len {
            self.scb.write(operation, line as u32);
            line += <Self as CacheOps>::LINE;
        }
        barrier();
    }
}

impl<R: Registers> CacheOps for M7Cache<R> {
    const LINE: usize = 32;

    fn clean(&self, address: usize, len: usize) {
        self.each_line(DCCMVAC, address, len);
    }

    fn invalidate(&self, address: usize, len: usize) {
        self.each_line(DCIMVAC, address, len);
    }
}

/// Everything before is done, everything after not begun, cache operations included.
fn barrier() {
    #[cfg(target_arch = "arm")]
    {
        cortex_m::asm::dsb();
        cortex_m::asm::isb();
    }
    #[cfg(not(target_arch = "arm"))]
    portable_atomic::fence(portable_atomic::Ordering::SeqCst);
}
