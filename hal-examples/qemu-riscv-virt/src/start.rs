//! From reset to `main`, and traps.
//!
//! A hart begins at the start of hart 0's image. Hart 1 sleeps there until a software interrupt is pending, then jumps to its own
//! image. Each image clears its `.bss` and copies its `.data` anew, whenever it starts.

use core::arch::{asm, global_asm};

use crate::board::{self, Cause};

global_asm!(
    r#"
    .section .init, "ax"
    .globl _start
_start:
    csrw mie, zero
    csrw mstatus, zero
    csrr t0, mhartid
    beqz t0, start
    la   t1, _start
    li   t2, {image1}
    beq  t1, t2, start
    # hart 1 in hart 0's image
    li   t1, 8                  # a pending software interrupt ends the sleep, though none is taken
    csrw mie, t1
0:  wfi
    csrr t1, mip
    andi t1, t1, 8
    beqz t1, 0b
    jr   t2

start:
    la   sp, _stack
    la   t0, _bss
    la   t1, _bss_end
1:  bgeu t0, t1, 2f
    sw   zero, 0(t0)
    addi t0, t0, 4
    j    1b
2:  la   t0, _data
    la   t1, _data_end
    la   t2, _data_bytes
3:  bgeu t0, t1, 4f
    lw   t3, 0(t2)
    sw   t3, 0(t0)
    addi t0, t0, 4
    addi t2, t2, 4
    j    3b
4:  la   t0, trap
    csrw mtvec, t0
    call main

    .align 4
trap:
    addi sp, sp, -64
    sw   ra,  0(sp)
    sw   t0,  4(sp)
    sw   t1,  8(sp)
    sw   t2, 12(sp)
    sw   t3, 16(sp)
    sw   t4, 20(sp)
    sw   t5, 24(sp)
    sw   t6, 28(sp)
    sw   a0, 32(sp)
    sw   a1, 36(sp)
    sw   a2, 40(sp)
    sw   a3, 44(sp)
    sw   a4, 48(sp)
    sw   a5, 52(sp)
    sw   a6, 56(sp)
    sw   a7, 60(sp)
    call {trapped}
    lw   ra,  0(sp)
    lw   t0,  4(sp)
    lw   t1,  8(sp)
    lw   t2, 12(sp)
    lw   t3, 16(sp)
    lw   t4, 20(sp)
    lw   t5, 24(sp)
    lw   t6, 28(sp)
    lw   a0, 32(sp)
    lw   a1, 36(sp)
    lw   a2, 40(sp)
    lw   a3, 44(sp)
    lw   a4, 48(sp)
    lw   a5, 52(sp)
    lw   a6, 56(sp)
    lw   a7, 60(sp)
    addi sp, sp, 64
    mret
"#,
    image1 = const board::IMAGE1,
    trapped = sym trapped,
);

extern "C" fn trapped() {
    let cause: u32;
    // SAFETY: reading why we are here changes nothing.
    unsafe { asm!("csrr {}, mcause", out(reg) cause, options(nomem, nostack)) };
    match cause {
        0x8000_0003 => board::interrupted(Cause::Software),
        0x8000_0007 => board::interrupted(Cause::Timer),
        // A fault: of memory, of an instruction.
        _ => semihosting::process::exit(99),
    }
}

/// What stands for hart 1's reset line: whatever the hart was doing is thrown away with its stack; it waits until it is released,
/// and starts anew. Nothing of what ran before runs on, not even to give up a turn.
pub(crate) fn restart() -> ! {
    // SAFETY: the stack's end, then a function that does not return; nothing on the stack is used any more.
    unsafe { asm!("la sp, _stack", "j {held}", held = sym held, options(noreturn)) }
}

extern "C" fn held() -> ! {
    crate::WIRES.be_held();
    // SAFETY: the beginning of this image, which needs nothing of what there was.
    unsafe { asm!("j _start", options(noreturn)) }
}

/// Called before the store that hart 0 has chosen, in a build with `--cfg crash_points`.
#[cfg(crash_points)]
#[unsafe(no_mangle)]
fn cohabit_crash_point() -> ! {
    crate::WIRES.stand_still()
}
