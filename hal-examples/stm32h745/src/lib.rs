//! What both images of the STM32H745 must agree on: the region, what lies beside it, and the bells.
#![no_std]

use core::{
    mem::MaybeUninit,
    panic::PanicInfo,
    sync::atomic::{AtomicU32, Ordering},
};

use cohabit_hal::{Beats, Cached, Shared, chips::cortex_m7::M7Cache, cohabit::Config};
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use embassy_stm32::SharedData;
use station::LEN;

/// Two slots, each in cache lines of its own, and a heap area that begins on one.
pub const CONFIG: Config = Cached::<M7Cache>::fitting(Config::new().stride(64).journal(16).checked(), LEN);

/// The region, where `shared.x` puts it.
#[unsafe(link_section = ".cohabit")]
pub static REGION: Shared<LEN> = Shared::room_for(CONFIG);

/// Signs of life, in memory that no cache holds.
#[unsafe(link_section = ".uncached.beats")]
pub static BEATS: Beats<2> = Beats::new();

/// How the HAL of one core tells the other's that the clocks are set up.
#[unsafe(link_section = ".uncached.hal")]
pub static HAL: MaybeUninit<SharedData> = MaybeUninit::uninit();

/// The semaphore that rings at the M4.
pub const BELL_M4: u8 = 0;
/// The semaphore that rings at the M7.
pub const BELL_M7: u8 = 1;

/// Milliseconds of this core.
static TICKS: AtomicU32 = AtomicU32::new(0);

/// Milliseconds since [`start_ticking`].
pub fn now() -> u32 {
    TICKS.load(Ordering::Relaxed)
}

/// A tick a millisecond, which also ends every sleep: both cores start on the internal oscillator of 64 MHz and stay there.
pub fn start_ticking(syst: &mut SYST) {
    syst.set_clock_source(SystClkSource::Core);
    syst.set_reload(64_000 - 1);
    syst.clear_current();
    syst.enable_counter();
    syst.enable_interrupt();
}

#[cortex_m_rt::exception]
fn SysTick() {
    TICKS.fetch_add(1, Ordering::Relaxed);
}

/// Sleeps.
pub fn pause(ms: u32) {
    let start = now();
    while now().wrapping_sub(start) < ms {
        cortex_m::asm::wfi();
    }
}

/// Stops this core where a debugger can see it.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    cortex_m::asm::udf()
}
