//! A device's register: a word at an address, each access of which means something.

use core::ptr;

/// The promise is made where the register is named, so that using it is safe.
pub(crate) struct Register(usize);

impl Register {
    /// # Safety
    /// There is a 32-bit register at this address on the machine; what this program stores there changes no memory
    /// that Rust knows of.
    pub(crate) const unsafe fn at(address: usize) -> Register {
        Register(address)
    }

    pub(crate) fn read(&self) -> u32 {
        // SAFETY: a register, as promised to `at`.
        unsafe { ptr::with_exposed_provenance::<u32>(self.0).read_volatile() }
    }

    pub(crate) fn write(&self, value: u32) {
        // SAFETY: a register, and nothing that Rust knows of is changed, as promised to `at`.
        unsafe { ptr::with_exposed_provenance_mut::<u32>(self.0).write_volatile(value) }
    }
}
