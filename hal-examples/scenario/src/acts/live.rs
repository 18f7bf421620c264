//! Live objects: the follower samples a sensor into a list, the leader turns its knobs in a map, and both keep a record.
//!
//! ```text
//!   "settings": map  { "gain": int, "name": text }    written by the leader, used by the follower at once
//!   "samples":  list [ int, ... ]                      appended by the follower, read in place by the leader
//!   "station":  map  { "taken", "least", "most" }      the record: written by the follower, checked by the leader
//! ```

use cohabit::{Map, Value};

use crate::{
    Board, Failure, Player,
    script::{expect, int},
};

/// Samples with one gain before the leader changes it.
const STRIDE: u32 = 10;
/// Samples kept.
const KEPT: usize = 40;

/// The sensor: a number from a number, the same on both cores.
fn sensor(i: u32) -> i64 {
    (i.wrapping_mul(2_654_435_761) >> 20) as i64
}

/// What the gain is at first, and after each change.
fn gain(change: u32) -> i64 {
    1 + change as i64 % 7
}

/// Changes the settings `changes` times, and checks that the samples follow.
pub fn lead<B: Board>(player: &mut Player<'_, '_, B>, changes: u32) -> Result<(), Failure> {
    let samples = player.publish("samples", |turn| turn.new_list())?;
    let station = player.publish("station", |turn| turn.new_map())?;
    let settings = player.publish("settings", |turn| {
        let settings = turn.new_map()?;
        settings.set(turn, "gain", gain(0))?;
        Ok(settings)
    })?;
    for change in 1..=changes {
        let until = change * STRIDE;
        player.wait("samples", |turn| Ok((int(station, turn, "taken")? >= until as i64).then_some(())))?;
        let mut turn = player.turn()?;
        // The newest samples, read in place.
        let newest = samples.as_ints(&turn)?.last_chunk::<{ STRIDE as usize }>().copied().unwrap_or_default();
        for (i, sample) in (until - STRIDE..).zip(newest) {
            expect("a sample", sensor(i) * gain(change - 1), sample)?;
        }
        settings.set(
            &mut turn,
            "name",
            if change % 2 == 0 { "even" } else { "a longer name, with a block of its own" },
        )?;
        settings.set(&mut turn, "gain", gain(change))?;
        settings.set(&mut turn, "change", change)?;
    }
    player.through(crate::Act::Live)?;
    let turn = player.turn()?;
    expect("samples kept", KEPT as u32, samples.len(&turn)? as u32)?;
    expect("samples taken", changes * STRIDE, int(station, &turn, "taken")?)?;
    let all = || (0..changes * STRIDE).map(|i| sensor(i) * gain(i / STRIDE));
    expect("the least", all().min().unwrap_or(0), int(station, &turn, "least")?)?;
    expect("the most", all().max().unwrap_or(0), int(station, &turn, "most")?)?;
    drop(turn);
    player.unpublish("samples")?;
    player.unpublish("station")?;
    player.unpublish("settings")
}

/// Samples, with whatever gain the leader has set by now.
pub fn follow<B: Board>(player: &mut Player<'_, '_, B>, changes: u32) -> Result<(), Failure> {
    let settings = player.find_map("settings")?;
    let station = player.find_map("station")?;
    let samples = player.find_list("samples")?;
    for i in 0..changes * STRIDE {
        // Ten samples with each gain; the leader's change lets us go on.
        let gain = player.wait("a new gain", |turn| {
            let changed = int(settings, turn, "change")? >= (i / STRIDE) as i64;
            Ok(if changed { Some(int(settings, turn, "gain")?) } else { None })
        })?;
        let mut turn = player.turn()?;
        let sample = sensor(i) * gain;
        if samples.len(&turn)? == KEPT {
            samples.remove(&mut turn, 0)?;
        }
        samples.push(&mut turn, sample)?;
        note(station, &mut turn, "least", sample, i64::min)?;
        note(station, &mut turn, "most", sample, i64::max)?;
        station.set(&mut turn, "taken", i + 1)?;
    }
    Ok(())
}

fn note(
    station: Map,
    turn: &mut cohabit::Turn<'_>,
    key: &str,
    sample: i64,
    better: fn(i64, i64) -> i64,
) -> Result<(), cohabit::Error> {
    let so_far = station.get(turn, key)?.and_then(Value::as_int).unwrap_or(sample);
    station.set(turn, key, better(so_far, sample))
}
