//! A measuring station on the two cores of an RP2040: core 1 samples, core 0 looks and changes the settings.
//!
//! ```text
//!   core 0: format the region ─► start core 1 ─► look, change settings, print; every 50 ms
//!   core 1:                      open the region ─► sample, beat; every 5 or 10 ms, as the settings say
//! ```
//!
//! What is RP2040 about it: no cache and no reordering between the cores, so no barrier is needed beyond the turn's own fences;
//! no compare-and-swap, which the turn does not use either; and core 0 can reset core 1 at any time. Here it does so
//! when core 1's heart is silent for half a second. If core 1 had the turn then, the region is made whole first.
//!
//! `cargo run --release` runs it on an emulator (see `emulator/run.mjs`), or on a board once `.cargo/config.toml` says so.
#![no_std]
#![no_main]

use cohabit_hal::{Beats, Heartbeat, Shared, cohabit::AlwaysAlive};
use embedded_hal::delay::DelayNs;
use rp2040::{Pico, core1_is_held, hal, hold_core1, say};
use station::{CONFIG, CONSOLE, Console, LEN, SAMPLER, Sampler, Sensor, Spin};

/// The region, where `memory.x` puts it.
#[unsafe(link_section = ".cohabit")]
static REGION: Shared<LEN> = Shared::room_for(CONFIG);

/// Signs of life, behind it.
#[unsafe(link_section = ".cohabit.beats")]
static BEATS: Beats<2> = Beats::new();

/// Microseconds of silence after which core 1 is taken for hung.
const SILENCE: u32 = 500_000;

#[hal::entry]
fn main() -> ! {
    let Pico { timer, mut core1 } = Pico::set_up();
    // SAFETY: core 1 has not been started; it opens the region, in `sample`.
    let region = unsafe { REGION.format(CONFIG) }.expect("room for it, as `room_for` has checked");
    let core1_heart = Heartbeat::new(
        &BEATS,
        || timer.get_counter_low(),
        SILENCE,
        |_| {
            hold_core1();
            true
        },
    );
    // SAFETY: slot 0 is core 0's, and it joins once.
    let party = unsafe { region.join(CONSOLE, &core1_heart) }.expect("there are two slots");
    let mut console = Console::new(party).expect("room for the station");
    core1.start(move || sample(timer));

    loop {
        match console.step(&mut Spin::new()) {
            Ok(report) => say(report),
            Err(why) => say(why),
        }
        // It hung in its turn, and `step` has waited, stopped it, and made the region whole. Or it hangs elsewhere.
        let life = region.slot(SAMPLER).map_or(0, |slot| slot.incarnation);
        if core1_is_held() || core1_heart.is_silent(SAMPLER, life) {
            say("core 1 is silent, starting it anew");
            core1.start(move || sample(timer));
        }
        timer.clone().delay_ms(50);
    }
}

/// Core 1.
fn sample(mut timer: hal::Timer) {
    // SAFETY: core 0 has formatted it, and both use it by `cohabit` alone.
    let region = unsafe { REGION.open(|| true) }.expect("core 0 is of the same release");
    // SAFETY: slot 1 is core 1's, which core 0 has just started.
    let party = unsafe { region.join(SAMPLER, &AlwaysAlive) }.expect("there are two slots");
    let mut sampler = Sampler::new(party, Sensor::new()).expect("core 0 has furnished it");
    say("sampling");
    loop {
        let pause = sampler.step(&mut Spin::new()).expect("well");
        BEATS.beat(SAMPLER);
        timer.delay_ms(pause);
    }
}
