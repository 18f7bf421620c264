//! A field takes values of its type.
use cohabit::{Error, Record, Turn};

#[derive(Record)]
struct Person {
    age: u32,
}

fn grow(turn: &mut Turn<'_>, person: Record<Person>) -> Result<(), Error> {
    person.set(turn, Person::AGE, "old")
}

fn main() {}
