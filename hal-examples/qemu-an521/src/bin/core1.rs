//! Core 1: opens the region and follows. An image of its own, linked to other memory; only the region is shared.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod firmware {
    use qemu_an521::{An521, REGION};
    use scenario::semihosted;

    #[cortex_m_rt::entry]
    fn main() -> ! {
        semihosted::follow(&An521::core1(), &REGION)
    }
}

#[cfg(not(target_os = "none"))]
fn main() {
    println!("this is firmware; `cargo xtask test emulated` runs it");
}
