//! The verbs beside `test`: the ones without an end of their own, and the measurements.
//!
//! They print as they go and keep no log: a person is watching, or a machine that was given the time.
#![forbid(unsafe_code)]

use std::fs;

use crate::{job::Step, place::Place, tools};

/// `fuzz --minutes N`: mutated regions, guided by coverage, through every public read and write.
pub fn fuzz(place: &Place, args: &[String]) -> Result<bool, String> {
    let minutes = minutes(args, 10)?;
    tools::nightly(place)?;
    tools::system_package(place, "c++", "g++")?; // libFuzzer itself is C++
    tools::cargo_tool(place, "fuzz")?;
    let seconds = minutes * 60;
    // What is found is kept in the first folder; stored images of real regions are where it starts from.
    let corpus = place.root.join("tests/fuzz/corpus/hostile_region");
    fs::create_dir_all(&corpus).map_err(|why| format!("cannot create {}: {why}", place.shown(&corpus)))?;
    let golden = Some(place.root.join("tests/golden")).filter(|folder| folder.is_dir());
    let run = Step::cargo("+nightly fuzz run --fuzz-dir tests/fuzz hostile_region").arg(corpus);
    let run = golden.into_iter().fold(run, Step::arg).arg("--").arg(format!("-max_total_time={seconds}"));
    // -max_len: room for small regions with something in them, and still thousands of runs a second.
    // -timeout: an input that takes seconds is an endless loop in the making, and counts as a crash.
    // Own target: these builds carry a sanitizer.
    run.arg("-max_len=16384").arg("-timeout=10").own_target("fuzz").in_the_open(place)
}

/// `soak --minutes N`: the cross-process suite, in its long form.
pub fn soak(place: &Place, args: &[String]) -> Result<bool, String> {
    let minutes = minutes(args, 60)?;
    Step::cargo("test -p cohabit-tests --release --test cross_process -- --nocapture")
        .env("COHABIT_SOAK_MINUTES", minutes.to_string())
        .in_the_open(place)
}

/// `bench [ARGS]`: the arguments go to the measuring program.
pub fn bench(place: &Place, args: &[String]) -> Result<bool, String> {
    let step = args.iter().fold(Step::cargo("run --release -p cohabit-bench --"), |step, arg| step.arg(arg));
    step.in_the_open(place)
}

/// Reads `--minutes N`.
fn minutes(args: &[String], default: u64) -> Result<u64, String> {
    let number = match args {
        [] => return Ok(default),
        [flag, number] if flag == "--minutes" => number.as_str(),
        [only] => only.strip_prefix("--minutes=").unwrap_or(""),
        _ => "",
    };
    match number.parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(format!("expected `--minutes N`, N at least 1, not `{}`", args.join(" "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_read_or_declined() {
        let given = |words: &str| minutes(&words.split_whitespace().map(String::from).collect::<Vec<_>>(), 7);
        assert_eq!(given(""), Ok(7));
        assert_eq!(given("--minutes 3"), Ok(3));
        assert_eq!(given("--minutes=3"), Ok(3));
        assert!(given("--minutes").is_err());
        assert!(given("--minutes 0").is_err());
        assert!(given("--hours 3").is_err());
    }
}
