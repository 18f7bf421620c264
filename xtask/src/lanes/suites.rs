//! The lanes that are one suite each: `cohabit-tests` has a `[[test]]` of the lane's name, mostly.
//!
//! `--show-output` rather than `--nocapture`: what a passing test prints comes whole, after the run, and never in the
//! middle of the harness's own line. A suite prints `lane-summary: …` for the table.
//!
//! Overflow checks and debug assertions are on where "no panic" is what is proven (model, fault, crash): a
//! user's debug build has them too. They are off where the machine code that ships is what matters.
#![forbid(unsafe_code)]

use super::Lane;
use crate::job::{Job, Step, Stop};

/// A suite of the code that ships. Both packages that have such suites are named, whichever has this one: what they depend on is then
/// built once, with the features that either of them asks for.
fn suite(name: &str) -> Step {
    Step::cargo(&format!("test -p cohabit-tests -p cohabit-cli --release --test {name} -- --show-output"))
}

/// Suites with every check of a debug build, at nearly the speed of a release build.
fn checked(tests: &str) -> Step {
    Step::cargo(&format!("test -p cohabit-tests --profile checked {tests} -- --show-output"))
}

/// Tests beside the code, examples, and every code block of the documentation.
///
/// Seen red on: an example in the core's documentation that asserts 1 == 2; another marked `ignore`.
pub const UNIT: Lane = Lane {
    name: "unit",
    about: "tests beside the code, examples, and every code block in the documentation",
    minutes: 25,
    tests: true,
    run: |job| {
        // One build for all: features only add. The suites of the other lanes run in them, without features; the benchmarks have
        // no tests, and a feature that takes longer to build than everything else.
        let others = "--exclude cohabit-tests --exclude cohabit-ui --exclude cohabit-bench";
        job.run_all([
            Step::cargo(&format!("test --workspace {others} --all-features")),
            // As firmware with little flash has it.
            Step::cargo("test -p cohabit --lib --no-default-features"),
            Step::cargo(
                "test -p cohabit --lib --no-default-features --features recovery,rapidhash,halfsiphash",
            ),
        ])
    },
};

/// Misuse does not build: a reference that outlives its turn, two turns of one party, a turn sent to another thread.
///
/// Seen red on: a turn whose marker no longer keeps it from being sent.
pub const COMPILE_FAIL: Lane = Lane {
    name: "compile-fail",
    about: "misuse of turns and handles does not build, and the compiler says why",
    minutes: 10,
    tests: true,
    run: |job| job.run(Step::cargo("test -p cohabit-ui -- --show-output")),
};

/// The byte format stays what it was: images of regions, opened and compared.
///
/// Seen red on: one bit of the keys' hash flipped.
pub const GOLDEN: Lane = Lane {
    name: "golden",
    about: "stored images of regions still open and read the same, byte for byte",
    minutes: 10,
    tests: true,
    run: |job| job.run(suite("golden")),
};

/// What CPython does with values, lists, dicts and sets, from a table that CPython wrote.
///
/// Seen red on: a float taken to have 24 digits where a decimal is beside it; `sort` putting down the right one of two equal
/// elements first.
pub const PYTHON: Lane = Lane {
    name: "python",
    about: "thousands of cases of equality, order, lists and dicts, each with the outcome it has in CPython",
    minutes: 10,
    tests: true,
    run: |job| job.run(checked("--features model --test python")),
};

/// The command line as people in two shells meet it. The suite lies beside the program (`cli/tests/cli`), where cargo tells it
/// which program to run.
///
/// Seen red on: `take` that finishes its message before it has printed it.
pub const CLI: Lane = Lane {
    name: "cli",
    about: "the command line between separate shells: put, take, show, check, list, rm, and every refusal",
    minutes: 10,
    tests: true,
    run: |job| job.run(suite("cli")),
};

