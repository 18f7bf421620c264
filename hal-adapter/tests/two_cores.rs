//! Two threads play two cores: who formats, who opens, who is late, who sleeps, who hangs.

use std::{
    sync::{
        Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use cohabit_hal::{
    Beats, Bell, Coherent, Doorbell, Doze, Heartbeat, ResetStatus, Shared,
    cohabit::{AlwaysAlive, Config, Liveness, OpenError, Order, Party, Region},
    meet,
};

const LEN: usize = 8 * 1024;
const CONFIG: Config = Config::new().compact().journal(16).checked();

fn until(limit: Duration) -> impl FnMut() -> bool {
    let start = Instant::now();
    move || {
        thread::yield_now();
        start.elapsed() < limit
    }
}

fn patience() -> impl FnMut() -> bool {
    until(Duration::from_secs(20))
}

fn format<const N: usize>(memory: &Shared<N>) -> Region<'_> {
    // SAFETY: the other thread only opens.
    unsafe { memory.format(CONFIG) }.unwrap()
}

fn join<'a>(region: &Region<'a>, slot: u8, alive: &'a dyn Liveness) -> Party<'a> {
    // SAFETY: each test gives a slot to one party at a time.
    unsafe { region.join(slot, alive) }.unwrap()
}

/// Latched: what rings before one listens is heard.
#[derive(Default)]
struct HostBell {
    rung: Mutex<bool>,
    heard: Condvar,
}

impl Doorbell for HostBell {
    fn ring(&self) {
        *self.rung.lock().unwrap() = true;
        self.heard.notify_all();
    }

    fn wait(&self) {
        let rung = self.rung.lock().unwrap();
        let tick = Duration::from_millis(5);
        let (mut rung, _) = self.heard.wait_timeout_while(rung, tick, |rung| !*rung).unwrap();
        *rung = false;
    }
}

/// Rings at the other's door, waits at one's own.
struct Doors<'b> {
    mine: &'b HostBell,
    theirs: &'b HostBell,
}

impl Doorbell for Doors<'_> {
    fn ring(&self) {
        self.theirs.ring();
    }

    fn wait(&self) {
        self.mine.wait();
    }
}

#[test]
fn core_that_opens_first_waits_for_the_one_that_formats() {
    static MEMORY: Shared<LEN> = Shared::room_for(CONFIG);
    thread::scope(|scope| {
        scope.spawn(|| {
            // SAFETY: the other thread keeps to the rules.
            let region = unsafe { MEMORY.open(patience()) }.unwrap();
            let mut party = join(&region, 1, &AlwaysAlive);
            party.acquire().unwrap().put_message("here").unwrap();
        });
        thread::sleep(Duration::from_millis(50));
        let region = format(&MEMORY);
        assert!(meet(&region, 1, patience()), "it has joined");
        let mut party = join(&region, 0, &AlwaysAlive);
        while !party.has_messages() {
            thread::yield_now();
        }
        let mut turn = party.acquire().unwrap();
        let message = turn.take_message(Order::Fifo).unwrap().unwrap();
        assert_eq!(message.value(&turn).unwrap().as_text(), Some("here"));
    });
}

#[test]
fn patience_ends_when_nobody_formats_and_when_nobody_joins() {
    let memory = Shared::<LEN>::new();
    // SAFETY: nobody else is there.
    let opened = unsafe { memory.open(until(Duration::from_millis(20))) };
    assert_eq!(opened.unwrap_err(), OpenError::NotARegion);
    assert!(!meet(&format(&memory), 1, until(Duration::from_millis(20))));
}

#[test]
fn opener_with_less_memory_than_the_region_is_told_at_once() {
    let memory = Shared::<LEN>::new();
    format(&memory);
    // SAFETY: the same bytes, fewer of them.
    let shorter = unsafe { Shared::<{ LEN / 2 }>::at(memory.address()) }.unwrap();
    // SAFETY: nobody else is there.
    let opened = unsafe { shorter.open(|| panic!("it does not wait")) };
    assert_eq!(opened.unwrap_err(), OpenError::LengthLies { claimed: LEN as u64, given: LEN as u64 / 2 });
}

#[test]
fn opener_at_another_address_finds_no_region() {
    let memory = Shared::<LEN>::new();
    format(&memory);
    // SAFETY: inside of the same bytes.
    let beside = unsafe { Shared::<1024>::at(memory.address() + 64) }.unwrap();
    // SAFETY: nobody else is there.
    assert_eq!(unsafe { beside.open(|| false) }.unwrap_err(), OpenError::NotARegion);
    // SAFETY: the address is refused.
    assert!(unsafe { Shared::<1024>::at(memory.address() + 4) }.is_none());
    // SAFETY: the address is refused.
    assert!(unsafe { Shared::<1024>::at(0) }.is_none());
}

#[test]
fn stale_region_of_an_earlier_boot_is_not_opened_until_its_formatter_beats() {
    let memory = Shared::<LEN>::new();
    let beats = Beats::<2>::new();
    let stale = format(&memory).info().epoch;
    beats.beat(0);
    // Both cores are reset; the memory stays. Core 1 is faster.
    // SAFETY: nobody else is there.
    let opened = unsafe { memory.open_beating(&beats, 0, until(Duration::from_millis(20))) };
    assert_eq!(opened.unwrap_err(), OpenError::NotARegion);
    thread::scope(|scope| {
        let opener = scope.spawn(|| {
            // SAFETY: the other thread keeps to the rules.
            unsafe { memory.open_beating(&beats, 0, patience()) }.unwrap().info().epoch
        });
        thread::sleep(Duration::from_millis(20));
        let region = format(&memory);
        while !opener.is_finished() {
            beats.beat(0);
            thread::yield_now();
        }
        assert_eq!(opener.join().unwrap(), stale + 1);
        assert_eq!(region.info().epoch, stale + 1);
    });
}

