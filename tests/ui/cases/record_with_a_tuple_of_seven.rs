//! Tuples of up to six are fields; longer ones want names.
use cohabit::Record;

#[derive(Record)]
struct Person {
    sizes: (u8, u8, u8, u8, u8, u8, u8),
}

fn main() {}
