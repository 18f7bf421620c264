//! Every operation of the one list (`cohabit_tests::ops`), on a heap that was damaged after its setup and before its act.
//!
//! `hostile` tries what its authors thought of; this tries whatever there is: a public function that changes a region is in the list, or
//! the list's own test fails. Handles are those of the setup, so most acts get past their first check.
//!
//! ```text
//!   setup --> 1 to 4 words of the heap overwritten --> act: done, or an error --> (every fourth) hostile::exercise reads and changes the rest
//! ```
//!
//! A test's own expectations of what it reads (`expect("a list")` in `ops`) may fail on damaged bytes; whatever panics in the core is a
//! failure.
//!
//! Seen red on: `remove_entry` that takes 1 from a count without asking whether there is one (1 damage in 68,000).

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe, catch_unwind},
};

use cohabit_testkit::Random;
use cohabit_tests::{
    hostile, ops,
    stage::{Dead, Stage, State},
};

use super::{Tally, in_parallel, report};

/// Damages of each operation in each state.
const EACH: usize = if cfg!(miri) { 1 } else { 120 };
/// Operations, each of which under Miri takes a second.
const SKIP: usize = if cfg!(miri) { 40 } else { 1 };
const STATES: [State; 2] = [State::Empty, State::Typical];

thread_local! {
    /// The file in which this thread panicked last.
    static FILE: Cell<Option<String>> = const { Cell::new(None) };
}

/// One word that is not what it was: by a bit, by a small number, or another word of the heap.
fn damage(stage: &mut Stage<'_>, random: &mut Random) {
    let heap = stage.heap();
    // What is 0 is mostly memory that nobody uses.
    let mut word = heap.start + random.below(heap.len());
    for _ in 0..8 {
        if stage.word(word) != 0 {
            break;
        }
        word = heap.start + random.below(heap.len());
    }
    let (kind, bit, other) = (random.below(4), random.below(64), random.next_u64());
    stage.damage(word, |old| match kind {
        0 => old ^ 1 << bit,
        1 => old.wrapping_add((other % 9).wrapping_sub(4) << (bit & 32)),
        2 => old & !(0xffff_ffff << (bit & 32)) | (other % 2000) << (bit & 32),
        _ => other,
    });
}

#[test]
fn every_operation_on_a_heap_damaged_under_its_hands() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |why| {
        let file = why.location().map(|at| at.file().replace('\\', "/")).unwrap_or_default();
        let benign = file.contains("tests/src/");
        FILE.set(Some(file));
        if !benign {
            usual(why);
        }
    }));
    let ops = ops::all();
    let each = EACH * STATES.len();
    let tally = in_parallel(ops.len() / SKIP * each, |number, tally| {
        let (op, state) = (&ops[number / each * SKIP], STATES[number % STATES.len()]);
        one(op, state, number as u64, tally)
    });
    assert!(tally.done > 0 && tally.refused > 0, "nothing was done, or nothing refused: {}", tally.regions);
    report("operations under whose hands the heap was damaged", &tally);
}

fn one(op: &ops::Op, state: State, seed: u64, tally: &mut Tally) -> Result<(), String> {
    let (random, dead) = (&mut Random(seed), Dead::default());
    let mut memory = vec![0; state.words()];
    let mut stage = Stage::set(&mut memory, op, state, &dead);
    for _ in 0..=random.below(4) {
        damage(&mut stage, random);
    }
    let title = || format!("{} ({state:?}), seed {seed}", op.name);
    match catch_unwind(AssertUnwindSafe(|| stage.act(op, op.parts, &dead))) {
        Ok(Ok(())) => tally.done += 1,
        Ok(Err(_)) => tally.refused += 1,
        Err(_) => match FILE.take() {
            Some(file) if file.contains("tests/src/") => tally.refused += 1,
            file => return Err(format!("{}: panicked in {}", title(), file.unwrap_or_default())),
        },
    }
    tally.regions += 1;
    if seed % 8 >= STATES.len() as u64 {
        return Ok(());
    }
    let bytes = bytemuck::cast_slice_mut(&mut memory);
    let outcome = catch_unwind(AssertUnwindSafe(|| hostile::exercise(bytes)));
    let outcome = outcome.map_err(|_| format!("{}: panicked when read afterwards", title()))?;
    tally.opened += outcome.opened as u64;
    tally.turns += outcome.turns as u64;
    tally.sound += outcome.sound as u64;
    Ok(())
}
