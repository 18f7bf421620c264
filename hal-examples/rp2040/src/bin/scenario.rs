//! What two cores do with one region (`hal-examples/scenario`), on the RP2040: core 0 leads, core 1 follows.
//!
//! The command line, by semihosting, says which run, and, by the word `spinlock` after it, whether turns are taken by a spinlock of
//! the SIO instead of loads and stores. It needs the emulator: there core 1 can be frozen before each store of a step,
//! one after the other, by something like a debugger's watchpoint, and core 0 resets it there. The code is the code that
//! ships, down to the instruction.
#![no_std]
#![no_main]

use core::{
    arch::asm,
    cell::RefCell,
    sync::atomic::{AtomicU32, Ordering},
};

use cohabit_hal::{chips::rp::SioSpinlock, cohabit::Arbiter};
use critical_section::Mutex;
use rp2040::{Core1, Pico, core1_is_held, hal, hold_core1, say};
use scenario::{
    Board, CONFIG, Event, FOLLOW, LEAD, LEN, Pair, Plan, ResetLine, Wires,
    run::{self, Memory, Run},
};
use semihosting::{experimental::env, process};

/// The region, where `memory.x` puts it.
#[unsafe(link_section = ".cohabit")]
static REGION: Memory = Memory::room_for(CONFIG);

/// Signs of life and verdicts, behind it.
#[unsafe(link_section = ".cohabit.wires")]
static WIRES: Wires = Wires::new();

// SAFETY: this is an RP2040; its HAL uses spinlock 31 alone.
static SPINLOCK: SioSpinlock = unsafe { SioSpinlock::new(0) };

/// The emulator says here that core 1 stands still.
static STANDS_STILL: AtomicU32 = AtomicU32::new(0);

#[hal::entry]
fn main() -> ! {
    let Ok(words) = env::args::<64>() else { process::exit(3) };
    let mut words = (&words).filter_map(Result::ok);
    let Some(run) = words.next().and_then(Run::named) else { process::exit(3) };
    let locked = words.next() == Some("spinlock");
    let Pico { timer, core1 } = Pico::set_up();
    let core1 = Mutex::new(RefCell::new(Some(core1)));
    let board = Rp2040 { core: LEAD, run, locked, timer, core1 };
    let ended = run::lead(&board, &REGION, run, Plan::FULL);
    if let Err(failure) = ended {
        board.tell(Event::Failed(failure));
    }
    process::exit(ended.is_err() as i32)
}

/// The board as one of its cores sees it.
struct Rp2040 {
    core: u8,
    run: Run,
    locked: bool,
    timer: hal::Timer,
    /// Core 0 has it.
    core1: Mutex<RefCell<Option<Core1>>>,
}

impl Board for Rp2040 {
    fn tell(&self, event: Event) {
        say(event);
    }

    fn now(&self) -> u32 {
        self.timer.get_counter_low() / 1000
    }

    fn pause(&self) {}

    fn beat(&self) {
        WIRES.beats.beat(self.core);
    }

    fn stand_still_after(&self, stores: u32) -> bool {
        // SAFETY: the emulator goes on behind it, and changes nothing but the flag, at the time.
        unsafe {
            asm!("bkpt 0xc0", in("r0") stores, in("r1") REGION.address(), in("r2") LEN, in("r3") STANDS_STILL.as_ptr());
        }
        true
    }

    fn never_mind(&self) {
        // SAFETY: the emulator goes on behind it.
        unsafe { asm!("bkpt 0xc1") };
    }
}

impl ResetLine for Rp2040 {
    fn hold(&self) -> bool {
        hold_core1();
        true
    }

    fn release(&self) {
        self.start_other();
    }

    fn stands_still(&self) -> bool {
        STANDS_STILL.load(Ordering::Relaxed) != 0
    }
}

impl Pair for Rp2040 {
    fn wires(&self) -> &Wires {
        &WIRES
    }

    fn start_other(&self) -> bool {
        STANDS_STILL.store(0, Ordering::Relaxed);
        let (run, locked, timer) = (self.run, self.locked, self.timer);
        let follow = move || {
            let core1 = Mutex::new(RefCell::new(None));
            run::follow(&Rp2040 { core: FOLLOW, run, locked, timer, core1 }, &REGION, run);
        };
        critical_section::with(|within| match self.core1.borrow_ref_mut(within).as_mut() {
            Some(core1) => {
                core1.start(follow);
                true
            }
            None => false,
        })
    }

    fn lock(&self) -> Option<&'static dyn Arbiter> {
        self.locked.then_some(&SPINLOCK as &dyn Arbiter)
    }

    fn is_held(&self) -> bool {
        core1_is_held()
    }
}
