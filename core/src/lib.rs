//! Live, mutable object graphs in memory that processes and CPU cores share.
#![no_std]

mod door;
mod error;
mod heap;

#[cfg(crash_points)]
#[doc(hidden)]
pub use door::crash;
pub use error::Error;
pub use heap::Recovery;
