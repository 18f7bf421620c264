//! What the adapter asks of an operating system, one file per OS with the same function names.
//!
//! Everything above this folder is safe Rust that knows no OS: it sees an open [`File`], a [`Mapping`] of it, locks on
//! single bytes of it, and a word to sleep on. A new OS is one new file with these names:
//!
//! | name | what it promises |
//! |---|---|
//! | `create`, `open`, `create_memory`, `reopen`, `remove`, `list` | a file others can find by its [`Place`]; each `File` locks for itself |
//! | `reserve`, `seal`, `facts`, `first_word`, `is_still_at` | its size and its first word |
//! | `try_lock`, `unlock`, `is_locked_elsewhere` | a lock on one byte, gone when every holder of the `File` is |
//! | `sleep_on`, `wake_sleepers` | a sleep on a 32-bit word that other processes can end |
//! | `map`, `page_size`, `random`, `Birth` | memory, random bits, and whether this process is a forked copy |

use std::path::PathBuf;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
pub(crate) use unsupported::*;

/// Where other processes find a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// By a name in the system's shared memory.
    Named(String),
    /// By a path in the file system.
    Path(PathBuf),
    /// Nowhere: its descriptor must be handed over.
    Nowhere,
}

/// What `stat` says about an open file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    /// Bytes in it now.
    pub len: u64,
    /// An ordinary file, not a directory, pipe or device.
    pub regular: bool,
    /// Ours, and nobody else may open it.
    pub private: bool,
}

/// Why the OS declined, as far as the callers of this folder tell cases apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "each OS file has its own part of them")]
pub(crate) enum Fault {
    /// There is nothing of that name.
    Missing,
    /// There is something of that name already.
    Exists,
    /// There is something else than an ordinary file.
    NotAFile,
    /// This user may not.
    Denied,
    /// Not enough memory or disk.
    NoSpace,
    /// This OS has no implementation here yet.
    Unsupported,
    /// Anything else, with the OS's own number.
    Other(i32),
}
