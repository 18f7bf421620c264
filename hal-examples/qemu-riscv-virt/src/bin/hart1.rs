//! Hart 1: opens the region and follows. An image of its own, linked to other memory; only the region is shared.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod firmware {
    use qemu_riscv_virt::{REGION, Virt};
    use scenario::{
        Board as _,
        run::{self, Run},
        semihosted::word,
    };
    use semihosting::process;

    #[unsafe(no_mangle)]
    extern "C" fn main() -> ! {
        let board = Virt::new();
        let Some(run) = word(0, &mut [0; 64]).and_then(Run::named) else { process::exit(3) };
        run::follow(&board, &REGION, run);
        // Hart 0 ends the machine.
        loop {
            board.pause();
        }
    }
}

#[cfg(not(target_os = "none"))]
fn main() {
    println!("this is firmware; `cargo xtask test emulated` runs it");
}
