//! A map of this program's own has to be able to look its keys up.
use std::collections::BTreeMap;

use cohabit::Record;

#[derive(Record)]
struct Person {
    sizes: BTreeMap<f64, u8>,
}

fn main() {}
