//! The network core of an nRF5340: samples into the region that the application core has made in its own SRAM.
//!
//! It starts when the application core lets it go, and each time anew after it was held. What its earlier life left behind in the
//! region, the first turn gives back.
#![no_std]
#![no_main]

use cohabit_hal::{Bell, Doze, Ear, chips::nrf5340::NrfIpc, cohabit::AlwaysAlive};
use cortex_m::peripheral::NVIC;
use embassy_executor::Spawner;
use embassy_nrf::{config::Config, interrupt, pac};
use embassy_time::Timer;
use nrf5340::{BEATS, BELL_APP, BELL_NET, REGION};
use station::{SAMPLER, Sampler, Sensor};

// SAFETY: this is the network core; the application core uses the channels the other way round, and nobody else does.
static EAR: Ear<NrfIpc> = Ear::new(unsafe { NrfIpc::new(NrfIpc::NETWORK, BELL_APP, BELL_NET) });
static BELL: Bell<&Ear<NrfIpc>> = Bell(&EAR);

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let _chip = embassy_nrf::init(Config::default());
    EAR.mailbox().enable();
    // SAFETY: its handler is `IPC`.
    unsafe { NVIC::unmask(pac::Interrupt::IPC) };

    // SAFETY: the application core has formatted it, and both use it by `cohabit` alone.
    let region = unsafe { REGION.open(|| true) }.expect("the other image is of the same release");
    // SAFETY: slot 1 is this core's, which joins once a life. If the application core dies, this one is held in reset.
    let party = unsafe { region.join(SAMPLER, &AlwaysAlive) }.expect("there are two slots");
    let mut sampler =
        Sampler::new(party.with_wake(&BELL), Sensor::new()).expect("the other image has furnished it");
    loop {
        // Where the turn is taken, asleep until it rings: if the application core dies, this one is reset with it.
        let pause = sampler.step(&mut Doze::at(&EAR)).expect("well");
        BEATS.beat(SAMPLER);
        Timer::after_millis(pause.into()).await;
    }
}

#[interrupt]
fn IPC() {
    EAR.on_interrupt();
}
