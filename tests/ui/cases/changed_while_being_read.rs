//! Nothing is changed in place while somebody reads it.
use cohabit::{Bytes, Turn};

fn both(turn: &mut Turn<'_>, bytes: Bytes) -> usize {
    let before = bytes.buffer(turn).unwrap();
    bytes.buffer_mut(turn).unwrap().fill(0);
    before.len()
}

fn main() {}
