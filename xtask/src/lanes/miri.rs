//! miri: the core's tests in an interpreter that knows Rust's rules about memory, with strict provenance, as a
//! 64-bit, a 32-bit and a big-endian machine; the golden regions too, so every machine reads the same bytes.
//!
//! Two lanes, for an interpreted test keeps one core of this machine busy: this one's own word size, and the foreign ones.
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

/// This machine's word size and byte order; and the turn again, where threads meet, under more of Miri's schedules.
pub const MIRI: Lane = Lane {
    name: "miri",
    about: "the core's tests under Miri, and those of the turn under several of its schedules",
    minutes: 40,
    tests: true,
    run: |job| run(job, [core_tests(""), interpreted("-p cohabit --lib -- turn::", SEEDS)]),
};

/// The others.
pub const MIRI_FOREIGN: Lane = Lane {
    name: "miri-foreign",
    about: "the core's tests and the golden regions under Miri: 32-bit (i686), big-endian (s390x)",
    minutes: 40,
    tests: true,
    run: |job| run(job, FOREIGN.map(core_tests).into_iter().chain(FOREIGN.map(golden))),
};

/// 32-bit, where `u64` is aligned to 4 and `usize` is short; and big-endian, where a forgotten `from_le` shows.
const FOREIGN: [&str; 2] = ["--target i686-unknown-linux-gnu", "--target s390x-unknown-linux-gnu"];

/// Miri's scheduler is random but seeded; a race may show under a few seeds only.
const SEEDS: &str = "-Zmiri-many-seeds=0..4";

fn run(job: &mut Job, steps: impl IntoIterator<Item = Step>) -> Result<(), Stop> {
    tools::nightly_with_miri(job)?;
    job.run_all(steps)
}

fn core_tests(on: &str) -> Step {
    interpreted(&format!("-p cohabit --lib --features alloc,derive,heapless,indexmap {on}"), "")
}

fn golden(on: &str) -> Step {
    interpreted(&format!("-p cohabit-tests --test golden {on}"), "")
}

fn interpreted(args: &str, more: &str) -> Step {
    Step::cargo(&format!("+nightly miri test {args}"))
        .env("MIRIFLAGS", format!("-Zmiri-strict-provenance {more}").trim())
}
