//! Puts `cohabit.x` where the linker looks, so that firmware only says `-Tcohabit.x`.
#![forbid(unsafe_code)]

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    fs::copy("cohabit.x", Path::new(&out).join("cohabit.x"))?;
    println!("cargo:rustc-link-search={out}");
    println!("cargo:rerun-if-changed=cohabit.x");
    Ok(())
}
