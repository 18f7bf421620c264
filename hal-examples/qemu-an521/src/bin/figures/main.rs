//! Figures: how many instructions an operation takes, and how much stack.
//!
//! **Instructions.** QEMU is told to let each instruction take one nanosecond of the machine's time (`-icount shift=0`), so a
//! timer of the machine counts instructions. Its tick is 50 of them; an operation is repeated many times, and an empty loop is
//! subtracted. One core runs, so nothing is in the way: uncontended. Every instruction counts as one, which says nothing of wait
//! states; it does not change from host to host, or with what else the host does.
//!
//! **Stack.** The free stack is painted, the operation runs, and the deepest paint that has gone tells how far it came, its closure and
//! call included.
//!
//! The machine ends with 0 if every figure is within its limit: its goal, or, where that is not reached yet, a little above what was
//! measured last.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod operations;
#[cfg(target_os = "none")]
mod paint;

#[cfg(target_os = "none")]
mod firmware {
    use core::{arch::asm, hint::black_box};

    use cohabit_hal::cohabit::{AlwaysAlive, Error, Order, Turn};
    use qemu_an521::{REGION, start_timer, ticks};
    use scenario::{CONFIG, Failure, LEAD};
    use semihosting::{print, println, process};

    use super::operations;

    /// Instructions a tick.
    const A_TICK: u32 = 50;
    const TIMES: u32 = 10_000;

    /// What is aimed at, and what may not be exceeded until it is reached: instructions, and bytes of stack.
    const TURN: Goal = Goal { aim: 80, limit: 80 };
    const MESSAGE: Goal = Goal { aim: 900, limit: 500 };
    const STACK: Goal = Goal { aim: 1024, limit: 1024 };

    struct Goal {
        aim: u32,
        limit: u32,
    }

    #[cortex_m_rt::entry]
    fn main() -> ! {
        match figures() {
            Ok(true) => process::exit(0),
            Ok(false) => process::exit(1),
            Err(failure) => {
                println!("core 0: FAILED: {failure}");
                process::exit(2)
            }
        }
    }

    fn figures() -> Result<bool, Failure> {
        start_timer();
        // SAFETY: nobody else is there.
        let region = unsafe { REGION.format(CONFIG) }?;
        // SAFETY: slot 0 is this core's.
        let mut party = unsafe { region.join(LEAD, &AlwaysAlive) }?;
        drop(party.acquire()?);
        // A known number first, or the machine's clock is not what this program takes it for.
        let known = count(|| {
            // SAFETY: does nothing, a hundred times.
            unsafe { asm!(".rept 100", "nop", ".endr", options(nomem, nostack, preserves_flags)) }
        });
        if known.abs_diff(100) > 2 {
            return Err(Failure::Wrong { what: "a hundred instructions", wanted: 100, found: known.into() });
        }
        let turn = count(|| drop(party.acquire()));
        let mut held = party.acquire()?;
        let mut failed = Ok(());
        let message = count(|| {
            if let Err(why) = put_and_take(&mut held) {
                failed = Err(why);
            }
        });
        failed?;
        drop(held);
        let mut good = figure("instructions: acquire and release, uncontended", turn, TURN);
        good &= figure("instructions: put, take, read and finish a message of 16 bytes", message, MESSAGE);
        let mut worst = ("", 0);
        print!("bytes of stack: ");
        operations::each(&REGION, |name, bytes| {
            print!("{name} {bytes}, ");
            if bytes > worst.1 {
                worst = (name, bytes);
            }
        })?;
        println!("and that is all");
        good &= figure("bytes of stack, the worst operation", worst.1, STACK);
        println!(
            "lane-summary: Cortex-M33: {turn} instructions a turn, {message} a message put and taken, {} bytes of stack ({})",
            worst.1, worst.0
        );
        Ok(good)
    }

    fn put_and_take(turn: &mut Turn<'_>) -> Result<(), Error> {
        turn.put_message(black_box(b"sixteen bytes ok"))?;
        match turn.take_message(Order::Fifo)? {
            Some(message) => {
                black_box(message.value(turn)?);
                message.finish(turn)
            }
            None => Ok(()),
        }
    }

    /// Instructions a call, on average, rounded.
    fn count(mut operation: impl FnMut()) -> u32 {
        let run = |operation: &mut dyn FnMut()| {
            let start = ticks();
            for _ in 0..TIMES {
                operation();
            }
            ticks().wrapping_sub(start)
        };
        let empty = run(&mut || ());
        (run(&mut operation) - empty) * A_TICK / TIMES
    }

    fn figure(what: &str, found: u32, Goal { aim, limit }: Goal) -> bool {
        println!("figure: {what}: {found} (goal: at most {aim})");
        if found > limit {
            println!("error: {what}: {found}, above the limit of {limit}");
        }
        found <= limit
    }
}

#[cfg(not(target_os = "none"))]
fn main() {
    println!("this is firmware; `cargo xtask test emulated` runs it");
}
