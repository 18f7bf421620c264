//! The turn over real memory: threads, deaths, sleepers. Interleavings are `loom_tests.rs`' business; Miri sees the layout here.

extern crate std;
use core::{
    ptr::NonNull,
    sync::atomic::{AtomicBool, Ordering},
};
use std::{mem, thread, vec, vec::Vec};

use super::{JoinError, Liveness, Next, Party, TurnError, Wait, Waiting, Wake, slots::ASLEEP};
use crate::{Config, OpenError, Region};

const BYTES: usize = 16 * 1024;
/// A word in the middle of the heap that nothing else uses.
pub(super) const SPARE: u32 = 700;

pub(super) fn memory() -> Vec<u64> {
    vec![0; BYTES / 8]
}

pub(super) fn region(memory: &mut [u64], config: Config) -> Region<'_> {
    Region::format(bytemuck::cast_slice_mut(memory), config).unwrap()
}

/// Joins a slot of a region that lives in this test alone.
pub(super) fn join<'a>(region: &Region<'a>, slot: u8, liveness: &'a dyn Liveness) -> Party<'a> {
    // SAFETY: each test joins a slot again only after it has ended the party that was there.
    unsafe { region.join(slot, liveness) }.unwrap()
}

/// A region for so many parties, and the first two of them.
fn two_of(memory: &mut [u64], parties: u8) -> (Region<'_>, Party<'_>, Party<'_>) {
    let region = region(memory, Config::new().parties(parties));
    let [a, b] = [0, 1].map(|slot| join(&region, slot, &super::AlwaysAlive));
    (region, a, b)
}

/// A turn that counts. Returns the count.
pub(super) fn count(party: &mut Party<'_>) -> u64 {
    let mut turn = party.acquire().unwrap();
    let count = turn.heap.word(SPARE).unwrap() + 1;
    turn.heap.set_word(SPARE, count).unwrap();
    count
}

/// Everybody but the one who asks is dead.
pub(super) struct AllDead;
impl Liveness for AllDead {
    fn is_dead(&self, _: u8, _: u32) -> bool {
        true
    }
}

/// Asks this many times whether the one in the way lives, then gives up.
pub(super) struct Ask(pub(super) u32);
impl Wait for Ask {
    fn pass(&mut self, _: &Waiting<'_>) -> Next {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                Next::Inquire
            }
            None => Next::GiveUp,
        }
    }
}

/// Lets other threads run: there may be fewer cores than parties.
struct Yield;
impl spin::RelaxStrategy for Yield {
    fn relax() {
        thread::yield_now();
    }
}

fn count_in_threads<const N: usize>(config: Config, many: u64) {
    let each = if cfg!(miri) { 60 / N as u64 } else { many };
    let mut memory = memory();
    let mut parties = region(&mut memory, config.parties(N as u8)).split::<N>().unwrap();
    thread::scope(|scope| {
        for party in &mut parties {
            scope.spawn(move || {
                for _ in 0..each {
                    let mut turn = party.acquire_by::<Yield>().unwrap();
                    let count = turn.heap.word(SPARE).unwrap();
                    turn.heap.set_word(SPARE, count + 1).unwrap();
                    // Given away on purpose: the turn ends inside a function that was handed it (see `Lent`).
                    drop(turn);
                }
            });
        }
    });
    let turn = parties[0].acquire().unwrap();
    assert_eq!(turn.heap.word(SPARE).unwrap(), each * N as u64);
    drop(turn);
    assert_eq!(parties[0].changes(), each as u32 * N as u32, "each turn changed something");
}

#[test]
fn two_threads_count_exactly() {
    count_in_threads::<2>(Config::new(), 50_000);
}

#[test]
fn three_threads_count_exactly() {
    count_in_threads::<3>(Config::new().compact(), 10_000);
}

#[test]
fn eight_threads_count_exactly() {
    count_in_threads::<8>(Config::new().stride(128), 2_000);
}

#[test]
fn three_threads_count_exactly_while_tickets_wrap() {
    let mut memory = memory();
    let region = region(&mut memory, Config::new().parties(3));
    region.set_gate(u32::MAX >> 3);
    let mut parties = region.split::<3>().unwrap();
    for round in 0..9 {
        assert_eq!(count(&mut parties[round % 3]), round as u64 + 1);
    }
}