#[test]
fn cores_asleep_at_the_bell_take_turns_and_hear_of_news() {
    const ROUNDS: i64 = 2000;
    let memory = Shared::<LEN>::new();
    let region = format(&memory);
    let bells = [HostBell::default(), HostBell::default()];
    let doors = [0, 1].map(|me| Bell(Doors { mine: &bells[me], theirs: &bells[1 - me] }));
    let [mut zero, mut one] = [0, 1].map(|slot| {
        join(&region, slot, &AlwaysAlive).with_wake(&doors[slot as usize]).with_barrier(&Coherent)
    });
    let mut turn = zero.acquire().unwrap();
    let list = turn.new_list().unwrap();
    list.push(&mut turn, 0).unwrap();
    turn.roots().unwrap().set(&mut turn, "count", list).unwrap();
    drop(turn);
    let work = |party: &mut Party<'_>, bell: &Doors<'_>, me: i64| {
        for _ in 0..ROUNDS {
            loop {
                let since = party.changes();
                let mut turn = party.acquire_with(&mut Doze::at(bell)).unwrap().unwrap();
                let list =
                    turn.roots().unwrap().get(&turn, "count").unwrap().and_then(|v| v.as_list()).unwrap();
                let count = list.get(&turn, 0).unwrap().as_int().unwrap();
                if count % 2 == me {
                    list.set(&mut turn, 0, count + 1).unwrap();
                    break;
                }
                drop(turn);
                party.wait_change(since, &mut Doze::at(bell)).unwrap();
            }
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| work(&mut one, &doors[1].0, 1));
        work(&mut zero, &doors[0].0, 0);
    });
    let turn = zero.acquire().unwrap();
    assert_eq!(list.get(&turn, 0).unwrap().as_int(), Some(2 * ROUNDS), "strictly alternating, none lost");
}

#[test]
fn core_that_dozes_gives_up_when_told() {
    let memory = Shared::<LEN>::new();
    let region = format(&memory);
    let (mut zero, mut one) = (join(&region, 0, &AlwaysAlive), join(&region, 1, &AlwaysAlive));
    let bell = HostBell::default();
    let turn = zero.acquire().unwrap();
    let mut patience = until(Duration::from_millis(30));
    assert!(one.acquire_with(&mut Doze::until(&bell, || !patience())).unwrap().is_none());
    drop(turn);
    assert!(one.try_acquire().unwrap().is_some());
}

#[test]
fn core_that_hangs_is_passed_over_only_when_it_has_been_stopped() {
    let memory = Shared::<LEN>::new();
    let region = format(&memory);
    let beats = Beats::<2>::new();
    let (ticks, may_stop, stops) = (AtomicUsize::new(0), AtomicBool::new(false), AtomicUsize::new(0));
    let oracle = Heartbeat::new(
        &beats,
        || u32::MAX.wrapping_sub(50).wrapping_add(ticks.fetch_add(1, Ordering::Relaxed) as u32),
        100,
        |slot| {
            assert_eq!(slot, 1);
            stops.fetch_add(1, Ordering::Relaxed);
            may_stop.load(Ordering::Relaxed)
        },
    );
    let mut zero = join(&region, 0, &oracle);
    let mut one = join(&region, 1, &AlwaysAlive);
    std::mem::forget(one.acquire().unwrap()); // hangs in its turn
    let bell = HostBell::default();
    let asking = |party: &mut Party<'_>, times: u32, beating: bool| {
        let mut left = times;
        let mut doze = Doze::until(&bell, || {
            if beating {
                beats.beat(1);
            }
            left -= 1;
            left == 0
        });
        party.acquire_with(&mut doze).unwrap().map(|turn| turn.recovered().unwrap().slot)
    };
    assert_eq!(asking(&mut zero, 300, true), None);
    assert_eq!(stops.load(Ordering::Relaxed), 0, "it beats: nobody wants to stop it");
    assert_eq!(asking(&mut zero, 300, false), None, "silent, but not to be stopped: alive");
    assert!(stops.load(Ordering::Relaxed) > 0);
    assert!(oracle.is_silent(1, one.incarnation()));
    may_stop.store(true, Ordering::Relaxed);
    assert_eq!(asking(&mut zero, 300, false), Some(1));
    // It comes back, and is not judged by the silence of before.
    let mut one = join(&region, 1, &AlwaysAlive);
    assert!(!oracle.is_silent(1, one.incarnation()));
    drop(one.acquire().unwrap());
}

#[test]
fn core_in_reset_is_recovered_from_by_its_status() {
    let memory = Shared::<LEN>::new();
    let region = format(&memory);
    let in_reset = AtomicBool::new(false);
    let oracle = ResetStatus(|slot, _| slot == 1 && in_reset.load(Ordering::Relaxed));
    let mut zero = join(&region, 0, &oracle);
    let mut one = join(&region, 1, &AlwaysAlive);
    let mut turn = one.acquire().unwrap();
    turn.new_list().unwrap();
    std::mem::forget(turn);
    let mut few = 10_000;
    let gave_up = zero.acquire_until::<spin::relax::Spin>(|| {
        few -= 1;
        few == 0
    });
    assert!(gave_up.unwrap().is_none());
    in_reset.store(true, Ordering::Relaxed);
    let mut turn = zero.acquire().unwrap();
    assert_eq!(turn.recovered().unwrap().slot, 1);
    assert!(turn.audit().is_ok());
}