/// The command of the README, as it stands there; the demo checks itself as it goes.
///
/// Seen red on: recovery that does not undo a half-moved list (`undo` without `undo_shift`).
pub const DEMO: Lane = Lane {
    name: "demo",
    about: "cargo run --release -- demo: two processes, a real document, a kill in the middle of a turn",
    minutes: 10,
    tests: false,
    run: |job| job.run(Step::cargo("run --release -- demo")),
};

/// Random operations on heap, list, map and messages against plain models, audited after each. The stage that the suites share tests
/// itself here, too.
///
/// Seen red on: `swap` storing one payload twice; `put_back` at the end of the queue; a new key's text not given back.
pub const MODEL: Lane = Lane {
    name: "model",
    about: "a million random operations against plain models, the region audited after each",
    minutes: 25,
    tests: true,
    run: |job| job.run(checked("--features model --lib --test model")),
};

/// Every mutating operation stopped after each of its stores, recovered, audited, compared; recovery itself too.
///
/// Seen red on: a block freed before the commit that lets go of it; a text attached after the commit; a shift's cursor moved
/// before its chunk; the journal in force before its entry; the dead struck off before their holdings are given back; a map's index
/// without the journal; each step of the queue's repair left out. (The suite's head lists more.)
pub const CRASH: Lane = Lane {
    name: "crash",
    about: "every mutating operation stopped after store 1, 2, 3, ...; recovered, audited, before or after",
    minutes: 25,
    tests: true,
    run: |job| job.run(checked("--test crash").env("RUSTFLAGS", "--cfg crash_points").own_target("crash")),
};

/// Flipped bits, random bytes, lengths that lie: errors or sane readings, no panic, no endless loop.
///
/// Seen red on: a walk over a bin without its limit; a map's table that may lie anywhere.
pub const FAULT: Lane = Lane {
    name: "fault",
    about: "a hundred thousand damaged regions through every public read and write: an error, never a panic",
    minutes: 25,
    tests: true,
    run: |job| job.run(checked("--features model --test fault")),
};

/// Every interleaving of the turn's protocol, within the model's bounds, on the model checker's own atomics.
///
/// Blind to the layout, for its atomics are handles. The tests live beside the protocol in modules whose path contains
/// `loom`; the core's other tests know nothing of the model and are left out.
///
/// Seen red on: each of the protocol's fences left out, alone; a relaxed release; no acquire after winning; tickets compared without
/// wrapping; `holder` not claimed; the textbook form of Peterson with one fence.
pub const LOOM: Lane = Lane {
    name: "loom",
    about: "every interleaving of two and three parties taking turns, joining, dying",
    minutes: 25,
    tests: true,
    run: |job| {
        job.run(
            Step::cargo("test -p cohabit --release --lib -- loom --show-output")
                .env("RUSTFLAGS", "--cfg loom")
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .own_target("loom"),
        )
    },
};

/// The crash proof on the machine code that ships: a child is single-stepped, the region copied whenever it changed.
///
/// Seen red on: plain stores in the store door and no compiler fence; the compiler then drops the store that puts the journal in
/// force.
pub const STEPPING: Lane = Lane {
    name: "stepping",
    about: "the crash proof on optimised machine code, one instruction at a time (x86-64 Linux)",
    minutes: 25,
    tests: true,
    run: stepping,
};

fn stepping(job: &mut Job) -> Result<(), Stop> {
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        job.run(suite("stepping"))
    } else {
        Err(Stop::NotHere("needs x86-64 Linux".into()))
    }
}

/// Real processes: exact counts, starts in any order, kills at random moments.
///
/// Seen red on: recovery that gives nothing back; a `holder` word that nobody looks at; the suite's head lists more.
pub const CROSS_PROCESS: Lane = Lane {
    name: "cross-process",
    about: "real processes count, start in any order and are killed at random moments; nothing is lost",
    minutes: 25,
    tests: true,
    run: |job| job.run(suite("cross_process")),
};
