//! boards: the board programs build for their real targets with their real HALs; and the RP2040's run, both cores of it.
//!
//! The RP2040's firmware is the one for the board, to the last instruction. rp2040js emulates the chip, a second core is added to
//! it (`hal-examples/rp2040/emulator`), and the two take their instructions in an order drawn from a seed. Core 1 is reset
//! at arbitrary moments, and once more before each single store of a step. The other boards are linted for
//! their targets, which compiles everything but makes no code.
//!
//! Seen red on: core 0's recovery of the dead core's turn left out in `core/src/turn/party.rs`; the second core's wish not looked at in
//! `peterson.rs`; a HAL feature struck from a manifest.
#![forbid(unsafe_code)]

use std::fs;

use super::Lane;
use crate::{
    job::{Job, Step, Stop},
    tools,
};

/// See the module.
pub const BOARDS: Lane = Lane {
    name: "boards",
    about: "RP2040 firmware runs on both emulated cores, resets included; RP2350, STM32H745, nRF5340 build with their HALs",
    minutes: 30,
    tests: true,
    run,
};

/// Folder, target, and what tells one core's program from the other's.
const PROGRAMS: &[(&str, &str, &str)] = &[
    ("hal-examples/rp2040", "thumbv6m-none-eabi", ""),
    ("hal-examples/rp2350", "thumbv8m.main-none-eabihf", ""),
    ("hal-examples/nrf5340", "thumbv8m.main-none-eabi", "--features app --bin app"),
    ("hal-examples/nrf5340", "thumbv8m.main-none-eabi", "--features net --bin net"),
    ("hal-examples/stm32h745", "thumbv7em-none-eabihf", "--features m7 --bin m7"),
    ("hal-examples/stm32h745", "thumbv7em-none-eabihf", "--features m4 --bin m4"),
];

/// Runs of the scenario, each with an interleaving a seed; by loads and stores, or by a spinlock of the SIO. `play` has 200,000 turns
/// and takes most of the time.
const RUNS: &[(&str, &str)] = &[
    ("play", "1,2"),
    ("play spinlock", "3"),
    ("stores", "1,2,3"),
    ("stores spinlock", "1"),
    ("reset", "1,2,3"),
    ("reset spinlock", "2"),
    ("late", "1"),
    ("elsewhere", "1"),
    ("newer", "1"),
    ("short", "1"),
    ("hang", "1,2,3"),
    ("hang spinlock", "1"),
    ("garbage", "1,2,3"),
];

const RP2040JS: &str = "rp2040js@1.4.1";

fn run(job: &mut Job) -> Result<(), Stop> {
    for (_, target, _) in PROGRAMS {
        tools::targets(job, &[target])?;
    }
    tools::system_program(job, "npm", "nodejs npm")?;
    let emulator = rp2040js(job)?;
    let cargo = |args: &str, folder| Step::cargo(args).folder(folder).own_target("boards");
    let rp2040 = |args: &str| {
        cargo(&format!("run --release --bin {args}"), "hal-examples/rp2040").env("RP2040JS", emulator.clone())
    };
    let mut steps =
        vec![cargo("fmt --all --check", "hal-examples"), cargo("test -p station", "hal-examples")];
    for (folder, _, args) in PROGRAMS {
        steps.push(cargo(&format!("clippy --release {args} -- -D warnings"), folder));
    }
    steps.extend(RUNS.iter().map(|(run, seeds)| rp2040(&format!("scenario -- {run} --seeds {seeds}"))));
    // The station as it should be; and with core 1 hanging, until it has been started anew and samples again.
    steps.push(rp2040("rp2040 -- --until").arg("mean of the last 8"));
    let anew = ["core 1 is silent, starting it anew", "sampling", "mean of the last 8"];
    steps
        .push(anew.iter().fold(rp2040("rp2040 -- --hang 300000"), |run, text| run.arg("--until").arg(*text)));
    job.run_all(steps)?;
    let runs: usize = RUNS.iter().map(|(_, seeds)| seeds.split(',').count()).sum();
    job.say(&format!(
        "lane-summary: {runs} runs of an RP2040, {} programs of other cores",
        PROGRAMS.len() - 1
    ));
    Ok(())
}

/// The emulator, in the target folder. Returns what its runner wants to know: a file beside `node_modules`.
fn rp2040js(job: &mut Job) -> Result<std::ffi::OsString, Stop> {
    let folder = job.place.target.join("npm");
    let there = fs::read_to_string(folder.join("node_modules/rp2040js/package.json")).unwrap_or_default();
    let wanted = RP2040JS.rsplit('@').next().unwrap_or_default();
    if !there.contains(&format!("\"version\": \"{wanted}\"")) {
        let install = "install --no-save --no-package-lock --no-audit --no-fund --prefix";
        let step = Step::new("npm", install).arg(&folder).arg(RP2040JS);
        let typed = step.typed();
        job.run(step).map_err(|_| Stop::Missing(format!("no {RP2040JS}; run `{typed}`")))?;
    }
    Ok(folder.join("beside").into_os_string())
}
