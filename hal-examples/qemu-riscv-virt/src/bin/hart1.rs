//! Hart 1: opens the region and follows. An image of its own, linked to other memory; only the region is shared.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod firmware {
    use qemu_riscv_virt::{REGION, Virt};
    use scenario::semihosted;

    #[unsafe(no_mangle)]
    extern "C" fn main() -> ! {
        semihosted::follow(&Virt::new(), &REGION)
    }
}

#[cfg(not(target_os = "none"))]
fn main() {
    println!("this is firmware; `cargo xtask test emulated` runs it");
}
