//! What the suites share: names that clean up after themselves, and children that are this test binary again.
#![allow(dead_code, reason = "each suite uses its own part")]

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio, id},
    time::Duration,
};

/// A segment name of this process alone; the segment goes when this is dropped, failed test or not.
pub struct Name(String);

impl Name {
    pub fn new(label: &str) -> Name {
        Name(format!("test-{}-{label}", id()))
    }

    /// Where Linux keeps it.
    pub fn path(&self) -> PathBuf {
        Path::new("/dev/shm").join(format!("cohabit.{}", self.0))
    }
}

impl std::ops::Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.path());
    }
}

/// A directory of this test alone.
pub struct Dir(PathBuf);

impl Dir {
    pub fn new(label: &str) -> Dir {
        let path = env::temp_dir().join(format!("cohabit-test-{}-{label}", id()));
        fs::create_dir_all(&path).unwrap();
        Dir(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const ROLE: &str = "COHABIT_TEST_ROLE";

/// The role and argument this process was spawned with; `None` in the process that cargo started.
pub fn role() -> Option<(String, String)> {
    let both = env::var(ROLE).ok()?;
    let (role, argument) = both.split_once(' ')?;
    Some((role.to_owned(), argument.to_owned()))
}

/// Another process that runs the test `as_child` of this binary, and no other one; killed when dropped.
pub struct Other {
    child: Child,
    lines: BufReader<ChildStdout>,
    input: Option<ChildStdin>,
}

/// The command for a child in `role`, which finds both in [`role`].
pub fn command(role: &str, argument: &str) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command
        .args(["as_child", "--nocapture", "--test-threads=1"])
        .env(ROLE, format!("{role} {argument}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

impl Other {
    pub fn spawn(role: &str, argument: &str) -> Other {
        Other::run(command(role, argument))
    }

    pub fn run(mut command: Command) -> Other {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let input = child.stdin.take();
        Other { child, lines, input }
    }

    /// Waits until the child has said `word`; returns what follows it on the line.
    pub fn expect(&mut self, word: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "the child ended before it said {word:?}");
            // The harness prints "test as_child ... " without a line end in front of the first word.
            if let Some((_, rest)) = line.split_once(&format!("@{word}")) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Lets a child go on that waits in [`pause`].
    pub fn go(&mut self) {
        self.input.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    /// SIGKILL, and wait until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGKILL without waiting.
    pub fn kill_now(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits for it to end by itself and well.
    pub fn finish(mut self) {
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In a child: says `word` to the parent.
pub fn say(word: &str) {
    println!("@{word}");
}

/// In a child: waits until the parent says go.
pub fn pause() {
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
}

/// In a child: does nothing until killed.
pub fn hang() -> ! {
    loop {
        std::thread::sleep(Duration::from_secs(60));
    }
}
