//! The stepping lane: the crash proof on the optimised machine code, one instruction at a time (x86-64 Linux).
//!
//! The crash lane counts stores as the source has them. The compiler may merge, split, drop or move them, and a copy is
//! many. Here a child performs one operation on a region in shared memory, single-stepped; whenever an instruction has
//! changed the region, the tracer copies it, comes to the copy as the next party, and finds before or after, or says what.
//!
//! ```text
//!   tracer   set the stage, fork ───── step ─ changed? ─ step ─ changed! ─ copy: recover, reap, audit, compare ─ step ─ ...
//!   child                  stop ── act, an instruction at a time ───────────────────────────────────────────── stop
//! ```
//!
//! Recovery is stepped, too: from some of the states found, a second child cleans up, and what it leaves at each
//! instruction is found by a third party.
//!
//! Seen red on, planted: plain stores in the core's `door.rs` and an empty `publish`: changing a number into one of another type is
//! torn (`set: other type`), as it would be if the compiler dropped the store that puts the journal in force. Plain stores with
//! `publish`, or volatile ones without it, are not enough to turn it red with this compiler; the door has both because nothing
//! promises that.
//!
//! Blind to: what the processor reorders (a killed process loses no store it has executed), other targets' machine code.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::{
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
    ptr::NonNull,
    slice,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use cohabit_tests::{
    ops,
    proof::Proof,
    stage::{self, SURVIVOR, Stage, State},
};
use nix::{
    sys::{
        mman::{MapFlags, ProtFlags, mmap_anonymous, munmap},
        ptrace,
        signal::{Signal, kill, raise},
        wait::{WaitStatus, waitpid},
    },
    unistd::{ForkResult, Pid, fork},
};

/// Memory that a child shares.
struct Shared {
    base: NonNull<u64>,
    words: usize,
}

impl Shared {
    fn new(words: usize) -> Shared {
        let len = NonZeroUsize::new(words * 8).unwrap();
        // SAFETY: a new mapping wherever the system likes.
        let base = unsafe {
            mmap_anonymous(None, len, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, MapFlags::MAP_SHARED)
        };
        Shared { base: base.expect("some KiB of memory").cast(), words }
    }

    fn words(&self) -> &[u64] {
        // SAFETY: mapped, aligned to pages; who else could write is stopped or dead while the tracer looks, and the tracer
        // itself does not while this borrow lasts.
        unsafe { slice::from_raw_parts(self.base.as_ptr(), self.words) }
    }

    fn words_mut(&mut self) -> &mut [u64] {
        // SAFETY: as above, and exclusive by `&mut self`.
        unsafe { slice::from_raw_parts_mut(self.base.as_ptr(), self.words) }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: mapped by `new` with this length; no borrow outlives `self`.
        unsafe { munmap(self.base.cast(), self.words * 8) }.expect("mapped by us");
    }
}

/// A forked process that performs `act`, stopped before and after it.
struct Child(Pid);

impl Child {
    fn start(act: impl FnOnce()) -> Result<Child, String> {
        // SAFETY: the child runs the library's code and the allocator, which glibc makes usable after a fork, and exits
        // without running anything else.
        match unsafe { fork() }.map_err(|why| format!("fork: {why}"))? {
            ForkResult::Child => {
                if ptrace::traceme().is_err() {
                    // SAFETY: ends the process.
                    unsafe { nix::libc::_exit(2) };
                }
                let _ = raise(Signal::SIGSTOP);
                let done = panic::catch_unwind(AssertUnwindSafe(act));
                let _ = raise(Signal::SIGSTOP);
                // SAFETY: ends the process.
                unsafe { nix::libc::_exit(done.is_err().into()) }
            }
            ForkResult::Parent { child } => {
                let child = Child(child);
                match waitpid(child.0, None) {
                    Ok(WaitStatus::Stopped(_, Signal::SIGSTOP)) => Ok(child),
                    other => Err(format!("the child did not stop to be traced: {other:?}")),
                }
            }
        }
    }

    /// One instruction; `false` when the act is done.
    fn step(&self) -> Result<bool, String> {
        ptrace::step(self.0, None).map_err(|why| format!("step: {why}"))?;
        match waitpid(self.0, None) {
            Ok(WaitStatus::Stopped(_, Signal::SIGTRAP)) => Ok(true),
            Ok(WaitStatus::Stopped(_, Signal::SIGSTOP)) => Ok(false),
            other => Err(format!("the child did something unexpected: {other:?}")),
        }
    }

    fn kill(self) {
        let _ = kill(self.0, Signal::SIGKILL);
        while !matches!(waitpid(self.0, None), Ok(WaitStatus::Signaled(..)) | Err(_)) {}
    }

