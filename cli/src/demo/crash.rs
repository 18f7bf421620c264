//! A death in the middle of a turn, between two stores of one operation, and what comes after.
//!
//! ```text
//!   second:  turn | insert at the front: journal, move 100,000 elements, count | remove: journal, move ... | insert ...
//!   first:                                                     ^ SIGKILL, at a random moment
//! ```
//!
//! Inserting at the front of a long list moves every element, a piece at a time, and all that while the journal
//! is in force; so nearly every random moment is between two stores of an operation. "Nearly" is not good enough: the recovery
//! says how many words it had to undo, and if that is none (the blow fell between two operations), another process is started
//! and killed. What is printed has happened.
#![forbid(unsafe_code)]

use std::{
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use cohabit::{List, Recovered, Turn, Value};

use super::{
    Part, ensure,
    stage::{Partner, Stage},
};
use crate::{
    check,
    failure::Failure,
    text::{count_of, grouped},
};

/// The step that nobody lives to finish.
const LAST_STEP: i64 = 1007;
/// Elements of the list.
const ENTRIES: i64 = 100_000;
/// The element that comes and goes at the front.
const NEWCOMER: i64 = -1;
/// A blow that falls between two operations is one in twenty or less.
const ATTEMPTS: u32 = 20;
/// How long the survivor may take to notice.
const NOTICE: Duration = Duration::from_secs(5);

fn ledger(turn: &Turn<'_>) -> Result<List, Failure> {
    let found = turn.roots()?.get(turn, "ledger")?.and_then(Value::as_list);
    found.ok_or_else(|| Failure::unsound("check failed: the ledger is among the roots"))
}

/// Makes the list that will be in the middle of a change. In step 1006, by the first.
pub fn prepare(turn: &mut Turn<'_>) -> Result<(), Failure> {
    let numbers: Vec<i64> = (0..ENTRIES).collect();
    let list = turn.new_list()?;
    list.extend_ints(turn, &numbers)?;
    Ok(turn.roots()?.set(turn, "ledger", list)?)
}

/// Step 1007, second: a turn that never ends.
pub fn work_until_killed(second: &mut Stage) -> Result<(), Failure> {
    second.step(LAST_STEP, None, |turn| {
        let ledger = ledger(turn)?;
        // If nobody kills us, the first process has given up; then so do we.
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            for _ in 0..10 {
                ledger.insert(turn, 0, NEWCOMER)?;
                ledger.remove(turn, 0)?;
            }
        }
        Ok(String::new())
    })?;
    Err(Failure::new("nobody killed this process"))
}

/// First: kills the second process in its turn, notices, recovers, and looks at everything.
pub fn kill(first: &mut Stage, second: Partner) -> Result<(), Failure> {
    let mut victim = second;
    for attempt in 1..=ATTEMPTS {
        wait_until_in_turn(first, &mut victim)?;
        let pause = random_pause();
        thread::sleep(pause);
        if attempt == 1 {
            first.say(&format!(
                "the {} process is in its turn, inserting at the front of a list of {}; killing it: SIGKILL",
                victim.who,
                grouped(ENTRIES as u64)
            ));
        }
        let start = Instant::now();
        victim.kill()?;
        let recovered = recover(first)?;
        let noticed = start.elapsed();
        ensure(
            (recovered.slot, recovered.incarnation) == (victim.slot, victim.incarnation),
            format_args!("recovery names the dead: slot {}, incarnation {}", victim.slot, victim.incarnation),
        )?;
        if recovered.recovery.undone == 0 {
            check_ledger(first)?;
            first.say(
                "the blow fell between two operations: nothing to undo; once more, with another process",
            );
            drop(victim);
            // Its step is not due before we have seen it come: once it has its turn, nobody else gets one.
            first.skip_to(LAST_STEP - 1)?;
            victim = first.start(Part::Victim)?;
            first.skip_to(LAST_STEP)?;
            continue;
        }
        first.say(&format!(
            "noticed after {:.0} ms: the party in slot {}, incarnation {} (pid {}) died in its turn",
            noticed.as_secs_f64() * 1e3,
            recovered.slot,
            recovered.incarnation,
            victim.pid()
        ));
        first.say(&format!(
            "it died between two stores of one operation: {} undone from the journal",
            count_of(u64::from(recovered.recovery.undone), "word")
        ));
        check_ledger(first)?;
        first.say(&format!(
            "the list is as it was before that operation, all {} entries in order",
            grouped(ENTRIES as u64)
        ));
        return audit(first, "after the recovery");
    }
    Err(Failure::unsound(format_args!(
        "check failed: {ATTEMPTS} kills, and none of them in the middle of an operation"
    )))
}

/// Waits until the other process has the turn and keeps it: before its last step it never does for a millisecond.
fn wait_until_in_turn(first: &mut Stage, victim: &mut Partner) -> Result<(), Failure> {
    let start = Instant::now();
    let mut since: Option<(u32, Instant)> = None;
    loop {
        let changes = first.member.changes();
        if first.member.holder() == Some(victim.slot) {
            match since {
                // Nobody has ended a turn meanwhile, so it is one and the same.
                Some((then, from)) if then == changes => {
                    if from.elapsed() > Duration::from_millis(20) {
                        return Ok(());
                    }
                }
                _ => since = Some((changes, Instant::now())),
            }
        } else {
            since = None;
        }
        victim.check_alive(start)?;
        thread::sleep(Duration::from_micros(200));
    }
}

/// Up to 8 ms, from the clock's last digits.
fn random_pause() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_micros(u64::from(now.subsec_nanos()).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 51)
}

/// The next turn: not to be had while the dead one has it, until somebody notices.
fn recover(first: &mut Stage) -> Result<Recovered, Failure> {
    let turn = first.member.acquire_timeout(NOTICE)?;
    let turn = turn.ok_or_else(|| Failure::unsound("check failed: a death is noticed within 5 s"))?;
    turn.recovered().ok_or_else(|| Failure::unsound("check failed: the turn after a death says who died"))
}

/// That the list is as before or as after an insertion or removal at its front. Leaves it without the newcomer.
fn check_ledger(first: &mut Stage) -> Result<(), Failure> {
    let mut turn = first.member.acquire()?;
    let ledger = ledger(&turn)?;
    let found = ledger.as_ints(&turn)?;
    let (newcomer, rest) = match found {
        [NEWCOMER, rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let whole = rest.len() == ENTRIES as usize && (0..).zip(rest).all(|(index, entry)| *entry == index);
    ensure(whole, "the list is as it was before the operation that was cut short, or as after it")?;
    if newcomer {
        ledger.remove(&mut turn, 0)?;
    }
    Ok(())
}

/// Checks every invariant of the region.
pub fn audit(first: &mut Stage, when: &str) -> Result<(), Failure> {
    let mut turn = first.member.acquire()?;
    let start = Instant::now();
    let audit = turn
        .audit()
        .map_err(|error| Failure::unsound(format_args!("check failed: the audit {when}: {error}")))?;
    let took = start.elapsed();
    drop(turn);
    ensure(audit.held == 0, format_args!("{when} nobody holds anything"))?;
    first.say(&format!(
        "audited the region {when}, in {:.1} ms: sound; {}",
        took.as_secs_f64() * 1e3,
        check::summary(&audit)
    ));
    Ok(())
}
