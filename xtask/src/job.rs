//! Runs commands for a lane: output to the lane's log, a progress line with seconds, a time limit.
//!
//! A command is written as one would type it, `Step::cargo("clippy --workspace")`, and the log shows it so that it
//! can be typed again. Output goes straight from the child into the log file; nothing is piped through us, so
//! a lane that prints megabytes costs nothing and a killed one leaves all it said.
//!
//! ```text
//!   Step ──► Job::run ──► Ok            next step
//!                    └──► Err(Stop)     Failed: red.   Missing: a tool that a command would install.   NotHere: never on this machine.
//! ```
#![forbid(unsafe_code)]

use std::{
    ffi::OsString,
    fmt::Write as _,
    fs::{self, File},
    io::{self, IsTerminal, Read, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{place::Place, screen::Shown};

/// Why a lane went no further.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// A check did not hold.
    Failed(String),
    /// Something is not installed and could not be; says what, and the command that would.
    Missing(String),
    /// This kind of machine can never run the lane.
    NotHere(String),
}

/// One command.
pub struct Step {
    program: String,
    args: Vec<OsString>,
    env: Vec<(&'static str, OsString)>,
    own_target: Option<&'static str>,
    folder: Option<PathBuf>,
    limit: Option<Duration>,
}

impl Step {
    /// `program`, with arguments split at blanks.
    pub fn new(program: &str, args: &str) -> Step {
        let args = args.split_whitespace().map(OsString::from).collect();
        Step { program: program.into(), args, env: Vec::new(), own_target: None, folder: None, limit: None }
    }

    /// `cargo ARGS`; `cargo +nightly …` works too, for the `cargo` in PATH is rustup's.
    pub fn cargo(args: &str) -> Step {
        Step::new("cargo", args)
    }

    /// One more argument, taken as it is.
    pub fn arg(mut self, arg: impl Into<OsString>) -> Step {
        self.args.push(arg.into());
        self
    }

    /// More arguments, split at blanks.
    pub fn args(mut self, args: &str) -> Step {
        self.args.extend(args.split_whitespace().map(OsString::from));
        self
    }

    /// An environment variable for this command.
    pub fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Step {
        self.env.push((name, value.into()));
        self
    }

    /// A target directory of its own, `target/NAME`: for other compiler flags than the rest, which would
    /// otherwise build everything anew each time the flags change.
    pub fn own_target(mut self, name: &'static str) -> Step {
        self.own_target = Some(name);
        self
    }

    /// Runs in a folder, given from the root on, whose `.cargo/config.toml` then counts: board programs name their target there.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Step {
        self.folder = Some(folder.into());
        self
    }

    /// A time limit of its own, shorter than the lane's.
    pub fn seconds(mut self, limit: u64) -> Step {
        self.limit = Some(Duration::from_secs(limit));
        self
    }

    /// As one would type it in the root.
    pub fn typed(&self) -> String {
        let mut line = String::new();
        if let Some(folder) = &self.folder {
            let _ = write!(line, "cd {} && ", quoted(&folder.to_string_lossy()));
        }
        for (name, value) in &self.env {
            let _ = write!(line, "{name}={} ", quoted(&value.to_string_lossy()));
        }
        if let Some(dir) = self.own_target {
            let _ = write!(line, "CARGO_TARGET_DIR=target/{dir} ");
        }
        line.push_str(&self.program);
        for arg in &self.args {
            let _ = write!(line, " {}", quoted(&arg.to_string_lossy()));
        }
        line
    }

    /// Enough to know it by, `cargo clippy`; the log has the rest.
    fn short(&self) -> String {
        let words = self.args.iter().filter_map(|arg| arg.to_str()).filter(|arg| !arg.starts_with('+'));
        // Miri is itself a `cargo` before a command.
        let kept = if self.args.iter().any(|arg| arg == "miri") { 2 } else { 1 };
        [self.program.as_str()].into_iter().chain(words.take(kept)).collect::<Vec<_>>().join(" ")
    }

    fn command(&self, place: &Place) -> Command {
        let mut command = Command::new(&self.program);
        let folder = self.folder.as_ref().map_or(place.root.clone(), |folder| place.root.join(folder));
        command.args(&self.args).current_dir(folder).stdin(Stdio::null());
        command.env(
            "CARGO_TARGET_DIR",
            self.own_target.map_or(place.target.clone(), |dir| place.target.join(dir)),
        );
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it with our own output, for verbs that are not lanes.
    pub fn in_the_open(&self, place: &Place) -> Result<bool, String> {
        println!("$ {}", self.typed());
        let status = self.command(place).status();
        status.map(|status| status.success()).map_err(|why| format!("cannot run `{}`: {why}", self.program))
    }
}

fn quoted(word: &str) -> String {
    if word.contains(char::is_whitespace) { format!("\"{word}\"") } else { word.into() }
}

/// A lane at work.
pub struct Job<'p> {
    /// The surroundings.
    pub place: &'p Place,
    lane: &'static str,
    log: File,
    shown: Shown,
    live: Option<File>,
    started: Instant,
    limit: Duration,
    notes: Vec<String>,
}

/// How often the child is looked at.
const LOOK: Duration = Duration::from_millis(50);

impl<'p> Job<'p> {
    /// Opens the lane's log anew. `live` also prints all that goes into it, as it comes.
    pub fn new(place: &'p Place, lane: &'static str, minutes: u64, live: bool) -> io::Result<Job<'p>> {
        let path = place.log(lane);
        fs::create_dir_all(path.parent().expect("the log lies in a folder"))?;
        let log = File::create(&path)?;
        let live = if live { Some(File::open(&path)?) } else { None };
        let limit = Duration::from_secs(minutes * 60);
        let shown = Shown::begin(lane);
        Ok(Job { place, lane, log, shown, live, started: Instant::now(), limit, notes: Vec::new() })
    }

    /// Something the table must show though the lane goes on.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        self.say(&format!("NOTE: {note}"));
        self.notes.push(note);
    }

    /// A line for the log.
    pub fn say(&mut self, line: &str) {
        let _ = writeln!(self.log, "{line}");
        self.show_live();
    }

    /// Time so far, and the notes.
    pub fn finish(mut self) -> (Duration, Vec<String>) {
        self.show_live();
        (self.started.elapsed(), self.notes)
    }

    /// Runs a command; anything but success stops the lane.
    pub fn run(&mut self, step: Step) -> Result<(), Stop> {
        let short = step.short();
        self.say(&format!("$ {}", step.typed()));
        let mut command = step.command(self.place);
        let stream = || self.log.try_clone().map(Stdio::from);
        let child = stream().and_then(|out| command.stdout(out).stderr(stream()?).spawn_in_group());
        let mut child =
            child.map_err(|why| Stop::Missing(format!("cannot run `{}`: {why}", step.program)))?;
        let begun = Instant::now();
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) => {}
                Err(why) => return Err(Stop::Failed(format!("lost sight of `{short}`: {why}"))),
            }
            if self.started.elapsed() > self.limit {
                child.end_group();
                let minutes = self.limit.as_secs() / 60;
                return Err(Stop::Failed(format!("not done after {minutes} minutes, ended in `{short}`")));
            }
            if let Some(limit) = step.limit.filter(|limit| begun.elapsed() > *limit) {
                child.end_group();
                self.show_live();
                return Err(Stop::Failed(format!("{short}: not done after {} s, ended", limit.as_secs())));
            }
            match self.live {
                Some(_) => self.show_live(),
                None => self.shown.tick(),
            }
            thread::sleep(LOOK);
        };
        self.show_live();
        if status.success() { Ok(()) } else { Err(Stop::Failed(format!("{short}: {status}"))) }
    }

    /// Runs a command, and sees whether it said each of these things.
    pub fn run_and_find(&mut self, step: Step, wanted: &[&str]) -> Result<(), Stop> {
        let short = step.short();
        let path = self.place.log(self.lane);
        let before = fs::metadata(&path).map_or(0, |log| log.len()) as usize;
        self.run(step)?;
        let log = fs::read(&path).unwrap_or_default();
        let said = String::from_utf8_lossy(log.get(before..).unwrap_or_default());
        match wanted.iter().find(|wanted| !said.contains(**wanted)) {
            None => Ok(()),
            Some(missing) => Err(Stop::Failed(format!("{short}: did not say \"{missing}\""))),
        }
    }

    /// Runs them all even when one fails, so that one run shows every mistake.
    pub fn run_all(&mut self, steps: impl IntoIterator<Item = Step>) -> Result<(), Stop> {
        let mut failed = Vec::new();
        for step in steps {
            if self.started.elapsed() > self.limit {
                break; // already told by the step that was ended
            }
            match self.run(step) {
                Err(Stop::Failed(why)) => failed.push(why),
                other => other?,
            }
        }
        failed.dedup();
        if failed.is_empty() { Ok(()) } else { Err(Stop::Failed(failed.join("; "))) }
    }

    fn show_live(&mut self) {
        let Some(live) = &mut self.live else { return };
        let mut fresh = Vec::new();
        if live.read_to_end(&mut fresh).is_ok() {
            let _ = io::stdout().write_all(&fresh);
            let _ = io::stdout().flush();
        }
    }
}

