//! Installs what a lane needs and the machine lacks, and says so; where it cannot, gives the command to type.
//!
//! | needed | looked for | installed with |
//! |---|---|---|
//! | standard library of a target | `lib/rustlib/TARGET` in the sysroot | `rustup target add` |
//! | nightly with miri and rust-src | the files themselves | `rustup toolchain install --no-self-update` |
//! | a cargo subcommand | PATH | `cargo install --locked` |
//! | a system package | its program in PATH | `apt-get install`, as root on Debian |
//!
//! The files are looked for, rather than rustup asked, so that a machine without rustup but with everything in
//! place is fine too, and nothing is downloaded on a machine that has it.
#![forbid(unsafe_code)]

use std::{env, path::PathBuf, process::Command};

use crate::{
    job::{Job, Step, Stop},
    place::Place,
};

/// The command that gives a machine a nightly toolchain good for every lane.
const NIGHTLY: &str =
    "toolchain install nightly --no-self-update --profile minimal --component miri,rust-src";

/// Whether a program is in PATH.
pub fn on_path(program: &str) -> bool {
    let dirs = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&dirs).any(|dir| {
        let path = dir.join(program);
        path.is_file() || path.with_extension("exe").is_file()
    })
}

/// Where a toolchain lives; `None` when it is not there.
fn sysroot(rustc: &[&str]) -> Option<PathBuf> {
    let (program, args) = rustc.split_first()?;
    let out = Command::new(program).args(args).args(["--print", "sysroot"]).output().ok()?;
    let path = String::from_utf8(out.stdout).ok()?;
    (out.status.success() && !path.trim().is_empty()).then(|| PathBuf::from(path.trim()))
}

/// Makes the standard libraries of these targets available to the toolchain in use.
pub fn targets(job: &mut Job, targets: &[&str]) -> Result<(), Stop> {
    let there = sysroot(&["rustc"]).ok_or_else(|| Stop::Missing("no rustc in PATH".into()))?;
    let lacks = |target: &str| !there.join("lib/rustlib").join(target).join("lib").is_dir();
    // One at a time: rustup adds none of a list when it cannot add one.
    for target in targets.iter().copied().filter(|target| lacks(target)) {
        let add = Step::new("rustup", "target add").arg(target);
        let typed = add.typed();
        job.run(add)
            .map_err(|_| Stop::Missing(format!("no standard library for {target}; run `{typed}`")))?;
    }
    Ok(())
}

/// Makes a nightly toolchain with Miri available.
pub fn nightly_with_miri(job: &mut Job) -> Result<(), Stop> {
    let ready = || {
        sysroot(&["rustup", "run", "nightly", "rustc"]).is_some_and(|at| {
            let miri = at.join("bin").join(format!("cargo-miri{}", env::consts::EXE_SUFFIX));
            miri.is_file() && at.join("lib/rustlib/src/rust/library/Cargo.lock").is_file()
        })
    };
    let in_place = sysroot(&["rustup", "run", "nightly", "rustc"]).is_some();
    // Adding to the nightly that is there leaves its date alone; installing it again would move it to today's.
    let add = if in_place { "component add --toolchain nightly miri rust-src" } else { NIGHTLY };
    if ready() || (job.run(Step::new("rustup", add)).is_ok() && ready()) {
        return Ok(());
    }
    Err(Stop::Missing(format!("no nightly toolchain with miri and rust-src; run `rustup {add}`")))
}

/// Makes a nightly toolchain available to a verb.
pub fn nightly(place: &Place) -> Result<(), String> {
    if sysroot(&["rustup", "run", "nightly", "rustc"]).is_some()
        || Step::new("rustup", NIGHTLY).in_the_open(place)?
    {
        return Ok(());
    }
    Err(format!("no nightly toolchain; run `rustup {NIGHTLY}`"))
}

/// Makes `cargo NAME` available to a verb.
pub fn cargo_tool(place: &Place, name: &str) -> Result<(), String> {
    let program = format!("cargo-{name}");
    if on_path(&program) {
        return Ok(());
    }
    println!("{program} is not installed; installing it takes a few minutes, once");
    let install = Step::cargo("install --locked").arg(&program).own_target("tools");
    if install.in_the_open(place)? && on_path(&program) {
        return Ok(());
    }
    Err(format!(
        "no {program}; run `cargo install --locked {program}` and see that cargo's bin folder is in PATH"
    ))
}

/// Makes `program` available to a lane, which Debian has in `packages`.
pub fn system_program(job: &mut Job, program: &str, packages: &str) -> Result<(), Stop> {
    if on_path(program) {
        return Ok(());
    }
    let install = format!("install -y --no-install-recommends {packages}");
    if on_path("apt-get") && am_root() {
        // A machine fresh from its image has no package lists yet.
        let fetch = Step::new("apt-get", &install).env("DEBIAN_FRONTEND", "noninteractive");
        let done = job.run(Step::new("apt-get", "update")).and_then(|()| job.run(fetch));
        if done.is_ok() && on_path(program) {
            return Ok(());
        }
    }
    Err(Stop::Missing(format!(
        "no {program}; on Debian run `apt-get {install}` as root, elsewhere your system's package for it"
    )))
}

/// Makes `program` available to a verb, which Debian has in `package`.
pub fn system_package(place: &Place, program: &str, package: &str) -> Result<(), String> {
    if on_path(program) {
        return Ok(());
    }
    let install = format!("install -y --no-install-recommends {package}");
    if on_path("apt-get") && am_root() {
        println!("{program} is not installed; fetching Debian's {package}");
        // A machine fresh from its image has no package lists yet.
        let done = Step::new("apt-get", "update").in_the_open(place)?
            && Step::new("apt-get", &install).env("DEBIAN_FRONTEND", "noninteractive").in_the_open(place)?;
        if done && on_path(program) {
            return Ok(());
        }
    }
    Err(format!(
        "no {program}; on Debian run `apt-get {install}` as root, elsewhere your system's package for it"
    ))
}

fn am_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout == b"0\n")
}
