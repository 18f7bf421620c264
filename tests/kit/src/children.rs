//! Children that are this program again, in a role.
//!
//! A child never outlives who started it: the kernel kills it when that thread ends, however that comes about, and a failed test
//! kills it by dropping it.
//!
//! ```text
//!   parent                                 child: /proc/self/exe, the role and its arguments in the environment
//!   other.expect("ready")  <-- stdout ---  say("ready ...")
//!   other.go()             --- stdin --->  pause()
//!   other.kill() / finish()
//! ```
//!
//! A program with a `main` of its own asks for its [`role`] first of all. Under the standard harness a test called `as_child` does,
//! and returns at once if there is none; in a child it is the only test that runs, because [`command`] names it.
//!
//! Everything here panics when the system refuses or a child does something else than expected: then the test has failed.

use std::{
    env,
    io::{self, BufRead, BufReader, Write},
    process::{self, Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

/// The variable with the parent's id, the role and the arguments.
const ROLE: &str = "COHABIT_TESTKIT_ROLE";
/// What separates them.
const SEPARATOR: &str = "\u{1f}";
/// What a child says begins so. The harness prints other lines, and the beginning of a line in front of the first one.
const SAID: char = '@';
/// Longest that a child may be silent while the parent waits for a word. Generous: the machine may be busy.
const SILENCE: Duration = Duration::from_secs(120);

/// In a child: its role and arguments. None in the program that was started by hand or by cargo.
pub fn role() -> Option<(String, Vec<String>)> {
    let all = env::var(ROLE).ok()?;
    let mut words = all.split(SEPARATOR).map(str::to_owned);
    let (parent, role) = (words.next()?, words.next()?);
    set_parent_process_death_signal(Some(Signal::KILL)).expect("Linux has it");
    // The parent may have died before that was asked for.
    if getppid().map(Pid::as_raw_nonzero).is_none_or(|now| now.to_string() != parent) {
        process::exit(2);
    }
    Some((role, words.collect()))
}

/// The command for a child in `role`, its input and output piped.
pub fn command(role: &str, arguments: &[&str]) -> Command {
    let parent = process::id().to_string();
    let words = [&[&*parent, role], arguments].concat();
    let mut command = Command::new("/proc/self/exe");
    command.args(["as_child", "--nocapture", "--test-threads=1"]).env(ROLE, words.join(SEPARATOR));
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Another process; killed when dropped.
pub struct Other {
    child: Child,
    lines: Receiver<String>,
    input: Option<ChildStdin>,
}

impl Other {
    /// A child in `role`.
    pub fn spawn(role: &str, arguments: &[&str]) -> Other {
        Other::run(&mut command(role, arguments))
    }

    /// What [`command`] gave, with changes.
    pub fn run(command: &mut Command) -> Other {
        let mut child = command.spawn().expect("this program, again");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = channel();
        // Ends with the child.
        thread::spawn(move || {
            let said = output.lines().map_while(Result::ok);
            let mut said = said.filter_map(|line| line.split_once(SAID).map(|(_, said)| said.to_owned()));
            said.all(|line| sender.send(line).is_ok())
        });
        let input = child.stdin.take();
        Other { child, lines, input }
    }

    /// Waits until the child says `word`; answers with the rest of that line.
    #[track_caller]
    pub fn expect(&mut self, word: &str) -> String {
        match self.lines.recv_timeout(SILENCE) {
            Ok(line) => match line.strip_prefix(word) {
                Some(rest) => rest.trim().to_owned(),
                None => panic!("expected {word:?} of the child; it said {line:?}"),
            },
            Err(_) => panic!("the child did not say {word:?}; its end: {:?}", self.child.try_wait()),
        }
    }

    /// Lets a child go on that waits in [`pause`].
    pub fn go(&mut self) {
        self.input.as_mut().expect("a pipe").write_all(b"\n").expect("a child that listens");
    }

    /// SIGKILL, and wait until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).expect("a child of ours");
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child of ours")
    }

    /// Waits for it to end by itself, and well.
    #[track_caller]
    pub fn finish(mut self) {
        drop(self.input.take());
        let status = self.child.wait().expect("a child of ours");
        assert!(status.success(), "the child ended with {status}");
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In a child: says a line to the parent.
pub fn say(line: &str) {
    println!("{SAID}{line}");
}

/// In a child: waits until the parent says go. If there is no parent any more, this is the end.
pub fn pause() {
    if io::stdin().read_line(&mut String::new()).unwrap_or(0) == 0 {
        process::exit(2);
    }
}

/// In a child: does nothing until killed.
pub fn hang() -> ! {
    loop {
        thread::park();
    }
}
