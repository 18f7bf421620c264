//! A core's whole program, but for what only its board knows: from an empty SRAM to an exit status.
//!
//! Each run is one start of both cores. The base run plays every act; the others each have a fault built in, and hold only if
//! the fault was met as it should be: an error that names it, and a region (and a core 0) that goes on.
//!
//! | run | what is wrong | what must come of it |
//! |---|---|---|
//! | `play` | nothing | every act, exact |
//! | `reset` | core 1 is reset at 200 random moments | recovered, audited, readmitted each time |
//! | `stores` | core 1 is reset before each store of a step | the same |
//! | `missing` | there is no core 1, or no image for it | core 0 says so in time, and works alone |
//! | `late` | core 1 opens 2 s after core 0 has formatted | core 0 waits, then all is well |
//! | `elsewhere` | core 1 looks for the region at another address | [`NotARegion`](cohabit::OpenError::NotARegion); nothing written |
//! | `newer` | the region is of a later format | [`NewerFormat`](cohabit::OpenError::NewerFormat); nothing written |
//! | `short` | core 1 has less memory for the region than core 0 | [`LengthLies`](cohabit::OpenError::LengthLies); nothing written |
//! | `hang` | core 1 hangs in its turn, its heart stops | core 0 has no turn, hears the silence, resets core 1, recovers |
//! | `garbage` | core 1 writes garbage all over the heap | errors that say so, no fault; core 0 formats anew |
//! | `desktop` | the region comes from a desktop computer | core 0 reads it and answers in it |

use cohabit::{AlwaysAlive, FormatError, JoinError, Liveness, Party, Region, Wake};
use cohabit_hal::{Heartbeat, ResetStatus, Shared, meet};

use crate::{
    Act, CONFIG, Event, FOLLOW, Failure, LEAD, LEN, Pair, Plan, Player, acts,
    acts::faults,
    script::{self, expect},
};

/// What this start of the cores is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "see the table of the module")]
pub enum Run {
    Play,
    Reset,
    Stores,
    Missing,
    Late,
    Elsewhere,
    Newer,
    Short,
    Hang,
    Garbage,
    Desktop,
}

impl Run {
    /// By the name in the module's table.
    pub fn named(name: &str) -> Option<Run> {
        Some(match name {
            "play" => Run::Play,
            "reset" => Run::Reset,
            "stores" => Run::Stores,
            "missing" => Run::Missing,
            "late" => Run::Late,
            "elsewhere" => Run::Elsewhere,
            "newer" => Run::Newer,
            "short" => Run::Short,
            "hang" => Run::Hang,
            "garbage" => Run::Garbage,
            "desktop" => Run::Desktop,
            _ => return None,
        })
    }
}

/// How long core 0 waits for core 1 to join, in milliseconds.
const JOIN_MS: u32 = 5_000;
/// How long core 1 looks for a region that is not there.
const OPEN_MS: u32 = 300;
/// How late a late core 1 is.
const LATE_MS: u32 = 2_000;
/// Moments at which core 1 is reset.
const RESETS: u32 = 200;

/// The memory of both cores.
pub type Memory = Shared<LEN>;

