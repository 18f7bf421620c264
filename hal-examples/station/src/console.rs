//! Core 0's side: looks at the samples, changes the settings.

use core::fmt;

use cohabit::{Message, Order, Party, Recovered, Turn, Value, Wait};

use crate::{Station, Trouble};

/// Looks at what the other core samples.
pub struct Console<'r> {
    party: Party<'r>,
    station: Station,
    steps: u32,
}

/// What the console saw in one turn; prints as one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Samples taken since the region was formatted.
    pub taken: i64,
    /// The lowest of them.
    pub lowest: i64,
    /// The highest of them.
    pub highest: i64,
    /// The mean of those still in the list.
    pub mean: i64,
    /// How many those are.
    pub window: usize,
    /// Readings above the limit that came as messages.
    pub alarms: u32,
    /// The other core died in its turn, and this is what was recovered.
    pub recovered: Option<Recovered>,
}

impl<'r> Console<'r> {
    /// Makes the station's objects. Before the other core starts.
    pub fn new(mut party: Party<'r>) -> Result<Console<'r>, Trouble> {
        let mut turn = party.acquire()?;
        let station = Station::furnish(&mut turn)?;
        drop(turn);
        Ok(Console { party, station, steps: 0 })
    }

    /// The party, to await messages by.
    pub fn party(&mut self) -> &mut Party<'r> {
        &mut self.party
    }

    /// Finishes an alarm that was taken as a message; the reading that raised it.
    pub fn finish(&mut self, alarm: Message, wait: &mut impl Wait) -> Result<i64, Trouble> {
        let mut turn = self.party.acquire_with(wait)?.ok_or(Trouble::GaveUp)?;
        let reading = Value::as_int(alarm.value(&turn)?).unwrap_or(0);
        alarm.finish(&mut turn)?;
        Ok(reading)
    }

    /// Looks, and every other time changes the settings: the next sample is taken by them.
    ///
    /// `wait` passes the time until the turn comes. Nothing is printed in here: a turn should not last as long as a serial line does.
    pub fn step(&mut self, wait: &mut impl Wait) -> Result<Report, Trouble> {
        self.steps += 1;
        let Station { settings, .. } = self.station;
        let mut turn = self.party.acquire_with(wait)?.ok_or(Trouble::GaveUp)?;
        let report = self.station.report(&mut turn)?;
        let (window, pause) = if self.steps % 4 < 2 { (16, 10) } else { (8, 5) };
        settings.set(&mut turn, "window", window)?;
        settings.set(&mut turn, "pause", pause)?;
        Ok(report)
    }
}

impl Station {
    fn report(&self, turn: &mut Turn<'_>) -> Result<Report, Trouble> {
        let mut report = Report { recovered: turn.recovered(), ..Report::default() };
        while let Some(alarm) = turn.take_message(Order::Fifo)? {
            alarm.finish(turn)?;
            report.alarms += 1;
        }
        // The other core's list, borrowed where it lies: no copy, until the turn ends.
        let samples = self.samples.as_ints(turn)?;
        report.window = samples.len();
        report.mean = samples.iter().sum::<i64>() / samples.len().max(1) as i64;
        report.taken = Station::number(self.statistics, turn, "taken")?;
        report.lowest = Station::number(self.statistics, turn, "lowest")?;
        report.highest = Station::number(self.statistics, turn, "highest")?;
        Ok(report)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { taken, lowest, highest, mean, window, alarms, recovered } = self;
        write!(
            f,
            "{taken} samples from {lowest} to {highest}; mean of the last {window}: {mean}; {alarms} alarms"
        )?;
        match recovered {
            Some(dead) => write!(f, "; core {} died in its turn and was cleaned up after", dead.slot),
            None => Ok(()),
        }
    }
}
