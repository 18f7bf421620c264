//! A company of about 60 objects by serde: put into the region against building `serde_json::Value`, loaded against parsing JSON.
//!
//! All contestants of a row begin with the same Rust structs or end with them, and give back what they made. `clone` is the least
//! that any way to load can take: no more than allocating and copying what the structs own.

use std::{collections::BTreeMap, hint::black_box};

use serde::{Deserialize, Serialize};

use crate::{
    pool,
    rounds::{Contestant, Line, Options, Spread, Target, contest},
};

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
struct Company {
    name: String,
    motto: String,
    founded: i64,
    listed: bool,
    offices: Vec<Office>,
    employees: Vec<Employee>,
    metrics: BTreeMap<String, f64>,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
struct Office {
    city: String,
    at: (f64, f64),
    rooms: Vec<u32>,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
struct Employee {
    name: String,
    work: Option<String>,
    salary: i64,
    days: Vec<i64>,
    grade: Grade,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
enum Grade {
    Junior,
    Senior { since: i64 },
}

/// The same, with texts left where they are.
#[derive(Deserialize, Debug)]
#[allow(dead_code)]
struct Borrowed<'a> {
    name: &'a str,
    motto: &'a str,
    founded: i64,
    listed: bool,
    #[serde(borrow)]
    offices: Vec<BorrowedOffice<'a>>,
    #[serde(borrow)]
    employees: Vec<BorrowedEmployee<'a>>,
    #[serde(borrow)]
    metrics: BTreeMap<&'a str, f64>,
}

#[derive(Deserialize, Debug)]
#[allow(dead_code)]
struct BorrowedOffice<'a> {
    city: &'a str,
    at: (f64, f64),
    rooms: Vec<u32>,
}

#[derive(Deserialize, Debug)]
#[allow(dead_code)]
struct BorrowedEmployee<'a> {
    name: &'a str,
    work: Option<&'a str>,
    salary: i64,
    days: Vec<i64>,
    grade: Grade,
}

/// 1 company, 2 lists, 1 map; 3 offices of 4 objects each; 12 employees of 3, every second with a grade of 1 more; 2 texts: 60.
fn company() -> Company {
    let office = |i: u32| Office {
        city: ["Reykjavík", "Wellington", "Valparaíso"][i as usize % 3].to_owned(),
        at: (i as f64 * 10.5, i as f64 * -3.25),
        rooms: (0..6).map(|room| 100 * i + room).collect(),
    };
    let employee = |i: i64| Employee {
        name: format!("employee number {i}"),
        work: (i % 3 != 0).then(|| "software".to_owned()),
        salary: 50_000 + 731 * i,
        days: (i..i + 10).collect(),
        grade: if i % 2 == 0 { Grade::Junior } else { Grade::Senior { since: 2010 + i } },
    };
    Company {
        name: "Cohabit Instruments".to_owned(),
        motto: "measure twice, share once, and never copy what you can point at".to_owned(),
        founded: 1998,
        listed: false,
        offices: (1..4).map(office).collect(),
        employees: (0..12).map(employee).collect(),
        metrics: (0..8).map(|i| (format!("metric {i}"), 0.125 * i as f64)).collect(),
    }
}

/// Built and given back.
pub fn put(options: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(1 << 20);
    let mut turn = party.acquire().expect("a turn");
    let company = company();
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            let item = turn.put(black_box(&company)).expect("room");
            turn.destroy(item.object().expect("a record")).expect("ours");
        }
    });
    let peer = Contestant::new("serde_json", |operations| {
        for _ in 0..operations {
            drop(black_box(serde_json::to_value(black_box(&company)).expect("all of it is JSON")));
        }
    });
    contest(options, vec![ours, peer]).lines("put", &[Target::Ratio(1.5)])
}

/// Loaded and dropped; how many blocks it takes.
pub fn load(options: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(1 << 20);
    let mut turn = party.acquire().expect("a turn");
    let company = company();
    let before = turn.stats().expect("sound").blocks;
    let item = turn.put(&company).expect("room");
    let blocks = f64::from(turn.stats().expect("sound").blocks - before);
    let value = item.value(&turn).expect("ours");
    let json = serde_json::to_vec(&company).expect("all of it is JSON");
    assert_eq!(turn.load::<Company>(value).expect("the same type"), company);
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            black_box(turn.load::<Company>(black_box(value)).expect("the same type"));
        }
    });
    let peer = Contestant::new("from_slice", |operations| {
        for _ in 0..operations {
            black_box(serde_json::from_slice::<Company>(black_box(&json)).expect("its own JSON"));
        }
    });
    let floor = Contestant::new("clone", |operations| {
        for _ in 0..operations {
            black_box(black_box(&company).clone());
        }
    });
    let targets = [Target::Ratio(1.0 / 3.0), Target::None];
    let mut lines = contest(options, vec![ours, peer, floor]).lines("load", &targets);
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            black_box(turn.load::<Borrowed<'_>>(black_box(value)).expect("the same type"));
        }
    });
    let peer = Contestant::new("from_slice", |operations| {
        for _ in 0..operations {
            black_box(serde_json::from_slice::<Borrowed<'_>>(black_box(&json)).expect("its own JSON"));
        }
    });
    lines.extend(contest(options, vec![ours, peer]).lines("borrow", &[Target::None]));
    lines.push(Line::alone("blocks", Spread::of([blocks]), "", Target::None));
    lines
}
