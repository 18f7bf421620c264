//! Members at work: waiting without burning a CPU, waking, noticing the dead, slots that are free again.
//!
//! Blind to: the core's own recovery (its suites), memory ordering. Seen red with a releaser that wakes nobody
//! (`waking_is_quick`), with a waiter that never announces (`a_waiter_sleeps`), and with an oracle that always says "alive"
//! (`a_killed_holder_is_noticed`).
#![cfg(target_os = "linux")]

use std::{
    os::fd::{AsFd, OwnedFd},
    process::Stdio,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use cohabit_std::{
    CreateError, Member, OpenError, Options, cohabit::Order, create, create_anonymous, create_file, open,
    open_file,
};
use cohabit_testkit::{Dir, Name, Other, command, hang, pause, role, say};
use rustix::time::{ClockId, clock_gettime};

const SMALL: Options = Options::new().size(256 << 10).parties(4);
const LONG: Duration = Duration::from_secs(10);

/// What the children of this suite do.
#[test]
fn as_child() {
    let Some((role, arguments)) = role() else { return };
    match (&*role, &*arguments) {
        ("hold-the-turn", [name]) => {
            let mut member = open(name).unwrap();
            let mut turn = member.acquire().unwrap();
            turn.put_message("from the grave").unwrap();
            say("holding");
            hang();
        }
        ("take-a-message", [name]) => {
            let mut member = open(name).unwrap();
            let mut turn = member.acquire().unwrap();
            turn.take_message(Order::Fifo).unwrap().unwrap();
            drop(turn);
            say("taken");
            hang();
        }
        ("join", [name]) => {
            let _member = open(name).unwrap();
            say("joined");
            hang();
        }
        ("count", [name]) => {
            let mut member = open(name).unwrap();
            say("ready");
            pause();
            count(&mut member, 20_000);
            member.leave().unwrap();
        }
        ("inherit", []) => {
            let handed = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
            let mut member = Member::from_fd(handed).unwrap();
            let mut turn = member.acquire().unwrap();
            assert_eq!(turn.read_message(Order::Fifo).unwrap().unwrap().as_int(), Some(41));
            turn.put_message(42).unwrap();
            drop(turn);
            say(&format!("slot {}", member.slot()));
            hang();
        }
        _ => unreachable!("{role}"),
    }
}

fn count(member: &mut Member, times: u32) {
    for _ in 0..times {
        let mut turn = member.acquire().unwrap();
        let roots = turn.roots().unwrap();
        let now = roots.get(&turn, "count").unwrap().and_then(|value| value.as_int()).unwrap_or(0);
        roots.set(&mut turn, "count", now + 1).unwrap();
    }
}

fn counted(member: &mut Member) -> Option<i64> {
    let turn = member.acquire().unwrap();
    turn.roots().unwrap().get(&turn, "count").unwrap().and_then(|value| value.as_int())
}

/// CPU time of this thread.
fn cpu() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

#[test]
fn processes_count_together() {
    let name = Name::new("count");
    let mut member = create(&name, SMALL).unwrap();
    let mut others: Vec<_> = (0..3).map(|_| Other::spawn("count", &[&*name])).collect();
    for other in &mut others {
        other.expect("ready");
    }
    others.iter_mut().for_each(Other::go);
    count(&mut member, 20_000);
    others.into_iter().for_each(Other::finish);
    assert_eq!(counted(&mut member), Some(80_000));
}

#[test]
fn two_members_of_one_process_are_two_parties() {
    let name = Name::new("two");
    let mut first = create(&name, SMALL.parties(2)).unwrap();
    let mut second = open(&name).unwrap();
    assert_eq!((first.slot(), second.slot()), (0, 1));
    assert_eq!(open(&name).unwrap_err(), OpenError::AllSlotsTaken { slots: 2 });
    let turn = first.acquire().unwrap();
    assert!(second.try_acquire().unwrap().is_none());
    assert!(second.acquire_timeout(Duration::from_millis(5)).unwrap().is_none());
    // A party in the same process is seen as alive, although it does not move for many slices.
    let waited = Instant::now();
    assert!(second.acquire_timeout(Duration::from_millis(120)).unwrap().is_none());
    assert!((120..1000).contains(&waited.elapsed().as_millis()));
    drop(turn);
    assert!(second.try_acquire().unwrap().is_some());
    thread::scope(|scope| {
        for member in [&mut first, &mut second] {
            scope.spawn(|| count(member, 20_000));
        }
    });
    assert_eq!(counted(&mut first), Some(40_000));
}

#[test]
fn slots_of_those_who_left_or_died_are_free_again() {
    let name = Name::new("slots");
    let first = create(&name, SMALL.parties(2)).unwrap();
    let second = open(&name).unwrap();
    let before = second.incarnation();
    second.leave().unwrap();
    let third = open(&name).unwrap();
    assert_eq!((third.slot(), third.incarnation()), (1, before + 2));
    drop(third);
    let mut other = Other::spawn("join", &[&*name]);
    other.expect("joined");
    assert_eq!(open(&name).unwrap_err(), OpenError::AllSlotsTaken { slots: 2 });
    other.kill();
    let fourth = open(&name).unwrap();
    assert_eq!((fourth.slot(), fourth.incarnation()), (1, before + 6));
    drop((first, fourth));
    // Nobody is left; the segment stays.
    assert_eq!(open(&name).unwrap().slot(), 0);
}

#[test]
fn a_waiter_sleeps() {
    let name = Name::new("sleep");
    let mut holder = create(&name, SMALL).unwrap();
    let mut waiter = open(&name).unwrap();
    let turn = holder.acquire().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let before = cpu();
            assert!(waiter.acquire_timeout(Duration::from_millis(300)).unwrap().is_none());
            let used = cpu() - before;
            assert!(used < Duration::from_millis(5), "waiting for the turn took {used:?} of CPU in 300 ms");

            let (before, start) = (cpu(), Instant::now());
            assert!(!waiter.wait_for_message(Duration::from_millis(300)));
            let used = cpu() - before;
            assert!(used < Duration::from_millis(5), "waiting for a message took {used:?} of CPU in 300 ms");
            assert!((300..1000).contains(&start.elapsed().as_millis()));
        });
    });
    drop(turn);
}

