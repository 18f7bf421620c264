//! A company's record: a map with metrics, employees, offices and readings, which two processes, then a third, change in turns.
//!
//! Nothing is copied between them. What one stores, the next one reads in the same place; a handle found in one turn is good in
//! the next; a list of floats is borrowed as a plain slice.
#![forbid(unsafe_code)]

use cohabit::{List, Map, Turn, Value};

use super::{
    ensure,
    stage::{Partner, Stage},
};
use crate::{
    failure::Failure,
    text::{count_of, grouped},
};

/// The steps in which both only count.
const COUNTING: std::ops::RangeInclusive<i64> = 3..=1002;
/// Steps with the third process.
pub const REUNION: i64 = 1008;

const STAFF: [(&str, &str, i64); 3] = [
    ("Amira Haddad", "instruments", 61_000),
    ("Jonas Weber", "software", 58_500),
    ("Yuki Tanaka", "field work", 57_250),
];
const READINGS: [f64; 6] = [20.5, 21.0, 19.75, 22.25, 20.0, 21.5];

fn company(turn: &Turn<'_>) -> Result<Map, Failure> {
    let found = turn.roots()?.get(turn, "company")?.and_then(Value::as_map);
    found.ok_or_else(|| Failure::unsound("check failed: the company is among the roots"))
}

fn map_in(turn: &Turn<'_>, of: Map, key: &str) -> Result<Map, Failure> {
    let found = of.get(turn, key)?.and_then(Value::as_map);
    found.ok_or_else(|| Failure::unsound(format_args!("check failed: the company has a map \"{key}\"")))
}

fn list_in(turn: &Turn<'_>, of: Map, key: &str) -> Result<List, Failure> {
    let found = of.get(turn, key)?.and_then(Value::as_list);
    found.ok_or_else(|| Failure::unsound(format_args!("check failed: the company has a list \"{key}\"")))
}

fn employ(
    turn: &mut Turn<'_>,
    employees: List,
    (name, work, salary): (&str, &str, i64),
) -> Result<(), Failure> {
    let person = turn.new_map()?;
    person.set(turn, "name", name)?;
    person.set(turn, "work", work)?;
    person.set(turn, "salary", salary)?;
    Ok(employees.push(turn, person)?)
}

fn salaries(turn: &Turn<'_>, employees: List) -> Result<i64, Failure> {
    let mut sum = 0;
    for person in employees.iter(turn)? {
        let salary = person?.as_map().map(|person| person.get(turn, "salary")).transpose()?.flatten();
        sum += salary.and_then(Value::as_int).unwrap_or(0);
    }
    Ok(sum)
}

/// Step 0, first: makes the record.
pub fn found(first: &mut Stage, second: &mut Partner) -> Result<(), Failure> {
    first.step(0, Some(second), |turn| {
        let company = turn.new_map()?;
        company.set(turn, "name", "Cohabit Instruments")?;
        company.set(turn, "motto", "measure twice, share once, and never copy what you can point at")?;
        company.set(turn, "founded", 1998)?;
        company.set(turn, "listed", false)?;
        let metrics = turn.new_map()?;
        company.set(turn, "metrics", metrics)?;
        metrics.set(turn, "headcount", STAFF.len() as i64)?;
        metrics.set(turn, "growth", 0.125)?;
        let employees = turn.new_list()?;
        company.set(turn, "employees", employees)?;
        for person in STAFF {
            employ(turn, employees, person)?;
        }
        let offices = turn.new_map()?;
        company.set(turn, "offices", offices)?;
        for (city, desks) in [("Lisbon", 12), ("Nairobi", 7), ("Osaka", 9)] {
            offices.set(turn, city, desks)?;
        }
        let readings = turn.new_list()?;
        readings.extend_floats(turn, &READINGS)?;
        company.set(turn, "readings", readings)?;
        let visits = turn.new_list()?;
        company.set(turn, "visits", visits)?;
        turn.roots()?.set(turn, "company", company)?;
        Ok("made a company: name, motto, metrics, 3 employees, 3 offices, 6 readings; a root named \"company\"".into())
    })
}

