//! A party is one seat: it moves, and is not copied.
use cohabit::Party;

fn lend(party: Party<'static>) {
    let here = party;
    let there = party;
    drop((here, there));
}

fn main() {}
