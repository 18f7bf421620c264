//! What both images share: where the region is, what the machine can do, and the words on its wires.
//!
//! ```text
//!   0x8000_0000  code of hart 0      0x8010_0000  data and stack of hart 0
//!   0x8020_0000  code of hart 1      0x8030_0000  data and stack of hart 1
//!   0x8040_0000  COHABIT: the region (16 KiB), then the wires; seen by both, zeroed and loaded by neither
//! ```
//!
//! Both harts start in hart 0's image, where hart 1 sleeps until it is sent to its own.
//!
//! | file | idea |
//! |---|---|
//! | `start.rs` | from reset to `main`; traps |
//! | `board.rs` | the machine: time, software interrupts, starting and resetting hart 1 |
//! | `bin/hart0.rs`, `bin/hart1.rs` | the two images |
#![cfg_attr(target_os = "none", no_std)]
#![cfg(target_os = "none")]

mod board;
mod start;

pub use board::Virt;

use scenario::{CONFIG, Wires, run::Memory};

/// The region: first in its memory, so at the same address in both images.
#[unsafe(link_section = ".cohabit")]
pub static REGION: Memory = Memory::room_for(CONFIG);

/// What lies beside it. `used`: the other image writes here, too, which the compiler of this one cannot know.
#[used]
#[unsafe(link_section = ".cohabit.wires")]
pub static WIRES: Wires = Wires::new();
