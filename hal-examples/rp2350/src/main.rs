//! A measuring station on the two Cortex-M33 of an RP2350: core 1 samples, core 0 looks and changes the settings.
//!
//! ```text
//!   core 0: format the region ─► start core 1 ─► look, change settings, print; every 50 ms
//!   core 1:                      open the region ─► sample, beat; every 5 or 10 ms, as the settings say
//! ```
//!
//! What is RP2350 about it:
//! - The hardware spinlocks are no help: a write to other SIO registers releases them (erratum E2). The turn uses none.
//! - A core that waits for its turn sleeps by `WFE`, and the other wakes it by `SEV`. Since a dead core wakes nobody, a SysTick
//!   ends the sleep every 10 ms, and the other core's heart is listened to.
//! - The SRAM is behind no cache, and one domain for `DMB`: fences are enough.
//!
//! | pin of the Pico 2 | is | for |
//! |---|---|---|
//! | 1 (GPIO 0) | UART0 TX, 115200 baud | what core 0 says |
//!
//! `cargo run --release` flashes and starts it with a debug probe; `.cargo/config.toml` names another way.
#![no_std]
#![no_main]

use core::{fmt::Write, panic::PanicInfo};

use cohabit_hal::{Beats, Bell, Doze, Event, Heartbeat, Shared, cohabit::AlwaysAlive};
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_rt::exception;
use embedded_hal::delay::DelayNs;
use hal::{
    Clock, Sio, Timer, Watchdog,
    clocks::init_clocks_and_plls,
    fugit::RateExtU32,
    gpio::Pins,
    multicore::{Multicore, Stack},
    pac,
    timer::CopyableTimer0,
    uart::{DataBits, StopBits, UartConfig, UartPeripheral},
};
use rp235x_hal as hal;
use station::{CONFIG, CONSOLE, Console, LEN, SAMPLER, Sampler, Sensor};

/// The region, where `memory.x` puts it.
#[unsafe(link_section = ".cohabit")]
static REGION: Shared<LEN> = Shared::room_for(CONFIG);

/// Signs of life, behind it.
#[unsafe(link_section = ".cohabit.beats")]
static BEATS: Beats<2> = Beats::new();

/// What the boot ROM wants to know: a program for the Arm cores, secure.
#[unsafe(link_section = ".start_block")]
#[used]
static IMAGE_DEF: hal::block::ImageDef = hal::block::ImageDef::secure_exe();

/// Core 1's stack, 4 KiB.
static STACK: Stack<1024> = Stack::new();

/// The crystal of a Pico 2.
const CRYSTAL_HZ: u32 = 12_000_000;

/// Microseconds of silence after which core 1 is taken for hung.
const SILENCE: u32 = 500_000;

/// Wakes the other core when a turn ends.
static BELL: Bell<Event> = Bell(Event);

