//! portable: core and board adapter build, and lint clean, for machines without an operating system, without
//! compare-and-swap, and with 32-bit words.
//!
//! Nothing is linked, so no foreign linker is needed: a library that builds for a bare-metal target cannot have
//! pulled in `std`, and one for thumbv6m cannot have used an atomic read-modify-write.
//!
//! Seen red on: `extern crate std` in the core; an atomic `fetch_add` (thumbv6m and riscv32imc have none); a constant
//! assertion that holds only where `usize` has 8 bytes.
#![forbid(unsafe_code)]

use super::Lane;
use crate::{
    job::{Job, Step, Stop},
    tools,
};

/// See the module.
pub const PORTABLE: Lane = Lane {
    name: "portable",
    about: "core and board adapter build and lint clean for Cortex-M0+ and M33, RISC-V with and without atomics; the core for i686, aarch64",
    minutes: 30,
    tests: false,
    run,
};

const TARGETS: &[&str] = &[
    "thumbv6m-none-eabi",
    "thumbv8m.main-none-eabi",
    "riscv32imac-unknown-none-elf",
    "riscv32imc-unknown-none-elf",
    "i686-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
];

const RISCV: &[&str] = &["riscv32imac-unknown-none-elf", "riscv32imc-unknown-none-elf"];
const CORTEX_M: &[&str] = &["thumbv6m-none-eabi", "thumbv8m.main-none-eabi"];

fn run(job: &mut Job) -> Result<(), Stop> {
    tools::targets(job, TARGETS)?;
    let on = |targets: &[&str], args: &str| {
        targets.iter().fold(Step::cargo(args), |step, target| step.arg("--target").arg(*target))
    };
    let lint = |targets: &[&str], args: &str| on(targets, args).arg("--").arg("-D").arg("warnings");
    job.run_all([
        // The release profile, because checks of layout and panics of constants only show when code is made.
        on(TARGETS, "build -p cohabit --lib --release"),
        lint(TARGETS, "clippy -p cohabit --lib"),
        // Without what is on by default.
        lint(CORTEX_M, "clippy -p cohabit --lib --no-default-features --features defmt"),
        lint(CORTEX_M, "clippy -p cohabit --lib --no-default-features --features heapless,containers,halfsiphash,bakery"),
        lint(CORTEX_M, "clippy -p cohabit --lib --no-default-features --features recovery,halfsiphash,locks"),
        // What fields of records can be.
        lint(CORTEX_M, "clippy -p cohabit --lib --no-default-features --features alloc,derive,heapless,indexmap,halfsiphash"),
        lint(CORTEX_M, "clippy -p cohabit-hal --lib --no-default-features --features cortex-m"),
        // What the derives write: safe code that needs nothing but the core.
        on(TARGETS, "build -p cohabit-no-std --release"),
        lint(CORTEX_M, "clippy -p cohabit-hal --lib --features cortex-m,rp2040,rp2350,stm32h7,nrf5340,async,critical-section"),
        lint(RISCV, "clippy -p cohabit-hal --lib --features riscv,async,critical-section"),
    ])?;
    job.say(&format!("lane-summary: {} targets", TARGETS.len()));
    Ok(())
}
