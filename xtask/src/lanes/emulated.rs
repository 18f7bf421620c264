//! emulated: firmware for two cores really runs, both at the same time, in QEMU; and faults are met.
//!
//! The Arm cores log by defmt, too, each into a file, which is turned into text here and has to tell the same.
//!
//! Each run is one start of a machine with a fault built in, or none; `hal-examples/scenario/src/run.rs` has the table. It ends with
//! status 0 only if everything was as it should be, and this log shows what each core told. The region's bytes go to a file in the end,
//! and the command line on this 64-bit host checks and shows what the 32-bit cores have written; and a region made here
//! is the initial SRAM of a machine. Last, one core counts instructions and paints its stack, for the figures that we promise.
//!
//! | machine | cores | images |
//! |---|---|---|
//! | `mps2-an521` | two Cortex-M33 | one each |
//! | `virt` | two RISC-V harts (RV32IMAC) | one each |
//!
//! Seen red on: a turn that does not look at the other's wish (`knock` in `core/src/turn/arbiter/peterson.rs`), recovery left out where a turn is
//! entered (`settle` in `party.rs`), by `reset`, `stores` and `hang`. Blind to a missing fence there: on an x86 host as busy as ours
//! three million turns saw none; that is loom's and Miri's to find.
#![forbid(unsafe_code)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::Lane;
use crate::{
    job::{Job, Step, Stop},
    machine::{AN521, Machine, RISCV, and_bytes, and_image, for_qemu},
    tools,
};

/// See the module.
pub const EMULATED: Lane = Lane {
    name: "emulated",
    about: "two cores of a microcontroller at once, in QEMU: every act, resets, faults, and RAM dumps",
    minutes: 30,
    tests: true,
    run,
};

const HAL_EXAMPLES: &str = "hal-examples/Cargo.toml";
const MACHINES: &[Machine] = &[AN521, RISCV];
/// The region that is made on this host.
const DESKTOP: &str = "from-the-desktop.bin";
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

/// Its name, what core 1 has, and what must be told beside the status.
type Run = (&'static str, Core1, &'static [&'static str]);

const RUNS: &[Run] = &[
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
    for machine in MACHINES {
        tools::targets(job, &[machine.target])?;
        tools::system_program(job, machine.qemu.0, machine.qemu.1)?;
    }
    let folder = job.place.target.join("emulated");
    fs::create_dir_all(&folder).map_err(|why| Stop::Failed(format!("no folder for dumps: {why}")))?;
    // The same acts by two threads, and what the machines need from this host.
    job.run(boards("test", "-p scenario"))?;
    job.run(boards("run", "-p scenario --example fill --").arg(folder.join(DESKTOP)))?;
    job.run(Step::cargo("build --release -p cohabit-cli"))?;
    let mut runs = 0;
    for machine in MACHINES {
        let images = Images::build(job, &folder, machine)?;
        for run in RUNS {
            start(job, &folder, machine, &images, run)?;
        }
        from_the_desktop(job, &folder, machine, &images)?;
        runs += RUNS.len() + 1;
    }
    job.say(&format!("lane-summary: {runs} runs of two cores"));
    // What operations cost, counted and painted: built with the images above.
    let figures = image(job, &folder, "boards", &AN521, "figures")?;
    job.run_and_find(AN521.count(&folder, &figures), &["figure: bytes of stack"])
}

/// `cargo` in the boards' own workspace.
fn boards(verb: &str, args: &str) -> Step {
    Step::cargo(&format!("{verb} --manifest-path {HAL_EXAMPLES} {args}")).own_target("boards")
}

/// A machine's images, as its emulator wants them.
struct Images {
    core0: PathBuf,
    core1: PathBuf,
    /// Core 1's, built a second time so that it can stop before a store.
    stopping: PathBuf,
}

impl Images {
    fn build(job: &mut Job, folder: &Path, machine: &Machine) -> Result<Images, Stop> {
        let Machine { package, target, images: [zero, one], .. } = machine;
        let build = |args: &str| boards("build", &format!("--release -p {package} --target {target} {args}"));
        job.run(build(""))?;
        let stopping = build(&format!("--bin {one}")).env("RUSTFLAGS", "--cfg crash_points");
        job.run(stopping.own_target("boards-crash"))?;
        Ok(Images {
            core0: image(job, folder, "boards", machine, zero)?,
            core1: image(job, folder, "boards", machine, one)?,
            stopping: image(job, folder, "boards-crash", machine, one)?,
        })
    }
}

/// One image from the target folder, as QEMU wants it.
fn image(job: &Job, folder: &Path, own_target: &str, machine: &Machine, name: &str) -> Result<PathBuf, Stop> {
    let elf = job.place.target.join(own_target).join(machine.target).join("release").join(name);
    for_qemu(&elf, folder, &format!("{own_target}-{}-{name}.elf", machine.name))
        .map_err(|why| Stop::Failed(format!("{}: {why}", elf.display())))
}

/// One start of both cores, and a look at what they leave behind.
fn start(job: &mut Job, folder: &Path, machine: &Machine, images: &Images, run: &Run) -> Result<(), Stop> {
    let (name, core1, told) = run;
    let dump = format!("{}-{name}.bin", machine.name);
    let started = machine.start(folder, &images.core0, &[name, &dump]);
    let started = match core1 {
        Core1::Image => and_image(started, &images.core1),
        Core1::Stopping => and_image(started, &images.stopping),
        Core1::Missing => started,
    };
    job.run_and_find(started, told)?;
    if *name == "play" && machine.logs_by_defmt {
        let text =
            |image: &Path, log: &str| boards("run", "-q -p defmt-text --").arg(image).arg(folder.join(log));
        let wanted = ["Ended { act: Alternate", "Full { put:", "Ended { act: Finish"];
        job.run_and_find(text(&images.core0, "core0.defmt"), &wanted)?;
        job.run_and_find(
            text(&images.core1, "core1.defmt"),
            &["Opened { len: 16384, epoch: 1, incarnation: 1 }"],
        )?;
    }
    // Where the version was tampered with, the region is not one that this build opens.
    if *name == "newer" { Ok(()) } else { look(job, folder, &dump, &["roots: map"]) }
}

/// A region made on this host is what the SRAM holds at first; core 0 reads it and answers in it.
fn from_the_desktop(job: &mut Job, folder: &Path, machine: &Machine, images: &Images) -> Result<(), Stop> {
    let dump = format!("{}-desktop.bin", machine.name);
    let started = machine.start(folder, &images.core0, &["desktop", &dump]);
    job.run(and_bytes(started, DESKTOP, machine.region))?;
    let wanted = ["\"from the core\": \"I read you, all of it\"", "größer als acht Bytes"];
    look(job, folder, &dump, &wanted)
}

/// What the cores have left in the SRAM, checked and shown by the command line.
fn look(job: &mut Job, folder: &Path, dump: &str, wanted: &[&str]) -> Result<(), Stop> {
    let cohabit = job.place.target.join("release/cohabit");
    let cohabit =
        |command: &str| Step::new(&cohabit.to_string_lossy(), command).arg(folder.join(dump).as_os_str());
    job.run_and_find(cohabit("check"), &["is sound"])?;
    job.run_and_find(cohabit("show"), wanted)
}
