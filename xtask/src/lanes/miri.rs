//! miri: the core's tests in an interpreter that knows Rust's rules about memory, with strict provenance, as a
//! 64-bit, a 32-bit and a big-endian machine; the golden regions too, so every machine reads the same bytes.
//!
//! Blind to other processes and to real caches. Needs a nightly toolchain, no linker and no emulator.
//!
//! Seen red on: a `to_le` left out of the store door (big-endian alone); a store one byte off its word (host and
//! big-endian, by alignment); a layout test that holds only where `u64` is aligned to 8 (32-bit alone).
#![forbid(unsafe_code)]

use super::Lane;
use crate::{
    job::{Job, Step, Stop},
    tools,
};

/// See the module.
pub const MIRI: Lane = Lane {
    name: "miri",
    about: "the core's tests and the golden regions under Miri: 64-bit, 32-bit (i686), big-endian (s390x)",
    minutes: 25,
    tests: true,
    run,
};

/// 32-bit, where `u64` is aligned to 4 and `usize` is short; and big-endian, where a forgotten `from_le` shows.
const OTHERS: &[&str] = &["i686-unknown-linux-gnu", "s390x-unknown-linux-gnu"];

/// Miri's scheduler is random but seeded; a race may show under a few seeds only. The turn is where threads meet.
const SEEDS: &str = "-Zmiri-many-seeds=0..4";

fn run(job: &mut Job) -> Result<(), Stop> {
    tools::nightly_with_miri(job)?;
    let miri = |args: &str, more: &str| {
        Step::cargo(&format!("+nightly miri test {args}"))
            .env("MIRIFLAGS", format!("-Zmiri-strict-provenance {more}").trim())
    };
    let mut steps = vec![miri("-p cohabit --lib", "")];
    for target in OTHERS {
        steps.push(miri(&format!("-p cohabit --lib --target {target}"), ""));
    }
    for target in OTHERS {
        steps.push(miri(&format!("-p cohabit-tests --test golden --target {target}"), ""));
    }
    steps.push(miri("-p cohabit --lib -- turn::", SEEDS));
    job.run_all(steps)
}
