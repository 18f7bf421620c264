//! The Cortex-M4 of an STM32H745: samples into the region that the M7 has made.
//!
//! It has no cache, so it needs no barrier: what it loads and stores is in the SRAM. It waits for the M7's heart, for both cores
//! start at the chip's reset, and the SRAM may still hold the region of the last boot.
#![no_std]
#![no_main]

use cohabit_hal::{
    Bell, Doze, Ear,
    chips::stm32h7::{Core, HsemBell},
    cohabit::AlwaysAlive,
    seen_elsewhere,
};
use cortex_m::peripheral::NVIC;
use embassy_stm32::{init_secondary, interrupt, pac};
use station::{CONSOLE, SAMPLER, Sampler, Sensor};
use stm32h745::{BEATS, BELL_M4, BELL_M7, HAL, REGION, pause, start_ticking};

// SAFETY: this is the M4 of such a chip; its clock is turned on before the first turn; the M7 uses the two the other way round.
static EAR: Ear<HsemBell> = Ear::new(unsafe { HsemBell::new(Core::M4, BELL_M7, BELL_M4) });
static BELL: Bell<&Ear<HsemBell>> = Bell(&EAR);

#[cortex_m_rt::entry]
fn main() -> ! {
    let Some(mut core) = cortex_m::Peripherals::take() else { panic!("the M4 comes here once") };
    let _chip = init_secondary(seen_elsewhere(&HAL));
    start_ticking(&mut core.SYST);
    pac::RCC.ahb4enr().modify(|w| w.set_hsemen(true));
    EAR.mailbox().enable();
    // SAFETY: its handler is `HSEM2`.
    unsafe { NVIC::unmask(interrupt::HSEM2) };

    // SAFETY: the M7 formats it before its first beat, and both use it by `cohabit` alone.
    let region = unsafe { REGION.open_beating(&BEATS, CONSOLE, || true) }
        .expect("the other image is of the same release");
    // SAFETY: slot 1 is this core's, which joins once. If the M7 dies, the chip is started anew.
    let party = unsafe { region.join(SAMPLER, &AlwaysAlive) }.expect("there are two slots");
    let mut sampler =
        Sampler::new(party.with_wake(&BELL), Sensor::new()).expect("the other image has furnished it");
    loop {
        let wait = sampler.step(&mut Doze::at(&EAR)).expect("well");
        BEATS.beat(SAMPLER);
        pause(wait);
    }
}

#[interrupt]
fn HSEM2() {
    EAR.on_interrupt();
}
