//! Core 1's side: a sample a step, kept in place.

use cohabit::{Error, Party, Wait};

use crate::{Sensor, Station, Trouble};

/// Samples into the region.
pub struct Sampler<'r> {
    party: Party<'r>,
    station: Station,
    sensor: Sensor,
}

impl<'r> Sampler<'r> {
    /// Finds what the console has made; the first turn also gives back what an earlier life of this core held.
    pub fn new(mut party: Party<'r>, sensor: Sensor) -> Result<Sampler<'r>, Trouble> {
        let turn = party.acquire()?;
        let station = Station::find(&turn)?;
        drop(turn);
        Ok(Sampler { party, station, sensor })
    }

    /// Takes a sample, and says how many milliseconds to wait before the next: a setting, read each time.
    ///
    /// `wait` passes the time until the turn comes.
    pub fn step(&mut self, wait: &mut impl Wait) -> Result<u32, Trouble> {
        // The slow part, talking to hardware, comes before the turn.
        let reading = self.sensor.read();
        let Station { settings, samples, statistics } = self.station;
        let turn = &mut self.party.acquire_with(wait)?.ok_or(Trouble::GaveUp)?;

        let taken = Station::number(statistics, turn, "taken")?;
        let window = Station::number(settings, turn, "window")?.clamp(1, 64) as usize;
        // A ring whose size the other core may change at any time.
        samples.truncate(turn, samples.len(turn)?.min(window))?;
        match taken as usize % window {
            at if at < samples.len(turn)? => samples.set(turn, at, reading)?,
            _ => samples.push(turn, reading)?,
        }
        statistics.set(turn, "taken", taken + 1)?;
        statistics
            .entry(turn, "lowest")?
            .update(|old| old.and_then(|v| v.as_int()).map_or(reading, |low| low.min(reading)))?;
        statistics
            .entry(turn, "highest")?
            .update(|old| old.and_then(|v| v.as_int()).map_or(reading, |high| high.max(reading)))?;

        if reading > Station::number(settings, turn, "limit")? {
            match turn.put_message(reading) {
                // Nobody has been looking for a while: the alarm that waits longest says enough.
                Ok(()) | Err(Error::OutOfMemory { .. }) => {}
                Err(why) => return Err(why.into()),
            }
        }
        Ok(Station::number(settings, turn, "pause")?.clamp(1, 1000) as u32)
    }
}
