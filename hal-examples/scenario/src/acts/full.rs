//! Memory is finite: put until it is full, and go on.

use cohabit::{Error, Order};

use crate::{Board, Event, Failure, Player, script::expect};

/// Bytes of a message; in the end shorter ones fill the last gap.
const PAYLOAD: [u8; 200] = [0x5a; 200];

/// Puts until nothing more fits, sees that the error changed nothing, and that taking a message makes room for one.
pub fn lead<B: Board>(player: &mut Player<'_, '_, B>, _: u32) -> Result<(), Failure> {
    let mut turn = player.turn()?;
    let before = turn.stats()?;
    let mut put = 0;
    let mut len = PAYLOAD.len();
    let refusal = loop {
        match turn.put_message(&PAYLOAD[..len]) {
            Ok(()) => put += 1,
            Err(Error::OutOfMemory { .. }) if len > 16 => len /= 2,
            Err(refusal @ Error::OutOfMemory { .. }) => break refusal,
            Err(other) => return Err(other.into()),
        }
    };
    let Error::OutOfMemory { requested, largest_free, total_free } = refusal else {
        return Err(refusal.into());
    };
    let full = turn.audit()?;
    expect("messages after the refusal", put, full.stats.messages)?;
    // What the refused operation had allocated so far was not free when it was refused, and is again.
    expect(
        "free bytes at the refusal, at most those after it",
        1,
        (total_free as u64 <= full.stats.free) as u32,
    )?;
    expect("room for what was refused", 0, (requested <= largest_free) as u32)?;
    // One out, one in.
    if let Some(message) = turn.take_message(Order::Lifo)? {
        message.finish(&mut turn)?;
        turn.put_message(&PAYLOAD[..len])?;
    }
    drop(turn);
    player.board.tell(Event::Full { put, requested, largest_free, total_free });
    // The other core takes them all.
    player.through(crate::Act::Full)?;
    let mut turn = player.turn()?;
    let after = turn.audit()?.stats;
    expect("messages left", 0, after.messages)?;
    expect("bytes in use, as before", before.used, after.used)
}

/// Takes every message, and checks it.
pub fn follow<B: Board>(player: &mut Player<'_, '_, B>, _: u32) -> Result<(), Failure> {
    // The leader fills up in one turn: what is there when the first message is there, is all.
    player.wait("a full queue", |turn| Ok((turn.message_count() > 0).then_some(())))?;
    let mut turn = player.turn()?;
    while let Some(message) = turn.take_message(Order::Fifo)? {
        let bytes = message.value(&turn)?.as_bytes().unwrap_or_default();
        expect("a message of one byte over and over", 1, bytes.iter().all(|byte| *byte == 0x5a) as u32)?;
        message.finish(&mut turn)?;
    }
    Ok(())
}
