//! size: the core fits small microcontrollers, and cannot panic there.
//!
//! Linked images are weighed, and searched for what must not be in them; `size/mod.rs` has the figures and the list.
//! `cargo xtask size` prints the same with what costs most.
//!
//! A limit that is above its goal is what has been reached so far; it may only be lowered.
//!
//! Seen red on: an index into the words of the control area, and a slice copied by `copy_from_slice` (panics); a 64-bit
//! `is_multiple_of` and a `div_ceil(7)` (division); a party of 408 bytes; an `unwrap` in `Turn::put_message`;
//! an error without `defmt::Format`.
#![forbid(unsafe_code)]

use super::Lane;
use crate::{
    job::{Job, Step, Stop},
    size, tools,
};

/// See the module.
pub const SIZE: Lane = Lane {
    name: "size",
    about: "flash and RAM on a Cortex-M0+ within limits; no panic, 64-bit division or float routine gets linked",
    minutes: 10,
    tests: false,
    run,
};

fn run(job: &mut Job) -> Result<(), Stop> {
    tools::targets(job, &[size::TARGET])?;
    // With the features that only firmware uses; the list of what `defmt` can log is checked in here.
    let check = Step::cargo("check -p cohabit --lib --features defmt,heapless,half,num-complex")
        .arg("--target")
        .arg(size::TARGET);
    let [small, large] = size::builds();
    job.run_all([check, small, large])?;
    let weighed = size::Weighed::read(job.place).map_err(Stop::Failed)?;
    job.say(&weighed.table());
    let breaches = weighed.breaches();
    breaches.iter().for_each(|breach| job.say(&format!("error: {breach}")));
    job.say(&format!("lane-summary: {}", weighed.summary()));
    size::judged(&breaches)
}
