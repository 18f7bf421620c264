//! Names of segments and folders that nobody else has, gone when they are dropped, failed test or not.
//!
//! ```text
//!   /dev/shm/cohabit.testkit-PID-NUMBER-LABEL       $TMPDIR/cohabit.testkit-PID-NUMBER-LABEL/
//! ```
//!
//! What even so stays behind, because the program itself was killed, goes when the next one makes its first name: a name says
//! whose it is, and that process is gone.

use std::{
    env, fs,
    ops::Deref,
    path::{Path, PathBuf},
    process,
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Names begin so; then the process, a number, what for.
const PREFIX: &str = "testkit-";
/// Files and folders begin so, those of segments because the library wants it.
const FILES: &str = "cohabit.";
/// Where Linux keeps segments.
const SHM: &str = "/dev/shm";

/// All numbers are equally long, so names are if their labels are.
fn unique(label: &str) -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    static SWEPT: Once = Once::new();
    SWEPT.call_once(sweep);
    format!("{PREFIX}{}-{:04}-{label}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Removes what is left of processes that are no more.
pub(crate) fn sweep() {
    for folder in [SHM.into(), env::temp_dir()] {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_str().and_then(|name| name.strip_prefix(FILES)?.strip_prefix(PREFIX));
            let owner = name.and_then(|name| name.split_once('-')?.0.parse::<u32>().ok());
            if owner.is_some_and(|owner| !Path::new(&format!("/proc/{owner}")).exists()) {
                let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir_all(entry.path()));
            }
        }
    }
}

/// The name of a segment that nobody else has; the segment goes when this is dropped. Of a failed test a copy stays, for
/// whoever looks into it.
pub struct Name(String);

impl Name {
    /// A new one, with `label` at its end.
    pub fn new(label: &str) -> Name {
        Name(unique(label))
    }

    /// The segment as a file.
    pub fn path(&self) -> PathBuf {
        Path::new(SHM).join(format!("{FILES}{}", self.0))
    }

    /// Whether there is a segment of this name.
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
        let kept = env::temp_dir().join(format!("cohabit-failed-{}", self.0));
        if thread::panicking() && fs::copy(self.path(), &kept).is_ok() {
            println!("    a copy of the region is in {}", kept.display());
        }
        let _ = fs::remove_file(self.path());
    }
}

/// A folder of one test alone, gone when dropped.
pub struct Dir(PathBuf);

impl Dir {
    /// A new one, with `label` at the end of its name.
    pub fn new(label: &str) -> Dir {
        let path = env::temp_dir().join(format!("{FILES}{}", unique(label)));
        fs::create_dir_all(&path).expect("a folder for a test");
        Dir(path)
    }

    /// The path of the file of this name.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
