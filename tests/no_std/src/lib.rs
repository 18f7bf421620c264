//! What the derives write must build without an operating system, an allocator or the keyword that this forbids: the lane
//! `portable` builds this for a Cortex-M0+ and others.

#![no_std]
#![forbid(unsafe_code)]

use cohabit::{AnyRecord, Error, Fields, List, Record, Turn};

/// What a motor does.
#[derive(Fields, Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// Nothing.
    Idle,
    /// What it was asked for.
    Driven,
}

/// A motor and its limits.
#[derive(Record, Clone, Debug, PartialEq)]
pub struct Motor {
    /// Turns a minute.
    pub speed: i32,
    /// The most of it.
    pub limit: Option<u16>,
    /// What it does.
    pub mode: Mode,
    /// Where it is.
    pub place: Pair<i8>,
    /// Added later.
    #[record(since = 2, default = 20.5)]
    pub warmth: f32,
}

/// Two of a kind.
#[derive(Record, Clone, Debug, PartialEq)]
pub struct Pair<T>(pub T, pub T);

/// What happened.
#[derive(Record, Clone, Debug, PartialEq)]
pub enum Event {
    /// Nothing much.
    Tick,
    /// Too warm.
    Alarm {
        /// Which one.
        motor: Motor,
        /// How long.
        seconds: u32,
    },
}

/// A place with a fixed number of motors.
#[derive(Record, Clone, Debug)]
pub struct Station {
    /// What people call it.
    pub name: heapless::String<16>,
    /// When each was started last, and how often.
    pub starts: heapless::Vec<(u32, u16), 8>,
    /// Limits by number.
    pub limits: heapless::LinearMap<u8, Option<i32>, 4>,
}

/// Makes one and reads it back.
pub fn station(turn: &mut Turn<'_>) -> Result<Station, Error> {
    let mut starts = heapless::Vec::new();
    let _ = starts.push((5, 1));
    let station = Station { name: heapless::String::new(), starts, limits: heapless::LinearMap::new() };
    turn.new_record(&station)?.load(turn)
}

/// Makes one, changes it and reads it back.
pub fn run(turn: &mut Turn<'_>, events: List) -> Result<bool, Error> {
    let motor = Motor { speed: 0, limit: Some(3000), mode: Mode::Idle, place: Pair(1, -1), warmth: 19.0 };
    let alarm = turn.new_record(&Event::Alarm { motor, seconds: 3 })?;
    let motor: Record<Motor> = alarm.get(turn, Event::ALARM_MOTOR)?;
    motor.update(turn, Motor::SPEED, |speed| speed + 10)?;
    motor.set(turn, Motor::MODE, Mode::Driven)?;
    events.push(turn, alarm)?;
    let any: AnyRecord = alarm.any();
    Ok(any.open::<Event>(turn)?.load(turn)? != Event::Tick && motor.get(turn, Motor::WARMTH)? > 0.0)
}
