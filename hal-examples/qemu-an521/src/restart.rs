//! What stands for core 1's reset line.
//!
//! QEMU lets a core of the AN521 start once, and offers no way to reset it alone. Core 0 interrupts it instead. The interrupt
//! comes between any two instructions; the handler below throws away whatever the core was doing, its stack included,
//! waits until it is released, and goes through the reset vector: start-up code then writes the core's data anew.
//! Nothing of what ran before runs on, not even to give up a turn. What is left over, as after a real reset, is in the
//! shared SRAM alone.
//!
//! Core 0's image has the same handler and never enables the interrupt.

use core::arch::global_asm;

use crate::WIRES;

// Builds a frame on the stack's very end, as if `held` had been interrupted before its first instruction, and returns to it.
// r1: the frame's start; lr: the value that makes a return from an interrupt, to thread mode and this stack.
global_asm!(
    ".syntax unified",
    ".section .text.DefaultHandler, \"ax\"",
    ".global DefaultHandler",
    ".type DefaultHandler, %function",
    ".thumb_func",
    "DefaultHandler:",
    "ldr r0, =0xe000ed08", // where the vector table is
    "ldr r0, [r0]",
    "ldr r1, [r0]", // its first word: the stack's end
    "subs r1, #32",
    "ldr r2, ={held}",
    "movs r3, #1",
    "bics r2, r3", // a frame's address has no Thumb bit
    "str r2, [r1, #24]",
    "ldr r3, =0x01000000", // xPSR: Thumb
    "str r3, [r1, #28]",
    "msr msp, r1",
    "ldr r0, =0x50003018", // the bit that interrupted us: seen
    "movs r3, #1",
    "str r3, [r0]",
    "dsb",
    "bx lr",
    ".ltorg",
    held = sym held,
);

/// Waits like a core in reset, then starts like one.
extern "C" fn held() -> ! {
    WIRES.be_held();
    // SAFETY: what a reset does: the stack from the vector table's first word, then the code its second word names. Nothing on
    // this stack is used any more.
    unsafe {
        core::arch::asm!(
            "ldr r0, =0xe000ed08",
            "ldr r0, [r0]",
            "ldr r1, [r0]",
            "msr msp, r1",
            "ldr r0, [r0, #4]",
            "bx r0",
            options(noreturn),
        )
    }
}

/// Called before the store that core 0 has chosen, in a build with `--cfg crash_points`.
#[cfg(crash_points)]
#[unsafe(no_mangle)]
fn cohabit_crash_point() -> ! {
    WIRES.stand_still()
}
