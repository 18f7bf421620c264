//! Shared memory of the operating system for [`cohabit`]: processes that work on the same live objects.
//!
//! One process creates a segment, others open it, and all take turns on the objects inside. Nothing is copied in or out. A
//! process that is killed in the middle of its turn is noticed, and the next one finds every object whole.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use cohabit_std::{Options, cohabit::Order, create, open_wait, unlink};
//! # let name = &format!("readme-{}", std::process::id());
//! # #[cfg(not(target_os = "linux"))] return Ok(());
//!
//! // One process. (`name` could be "jobs".)
//! let mut boss = create(name, Options::new().size(1 << 20))?;
//! let mut turn = boss.acquire()?;
//! let job = turn.new_map()?;
//! job.set(&mut turn, "resize", "cat.png")?;
//! turn.put_message(job)?;
//! drop(turn); // now others may
//!
//! // Another one; it may have started first.
//! let mut worker = open_wait(name, Duration::from_secs(5))?;
//! worker.wait_for_message(Duration::from_secs(5)); // asleep
//! let mut turn = worker.acquire()?;
//! let message = turn.take_message(Order::Fifo)?.expect("nobody else takes any");
//! let job = message.value(&turn)?.as_map().expect("a job is a map");
//! assert_eq!(job.get(&turn, "resize")?.and_then(|file| file.as_text()), Some("cat.png"));
//! message.finish(&mut turn)?; // had we died before, another worker would get it
//! # drop(turn);
//! # unlink(name)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What to know
//!
//! * **Names** stay until [`unlink`], also when every party has died. Files and nameless segments are there, too: see
//!   [`create_file`] and [`create_anonymous`].
//! * **Memory** is reserved at creation, all of it: a full `/dev/shm` is [`CreateError::NoSpace`] then, not a fault later. A
//!   file that somebody truncates behind our back is a fault all the same; of the nameless ones the kernel allows none.
//! * **Waiting** spins for 50 us, then sleeps. **Death** of a party is noticed within 20 ms by those whom it keeps waiting.
//! * **Fork** without exec: the child must drop the members it inherited and open the segment itself; see [`Member`].
//! * **Trust**: who may open a segment (this user, mode 0600) can destroy what is in it, and keep others from their turn. It
//!   cannot make them read outside of it.
//! * **Systems**: Linux. Elsewhere everything builds and answers `Unsupported`.
//!
//! `examples/counter.rs` is a program to start from.
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
