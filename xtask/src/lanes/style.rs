//! style: how the code reads, kept by tools: formatting, lints, documentation, licences, house rules.
//!
//! Every check runs even when an earlier one fails, so that one run shows every mistake. The code behind
//! `--cfg loom` and `--cfg crash_points` is linted too; a plain clippy never sees it. So are the programs for QEMU, for the
//! machines that they run on; those for boards are linted in the lane `boards`.
//!
//! Seen red on: a badly spaced `mod`; a needless `return` behind `--cfg loom`, another behind `--cfg crash_points`, one more
//! in the `board.rs` of each machine in QEMU; a doc link to nowhere; MIT struck from the licences in `deny.toml`; an `unsafe`
//! block in `core/src/error.rs`.
#![forbid(unsafe_code)]

use super::Lane;
use crate::{
    job::{Job, Step, Stop},
    machine::{AN521, Machine, RISCV},
    rules, tools,
};

/// See the module.
pub const STYLE: Lane = Lane {
    name: "style",
    about: "rustfmt, clippy and rustdoc without a warning, licences of dependencies, and the house's own rules",
    minutes: 25,
    tests: false,
    run,
};

fn run(job: &mut Job) -> Result<(), Stop> {
    let machines = [AN521, RISCV];
    tools::targets(job, &machines.each_ref().map(|machine| machine.target))?;
    let house = house_rules(job);
    let mut steps = vec![
        Step::cargo("fmt --all --check"),
        // The fuzz target is in no workspace of ours.
        Step::new("rustfmt", "--check --edition 2024 tests/fuzz/fuzz_targets/hostile_region.rs"),
        // The measurements' one feature brings a peer that takes longer to build than everything else together.
        Step::cargo("clippy --workspace --exclude cohabit-bench --all-targets --all-features -- -D warnings"),
        Step::cargo("clippy --workspace --all-targets -- -D warnings"),
        // Packages without code of their own behind these flags are left out, to save building their friends.
        // The profiles are those of their lanes, which then find build scripts and macros built.
        Step::cargo("clippy -p cohabit --release --all-targets -- -D warnings")
            .env("RUSTFLAGS", "--cfg loom")
            .own_target("loom"),
        Step::cargo("clippy -p cohabit -p cohabit-tests --profile checked --all-targets -- -D warnings")
            .env("RUSTFLAGS", "--cfg crash_points")
            .own_target("crash"),
        Step::cargo("doc --workspace --exclude cohabit-bench --no-deps --all-features")
            .env("RUSTDOCFLAGS", "-D warnings"),
    ];
    steps.extend(machines.iter().map(programs));
    if tools::on_path("cargo-deny") {
        // Advisories need a database from the network, and change without us: not a matter of a push.
        let what = "check licenses bans sources";
        steps.push(Step::cargo(&format!("deny --workspace --all-features {what}")));
        let boards = "--manifest-path hal-examples/Cargo.toml --config hal-examples/deny.toml";
        steps.push(Step::cargo(&format!("deny {boards} {what}")));
    } else {
        job.note("cargo-deny is not installed, licences of dependencies went unchecked; run `cargo install --locked cargo-deny`");
    }
    match (house, job.run_all(steps)) {
        (Err(Stop::Failed(one)), Err(Stop::Failed(two))) => Err(Stop::Failed(format!("{one}; {two}"))),
        (house, steps) => house.and(steps),
    }
}

/// A machine's programs, and the acts that they share; built as the lane `emulated` does.
fn programs(Machine { package, target, .. }: &Machine) -> Step {
    let build = format!("--manifest-path hal-examples/Cargo.toml --release -p {package} --target {target}");
    Step::cargo(&format!("clippy {build} -- -D warnings")).own_target("boards")
}

fn house_rules(job: &mut Job) -> Result<(), Stop> {
    let (files, breaches) = rules::check(&job.place.root)
        .map_err(|why| Stop::Failed(format!("cannot read the sources: {why}")))?;
    job.say(&format!("house rules: {files} files read, {} breaches", breaches.len()));
    for breach in &breaches {
        job.say(&format!("error: {breach}"));
    }
    match breaches.len() {
        0 => Ok(()),
        n => Err(Stop::Failed(format!("house rules: {n} breached"))),
    }
}
