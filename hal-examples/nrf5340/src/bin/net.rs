//! The network core of an nRF5340: samples into the region that the application core has made in its own SRAM.
//!
//! It starts when the application core lets it go, and each time anew after it was held. What its earlier life left behind in the
//! region, the first turn gives back.
#![no_std]
#![no_main]

use cohabit_hal::cohabit::AlwaysAlive;
use embassy_executor::Spawner;
use embassy_futures::select::select;
use embassy_nrf::{bind_interrupts, config::Config, ipc, peripherals};
use embassy_time::Timer;
use nrf5340::{BEATS, NEWS, REGION};
use station::{SAMPLER, Sampler, Sensor, Spin};

bind_interrupts!(struct Interrupts {
    IPC => ipc::InterruptHandler<peripherals::IPC>;
});

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let chip = embassy_nrf::init(Config::default());
    let mut news = ipc::Ipc::new(chip.IPC, Interrupts).event0;
    news.configure_wait([NEWS]);

    // SAFETY: the application core has formatted it, and both use it by `cohabit` alone.
    let region = unsafe { REGION.open(|| true) }.expect("the other image is of the same release");
    // SAFETY: slot 1 is this core's, which joins once a life. If the application core dies, this one is held in reset.
    let party = unsafe { region.join(SAMPLER, &AlwaysAlive) }.expect("there are two slots");
    let mut sampler = Sampler::new(party, Sensor::new()).expect("the other image has furnished it");
    loop {
        let pause = sampler.step(&mut Spin::new()).expect("well");
        BEATS.beat(SAMPLER);
        // Asleep until the next sample is due, or there are new settings.
        select(Timer::after_millis(pause.into()), news.wait()).await;
    }
}
