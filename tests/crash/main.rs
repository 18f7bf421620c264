//! The crash lane: a party killed after each of its stores, in every public operation, loses nothing and leaves nothing.
//!
//! ```text
//!   set the stage ── act ──x after store n ── the next party recovers, reaps, audits, reads ──> before or after, no third
//!                                  └──x after its store m ── the one after that does ─────────> the same
//! ```
//!
//! Built with `--cfg crash_points`, where the core counts its stores and can stop after any of them; there, an 8-byte store is
//! two 4-byte ones, high half first, and a copy is torn in the middle: what a 32-bit host does is proven along with it. What the
//! compiler makes of the stores on this host is the stepping lane's subject.
//!
//! | file | idea |
//! |---|---|
//! | `every.rs` | every operation, every state of the region, every store; recovery's stores as well |
//! | `random.rs` | random work, killed at a random store; then more work, more deaths, and everything accounted for |
//! | `forming.rs` | a region whose maker was killed while formatting it |
//!
//! Seen red on, planted: the old element block freed before the commit that lets go of it (`grow_cells_to`); a text attached after
//! the commit (`push_cell`); a shift's cursor moved before the chunk is; a torn chunk not put back by undo; the journal put in
//! force before its entry is written; the dead struck off before their holdings are given back; a truncation begun and not
//! finished by recovery; the magic stored before the heap is formatted; the tags of a map's index not in the journal when an entry is
//! added, or when one is removed; a whole number added the short way by two stores, tags and count, without the journal. And of the
//! queue's repair, each step left out alone: the link past what was taken, the link back, the end of the last one's links, `last`,
//! the count, the next number (which only `random.rs` sees).
//!
//! Seen red on, found: a freed block that still looked alive when its owner died before marking it; a list destroyed half-way,
//! whose length outlived its elements.
//!
//! Blind to: what the compiler makes of it (the stepping lane), and two parties at the same time (loom, cross-process).

#[cfg(crash_points)]
mod every;
#[cfg(crash_points)]
mod forming;
#[cfg(crash_points)]
mod random;

#[cfg(not(crash_points))]
#[test]
fn built_without_crash_points() {
    panic!(
        "this suite proves nothing without RUSTFLAGS=\"--cfg crash_points\"; run `cargo xtask test crash`"
    );
}

#[cfg(crash_points)]
mod common {
    use std::{
        panic::{self, AssertUnwindSafe},
        sync::Once,
        thread,
    };

    use cohabit::crash;

    /// No store is the last.
    pub const NEVER: u64 = u64::MAX;

    /// Runs `body`, killed after `stores` stores. `None`: killed. Else its result and how many stores it made.
    pub fn killed_after<R>(stores: u64, body: impl FnOnce() -> R) -> Option<(R, u64)> {
        static QUIET: Once = Once::new();
        QUIET.call_once(|| {
            let usual = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                if !info.payload().is::<crash::Crashed>() {
                    usual(info);
                }
            }));
        });
        crash::arm(stores);
        let result = panic::catch_unwind(AssertUnwindSafe(body));
        let made = crash::disarm();
        match result {
            Ok(result) => Some((result, made)),
            Err(payload) if payload.is::<crash::Crashed>() => None,
            Err(payload) => panic::resume_unwind(payload),
        }
    }

    /// Does `work` on two threads (stores are counted by thread); prints failures, and panics if there are any.
    pub fn on_two_threads<T: Send>(work: impl Fn() -> (T, Vec<String>) + Sync) -> Vec<T> {
        let results: Vec<(T, Vec<String>)> = thread::scope(|scope| {
            let workers = [scope.spawn(&work), scope.spawn(&work)];
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        let failures: Vec<_> = results.iter().flat_map(|(_, failures)| failures).collect();
        for failure in failures.iter().take(20) {
            println!("{failure}\n");
        }
        assert!(failures.is_empty(), "{} failures", failures.len());
        results.into_iter().map(|(result, _)| result).collect()
    }
}

#[cfg(crash_points)]
#[test]
fn nothing_is_lost_whenever_a_party_is_killed() {
    let (points, recoveries) = every::operation_killed_after_every_store();
    let points = points + forming::formatting_killed_after_every_store();
    let random = random::work_killed_at_random();
    println!(
        "lane-summary: {points} crash points, {recoveries} recovery crash points, {random} random crashes"
    );
}
