//! Live, mutable object graphs in memory that processes and CPU cores share.
#![no_std]

mod config;
mod door;
mod error;
mod format;
mod heap;
mod region;
mod sync;
mod turn;

pub use config::Config;
#[cfg(crash_points)]
#[doc(hidden)]
pub use door::crash;
pub use error::Error;
pub use format::{ArbiterKind, FORMAT_VERSION, FormatError, MAX_PARTIES, OpenError, REGION_ALIGN};
pub use heap::Recovery;
pub use region::{Info, Region, SlotView};
pub use turn::{
    AlwaysAlive, Barrier, JoinError, Liveness, Next, Party, Recovered, Relax, Turn, TurnError, Wait, Waiting,
    Wake,
};
