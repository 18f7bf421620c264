//! `test [LANE…] [--list]`: the lanes, two at a time where there are cores for it (`pairs.rs`), going on after a red one; then the
//! table.
//!
//! | asked for | shown while they run | shown of each in the end, and when red |
//! |---|---|---|
//! | several lanes | their seconds | a line; the end of its log |
//! | one lane | all its output, as it comes | |
//!
//! A lane that ran no test, or left one ignored, is red: silence is not success.
#![forbid(unsafe_code)]

use std::{
    fmt::Write as _,
    fs, io, thread,
    time::{Duration, Instant},
};

use crate::{
    job::{Job, Stop},
    lanes::{LANES, Lane},
    pairs,
    place::Place,
    report::{self, Row, Verdict},
    screen,
};

/// Lines of a red lane's log that are shown at once; the rest is in the file.
const TAIL: usize = 40;

/// Runs the lanes named, or all. True when none failed.
pub fn test(place: &Place, args: &[String]) -> Result<bool, String> {
    if args.iter().any(|arg| arg == "--list") {
        for lane in LANES {
            println!("  {:<14} {}", lane.name, lane.about);
        }
        return Ok(true);
    }
    let lanes = chosen(args)?;
    let live = lanes.len() == 1;
    let hands = thread::available_parallelism().map_or(1, usize::from).min(2);
    let started = Instant::now();
    let rows = pairs::run_all(&lanes, hands, |lane| {
        let row = run(place, lane, live).map_err(|why| format!("cannot write {}'s log: {why}", lane.name))?;
        if !live {
            screen::say(&told(place, &row));
        }
        Ok(row)
    });
    let rows: Vec<Row> = rows.into_iter().collect::<Result<_, String>>()?;
    print!("{}", report::table(&rows, started.elapsed()));
    Ok(rows.iter().all(|row| row.verdict != Verdict::Failed))
}

/// The lanes named, in the table's order; all of them when none is.
fn chosen(args: &[String]) -> Result<Vec<&'static Lane>, String> {
    for arg in args {
        if !LANES.iter().any(|lane| lane.name == arg) {
            let names: Vec<&str> = LANES.iter().map(|lane| lane.name).collect();
            return Err(format!("no lane `{arg}`; there are {}", names.join(", ")));
        }
    }
    Ok(LANES.iter().filter(|lane| args.is_empty() || args.iter().any(|arg| arg == lane.name)).collect())
}

fn run(place: &Place, lane: &'static Lane, live: bool) -> io::Result<Row> {
    let mut job = Job::new(place, lane.name, lane.minutes, live)?;
    let end = (lane.run)(&mut job);
    let (took, notes) = job.finish();
    let log = fs::read(place.log(lane.name))?;
    Ok(judge(lane, end, &String::from_utf8_lossy(&log), place.ci, took, &notes))
}

/// A lane's verdict, from how its steps ended and what its log says.
fn judge(lane: &Lane, end: Result<(), Stop>, log: &str, ci: bool, took: Duration, notes: &[String]) -> Row {
    let counts = report::counts(log);
    let mut summary = report::summaries(log);
    match counts.passed + counts.failed {
        0 => {}
        1 => summary.insert(0, "1 test".into()),
        n => summary.insert(0, format!("{n} tests")),
    }
    let (verdict, mut why) = match end {
        Ok(()) if counts.ignored > 0 => (Verdict::Failed, format!("ignored tests: {}", counts.ignored)),
        Ok(()) if lane.tests && counts.passed == 0 => (Verdict::Failed, "it ran no test".into()),
        Ok(()) => (Verdict::Passed, String::new()),
        Err(Stop::Failed(why)) => {
            let found = report::reason(log).map(|found| format!("{} ({why})", report::clipped(&found, 160)));
            (Verdict::Failed, found.unwrap_or(why))
        }
        Err(Stop::Missing(why)) if ci => (Verdict::Failed, format!("{why} (a skip fails where CI=true)")),
        Err(Stop::Missing(why) | Stop::NotHere(why)) => (Verdict::Skipped, why),
    };
    for note in notes {
        why = if why.is_empty() { format!("NOTE: {note}") } else { format!("{why} | NOTE: {note}") };
    }
    Row { lane: lane.name, verdict, took, summary: summary.join(", "), why }
}

/// The line for a lane that is through, and the end of a red one's log.
fn told(place: &Place, row: &Row) -> String {
    let seconds = row.took.as_secs_f64();
    let mut told = format!("  {:<14} {:<8} {seconds:>8.1} s  {}", row.lane, row.verdict.word(), row.told());
    if row.verdict == Verdict::Failed {
        let path = place.log(row.lane);
        let log = fs::read(&path).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        for line in report::tail(&log, TAIL).lines() {
            let _ = write!(told, "\n    | {line}");
        }
        let _ =
            write!(told, "\n    | all of it: {}; alone: cargo xtask test {}", place.shown(&path), row.lane);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: &str =
        "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured\nlane-summary: 9 crash points\n";

    fn judged(end: Result<(), Stop>, log: &str, ci: bool) -> (Verdict, String, String) {
        let lane = Lane { name: "model", about: "", minutes: 1, tests: true, run: |_| Ok(()) };
        let row = judge(&lane, end, log, ci, Duration::ZERO, &[]);
        (row.verdict, row.summary, row.why)
    }

    #[test]
    fn a_green_lane_tells_its_counts_and_its_own_summary() {
        assert_eq!(judged(Ok(()), OK, true), (Verdict::Passed, "2 tests, 9 crash points".into(), "".into()));
    }

    #[test]
    fn a_lane_that_ran_no_test_is_red() {
        assert_eq!(judged(Ok(()), "test result: ok. 0 passed", false).0, Verdict::Failed);
        assert_eq!(judged(Ok(()), "", false).0, Verdict::Failed);
    }

    #[test]
    fn a_lane_with_an_ignored_test_is_red() {
        assert_eq!(
            judged(Ok(()), "test result: ok. 3 passed; 0 failed; 1 ignored", false).0,
            Verdict::Failed
        );
    }

    #[test]
    fn a_missing_tool_skips_at_home_and_fails_in_ci() {
        let missing = || Err(Stop::Missing("no nightly".into()));
        assert_eq!(judged(missing(), "", false), (Verdict::Skipped, "".into(), "no nightly".into()));
        assert_eq!(judged(missing(), "", true).0, Verdict::Failed);
        assert_eq!(judged(Err(Stop::NotHere("needs x86-64 Linux".into())), "", true).0, Verdict::Skipped);
    }

    #[test]
    fn a_red_lane_names_what_failed() {
        let (verdict, _, why) =
            judged(Err(Stop::Failed("`cargo test`: exit".into())), "test a ... FAILED\n", true);
        assert_eq!((verdict, why.as_str()), (Verdict::Failed, "a (`cargo test`: exit)"));
    }

    #[test]
    fn lanes_run_in_the_tables_order_and_strangers_are_named() {
        let given = |words: &str| chosen(&words.split_whitespace().map(String::from).collect::<Vec<_>>());
        let names = |lanes: Vec<&Lane>| lanes.iter().map(|lane| lane.name).collect::<Vec<_>>();
        assert_eq!(names(given("unit style").unwrap()), ["style", "unit"]);
        assert_eq!(given("").unwrap().len(), LANES.len());
        assert!(given("modell").err().unwrap().starts_with("no lane `modell`; there are style, "));
    }
}
