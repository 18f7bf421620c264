//! Turns by a lock in hardware, played by a boolean: threads, the wrong lock, and deaths with and without it.

extern crate std;
use std::{
    mem,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::{
    AlwaysAlive, Arbiter, JoinError, Liveness, Party,
    tests::{AllDead, Ask, count, memory, region},
};
use crate::{ArbiterKind, Config, Region};

const CONFIG: Config = Config::new().compact().lock(40).checked();

struct Lock {
    number: u8,
    taken: AtomicBool,
}

impl Lock {
    fn new(number: u8) -> Lock {
        Lock { number, taken: AtomicBool::new(false) }
    }
}

/// In the crash tests a party may be killed before each access, and the dead have none.
impl Arbiter for Lock {
    fn number(&self) -> u8 {
        self.number
    }

    fn try_lock(&self) -> bool {
        #[cfg(crash_points)]
        if !crate::door::tick() {
            return false;
        }
        !self.taken.swap(true, Ordering::Relaxed)
    }

    fn unlock(&self) {
        #[cfg(crash_points)]
        if !crate::door::tick() {
            return;
        }
        self.taken.store(false, Ordering::Relaxed);
    }
}

fn join<'a>(region: &Region<'a>, slot: u8, alive: &'a dyn Liveness, lock: &'a Lock) -> Party<'a> {
    try_join(region, slot, alive, lock).unwrap()
}

fn try_join<'a>(
    region: &Region<'a>,
    slot: u8,
    alive: &'a dyn Liveness,
    lock: &'a Lock,
) -> Result<Party<'a>, JoinError> {
    // SAFETY: each test joins a slot again only after it has ended the party that was there; the lock is its own.
    unsafe { region.join_with(slot, alive, lock) }
}

#[test]
fn two_threads_count_exactly_by_a_lock() {
    let each = if cfg!(miri) { 30 } else { 100_000 };
    let lock = Lock::new(40);
    let mut memory = memory();
    let region = region(&mut memory, CONFIG);
    assert_eq!(region.info().arbiter, ArbiterKind::Lock(40));
    let mut parties = [0, 1].map(|slot| join(&region, slot, &AlwaysAlive, &lock));
    thread::scope(|scope| {
        for party in &mut parties {
            scope.spawn(move || (0..each).map(|_| count(party)).max());
        }
    });
    assert_eq!(count(&mut parties[0]), 2 * each + 1);
    assert!(!lock.taken.load(Ordering::Relaxed));
}

#[test]
fn parties_without_the_lock_decline() {
    let lock = Lock::new(41);
    let (mut locked, mut plain) = (memory(), memory());
    let locked = region(&mut locked, CONFIG);
    // SAFETY: refused.
    let joined = unsafe { locked.join(0, &AlwaysAlive) };
    assert_eq!(joined.err(), Some(JoinError::OtherLock { needed: 40, given: 0 }));
    let joined = try_join(&locked, 0, &AlwaysAlive, &lock);
    assert_eq!(joined.err(), Some(JoinError::OtherLock { needed: 40, given: 41 }));
    assert_eq!(locked.split::<2>().err(), Some(JoinError::OtherLock { needed: 40, given: 0 }));
    let plain = region(&mut plain, Config::new());
    let joined = try_join(&plain, 0, &AlwaysAlive, &lock);
    assert_eq!(joined.err(), Some(JoinError::OtherLock { needed: 0, given: 41 }));
}

#[test]
fn lock_of_the_dead_is_freed_by_whoever_waits_for_it() {
    let lock = Lock::new(40);
    let mut memory = memory();
    let region = region(&mut memory, CONFIG);
    let mut survivor = join(&region, 0, &AllDead, &lock);
    for incarnation in [1, 3] {
        let mut dying = join(&region, 1, &AlwaysAlive, &lock);
        assert_eq!(dying.incarnation(), incarnation);
        mem::forget(dying.acquire().unwrap());
        assert_eq!(try_join(&region, 1, &AlwaysAlive, &lock).err(), Some(JoinError::Unburied));
        assert!(survivor.acquire_with(&mut Ask(0)).unwrap().is_none(), "nobody has been asked");
        let turn = survivor.acquire_with(&mut Ask(1)).unwrap().unwrap();
        assert_eq!(turn.recovered().map(|died| (died.slot, died.incarnation)), Some((1, incarnation)));
        drop(turn);
        assert_eq!(survivor.acquire().unwrap().recovered(), None);
    }
    drop(join(&region, 1, &AlwaysAlive, &lock).acquire().unwrap());
}

#[test]
fn party_that_died_wanting_the_turn_without_having_it_is_buried_by_reaping() {
    let lock = Lock::new(40);
    let mut memory = memory();
    let region = region(&mut memory, CONFIG);
    let mut survivor = join(&region, 0, &AllDead, &lock);
    let _dead = join(&region, 1, &AlwaysAlive, &lock);
    region.set_word(1, 1, 1);
    drop(survivor.acquire().unwrap());
    assert_eq!(try_join(&region, 1, &AlwaysAlive, &lock).err(), Some(JoinError::Unburied));
    assert_eq!(survivor.acquire().unwrap().reap(), Ok(1));
    drop(join(&region, 1, &AlwaysAlive, &lock).acquire().unwrap());
    assert_eq!(survivor.acquire().unwrap().reap(), Ok(1), "that one, too: its oracle knows no mercy");
}

#[test]
fn turn_won_and_not_begun_is_given_back_with_its_lock() {
    let lock = Lock::new(40);
    let mut memory = memory();
    let region = region(&mut memory, CONFIG);
    let mut party = join(&region, 0, &AlwaysAlive, &lock);
    assert!(party.request(&mut Ask(0)).unwrap());
    assert!(lock.taken.load(Ordering::Relaxed));
    party.withdraw();
    assert!(!lock.taken.load(Ordering::Relaxed));
    mem::forget(party.acquire().unwrap());
    assert!(party.leave().is_ok(), "a forgotten turn is ended first");
    assert!(!lock.taken.load(Ordering::Relaxed));
}

/// Killed before each store and each access to the lock: the survivor goes on, reaps, and the successor is admitted.
#[cfg(crash_points)]
#[test]
fn party_killed_anywhere_around_its_lock_holds_nobody_up() {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use crate::door::crash;
    for stores in 0.. {
        let lock = Lock::new(40);
        let mut memory = memory();
        let region = region(&mut memory, CONFIG);
        let mut survivor = join(&region, 0, &AllDead, &lock);
        count(&mut survivor);
        crash::arm(stores);
        let killed = catch_unwind(AssertUnwindSafe(|| {
            let mut party = join(&region, 1, &AlwaysAlive, &lock);
            count(&mut party);
            count(&mut party);
            party.leave().unwrap();
        }));
        crash::disarm();
        let mut turn = survivor.acquire_with(&mut Ask(1)).unwrap().expect("the dead are passed over");
        assert!(turn.reap().is_ok() && turn.audit().is_ok());
        drop(turn);
        assert!(!lock.taken.load(Ordering::Relaxed));
        let mut successor = join(&region, 1, &AlwaysAlive, &lock);
        assert!((2..=4).contains(&count(&mut successor)), "store {stores}");
        if killed.is_ok() {
            assert!(stores >= 20, "{stores}");
            return;
        }
    }
}
