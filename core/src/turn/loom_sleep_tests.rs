//! Every interleaving of falling asleep and waking, on the same model as `loom_tests.rs`: nobody sleeps for ever.

#![forbid(unsafe_code)]

use super::{
    loom_tests::{Memory, Trusting, beside, explore},
    wait::{Next, Wait, Waiting},
};
use crate::format::ArbiterKind;

/// Sleeps at once, without a time limit: a lost wake-up is a deadlock, which loom reports.
struct Sleeper<'m>(&'m Memory);

impl Wait for Sleeper<'_> {
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        if !waiting.announced() {
            return Next::Announce;
        }
        let guard = self.0.futex.0.lock().unwrap();
        if waiting.word.load() == waiting.seen {
            drop(self.0.futex.1.wait(guard).unwrap());
        }
        Next::Check
    }
}

/// Two parties have a turn each in this way, and nobody sleeps for ever.
fn both_are_woken(arbiter: ArbiterKind, preemptions: usize, one: fn(&Memory, u8)) {
    explore(Some(preemptions), move || {
        let memory = Memory::new(2, arbiter);
        let other = beside(&memory, move |memory| one(memory, 1));
        one(&memory, 0);
        other.join().unwrap();
        assert_eq!(memory.final_count(), 2);
    });
}

/// Sleeps whenever it has to wait.
fn sleep_for_turn(memory: &Memory, slot: u8) {
    let (mut links, mut state) = memory.join(slot);
    links.set_wake(memory);
    memory.turn(&links, &mut state, &mut Sleeper(memory));
}

#[test]
fn sleepers_are_woken_at_petersons() {
    both_are_woken(ArbiterKind::Peterson, 6, sleep_for_turn);
}

#[test]
fn sleepers_are_woken_at_a_lock() {
    both_are_woken(ArbiterKind::Lock(32), 4, sleep_for_turn);
}

#[test]
fn sleepers_are_woken_at_the_bakery() {
    both_are_woken(ArbiterKind::Bakery, 4, sleep_for_turn);
}

/// As futures do: looks once each time it has been woken, and stays in the queue meanwhile.
struct Suspending;

impl Wait for Suspending {
    fn pass(&mut self, _: &Waiting<'_>) -> Next {
        Next::Suspend
    }
}

/// Polls until it has the turn, sleeping without a limit from poll to poll: a lost wake-up is a deadlock.
fn poll_for_turn(memory: &Memory, slot: u8) {
    let (mut links, mut state) = memory.join(slot);
    links.set_wake(memory);
    loop {
        let wakes = *memory.futex.0.lock().unwrap();
        if links.request(&mut state, &mut Suspending) {
            break;
        }
        let mut guard = memory.futex.0.lock().unwrap();
        while *guard == wakes {
            guard = memory.futex.1.wait(guard).unwrap();
        }
    }
    // It is ours already.
    memory.turn(&links, &mut state, &mut Suspending);
}

#[test]
fn suspended_attempts_are_woken_at_petersons() {
    both_are_woken(ArbiterKind::Peterson, 5, poll_for_turn);
}

#[test]
fn suspended_attempts_are_woken_at_a_lock() {
    both_are_woken(ArbiterKind::Lock(32), 4, poll_for_turn);
}

#[test]
fn suspended_attempts_are_woken_at_the_bakery() {
    both_are_woken(ArbiterKind::Bakery, 3, poll_for_turn);
}

/// One sleeps until there is news; the other makes some.
#[test]
fn news_wakes_who_waits_for_it() {
    explore(None, || {
        let memory = Memory::new(2, ArbiterKind::Peterson);
        let other = beside(&memory, |memory| {
            let (links, mut state) = memory.join(1);
            let news = links.await_change(&mut state, 0, &mut Sleeper(memory));
            assert_eq!(news, Some(1));
        });
        let (mut links, mut state) = memory.join(0);
        links.set_wake(&*memory);
        assert!(links.enter(&mut state, &mut Trusting).is_some());
        links.publish(5);
        links.exit(&mut state, 0, true);
        other.join().unwrap();
    });
}