/// A group of its own lets a time limit end grandchildren too (cargo's test, the test's processes). With a
/// terminal at hand we stay in its group instead: Ctrl-C must reach them all.
trait Grouped {
    fn spawn_in_group(&mut self) -> io::Result<Child>;
}

impl Grouped for Command {
    fn spawn_in_group(&mut self) -> io::Result<Child> {
        #[cfg(unix)]
        if !io::stdin().is_terminal() {
            std::os::unix::process::CommandExt::process_group(self, 0);
        }
        self.spawn()
    }
}

trait EndGroup {
    fn end_group(&mut self);
}

impl EndGroup for Child {
    fn end_group(&mut self) {
        if cfg!(unix) && !io::stdin().is_terminal() {
            let _ = Command::new("sh").arg("-c").arg(format!("kill -KILL -{}", self.id())).status();
        }
        let _ = self.kill();
        let _ = self.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_shown_as_one_would_type_it() {
        let step =
            Step::cargo("test --lib").env("RUSTFLAGS", "--cfg loom").own_target("loom").arg("two words");
        assert_eq!(
            step.typed(),
            "RUSTFLAGS=\"--cfg loom\" CARGO_TARGET_DIR=target/loom cargo test --lib \"two words\""
        );
        assert_eq!(step.short(), "cargo test");
        assert_eq!(Step::cargo("+nightly miri test --lib").short(), "cargo miri test");
        assert_eq!(
            Step::cargo("run").folder("hal-examples/rp2040").typed(),
            "cd hal-examples/rp2040 && cargo run"
        );
    }
}
