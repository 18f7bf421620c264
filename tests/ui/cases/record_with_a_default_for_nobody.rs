//! Defaults are for records that were written before the field came.
use cohabit::Record;

#[derive(Record)]
struct Person {
    #[record(default = 7)]
    age: u32,
}

fn main() {}
