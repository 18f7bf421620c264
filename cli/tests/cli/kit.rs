//! What the suites share: names that clean up after themselves, and the program with its ending.

use std::{
    fs,
    io::{Read as _, Write as _},
    ops::Deref,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// No command takes longer, unless something hangs.
const LIMIT: Duration = Duration::from_secs(60);

static NAMES: AtomicUsize = AtomicUsize::new(0);

/// A region's name of this test alone; the region goes with it.
pub struct Name(String);

impl Name {
    pub fn new(label: &str) -> Name {
        let number = NAMES.fetch_add(1, Ordering::Relaxed);
        Name(format!("cli-{}-{number}-{label}", std::process::id()))
    }

    /// Where Linux keeps it.
    pub fn path(&self) -> PathBuf {
        Path::new("/dev/shm").join(format!("cohabit.{}", self.0))
    }

    pub fn exists(&self) -> bool {
        self.path().exists()
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
        let _ = fs::remove_file(self.path());
    }
}

/// A file with these contents; goes when dropped.
pub struct File(PathBuf);

impl File {
    pub fn new(contents: &[u8]) -> File {
        let number = NAMES.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("cohabit-cli-{}-{number}.json", std::process::id()));
        fs::write(&path, contents).unwrap();
        File(path)
    }

    pub fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// How a command ended, and what it printed.
#[derive(Debug)]
pub struct Ended {
    pub status: i32,
    pub out: Vec<u8>,
    pub err: String,
}

impl Ended {
    /// It did it, and had nothing to complain about.
    #[track_caller]
    pub fn well(self) -> String {
        assert_eq!((self.status, self.err.as_str()), (0, ""));
        String::from_utf8(self.out).unwrap()
    }

    /// It could not do it: this status, nothing on standard output, one line on standard error with these words.
    #[track_caller]
    pub fn refused(self, status: i32, words: &str) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.out.is_empty(), "{self:?}");
        assert!(self.err.starts_with("cohabit: ") && self.err.ends_with('\n'), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        assert!(self.err.contains(words), "wanted {words:?} in {self:?}");
        self.err
    }
}

/// The program, to be started with pipes.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cohabit"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program to its end.
pub fn cohabit(args: &[&str]) -> Ended {
    cohabit_with(args, b"")
}

/// Runs the program to its end, with this on its standard input.
pub fn cohabit_with(args: &[&str], input: &[u8]) -> Ended {
    let mut child = command(args).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeder = thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let ended = wait(child, &format!("{args:?}"));
    feeder.join().unwrap();
    ended
}

/// Waits for the end of a program, reading what it prints.
pub fn wait(mut child: Child, what: &str) -> Ended {
    let out = child.stdout.take().map(|mut pipe| {
        thread::spawn(move || {
            let mut out = Vec::new();
            pipe.read_to_end(&mut out).map(|_| out).unwrap()
        })
    });
    let err = child.stderr.take().map(|mut pipe| {
        thread::spawn(move || {
            let mut err = String::new();
            pipe.read_to_string(&mut err).map(|_| err).unwrap()
        })
    });
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > LIMIT {
            child.kill().unwrap();
            panic!("{what} hangs");
        }
        thread::sleep(Duration::from_millis(1));
    };
    Ended {
        status: status.code().unwrap_or_else(|| -status.signal().unwrap_or(0)),
        out: out.map_or_else(Vec::new, |reader| reader.join().unwrap()),
        err: err.map_or_else(String::new, |reader| reader.join().unwrap()),
    }
}

/// Puts a document.
#[track_caller]
pub fn put(name: &str, document: &str) {
    cohabit_with(&["put", name, "-", "--size", "4M"], document.as_bytes()).well();
}

/// Takes a document; without the line end.
#[track_caller]
pub fn take(name: &str) -> String {
    let line = cohabit(&["take", name]).well();
    line.strip_suffix('\n').expect("a line").to_owned()
}

/// What `check` says of a region that has to be sound.
#[track_caller]
pub fn check(name: &str) -> String {
    cohabit(&["check", name]).well()
}

/// Numbers that look random and are the same in each run.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
