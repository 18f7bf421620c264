//! Device registers: the one place that touches them, and a seam to play them in tests.
//!
//! Volatile accesses, 32 bits each, in program order among themselves. Order towards ordinary memory comes from the fences around
//! them, here and in the core.

use core::ptr;

/// A block of 32-bit registers of one device.
pub trait Registers: Sync {
    /// Reads the register at this distance in bytes. On some devices a read is an action.
    fn read(&self, offset: usize) -> u32;
    /// Writes it.
    fn write(&self, offset: usize, value: u32);
}

impl<R: Registers + ?Sized> Registers for &R {
    fn read(&self, offset: usize) -> u32 {
        (**self).read(offset)
    }

    fn write(&self, offset: usize, value: u32) {
        (**self).write(offset, value);
    }
}

/// The registers at a fixed address.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Mmio {
    /// # Invariants
    /// 1. All registers that the users of this value name lie at their distance from this address, a multiple of 4.
    base: usize,
}

impl Mmio {
    /// # Safety
    /// The caller promises invariant 1, and that accesses by the device driver it hands this to upset nobody else.
    pub const unsafe fn at(base: usize) -> Mmio {
        Mmio { base }
    }
}

impl Registers for Mmio {
    #[inline]
    fn read(&self, offset: usize) -> u32 {
        let register = ptr::with_exposed_provenance::<u32>(self.base.wrapping_add(offset));
        // SAFETY: a device register by invariant 1; no Rust object lies there.
        unsafe { register.read_volatile() }
    }

    #[inline]
    fn write(&self, offset: usize, value: u32) {
        let register = ptr::with_exposed_provenance_mut::<u32>(self.base.wrapping_add(offset));
        // SAFETY: as in `read`.
        unsafe { register.write_volatile(value) }
    }
}
