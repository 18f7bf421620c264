//! What both images of the nRF5340 must agree on: the region, the signs of life behind it, and the bells.
#![no_std]

use core::panic::PanicInfo;

use cohabit_hal::{Beats, Shared};
use station::{CONFIG, LEN};

/// The region, where `app.x` and `net.x` put it: the same place.
#[unsafe(link_section = ".cohabit")]
pub static REGION: Shared<LEN> = Shared::room_for(CONFIG);

/// Signs of life, behind it.
#[unsafe(link_section = ".cohabit.beats")]
pub static BEATS: Beats<2> = Beats::new();

/// The IPC channel that rings at the network core.
pub const BELL_NET: u8 = 0;
/// The IPC channel that rings at the application core.
pub const BELL_APP: u8 = 1;

/// Stops this core where a debugger can see it.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    cortex_m::asm::udf()
}
