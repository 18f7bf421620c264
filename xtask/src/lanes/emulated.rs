//! emulated: firmware for two cores really runs, both at the same time, in QEMU; and faults are met.
//!
//! Each run is one start of a machine with a fault built in, or none; `hal-examples/scenario/src/run.rs` has the table. It ends with
//! status 0 only if everything was as it should be, and this log shows what each core told. The region's bytes go to a file in the end,
//! and the command line on this 64-bit host checks and shows what the 32-bit cores have written; and a region made here
//! is the initial SRAM of a machine.
//!
//! | machine | cores | images |
//! |---|---|---|
//! | `mps2-an521` | two Cortex-M33 | one each |
#![forbid(unsafe_code)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::Lane;
use crate::{
    job::{Job, Step, Stop},
    machine::{AN521, and_bytes, and_image, for_qemu},
    tools,
};

/// See the module.
pub const EMULATED: Lane = Lane {
    name: "emulated",
    about: "two cores of a microcontroller at once, in QEMU: every act, resets, faults, and RAM dumps",
    minutes: 20,
    tests: true,
    run,
};

const HAL_EXAMPLES: &str = "hal-examples/Cargo.toml";
const ARM: &str = "thumbv8m.main-none-eabi";

/// What core 1 runs.
#[derive(Clone, Copy, PartialEq)]
enum Core1 {
    /// The code that ships.
    Image,
    /// The same, built to stop before a store.
    Stopping,
    /// No image.
    Missing,
}

/// The runs on machines with two images, what core 1 has, and what must be told beside the status.
const RUNS: &[(&str, Core1, &[&str])] = &[
    ("play", Core1::Image, &["core 0: Alternate held", "core 0: full after", "core 1: opened"]),
    ("reset", Core1::Image, &["in the middle of a turn", "died in its turn", "is back as incarnation"]),
    ("stores", Core1::Stopping, &["stopped before each of", "is back as incarnation"]),
    ("missing", Core1::Missing, &["met as it should be"]),
    ("late", Core1::Image, &["met as it should be"]),
    ("elsewhere", Core1::Image, &["core 1: FAILED: cannot open", "core 0: met as it should be"]),
    ("newer", Core1::Image, &["core 1: FAILED: cannot open", "core 0: met as it should be"]),
    ("short", Core1::Image, &["core 1: FAILED: cannot open", "core 0: met as it should be"]),
    ("hang", Core1::Image, &["died in its turn", "met as it should be"]),
    ("garbage", Core1::Image, &["met as it should be"]),
];

fn run(job: &mut Job) -> Result<(), Stop> {
    tools::targets(job, &[ARM])?;
    tools::system_program(job, AN521.qemu, "qemu-system-arm")?;
    let folder = job.place.target.join("emulated");
    fs::create_dir_all(&folder).map_err(|why| Stop::Failed(format!("no folder for dumps: {why}")))?;
    // The same acts by two threads, and what the machines need from this host.
    job.run(boards("test", "-p scenario"))?;
    job.run(Step::cargo("build --release -p cohabit-cli"))?;
    let runs = an521(job, &folder)?;
    job.say(&format!("lane-summary: {runs} runs of two cores"));
    Ok(())
}

/// `cargo` in the boards' own workspace.
fn boards(verb: &str, args: &str) -> Step {
    Step::cargo(&format!("{verb} --manifest-path {HAL_EXAMPLES} {args}")).own_target("boards")
}

/// Builds both images, and core 1's a second time to stop before stores; then one start after the other.
fn an521(job: &mut Job, folder: &Path) -> Result<usize, Stop> {
    let build = |args: &str| boards("build", &format!("--release -p qemu-an521 --target {ARM} {args}"));
    job.run(build(""))?;
    job.run(build("--bin core1").env("RUSTFLAGS", "--cfg crash_points").own_target("boards-crash"))?;
    let image = |target: &str, name: &str, copy: &str| -> Result<PathBuf, Stop> {
        let elf = job.place.target.join(target).join(ARM).join("release").join(name);
        for_qemu(&elf, folder, copy).map_err(|why| Stop::Failed(format!("{}: {why}", elf.display())))
    };
    let core0 = image("boards", "core0", "an521-core0.elf")?;
    let core1 = image("boards", "core1", "an521-core1.elf")?;
    let stopping = image("boards-crash", "core1", "an521-core1-stopping.elf")?;
    for (run, other, told) in RUNS {
        let dump = format!("an521-{run}.bin");
        let machine = AN521.start(folder, &core0, &[run, &dump]);
        let machine = match other {
            Core1::Image => and_image(machine, &core1),
            Core1::Stopping => and_image(machine, &stopping),
            Core1::Missing => machine,
        };
        job.run_and_find(machine, told)?;
        // Where the version was tampered with, the region is not one that this build opens.
        if *run != "newer" {
            look(job, folder, &dump, &["roots: map"])?;
        }
    }
    from_the_desktop(job, folder, &core0)?;
    Ok(RUNS.len() + 1)
}

/// A region made on this host is what the SRAM holds at first; core 0 reads it and answers in it.
fn from_the_desktop(job: &mut Job, folder: &Path, core0: &Path) -> Result<(), Stop> {
    let image = folder.join("from-the-desktop.bin");
    job.run(boards("run", "-p scenario --example fill --").arg(&image))?;
    let machine = AN521.start(folder, core0, &["desktop", "an521-desktop.bin"]);
    job.run(and_bytes(machine, "from-the-desktop.bin", AN521.region))?;
    look(
        job,
        folder,
        "an521-desktop.bin",
        &["\"from the core\": \"I read you, all of it\"", "größer als acht Bytes"],
    )
}

/// What the cores have left in the SRAM, checked and shown by the command line.
fn look(job: &mut Job, folder: &Path, dump: &str, wanted: &[&str]) -> Result<(), Stop> {
    let cohabit = job.place.target.join("release/cohabit");
    let cohabit =
        |command: &str| Step::new(&cohabit.to_string_lossy(), command).arg(folder.join(dump).as_os_str());
    job.run_and_find(cohabit("check"), &["is sound"])?;
    job.run_and_find(cohabit("show"), wanted)
}
