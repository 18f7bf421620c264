//! Trees: copied deeply and destroyed, each step of it all or nothing; against plain recursive structures.

use std::{collections::BTreeMap, hint::black_box};

use cohabit::{Map, Turn};

use crate::{
    pool,
    rounds::{Contestant, Line, Options, Target, contest},
};

/// A company record: a map of 20 employees, each a map with a name and a list of ten numbers. 61 objects.
fn ours(turn: &mut Turn<'_>) -> Map {
    let company = turn.new_map().expect("room");
    for i in 0..20 {
        let employee = turn.new_map().expect("room");
        employee.set(turn, "name", format!("employee number {i}").as_str()).expect("room");
        let days = turn.new_list().expect("room");
        days.extend_ints(turn, &[i; 10]).expect("room");
        employee.set(turn, "days", days).expect("room");
        company.set(turn, i, employee).expect("room");
    }
    company
}

#[derive(Clone)]
struct Employee {
    _name: String,
    _days: Vec<i64>,
}

fn theirs() -> BTreeMap<i64, Box<Employee>> {
    let employee = |i| Box::new(Employee { _name: format!("employee number {i}"), _days: vec![i; 10] });
    (0..20).map(|i| (i, employee(i))).collect()
}

/// One copy, one destruction.
pub fn copy_and_destroy(options: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(1 << 20);
    let mut turn = party.acquire().expect("a turn");
    let company = ours(&mut turn);
    let peer = theirs();
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            let copy = company.copy(&mut turn).expect("room");
            turn.destroy(copy).expect("ours");
        }
    });
    let peer = Contestant::new("std collections", |operations| {
        for _ in 0..operations {
            drop(black_box(peer.clone()));
        }
    });
    contest(options, vec![ours, peer]).lines("61 objects", &[Target::None])
}