/// A party died holding a ticket, and half a circle of tickets later somebody who does not know draws one. Without the gate it
/// would draw on top of the relic, and come before the party that has the turn.
#[test]
fn ticket_of_the_long_dead_is_not_the_highest() {
    let mut memory = memory();
    let region = region(&mut memory, Config::new().parties(3));
    let relic = 5u32;
    let now = relic.wrapping_sub((1 << 28) - 10);
    region.set_gate(now);
    region.set_word(2, 3, 1 | relic << 3);
    let mut a = join(&region, 0, &AllDead);
    let mut b = join(&region, 1, &AllDead);
    assert!(a.try_acquire().unwrap().is_none(), "a relic ahead: wait, and ask");
    // `a` learns of the death, draws on top of the gate, and has the turn.
    let turn = a.acquire_with(&mut Ask(1)).unwrap().unwrap();
    mem::forget(turn);
    let ticket = region.slot(0).unwrap().word >> 3;
    assert_eq!(ticket, (now + 1) & (u32::MAX >> 3));
    // `b` does not know yet; it must not come before `a`.
    assert!(b.try_acquire().unwrap().is_none());
    assert_eq!(region.slot(1).unwrap().word, 0, "withdrawn");
}

#[test]
fn try_acquire_and_acquire_until_give_up_while_the_turn_is_taken() {
    for parties in [2, 3] {
        let mut memory = memory();
        let (region, mut a, mut b) = two_of(&mut memory, parties);
        let turn = a.acquire().unwrap();
        for _ in 0..200 {
            assert!(b.try_acquire().unwrap().is_none());
        }
        let mut left = 10;
        let expired = || {
            left -= 1;
            left == 0
        };
        assert!(b.acquire_until::<spin::relax::Loop>(expired).unwrap().is_none());
        assert_eq!((region.slot(1).unwrap().wants(), region.holder()), (false, Some(0)));
        drop(turn);
        assert!(b.try_acquire().unwrap().is_some());
        assert!(b.acquire_until::<spin::relax::Loop>(|| panic!("not asked when free")).unwrap().is_some());
    }
}

#[test]
fn death_in_the_turn_is_found_by_the_next_and_named() {
    for parties in [2, 5] {
        let mut memory = memory();
        let region = region(&mut memory, Config::new().parties(parties));
        // Some lives before, so that the name is not 1.
        for _ in 0..3 {
            join(&region, 1, &AllDead).leave().unwrap();
        }
        let mut dying = join(&region, 1, &AllDead);
        let incarnation = dying.incarnation();
        assert_eq!(incarnation, 7);
        mem::forget(dying.acquire().unwrap());
        let mut other = join(&region, 0, &AllDead);
        assert!(other.acquire_with(&mut Ask(0)).unwrap().is_none(), "nobody has been asked");
        let turn = other.acquire_with(&mut Ask(1)).unwrap().unwrap();
        let recovered = turn.recovered().unwrap();
        assert_eq!((recovered.slot, recovered.incarnation), (1, incarnation));
        drop(turn);
        assert_eq!(other.acquire().unwrap().recovered(), None);
        // Its successor meets nothing unusual.
        let mut next = join(&region, 1, &AllDead);
        assert_eq!(next.acquire().unwrap().recovered(), None);
        assert_eq!(next.incarnation(), 9);
    }
}

#[test]
fn reap_finds_each_dead_party_once_and_no_one_who_left() {
    let mut memory = memory();
    let region = region(&mut memory, Config::new().parties(4));
    join(&region, 1, &AllDead).leave().unwrap();
    let _dies = join(&region, 2, &AllDead);
    let mut a = join(&region, 0, &AllDead);
    let mut turn = a.acquire().unwrap();
    assert_eq!(turn.reap(), Ok(1));
    assert_eq!(turn.reap(), Ok(0));
    drop(turn);
    let _dies = join(&region, 2, &AllDead);
    assert_eq!(a.acquire().unwrap().reap(), Ok(1), "another incarnation");
}