#[test]
fn waking_is_quick() {
    let name = Name::new("wake");
    let mut holder = create(&name, SMALL).unwrap();
    let mut waiter = open(&name).unwrap();
    let (to_waiter, at_waiter) = mpsc::channel::<()>();
    let (to_holder, at_holder) = mpsc::channel::<Instant>();
    let waiting = thread::spawn(move || {
        for message in [false, true].repeat(50) {
            at_waiter.recv().unwrap();
            if message {
                assert!(waiter.wait_for_message(LONG));
                let mut turn = waiter.acquire().unwrap();
                turn.take_message(Order::Fifo).unwrap().unwrap().finish(&mut turn).unwrap();
            } else {
                drop(waiter.acquire().unwrap());
            }
            to_holder.send(Instant::now()).unwrap();
        }
    });
    let mut delays: Vec<_> = [false, true]
        .repeat(50)
        .into_iter()
        .map(|message| {
            let mut turn = holder.acquire().unwrap();
            to_waiter.send(()).unwrap();
            // The waiter has gone through its slices of 1, 2 and 4 ms and is in the one of 8.
            thread::sleep(Duration::from_millis(8));
            if message {
                turn.put_message("wake up").unwrap();
            }
            let start = Instant::now();
            drop(turn);
            at_holder.recv().unwrap() - start
        })
        .collect();
    waiting.join().unwrap();
    delays.sort();
    // Without a wake-up it would be some 7 ms; half of them may be disturbed by whatever else runs on this machine.
    assert!(delays[50] < Duration::from_millis(1), "{delays:?}");
}

