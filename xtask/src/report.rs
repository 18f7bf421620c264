//! From logs to the table: what a lane's own programs said, why it failed, how many tests ran.
//!
//! | line in a log | becomes |
//! |---|---|
//! | `lane-summary: TEXT`, anywhere in a line | TEXT, in the table |
//! | `test result: ok. 5 passed; 0 failed; 1 ignored; …` | counts, added up over all test programs |
//! | `test NAME ... FAILED`, `error: …`, `error[…]: …` | the reason shown for a red lane |
//!
//! The last line printed is `N passed, N failed, N skipped`, counted in lanes: CI reads it.
#![forbid(unsafe_code)]

use std::{fmt::Write as _, time::Duration};

/// How a lane ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every check held.
    Passed,
    /// Some check did not.
    Failed,
    /// Nothing was checked.
    Skipped,
}

impl Verdict {
    /// The word in the table.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Failed => "FAILED",
            Verdict::Skipped => "SKIPPED",
        }
    }
}

/// A row of the table.
pub struct Row {
    /// The lane's name.
    pub lane: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// How long it took.
    pub took: Duration,
    /// What it says of itself: tests run, its own summaries.
    pub summary: String,
    /// Why it is not green, or a note that must be seen; empty when there is nothing to say.
    pub why: String,
}

impl Row {
    /// The summary and the reason, where there are any.
    pub fn told(&self) -> String {
        let told = [self.summary.as_str(), self.why.as_str()];
        told.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" | ")
    }
}

/// Tests counted over all `test result:` lines of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ran and held.
    pub passed: u64,
    /// Did not hold.
    pub failed: u64,
    /// Were there and did not run.
    pub ignored: u64,
}

/// Adds up the counts.
pub fn counts(log: &str) -> Counts {
    let mut sum = Counts::default();
    for line in log.lines() {
        let Some((_, result)) = line.split_once("test result: ") else { continue };
        // "ok. 5 passed; 0 failed; …": a number in front of its name.
        let words: Vec<&str> = result.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(n) = pair[0].parse::<u64>() else { continue };
            match pair[1] {
                "passed" => sum.passed += n,
                "failed" => sum.failed += n,
                "ignored" => sum.ignored += n,
                _ => {}
            }
        }
    }
    sum
}

/// What the lane's programs say of themselves, in order, each once.
pub fn summaries(log: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in log.lines() {
        // Anywhere in the line: a test harness may have begun it with `test NAME ... `.
        let Some((_, text)) = line.split_once("lane-summary: ") else { continue };
        if !found.iter().any(|known| known == text.trim()) {
            found.push(text.trim().to_owned());
        }
    }
    found
}

/// The first mistakes a log tells of: names of failed tests, else errors of tools.
pub fn reason(log: &str) -> Option<String> {
    const MOST: usize = 3;
    let failed = log.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    let named: Vec<&str> = failed.collect();
    if !named.is_empty() {
        let more =
            if named.len() > MOST { format!(" and {} more", named.len() - MOST) } else { String::new() };
        return Some(format!("{}{more}", named[..named.len().min(MOST)].join(", ")));
    }
    // Miri ends the program in the middle of the harness's own line.
    let ub = log.lines().find_map(|line| line.find("error: Undefined Behavior").map(|at| &line[at..]));
    let error =
        ub.or_else(|| log.lines().find(|line| line.starts_with("error: ") || line.starts_with("error[")))?;
    Some(error.trim_end().to_owned())
}

/// At most `most` characters of a line, for the table.
pub fn clipped(line: &str, most: usize) -> String {
    if line.chars().count() <= most {
        return line.to_owned();
    }
    line.chars().take(most).chain("...".chars()).collect()
}

/// The end of a log, for a person who has just seen the lane fail.
pub fn tail(log: &str, lines: usize) -> &str {
    let mut start = log.len();
    for (at, _) in log.trim_end().rmatch_indices('\n').take(lines) {
        start = at + 1;
    }
    if log.trim_end().lines().count() <= lines { log } else { &log[start..] }
}

/// The rows, their total time, and the line CI reads.
pub fn table(rows: &[Row], took: Duration) -> String {
    let mut out = String::from("\n  lane           result    seconds  summary\n");
    for row in rows {
        let Row { lane, verdict, took, summary, why } = row;
        let told: Vec<&str> =
            [summary.as_str(), why.as_str()].into_iter().filter(|s| !s.is_empty()).collect();
        let (word, seconds) = (verdict.word(), took.as_secs_f64());
        let _ = writeln!(out, "  {lane:<14} {word:<8} {seconds:>8.1}  {}", told.join(" | "));
    }
    let seconds = took.as_secs();
    let _ = writeln!(out, "  all in {} min {} s\n", seconds / 60, seconds % 60);
    let count = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let (passed, failed) = (count(Verdict::Passed), count(Verdict::Failed));
    let _ = writeln!(out, "{passed} passed, {failed} failed, {} skipped", count(Verdict::Skipped));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
     Running tests/model.rs
running 2 tests
test lists ... FAILED
test maps ... lane-summary: 1000000 operations
lane-summary: 1000000 operations
test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.12s
test result: ok. 40 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 1.00s
error: test failed, to rerun pass `-p cohabit-tests --test model`
";

    #[test]
    fn counts_add_up_over_test_programs() {
        assert_eq!(counts(LOG), Counts { passed: 41, failed: 1, ignored: 2 });
        assert_eq!(counts("nothing ran"), Counts::default());
    }

    #[test]
    fn a_summary_is_found_anywhere_in_a_line_and_told_once() {
        assert_eq!(summaries(LOG), ["1000000 operations"]);
    }

    #[test]
    fn the_reason_is_the_failed_tests_before_the_tools_error() {
        assert_eq!(reason(LOG).as_deref(), Some("lists"));
        assert_eq!(reason("a\nerror[E0425]: no x\nerror: two").as_deref(), Some("error[E0425]: no x"));
        assert_eq!(reason("test a ... ok"), None);
        let miri = "test a ... error: Undefined Behavior: x\nerror: aborting";
        assert_eq!(reason(miri).as_deref(), Some("error: Undefined Behavior: x"));
        let many = "test a ... FAILED\ntest b ... FAILED\ntest c ... FAILED\ntest d ... FAILED\n";
        assert_eq!(reason(many).as_deref(), Some("a, b, c and 1 more"));
    }

    #[test]
    fn a_long_line_is_clipped_between_characters() {
        assert_eq!(clipped("höher", 5), "höher");
        assert_eq!(clipped("höher", 2), "hö...");
    }

    #[test]
    fn tail_gives_the_last_lines() {
        assert_eq!(tail("a\nb\nc\n", 2), "b\nc\n");
        assert_eq!(tail("a\nb", 5), "a\nb");
        assert_eq!(tail("", 5), "");
    }

    #[test]
    fn the_last_line_counts_lanes() {
        let row = |lane, verdict| Row {
            lane,
            verdict,
            took: Duration::from_millis(1500),
            summary: "3 tests".into(),
            why: String::new(),
        };
        let rows = [
            row("unit", Verdict::Passed),
            row("miri", Verdict::Skipped),
            row("crash", Verdict::Failed),
            row("style", Verdict::Passed),
        ];
        let text = table(&rows, Duration::from_secs(61));
        assert!(text.contains("  crash          FAILED        1.5  3 tests\n"), "{text}");
        assert!(text.contains("all in 1 min 1 s"), "{text}");
        assert_eq!(text.lines().last(), Some("2 passed, 1 failed, 1 skipped"));
    }
}
