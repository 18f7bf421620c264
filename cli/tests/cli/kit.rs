//! What this suite's files share: the program, and how it ends.

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::process::ExitStatusExt as _,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use cohabit_testkit::Dir;

/// No command takes longer, unless something hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// A file with these contents; goes when dropped.
pub struct File {
    path: String,
    _folder: Dir,
}

impl File {
    pub fn new(contents: &[u8]) -> File {
        let folder = Dir::new("document");
        let path = folder.file("document.json");
        fs::write(&path, contents).unwrap();
        File { path: path.into_os_string().into_string().unwrap(), _folder: folder }
    }

    pub fn path(&self) -> &str {
        &self.path
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
