//! Contestants in rounds: A B C, A B C, …, so that whatever slows the machine down slows all of them.
//!
//! ```text
//!   round 1   | ours  | rlsf  | malloc |      each slice a few milliseconds of the same work
//!   round 2   | ours  | rlsf  | malloc |
//!   ...                                       ratio of a round = ours / peer, then min, median, max over the rounds
//! ```
//!
//! The number of operations in a slice is found once per contestant, by doubling, and stays.

use std::{fmt, time::Duration};

use rustix::time::{ClockId, clock_gettime};

/// The processor time of this thread: whoever else the machine runs does not count.
fn now() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// How to measure.
pub struct Options {
    pub rounds: usize,
    pub strict: bool,
    /// How long one contestant runs in one round.
    pub slice: Duration,
    /// Or how many operations it does, once and untimed: so that a profiler's counts can be divided.
    pub operations: Option<u64>,
}

impl Default for Options {
    fn default() -> Options {
        Options { rounds: 21, strict: false, slice: Duration::from_millis(3), operations: None }
    }
}

/// One who does the work: asked to do it so many times.
pub struct Contestant<'a> {
    name: &'static str,
    work: Box<dyn FnMut(u64) + 'a>,
}

impl<'a> Contestant<'a> {
    pub fn new(name: &'static str, work: impl FnMut(u64) + 'a) -> Contestant<'a> {
        Contestant { name, work: Box::new(work) }
    }

    fn time(&mut self, operations: u64) -> Duration {
        let start = now();
        (self.work)(operations);
        now() - start
    }

    /// Without a clock: those of emulators are not to be trusted.
    fn count(&mut self, operations: u64) {
        (self.work)(operations);
    }

    /// Operations that fill a slice. Warms up at the same time.
    fn calibrate(&mut self, slice: Duration) -> u64 {
        let mut operations = 1;
        loop {
            let took = self.time(operations);
            if took * 2 > slice {
                let ratio = slice.as_secs_f64() / took.as_secs_f64();
                return ((operations as f64 * ratio) as u64).max(1);
            }
            operations *= 2;
        }
    }
}

/// Minimum, median and maximum.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub min: f64,
    pub median: f64,
    pub max: f64,
}

impl Spread {
    pub fn of(values: impl IntoIterator<Item = f64>) -> Spread {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Spread { min: at(0), median: at(values.len() / 2), max: at(values.len().wrapping_sub(1)) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:6.2} {:6.2} {:6.2}", self.min, self.median, self.max)
    }
}

/// Times of all contestants, in nanoseconds an operation: `times[contestant][round]`.
pub struct Times {
    names: Vec<&'static str>,
    times: Vec<Vec<f64>>,
}

/// Lets all contestants work in turns.
pub fn contest(options: &Options, mut contestants: Vec<Contestant<'_>>) -> Times {
    if let Some(operations) = options.operations {
        contestants.iter_mut().for_each(|one| one.count(operations));
        return Times { names: Vec::new(), times: Vec::new() };
    }
    let operations: Vec<u64> = contestants.iter_mut().map(|one| one.calibrate(options.slice)).collect();
    let mut times = vec![Vec::new(); contestants.len()];
    for _ in 0..options.rounds {
        for ((one, operations), times) in contestants.iter_mut().zip(&operations).zip(&mut times) {
            times.push(one.time(*operations).as_nanos() as f64 / *operations as f64);
        }
    }
    Times { names: contestants.iter().map(|one| one.name).collect(), times }
}

/// What a row has to reach.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// The ratio is at most this.
    Ratio(f64),
    /// Our own figure is at most this.
    Own(f64),
    /// Only reported.
    None,
}

impl Times {
    /// The same times for a part of an operation: there were so many in each.
    pub fn per(mut self, parts: usize) -> Times {
        self.times.iter_mut().flatten().for_each(|time| *time /= parts as f64);
        self
    }

    /// One line for each peer, or one alone; the first contestant is ours. `targets` go by the peers' order.
    pub fn lines(&self, what: &str, targets: &[Target]) -> Vec<Line> {
        let (Some((ours, peers)), Some(target)) = (self.times.split_first(), targets.first()) else {
            return Vec::new();
        };
        let spread = Spread::of(ours.iter().copied());
        if peers.is_empty() {
            return vec![Line::alone(what, spread, "ns", *target)];
        }
        let line = |((peer, name), target): ((&Vec<f64>, &&'static str), &Target)| {
            let ratio = Spread::of(ours.iter().zip(peer).map(|(ours, peer)| ours / peer));
            Line::against(what, spread, (name, Spread::of(peer.iter().copied())), ratio, *target)
        };
        peers.iter().zip(&self.names[1..]).zip(targets).map(line).collect()
    }
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Line {
    what: String,
    ours: Spread,
    peer: Option<(&'static str, Spread)>,
    ratio: Option<Spread>,
    unit: &'static str,
    target: Target,
}

impl Line {
    pub const HEADING: &'static str = "                                          ours              peer                ratio\n\
         what                                  min   median       min   median       min median    max   target";

    /// A figure without a peer.
    pub fn alone(what: &str, ours: Spread, unit: &'static str, target: Target) -> Line {
        Line { what: what.to_owned(), ours, peer: None, ratio: None, unit, target }
    }

    /// Nanoseconds of ours and of a peer, and how they compare round by round.
    pub fn against(
        what: &str,
        ours: Spread,
        peer: (&'static str, Spread),
        ratio: Spread,
        target: Target,
    ) -> Line {
        Line { what: what.to_owned(), ours, peer: Some(peer), ratio: Some(ratio), unit: "ns", target }
    }

    /// Whether the target is reached; `None` when there is none.
    pub fn met(&self) -> Option<bool> {
        match (self.target, self.ratio) {
            (Target::Ratio(most), Some(ratio)) => Some(ratio.median <= most),
            (Target::Own(most), _) => Some(self.ours.median <= most),
            _ => None,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {:30} {:8.2} {:8.2} {:2}", self.what, self.ours.min, self.ours.median, self.unit)?;
        match (&self.peer, &self.ratio) {
            (Some((name, peer)), Some(ratio)) => {
                write!(f, " {name:>14} {:8.2} {:8.2}   {ratio}", peer.min, peer.median)?;
            }
            _ => write!(f, " {:>54}", "")?,
        }
        let verdict = match self.met() {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        match self.target {
            Target::Ratio(most) => write!(f, "   <= {most:.2}  {verdict}"),
            Target::Own(most) => write!(f, "   <= {most} {}  {verdict}", self.unit),
            Target::None => Ok(()),
        }
    }
}
