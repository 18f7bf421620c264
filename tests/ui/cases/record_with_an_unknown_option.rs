//! What may be said of a field is known.
use cohabit::Record;

#[derive(Record)]
struct Person {
    #[record(rename = "years")]
    age: u32,
}

fn main() {}
