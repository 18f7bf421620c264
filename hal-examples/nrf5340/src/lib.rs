//! What both images of the nRF5340 must agree on: the region, the signs of life behind it, and the mailbox's channels.
#![no_std]

use core::panic::PanicInfo;

use cohabit_hal::{Beats, Shared};
use embassy_nrf::ipc::IpcChannel;
use station::{CONFIG, LEN};

/// The region, where `app.x` and `net.x` put it: the same place.
#[unsafe(link_section = ".cohabit")]
pub static REGION: Shared<LEN> = Shared::room_for(CONFIG);

/// Signs of life, behind it.
#[unsafe(link_section = ".cohabit.beats")]
pub static BEATS: Beats<2> = Beats::new();

/// The application core rings here when it has changed the settings.
pub const NEWS: IpcChannel = IpcChannel::Channel0;

/// Stops this core where a debugger can see it.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    cortex_m::asm::udf()
}
