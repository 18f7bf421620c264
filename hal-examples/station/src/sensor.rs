//! A sensor for boards that have none: a slow wave with some noise on it.

/// Gives readings from 0 to 1023, the same ones after each start.
#[derive(Clone, Debug)]
pub struct Sensor {
    at: u32,
    noise: u32,
}

impl Sensor {
    /// Starts low.
    pub const fn new() -> Sensor {
        Sensor { at: 0, noise: 0x2545_f491 }
    }

    /// The next reading. Replace this by your converter's.
    pub fn read(&mut self) -> i64 {
        self.at = (self.at + 13) % 2000;
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        let wave = if self.at < 1000 { self.at } else { 2000 - self.at };
        i64::from(wave + self.noise % 24)
    }
}

impl Default for Sensor {
    fn default() -> Sensor {
        Sensor::new()
    }
}
