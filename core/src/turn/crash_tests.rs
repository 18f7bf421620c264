//! A party is killed after store 1, 2, 3, ... of joining, taking a turn, waiting, and leaving; the others go on.
//!
//! Run it by `RUSTFLAGS="--cfg crash_points" cargo test -p cohabit --lib crash`. Seen red with `claim` left out of
//! `Party::begin`, and with `claim` before `mark_dead` in `Party::settle`.

extern crate std;
use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{
    AlwaysAlive, Next, Party, Wait, Waiting,
    tests::{AllDead, Ask, SPARE, join, memory, region},
};
use crate::{Config, Region, door::crash};

/// Kills `life` (run as slot 1) after each of its stores in turn; returns how many there are.
///
/// With `occupied` the witness has the turn meanwhile.
fn kill_after_each_store(parties: u8, occupied: bool, life: impl Fn(&Region<'_>)) -> u64 {
    for stores in 0.. {
        let mut memory = memory();
        let region = region(&mut memory, Config::new().compact().parties(parties));
        let mut witness = join(&region, 0, &AllDead);
        if occupied {
            core::mem::forget(witness.acquire().unwrap());
        }
        crash::arm(stores);
        let killed = catch_unwind(AssertUnwindSafe(|| life(&region))).is_err();
        crash::disarm();
        go_on(&mut witness, killed);
        let mut successor = join(&region, 1, &AllDead);
        go_on(&mut successor, false);
        go_on(&mut witness, false);
        if !killed {
            return stores;
        }
    }
    unreachable!()
}

/// A turn is had without waiting for the dead, and the heap is as it was before or after.
fn go_on(party: &mut Party<'_>, after_death: bool) {
    let mut turn = party.acquire_with(&mut Ask(2)).unwrap().expect("the dead are passed over");
    assert!(after_death || turn.recovered().is_none());
    assert!(!INSIDE.take() || turn.recovered().is_some(), "it died in its turn");
    if let Some(recovered) = turn.recovered() {
        assert_eq!((recovered.slot, recovered.incarnation), (1, 1));
    }
    let count = turn.heap.word(SPARE).unwrap();
    assert!(count <= 4);
    turn.heap.set_word(SPARE, count + 1).unwrap();
}

std::thread_local! {
    /// Whether the party that may be killed is between taking its turn and ending it.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

fn one_turn(party: &mut Party<'_>) {
    let mut turn = party.acquire().unwrap();
    INSIDE.set(true);
    let count = turn.heap.word(SPARE).unwrap();
    turn.heap.set_word(SPARE, count + 1).unwrap();
    INSIDE.set(false);
}

#[test]
fn party_killed_after_any_store_of_a_turn_holds_nobody_up() {
    let tried = [2, 3].map(|parties| {
        kill_after_each_store(parties, false, |region| {
            let mut party = join(region, 1, &AllDead);
            one_turn(&mut party); // the first, which is admitted
            one_turn(&mut party);
        })
    });
    // Peterson: the incarnation, and in each turn word, holder, the heap, changes, holder, word.
    assert!(tried[0] >= 13 && tried[1] > tried[0], "{tried:?}");
}

#[test]
fn party_killed_after_any_store_of_leaving_holds_nobody_up() {
    let tried = kill_after_each_store(2, false, |region| {
        join(region, 1, &AllDead).leave().unwrap();
    });
    assert!(tried >= 7, "{tried}");
}

#[test]
fn party_killed_while_waiting_holds_nobody_up() {
    for parties in [2, 3] {
        let tried = kill_after_each_store(parties, true, |region| {
            // It queues, announces that it sleeps, and withdraws.
            let mut script = [Next::Announce, Next::Check, Next::GiveUp].into_iter();
            let mut party = join(region, 1, &AlwaysAlive);
            assert!(party.acquire_with(&mut Script(&mut script)).unwrap().is_none());
        });
        assert!(tried >= 5, "{tried}");
    }
}

struct Script<'s>(&'s mut dyn Iterator<Item = Next>);
impl Wait for Script<'_> {
    fn pass(&mut self, _: &Waiting<'_>) -> Next {
        self.0.next().unwrap()
    }
}

/// The death of a party is recovered by one that is killed, too, after each of its stores; the third goes on.
#[test]
fn recovery_killed_after_any_store_is_completed_by_the_next() {
    for stores in 0.. {
        let mut memory = memory();
        let region = region(&mut memory, Config::new().compact().parties(3));
        let mut first = join(&region, 1, &AllDead);
        let mut turn = first.acquire().unwrap();
        let used = turn.stats().unwrap().used;
        turn.new_list().unwrap();
        core::mem::forget(turn);
        let mut second = join(&region, 2, &AllDead);
        crash::arm(stores);
        let killed =
            catch_unwind(AssertUnwindSafe(|| drop(second.acquire_with(&mut Ask(2)).unwrap()))).is_err();
        crash::disarm();
        let mut third = join(&region, 0, &AllDead);
        let mut turn = third.acquire_with(&mut Ask(2)).unwrap().unwrap();
        let died = turn.recovered().map(|recovered| recovered.slot);
        assert!(if killed { matches!(died, Some(1 | 2) | None) } else { died.is_none() }, "{died:?}");
        assert_eq!(turn.stats().unwrap().used, used, "what the first held is given back, store {stores}");
        assert!(turn.audit().is_ok(), "store {stores}");
        drop(turn);
        if !killed {
            return;
        }
    }
}