#[test]
fn forgotten_turn_is_released_by_the_next_attempt() {
    let mut memory = memory();
    let [mut a, mut b] = region(&mut memory, Config::new()).split().unwrap();
    drop(a.acquire().unwrap());
    mem::forget(a.acquire().unwrap());
    assert!(b.try_acquire().unwrap().is_none());
    assert_eq!(a.acquire().unwrap().recovered(), None);
    assert_eq!(b.try_acquire().unwrap().unwrap().recovered(), None);
}

#[test]
fn party_whose_slot_was_taken_over_gets_no_turn() {
    let mut memory = memory();
    let region = region(&mut memory, Config::new());
    let mut old = join(&region, 0, &AllDead);
    drop(old.acquire().unwrap());
    let mut new = join(&region, 0, &AllDead);
    assert_eq!(old.acquire().err(), Some(TurnError::Superseded));
    assert!(new.acquire().is_ok());
}

#[test]
fn unrecoverable_heap_is_reported_to_everybody_who_comes() {
    let mut memory = memory();
    let region = region(&mut memory, Config::new());
    let mut dying = join(&region, 1, &AllDead);
    let mut turn = dying.acquire().unwrap();
    // Nothing survives this: the head and the first blocks are gone.
    for granule in 0..600 {
        turn.heap.set_word(granule, u64::MAX).unwrap();
    }
    mem::forget(turn);
    let mut a = join(&region, 0, &AllDead);
    for _ in 0..2 {
        let refused = a.acquire_with(&mut Ask(1)).map(|turn| turn.is_some());
        assert!(matches!(refused, Err(TurnError::Unrecoverable(_))), "{refused:?}");
        assert_eq!(region.holder(), Some(1), "the name of the dead stays");
    }
}

#[test]
fn region_opened_elsewhere_is_the_same_region() {
    let mut memory = memory();
    let base = NonNull::from(memory.as_mut_slice()).cast::<u8>();
    let config = Config::new().region_id(9);
    // SAFETY: `memory` outlives the regions and is not touched otherwise; all are in this thread.
    let made = unsafe { Region::format_raw(base, BYTES, config) }.unwrap();
    // SAFETY: as above.
    let opened = unsafe { Region::open(base, BYTES) }.unwrap();
    assert_eq!(made.info(), opened.info());
    let mut a = join(&made, 0, &super::AlwaysAlive);
    let mut b = join(&opened, 1, &super::AlwaysAlive);
    a.acquire().unwrap().heap.set_word(SPARE, 5).unwrap();
    assert_eq!(b.acquire().unwrap().heap.word(SPARE), Ok(5));
    assert_eq!((made.changes(), b.changes()), (a.changes(), opened.changes()));
    // SAFETY: as above.
    let short = unsafe { Region::open(base, 63) };
    // SAFETY: as above, 2 bytes on.
    let odd = unsafe { Region::open(NonNull::new(base.as_ptr().wrapping_add(2)).unwrap(), BYTES - 2) };
    assert_eq!(short.err(), Some(OpenError::TooShort { needed: 64 }));
    assert_eq!(odd.err(), Some(OpenError::Misaligned));
    // SAFETY: nobody is in any slot that does not exist.
    assert!(unsafe { made.join(2, &super::AlwaysAlive) }.is_err());
    assert_eq!(opened.split::<2>().err(), Some(JoinError::Shared));
    assert_eq!(made.split::<3>().err(), Some(JoinError::PartyCount { asked: 3, parties: 2 }));
}

#[test]
fn leaving_vacates_the_slot() {
    let mut memory = memory();
    let region = region(&mut memory, Config::new());
    let party = join(&region, 1, &AllDead);
    assert!(region.slot(1).unwrap().is_joined());
    party.leave().unwrap();
    let view = region.slot(1).unwrap();
    assert_eq!((view.is_joined(), view.word, view.incarnation), (false, 0, 2));
    assert_eq!(region.slot(2), None);
}

/// Stays in the queue without looking any longer, as futures do.
struct Later;
impl Wait for Later {
    fn pass(&mut self, _: &Waiting<'_>) -> Next {
        Next::Suspend
    }
}

