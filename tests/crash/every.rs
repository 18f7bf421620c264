//! Every operation in every state, killed after every store; and those who clean up, killed after every one of theirs.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::atomic::{AtomicUsize, Ordering},
};

use cohabit_tests::{
    ops,
    proof::Proof,
    stage::{self, STATES, SURVIVOR, Stage},
};

use super::common::{NEVER, killed_after, on_two_threads};

/// Deaths of an operation from which recovery is killed at every store, spread evenly.
const RECOVERIES: u64 = 12;

#[derive(Default)]
struct Tally {
    points: u64,
    recovery_points: u64,
    out_of_memory: u64,
}

/// Returns how many deaths there were, in operations and in recoveries.
pub fn operation_killed_after_every_store() -> (u64, u64) {
    let ops = ops::all();
    ops::surface::check(&ops);
    let work: Vec<_> = STATES.iter().flat_map(|state| ops.iter().map(move |op| (op, *state))).collect();
    let next = AtomicUsize::new(0);
    let tallies = on_two_threads(|| {
        let (mut tally, mut failures) = (Tally::default(), Vec::new());
        while let Some((op, state)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            match panic::catch_unwind(AssertUnwindSafe(|| prove(&Proof::new(op, *state), &mut tally))) {
                Ok(Ok(())) => {}
                Ok(Err(why)) => failures.push(format!("{} ({state:?}), killed {why}", op.name)),
                Err(_) => failures.push(format!("{} ({state:?}) panicked", op.name)),
            }
        }
        (tally, failures)
    });
    let sum = |field: fn(&Tally) -> u64| tallies.iter().map(field).sum::<u64>();
    println!(
        "{} operations in {} states; {} of them run out of memory",
        ops.len(),
        STATES.len(),
        sum(|tally| tally.out_of_memory)
    );
    (sum(|tally| tally.points), sum(|tally| tally.recovery_points))
}

fn prove(proof: &Proof<'_>, tally: &mut Tally) -> Result<(), String> {
    tally.out_of_memory += proof.out_of_memory as u64;
    let mut memory = vec![0; proof.state.words()];
    let act = |stores, memory: &mut [u64]| {
        let stage = Stage::set(memory, proof.op, proof.state, &proof.dead);
        killed_after(stores, || stage.act(proof.op, proof.op.parts, &proof.dead).is_ok())
    };
    let (_, total) = act(NEVER, &mut memory).expect("nobody was killed");
    for n in 0..total {
        assert!(act(n, &mut memory).is_none(), "{}: {total} stores, but not killed after {n}", proof.title());
        tally.points += 1;
        let noted = proof.noted(&mut memory);
        proof
            .examine(&memory, SURVIVOR, noted)
            .map_err(|why| format!("after store {n} of {total}: {why}"))?;
        if n * RECOVERIES % total < RECOVERIES {
            kill_recovery(proof, &memory, tally)
                .map_err(|why| format!("after store {n} of {total}, and the survivor {why}"))?;
        }
    }
    Ok(())
}

/// The clean-up after one death, killed after each of its stores.
fn kill_recovery(proof: &Proof<'_>, scene: &[u64], tally: &mut Tally) -> Result<(), String> {
    let mut memory = scene.to_vec();
    let noted = proof.noted(&mut memory);
    for m in 0.. {
        memory.copy_from_slice(scene);
        let dead = stage::all_dead(&mut memory, None);
        if let Some((done, _)) = killed_after(m, || stage::clean_up(&mut memory, SURVIVOR, &dead)) {
            done.map_err(|error| format!("failed: {error}"))?;
            break;
        }
        tally.recovery_points += 1;
        let next = proof.next_after(m);
        proof
            .examine(&memory, next, noted)
            .map_err(|why| format!("after its store {m} (then slot {next}): {why}"))?;
    }
    Ok(())
}
