//! Where things are: the repository, the target directory, and whether this is a CI machine.
#![forbid(unsafe_code)]

use std::{
    env,
    path::{Path, PathBuf},
};

/// The surroundings, looked up once at start.
pub struct Place {
    /// The repository's root; every command runs there.
    pub root: PathBuf,
    /// `CARGO_TARGET_DIR` made absolute, or `target` in the root.
    pub target: PathBuf,
    /// `CI=true`: nobody is there to read a skip, so a skip fails.
    pub ci: bool,
}

impl Place {
    /// Looks around.
    pub fn find() -> Place {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root").to_owned();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            // A relative one counts from where cargo was called; our commands run elsewhere.
            Some(dir) => env::current_dir().unwrap_or_default().join(dir),
            None => root.join("target"),
        };
        let ci = env::var_os("CI").is_some_and(|ci| ci == "true");
        Place { root, target, ci }
    }

    /// The log of a lane.
    pub fn log(&self, lane: &str) -> PathBuf {
        self.target.join("xtask").join(format!("{lane}.log"))
    }

    /// A path as a person in the root would write it.
    pub fn shown<'p>(&self, path: &'p Path) -> std::path::Display<'p> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}
