//! Core 0: formats the region, starts core 1, leads, and ends the machine with 0 if everything was as it should be.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod firmware {
    use qemu_an521::{An521, REGION};
    use scenario::{
        Board as _, Event, Plan,
        run::{self, Run},
        semihosted::{dump, word},
    };
    use semihosting::process;

    #[cortex_m_rt::entry]
    fn main() -> ! {
        let board = An521::core0();
        let Some(run) = word(0, &mut [0; 64]).and_then(Run::named) else { process::exit(3) };
        let ended = run::lead(&board, &REGION, run, Plan::FULL);
        if let Err(failure) = ended {
            board.tell(Event::Failed(failure));
        }
        if word(1, &mut [0; 64]).is_some_and(|path| !dump(&REGION, path)) {
            process::exit(4);
        }
        process::exit(ended.is_err() as i32)
    }

    #[cortex_m_rt::exception]
    unsafe fn HardFault(_: &cortex_m_rt::ExceptionFrame) -> ! {
        process::exit(99)
    }
}

#[cfg(not(target_os = "none"))]
fn main() {
    println!("this is firmware; `cargo xtask test emulated` runs it");
}
