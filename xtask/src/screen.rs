//! What is seen of lanes at work: lines that stay, and on a terminal below them one that counts the seconds of each.
//!
//! Lanes run side by side and share one screen, so a lane that is through says all it has to say in one piece.
#![forbid(unsafe_code)]

use std::{
    io::{self, IsTerminal, Write},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How often a log without a terminal is told that a lane still lives, in seconds.
const HEARTBEAT: u64 = 60;

/// The lanes at work. Whoever prints has it locked.
static AT_WORK: Mutex<Vec<(&str, Instant)>> = Mutex::new(Vec::new());

fn at_work() -> MutexGuard<'static, Vec<(&'static str, Instant)>> {
    AT_WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A lane at work, shown as such until this is dropped.
pub struct Shown {
    lane: &'static str,
    started: Instant,
    /// The second in which it was last looked at.
    told: u64,
}

impl Shown {
    /// Begins now.
    pub fn begin(lane: &'static str) -> Shown {
        let started = Instant::now();
        at_work().push((lane, started));
        Shown { lane, started, told: 0 }
    }

    /// To be called several times a second.
    pub fn tick(&mut self) {
        let seconds = self.started.elapsed().as_secs();
        if seconds == self.told {
            return;
        }
        self.told = seconds;
        let at_work = at_work();
        if io::stdout().is_terminal() {
            print!("\r\x1b[K{}", counting(&at_work, Instant::now()));
            let _ = io::stdout().flush();
        } else if seconds.is_multiple_of(HEARTBEAT) {
            println!("  {:<14} at work for {seconds} s", self.lane);
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        at_work().retain(|(lane, _)| *lane != self.lane);
    }
}

/// The line that counts.
fn counting(at_work: &[(&str, Instant)], now: Instant) -> String {
    let seconds =
        |started: &Instant| now.checked_duration_since(*started).unwrap_or(Duration::ZERO).as_secs();
    at_work.iter().map(|(lane, started)| format!("  {lane:<14} {} s", seconds(started))).collect()
}

/// Prints lines that stay.
pub fn say(lines: &str) {
    let _whole = at_work();
    if io::stdout().is_terminal() {
        print!("\r\x1b[K");
    }
    println!("{lines}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_are_at_work_are_counted_in_one_line() {
        let start = Instant::now();
        let later = start + Duration::from_secs(7);
        let line = counting(&[("style", start), ("miri", later)], later + Duration::from_secs(2));
        assert_eq!(line, "  style          9 s  miri           2 s");
        assert_eq!(counting(&[], start), "");
    }
}
