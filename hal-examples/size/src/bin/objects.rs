//! The first core: formats the region, and works with everything that a region can hold.
#![no_std]
#![no_main]

use cohabit::{
    AlwaysAlive, Config, Error, FormatError, HashKind, JoinError, List, Map, Order, Region, Turn, TurnError,
    Value,
};

#[cortex_m_rt::entry]
fn main() -> ! {
    let code = work().unwrap_or_else(|code| code);
    loop {
        size::output(code.into());
    }
}

fn work() -> Result<u16, u16> {
    let (base, len) = size::region();
    let config = const { Config::new().compact().journal(16).hash(HashKind::HalfSip).checked() };
    // SAFETY: this program is weighed and never run; on a board, see `cohabit_hal::Shared::format`.
    let region = unsafe { Region::format_raw(base, len, config) }.map_err(FormatError::code)?;
    // SAFETY: the second core joins slot 1.
    let mut party = unsafe { region.join(0, &AlwaysAlive) }.map_err(JoinError::code)?;
    loop {
        let mut turn = party.acquire().map_err(TurnError::code)?;
        if let Some(died) = turn.recovered() {
            size::output(died.recovery.requeued);
        }
        exchange(&mut turn).and_then(|()| objects(&mut turn)).map_err(Error::code)?;
    }
}

fn exchange(turn: &mut Turn<'_>) -> Result<(), Error> {
    turn.put_message(size::input())?;
    turn.put_message(&[size::input() as u8; 16])?;
    while let Some(message) = turn.take_message(Order::Fifo)? {
        show(message.value(turn)?);
        message.finish(turn)?;
    }
    Ok(())
}

fn objects(turn: &mut Turn<'_>) -> Result<(), Error> {
    let (samples, settings) = (samples(turn)?, settings(turn)?);
    samples.push(turn, size::input())?;
    samples.set(turn, size::input() as usize, "a text that is longer than a cell")?;
    samples.insert(turn, 0, size::input())?;
    samples.remove(turn, size::input() as usize)?;
    for sample in samples.iter(turn)? {
        show(sample?);
    }
    settings.set(turn, "period in milliseconds", size::input())?;
    settings.set(turn, size::input(), "by number")?;
    settings.remove(turn, size::input())?;
    for setting in settings.iter(turn)? {
        let (name, value) = setting?;
        show(name);
        show(value);
    }
    let note = turn.new_text("held before it is placed")?;
    settings.set(turn, "note", note)
}

/// The list among the roots, made when it is missing.
fn samples(turn: &mut Turn<'_>) -> Result<List, Error> {
    let roots = turn.roots()?;
    if let Some(list) = roots.get(turn, "samples")?.and_then(Value::as_list) {
        return Ok(list);
    }
    let list = turn.new_list()?;
    roots.set(turn, "samples", list)?;
    Ok(list)
}

/// The map among the roots, made when it is missing.
fn settings(turn: &mut Turn<'_>) -> Result<Map, Error> {
    let roots = turn.roots()?;
    if let Some(map) = roots.get(turn, "settings")?.and_then(Value::as_map) {
        return Ok(map);
    }
    let map = turn.new_map()?;
    roots.set(turn, "settings", map)?;
    Ok(map)
}

fn show(value: Value<'_>) {
    match value {
        Value::Int(int) => size::output(int as u32),
        Value::Text(text) => text.bytes().for_each(|byte| size::output(u32::from(byte))),
        Value::Bytes(bytes) => bytes.iter().for_each(|byte| size::output(u32::from(*byte))),
        _ => {}
    }
}
