//! fault: damaged regions through every public read and write. An error or a sane reading, never a panic, an endless loop or
//! undefined behaviour.
//!
//! Sound regions of several shapes, well filled, are damaged in every way that memory and people damage things; then
//! [`hostile::exercise`] opens each, recovers if it says that somebody died, reads and changes everything, and leaves. The
//! build has overflow checks and debug assertions on, as a user's debug build would. A region that keeps us
//! for seconds is a failure, and one that does not let go ends the run.
//!
//! | damage | how many |
//! |---|---|
//! | one bit, each of the header, the control area and the heap's head | all of them, once as if nobody, once as if somebody had died |
//! | 1 to 64 random bits; random bytes; words replaced by others of the region | a share each of the rest |
//! | stretches of all 0 or all ff; blocks of bytes swapped; a shorter length | a share each of the rest |
//! | an unfinished operation that never was: journal, shift and drain say anything | every third of the rest, on top |
//! | words of the heap, after an operation's setup and before its act | each operation of `ops`, in two states (`fault/operations.rs`) |
//!
//! Under Miri a few dozen of them run: `cargo +nightly miri test -p cohabit-tests --test fault --target i686-unknown-linux-gnu`.
//!
//! Seen red on: a walk over the largest bin without its limit (the watchdog ended it); a map's table that may lie anywhere
//! (two regions in 300,000 overflow on it); and, unplanted, a largest free block larger than all free memory, a
//! copied text of no granules, and a map of 2^32 - 1 entries.
//!
//! Mistakes that people make, as against damage, each with the error it must get, are in `fault/bad_input.rs`.

#[path = "fault/bad_input.rs"]
mod bad_input;
#[path = "fault/operations.rs"]
mod operations;

use std::{
    collections::BTreeMap,
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use cohabit::Config;
use cohabit_testkit::Random;
use cohabit_tests::{
    hostile::{self, Outcome},
    sample::{Memory, filled},
};

/// Regions damaged at random, over all shapes.
const RANDOM: usize = if cfg!(miri) { 16 } else { 300_000 };
/// Sound regions of each shape.
const SEEDS: u64 = if cfg!(miri) { 1 } else { 8 };
/// Of all bits, every so manyth.
const BITS: usize = if cfg!(miri) { 2001 } else { 1 };
/// Longest that one region may keep us: thousands of times what it takes.
const PATIENCE: Duration = Duration::from_secs(if cfg!(miri) { 1000 } else { 2 });

/// Length, configuration, percent filled.
fn shapes() -> Vec<(usize, Config, u64)> {
    let small = Config::new().compact().journal(16).hash_seed(1).region_id(0x1234_5678);
    let eight = Config::new().parties(8).compact().journal(24).hash_seed(2).region_id(9);
    let wide = Config::new().stride(64).journal(64).hash_seed(3).region_id(77);
    let shapes = vec![
        (1 << 10, small, 95),
        (1 << 10, small, 40),
        (8 << 10, small, 60),
        (8 << 10, eight, 90),
        (64 << 10, wide, 50),
        (64 << 10, eight.max_len(1 << 20), 70),
    ];
    shapes.into_iter().take(if cfg!(miri) { 2 } else { usize::MAX }).collect()
}

/// What came of many regions.
#[derive(Default)]
struct Tally {
    regions: u64,
    opened: u64,
    turns: u64,
    sound: u64,
    done: u64,
    refused: u64,
    slowest: Duration,
}

impl Tally {
    fn add(&mut self, outcome: Outcome, took: Duration) {
        self.regions += 1;
        self.opened += outcome.opened as u64;
        self.turns += outcome.turns as u64;
        self.sound += outcome.sound as u64;
        self.done += outcome.done as u64;
        self.refused += outcome.refused as u64;
        self.slowest = self.slowest.max(took);
    }

    fn merge(&mut self, other: &Tally) {
        self.regions += other.regions;
        self.opened += other.opened;
        self.turns += other.turns;
        self.sound += other.sound;
        self.done += other.done;
        self.refused += other.refused;
        self.slowest = self.slowest.max(other.slowest);
    }
}

/// Runs one damaged region; names it when something goes wrong.
fn run(name: &str, memory: &mut Memory, len: usize, tally: &mut Tally) -> Result<(), String> {
    let mut again = memory.clone();
    let took = run_once(name, memory, len, tally)?;
    if took < PATIENCE {
        return Ok(());
    }
    // Perhaps the machine was busy with something else. What is slow by itself is slow again.
    let took = run_once(name, &mut again, len, tally)?;
    if took < PATIENCE { Ok(()) } else { Err(format!("{name}: took {} ms", took.as_millis())) }
}

fn run_once(name: &str, memory: &mut Memory, len: usize, tally: &mut Tally) -> Result<Duration, String> {
    let started = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| hostile::exercise(&mut memory.bytes_mut()[..len])));
    let took = started.elapsed();
    tally.add(outcome.map_err(|_| format!("{name}: panicked"))?, took);
    Ok(took)
}

