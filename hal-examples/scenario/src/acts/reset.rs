//! The follower is reset: anywhere in a turn, and before each store of an operation. The leader makes the region whole.
//!
//! ```text
//!   follower:  ... turn: push, set, put, take, fin|           start-up, open, join, go on where the region says
//!   leader:                              hold ----| turn: whose? recovered; audit; still in step? | release
//! ```
//!
//! The follower works through steps of which each leaves the objects in a known relation: so the leader can tell, whatever
//! moment the reset came, that each operation has happened or has not.

use cohabit::{Error, List, Map, Order, Recovered, Recovery, Turn, Value};

use crate::{
    Act, Board, Event, FOLLOW, Failure, Player, ResetLine,
    script::{expect, int},
};

/// Longest the list of steps grows.
const KEPT: usize = 12;

/// What the follower works on.
#[derive(Clone, Copy)]
struct Bench {
    steps: List,
    words: Map,
}

const NAMES: [&str; 3] = ["one", "a second name", "and a third, even longer name"];

impl Bench {
    /// One step of several operations. What comes next is found in the region, for the follower's own memory does not last; a step
    /// that a former life began is gone on with.
    fn step(self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let next = int(self.words, turn, "step")? + 1;
        if self.last(turn)? < next {
            if self.steps.len(turn)? >= KEPT {
                self.steps.remove(turn, 0)?;
            }
            self.steps.push(turn, next)?;
        }
        let name = NAMES[next as usize % NAMES.len()];
        self.words.set(turn, name, name)?;
        self.words.remove(turn, NAMES[(next as usize + 1) % NAMES.len()])?;
        self.words.set(turn, "step", next)?;
        // A message that a former life had taken is back in the queue.
        while let Some(message) = turn.take_message(Order::Fifo)? {
            message.finish(turn)?;
        }
        turn.put_message(name)?;
        let message = turn.take_message(Order::Fifo)?;
        let loose = turn.new_list()?;
        loose.push(turn, name)?;
        if let Some(message) = message {
            message.finish(turn)?;
        }
        turn.destroy(loose)
    }

    /// The number of the last step that was begun; -1 before the first.
    fn last(self, turn: &Turn<'_>) -> Result<i64, Error> {
        let len = self.steps.len(turn)?;
        if len == 0 { Ok(-1) } else { Ok(self.steps.get(turn, len - 1)?.as_int().unwrap_or(-1)) }
    }

    /// Whether this is a state between two operations of a step.
    fn check(self, turn: &mut Turn<'_>) -> Result<i64, Failure> {
        turn.audit()?;
        let steps = self.steps.as_ints(turn)?;
        let last = steps.last().copied().unwrap_or(-1);
        for (i, step) in steps.iter().rev().enumerate() {
            expect("a step in its place", last - i as i64, *step)?;
        }
        expect("no more steps than are kept", 1, (steps.len() <= KEPT) as u32)?;
        let told = int(self.words, turn, "step")?;
        expect("the step told, this or the one before", 1, (last - told <= 1 && told <= last) as u32)?;
        for name in NAMES {
            if let Some(value) = self.words.get(turn, name)? {
                expect("a name that names itself", 1, (value.as_text() == Some(name)) as u32)?;
            }
        }
        expect("at most the message of the step", 1, (turn.message_count() <= 1) as u32)?;
        Ok(last)
    }

    fn find<B: Board>(player: &mut Player<'_, '_, B>) -> Result<Bench, Failure> {
        let steps = player.find_list("steps")?;
        let words = player.find_map("words")?;
        Ok(Bench { steps, words })
    }

    /// A bench on which the steps below `next` are done.
    fn publish<B: Board>(player: &mut Player<'_, '_, B>, next: i64) -> Result<Bench, Failure> {
        let mut turn = player.turn()?;
        let bench = Bench { steps: turn.new_list()?, words: turn.new_map()? };
        bench.steps.extend(&mut turn, 0..next)?;
        bench.words.set(&mut turn, "step", next - 1)?;
        let roots = turn.roots()?;
        roots.set(&mut turn, "steps", bench.steps)?;
        roots.set(&mut turn, "words", bench.words)?;
        Ok(bench)
    }

    fn unpublish<B: Board>(player: &mut Player<'_, '_, B>) -> Result<(), Failure> {
        player.unpublish("steps")?;
        player.unpublish("words")?;
        let mut turn = player.turn()?;
        while let Some(message) = turn.take_message(Order::Fifo)? {
            message.finish(&mut turn)?;
        }
        Ok(())
    }
}

/// Leads: resets the follower at `resets` moments it cannot foresee. Returns how many of them were in the middle of a turn.
pub fn in_a_turn<B: Board + ResetLine>(player: &mut Player<'_, '_, B>, resets: u32) -> Result<u32, Failure> {
    let start = player.board.now();
    let bench = Bench::publish(player, 0)?;
    player.call(Act::Churn, resets)?;
    let mut in_turn = 0;
    let mut so_far = -1;
    for reset in 0..resets {
        player.wait("the other core to work", |turn| Ok((bench.last(turn)? > so_far).then_some(())))?;
        let region = player.region;
        player.until("the other core's turn", |_| (region.holder() == Some(FOLLOW)).then_some(()))?;
        // A different moment of it each time, or of what comes after.
        for _ in 0..reset.wrapping_mul(2_654_435_761) >> 22 {
            core::hint::spin_loop();
        }
        let (death, last) = hold_and_recover(player, bench)?;
        if let Some(death) = death {
            in_turn += 1;
            // The first is told in full, the others counted.
            if in_turn == 1 {
                player.board.tell(Event::Recovered(death));
            }
        }
        so_far = last;
        if reset + 1 < resets {
            player.board.release();
        }
    }
    player.board.tell(Event::Resets { resets, in_turn });
    end(player, Act::Churn, start)?;
    Ok(in_turn)
}

