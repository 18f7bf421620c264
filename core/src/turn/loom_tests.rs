//! Every interleaving of the protocol, and every stale value a weakly ordered core may read, within bounds.
//!
//! Loom runs the same code as production (`Links` over `Words`) over atomics of its own. In place of the heap there is a
//! counter that is loaded and stored *relaxed*: it loses a count if two parties are in their turns at once, and also if
//! one does not see what the other stored in an earlier turn. Run it by
//! `RUSTFLAGS="--cfg loom" cargo test --release -p cohabit --lib loom`.
//!
//! What each test is for shows in the bug that turns it red (each has been planted once; see `docs/TURN.md`).

#![forbid(unsafe_code)]
extern crate std;
use std::{boxed::Box, vec::Vec};

use loom::{
    sync::{Arc, Condvar, Mutex, atomic::AtomicBool},
    thread,
};

use super::{
    Arbiter,
    graves::bit,
    lock::is_unburied,
    slots::{Links, Liveness, State, TICKET_MASK, WANTS, ticket_bits},
    wait::{Next, Wait, Waiting, Wake},
    words::Words,
};
use crate::{
    format::{ArbiterKind, control_len},
    sync::{AtomicU32, Ordering},
};

const STRIDE: u32 = 8;
/// How often a party looks in vain before the rest of that schedule is run, but not varied any further.
const ROUNDS: u32 = 8;

/// What the parties of one model share.
pub(super) struct Memory {
    cells: Box<[AtomicU32]>,
    /// In place of the heap.
    pub(super) count: AtomicU32,
    /// The incarnation that has died, by slot.
    dead: [AtomicU32; 3],
    /// A futex: comparing and going to sleep are one step, as in the kernel. It counts the wakes.
    pub(super) futex: (Mutex<u32>, Condvar),
    /// A lock in hardware.
    lock: AtomicBool,
    parties: u8,
    arbiter: ArbiterKind,
}

impl Memory {
    pub(super) fn new(parties: u8, arbiter: ArbiterKind) -> Arc<Memory> {
        let words = control_len(parties, STRIDE) as usize / 4;
        Arc::new(Memory {
            cells: (0..words).map(|_| AtomicU32::new(0)).collect(),
            count: AtomicU32::new(0),
            dead: [AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0)],
            futex: (Mutex::new(0), Condvar::new()),
            lock: AtomicBool::new(false),
            parties,
            arbiter,
        })
    }

    pub(super) fn words(&self) -> Words<'_> {
        Words::checked(&self.cells, self.parties, STRIDE)
    }

    pub(super) fn join(&self, slot: u8) -> (Links<'_>, State) {
        let (mut links, state) = Links::join(self.words(), self.parties, self.arbiter, slot, self);
        if let ArbiterKind::Lock(_) = self.arbiter {
            links.set_lock(self);
        }
        (links, state)
    }

    fn dies(&self, slot: u8, incarnation: u32) {
        self.dead[slot as usize].store(incarnation, Ordering::Release);
    }

    pub(super) fn final_count(&self) -> u32 {
        self.count.load(Ordering::Relaxed)
    }

    fn count_one(&self) {
        let count = self.count.load(Ordering::Relaxed);
        self.count.store(count + 1, Ordering::Relaxed);
    }

    /// One turn that counts. Returns the name found in `holder`.
    pub(super) fn turn(&self, links: &Links<'_>, state: &mut State, wait: &mut impl Wait) -> u32 {
        let won = links.enter(state, wait);
        assert!(won.is_some());
        let found = links.found();
        links.claim();
        self.count_one();
        links.exit(state, 0, true);
        found
    }
}

impl Liveness for Memory {
    fn is_dead(&self, slot: u8, incarnation: u32) -> bool {
        self.dead[slot as usize].load(Ordering::Acquire) == incarnation
    }
}

