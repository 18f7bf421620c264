//! The chores of this repository. `cargo xtask` lists the verbs, `cargo xtask test` is the one command that
//! passes all tests, and each lane of it is also a command of its own: `cargo xtask test LANE`.
//!
//! ```text
//!   main.rs   verbs ──► test.rs    the lanes, and the table at the end
//!                       verbs.rs   fuzz, soak, bench
//!   lanes/              what each lane runs, why, and the planted bug it has been seen red on
//!   pairs.rs            two lanes at a time
//!   screen.rs           what is seen of lanes at work
//!   machine.rs          machines in QEMU
//!   job.rs              runs commands: log file, progress, time limit
//!   tools.rs            installs what a lane needs and the machine lacks
//!   size/               weighs firmware images
//!   report.rs           reads logs, prints the table
//!   rules.rs            house rules that no compiler keeps
//! ```
//!
//! Only the standard library is used, so the first `cargo xtask` on a fresh clone is ready in seconds.
#![forbid(unsafe_code)]

mod job;
mod lanes;
mod machine;
mod pairs;
mod place;
mod report;
mod rules;
mod screen;
mod size;
mod test;
mod tools;
mod verbs;

use std::process::ExitCode;

use place::Place;

const HELP: &str = "\
cargo xtask VERB

  test [LANE...]       run every lane, or those named; ends with a table of lanes
  test --list          name the lanes, a line each
  fuzz --minutes N     feed mutated regions to every public read and write (default 10 minutes)
  soak --minutes N     kill processes at random moments, again and again (default 60 minutes)
  bench [ARGS]         measure side by side with peers; ARGS go to the benchmark
  size                 weigh the core on a Cortex-M0+: flash, RAM, and what costs most
  help                 this text

A lane's whole output is in target/xtask/LANE.log. CI=true makes a lane that cannot run for want of a tool fail.";

fn main() -> ExitCode {
    let place = Place::find();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (verb, rest) = match args.split_first() {
        Some((verb, rest)) => (verb.as_str(), rest),
        None => ("help", &[][..]),
    };
    let done = match verb {
        "test" => test::test(&place, rest),
        "fuzz" => verbs::fuzz(&place, rest),
        "soak" => verbs::soak(&place, rest),
        "bench" => verbs::bench(&place, rest),
        "size" => size::size(&place),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(true)
        }
        other => Err(format!("no verb `{other}`\n\n{HELP}")),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // 2: it was asked for something that cannot be done, as against a test that failed.
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::from(2)
        }
    }
}
