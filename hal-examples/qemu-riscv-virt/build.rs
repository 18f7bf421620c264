//! Links each image to memory of its own, and the region to the same address in both.

use std::{env, fs, path::PathBuf};

/// Image, code, data. All memory of the machine is seen by both harts.
const IMAGES: [(&str, u32, u32); 2] =
    [("hart0", 0x8000_0000, 0x8010_0000), ("hart1", 0x8020_0000, 0x8030_0000)];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=image.ld");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("none") {
        return;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let script = fs::read_to_string("image.ld").expect("it lies beside this file");
    for (image, code, data) in IMAGES {
        let memory = format!(
            "MEMORY {{\n\
             \x20 CODE    : ORIGIN = {code:#x}, LENGTH = 1M\n\
             \x20 DATA    : ORIGIN = {data:#x}, LENGTH = 64K\n\
             \x20 COHABIT : ORIGIN = 0x80400000, LENGTH = 32K\n\
             }}\n"
        );
        let path = out.join(format!("{image}.ld"));
        fs::write(&path, memory + &script).expect("a file for the linker");
        println!("cargo:rustc-link-arg-bin={image}=-T{}", path.display());
        println!("cargo:rustc-link-arg-bin={image}=-Tcohabit.x");
    }
}
