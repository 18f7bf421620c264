//! The second core of a small device: opens the region that the first has formatted, and exchanges integers and bytes.
#![no_std]
#![no_main]

use cohabit::{AlwaysAlive, Error, JoinError, OpenError, Order, Region, Turn, TurnError, Value};

#[cortex_m_rt::entry]
fn main() -> ! {
    let code = work().unwrap_or_else(|code| code);
    loop {
        size::output(code.into());
    }
}

fn work() -> Result<u16, u16> {
    let (base, len) = size::region();
    // SAFETY: this program is weighed and never run; on a board, see `cohabit_hal::Shared::open`.
    let region = unsafe { Region::open(base, len) }.map_err(OpenError::code)?;
    // SAFETY: the first core joins slot 0.
    let mut party = unsafe { region.join(1, &AlwaysAlive) }.map_err(JoinError::code)?;
    loop {
        let mut turn = party.acquire().map_err(TurnError::code)?;
        exchange(&mut turn).map_err(Error::code)?;
    }
}

fn exchange(turn: &mut Turn<'_>) -> Result<(), Error> {
    turn.put_message(size::input())?;
    turn.put_message(&[size::input() as u8; 16])?;
    while let Some(message) = turn.take_message(Order::Fifo)? {
        match message.value(turn)? {
            Value::Int(int) => size::output(int as u32),
            Value::Bytes(bytes) => bytes.iter().for_each(|byte| size::output(u32::from(*byte))),
            _ => {}
        }
        message.finish(turn)?;
    }
    Ok(())
}
