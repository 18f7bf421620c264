//! miri: the core's tests in an interpreter that knows Rust's rules about memory, with strict provenance.
//!
//! | machine | what runs | for |
//! |---|---|---|
//! | powerpc: 32-bit, big-endian | all of the core's tests, golden regions | a short `usize` and a forgotten `from_le` show in the same run |
//! | this one's own | the modules in which memory changes hands; the turn under several of Miri's schedules | aliasing, races |
//! | i686: `u64` aligned to 4 | the modules in which types meet bytes, golden regions | layouts |
//! | s390x: 64-bit, big-endian | a golden region | every kind of machine reads the same bytes |
//!
//! Two lanes, for an interpreted test keeps one core of this machine busy: this one's own kind, and the foreign ones.
//!
//! Blind to other processes and to real caches. Needs a nightly toolchain, no linker and no emulator.
//!
//! Seen red on: a `to_le` left out of the store door (big-endian alone); a store one byte off its word (host and
//! big-endian, by alignment); a layout test that holds only where `u64` is aligned to 8 (i686 alone).
#![forbid(unsafe_code)]

use super::Lane;
use crate::{
    job::{Job, Step, Stop},
    tools,
};

/// This machine's word size and byte order; and the turn again, where threads meet, under more of Miri's schedules.
pub const MIRI: Lane = Lane {
    name: "miri",
    about: "Miri, on this machine's kind: where memory changes hands, and the turn under several of its schedules",
    minutes: 40,
    tests: true,
    run: |job| {
        let memory = interpreted(&format!("{CORE} -- {MEMORY}"), "");
        run(job, [memory, interpreted("-p cohabit --lib -- turn::", SEEDS)])
    },
};

/// The others.
pub const MIRI_FOREIGN: Lane = Lane {
    name: "miri-foreign",
    about: "the core's tests and the golden regions under Miri: 32-bit, big-endian, both at once",
    minutes: 40,
    tests: true,
    run: |job| {
        let layout = interpreted(&format!("-p cohabit --lib --target {I686} -- {LAYOUT}"), "");
        let all = interpreted(&format!("{CORE} --target {BIG_AND_SHORT}"), "");
        run(job, [all, layout, golden(BIG_AND_SHORT, ""), golden(I686, ""), golden(S390X, "filled")])
    },
};

/// Big-endian, and `usize` has 32 bits.
const BIG_AND_SHORT: &str = "powerpc-unknown-linux-gnu";
/// Little-endian, `usize` has 32 bits, and `u64` is aligned to 4.
const I686: &str = "i686-unknown-linux-gnu";
/// Big-endian, and `usize` has 64 bits.
const S390X: &str = "s390x-unknown-linux-gnu";

/// The core's tests with the features that bring code of their own.
const CORE: &str = "-p cohabit --lib --features alloc,derive,heapless,indexmap";
/// The modules in which types meet bytes.
const LAYOUT: &str = "format:: region:: door:: heap:: array::layout turn::tests";
/// The modules in which memory changes hands, or is lent as something else. (All others are safe code over the slice that a turn lends.)
const MEMORY: &str = "format:: region:: door:: heap:: array:: queue:: handle:: value::leaf byte_array crash";

/// Miri's scheduler is random but seeded; a race may show under a few seeds only.
const SEEDS: &str = "-Zmiri-many-seeds=0..4";

fn run(job: &mut Job, steps: impl IntoIterator<Item = Step>) -> Result<(), Stop> {
    tools::nightly_with_miri(job)?;
    job.run_all(steps)
}

fn golden(on: &str, which: &str) -> Step {
    interpreted(&format!("-p cohabit-tests --test golden --target {on} -- {which}"), "")
}

fn interpreted(args: &str, more: &str) -> Step {
    Step::cargo(&format!("+nightly miri test {args}"))
        .env("MIRIFLAGS", format!("-Zmiri-strict-provenance {more}").trim())
}
