//! What the weighed programs have in common: a region, words that the compiler cannot foresee, and a place to panic.
//!
//! The programs are weighed, not run (`cargo xtask size`), so all that matters is what gets linked: everything that the
//! program's work can reach, and nothing more. That is also how panics are found. [`panicked`] is reached by the panic handler
//! alone; an image without it cannot panic, whatever the functions on the way are called.
//!
//! The core is built without what is on by default; `objects` asks for recovery, and with it lists and maps, again.
//!
//! | program | what it does |
//! |---|---|
//! | `nothing` | starts: what the others weigh without the core |
//! | `messages` | opens a region, takes turns, puts and takes integers and bytes |
//! | `objects` | formats; lists, maps, texts and roots besides; says what was recovered |
//! | `ram` | holds one of each thing that a program keeps in RAM: only the sizes of its variables count |
#![no_std]

use core::ptr::{self, NonNull};

/// Where both cores see the region.
const REGION: *mut u8 = ptr::without_provenance_mut(0x2000_4000);
/// Its length in bytes.
pub const LEN: usize = 16 * 1024;
/// A device of some kind: reads as anything, and what is written has an effect.
const DEVICE: *mut u32 = ptr::without_provenance_mut(0x4000_0000);

/// Start and length of the memory that the region lies in.
pub fn region() -> (NonNull<u8>, usize) {
    (NonNull::new(REGION).unwrap_or(NonNull::dangling()), LEN)
}

/// A word from outside.
pub fn input() -> u32 {
    // SAFETY: these programs are linked and weighed, and never run.
    unsafe { ptr::read_volatile(DEVICE) }
}

/// A word to the outside.
pub fn output(word: u32) {
    // SAFETY: as for `input`.
    unsafe { ptr::write_volatile(DEVICE, word) }
}

/// Linked if anything in the program can panic.
#[cfg(target_os = "none")]
#[inline(never)]
fn panicked() -> ! {
    loop {
        output(u32::MAX);
    }
}

#[cfg(target_os = "none")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    panicked()
}

/// What the compiler calls to move and to zero values of more than a few words. The ones that come with it are unrolled for speed, and
/// their 940 bytes would be in every image that is weighed here; so these bring plain ones, as programs with no flash to spare do.
#[cfg(target_os = "none")]
mod plain {
    /// # Safety
    /// As the run-time ABI for the Arm architecture has it.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn __aeabi_memcpy(to: *mut u8, from: *const u8, len: usize) {
        for at in 0..len {
            // Volatile, or the compiler would see what this is, and call it.
            // SAFETY: the caller promises `len` bytes there.
            let byte = unsafe { from.wrapping_add(at).read_volatile() };
            // SAFETY: and there.
            unsafe { to.wrapping_add(at).write_volatile(byte) };
        }
    }

    /// # Safety
    /// As for `__aeabi_memcpy`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn __aeabi_memcpy4(to: *mut u8, from: *const u8, len: usize) {
        // SAFETY: as the caller promises.
        unsafe { __aeabi_memcpy(to, from, len) }
    }

    /// # Safety
    /// As for `__aeabi_memcpy`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn __aeabi_memclr(to: *mut u8, len: usize) {
        for at in 0..len {
            // SAFETY: the caller promises `len` bytes there.
            unsafe { to.wrapping_add(at).write_volatile(0) };
        }
    }

    /// # Safety
    /// As for `__aeabi_memcpy`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn __aeabi_memclr4(to: *mut u8, len: usize) {
        // SAFETY: as the caller promises.
        unsafe { __aeabi_memclr(to, len) }
    }
}
