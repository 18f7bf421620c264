//! The lanes: the quick and the likely to fail first, the slow last (but one of them in the middle). In which order they run is in `pairs.rs`.
//!
//! Each lane's doc says what it proves and names the planted bug it has been seen red on: a lane that was
//! never red proves nothing. To add one, write a `Lane` and give it a line in [`LANES`].
//!
//! | target directory | compiler flags | lanes |
//! |---|---|---|
//! | `target` | plain: debug | style, unit, compile-fail |
//! | | release | portable, golden, cli, demo, stepping, cross-process |
//! | | the profile `checked`: release, with overflow checks and debug assertions | python, model, fault |
//! | `target/crash` | the same and `--cfg crash_points` | crash, style |
//! | `target/loom` | `--cfg loom` | loom, style |
//! | `target/boards` | the board programs' own, and their targets | boards, emulated, size |
//! | `target/boards-crash` | the same and `--cfg crash_points` | emulated |
//! | `target/miri` | nightly, Miri's own | miri, miri-foreign |
#![forbid(unsafe_code)]

mod boards;
mod emulated;
mod miri;
mod portable;
mod size;
mod style;
mod suites;

use crate::job::{Job, Stop};

/// One set of checks with one purpose.
pub struct Lane {
    /// As typed.
    pub name: &'static str,
    /// The line of `--list`.
    pub about: &'static str,
    /// Longest it may take, building included and another lane beside it, before it is ended as hung.
    pub minutes: u64,
    /// Whether it runs tests that are counted; one that then ran none is red.
    pub tests: bool,
    /// What it does.
    pub run: fn(&mut Job) -> Result<(), Stop>,
}

/// Lanes that run by themselves, after the others: processes or cores of theirs race each other, and something else at work would
/// take the place of one of them.
pub const ALONE: &[&str] = &["cross-process", "emulated"];

/// Every lane there is.
pub const LANES: &[Lane] = &[
    style::STYLE,
    suites::UNIT,
    portable::PORTABLE,
    size::SIZE,
    suites::COMPILE_FAIL,
    suites::GOLDEN,
    suites::PYTHON,
    suites::CLI,
    suites::DEMO,
    // One of the three longest here: the other hand is at the other two meanwhile, and both end with short ones.
    miri::MIRI,
    suites::MODEL,
    suites::CRASH,
    suites::FAULT,
    suites::LOOM,
    suites::STEPPING,
    suites::CROSS_PROCESS,
    boards::BOARDS,
    emulated::EMULATED,
    miri::MIRI_FOREIGN,
];
