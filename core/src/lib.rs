//! Live, mutable object graphs in memory that processes and CPU cores share.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod config;
mod container;
mod door;
mod error;
mod format;
mod handle;
mod heap;
mod message;
mod region;
mod sync;
mod turn;
mod value;

pub use config::Config;
pub use container::{Entry, Key, ListIter, MapIter};
#[cfg(crash_points)]
#[doc(hidden)]
pub use door::crash;
pub use error::Error;
pub use format::{ArbiterKind, FORMAT_VERSION, FormatError, MAX_PARTIES, OpenError, REGION_ALIGN};
pub use handle::{Bytes, List, Map, Message, Text};
pub use heap::{Audit, AuditError, Fault, Recovery, Stats};
pub use message::{MessageIter, Order};
pub use region::{Info, Region, SlotView};
pub use turn::{
    AlwaysAlive, Barrier, JoinError, Liveness, Next, Party, Recovered, Relax, Turn, TurnError, Wait, Waiting, Wake,
};
pub use value::{Input, Item, Object, Value};
