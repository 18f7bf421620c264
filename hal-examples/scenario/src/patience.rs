//! Waiting on a stage: looks for a while, then sleeps at the board's bell if it has one, and gives up in the end.

use cohabit::{Next, Relax, Wait, Waiting};
use cohabit_hal::{Doorbell, Doze};

use crate::Board;

/// Looks before sleeping.
const LOOKS: u32 = 400;
/// Looks between two looks at the clock, which is slow to read on some boards.
const BY_THE_CLOCK: u32 = 64;

/// How long a core waits for the other, or for a turn, in milliseconds.
pub const LIMIT_MS: u32 = 20_000;

/// Waits until a turn comes, or something changes, or time is up.
pub struct Patience<'b, B> {
    board: &'b B,
    start: u32,
    limit: u32,
    looks: u32,
    awake: Relax<spin::relax::Loop>,
    asleep: Option<Doze<&'b dyn Doorbell>>,
}

impl<'b, B: Board> Patience<'b, B> {
    /// For so many milliseconds from now on.
    pub fn new(board: &'b B, limit: u32) -> Patience<'b, B> {
        Patience {
            board,
            start: board.now(),
            limit,
            looks: 0,
            awake: Relax::new(),
            asleep: board.bell().map(Doze::at),
        }
    }

    /// Whether time is up.
    pub fn is_over(&self) -> bool {
        self.board.now().wrapping_sub(self.start) > self.limit
    }
}

impl<B: Board> Wait for Patience<'_, B> {
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        self.looks = self.looks.wrapping_add(1);
        let asleep = self.asleep.as_mut().filter(|_| waiting.round() >= LOOKS);
        if (asleep.is_some() || self.looks.is_multiple_of(BY_THE_CLOCK))
            && self.board.now().wrapping_sub(self.start) > self.limit
        {
            return Next::GiveUp;
        }
        match asleep {
            Some(asleep) => asleep.pass(waiting),
            None => {
                self.board.pause();
                self.awake.pass(waiting)
            }
        }
    }
}
