//! Messages both ways through the one queue: each waits until the oldest message is for it.
//!
//! The leader asks with a text, now short enough to lie in its cell and now in a block of its own; the follower answers with a list.

use cohabit::{Error, Order, Turn, Value};

use crate::{Board, Failure, Player, script::expect};

/// Texts of up to 8 bytes lie in the cell.
const QUESTIONS: [&str; 3] = ["short", "a text with a block of its own", "größer als acht Bytes"];

fn question(i: u32) -> &'static str {
    QUESTIONS[i as usize % QUESTIONS.len()]
}

/// Asks `count` times, and checks each answer.
pub fn lead<B: Board>(player: &mut Player<'_, '_, B>, count: u32) -> Result<(), Failure> {
    for i in 0..count {
        player.turn()?.put_message(question(i))?;
        let (number, len) = player.wait("an answer", answer)?;
        expect("the number in an answer", i, number)?;
        expect("the length in an answer", question(i).len() as u32, len)?;
    }
    expect("messages left", 0, player.turn()?.message_count() as u32)
}

/// An answer, taken and finished: the list is destroyed with its message.
fn answer(turn: &mut Turn<'_>) -> Result<Option<(i64, i64)>, Error> {
    let Some(Value::List(list)) = turn.read_message(Order::Fifo)? else { return Ok(None) };
    let number = list.get(turn, 0)?.as_int().unwrap_or(-1);
    let len = list.get(turn, 1)?.as_int().unwrap_or(-1);
    if let Some(message) = turn.take_message(Order::Fifo)? {
        message.finish(turn)?;
    }
    Ok(Some((number, len)))
}

/// Answers `count` times.
pub fn follow<B: Board>(player: &mut Player<'_, '_, B>, count: u32) -> Result<(), Failure> {
    for i in 0..count {
        let correct = player.wait("a question", |turn| {
            let Some(Value::Text(text)) = turn.read_message(Order::Fifo)? else { return Ok(None) };
            let (correct, len) = (text == question(i), text.len() as u32);
            if let Some(message) = turn.take_message(Order::Fifo)? {
                message.finish(turn)?;
            }
            let list = turn.new_list()?;
            list.push(turn, i)?;
            list.push(turn, len)?;
            turn.put_message(list)?;
            Ok(Some(correct))
        })?;
        expect("a question as it was put", 1, correct as i64)?;
    }
    Ok(())
}