/// The fences around it are what is tried here, so it brings no order of its own.
impl Arbiter for Memory {
    fn number(&self) -> u8 {
        32
    }
    fn try_lock(&self) -> bool {
        // An attempt in vain changes nothing, as in hardware.
        self.lock.compare_exchange(false, true, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
    fn unlock(&self) {
        self.lock.store(false, Ordering::Relaxed);
    }
}

impl Wake for Memory {
    fn wake(&self, _: *const u32) {
        *self.futex.0.lock().unwrap() += 1;
        self.futex.1.notify_all();
    }
}

/// Lets the others run. A schedule that lets two waiting parties run past the third for ever is not explored to its end.
fn stand_back(waiting: &Waiting<'_>) {
    if waiting.round() == ROUNDS {
        loom::skip_branch();
    }
    thread::yield_now();
}

/// Lets the others run, and asks each time whether the one in the way lives.
struct Patient;

impl Wait for Patient {
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        stand_back(waiting);
        Next::Inquire
    }
}

/// Lets the others run, trusting that they live.
pub(super) struct Trusting;

impl Wait for Trusting {
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        stand_back(waiting);
        Next::Check
    }
}

pub(super) fn explore(preemptions: Option<usize>, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.max_branches = 20_000;
    builder.check(model);
}

/// Plays a party in a thread of its own.
pub(super) fn beside<R: 'static>(
    memory: &Arc<Memory>,
    play: impl FnOnce(&Memory) -> R + 'static,
) -> thread::JoinHandle<R> {
    let memory = memory.clone();
    thread::spawn(move || play(&memory))
}

fn take_turns_in(memory: &Memory, slot: u8, turns: u32) {
    let (links, mut state) = memory.join(slot);
    for _ in 0..turns {
        assert_eq!(memory.turn(&links, &mut state, &mut Trusting), 0);
    }
}

/// Each of `slots` takes `turns` turns in a thread of its own; the count is exact.
fn take_turns(memory: &Arc<Memory>, slots: u8, turns: u32) {
    let threads: Vec<_> =
        (1..slots).map(|slot| beside(memory, move |memory| take_turns_in(memory, slot, turns))).collect();
    take_turns_in(memory, 0, turns);
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(memory.final_count(), slots as u32 * turns);
}

#[test]
fn two_parties_take_turns() {
    explore(None, || take_turns(&Memory::new(2, ArbiterKind::Peterson), 2, 1));
}

#[test]
fn two_parties_take_two_turns_each() {
    explore(Some(5), || take_turns(&Memory::new(2, ArbiterKind::Peterson), 2, 2));
}

#[test]
fn two_parties_take_bakery_turns() {
    explore(Some(6), || take_turns(&Memory::new(2, ArbiterKind::Bakery), 2, 1));
}

#[test]
fn three_parties_take_turns() {
    explore(Some(3), || take_turns(&Memory::new(3, ArbiterKind::Bakery), 3, 1));
}

#[test]
fn two_parties_take_turns_by_a_lock() {
    explore(Some(5), || take_turns(&Memory::new(2, ArbiterKind::Lock(32)), 2, 2));
}

#[test]
fn tickets_wrap() {
    explore(Some(3), || {
        let memory = Memory::new(2, ArbiterKind::Bakery);
        memory.words().gate().store(TICKET_MASK - 1);
        take_turns(&memory, 2, 2);
    });
}

/// The predecessor in slot 1 died, `word` being the last that it showed, and slot 0 knows it; its successor joins meanwhile.
fn join_while_believed_dead(arbiter: ArbiterKind, word: u32) {
    let memory = Memory::new(2, arbiter);
    memory.words().incarnation(1).store(1);
    memory.words().word(1).store(word);
    memory.dies(1, 1);
    let newcomer = beside(&memory, |memory| {
        let (links, mut state) = memory.join(1);
        memory.turn(&links, &mut state, &mut Trusting)
    });
    let (links, mut state) = memory.join(0);
    state.inquire(&links, 1);
    memory.turn(&links, &mut state, &mut Trusting);
    newcomer.join().unwrap();
    assert_eq!(memory.final_count(), 2);
}

#[test]
fn newcomer_and_one_who_believes_the_slot_dead_do_not_both_win() {
    explore(None, || join_while_believed_dead(ArbiterKind::Peterson, WANTS | ticket_bits(1)));
}

