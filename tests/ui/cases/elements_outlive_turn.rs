//! Elements that were borrowed to be changed are gone when the turn is.
use cohabit::{Array, Party};

fn longest_lived<'p>(party: &'p mut Party<'_>, array: Array<f64>) -> &'p mut [f64] {
    let mut turn = party.acquire().unwrap();
    array.as_mut_slice(&mut turn).unwrap()
}

fn main() {}
