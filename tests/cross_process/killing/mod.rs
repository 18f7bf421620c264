//! Killing: workers are killed at random moments and replaced, hundreds of times; the supervisor looks at everything in between.
//!
//! ```text
//!   supervisor                       workers 0..n, all slots taken
//!   wait some random milliseconds    turns: produce, consume, change (worker.rs)
//!   SIGKILL one of them, or two      x
//!   take the turn: how long?         ... meanwhile the others go on
//!   reap, audit, check everything
//!   start another in its place       joins the same slot
//!   every now and then: kill them all; nothing is held by anybody; settle the books (books.rs)
//! ```
//!
//! A round is one region with its own number of workers, size and seed. Two parties play Peterson's protocol, more the bakery.
#![forbid(unsafe_code)]

mod books;
mod things;
pub mod worker;

use std::{
    fs::File,
    os::unix::fs::FileExt,
    thread,
    time::{Duration, Instant},
};

use cohabit_std::{
    Member, Options,
    cohabit::{Error, Value},
};
use cohabit_testkit::{Name, Other, Random};

use crate::kit::{Metronome, fresh_seed, note, now_ms, soak};
use books::{Auditor, Books, Figure, int};
use things::Things;

/// Nobody waits longer for a turn.
const PATIENCE: Duration = Duration::from_secs(1);

/// One round.
struct Plan {
    workers: usize,
    kills: u32,
    /// Of the region, in bytes.
    bytes: usize,
    seed: u64,
}

/// What rounds add up to.
#[derive(Default)]
struct Sum {
    rounds: u32,
    kills: u32,
    /// Died in their turn.
    recovered: i64,
    finished: u64,
    doubtful: usize,
    redone: usize,
    refused: i64,
    operations: i64,
    longest: Duration,
    /// What the machine kept a bystander from running, at worst.
    machine: Duration,
}

pub fn killed_at_random_moments_nothing_is_lost() {
    let mut sum = Sum::default();
    for (workers, bytes) in [(1, 256 << 10), (2, 1 << 20), (4, 512 << 10), (7, 4 << 20)] {
        sum.add(round(Plan { workers, kills: 50, bytes, seed: fresh_seed() }));
    }
    note(sum.told());
    assert!(sum.kills >= 200 && sum.recovered > 0 && sum.finished > 1000, "{}", sum.told());
}

/// Rounds of all sorts until the time is over.
pub fn soak_for_as_long_as_asked() {
    let (start, limit) = (Instant::now(), soak().unwrap_or_default());
    let (mut sum, mut random) = (Sum::default(), Random(fresh_seed()));
    while start.elapsed() < limit {
        let workers = 1 + random.below(7);
        let bytes = (128 << 10) << random.below(6);
        sum.add(round(Plan { workers, kills: 100, bytes, seed: random.next_u64() }));
        println!("  {:>5} s: {}", start.elapsed().as_secs(), sum.told());
    }
    note(sum.told());
}

impl Sum {
    fn add(&mut self, more: Sum) {
        self.rounds += 1;
        self.kills += more.kills;
        self.recovered += more.recovered;
        self.finished += more.finished;
        self.doubtful += more.doubtful;
        self.redone += more.redone;
        self.refused += more.refused;
        self.operations += more.operations;
        self.longest = self.longest.max(more.longest);
        self.machine = self.machine.max(more.machine);
    }

    fn told(&self) -> String {
        format!(
            "{} kills, {} of them in a turn, worst wait {} ms (a bystander's: {} ms), {} messages finished exactly once, {} operations \
             ({} out of memory), {} puts in doubt, {} finishes repeated",
            self.kills,
            self.recovered,
            self.longest.as_millis(),
            self.machine.as_millis(),
            self.finished,
            self.operations,
            self.refused,
            self.doubtful,
            self.redone,
        )
    }
}

/// A worker as the supervisor sees it.
struct Living {
    process: Other,
    life: i64,
    /// Milliseconds, as in the books.
    born: i64,
    /// Its slot, once we know.
    seat: Option<i64>,
}

struct Supervisor {
    name: Name,
    plan: Plan,
    me: Member,
    random: Random,
    books: Books,
    things: Things,
    auditor: Auditor,
    workers: Vec<Living>,
    lives: i64,
    sum: Sum,
}

fn round(plan: Plan) -> Sum {
    println!("    {} workers, {} KiB, seed {:#018x}", plan.workers, plan.bytes >> 10, plan.seed);
    let name = Name::new("killing");
    let options = Options::new().size(plan.bytes).parties(plan.workers as u8 + 1);
    let mut me = cohabit_std::create(&name, options).unwrap();
    let (books, things) = prepare(&mut me, &plan).unwrap();
    let (random, auditor) = (Random(plan.seed), Auditor::new(plan.workers));
    let sum = Sum::default();
    let mut supervisor =
        Supervisor { name, plan, me, random, books, things, auditor, workers: Vec::new(), lives: 0, sum };
    let metronome = Metronome::start();
    supervisor.run();
    let mut sum = supervisor.sum;
    sum.machine = metronome.stop();
    println!("      {}", sum.told());
    assert!(sum.longest < PATIENCE + sum.machine, "somebody waited for {:?}", sum.longest);
    sum
}

fn prepare(me: &mut Member, plan: &Plan) -> Result<(Books, Things), Error> {
    let turn = &mut me.acquire().expect("nobody else is there yet");
    Books::open(turn, plan.workers)?;
    Things::make(turn)?;
    Ok((Books::find(turn)?, Things::find(turn, plan.bytes)?))
}

