//! What the board programs share: a measuring station in memory that two cores see.
//!
//! One core samples a sensor, the other looks at the samples and changes the settings, both in the same objects. A board's
//! `main` brings what only it can know: where the region lies, how the second core starts, which pins speak.
//!
//! ```text
//!   core 0: Console                     the region                        core 1: Sampler
//!                        roots  "settings"   { "pause", "window", "limit" }
//!   changes  -------------------^     |                                     reads, each time anew
//!   reads    <-------------    "samples"    [ 412, 419, ... ]  a ring  <----- writes in place
//!   reads    <-------------    "statistics" { "taken", "lowest", ... }  <---- updates
//!   takes    <-------------    messages     a reading above the limit  <----- puts
//! ```
//!
//! Every step takes one turn and returns: what lies between two steps (sleeping, waiting for a bell) is the board's affair.
#![no_std]
#![forbid(unsafe_code)]

mod console;
mod sampler;
mod sensor;
mod trouble;

use cohabit::{Config, List, Map, Relax, Turn, Value};

pub use console::{Console, Report};
pub use sampler::Sampler;
pub use sensor::Sensor;
pub use trouble::Trouble;

/// The slot of the core that formats the region, starts the other one, and looks at the samples.
pub const CONSOLE: u8 = 0;
/// The slot of the core that samples.
pub const SAMPLER: u8 = 1;

/// Bytes of the region: a kilobyte less than the 12 that boards set aside, for what goes with it.
pub const LEN: usize = 11 * 1024;

/// The layout for cores without caches: slots side by side.
pub const CONFIG: Config = Config::new().parties(2).journal(16).compact().checked();

const _: () = assert!(CONFIG.min_len() <= LEN as u64);

/// Waits awake, as suits turns of a few microseconds.
pub type Spin = Relax<spin::relax::Spin>;

/// The station's objects: handles into the region, found by name.
#[derive(Clone, Copy, Debug)]
pub struct Station {
    settings: Map,
    samples: List,
    statistics: Map,
}

impl Station {
    /// Makes the objects and names them.
    pub fn furnish(turn: &mut Turn<'_>) -> Result<Station, Trouble> {
        let (settings, samples, statistics) = (turn.new_map()?, turn.new_list()?, turn.new_map()?);
        settings.set(turn, "pause", 10)?;
        settings.set(turn, "window", 16)?;
        settings.set(turn, "limit", 900)?;
        statistics.set(turn, "taken", 0)?;
        let roots = turn.roots()?;
        roots.set(turn, "settings", settings)?;
        roots.set(turn, "samples", samples)?;
        roots.set(turn, "statistics", statistics)?;
        Ok(Station { settings, samples, statistics })
    }

    /// Finds the objects that the other core has made.
    pub fn find(turn: &Turn<'_>) -> Result<Station, Trouble> {
        let roots = turn.roots()?;
        let named = |name| roots.get(turn, name).map(|found| found.unwrap_or(Value::Null));
        let (settings, statistics) = (named("settings")?.as_map(), named("statistics")?.as_map());
        match (settings, named("samples")?.as_list(), statistics) {
            (Some(settings), Some(samples), Some(statistics)) => {
                Ok(Station { settings, samples, statistics })
            }
            _ => Err(Trouble::NotFurnished),
        }
    }

    /// A number from a map; what is not there, or no number, counts as 0.
    fn number(map: Map, turn: &Turn<'_>, key: &str) -> Result<i64, Trouble> {
        Ok(map.get(turn, key)?.and_then(Value::as_int).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests;
