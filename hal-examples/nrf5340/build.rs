//! Puts the `memory.x` of the core this is for where the linker looks.
use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    let core = if env::var_os("CARGO_FEATURE_NET").is_some() { "net.x" } else { "app.x" };
    fs::copy(core, Path::new(&out).join("memory.x"))?;
    println!("cargo:rustc-link-search={out}");
    println!("cargo:rerun-if-changed=app.x");
    println!("cargo:rerun-if-changed=net.x");
    Ok(())
}
