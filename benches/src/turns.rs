//! Taking the turn and giving it up, when nobody else wants it.

use std::{
    hint::{black_box, spin_loop},
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{
    pool,
    rounds::{Contestant, Line, Options, Target, contest},
};

/// A spinlock by atomic exchange: the least that mutual exclusion costs where there is such an instruction.
#[repr(align(64))]
pub struct Exchange(AtomicBool);

impl Exchange {
    /// One where the compiler does not know that nobody else uses it.
    pub fn new() -> Box<Exchange> {
        black_box(Box::new(Exchange(AtomicBool::new(false))))
    }

    /// Locks and unlocks.
    pub fn pair(&self) {
        while self.0.swap(true, Ordering::Acquire) {
            spin_loop();
        }
        self.0.store(false, Ordering::Release);
    }
}

/// Two parties: Peterson.
pub fn two(options: &Options) -> Vec<Line> {
    against_exchange::<2>(options, "2 parties", Target::Ratio(2.5))
}

/// Eight parties: the bakery.
pub fn eight(options: &Options) -> Vec<Line> {
    against_exchange::<8>(options, "8 parties", Target::None)
}

fn against_exchange<const N: usize>(options: &Options, what: &str, target: Target) -> Vec<Line> {
    let mut parties = pool::parties::<N>(1 << 20);
    for party in &mut parties {
        drop(party.acquire().expect("the first turn"));
    }
    let lock = Exchange::new();
    let party = &mut parties[0];
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            drop(black_box(party.acquire()).expect("a turn"));
        }
    });
    let peer = Contestant::new("exchange", |operations| {
        for _ in 0..operations {
            lock.pair();
        }
    });
    contest(options, vec![ours, peer]).lines(what, &[target])
}
