//! What names an element has nothing else to say.
use cohabit::Fields;

#[derive(Fields, Clone, Copy)]
enum Column {
    Name,
    Age(u8),
}

fn main() {}
