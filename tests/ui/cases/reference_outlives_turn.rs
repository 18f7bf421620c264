//! What was read in a turn is gone when the turn is.
use cohabit::{Party, Text};

fn longest_lived<'p>(party: &'p mut Party<'_>, text: Text) -> &'p str {
    let turn = party.acquire().unwrap();
    text.get(&turn).unwrap()
}

fn main() {}