    /// Lets the child end, which must have been without a panic.
    fn finish(self) -> Result<(), String> {
        ptrace::cont(self.0, None).map_err(|why| format!("cont: {why}"))?;
        match waitpid(self.0, None) {
            Ok(WaitStatus::Exited(_, 0)) => Ok(()),
            other => Err(format!("the child ended badly: {other:?}")),
        }
    }
}

/// Fewer than the crash lane has: what differs between the full ones is how far an operation gets, not its machine code.
const STATES: [State; 4] = [State::Empty, State::Typical, State::Full(32), State::Spares(168)];

#[derive(Default)]
struct Tally {
    instructions: u64,
    states: u64,
    operations: u64,
    recoveries: u64,
    failures: Vec<String>,
}

/// Steps `child` to its end, showing `look` every new state of the memory and its number.
fn step_through(
    shared: &Shared,
    child: Child,
    tally: &mut Tally,
    mut look: impl FnMut(&[u64], u64) -> Result<(), String>,
) -> Result<(), String> {
    let mut last = shared.words().to_vec();
    let mut states = 0;
    let outcome = loop {
        match child.step() {
            Err(why) => return Err(why),
            Ok(false) => break Ok(()),
            Ok(true) => {}
        }
        tally.instructions += 1;
        if shared.words() != last {
            last.copy_from_slice(shared.words());
            tally.states += 1;
            if let Err(why) = look(&last, states) {
                break Err(format!("at state {states}: {why}"));
            }
            states += 1;
        }
    };
    match outcome {
        Ok(()) => child.finish(),
        Err(why) => {
            child.kill();
            Err(why)
        }
    }
}

fn prove(proof: &Proof<'_>, shared: &mut Shared, tally: &mut Tally) -> Result<(), String> {
    let stage = Stage::set(shared.words_mut(), proof.op, proof.state, &proof.dead);
    let child = Child::start(|| {
        let _ = stage.act(proof.op, proof.op.parts, &proof.dead);
    })?;
    let mut seen = Vec::new();
    step_through(shared, child, tally, |memory, _| {
        seen.push(memory.to_vec());
        proof.examine(memory, SURVIVOR, proof.noted(&mut memory.to_vec()))
    })?;
    tally.operations += 1;
    // Recovery from a few of the states in which it has something to do.
    let wanted = match proof.state {
        State::Empty => 1,
        State::Typical => 2,
        State::Full(_) | State::Spares(_) => 0,
    };
    let every = (seen.len() / (wanted + 1)).max(1);
    for (index, scene) in seen.iter().enumerate().skip(every).step_by(every).take(wanted) {
        shared.words_mut().copy_from_slice(scene);
        let dead = stage::all_dead(shared.words_mut(), None);
        let noted = proof.noted(shared.words_mut());
        let memory = shared.words_mut();
        let child = Child::start(|| {
            stage::clean_up(memory, SURVIVOR, &dead).expect("recovery");
        })?;
        step_through(shared, child, tally, |memory, nth| proof.examine(memory, proof.next_after(nth), noted))
            .map_err(|why| format!("recovering from state {index}, {why}"))?;
        tally.recoveries += 1;
    }
    Ok(())
}

fn may_trace() -> Result<(), String> {
    let child = Child::start(|| {})?;
    let stepped = child.step();
    child.kill();
    stepped.map(drop)
}

#[test]
fn every_operation_stopped_after_every_instruction() {
    if let Err(why) = may_trace() {
        println!(
            "SKIPPED: this machine does not let a process trace its child ({why}); nothing has been proven here"
        );
        println!("lane-summary: skipped, no ptrace here");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "skipped where it must not be: {why}");
        return;
    }
    let ops = ops::all();
    ops::surface::check(&ops);
    let work: Vec<_> = STATES.iter().flat_map(|state| ops.iter().map(move |op| (op, *state))).collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut tally = Tally::default();
        while let Some((op, state)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            let proof = Proof::new(op, *state);
            let mut shared = Shared::new(state.words());
            if let Err(why) = prove(&proof, &mut shared, &mut tally) {
                tally.failures.push(format!("{}, {why}", proof.title()));
            }
        }
        tally
    };
    let tallies: Vec<Tally> = thread::scope(|scope| {
        let workers = [scope.spawn(worker), scope.spawn(worker)];
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let sum = |field: fn(&Tally) -> u64| tallies.iter().map(field).sum::<u64>();
    let failures: Vec<_> = tallies.iter().flat_map(|tally| &tally.failures).collect();
    for failure in failures.iter().take(20) {
        println!("{failure}\n");
    }
    println!(
        "lane-summary: {} instructions stepped, {} distinct states recovered, {} operations, {} recoveries",
        sum(|t| t.instructions),
        sum(|t| t.states),
        sum(|t| t.operations),
        sum(|t| t.recoveries),
    );
    assert!(failures.is_empty(), "{} failures", failures.len());
}
