//! A field's type has a form in the region, or none.
use cohabit::Record;

struct Handle(*const u8);

#[derive(Record)]
struct Person {
    age: u32,
    handle: Handle,
}

fn main() {}