/// Core 0.
pub fn lead<B: Pair>(board: &B, memory: &'static Memory, run: Run, plan: Plan) -> Result<(), Failure> {
    board.wires().clear();
    if run == Run::Desktop {
        return desktop(board, memory);
    }
    // SAFETY: core 1 has not been started.
    let region = unsafe { format(board, memory) }?;
    let info = region.info();
    board.tell(Event::Formatted { len: info.len, epoch: info.epoch });
    let oracle = ResetStatus(|slot, _| slot == FOLLOW && board.is_held());
    let bell = Ring(board);
    let take_slot = |oracle| -> Result<Party<'_>, Failure> {
        // SAFETY: slot 0 is this core's, which joins it once.
        Ok(unsafe { join(board, &region, LEAD, oracle) }?.with_wake(&bell))
    };
    match run {
        Run::Play => {
            let mut player = Player { board, region: &region, party: take_slot(&oracle)? };
            start(board, &region)?;
            script::lead(&mut player, plan)?;
            script::finish(&mut player)
        }
        Run::Reset => {
            let mut player = Player { board, region: &region, party: take_slot(&oracle)? };
            start(board, &region)?;
            let in_turn = acts::reset::in_a_turn(&mut player, RESETS)?;
            // One in ten at least, or this run does not show what it is for.
            expect("resets in the middle of a turn, enough", 1, (in_turn >= RESETS / 10) as u32)?;
            // The one that came back does everything, like any other.
            script::lead(&mut player, Plan { turns: 10_000, ..plan })?;
            script::finish(&mut player)
        }
        Run::Stores => {
            let mut player = Player { board, region: &region, party: take_slot(&oracle)? };
            start(board, &region)?;
            let stores = acts::reset::at_each_store(&mut player)?;
            expect("stores of a step, more than a hundred", 1, (stores > 100) as u32)?;
            player.act(Act::Messages, plan.messages, acts::messages::lead)?;
            script::finish(&mut player)
        }
        Run::Missing => {
            let mut player = Player { board, region: &region, party: take_slot(&oracle)? };
            let there = board.start_other() && meet(&region, FOLLOW, patience(board, 1_000));
            expect("a core 1", 0, there as u32)?;
            // Alone, with all the memory.
            player.turn()?.put_message("for whoever comes")?;
            expect("sound with one message", 1, player.audit()?.stats.messages)?;
            met(board, "no second core: said in time, core 0 works alone")
        }
        Run::Late => {
            let mut player = Player { board, region: &region, party: take_slot(&oracle)? };
            let before = board.now();
            start(board, &region)?;
            let waited = board.now().wrapping_sub(before);
            expect("a long wait", 1, (waited >= LATE_MS - 100) as u32)?;
            player.act(Act::Messages, plan.messages, acts::messages::lead)?;
            script::finish(&mut player)?;
            met(board, "the second core opened 2 s late")
        }
        Run::Elsewhere => {
            refused(board, &region, take_slot(&oracle)?, 0x0102)?;
            met(board, "region addresses disagree: not a region, said core 1")
        }
        Run::Newer => {
            faults::poke_version(memory);
            refused(board, &region, take_slot(&oracle)?, 0x0103)?;
            met(board, "another format version: newer format, said core 1")
        }
        Run::Short => {
            static SMALL: Shared<256> = Shared::new();
            // SAFETY: this core alone knows of it.
            let too_short = unsafe { SMALL.format(CONFIG) };
            let says_so = matches!(too_short, Err(FormatError::TooShort { .. }));
            expect("a refusal to format 256 bytes", 1, says_so as u32)?;
            refused(board, &region, take_slot(&oracle)?, 0x010a)?;
            met(board, "region smaller than configured: length lies, said core 1")
        }
        Run::Hang => {
            let (beats, clock) = (&board.wires().beats, || board.now());
            let watch = Heartbeat::new(beats, clock, faults::SILENCE_MS, |_| board.hold());
            let mut player = Player { board, region: &region, party: take_slot(&watch)? };
            start(board, &region)?;
            faults::hang(&mut player)?;
            player.act(Act::Messages, plan.messages, acts::messages::lead)?;
            script::finish(&mut player)?;
            met(board, "core 1 hung in its turn: silence heard, reset, recovered, readmitted")
        }
        Run::Garbage => {
            let mut player = Player { board, region: &region, party: take_slot(&oracle)? };
            start(board, &region)?;
            faults::garbage(&mut player)?;
            // SAFETY: core 1 is held in reset.
            let region = unsafe { format(board, memory) }?;
            // SAFETY: slot 0 is this core's; its former party is gone.
            let party = unsafe { join(board, &region, LEAD, &oracle) }?.with_wake(&bell);
            let mut player = Player { board, region: &region, party };
            acts::reset::readmit(&mut player)?;
            player.act(Act::Messages, plan.messages, acts::messages::lead)?;
            script::finish(&mut player)?;
            met(board, "garbage all over the heap: errors, no fault; formatted anew")
        }
        Run::Desktop => Ok(()),
    }
}

/// Core 1: tells why it failed, if it does, before core 0 may learn of it and end the machine.
pub fn follow<B: Pair>(board: &B, memory: &'static Memory, run: Run) {
    if let Err(failure) = try_to_follow(board, memory, run) {
        board.tell(Event::Failed(failure));
        if let Failure::Open(why) = failure {
            board.wires().report(why.code().into());
        }
    }
}

