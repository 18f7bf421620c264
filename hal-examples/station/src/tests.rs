//! The station on the host: two threads where a board has two cores.
#![allow(clippy::unwrap_used)]

extern crate std;

use std::{boxed::Box, string::ToString, thread, vec};

use cohabit::Region;

use super::*;

#[test]
fn a_station_measures_while_it_is_looked_at_and_changed() {
    let memory = Box::leak(vec![0u64; LEN / 8].into_boxed_slice());
    let [console, sampler] =
        Region::format(bytemuck::cast_slice_mut(memory), CONFIG).unwrap().split().unwrap();
    let mut console = Console::new(console).unwrap();
    let mut sampler = Sampler::new(sampler, Sensor::new()).unwrap();
    let sampling = thread::spawn(move || (0..2000).map(|_| sampler.step(&mut Spin::new()).unwrap()).max());
    let mut alarms = 0;
    while !sampling.is_finished() {
        alarms += console.step(&mut Spin::new()).unwrap().alarms;
    }
    assert_eq!(sampling.join().unwrap(), Some(10));
    let report = console.step(&mut Spin::new()).unwrap();
    assert_eq!(report.taken, 2000);
    assert!(report.lowest < 40 && report.highest > 980 && report.window <= 16, "{report}");
    assert_eq!(alarms + report.alarms, above_the_limit());
    assert!(report.to_string().starts_with("2000 samples from "));
}

#[test]
fn a_core_that_finds_no_station_says_so() {
    let mut memory = vec![0u64; LEN / 8];
    let [_, sampler] =
        Region::format(bytemuck::cast_slice_mut(&mut memory), CONFIG).unwrap().split().unwrap();
    assert_eq!(Sampler::new(sampler, Sensor::new()).err(), Some(Trouble::NotFurnished));
}

/// How many of the first 2000 readings ought to raise an alarm.
fn above_the_limit() -> u32 {
    let mut sensor = Sensor::new();
    (0..2000).filter(|_| sensor.read() > 900).count() as u32
}
