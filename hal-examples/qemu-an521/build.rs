//! Links each image to memory of its own, and the region to the same address in both.

use std::{env, fs, path::PathBuf};

/// Image, code, data. All memory of the AN521 is seen by both cores.
const IMAGES: [(&str, u32, u32); 3] = [
    ("core0", 0x1000_0000, 0x3800_0000),
    ("core1", 0x1020_0000, 0x3810_0000),
    ("figures", 0x1000_0000, 0x3800_0000),
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("none") {
        return;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    for (image, code, data) in IMAGES {
        let dir = out.join(image);
        fs::create_dir_all(&dir).expect("a folder for the linker");
        // link.x of cortex-m-rt includes memory.x from its search path: one for each image.
        let memory = format!(
            "MEMORY {{\n\
             \x20 FLASH   : ORIGIN = {code:#x}, LENGTH = 2M\n\
             \x20 RAM     : ORIGIN = {data:#x}, LENGTH = 64K\n\
             \x20 COHABIT : ORIGIN = 0x30000000, LENGTH = 32K\n\
             }}\n"
        );
        fs::write(dir.join("memory.x"), memory).expect("a file for the linker");
        println!("cargo:rustc-link-arg-bin={image}=-L{}", dir.display());
        println!("cargo:rustc-link-arg-bin={image}=-Tlink.x");
        println!("cargo:rustc-link-arg-bin={image}=-Tcohabit.x");
        println!("cargo:rustc-link-arg-bin={image}=-Tdefmt.x");
    }
}