impl Supervisor {
    fn run(&mut self) {
        for producer in 0..self.plan.workers {
            let worker = self.start(producer);
            self.workers.push(worker);
        }
        while self.sum.kills < self.plan.kills {
            thread::sleep(Duration::from_micros(self.random.below(30_000) as u64));
            if self.random.below(12) == 0 {
                self.kill_all();
            } else {
                self.kill_some();
            }
        }
        self.kill_all();
        self.end();
    }

    fn start(&mut self, producer: usize) -> Living {
        self.lives += 1;
        let (life, seed) = (self.lives, self.random.next_u64());
        let words = [producer.to_string(), life.to_string(), seed.to_string()];
        let words = [&*self.name, &*words[0], &*words[1], &*words[2]];
        Living { process: Other::spawn("work", &words), life, born: now_ms(), seat: None }
    }

    /// One worker, at times two at once, so that one who recovers may die of it.
    fn kill_some(&mut self) {
        let anyone = self.random.below(self.workers.len());
        let first = if self.random.below(2) == 0 { anyone } else { self.holder().unwrap_or(anyone) };
        let second = (first + 1) % self.workers.len();
        self.kill(first);
        let both = second != first && self.random.below(4) == 0;
        if both {
            thread::sleep(Duration::from_micros(self.random.below(300) as u64));
            self.kill(second);
        }
        self.look(false);
        self.workers[first] = self.start(first);
        if both {
            self.workers[second] = self.start(second);
        }
    }

    /// Who has the turn, or had it a moment ago, if it is a worker that we know.
    ///
    /// Most of the time of most workers goes by in waiting; without this, hardly a kill in twenty would come in a turn.
    fn holder(&self) -> Option<usize> {
        let segment = File::open(self.name.path()).unwrap();
        let asked = Instant::now();
        while asked.elapsed() < Duration::from_millis(20) {
            // The word `holder` of the format: incarnation << 6 | slot + 1.
            let mut word = [0; 4];
            segment.read_exact_at(&mut word, 0x40).unwrap();
            let slot = i64::from(u32::from_le_bytes(word) & 63) - 1;
            let found = self.workers.iter().position(|worker| worker.seat == Some(slot));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// All of them, so nobody is left to hold anything.
    fn kill_all(&mut self) {
        (0..self.workers.len()).for_each(|worker| self.kill(worker));
        self.look(true);
        for producer in 0..self.workers.len() {
            self.workers[producer] = self.start(producer);
        }
    }

    fn kill(&mut self, worker: usize) {
        let Living { process, life, .. } = &mut self.workers[worker];
        let ended = process.ended();
        assert!(ended.is_none(), "life {life} ended by itself: {ended:?}");
        process.kill();
        self.auditor.killed.insert(*life);
        self.sum.kills += 1;
    }

    /// Takes the turn after a kill and checks everything there is to check.
    fn look(&mut self, all_dead: bool) {
        let asked = Instant::now();
        let turn = self.me.acquire_timeout(worker::LIMIT).unwrap();
        let turn =
            &mut turn.unwrap_or_else(|| panic!("no turn for the supervisor within {:?}", worker::LIMIT));
        self.sum.longest = self.sum.longest.max(asked.elapsed());
        self.sum.recovered += i64::from(turn.recovered().is_some());
        turn.reap().unwrap();
        let audit = turn.audit().unwrap_or_else(|error| panic!("after a kill: {error}"));
        self.things.check(turn).unwrap();
        if all_dead {
            assert_eq!(audit.held, 0, "the dead hold something");
            self.auditor.settle(turn, &self.books).unwrap();
        } else {
            self.auditor.read_queue(turn).unwrap();
        }
        // Who waits cannot tell; but it has not had a turn since.
        for (producer, worker) in self.workers.iter_mut().enumerate() {
            let beat = int(self.books.beats.get(turn, producer).unwrap()).unwrap();
            if beat > worker.born {
                worker.seat = self.books.seats.get(turn, producer).ok().and_then(Value::as_int);
                let without = Duration::from_millis((now_ms() - beat).max(0) as u64);
                self.sum.longest = self.sum.longest.max(without);
            }
        }
    }

    /// Lets everybody leave, finishes what is left, and closes the books.
    fn end(&mut self) {
        self.books.set_figure(&mut self.me.acquire().unwrap(), Figure::Stop, 1).unwrap();
        self.workers.drain(..).for_each(|worker| worker.process.finish());
        let turn = &mut self.me.acquire().unwrap();
        let audit = turn.audit().unwrap_or_else(|error| panic!("after everybody left: {error}"));
        assert_eq!(audit.held, 0, "those who left still hold something");
        while self.auditor.finish_one(turn).unwrap() {}
        self.auditor.settle(turn, &self.books).unwrap();
        assert!(self.auditor.all_finished());
        self.things.check(turn).unwrap();
        turn.audit().unwrap();
        let figure = |figure| self.books.figure(turn, figure).unwrap();
        let longest = Duration::from_micros(figure(Figure::Longest) as u64);
        let Auditor { finished, doubtful, redone, .. } = self.auditor;
        self.sum.add(Sum {
            recovered: figure(Figure::Recovered),
            operations: figure(Figure::Done),
            refused: figure(Figure::Refused),
            longest,
            finished,
            doubtful,
            redone,
            ..Sum::default()
        });
    }
}