/// Leads: the follower stands still before store 1, 2, 3, ... of a step, is reset there, and comes back, until a step
/// has no more stores. Returns how many there were.
pub fn at_each_store<B: Board + ResetLine>(player: &mut Player<'_, '_, B>) -> Result<u32, Failure> {
    let start = player.board.now();
    let mut bench = Bench::publish(player, KEPT as i64)?;
    let (mut stores, mut undone) = (0, 0);
    player.call(Act::Store, stores)?;
    while wait_for_stop(player)? {
        let (death, last) = hold_and_recover(player, bench)?;
        expect("the step of each life, begun or not", 1, (last - KEPT as i64 <= 0) as u32)?;
        undone += death.is_some_and(|death| death.recovery != Recovery::default()) as u32;
        stores += 1;
        // The same step again, one store further.
        Bench::unpublish(player)?;
        bench = Bench::publish(player, KEPT as i64)?;
        let mut turn = player.turn()?;
        turn.roots()?.set(&mut turn, "with", stores)?;
        drop(turn);
        player.board.release();
    }
    let (_, last) = hold_and_recover(player, bench)?;
    expect("the step, done", KEPT as u32, last)?;
    player.board.tell(Event::Stores { stores, undone });
    expect("deaths with something to undo or give back", 1, (undone > 0) as u32)?;
    end(player, Act::Store, start)?;
    Ok(stores)
}

/// Stops the follower for good and makes the region whole; says whether it had the turn, and its last step.
fn hold_and_recover<B: Board + ResetLine>(
    player: &mut Player<'_, '_, B>,
    bench: Bench,
) -> Result<(Option<Recovered>, i64), Failure> {
    if !player.board.hold() {
        return Err(Failure::TimedOut { what: "the other core to stop" });
    }
    let there = player.region.slot(FOLLOW).map_or(0, |slot| slot.incarnation);
    let had_turn = player.region.holder() == Some(FOLLOW);
    let mut turn = player.turn()?;
    let death = turn.recovered();
    expect("a death in a turn noticed", had_turn as u32, death.is_some() as u32)?;
    if let Some(Recovered { slot, incarnation, .. }) = death {
        expect("the slot of who died", FOLLOW, slot)?;
        expect("the incarnation of who died", there, incarnation)?;
    }
    // Whole already; and then what it held outside of a turn is given back, too.
    turn.audit()?;
    turn.reap()?;
    let last = bench.check(&mut turn)?;
    Ok((death, last))
}

/// The follower is held: nothing is called any more, the bench is cleared, and it may come back.
fn end<B: Board + ResetLine>(player: &mut Player<'_, '_, B>, act: Act, start: u32) -> Result<(), Failure> {
    let mut turn = player.turn()?;
    turn.roots()?.set(&mut turn, "through", act.number())?;
    drop(turn);
    Bench::unpublish(player)?;
    player.audit()?;
    readmit(player)?;
    player.board.tell(Event::Ended { act, ms: player.board.now().wrapping_sub(start) });
    Ok(())
}

/// Lets the follower start again, and waits until it has joined.
pub fn readmit<B: Board + ResetLine>(player: &mut Player<'_, '_, B>) -> Result<(), Failure> {
    let before = player.region.slot(FOLLOW).map_or(0, |slot| slot.incarnation);
    player.board.release();
    let incarnation = player.until("the other core to join again", |player| {
        player.region.slot(FOLLOW).map(|slot| slot.incarnation).filter(|now| *now != before)
    })?;
    player.board.tell(Event::Readmitted { incarnation });
    Ok(())
}

/// True: the follower stands still. False: it is through with a whole step.
fn wait_for_stop<B: Board + ResetLine>(player: &mut Player<'_, '_, B>) -> Result<bool, Failure> {
    let mut seen = player.party.changes();
    player.until("the other core to stop before a store", |player| {
        if player.board.stands_still() {
            return Some(Ok(true));
        }
        let changes = player.party.changes();
        if changes == seen {
            return None;
        }
        // Not waiting for the turn: it may never come.
        match player.party.try_acquire() {
            Ok(Some(turn)) => {
                seen = changes;
                is_through(&turn).map(|through| through.then_some(false)).transpose().map(|found| Ok(found?))
            }
            Ok(None) => None,
            Err(why) => Some(Err(why.into())),
        }
    })?
}

fn is_through(turn: &Turn<'_>) -> Result<bool, Error> {
    Ok(turn.roots()?.get(turn, "through")?.and_then(Value::as_int) == Some(Act::Store.number()))
}

/// Follows: one step after the other, until the end.
pub fn churn<B: Board>(player: &mut Player<'_, '_, B>) -> Result<(), Failure> {
    let bench = Bench::find(player)?;
    loop {
        let mut turn = player.turn()?;
        bench.step(&mut turn)?;
    }
}

/// Follows: one step in one turn, standing still before the store after `stores` of them.
pub fn step_and_stop<B: Board>(player: &mut Player<'_, '_, B>, stores: u32) -> Result<(), Failure> {
    let bench = Bench::find(player)?;
    let board = player.board;
    if !board.stand_still_after(stores) {
        return Err(Failure::CannotPlay { act: Act::Store });
    }
    let stepped = player.turn().and_then(|mut turn| Ok(bench.step(&mut turn)?));
    board.never_mind();
    stepped
}