#[test]
fn a_killed_holder_is_noticed() {
    let name = Name::new("holder");
    let mut member = create(&name, SMALL).unwrap();
    for asleep in [false, true] {
        let mut other = Other::spawn("hold-the-turn", &[&*name]);
        other.expect("holding");
        let killed = thread::scope(|scope| {
            let killing = scope.spawn(|| {
                thread::sleep(Duration::from_millis(if asleep { 200 } else { 0 }));
                let now = Instant::now();
                other.kill();
                now
            });
            let turn = member.acquire_timeout(LONG).unwrap().expect("a turn after the holder's death");
            let noticed = Instant::now();
            let recovered = turn.recovered().expect("somebody died in its turn");
            assert_eq!(recovered.slot, 1);
            noticed - killing.join().unwrap()
        });
        assert!(killed < Duration::from_millis(500), "the next turn came {killed:?} after the kill");
        // What it had done is whole: the message was put before it died.
        let mut turn = member.acquire().unwrap();
        assert!(turn.recovered().is_none());
        turn.audit().unwrap();
    }
    assert_eq!(member.messages(), 2);
}

#[test]
fn a_death_met_while_joining_is_told() {
    let name = Name::new("joiner");
    drop(create(&name, SMALL).unwrap());
    let mut other = Other::spawn("hold-the-turn", &[&*name]);
    other.expect("holding");
    other.kill();
    let mut member = open(&name).unwrap();
    drop(member.acquire().unwrap());
    assert!(member.last_recovered().is_some(), "by the turn that joining took, or by ours");
}

#[test]
fn a_message_of_a_killed_taker_returns() {
    let name = Name::new("taker");
    let mut member = create(&name, SMALL).unwrap();
    member.acquire().unwrap().put_message("job").unwrap();
    let mut other = Other::spawn("take-a-message", &[&*name]);
    other.expect("taken");
    assert!(!member.has_messages());
    assert!(!member.wait_for_message(Duration::from_millis(60)), "its taker lives");
    other.kill();
    let start = Instant::now();
    assert!(member.wait_for_message(LONG));
    assert!(start.elapsed() < Duration::from_millis(500));

    // The same when nobody looked in between: whoever joins does, into that slot or another one.
    for dead in [1, 2] {
        let before_it = (dead == 2).then(|| open(&name).unwrap());
        let mut other = Other::spawn("take-a-message", &[&*name]);
        other.expect("taken");
        drop(before_it);
        other.kill();
        assert!(!member.has_messages());
        let joined = open(&name).unwrap();
        assert_eq!(joined.slot(), 1);
        assert!(member.has_messages(), "joining slot 1 did not bring back what slot {dead} had taken");
    }
}

#[test]
fn a_descriptor_can_be_handed_over() {
    let mut member = create_anonymous(SMALL).unwrap();
    assert_eq!((member.name(), member.path()), (None, None));
    member.acquire().unwrap().put_message(41).unwrap();
    let copy = member.as_fd().try_clone_to_owned().unwrap();
    let mut other = Other::run(command("inherit", &[]).stdin(Stdio::from(copy)));
    assert_eq!(other.expect("slot"), "1");
    assert_eq!(member.messages(), 2);
    // Its size is fixed for ever.
    let handed: OwnedFd = member.as_fd().try_clone_to_owned().unwrap();
    assert!(rustix::fs::ftruncate(&handed, 4096).is_err());
    assert!(rustix::fs::ftruncate(&handed, 1 << 30).is_err());
    // The descriptor carries no lock: who keeps a copy does not keep a slot.
    let second = Member::from_fd(handed.try_clone().unwrap()).unwrap();
    assert_eq!(second.slot(), 2);
    let copy = second.as_fd().try_clone_to_owned().unwrap();
    drop(second);
    assert_eq!(Member::from_fd(handed).unwrap().slot(), 2);
    drop(copy);
}

#[test]
fn a_file_keeps_a_segment() {
    let dir = Dir::new("file");
    let path = dir.file("segment");
    assert_eq!(open_file(&path).unwrap_err(), OpenError::DoesNotExist);
    let mut member = create_file(&path, SMALL).unwrap();
    assert_eq!(member.path(), Some(&*path));
    assert_eq!(create_file(&path, SMALL).unwrap_err(), CreateError::Exists);
    member.acquire().unwrap().put_message("kept").unwrap();
    let second = open_file(&path).unwrap();
    assert_eq!(second.messages(), 1);
    drop((member, second));
    let mut later = open_file(&path).unwrap();
    let turn = later.acquire().unwrap();
    assert_eq!(turn.read_message(Order::Fifo).unwrap().unwrap().as_text(), Some("kept"));
}