#[test]
fn suspended_attempt_keeps_its_place_until_it_is_taken_back() {
    for parties in [2, 3] {
        let mut memory = memory();
        let (region, mut a, mut b) = two_of(&mut memory, parties);
        let turn = a.acquire().unwrap();
        for _ in 0..3 {
            assert!(!b.request(&mut Later).unwrap());
            assert!(region.slot(1).unwrap().wants() && region.slot(1).unwrap().is_asleep());
        }
        drop(turn);
        assert!(a.try_acquire().unwrap().is_none(), "the other goes first");
        assert!(b.request(&mut Later).unwrap());
        assert!(b.request(&mut Later).unwrap(), "it still is");
        assert_eq!(region.holder(), None, "not begun");
        assert!(a.try_acquire().unwrap().is_none());
        count(&mut b);
        let turn = a.acquire().unwrap();
        // Taken back from the queue; and after it was won.
        assert!(!b.request(&mut Later).unwrap());
        b.withdraw();
        assert_eq!(region.slot(1).unwrap().word, 0);
        drop(turn);
        assert!(b.request(&mut Later).unwrap());
        b.withdraw();
        drop(a.try_acquire().unwrap().unwrap());
        // Attempts of other kinds go on with it.
        let turn = a.acquire().unwrap();
        assert!(!b.request(&mut Later).unwrap());
        assert!(b.try_acquire().unwrap().is_none());
        assert_eq!(region.slot(1).unwrap().word, 0, "and give up for it");
        drop(turn);
        assert!(b.try_acquire().unwrap().is_some());
    }
}

#[test]
fn suspended_wait_for_news_shows_that_it_sleeps() {
    let mut memory = memory();
    let (region, mut a, mut b) = two_of(&mut memory, 2);
    // First turns are news.
    drop(a.acquire().unwrap());
    drop(b.acquire().unwrap());
    let since = b.changes();
    for _ in 0..2 {
        assert_eq!(b.wait_change(since, &mut Later), None);
        assert_eq!(region.slot(1).unwrap().word, ASLEEP);
    }
    // Another attempt begins from nothing.
    let turn = a.acquire().unwrap();
    assert!(b.acquire_with(&mut Ask(0)).unwrap().is_none());
    drop(turn);
    assert_eq!(b.wait_change(since, &mut Later), None);
    drop(b.acquire().unwrap());
    assert_eq!(b.wait_change(since, &mut Later), None);
    b.withdraw();
    assert_eq!(region.slot(1).unwrap().word, 0);
}

#[test]
fn party_that_would_leave_is_handed_back_when_it_gives_up_waiting() {
    let mut memory = memory();
    let (region, mut a, b) = two_of(&mut memory, 2);
    let turn = a.acquire().unwrap();
    let Err(b) = b.leave_with(&mut Ask(0)).unwrap() else { panic!("it cannot leave") };
    drop(turn);
    assert!(region.slot(1).unwrap().is_joined());
    assert!(b.leave_with(&mut Ask(0)).unwrap().is_ok());
    assert!(!region.slot(1).unwrap().is_joined());
}

/// Remembers that it was called.
struct Bell(AtomicBool);
impl Wake for Bell {
    fn wake(&self, _: *const u32) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn release_wakes_only_when_somebody_sleeps_on_it() {
    let bell = Bell(AtomicBool::new(false));
    let rang = || bell.0.swap(false, Ordering::Relaxed);
    let mut memory = memory();
    let (region, a, _b) = two_of(&mut memory, 2);
    let mut a = a.with_wake(&bell);
    drop(a.acquire().unwrap());
    assert!(!rang(), "nobody sleeps");
    // Slot 1 sleeps until there is news.
    region.set_word(1, 1, ASLEEP);
    drop(a.acquire().unwrap());
    assert!(!rang(), "nothing changed");
    count(&mut a);
    assert!(rang());
    // Slot 1 sleeps until its turn comes.
    let turn = a.acquire().unwrap();
    region.set_word(1, 1, ASLEEP | 1);
    drop(turn);
    assert!(rang());
}

#[test]
fn waiting_for_a_change_ends_with_one() {
    let mut memory = memory();
    let (_, mut a, mut b) = two_of(&mut memory, 2);
    let since = b.changes();
    assert_eq!(b.wait_change(since, &mut Ask(0)), None);
    count(&mut a);
    assert_ne!(b.wait_change(since, &mut Ask(0)), None);
}
