//! What the suites of all packages share. It depends on none of them, so the core's own tests can use it, too.
//!
//! | module | idea |
//! |---|---|
//! | `random` | numbers that look random and are the same in every run |
//! | `names` | names of segments and folders that clean up after themselves |
//! | `children` | other processes, which are this program again |
#![forbid(unsafe_code)]

#[cfg(target_os = "linux")]
mod children;
#[cfg(target_os = "linux")]
mod names;
mod random;
#[cfg(all(test, target_os = "linux"))]
mod tests;

#[cfg(target_os = "linux")]
pub use children::{Other, command, hang, pause, role, say};
#[cfg(target_os = "linux")]
pub use names::{Dir, Name};
pub use random::Random;
