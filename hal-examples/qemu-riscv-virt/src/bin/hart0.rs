//! Hart 0: formats the region, sends hart 1 to its image, leads, and ends the machine with 0 if everything was as it should be.
#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod firmware {
    use qemu_riscv_virt::{REGION, Virt};
    use scenario::semihosted;

    #[unsafe(no_mangle)]
    extern "C" fn main() -> ! {
        semihosted::lead(&Virt::new(), &REGION)
    }
}

#[cfg(not(target_os = "none"))]
fn main() {
    println!("this is firmware; `cargo xtask test emulated` runs it");
}
