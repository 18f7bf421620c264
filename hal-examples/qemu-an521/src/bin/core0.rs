//! Core 0: formats the region, starts core 1, leads, and ends the machine with 0 if everything was as it should be.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod firmware {
    use qemu_an521::{An521, REGION};
    use scenario::semihosted;

    #[cortex_m_rt::entry]
    fn main() -> ! {
        semihosted::lead(&An521::core0(), &REGION)
    }
}

#[cfg(not(target_os = "none"))]
fn main() {
    println!("this is firmware; `cargo xtask test emulated` runs it");
}
