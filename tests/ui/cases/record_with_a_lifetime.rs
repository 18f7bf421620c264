//! What is loaded from a region is owned.
use cohabit::Record;

#[derive(Record)]
struct Person<'a> {
    name: &'a str,
}

fn main() {}
