//! How deep the stack was: painted before, looked at after.

use core::{arch::asm, ptr};

const PAINT: u32 = 0x6f1d_a9c3;
/// Bytes painted below the painter's own frame.
const DEPTH: usize = 16 * 1024;
/// Room that the painter's own calls may take.
const MARGIN: usize = 64;

/// Bytes of stack that `operation` takes, its call included.
#[inline(never)]
pub fn stack_of(operation: &mut dyn FnMut()) -> u32 {
    let top: usize;
    // SAFETY: reading the stack pointer.
    unsafe { asm!("mov {}, sp", out(reg) top, options(nomem, nostack)) };
    let word = |at: usize| ptr::with_exposed_provenance_mut::<u32>(at);
    for at in (top - DEPTH..top - MARGIN).step_by(4) {
        // SAFETY: free stack: this core has 64 KiB, nothing lies below, and no interrupt is enabled.
        unsafe { word(at).write_volatile(PAINT) };
    }
    operation();
    let clean = (top - DEPTH..top - MARGIN).step_by(4).take_while(|at| {
        // SAFETY: as above; whatever was there.
        unsafe { word(*at).read_volatile() == PAINT }
    });
    (DEPTH - 4 * clean.count()) as u32
}
