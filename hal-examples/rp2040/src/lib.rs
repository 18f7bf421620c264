//! A Raspberry Pi Pico as both programs here see it: clocks, a serial line for each core, and core 1's switch.
//!
//! | pin of the Pico | is | for |
//! |---|---|---|
//! | 1 (GPIO 0) | UART0 TX, 115200 baud | what core 0 says |
//! | 6 (GPIO 4) | UART1 TX, 115200 baud | what core 1 says |
//!
//! A line a core, and no lock: a logger that both share takes one, and a core that is reset inside of it takes it along.
#![no_std]

use core::{
    fmt::{self, Write},
    panic::PanicInfo,
};

use hal::{
    Clock, Timer,
    clocks::init_clocks_and_plls,
    fugit::RateExtU32,
    gpio::Pins,
    multicore::{Multicore, Stack},
    pac,
    sio::{CoreId, Sio, SioFifo},
    uart::{DataBits, StopBits, UartConfig, UartPeripheral},
    watchdog::Watchdog,
};
pub use rp2040_hal as hal;

/// The second stage of the boot ROM: lets the cores execute from flash.
#[unsafe(link_section = ".boot2")]
#[used]
static BOOT2_FIRMWARE: [u8; 256] = rp2040_boot2::BOOT_LOADER_GENERIC_03H;

/// The crystal of a Pico.
const CRYSTAL_HZ: u32 = 12_000_000;

/// Core 1's stack, 4 KiB.
static STACK: Stack<1024> = Stack::new();

/// The board, set up by core 0.
pub struct Pico {
    /// Microseconds; both cores may have a copy.
    pub timer: Timer,
    /// Starts core 1.
    pub core1: Core1,
}

impl Pico {
    /// Sets up clocks, pins and serial lines. Once.
    pub fn set_up() -> Pico {
        let mut pac = pac::Peripherals::take().expect("the first to ask");
        let mut watchdog = Watchdog::new(pac.WATCHDOG);
        let (xosc, clocks, resets) = (pac.XOSC, pac.CLOCKS, &mut pac.RESETS);
        let clocks =
            init_clocks_and_plls(CRYSTAL_HZ, xosc, clocks, pac.PLL_SYS, pac.PLL_USB, resets, &mut watchdog);
        let Ok(clocks) = clocks else { panic!("a crystal of 12 MHz") };
        let sio = Sio::new(pac.SIO);
        let pins = Pins::new(pac.IO_BANK0, pac.PADS_BANK0, sio.gpio_bank0, resets);
        let hertz = clocks.peripheral_clock.freq();
        let setting = || UartConfig::new(115_200.Hz(), DataBits::Eight, None, StopBits::One);
        let pins0 = (pins.gpio0.into_function(), pins.gpio1.into_function());
        let pins1 = (pins.gpio4.into_function(), pins.gpio5.into_function());
        let lines = (
            UartPeripheral::new(pac.UART0, pins0, resets).enable(setting(), hertz),
            UartPeripheral::new(pac.UART1, pins1, resets).enable(setting(), hertz),
        );
        assert!(lines.0.is_ok() && lines.1.is_ok(), "a usual speed");
        let timer = Timer::new(pac.TIMER, resets, &clocks);
        Pico { timer, core1: Core1 { psm: pac.PSM, ppb: pac.PPB, fifo: sio.fifo } }
    }
}

/// Writes a line on the serial line of this core.
///
/// There is nothing to own or to give back, so a core that starts anew just goes on.
pub fn say(text: impl fmt::Display) {
    let uart = if Sio::core() == CoreId::Core0 { pac::UART0::ptr() } else { pac::UART1::ptr() };
    // SAFETY: registers, always there; the line of this core is used by nobody else since `Pico::set_up`.
    let _ = writeln!(Line(unsafe { &*uart }), "{text}\r");
}

struct Line(&'static pac::uart0::RegisterBlock);

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            while self.0.uartfr().read().txff().bit_is_set() {}
            // SAFETY: the data field takes any byte.
            self.0.uartdr().write(|w| unsafe { w.data().bits(byte) });
        }
        Ok(())
    }
}

/// Core 1's switch.
pub struct Core1 {
    psm: pac::PSM,
    ppb: pac::PPB,
    fifo: SioFifo,
}

impl Core1 {
    /// Resets core 1, whatever it is doing, and has it run `entry`.
    pub fn start(&mut self, entry: impl FnOnce() + Send + 'static) {
        hold_core1();
        // SAFETY: core 1 is in reset: nobody uses its stack.
        unsafe { STACK.reset() };
        let stack = STACK.take().expect("just reset");
        let mut cores = Multicore::new(&mut self.psm, &mut self.ppb, &mut self.fifo);
        let started = cores.cores()[1].spawn(stack, entry);
        started.expect("core 1 answers in its boot ROM");
    }
}

/// Holds core 1 in reset until it is started anew: it executes nothing more.
pub fn hold_core1() {
    // SAFETY: of these registers core 0 alone uses those that concern core 1, in this file and one after the other.
    let psm = unsafe { pac::PSM::steal() };
    psm.frce_off().modify(|_, w| w.proc1().set_bit());
    while !core1_is_held() {}
}

/// Whether core 1 is held in reset.
pub fn core1_is_held() -> bool {
    // SAFETY: a look at a register.
    let psm = unsafe { pac::PSM::steal() };
    psm.frce_off().read().proc1().bit_is_set()
}

/// Stops this core where a debugger, and the emulator, can see it.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    cortex_m::asm::udf()
}
