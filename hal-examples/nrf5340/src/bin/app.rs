//! The application core of an nRF5340: formats the region, lets the network core go, looks at its samples and changes the settings.
//!
//! ```text
//!   app: format the region ─► release net ─► look, change settings, ring, print; every 50 ms
//!   net:                      open the region ─► sample, beat; every 5 or 10 ms, or when it rings
//! ```
//!
//! What is nRF5340 about it:
//! - The region lies in this core's SRAM. The network core comes in from outside of the security domain, so the SPU has to be told
//!   that it may (as secure here, since this image is).
//! - Two images, two flashes: one address for the region, in `app.x` and `net.x`.
//! - This core can hold the other in reset. It does when the other's heart is silent; the other cannot do the like.
//! - Letting it go again takes the steps of erratum 161, or it is not fully reset.
//! - The MUTEX peripheral stays locked when its owner dies and does not say who that was; the turn needs none.
//! - Between turns both cores sleep; a turn itself takes microseconds, which are waited for awake.
//!
//! On the development kit P0.20 goes to the first virtual serial port, 115200 baud.
#![no_std]
#![no_main]

use core::fmt::{self, Write};

use cohabit_hal::Heartbeat;
use embassy_executor::Spawner;
use embassy_nrf::{
    bind_interrupts,
    config::Config,
    ipc, pac, peripherals,
    reset::{hold_network_core, network_core_held},
    uarte::{self, UarteTx},
};
use embassy_time::{Duration, Instant, Timer, block_for};
use nrf5340::{BEATS, NEWS, REGION};
use station::{CONFIG, CONSOLE, Console, SAMPLER, Spin};

bind_interrupts!(struct Interrupts {
    IPC => ipc::InterruptHandler<peripherals::IPC>;
    SERIAL0 => uarte::InterruptHandler<peripherals::SERIAL0>;
});

/// Milliseconds of silence after which the network core is taken for hung.
const SILENCE: u32 = 500;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let chip = embassy_nrf::init(Config::default());
    let mut line = Line(UarteTx::new(chip.SERIAL0, Interrupts, chip.P0_20, uarte::Config::default()));
    let mut news = ipc::Ipc::new(chip.IPC, Interrupts).event0;
    news.configure_trigger([NEWS]);
    // The network core is let into this core's SRAM.
    pac::SPU.extdomain(0).perm().write(|w| w.set_secattr(true));

    // SAFETY: the network core is held in reset since the chip's; it opens the region when it is let go.
    let region = unsafe { REGION.format(CONFIG) }.expect("room for it, as `room_for` has checked");
    let net_heart = Heartbeat::new(
        &BEATS,
        || Instant::now().as_millis() as u32,
        SILENCE,
        |_| {
            hold_network_core();
            true
        },
    );
    // SAFETY: slot 0 is this core's, and it joins once.
    let party = unsafe { region.join(CONSOLE, &net_heart) }.expect("there are two slots");
    let mut console = Console::new(party).expect("room for the station");
    start_network_core();

    loop {
        let _ = match console.step(&mut Spin::new()) {
            Ok(report) => writeln!(line, "{report}\r"),
            Err(why) => writeln!(line, "{why}\r"),
        };
        news.trigger();
        // It hung in its turn, and `step` has waited, stopped it, and made the region whole. Or it hangs elsewhere.
        let life = region.slot(SAMPLER).map_or(0, |slot| slot.incarnation);
        if network_core_held() || net_heart.is_silent(SAMPLER, life) {
            let _ = writeln!(line, "the network core is silent, starting it anew\r");
            start_network_core();
        }
        Timer::after_millis(50).await;
    }
}

/// Resets the network core and lets it run, as erratum 161 asks for.
fn start_network_core() {
    const RETAIN: *mut u32 = 0x5000_5618 as *mut u32;
    hold_network_core();
    // SAFETY: the register of the erratum, nobody else's.
    unsafe { RETAIN.write_volatile(1) };
    embassy_nrf::reset::release_network_core();
    block_for(Duration::from_micros(5));
    hold_network_core();
    block_for(Duration::from_micros(1));
    embassy_nrf::reset::release_network_core();
    // SAFETY: as above.
    unsafe { RETAIN.write_volatile(0) };
}

struct Line<'d>(UarteTx<'d>);

impl fmt::Write for Line<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.blocking_write(text.as_bytes()).map_err(|_| fmt::Error)
    }
}
