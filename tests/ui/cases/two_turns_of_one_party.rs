//! A party has one turn at a time.
use cohabit::Party;

fn twice(party: &mut Party<'_>) {
    let first = party.acquire().unwrap();
    let second = party.acquire().unwrap();
    drop((first, second));
}

fn main() {}
