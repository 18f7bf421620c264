//! RISC-V: software interrupts of the CLINT as bells.
//!
//! `msip` of a hart, at 4 × its number, is a bit that others set and the hart itself clears: a latch. WFI returns while
//! it is set and enabled in `mie`, even with `mstatus.MIE` off, so no handler is needed.

use crate::{Doorbell, Mailbox, Registers};

/// Rings at hart `other`, hears what rings at hart `mine`.
///
/// As a [`Doorbell`] it is for harts without a handler for software interrupts: `mie.MSIE` on, `mstatus.MIE` off, or the interrupt
/// delegated to nobody. With a handler, put it into an [`Ear`](crate::Ear). So that a sleep ends when nobody rings, a timer
/// interrupt has to be enabled in `mie`, too.
#[derive(Clone, Copy, Debug)]
pub struct Msip<R> {
    clint: R,
    mine: u16,
    other: u16,
}

impl<R> Msip<R> {
    /// `clint` are the registers of the CLINT, or of an ACLINT's MSWI device: [`Mmio::at`](crate::Mmio::at) of its address.
    pub const fn new(clint: R, mine: u16, other: u16) -> Msip<R> {
        Msip { clint, mine, other }
    }
}

/// All memory accesses before, device accesses included, come before all after: `fence iorw, iorw`. The language's own fences
/// leave devices out.
fn full_fence() {
    #[cfg(target_arch = "riscv32")]
    riscv::asm::fence();
    #[cfg(not(target_arch = "riscv32"))]
    portable_atomic::fence(portable_atomic::Ordering::SeqCst);
}

impl<R: Registers> Mailbox for Msip<R> {
    fn ring(&self) {
        full_fence();
        self.clint.write(4 * self.other as usize, 1);
    }

    fn acknowledge(&self) {
        self.clint.write(4 * self.mine as usize, 0);
        full_fence();
    }
}

impl<R: Registers> Doorbell for Msip<R> {
    fn ring(&self) {
        Mailbox::ring(self);
    }

    fn wait(&self) {
        #[cfg(target_arch = "riscv32")]
        riscv::asm::wfi();
        #[cfg(not(target_arch = "riscv32"))]
        core::hint::spin_loop();
        // Before the caller looks: whatever rings after this ends the next wait.
        self.acknowledge();
    }
}
