//! Core 0: formats the region, starts core 1, leads, and ends the machine with 0 if everything was as it should be.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod firmware {
    use qemu_an521::{An521, REGION, word};
    use scenario::{Board as _, Event, Plan, run, run::Run};
    use semihosting::{fs, process};

    #[cortex_m_rt::entry]
    fn main() -> ! {
        let board = An521::core0();
        let Some(run) = word(0, &mut [0; 64]).and_then(Run::named) else { process::exit(3) };
        let ended = run::lead(&board, &REGION, run, Plan::FULL);
        if let Err(failure) = ended {
            board.tell(Event::Failed(failure));
        }
        if let Some(path) = word(1, &mut [0; 64]) {
            dump(path);
        }
        process::exit(ended.is_err() as i32)
    }

    /// Writes the region's bytes to a file of the host, for `cohabit check` and `cohabit show`.
    fn dump(path: &str) {
        let mut name = [0; 65];
        name[..path.len()].copy_from_slice(path.as_bytes());
        let name = core::ffi::CStr::from_bytes_until_nul(&name).unwrap_or(c"region.bin");
        // SAFETY: core 1 has left or is held, and this core has given up its turn: nobody writes while the bytes are read.
        let bytes: &[u8; scenario::LEN] = unsafe { &*core::ptr::with_exposed_provenance(REGION.address()) };
        if fs::write(name, bytes).is_err() {
            process::exit(4);
        }
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
