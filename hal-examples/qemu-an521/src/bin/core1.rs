//! Core 1: opens the region and follows. An image of its own, linked to other memory; only the region is shared.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod firmware {
    use qemu_an521::{An521, REGION};
    use scenario::{
        Board as _,
        run::{self, Run},
        semihosted::word,
    };
    use semihosting::process;

    #[cortex_m_rt::entry]
    fn main() -> ! {
        let board = An521::core1();
        let Some(run) = word(0, &mut [0; 64]).and_then(Run::named) else { process::exit(3) };
        run::follow(&board, &REGION, run);
        // Core 0 ends the machine.
        loop {
            board.pause();
        }
    }

    #[cortex_m_rt::exception]
    unsafe fn HardFault(_: &cortex_m_rt::ExceptionFrame) -> ! {
        process::exit(98)
    }
}

#[cfg(not(target_os = "none"))]
fn main() {
    println!("this is firmware; `cargo xtask test emulated` runs it");
}
