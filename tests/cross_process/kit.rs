//! Names that clean up after themselves, and children that are this program again.
//!
//! A child never outlives this program: the kernel kills it when its parent dies, however that came about, and a failed
//! test kills it by dropping it. Names that even so stay behind (the program itself was killed) go at the next start.
//!
//! ```text
//!   parent                                 child: /proc/self/exe --as-child ROLE PARENT ARGUMENTS...
//!   other.expect("ready")  <-- stdout ---  say("ready ...")
//!   other.go()             --- stdin --->  pause()
//!   other.kill() / finish()
//! ```
#![forbid(unsafe_code)]

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    ops::Deref,
    path::{Path, PathBuf},
    process::{self, Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant, SystemTime},
};

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

/// Names of segments begin so; then the process, a number, what for.
const PREFIX: &str = "cross-";
/// Where Linux keeps them.
const SHM: &str = "/dev/shm";
/// Longest that a child may be silent while the parent waits for a word. Generous: the machine may be busy.
const SILENCE: Duration = Duration::from_secs(120);
/// Longest that one test may take.
const TEST: Duration = Duration::from_secs(300);

static COUNTER: AtomicUsize = AtomicUsize::new(0);

fn unique(label: &str) -> String {
    format!("{PREFIX}{}-{}-{label}", process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// The name of a segment that nobody else has; the segment goes when this is dropped, failed test or not. Of a failed test a
/// copy stays, for whoever looks into it.
pub struct Name(String);

impl Name {
    pub fn new(label: &str) -> Name {
        Name(unique(label))
    }

    /// The segment as a file.
    pub fn path(&self) -> PathBuf {
        Path::new(SHM).join(format!("cohabit.{}", self.0))
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let kept = env::temp_dir().join(format!("cohabit-failed-{}", self.0));
        if thread::panicking() && fs::copy(self.path(), &kept).is_ok() {
            println!("    a copy of the region is in {}", kept.display());
        }
        let _ = fs::remove_file(self.path());
    }
}

/// A directory of this test alone, gone when dropped.
pub struct Dir(PathBuf);

impl Dir {
    pub fn new(label: &str) -> Dir {
        let path = env::temp_dir().join(unique(label));
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

/// Removes what earlier runs left behind that were killed themselves.
pub fn sweep() {
    let places = [(PathBuf::from(SHM), format!("cohabit.{PREFIX}")), (env::temp_dir(), PREFIX.to_owned())];
    for (folder, prefix) in places {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let owner = name.to_str().and_then(|name| name.strip_prefix(&*prefix)?.split_once('-'));
            let Some(owner) = owner.and_then(|(owner, _)| owner.parse::<u32>().ok()) else { continue };
            if !Path::new(&format!("/proc/{owner}")).exists() {
                let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir_all(entry.path()));
            }
        }
    }
}

const AS_CHILD: &str = "--as-child";

/// In a child: its role and arguments. None in the program that was started by hand or by cargo.
pub fn role() -> Option<(String, Vec<String>)> {
    let mut words = env::args().skip(1);
    if words.next()? != AS_CHILD {
        return None;
    }
    let (role, parent) = (words.next()?, words.next()?);
    set_parent_process_death_signal(Some(Signal::KILL)).unwrap();
    // The parent may have died before that was asked for.
    if getppid().map(Pid::as_raw_nonzero).is_none_or(|now| now.to_string() != parent) {
        process::exit(2);
    }
    Some((role, words.collect()))
}

/// The command for a child in `role`.
pub fn command(role: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.args([AS_CHILD, role, &process::id().to_string()]).args(arguments);
    command
}

/// Another process; killed when dropped.
pub struct Other {
    child: Child,
    lines: Receiver<String>,
    input: Option<ChildStdin>,
}

impl Other {
    pub fn spawn(role: &str, arguments: &[&str]) -> Other {
        Other::run(command(role, arguments).stdin(Stdio::piped()))
    }

    /// Runs it with whatever `command` says is its input.
    pub fn run(command: &mut Command) -> Other {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        // Ends with the child.
        thread::spawn(move || output.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        let input = child.stdin.take();
        Other { child, lines, input }
    }

    /// Waits until the child says `word`; answers with the rest of that line.
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
        self.input.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    /// SIGKILL, and wait until it is gone.
    pub fn kill(&mut self) {
        self.kill_at_once();
        self.child.wait().unwrap();
    }

    /// SIGKILL without waiting for the end.
    pub fn kill_at_once(&mut self) {
        self.child.kill().unwrap();
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits for it to end by itself, and well.
    pub fn finish(mut self) {
        drop(self.input.take());
        let status = self.child.wait().unwrap();
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
    println!("{line}");
}

/// In a child: waits until the parent says go. If there is no parent any more, this is the end.
pub fn pause() {
    if std::io::stdin().read_line(&mut String::new()).unwrap_or(0) == 0 {
        process::exit(2);
    }
}

/// In a child: does nothing until killed.
pub fn hang() -> ! {
    loop {
        thread::park();
    }
}

/// Milliseconds on a clock that all processes share.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    since.as_millis() as i64
}

/// Random enough to kill by (splitmix64).
pub struct Random(pub u64);

impl Random {
    /// Another one at each call.
    pub fn fresh_seed() -> u64 {
        use std::hash::{BuildHasher, RandomState};
        RandomState::new().hash_one(now_ms())
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// Less than `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }
}

/// Runs a test; if it hangs, ends this program, and the children with it.
pub fn watched(name: &str, test: impl FnOnce() -> bool) -> bool {
    let (end, ended) = channel();
    let (name, limit) = (name.to_owned(), TEST + soak().unwrap_or_default());
    let watch = thread::spawn(move || {
        if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            println!("test {name} ... FAILED\nerror: it hangs; given up after {limit:?}");
            process::exit(101);
        }
    });
    let held = test();
    drop::<Sender<()>>(end);
    watch.join().unwrap();
    held
}

/// How long to soak, if that is what we are here for.
pub fn soak() -> Option<Duration> {
    let minutes = env::var("COHABIT_SOAK_MINUTES").ok()?;
    let minutes: u64 = minutes.parse().expect("COHABIT_SOAK_MINUTES is a number of minutes");
    Some(Duration::from_secs(60 * minutes))
}

/// Looks at the clock every few milliseconds, to learn how long the machine itself keeps a process from running that only
/// wants a little. On a busy machine everybody waits at times, whatever the protocol.
pub struct Metronome {
    end: Option<Sender<()>>,
    beat: Option<JoinHandle<Duration>>,
}

impl Metronome {
    pub fn start() -> Metronome {
        const EVERY: Duration = Duration::from_millis(3);
        let (end, ended) = channel::<()>();
        let beat = thread::spawn(move || {
            let mut worst = Duration::ZERO;
            loop {
                let slept = Instant::now();
                if ended.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
                    return worst;
                }
                worst = worst.max(slept.elapsed().saturating_sub(EVERY));
            }
        });
        Metronome { end: Some(end), beat: Some(beat) }
    }

    /// The longest that it was kept from running.
    pub fn stop(mut self) -> Duration {
        drop(self.end.take());
        self.beat.take().and_then(|beat| beat.join().ok()).unwrap_or_default()
    }
}

static NOTES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A part of the line that this program says about itself at the end.
pub fn note(text: String) {
    NOTES.lock().unwrap().push(text);
}

/// All notes in one line.
pub fn notes() -> String {
    NOTES.lock().unwrap().join("; ")
}
