//! A union does not say what it holds.
use cohabit::Record;

#[derive(Record)]
union Either {
    int: u32,
    float: f32,
}

fn main() {}