/// Step 1, second: finds the record and changes it in place.
pub fn hire(second: &mut Stage) -> Result<(), Failure> {
    second.step(1, None, |turn| {
        let company = company(turn)?;
        let name = company.get(turn, "name")?.and_then(Value::as_text).unwrap_or_default().to_owned();
        ensure(name == "Cohabit Instruments", "the second process reads the company's name")?;
        let employees = list_in(turn, company, "employees")?;
        ensure(employees.len(turn)? == 3, "the second process finds 3 employees")?;
        for index in 0..3 {
            let person = employees.get(turn, index)?.as_map().ok_or_else(|| Failure::new("no person"))?;
            person
                .entry(turn, "salary")?
                .update(|salary| salary.and_then(Value::as_int).unwrap_or(0) + 1_000)?;
        }
        employ(turn, employees, ("Lucía Fernández", "optics", 63_400))?;
        let metrics = map_in(turn, company, "metrics")?;
        metrics.set(turn, "headcount", 4)?;
        map_in(turn, company, "offices")?.set(turn, "Lima", 4)?;
        Ok(format!(
            "found \"{name}\", raised 3 salaries in place, hired Lucía Fernández, opened an office in Lima"
        ))
    })
}

/// Step 2, first: sees the changes, and borrows numbers in place.
pub fn review(first: &mut Stage, second: &mut Partner) -> Result<(), Failure> {
    first.step(2, Some(second), |turn| {
        let company = company(turn)?;
        let employees = list_in(turn, company, "employees")?;
        ensure(employees.len(turn)? == 4, "the first process finds the fourth employee")?;
        let sum = salaries(turn, employees)?;
        ensure(sum == 61_000 + 58_500 + 57_250 + 3 * 1_000 + 63_400, "the salaries add up")?;
        let offices = map_in(turn, company, "offices")?;
        let cities: Vec<_> = offices.iter(turn)?.filter_map(|entry| entry.ok()?.0.as_text()).collect();
        ensure(cities == ["Lisbon", "Nairobi", "Osaka", "Lima"], "the offices are in the order they came")?;
        let readings = list_in(turn, company, "readings")?;
        let mean = {
            let floats = readings.as_floats(turn)?;
            floats.iter().sum::<f64>() / floats.len() as f64
        };
        map_in(turn, company, "metrics")?.set(turn, "mean reading", mean)?;
        employees.swap(turn, 0, 3)?;
        let sum = grouped(sum.unsigned_abs());
        Ok(format!(
            "sees 4 employees with {sum} in salaries; borrowed the readings as &[f64], their mean is {mean:.2}"
        ))
    })
}

/// Steps 3 to 1002: each process adds a number to one list, strictly in turns. Step 1003, second: the list is right.
pub fn count(me: &mut Stage, mut partner: Option<&mut Partner>) -> Result<(), Failure> {
    let i_am_first = partner.is_some();
    for number in COUNTING.filter(|number| (number % 2 == 0) == i_am_first) {
        me.step(number, partner.as_deref_mut(), |turn| {
            let visits = list_in(turn, company(turn)?, "visits")?;
            visits.push(turn, number)?;
            Ok(String::new())
        })?;
    }
    if i_am_first {
        return Ok(());
    }
    me.step(COUNTING.end() + 1, None, |turn| {
        let visits = list_in(turn, company(turn)?, "visits")?;
        let expected: Vec<i64> = COUNTING.collect();
        ensure(visits.as_ints(turn)? == expected, "1,000 alternating turns left 1,000 numbers in order")?;
        let turns = count_of(expected.len() as u64, "more turn");
        Ok(format!("{turns}, alternating: each of us pushed a number whenever it was due; none is missing"))
    })
}

/// Step 1008 and 1010, first: gives the word to the third process, and sees what it did.
pub fn hand_over(first: &mut Stage, third: &mut Partner) -> Result<(), Failure> {
    first.skip_to(REUNION)?;
    first.step(REUNION, Some(third), |_| Ok(String::new()))?;
    first.step(REUNION + 2, Some(third), |turn| {
        let employees = list_in(turn, company(turn)?, "employees")?;
        ensure(employees.len(turn)? == 5, "the third process's employee is there")?;
        Ok(format!(
            "sees 5 employees with {} in salaries",
            grouped(salaries(turn, employees)?.unsigned_abs())
        ))
    })
}

/// Step 1009, third: finds everything as the dead process left it, and goes on.
pub fn take_over(third: &mut Stage) -> Result<(), Failure> {
    third.step(REUNION + 1, None, |turn| {
        let company = company(turn)?;
        let employees = list_in(turn, company, "employees")?;
        ensure(employees.len(turn)? == 4, "the third process finds 4 employees")?;
        let visits = list_in(turn, company, "visits")?;
        ensure(visits.len(turn)? == 1_000, "the third process finds 1,000 visits")?;
        employ(turn, employees, ("Tomasz Nowak", "repairs", 55_900))?;
        map_in(turn, company, "metrics")?.set(turn, "headcount", 5)?;
        Ok("found the company whole: 4 employees, 1,000 visits; hired Tomasz Nowak".into())
    })
}
