//! The application core of an nRF5340: formats the region, lets the network core go, looks at its samples and changes the settings.
//!
//! ```text
//!   app: format the region ─► release net ─► look, change settings, print; every 50 ms, and at once when an alarm comes
//!   net:                      open the region ─► sample, beat, put alarms; every 5 or 10 ms, as the settings say
//! ```
//!
//! What is nRF5340 about it:
//! - The region lies in this core's SRAM. The network core comes in from outside of the security domain, so the SPU has to be told
//!   that it may (as secure here, since this image is).
//! - Two images, two flashes: one address for the region, in `app.x` and `net.x`.
//! - This core can hold the other in reset. It does when the other's heart is silent; the other cannot do the like.
//! - Letting it go again takes the steps of erratum 161, or it is not fully reset.
//! - The MUTEX peripheral stays locked when its owner dies and does not say who that was; the turn needs none.
//! - This core's task awaits messages: `next_message().await` sleeps in the executor until the other core rings through an IPC channel.
//!
//! On the development kit P0.20 goes to the first virtual serial port, 115200 baud.
#![no_std]
#![no_main]

use core::fmt::{self, Write};

use cohabit_hal::{Bell, Ear, Heartbeat, chips::nrf5340::NrfIpc, cohabit::Order};
use cortex_m::peripheral::NVIC;
use embassy_executor::Spawner;
use embassy_futures::select::{Either, select};
use embassy_nrf::{
    bind_interrupts,
    config::Config,
    interrupt, pac, peripherals,
    reset::{hold_network_core, network_core_held},
    uarte::{self, UarteTx},
};
use embassy_time::{Duration, Instant, Ticker, block_for};
use nrf5340::{BEATS, BELL_APP, BELL_NET, REGION};
use station::{CONFIG, CONSOLE, Console, SAMPLER, Spin};

bind_interrupts!(struct Interrupts {
    SERIAL0 => uarte::InterruptHandler<peripherals::SERIAL0>;
});

// SAFETY: this is the application core, secure; the network core uses the channels the other way round, and nobody else does.
static EAR: Ear<NrfIpc> = Ear::new(unsafe { NrfIpc::new(NrfIpc::APPLICATION_SECURE, BELL_NET, BELL_APP) });
static BELL: Bell<&Ear<NrfIpc>> = Bell(&EAR);

/// Milliseconds of silence after which the network core is taken for hung.
const SILENCE: u32 = 500;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let chip = embassy_nrf::init(Config::default());
    let mut line = Line(UarteTx::new(chip.SERIAL0, Interrupts, chip.P0_20, uarte::Config::default()));
    EAR.mailbox().enable();
    // SAFETY: its handler is `IPC`.
    unsafe { NVIC::unmask(pac::Interrupt::IPC) };
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
    let mut console = Console::new(party.with_wake(&BELL)).expect("room for the station");
    start_network_core();

    let mut ticker = Ticker::every(Duration::from_millis(50));
    loop {
        let alarm = EAR.alarm().next_message(console.party(), Order::Fifo);
        // A UART refuses nothing, so there is no error to hand on.
        let _ = match select(alarm, ticker.next()).await {
            Either::First(Ok(alarm)) => match console.finish(alarm, &mut Spin::new()) {
                Ok(reading) => writeln!(line, "alarm: {reading}\r"),
                Err(why) => writeln!(line, "{why}\r"),
            },
            Either::First(Err(why)) => writeln!(line, "{why}\r"),
            Either::Second(()) => match console.step(&mut Spin::new()) {
                Ok(report) => writeln!(line, "{report}\r"),
                Err(why) => writeln!(line, "{why}\r"),
            },
        };
        // It hung in its turn, and `step` has waited, stopped it, and made the region whole. Or it hangs elsewhere.
        let life = region.slot(SAMPLER).map_or(0, |slot| slot.incarnation);
        if network_core_held() || net_heart.is_silent(SAMPLER, life) {
            let _ = writeln!(line, "the network core is silent, starting it anew\r");
            start_network_core();
        }
    }
}

#[interrupt]
fn IPC() {
    EAR.on_interrupt();
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