fn try_to_follow<B: Pair>(board: &B, memory: &'static Memory, run: Run) -> Result<(), Failure> {
    let opened = match run {
        // SAFETY: memory of the same SRAM, of which nobody but the region in it uses these bytes, and that by cohabit.
        Run::Elsewhere => match unsafe { Shared::<{ LEN / 2 }>::at(memory.address() + LEN / 2) } {
            // SAFETY: the other core uses it by cohabit alone.
            Some(elsewhere) => unsafe { elsewhere.open(patience(board, OPEN_MS)) },
            None => return Err(Failure::TimedOut { what: "an address" }),
        },
        // SAFETY: as above.
        Run::Short => match unsafe { Shared::<{ LEN / 2 }>::at(memory.address()) } {
            // SAFETY: as above.
            Some(short) => unsafe { short.open(patience(board, OPEN_MS)) },
            None => return Err(Failure::TimedOut { what: "an address" }),
        },
        _ => {
            if run == Run::Late {
                let mut later = patience(board, LATE_MS);
                while later() {}
            }
            // SAFETY: the other core uses it by cohabit alone.
            unsafe { memory.open(patience(board, OPEN_MS)) }
        }
    };
    let region = opened?;
    // SAFETY: slot 1 is this core's; whoever had it before was this core, before its reset.
    let party = unsafe { join(board, &region, FOLLOW, &AlwaysAlive) }?;
    let bell = Ring(board);
    let party = party.with_wake(&bell);
    let (info, incarnation) = (region.info(), party.incarnation());
    if incarnation == 1 {
        // Later ones are told by core 0, and there are many of them.
        board.tell(Event::Opened { len: info.len, epoch: info.epoch, incarnation });
    }
    script::follow_and(&mut Player { board, region: &region, party }, |player, act, _| match act {
        Act::Hang => faults::hang_here(player),
        Act::Garbage => faults::garbage_here(player, memory),
        act => Err(Failure::CannotPlay { act }),
    })
}

/// Makes the region, for turns as this board takes them.
///
/// # Safety
/// As for [`Shared::format`].
unsafe fn format<B: Pair>(board: &B, memory: &'static Memory) -> Result<Region<'static>, FormatError> {
    match board.lock() {
        // SAFETY: as the caller promises; the board has that lock for this.
        Some(lock) => unsafe { memory.format_locked(CONFIG, lock) },
        // SAFETY: as the caller promises.
        None => unsafe { memory.format(CONFIG) },
    }
}

/// Joins, to take turns as this board does.
///
/// # Safety
/// As for [`Region::join`].
unsafe fn join<'a, B: Pair>(
    board: &B,
    region: &Region<'a>,
    slot: u8,
    oracle: &'a dyn Liveness,
) -> Result<Party<'a>, JoinError> {
    match board.lock() {
        // SAFETY: as the caller promises; the board has that lock for this.
        Some(lock) => unsafe { region.join_with(slot, oracle, lock) },
        // SAFETY: as the caller promises.
        None => unsafe { region.join(slot, oracle) },
    }
}

/// Starts core 1, and waits until it has joined.
fn start<B: Pair>(board: &B, region: &Region<'_>) -> Result<(), Failure> {
    if board.start_other() && meet(region, FOLLOW, patience(board, JOIN_MS)) {
        Ok(())
    } else {
        Err(Failure::TimedOut { what: "the other core to open the region" })
    }
}

/// Core 1 does not get in, says why, and has written nothing.
fn refused<B: Pair>(board: &B, region: &Region<'_>, party: Party<'_>, why: u32) -> Result<(), Failure> {
    let mut player = Player { board, region, party };
    player.publish("list", |turn| turn.new_list())?;
    let before = player.audit()?;
    expect("a core 1 that starts", 1, board.start_other() as u32)?;
    let verdict = player.until("the verdict of core 1", |player| match player.board.wires().verdict() {
        0 => None,
        verdict => Some(verdict),
    })?;
    expect("the verdict of core 1", why, verdict)?;
    expect("a region that core 1 has not joined", 0, region.slot(FOLLOW).map_or(0, |slot| slot.incarnation))?;
    expect("a region as it was", 1, (before == player.audit()?) as u32)
}

/// The region was made elsewhere, and is here from the start.
fn desktop<B: Pair>(board: &B, memory: &'static Memory) -> Result<(), Failure> {
    // SAFETY: nobody else is there.
    let region = unsafe { memory.open(|| false) }?;
    // SAFETY: slot 0 is this core's.
    let party = unsafe { region.join(LEAD, &AlwaysAlive) }?;
    let (info, incarnation) = (region.info(), party.incarnation());
    board.tell(Event::Opened { len: info.len, epoch: info.epoch, incarnation });
    acts::desktop::answer(&mut Player { board, region: &region, party })
}

/// The board's bell, if it has one, for whoever sleeps.
struct Ring<'b, B>(&'b B);

impl<B: Pair> Wake for Ring<'_, B> {
    fn wake(&self, _: *const u32) {
        if let Some(bell) = self.0.bell() {
            bell.ring();
        }
    }
}

fn met<B: Pair>(board: &B, fault: &'static str) -> Result<(), Failure> {
    board.tell(Event::Met { fault });
    Ok(())
}

fn patience<B: Pair>(board: &B, ms: u32) -> impl FnMut() -> bool {
    let start = board.now();
    move || {
        board.pause();
        board.now().wrapping_sub(start) < ms
    }
}