#[test]
fn newcomer_and_one_who_believes_the_slot_dead_do_not_both_win_in_the_bakery() {
    explore(Some(5), || join_while_believed_dead(ArbiterKind::Bakery, WANTS | ticket_bits(1)));
}

#[test]
fn newcomer_and_one_who_believes_the_slot_dead_do_not_both_win_by_a_lock() {
    explore(None, || join_while_believed_dead(ArbiterKind::Lock(32), 0));
}

/// Slot 1 dies in its turn; its successor, as soon as it is `admitted`, has one, and tells the name that it found.
fn die_in_a_turn_and_come_again(memory: &Memory, admitted: impl Fn() -> bool) -> u32 {
    let (links, mut state) = memory.join(1);
    assert!(links.enter(&mut state, &mut Trusting).is_some());
    links.claim();
    memory.count_one();
    memory.dies(1, links.incarnation());
    // Whoever starts the next one knows of the death.
    until(admitted);
    let (links, mut state) = memory.join(1);
    memory.turn(&links, &mut state, &mut Patient)
}

/// Slot 1 dies in its turn. Slot 0 and slot 1's successor both go on, and whoever is first finds the name.
#[test]
fn death_in_the_turn_is_noticed_once_and_nothing_is_lost() {
    explore(Some(5), || {
        let memory = Memory::new(2, ArbiterKind::Peterson);
        let other = beside(&memory, |memory| die_in_a_turn_and_come_again(memory, || true));
        let (links, mut state) = memory.join(0);
        let first = memory.turn(&links, &mut state, &mut Patient);
        let mut found = [first, other.join().unwrap()].map(|name| links.who(name));
        found.sort();
        // Slot 0 may have had its turn before the death, and then the successor finds the name.
        assert_eq!(found, [None, Some((1, 1))]);
        assert_eq!(memory.final_count(), 3);
    });
}

/// Slot 1 dies with the lock; its successor is kept out until slot 0 has noticed, and then both go on.
#[test]
fn lock_of_the_dead_is_freed_once_and_its_successor_waits_for_that() {
    explore(Some(4), || {
        let memory = Memory::new(2, ArbiterKind::Lock(32));
        let other = beside(&memory, |memory| {
            die_in_a_turn_and_come_again(memory, || !is_unburied(&memory.words(), 1))
        });
        let (links, mut state) = memory.join(0);
        let first = memory.turn(&links, &mut state, &mut Patient);
        until(|| memory.dead[1].load(Ordering::Acquire) != 0);
        // As `reap` does, in case that the first turn came before the death.
        assert!(links.enter(&mut state, &mut Patient).is_some());
        let second = links.found();
        if state.inquire(&links, 1) {
            links.bury_reaped(&mut state, bit(1));
        }
        links.exit(&mut state, 0, true);
        assert_eq!(other.join().unwrap(), 0);
        assert_eq!([first, second].map(|name| links.who(name)).iter().flatten().count(), 1);
        assert_eq!(memory.final_count(), 3);
    });
}

/// Lets the others run until something is so.
fn until(so: impl Fn() -> bool) {
    for round in 0.. {
        if so() {
            return;
        }
        if round == ROUNDS {
            loom::skip_branch();
        }
        thread::yield_now();
    }
}

/// Slot 2 died drawing a ticket or waiting; the two others are not held up for longer than it takes to ask.
fn dead_party_is_passed_over(word: u32) {
    explore(Some(4), move || {
        let memory = Memory::new(3, ArbiterKind::Bakery);
        memory.words().incarnation(2).store(7);
        memory.words().word(2).store(word);
        memory.dies(2, 7);
        let other = beside(&memory, |memory| {
            let (links, mut state) = memory.join(1);
            memory.turn(&links, &mut state, &mut Patient)
        });
        let (links, mut state) = memory.join(0);
        memory.turn(&links, &mut state, &mut Patient);
        other.join().unwrap();
        assert_eq!(memory.final_count(), 2);
    });
}

#[test]
fn party_that_died_choosing_is_passed_over() {
    dead_party_is_passed_over(super::CHOOSING);
}

#[test]
fn party_that_died_waiting_is_passed_over() {
    dead_party_is_passed_over(WANTS | ticket_bits(1));
}
