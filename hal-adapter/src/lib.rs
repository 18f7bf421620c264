//! A [`cohabit`] region in SRAM that two cores share: one image or two, with or without an operating system.
//!
//! One core formats the region, the other opens it; then they take turns on the same live objects, talk by messages, and
//! wake each other. A core that is reset in the middle of its turn leaves every object whole.
//!
//! ```
//! use cohabit_hal::{Shared, cohabit::{AlwaysAlive, Config, Order}};
//!
//! // In a crate that both images use. On a board, `#[unsafe(link_section = ".cohabit")]` puts it where both see it.
//! const CONFIG: Config = Config::new().compact().journal(16).checked();
//! static REGION: Shared<4096> = Shared::room_for(CONFIG);
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Core 0, before it lets core 1 go:
//! // SAFETY: core 1 is held in reset.
//! let region = unsafe { REGION.format(CONFIG) }?;
//! // SAFETY: slot 0 is core 0's.
//! let mut zero = unsafe { region.join(0, &AlwaysAlive) }?;
//! zero.acquire()?.put_message("blink twice")?;
//!
//! // Core 1, which may have to wait for it:
//! let mut tries = 1000;
//! // SAFETY: core 0 works on it by cohabit, too.
//! let region = unsafe { REGION.open(|| { tries -= 1; tries > 0 }) }?;
//! // SAFETY: slot 1 is core 1's.
//! let mut one = unsafe { region.join(1, &AlwaysAlive) }?;
//! let mut turn = one.acquire()?;
//! let message = turn.take_message(Order::Fifo)?.expect("core 0 has put one");
//! assert_eq!(message.value(&turn)?.as_text(), Some("blink twice"));
//! message.finish(&mut turn)?;
//! # Ok(())
//! # }
//! ```
//!
//! | module | idea |
//! |---|---|
//! | `shared` | memory that both images find at one address; who formats, who opens, and when |
//! | `alive` | is the other core alive: heartbeats, reset status |
//! | `bell`, `mailbox` | sleeping until the other core is done: SEV and WFE, interrupts |
//! | `alarm` | tasks that await a turn or a message |
//! | `barrier` | caches that do not talk to each other |
//! | [`chips`], `registers` | locks, mailboxes and caches of particular chips |
//!
//! # Features
//! Those of the core are on by default. A program with little flash leaves them out (`default-features = false`) and asks for what it uses:
//! exchanging messages takes a Cortex-M0+ 8 KiB then, and 24 KiB with `recovery`, which one of the two cores should have: the other one
//! is told to wait for it, [`TurnError::LeftToOther`](cohabit::TurnError::LeftToOther).
//!
#![doc = document_features::document_features!()]
//!
//! What a board must promise, in numbered sentences, is in the core's `docs/PORTING.md`.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(unsafe_code)]

#[cfg(feature = "async")]
mod alarm;
mod alive;
mod barrier;
mod bell;
#[allow(unsafe_code)]
pub mod chips;
mod mailbox;
#[allow(unsafe_code)]
mod registers;
#[allow(unsafe_code)]
mod shared;

#[cfg(feature = "async")]
pub use alarm::{Alarm, NextError};
pub use alive::{Beats, Heartbeat, ResetStatus};
pub use barrier::{CacheOps, Cached, Coherent};
#[cfg(feature = "cortex-m")]
pub use bell::Event;
pub use bell::{Bell, Doorbell, Doze};
pub use cohabit;
pub use mailbox::{Ear, Mailbox};
pub use registers::{Mmio, Registers};
pub use shared::{Shared, meet, seen_elsewhere};
