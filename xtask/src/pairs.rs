//! Two lanes at a time, where the machine has the cores for it.
//!
//! Most lanes compile on all cores for a while, and then test on one; the interpreters and emulators work on one throughout. So one
//! hand takes lanes from the front of the list, where the quick ones are and the first mistakes show, and the other from the
//! back, where the long ones are. They meet somewhere in between, and neither is left with a long one in the end.
//!
//! ```text
//!   front ──►  style  unit  portable  ...  miri  model  ...  stepping  boards  miri-foreign  ◄── back
//!   then, one by one: those of ALONE
//! ```
//!
//! Cargo locks a target directory while it builds in it, not while it tests: lanes that share one wait for each other then.
#![forbid(unsafe_code)]

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

use crate::lanes::{ALONE, Lane};

type Queue = VecDeque<&'static Lane>;

/// Runs each lane, with so many hands (two at most), and returns what came of them in the order of the list.
pub fn run_all<R: Send>(
    lanes: &[&'static Lane],
    hands: usize,
    run: impl Fn(&'static Lane) -> R + Sync,
) -> Vec<R> {
    let (alone, others): (Queue, Queue) = lanes.iter().partition(|lane| ALONE.contains(&lane.name));
    let rows = Mutex::new(Vec::new());
    let work = |queue: &Mutex<Queue>, take: fn(&mut Queue) -> Option<&'static Lane>| {
        loop {
            let Some(lane) = take(&mut lock(queue)) else { break };
            let row = run(lane);
            let place = lanes.iter().position(|other| other.name == lane.name);
            lock(&rows).push((place, row));
        }
    };
    let others = Mutex::new(others);
    thread::scope(|scope| {
        if hands > 1 {
            scope.spawn(|| work(&others, VecDeque::pop_back));
        }
        work(&others, VecDeque::pop_front);
    });
    work(&Mutex::new(alone), VecDeque::pop_front);
    let mut rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    rows.sort_by_key(|(place, _)| *place);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, time::Duration};

    use super::*;
    use crate::lanes::LANES;

    /// When each lane began and ended.
    fn played(hands: usize, run: impl Fn(&Lane) + Sync) -> (Vec<&'static str>, Vec<(&'static str, bool)>) {
        let seen = Mutex::new(Vec::new());
        let lanes: Vec<_> = LANES.iter().collect();
        let rows = run_all(&lanes, hands, |lane| {
            lock(&seen).push((lane.name, true));
            run(lane);
            lock(&seen).push((lane.name, false));
            lane.name
        });
        (rows, seen.into_inner().unwrap())
    }

    #[test]
    fn every_lane_runs_once_and_is_told_in_the_lists_order() {
        for hands in [1, 2] {
            let (rows, _) = played(hands, |_| thread::sleep(Duration::from_millis(1)));
            assert!(rows.iter().eq(LANES.iter().map(|lane| &lane.name)), "{rows:?}");
        }
    }

    #[test]
    fn two_hands_run_the_first_and_the_last_lane_at_the_same_time() {
        let both = Barrier::new(2);
        let ends = [LANES[0].name, LANES[LANES.len() - 1].name];
        // Neither would come back from the barrier without the other.
        played(2, |lane| {
            if ends.contains(&lane.name) {
                both.wait();
            }
        });
    }

    #[test]
    fn nothing_runs_beside_a_lane_that_wants_to_be_alone() {
        let (_, seen) = played(2, |_| thread::sleep(Duration::from_millis(1)));
        for name in ALONE {
            let begun = seen.iter().position(|step| *step == (*name, true)).expect("it is a lane");
            assert_eq!(seen[begun + 1], (*name, false));
            let before = seen[..begun].iter().filter(|(_, begins)| *begins).count();
            assert_eq!(begun, 2 * before, "{name} began while another was at work");
        }
    }
}
