//! Shared memory of the operating system for [`cohabit`]: processes that work on the same live objects.
//!
//! One process creates a segment, others open it, and all take turns on the objects inside. A process that is killed in the
//! middle of its turn is noticed, and the next one finds every object whole.
//!
//! ```no_run
//! // One process...
//! let mut me = cohabit_std::create("shop", cohabit_std::Options::new())?;
//! let mut turn = me.acquire()?;
//! // ... puts objects into the region here, and drops the turn: everybody else may have it.
//! drop(turn);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod creation;
mod entry;
mod error;
mod liveness;
mod member;
mod options;
mod os;
mod segment;
mod waiting;

pub use entry::{
    create, create_anonymous, create_file, list, open, open_file, open_or_create, open_wait, unlink,
};
pub use error::{CreateError, ListError, MemberError, NameError, OpenError, OpenOrCreateError, UnlinkError};
pub use member::Member;
pub use options::Options;

/// The core, for its values, containers, messages and errors.
pub use cohabit;