/// Somebody died in a turn: `holder` names slot 1's party.
fn kill_holder(bytes: &mut [u8]) {
    bytes[0x40..0x44].copy_from_slice(&(1u32 << 6 | 2).to_le_bytes());
}

fn le_u32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// Does job 0, 1, 2, ... below `jobs` on every processor; collects what went wrong.
fn in_parallel(jobs: usize, job: impl Fn(usize, &mut Tally) -> Result<(), String> + Sync) -> Tally {
    let workers = thread::available_parallelism().map_or(2, |n| n.get());
    let (next, total) = (AtomicUsize::new(0), Mutex::new((Tally::default(), Vec::new())));
    // What each worker is at, and since when; `None` when it has finished.
    let busy: Vec<_> = (0..workers).map(|_| Mutex::new(Some((0, Instant::now())))).collect();
    thread::scope(|scope| {
        for at in &busy {
            scope.spawn(|| {
                let (mut tally, mut wrong) = (Tally::default(), Vec::new());
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= jobs {
                        break;
                    }
                    *at.lock().expect("nobody panics with the lock") = Some((number, Instant::now()));
                    wrong.extend(job(number, &mut tally).err());
                }
                *at.lock().expect("nobody panics with the lock") = None;
                let (all, all_wrong) = &mut *total.lock().expect("nobody panics with the lock");
                all.merge(&tally);
                all_wrong.append(&mut wrong);
            });
        }
        scope.spawn(|| watch(&busy));
    });
    let (tally, mut wrong) = total.into_inner().expect("nobody panics with the lock");
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {} went wrong, the first:\n{}", wrong.len(), tally.regions, {
        wrong.truncate(12);
        wrong.join("\n")
    });
    tally
}

