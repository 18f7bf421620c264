//! boards: the board programs build for their real targets with their real HALs; and the RP2040's run, both cores of it.
//!
//! The RP2040's firmware is the one for the board, to the last instruction. rp2040js emulates the chip, a second core is added to
//! it (`hal-examples/rp2040/emulator`), and the two take their instructions in an order drawn from a seed. Core 1 is reset
//! at arbitrary moments, and once more before each single store of a step. The other boards are linted for
//! their targets; where there are two images they are linked as well, and have to agree what lies where in the memory they share.
//!
//! Seen red on: the other's wish not looked at in `arbiter/peterson.rs`; the spinlock not asked in `chips/rp.rs`; a dead party's turn not recovered from
//! in `party.rs`. (Two images that disagree were met before they were compared here: it is why the adapter has `seen_elsewhere`.)
#![forbid(unsafe_code)]

use std::{fs, ops::Range};

use super::Lane;
use crate::{
    job::{Job, Step, Stop},
    size::elf::Image,
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

/// Two images that share memory: folder, target, their names, and the memory.
const PAIRS: &[(&str, &str, [&str; 2], Range<u32>)] = &[
    ("hal-examples/nrf5340", "thumbv8m.main-none-eabi", ["app", "net"], 0x2007_d000..0x2008_0000),
    ("hal-examples/stm32h745", "thumbv7em-none-eabihf", ["m7", "m4"], 0x3800_0000..0x3800_4000),
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
    for (folder, _, images, _) in PAIRS {
        steps.extend(
            images.map(|image| cargo(&format!("build --release --features {image} --bin {image}"), folder)),
        );
    }
    steps.extend(RUNS.iter().map(|(run, seeds)| rp2040(&format!("scenario -- {run} --seeds {seeds}"))));
    // The station as it should be; and with core 1 hanging, until it has been started anew and samples again.
    steps.push(rp2040("rp2040 -- --until").arg("mean of the last 8"));
    let anew = ["core 1 is silent, starting it anew", "sampling", "mean of the last 8"];
    steps
        .push(anew.iter().fold(rp2040("rp2040 -- --hang 300000"), |run, text| run.arg("--until").arg(*text)));
    job.run_all(steps)?;
    for pair in PAIRS {
        one_layout(job, pair)?;
    }
    let runs: usize = RUNS.iter().map(|(_, seeds)| seeds.split(',').count()).sum();
    job.say(&format!(
        "lane-summary: {runs} runs of an RP2040, {} programs of other cores",
        PROGRAMS.len() - 1
    ));
    Ok(())
}

/// Whether both images have the same things at the same places of the memory they share.
///
/// A compiler that sees one image alone may leave out what that one does not write, or put a part of it elsewhere; it did both.
fn one_layout(
    job: &mut Job,
    (_, target, images, memory): &(&str, &str, [&str; 2], Range<u32>),
) -> Result<(), Stop> {
    let things = |image: &str| -> Result<Vec<(u32, u32)>, Stop> {
        let path = job.place.target.join("boards").join(target).join("release").join(image);
        let failed = |why: String| Stop::Failed(format!("{}: {why}", job.place.shown(&path)));
        let file = fs::read(&path).map_err(|why| failed(why.to_string()))?;
        let symbols = Image::read(&file).map_err(failed)?.symbols;
        let shared = symbols.iter().filter(|symbol| memory.contains(&symbol.at));
        let mut shared: Vec<_> = shared.map(|symbol| (symbol.at, symbol.size)).collect();
        shared.sort();
        Ok(shared)
    };
    let [one, other] = [things(images[0])?, things(images[1])?];
    job.say(&format!("shared by {} and {}: {one:x?}", images[0], images[1]));
    if one.len() < 2 || one != other {
        let why = format!("{} and {} do not share one layout: {one:x?}, {other:x?}", images[0], images[1]);
        return Err(Stop::Failed(why));
    }
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
