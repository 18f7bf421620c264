//! What goes wrong on boards: a core that hangs with the turn in its hands, a core that writes where it should not.
//!
//! This file may say `unsafe`: it writes garbage on purpose.

use core::ptr;

use cohabit::Order;
use cohabit_hal::Shared;
use spin::relax::Spin;

use crate::{Act, Event, Failure, LEN, Pair, Player, acts::reset::readmit, script::expect};

/// A heart that has not beaten for so long has stopped.
pub const SILENCE_MS: u32 = 200;

/// Leads: the follower hangs in its turn. A turn does not come; the silence is heard; whoever is silent is reset, and then
/// there is a turn, with a region made whole.
pub fn hang<B: Pair>(player: &mut Player<'_, '_, B>) -> Result<(), Failure> {
    let list = player.publish("list", |turn| turn.new_list())?;
    player.call(Act::Hang, 0)?;
    let follower = crate::FOLLOW;
    player.until("the follower to hang in its turn", |player| {
        (player.region.holder() == Some(follower) && player.board.wires().stands_still()).then_some(())
    })?;
    let (board, start) = (player.board, player.board.now());
    // Before the silence is long enough nobody is taken for dead: an impatient core 0 gets no turn.
    let soon = player.party.acquire_until::<Spin>(|| board.now().wrapping_sub(start) > SILENCE_MS / 4)?;
    expect("a turn before the verdict", 0, soon.is_some() as u32)?;
    drop(soon);
    // `turn` asks the oracle while it waits.
    let mut turn = player.turn()?;
    let death = turn.recovered().ok_or(Failure::Wrong { what: "deaths noticed", wanted: 1, found: 0 })?;
    board.tell(Event::Recovered(death));
    expect("the slot of who hung", follower, death.slot)?;
    turn.audit()?;
    expect("items of the list, as of its last whole operation", 1, list.len(&turn)? as u32)?;
    turn.roots()?.set(&mut turn, "through", Act::Hang.number())?;
    drop(turn);
    readmit(player)
}

/// Follows: hangs with the turn, in the middle of its work.
pub fn hang_here<B: Pair>(player: &mut Player<'_, '_, B>) -> Result<(), Failure> {
    let list = player.find_list("list")?;
    let board = player.board;
    let mut turn = player.turn()?;
    list.push(&mut turn, "one whole operation")?;
    let _loose = turn.new_list()?;
    board.wires().stand_still()
}

/// Leads: the follower overwrites the heap. Whatever is asked of the region now, the answer is a value or an error.
pub fn garbage<B: Pair>(player: &mut Player<'_, '_, B>) -> Result<(), Failure> {
    let list = player.publish("list", |turn| turn.new_list())?;
    let map = player.publish("map", |turn| turn.new_map())?;
    let mut turn = player.turn()?;
    for i in 0..20 {
        list.push(&mut turn, i)?;
        map.set(&mut turn, i, "a text with a block of its own")?;
        turn.put_message(i)?;
    }
    drop(turn);
    player.call(Act::Garbage, 0)?;
    player.until("the garbage to be written", |player| player.board.wires().stands_still().then_some(()))?;
    expect("a follower that can be stopped", 1, player.board.hold() as u32)?;
    // The turn itself lies in the control area; recovery, if it is called for, may find that there is nothing to recover.
    let mut errors = 0;
    match player.turn() {
        Err(Failure::Turn(_)) => errors += 1,
        Err(other) => return Err(other),
        Ok(mut turn) => {
            errors += turn.audit().is_err() as u32;
            errors += turn.stats().is_err() as u32;
            errors += turn.roots().and_then(|roots| roots.len(&turn)).is_err() as u32;
            errors += turn.put_message("one more, please").is_err() as u32;
            errors += turn.take_message(Order::Fifo).is_err() as u32;
            errors += list.push(&mut turn, 1).is_err() as u32;
            errors += list.iter(&turn).map(Iterator::count).is_err() as u32;
            errors += map.get(&turn, 3).is_err() as u32;
            errors += map.set(&mut turn, 3, 3).is_err() as u32;
            errors += turn.new_list().is_err() as u32;
        }
    }
    expect("garbage noticed", 1, (errors > 0) as u32)
}

/// Follows: writes garbage over the whole heap area, without asking for a turn.
pub fn garbage_here<B: Pair>(player: &mut Player<'_, '_, B>, memory: &Shared<LEN>) -> Result<(), Failure> {
    let heap = player.region.info().heap_start as usize;
    let mut noise = 0x2545_f491_u32;
    for at in (heap..LEN).step_by(4) {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        poke(memory, at, noise);
    }
    player.board.wires().stand_still()
}

/// Makes the region look as if a later cohabit had formatted it: its version lies in the lower half of the second word.
pub fn poke_version(memory: &Shared<LEN>) {
    poke(memory, 4, peek(memory, 4) + 1);
}

fn place(memory: &Shared<LEN>, at: usize) -> *mut u32 {
    ptr::with_exposed_provenance_mut(memory.address() + at)
}

fn peek(memory: &Shared<LEN>, at: usize) -> u32 {
    // SAFETY: a word of the region, aligned; volatile, for others may write there.
    unsafe { place(memory, at).read_volatile() }
}

fn poke(memory: &Shared<LEN>, at: usize, value: u32) {
    // SAFETY: a word of the region, aligned. That others use it by cohabit is broken on purpose: what they make of it is what
    // is tested; the turn's holder is no thread of this image.
    unsafe { place(memory, at).write_volatile(value) }
}
