//! What both images share: where the region is, what the board can do, and the words on its wires.
//!
//! ```text
//!   0x1000_0000  code of core 0      0x3800_0000  data and stack of core 0
//!   0x1020_0000  code of core 1      0x3810_0000  data and stack of core 1
//!   0x3000_0000  COHABIT: the region (16 KiB), then the wires; seen by both, zeroed and loaded by neither
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `board.rs` | the chip: timer, the message unit that interrupts the other core, letting core 1 go |
//! | `bell.rs` | sleeping until the other core rings |
//! | `restart.rs` | what stands for core 1's reset line |
//! | `bin/core0.rs`, `bin/core1.rs` | the two images |
//! | `bin/figures/` | instructions and stack of the operations, counted and painted on one core |
#![cfg_attr(target_os = "none", no_std)]
#![cfg(target_os = "none")]

mod bell;
mod board;
mod restart;

pub use board::{An521, start_timer, ticks};

use cortex_m_rt::{ExceptionFrame, exception};
use scenario::{CONFIG, Wires, run::Memory};
use semihosting::process;

/// The region: first in its memory, so at the same address in both images.
#[unsafe(link_section = ".cohabit")]
pub static REGION: Memory = Memory::room_for(CONFIG);

/// What lies beside it. `used`: the other image writes here, too, which the compiler of this one cannot know.
#[used]
#[unsafe(link_section = ".cohabit.wires")]
pub static WIRES: Wires = Wires::new();

/// A fault of memory, of an instruction: ends the machine with 99 if it is core 0's, 98 if it is core 1's.
#[exception]
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    process::exit(99 - i32::from(board::is_core1()))
}