#[hal::entry]
fn main() -> ! {
    let (Some(mut pac), Some(mut core)) = (pac::Peripherals::take(), cortex_m::Peripherals::take()) else {
        panic!("core 0 comes here once")
    };
    let mut watchdog = Watchdog::new(pac.WATCHDOG);
    let clocks = init_clocks_and_plls(
        CRYSTAL_HZ,
        pac.XOSC,
        pac.CLOCKS,
        pac.PLL_SYS,
        pac.PLL_USB,
        &mut pac.RESETS,
        &mut watchdog,
    );
    let Ok(clocks) = clocks else { panic!("a crystal of 12 MHz") };
    let mut sio = Sio::new(pac.SIO);
    let pins = Pins::new(pac.IO_BANK0, pac.PADS_BANK0, sio.gpio_bank0, &mut pac.RESETS);
    let pins = (pins.gpio0.into_function(), pins.gpio1.into_function());
    let line = UartPeripheral::new(pac.UART0, pins, &mut pac.RESETS).enable(
        UartConfig::new(115_200.Hz(), DataBits::Eight, None, StopBits::One),
        clocks.peripheral_clock.freq(),
    );
    let Ok(mut line) = line else { panic!("a usual speed") };
    let timer = Timer::new_timer0(pac.TIMER0, &mut pac.RESETS, &clocks);
    let hertz = clocks.system_clock.freq().to_Hz();
    tick(&mut core.SYST, hertz);

    // SAFETY: core 1 has not been started; it opens the region, in `sample`.
    let region = unsafe { REGION.format(CONFIG) }.expect("room for it, as `room_for` has checked");
    let clock = || timer.get_counter().ticks() as u32;
    let core1_heart = Heartbeat::new(&BEATS, clock, SILENCE, |_| hold_core1());
    // SAFETY: slot 0 is core 0's, and it joins once.
    let party = unsafe { region.join(CONSOLE, &core1_heart) }.expect("there are two slots");
    let mut console = Console::new(party.with_wake(&BELL)).expect("room for the station");

    let mut start_core1 = || {
        hold_core1();
        // SAFETY: core 1 is in reset: nobody uses its stack.
        unsafe { STACK.reset() };
        let stack = STACK.take().expect("just reset");
        let mut cores = Multicore::new(&mut pac.PSM, &mut pac.PPB, &mut sio.fifo);
        let started = cores.cores()[1].spawn(stack, move || sample(timer, hertz));
        started.expect("core 1 answers in its boot ROM");
    };
    start_core1();
    loop {
        // A UART refuses nothing, so there is no error to hand on.
        let _ = match console.step(&mut Doze::at(Event)) {
            Ok(report) => writeln!(line, "{report}\r"),
            Err(why) => writeln!(line, "{why}\r"),
        };
        // It hung in its turn, and `step` has waited, stopped it, and made the region whole. Or it hangs elsewhere.
        let life = region.slot(SAMPLER).map_or(0, |slot| slot.incarnation);
        if core1_is_held() || core1_heart.is_silent(SAMPLER, life) {
            let _ = writeln!(line, "core 1 is silent, starting it anew\r");
            start_core1();
        }
        timer.clone().delay_ms(50);
    }
}

/// Core 1.
fn sample(mut timer: Timer<CopyableTimer0>, hertz: u32) {
    // SAFETY: each core has a SysTick of its own, and this one's has not been touched since its reset.
    tick(&mut unsafe { cortex_m::Peripherals::steal() }.SYST, hertz);
    // SAFETY: core 0 has formatted it, and both use it by `cohabit` alone.
    let region = unsafe { REGION.open(|| true) }.expect("core 0 is of the same release");
    // SAFETY: slot 1 is core 1's, which core 0 has just started.
    let party = unsafe { region.join(SAMPLER, &AlwaysAlive) }.expect("there are two slots");
    let mut sampler = Sampler::new(party.with_wake(&BELL), Sensor::new()).expect("core 0 has furnished it");
    loop {
        let pause = sampler.step(&mut Doze::at(Event)).expect("well");
        BEATS.beat(SAMPLER);
        timer.delay_ms(pause);
    }
}

/// Ends every sleep of this core after 10 ms.
fn tick(syst: &mut SYST, hertz: u32) {
    syst.set_clock_source(SystClkSource::Core);
    syst.set_reload(hertz / 100 - 1);
    syst.clear_current();
    syst.enable_counter();
    syst.enable_interrupt();
}

#[exception]
fn SysTick() {}

/// Holds core 1 in reset until it is started anew: it executes nothing more.
fn hold_core1() -> bool {
    // SAFETY: of this register core 0 alone uses core 1's bit, here and when it starts it, one after the other.
    let psm = unsafe { pac::PSM::steal() };
    psm.frce_off().modify(|_, w| w.proc1().set_bit());
    while !core1_is_held() {}
    true
}

fn core1_is_held() -> bool {
    // SAFETY: a look at a register.
    let psm = unsafe { pac::PSM::steal() };
    psm.frce_off().read().proc1().bit_is_set()
}

/// Stops this core where a debugger can see it.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    cortex_m::asm::udf()
}
