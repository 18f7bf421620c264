//! model: random sequences of operations on a region and on plain Rust collections; the two must agree, all the way.
//!
//! Lists and tuples are compared with `Vec`s, maps, sets and roots with `IndexMap`s, messages with a `VecDeque`, and what parties hold with
//! lists of handles; errors, too, must be those that are due. Two or three parties take turns, leave, and die in and out of
//! their turns. `OutOfMemory` is the one answer that the model cannot foresee: it is accepted from any operation that
//! allocates, and then *everything* must be as it was.
//!
//! The auditor runs after **every** operation in regions up to 64 KiB, and after every 32nd in those of 1 MiB; all contents
//! are compared after every operation in 1 and 2 KiB, every 16th (64th, 256th) in 8 KiB (64 KiB, 1 MiB), after every
//! refusal, and at the end.
//!
//! Seen red on: the second half of `swap` storing the wrong payload; `put_back` searching to the end of the queue; a new
//! key's text not given back when the map cannot grow; a symmetric difference in place that keeps what both sets have. And on mistakes that were not planted: a handle that came alive
//! again when a bin's link was stored over the mark that its block was free, one that a list of floats was taken for, and an empty array at
//! the very end of a heap.
//!
//! `model/complete.rs` sees to it that there is a step for each public function that changes a region (red on a step left out).
//!
//! A failure prints the seed, and the sequence shrunk as far as it still fails. `COHABIT_MODEL_SEED=n` begins elsewhere.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use cohabit::{Config, Region, Stats, Turn};
use cohabit_tests::sample::Memory;
use proptest::{
    collection::vec,
    test_runner::{Config as Proptest, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};

#[path = "model/arrays.rs"]
mod arrays;
#[path = "model/bulk.rs"]
mod bulk;
#[path = "model/bytes.rs"]
mod bytes;
#[path = "model/compare.rs"]
mod compare;
#[path = "model/complete.rs"]
mod complete;
#[path = "model/containers.rs"]
mod containers;
#[path = "model/instances.rs"]
mod instances;
#[path = "model/op.rs"]
mod op;
#[path = "model/records.rs"]
mod records;
#[path = "model/scalars.rs"]
mod scalars;
#[path = "model/serde.rs"]
mod serde;
#[path = "model/sets.rs"]
mod sets;
#[path = "model/sort.rs"]
mod sort;
#[path = "model/splice.rs"]
mod splice;
#[path = "model/step.rs"]
mod step;
#[path = "model/world.rs"]
mod world;

use op::{Op, Verb};
use step::{Not, Scale, Step};
use world::{Graveyard, State, World};

/// One shape of region, and how it is worked on.
struct Plan {
    name: &'static str,
    len: usize,
    config: Config,
    parties: usize,
    /// Most operations in a sequence, and sequences in a job, and jobs.
    ops: usize,
    cases: u32,
    jobs: usize,
    longest_text: usize,
    scale: Scale,
    audit_every: usize,
    compare_every: usize,
}

fn plans() -> Vec<Plan> {
    let small = Config::new().compact().journal(16).hash_seed(5).region_id(6);
    let three = Config::new().parties(3).compact().journal(16).hash_seed(7).region_id(8);
    let growing = three.max_len(256 << 10);
    let wide = Config::new().stride(64).hash_seed(9).region_id(10);
    let keys = |keys, ints| Scale { keys, ints };
    let plan = |name, len, config, parties, ops, cases, jobs| Plan {
        name,
        len,
        config,
        parties,
        ops,
        cases,
        jobs,
        longest_text: 100,
        scale: keys(40, 12),
        audit_every: 1,
        compare_every: 1,
    };
    // The smallest first: what fails there is the easiest to understand.
    vec![
        plan("1 KiB", 1 << 10, small, 2, 120, 500, 30),
        plan("2 KiB", 2 << 10, three, 3, 200, 250, 30),
        Plan { scale: keys(160, 40), compare_every: 16, ..plan("8 KiB", 8 << 10, three, 3, 600, 50, 60) },
        // As small, but with the quick lists of a large one: memory runs out while much of it is spare.
        Plan {
            scale: keys(160, 40),
            compare_every: 16,
            ..plan("8 of 256 KiB", 8 << 10, growing, 3, 600, 50, 60)
        },
        Plan {
            longest_text: 1000,
            scale: keys(1000, 200),
            compare_every: 64,
            ..plan("64 KiB", 64 << 10, three, 3, 2000, 10, 40)
        },
        Plan {
            longest_text: 4000,
            scale: keys(6000, 2000),
            audit_every: 32,
            compare_every: 256,
            ..plan("1 MiB", 1 << 20, wide, 2, 6000, 4, 16)
        },
    ]
}

/// Operations run, refused for want of memory, declined with the error due, and not applicable.
#[derive(Default)]
struct Tally([AtomicUsize; 4]);

impl Tally {
    fn count(&self, result: &Result<(), Not>) {
        let kind = match result {
            Ok(()) => 0,
            Err(Not::Enough) => 1,
            Err(Not::Allowed) => 2,
            Err(Not::Applicable) => 3,
        };
        self.0[kind].fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs one sequence in a fresh region.
fn run(plan: &Plan, ops: &[Op], tally: &Tally) {
    let mut memory = Memory::new(plan.len);
    let graveyard = Graveyard::default();
    let region = Region::format(memory.bytes_mut(), plan.config).expect("a sound configuration");
    let mut world = World::new(region, &graveyard, plan.parties);
    let mut state = State::new(plan.parties);
    for (number, op) in ops.iter().enumerate() {
        let result = step(plan, &mut world, &mut state, op);
        tally.count(&result);
        state.forget_old();
        let mut turn = world.turn();
        state.check_stale(&turn);
        if result == Err(Not::Enough) || number % plan.compare_every == 0 {
            state.compare(&turn);
        }
        if number % plan.audit_every == 0 {
            state.audit(&mut turn);
        }
    }
    let mut turn = world.turn();
    state.compare(&turn);
    state.audit(&mut turn);
}

fn step(plan: &Plan, world: &mut World<'_>, state: &mut State, op: &Op) -> Result<(), Not> {
    let me = world.current;
    match op.verb {
        Verb::Pass => world.current = (me + 1) % plan.parties,
        Verb::Leave => world.leave(state),
        Verb::DieIdle => world.die_idle(op.at[0].is_multiple_of(2), state),
        Verb::DieInTurn => world.die_in_turn(op.at[0].is_multiple_of(2), state),
        verb => {
            let mut turn = world.turn();
            // How free memory is divided into blocks is the allocator's own affair.
            let stats = |turn: &Turn<'_>| turn.stats().map(|stats| Stats { largest_free: 0, ..stats });
            let before = stats(&turn);
            let done = Step { turn: &mut turn, state, me, scale: plan.scale }.run(op);
            // A copy may have left the removed entries of a map behind in the original, what was to be longer may have
            // more room, and the schema of a record stays for the next one.
            let leaves = [
                Verb::Copy,
                Verb::Slice,
                Verb::SliceBy,
                Verb::Repeat,
                Verb::ExtendFrom,
                Verb::Splice,
                Verb::SetSlice,
                Verb::MapExtendFrom,
                Verb::SetChange,
                Verb::Thaw,
                Verb::Pack,
                Verb::SliceTuple,
                Verb::NewRecord,
            ]
            .contains(&verb);
            if done == Err(Not::Enough) && !leaves {
                assert_eq!(stats(&turn), before, "refused, but not without a trace");
            }
            return done;
        }
    }
    Ok(())
}

/// Runs the sequences of one job; on a failure, the shortest that still fails is in the message.
fn run_job(plan: &Plan, seed: u64, tally: &Tally) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Proptest {
        cases: plan.cases,
        failure_persistence: None,
        max_shrink_iters: 3000,
        max_shrink_time: 60_000,
        ..Proptest::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let strategy = vec(op::ops(plan.longest_text), 1..=plan.ops);
    let outcome = runner.run(&strategy, |ops| {
        // What fails in here is told at the end, shrunk; not hundreds of times on the way.
        QUIET.set(true);
        let done = catch_unwind(AssertUnwindSafe(|| run(plan, &ops, tally)));
        QUIET.set(false);
        done.map_err(|why| {
            let text = why.downcast_ref::<String>().cloned();
            let text = text.or_else(|| why.downcast_ref::<&str>().map(|text| text.to_string()));
            TestCaseError::fail(text.unwrap_or_default())
        })
    });
    if let Err(TestError::Fail(why, ops)) = outcome {
        let why: String = why.message().chars().take(2000).collect();
        panic!("{}, seed {seed}: {why}\nafter these {} operations: {ops:?}", plan.name, ops.len());
    }
    outcome.expect("nothing else stops a runner");
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

#[test]
fn random_sequences_match_the_model() {
    let from = std::env::var("COHABIT_MODEL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1u64);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |why| {
        if !QUIET.get() {
            usual(why)
        }
    }));
    let plans = plans();
    let jobs: Vec<(&Plan, u64)> =
        plans.iter().flat_map(|plan| (0..plan.jobs as u64).map(move |job| (plan, from + job))).collect();
    let (next, failed, tally) = (AtomicUsize::new(0), AtomicBool::new(false), Tally::default());
    thread::scope(|scope| {
        let worker = || {
            while let Some((plan, seed)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                if failed.load(Ordering::Relaxed) {
                    break;
                }
                let done = catch_unwind(AssertUnwindSafe(|| run_job(plan, *seed, &tally)));
                if let Err(why) = done {
                    failed.store(true, Ordering::Relaxed);
                    resume_unwind(why);
                }
            }
        };
        let workers: Vec<_> = (0..thread::available_parallelism().map_or(2, |n| n.get()))
            .map(|_| scope.spawn(worker))
            .collect();
        for worker in workers {
            if let Err(why) = worker.join() {
                resume_unwind(why);
            }
        }
    });
    let [done, memory, declined, idle] = tally.0.map(|count| count.into_inner());
    let total = done + memory + declined;
    println!(
        "lane-summary: {total} operations, {memory} refused for want of memory, {declined} declined with the error due ({idle} more found nothing to work on)"
    );
    assert!(total >= 1_000_000, "only {total} operations");
}
