//! One counter, both cores: exact, or the turn is broken.
//!
//! The counter is an element of a list, read and written back with nothing between but the turn. Alternating proves that
//! turns come and that nobody starves; contending proves that the two exclude each other: on cores that truly run in parallel
//! a turn without its full fence loses counts here.

use cohabit::List;

use crate::{Act, Board, Failure, LEAD, Player, script::expect};

/// Both play this part: the counter goes up by one, by the one core and by the other, `turns` times in all.
pub fn alternate<B: Board>(player: &mut Player<'_, '_, B>, turns: u32) -> Result<(), Failure> {
    let counter = begin(player)?;
    let mut mine = player.party.slot() as i64;
    while mine < turns as i64 {
        let found = player.wait("the other's turn", |turn| {
            let count = counter.get(turn, 0)?.as_int().unwrap_or(i64::MAX);
            if count == mine {
                counter.set(turn, 0, count + 1)?;
            }
            Ok((count >= mine).then_some(count))
        })?;
        expect("the counter at my turn", mine, found)?;
        mine += 2;
    }
    end(player, Act::Alternate, counter, turns)
}

/// Both play this part: each adds one `turns` times, as fast as it can.
pub fn contend<B: Board>(player: &mut Player<'_, '_, B>, turns: u32) -> Result<(), Failure> {
    let counter = begin(player)?;
    let mut noise = player.party.slot() as u32;
    for _ in 0..turns {
        let mut turn = player.turn()?;
        let count = counter.get(&turn, 0)?.as_int().unwrap_or(i64::MIN);
        counter.set(&mut turn, 0, count + 1)?;
        drop(turn);
        // Out for a moment, and never the same: so that both often ask in the same moment, which is what the fences are for.
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        for _ in 0..noise >> 26 {
            core::hint::spin_loop();
        }
    }
    end(player, Act::Contend, counter, 2 * turns)
}

/// Made by the leader, found by the follower; and neither counts before both are there.
fn begin<B: Board>(player: &mut Player<'_, '_, B>) -> Result<List, Failure> {
    let counter = if player.party.slot() == LEAD {
        player.publish("counter", |turn| {
            let counter = turn.new_list()?;
            counter.extend_ints(turn, &[0, 1])?;
            Ok(counter)
        })?
    } else {
        let counter = player.find_list("counter")?;
        counter.set(&mut player.turn()?, 1, 2)?;
        counter
    };
    player.wait("both to come", |turn| Ok((counter.get(turn, 1)?.as_int() == Some(2)).then_some(())))?;
    Ok(counter)
}

/// The leader checks the sum once the follower is through.
fn end<B: Board>(
    player: &mut Player<'_, '_, B>,
    act: Act,
    counter: List,
    wanted: u32,
) -> Result<(), Failure> {
    if player.party.slot() == LEAD {
        player.through(act)?;
        let count = counter.get(&player.turn()?, 0)?.as_int().unwrap_or(-1);
        expect("the counter", wanted, count)?;
        player.unpublish("counter")?;
    }
    Ok(())
}