/// Ends everything when a worker does not come back: an endless loop cannot be told from outside in any other way.
fn watch(busy: &[Mutex<Option<(usize, Instant)>>]) {
    loop {
        let at: Vec<_> =
            busy.iter().filter_map(|at| *at.lock().expect("nobody panics with the lock")).collect();
        if at.is_empty() {
            return;
        }
        if let Some((number, _)) = at.iter().find(|(_, since)| since.elapsed() > PATIENCE * 15) {
            // Past the harness, which would keep it to itself.
            let _ = writeln!(std::io::stderr(), "error: region number {number} keeps us for ever");
            std::process::abort();
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn report(what: &str, tally: &Tally) {
    println!(
        "lane-summary: {} mutated regions ({what}): {} opened, {} turns, {} audits sound, {} changes made, {} refused, slowest {} ms",
        tally.regions,
        tally.opened,
        tally.turns,
        tally.sound,
        tally.done,
        tally.refused,
        tally.slowest.as_millis()
    );
}

#[test]
fn every_single_bit_of_header_control_area_and_heap_head() {
    let mut jobs = Vec::new();
    for (shape, (len, config, percent)) in shapes().into_iter().enumerate() {
        let memory = filled(len, config, 7, percent);
        let heap_start = le_u32(memory.bytes(), 0x28) as usize;
        // The head: 11 granules, one a party, bins, journal. The first blocks come with it.
        let head = if len == 1 << 10 { len } else { heap_start + 0x400 };
        for bit in (0..head * 8).step_by(BITS) {
            if len <= 8 << 10 || bit < heap_start * 8 + 2048 {
                jobs.push((shape, bit));
            }
        }
    }
    let sound: BTreeMap<usize, Memory> = shapes()
        .into_iter()
        .enumerate()
        .map(|(shape, (len, config, percent))| (shape, filled(len, config, 7, percent)))
        .collect();
    let tally = in_parallel(jobs.len() * 2, |number, tally| {
        let (shape, bit) = jobs[number / 2];
        let mut memory = sound[&shape].clone();
        let bytes = memory.bytes_mut();
        if number % 2 == 1 {
            kill_holder(bytes);
        }
        bytes[bit / 8] ^= 1 << (bit % 8);
        let len = bytes.len();
        run(&format!("shape {shape}, bit {bit}, died {}", number % 2), &mut memory, len, tally)
    });
    report("single bits", &tally);
}

#[test]
fn random_damage_of_every_kind() {
    let sound: Vec<Vec<Memory>> = shapes()
        .into_iter()
        .map(|(len, config, percent)| (0..SEEDS).map(|seed| filled(len, config, seed, percent)).collect())
        .collect();
    let tally = in_parallel(RANDOM, |number, tally| {
        let random = &mut Random(number as u64);
        // Small regions more often: they are quick, and every byte of them matters.
        let shape = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 5][random.below(14)];
        let mut memory = sound[shape % sound.len()][random.below(SEEDS as usize)].clone();
        let bytes = memory.bytes_mut();
        if random.below(2) == 0 {
            kill_holder(bytes);
        }
        if random.below(3) == 0 {
            pretend_unfinished(bytes, random);
        }
        let mut len = bytes.len();
        for _ in 0..=random.below(3) {
            damage(bytes, &mut len, random);
        }
        if random.below(4) != 0 {
            hostile::mend(bytes);
        }
        run(&format!("number {number}, shape {shape}"), &mut memory, len, tally)
    });
    report("random damage", &tally);
}

/// A header that still makes sense, and a heap head that tells of an operation under way.
fn pretend_unfinished(bytes: &mut [u8], random: &mut Random) {
    let heap = le_u32(bytes, 0x28) as usize;
    let granules = (bytes.len() - heap) / 8;
    let mut put = |granule: usize, half: usize, value: u32| {
        let at = heap + granule * 8 + half * 4;
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    };
    put(1, 1, random.below(20) as u32);
    // Shift: cells, cap, cursor, limit, chunk; drain: list, keep.
    if random.below(2) == 0 {
        put(2, 0, random.below(granules) as u32);
        put(2, 1, random.below(100) as u32);
        put(3, 0, random.below(100) as u32);
        put(3, 1, random.below(100) as u32);
        put(4, 0, random.below(100) as u32);
        put(4, 1, random.below(16) as u32);
        put(5, 0, random.below(100) as u32);
    }
    if random.below(2) == 0 {
        put(10, 0, random.below(granules) as u32);
        put(10, 1, random.below(10) as u32);
    }
}

/// One damage of a random kind; half of them near the start, where everything is decided.
fn damage(bytes: &mut [u8], len: &mut usize, random: &mut Random) {
    let whole = bytes.len();
    let within = if random.below(2) == 0 { whole } else { whole.min(1024) };
    let stretch = |random: &mut Random| {
        let from = random.below(within);
        from..(from + 1 + random.below(64)).min(whole)
    };
    match random.below(8) {
        0 | 1 => {
            for _ in 0..=random.below(64) {
                bytes[random.below(within)] ^= 1 << random.below(8);
            }
        }
        2 => stretch(random).for_each(|at| bytes[at] = random.next_u64() as u8),
        3 => {
            let fill = if random.below(2) == 0 { 0 } else { 0xff };
            bytes[stretch(random)].fill(fill);
        }
        4 => {
            // Other words of the region are the most plausible lies.
            for _ in 0..=random.below(6) {
                let (from, to) = (random.below(whole / 4) * 4, random.below(within / 4) * 4);
                bytes.copy_within(from..from + 4, to);
            }
        }
        5 => {
            for _ in 0..=random.below(3) {
                let (from, to) = (random.below(whole / 8) * 8, random.below(within / 8) * 8);
                bytes.copy_within(from..from + 8, to);
            }
        }
        6 => {
            let size = 8 << random.below(4);
            let (a, b) = (random.below(whole / size) * size, random.below(whole / size) * size);
            for at in 0..size {
                bytes.swap(a + at, b + at);
            }
        }
        _ => {
            // A shorter mapping; half of the time the header says so, too.
            *len = random.below(whole / 8) * 8;
            if random.below(2) == 0 && *len >= 0x40 {
                bytes[0x08..0x10].copy_from_slice(&(*len as u64).to_le_bytes());
            }
        }
    }
}
