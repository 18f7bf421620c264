//! Puts the `memory.x` of the core this is for where the linker looks.
use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    let core = if env::var_os("CARGO_FEATURE_M4").is_some() { "m4.x" } else { "m7.x" };
    let memory = fs::read_to_string(core)? + &fs::read_to_string("shared.x")?;
    fs::write(Path::new(&out).join("memory.x"), memory)?;
    println!("cargo:rustc-link-search={out}");
    for file in ["m7.x", "m4.x", "shared.x"] {
        println!("cargo:rerun-if-changed={file}");
    }
    Ok(())
}
