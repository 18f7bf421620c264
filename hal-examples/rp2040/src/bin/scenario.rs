//! The acts that two cores play with one region (`hal-examples/scenario`), on the RP2040: core 0 leads, core 1 follows.
//!
//! For the emulator, which the last act needs: core 1 is frozen before each store of its step, one after the other, by something
//! like a debugger's watchpoint, and core 0 resets it there. The code is the code that ships, down to the instruction.
#![no_std]
#![no_main]

use core::{
    arch::asm,
    cell::RefCell,
    sync::atomic::{AtomicU32, Ordering},
};

use cohabit_hal::{
    ResetStatus, Shared,
    cohabit::{AlwaysAlive, Region},
};
use rp2040::{Core1, Pico, core1_is_held, hal, hold_core1, say};
use scenario::{Board, CONFIG, Event, FOLLOW, Failure, LEAD, LEN, Plan, Player, ResetLine, acts::reset};

/// The region, where `memory.x` puts it.
#[unsafe(no_mangle)]
#[unsafe(link_section = ".cohabit")]
static REGION: Shared<LEN> = Shared::room_for(CONFIG);

/// The emulator says here that core 1 stands still.
static STANDS_STILL: AtomicU32 = AtomicU32::new(0);

#[hal::entry]
fn main() -> ! {
    let Pico { timer, core1 } = Pico::set_up();
    let board = Core0 { timer, core1: RefCell::new(core1) };
    let status = match play(&board) {
        Ok(()) => 0,
        Err(failure) => {
            board.tell(Event::Failed(failure));
            1
        }
    };
    semihosting::process::exit(status)
}

fn play(board: &Core0) -> Result<(), Failure> {
    // SAFETY: core 1 has not been started; it opens the region, in `core1_main`.
    let region = unsafe { REGION.format(CONFIG) }?;
    board.tell(Event::Formatted { len: region.info().len, epoch: region.info().epoch });
    let core1 = ResetStatus(|slot, _| slot == FOLLOW && core1_is_held());
    // SAFETY: slot 0 is core 0's, and it joins once.
    let party = unsafe { region.join(LEAD, &core1) }?;
    board.release();
    let player = &mut Player { board, region: &region, party };
    scenario::lead(player, Plan::FULL)?;
    reset::in_a_turn(player, 40)?;
    reset::at_each_store(player)?;
    scenario::finish(player)
}

/// Core 1, after each of its resets.
fn core1_main(timer: hal::Timer) {
    let board = OnCore1 { timer };
    if let Err(failure) = follow(&board) {
        board.tell(Event::Failed(failure));
    }
}

fn follow(board: &OnCore1) -> Result<(), Failure> {
    // SAFETY: core 0 has formatted it, and both use it by `cohabit` alone.
    let region: Region<'static> = unsafe { REGION.open(|| true) }?;
    // SAFETY: slot 1 is core 1's, which core 0 has just started.
    let party = unsafe { region.join(FOLLOW, &AlwaysAlive) }?;
    let (info, incarnation) = (region.info(), party.incarnation());
    board.tell(Event::Opened { len: info.len, epoch: info.epoch, incarnation });
    scenario::follow(&mut Player { board, region: &region, party })
}

struct Core0 {
    timer: hal::Timer,
    core1: RefCell<Core1>,
}

impl Board for Core0 {
    fn tell(&self, event: Event) {
        say(event);
    }

    fn now(&self) -> u32 {
        self.timer.get_counter_low() / 1000
    }

    fn pause(&self) {}
}

impl ResetLine for Core0 {
    fn hold(&self) -> bool {
        hold_core1();
        true
    }

    fn release(&self) {
        STANDS_STILL.store(0, Ordering::Relaxed);
        let timer = self.timer;
        self.core1.borrow_mut().start(move || core1_main(timer));
    }

    fn stands_still(&self) -> bool {
        STANDS_STILL.load(Ordering::Relaxed) != 0
    }
}

struct OnCore1 {
    timer: hal::Timer,
}

impl Board for OnCore1 {
    fn tell(&self, event: Event) {
        say(event);
    }

    fn now(&self) -> u32 {
        self.timer.get_counter_low() / 1000
    }

    fn pause(&self) {}

    fn stand_still_after(&self, stores: u32) -> bool {
        // SAFETY: the emulator goes on behind it, and changes nothing but the flag, at the time.
        unsafe {
            asm!("bkpt 0xc0", in("r0") stores, in("r1") REGION.address(), in("r2") LEN, in("r3") STANDS_STILL.as_ptr());
        }
        true
    }

    fn never_mind(&self) {
        // SAFETY: the emulator puts a number into r0.
        unsafe { asm!("bkpt 0xc1", out("r0") _) };
    }
}
