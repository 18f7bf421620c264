//! The Cortex-M7 of an STM32H745: formats the region, looks at the M4's samples and changes the settings.
//!
//! ```text
//!   M7: format the region ─► set up the clocks ─► look, change settings, print; every 50 ms
//!   M4: wait for the clocks ─────────────────────► open the region ─► sample, beat; every 5 or 10 ms
//! ```
//!
//! What is STM32H745 about it:
//! - The M7 has a write-back data cache that the M4 does not see into. The control area is mapped uncached; the heap area is cached, and
//!   its lines are thrown away when a turn begins and written back when it ends. Control and heap area share no line.
//! - `LDREX` and `STREX` on one core prove nothing to the other: the monitor is local. The turn uses none.
//! - A core that waits for its turn sleeps until a hardware semaphore rings, or the next tick.
//! - Both cores start at the chip's reset, and wait for nobody (option bytes BCM7 and BCM4). So the M7 formats before it
//!   sets up the clocks, for which the M4 does wait.
//! - The M7 cannot hold the M4 in reset. When the M4's heart is silent, the whole chip is started anew.
//!
//! On the NUCLEO-H745ZI-Q, PD8 goes to the virtual serial port of the debugger, 115200 baud.
#![no_std]
#![no_main]

use core::fmt::{self, Write};

use cohabit_hal::{
    Bell, Cached, Doze, Ear, Heartbeat,
    chips::{
        cortex_m7::M7Cache,
        stm32h7::{Core, HsemBell},
    },
    seen_elsewhere,
};
use cortex_m::peripheral::{MPU, NVIC, SCB};
use embassy_stm32::{
    Config, init_primary, interrupt,
    mode::Blocking,
    pac,
    rcc::SupplyConfig,
    usart::{self, UartTx},
};
use station::{CONSOLE, Console, SAMPLER};
use stm32h745::{BEATS, BELL_M4, BELL_M7, CONFIG, HAL, REGION, now, pause, start_ticking};

// SAFETY: this is a Cortex-M7, privileged; `uncache` and `CONFIG` keep everything else out of the heap area's lines.
static CACHE: Cached<M7Cache> = Cached(unsafe { M7Cache::new() });

// SAFETY: this is the M7 of such a chip; its clock is turned on before the first turn; the M4 uses the two the other way round.
static EAR: Ear<HsemBell> = Ear::new(unsafe { HsemBell::new(Core::M7, BELL_M4, BELL_M7) });
static BELL: Bell<&Ear<HsemBell>> = Bell(&EAR);

/// Milliseconds of silence after which the M4 is taken for hung.
const SILENCE: u32 = 500;

#[cortex_m_rt::entry]
fn main() -> ! {
    let Some(mut core) = cortex_m::Peripherals::take() else { panic!("the M7 comes here once") };
    uncache(&mut core.MPU);
    core.SCB.enable_icache();
    core.SCB.enable_dcache(&mut core.CPUID);
    start_ticking(&mut core.SYST);

    // SAFETY: the M4 waits for the clocks.
    let region =
        unsafe { REGION.format_with(CONFIG, &CACHE) }.expect("room for it, as `room_for` has checked");
    let mut config = Config::default();
    // As that board is wired; another supply than the one there is stops the chip until it is powered anew.
    config.rcc.supply_config = SupplyConfig::DirectSMPS;
    // The M4 stays out of the region until this core has beaten: so it is not an old one.
    let chip = init_primary(config, seen_elsewhere(&HAL));
    let line = UartTx::new_blocking(chip.USART3, chip.PD8, usart::Config::default());
    let mut line = Line(line.expect("a usual speed"));
    pac::RCC.ahb4enr().modify(|w| w.set_hsemen(true));
    EAR.mailbox().enable();
    // SAFETY: its handler is `HSEM1`.
    unsafe { NVIC::unmask(interrupt::HSEM1) };

    let m4_heart = Heartbeat::new(&BEATS, now, SILENCE, |_| false);
    // SAFETY: slot 0 is this core's, and it joins once.
    let party = unsafe { region.join(CONSOLE, &m4_heart) }.expect("there are two slots");
    let mut console =
        Console::new(party.with_barrier(&CACHE).with_wake(&BELL)).expect("room for the station");
    loop {
        BEATS.beat(CONSOLE);
        let start = now();
        let mut wait = Doze::until(&EAR, || now().wrapping_sub(start) > 2 * SILENCE);
        // A UART refuses nothing, so there is no error to hand on.
        let _ = match console.step(&mut wait) {
            Ok(report) => writeln!(line, "{report}\r"),
            Err(why) => writeln!(line, "{why}\r"),
        };
        let life = region.slot(SAMPLER).map_or(0, |slot| slot.incarnation);
        if life != 0 && m4_heart.is_silent(SAMPLER, life) {
            let _ = writeln!(line, "the M4 is silent, starting the chip anew\r");
            SCB::sys_reset();
        }
        pause(50);
    }
}

struct Line<'d>(UartTx<'d, Blocking>);

impl fmt::Write for Line<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.blocking_write(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

#[interrupt]
fn HSEM1() {
    EAR.on_interrupt();
}

/// Maps uncached what both cores access at any time: the control area, and what lies beside the region.
///
/// Everything else keeps its default, which for SRAM is cached and written back.
fn uncache(mpu: &mut MPU) {
    /// Normal memory, not cached, shared, for reading and writing, not for executing.
    const ATTRIBUTES: u32 = 1 << 28 | 0b011 << 24 | 0b001 << 19 | 1 << 18;
    let on = |size_log2: u32, but: u32| ATTRIBUTES | but << 8 | (size_log2 - 1) << 1 | 1;
    let regions = [
        // 512 bytes in eighths, the last two of which are heap area already.
        (REGION.address(), on(9, 0b1100_0000)),
        (0x3800_3000, on(12, 0)),
    ];
    for (number, (base, attributes)) in regions.into_iter().enumerate() {
        #[expect(clippy::multiple_unsafe_ops_per_block, reason = "one operation in three registers")]
        // SAFETY: no cache is on yet, so nothing of it holds these lines; access stays allowed.
        unsafe {
            mpu.rnr.write(number as u32);
            mpu.rbar.write(base as u32);
            mpu.rasr.write(attributes);
        }
    }
    // SAFETY: on, and what no region covers is as by default.
    unsafe { mpu.ctrl.write(0b101) };
    cortex_m::asm::dsb();
    cortex_m::asm::isb();
}

const _: () =
    assert!(CONFIG.heap_start() == 6 * 512 / 8, "the eighths that `uncache` maps are the control area");
