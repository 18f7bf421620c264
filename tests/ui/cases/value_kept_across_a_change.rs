//! A text read in place may move when something else grows; so it cannot be kept.
use cohabit::{List, Turn};

fn keep(turn: &mut Turn<'_>, list: List) -> bool {
    let first = list.get(turn, 0).unwrap();
    list.push(turn, 1).unwrap();
    first.is_null()
}

fn main() {}
