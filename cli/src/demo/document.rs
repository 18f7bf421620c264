//! A real JSON document: put by one process as a message, changed in place by the other, read back, compared.
//!
//! The change touches every object of the document, whatever document it is:
//!
//! | of each | change |
//! |---|---|
//! | whole number in an object or list | one more |
//! | list | its old length is pushed at the end |
//! | object | gets a last member that says who was here |
//!
//! The same is done to a plain copy in this process's own memory, read by another parser. In the end both must have the same
//! JSON text, byte for byte.
#![forbid(unsafe_code)]

use std::time::Instant;

use cohabit::{List, Map, Order, Turn, Value};
use serde_json::Value as Plain;

use super::{
    chapter, ensure,
    stage::{Partner, Stage},
};
use crate::{
    document::{self, Form, Refused, Unwritten},
    failure::Failure,
    text::{bytes, count_of, grouped},
    walk::{Container, Step, Tally, Walk},
};

/// The member that says who was here.
const STAMP: &str = "changed in place by";
const STAMP_VALUE: &str = "the second process";

const PUT: i64 = 1004;

/// What was changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Changes {
    numbers: u64,
    lists: u64,
    maps: u64,
}

/// The document in ordinary memory.
pub struct Model(Plain);

impl Model {
    /// Reads the document.
    pub fn of(text: &[u8], source: &str) -> Result<Model, Failure> {
        let plain = serde_json::from_slice(text).map_err(|error| {
            Failure::new(format_args!(
                "{source} is not a JSON document that the demo can compare: {error}; choose another"
            ))
        })?;
        Ok(Model(plain))
    }
}

/// Step 1004, first: puts the document into the queue.
pub fn put(first: &mut Stage, second: &mut Partner, text: &[u8], title: &str) -> Result<(), Failure> {
    first.step(PUT, Some(second), |turn| {
        chapter(title);
        let start = Instant::now();
        let item = document::build(turn, Form::Json, text).map_err(|refused| match refused {
            Refused::Document(why) => Failure::new(format_args!("the document cannot be put: {why}")),
            Refused::Region(error) => {
                Failure::new(format_args!("the document cannot be put: {error} (--size)"))
            }
        })?;
        let took = start.elapsed();
        let tally = Tally::of(turn, item.value(turn)?)?;
        turn.put_message(item)?;
        Ok(format!(
            "put {} of JSON into the queue: {}, {} and {} in {:.1} ms",
            bytes(text.len() as u64),
            count_of(tally.maps.0, "object"),
            count_of(tally.lists.0, "list"),
            count_of(tally.values, "value"),
            took.as_secs_f64() * 1e3
        ))
    })
}

/// Step 1005, second: takes it, changes all of it where it lies, and puts it back.
pub fn change(second: &mut Stage) -> Result<(), Failure> {
    second.step(PUT + 1, None, |turn| {
        let start = Instant::now();
        let message = turn.take_message(Order::Fifo)?;
        let item = message
            .ok_or_else(|| Failure::unsound("check failed: the document is in the queue"))?
            .accept(turn)?;
        let changes = change_all(turn, item)?;
        turn.put_message(item)?;
        Ok(format!(
            "took it, added 1 to {}, a member to {} and an element to {}, in place, in {:.1} ms",
            count_of(changes.numbers, "number"),
            count_of(changes.maps, "object"),
            count_of(changes.lists, "list"),
            start.elapsed().as_secs_f64() * 1e3
        ))
    })
}

/// Step 1006, first: takes it back, compares, and keeps it as a root. Returns its size as JSON and in the region.
pub fn compare(first: &mut Stage, second: &mut Partner, model: &mut Model) -> Result<(u64, u64), Failure> {
    let mut changes = Changes::default();
    change_plain(&mut model.0, &mut changes);
    let expected = serde_json::to_vec(&model.0).map_err(Failure::new)?;
    let mut total = 0;
    first.step(PUT + 2, Some(second), |turn| {
        let message = turn.take_message(Order::Fifo)?;
        let message = message.ok_or_else(|| Failure::unsound("check failed: the document came back"))?;
        let start = Instant::now();
        let text = document::spell(turn, Form::Json, message.value(turn)?).map_err(|error| match error {
            Unwritten::Region(error) => Failure::from(error),
            other => Failure::new(format_args!("the document cannot be written: {other:?}")),
        })?;
        let took = start.elapsed();
        ensure(text == expected, "the document read back equals a plain copy changed the same way")?;
        total = Tally::of(turn, message.value(turn)?)?.total();
        let item = message.accept(turn)?;
        let roots = turn.roots()?;
        roots.set(turn, "document", item)?;
        super::crash::prepare(turn)?;
        Ok(format!(
            "read it back, {} of JSON in {:.1} ms: byte for byte what a plain copy gives, {} changes in it",
            bytes(text.len() as u64),
            took.as_secs_f64() * 1e3,
            grouped(changes.numbers + changes.lists + changes.maps)
        ))
    })?;
    Ok((expected.len() as u64, total))
}

fn change_all(turn: &mut Turn<'_>, item: cohabit::Item) -> Result<Changes, Failure> {
    let mut containers = Vec::new();
    for step in Walk::new(turn, item.value(turn)?)? {
        if let Step::Begin(container) = step? {
            containers.push(container);
        }
    }
    let mut changes = Changes::default();
    for container in containers {
        match container {
            Container::List(list) => change_list(turn, list, &mut changes)?,
            Container::Map(map) => change_map(turn, map, &mut changes)?,
            // A document that came as JSON has none.
            _ => {}
        }
    }
    Ok(changes)
}

fn change_list(turn: &mut Turn<'_>, list: List, changes: &mut Changes) -> Result<(), Failure> {
    let len = list.len(turn)?;
    for index in 0..len {
        if let Some(more) = list.get(turn, index)?.as_int().and_then(|int| int.checked_add(1)) {
            list.set(turn, index, more)?;
            changes.numbers += 1;
        }
    }
    list.push(turn, len as i64)?;
    changes.lists += 1;
    Ok(())
}

fn change_map(turn: &mut Turn<'_>, map: Map, changes: &mut Changes) -> Result<(), Failure> {
    let mut numbers: Vec<(String, i64)> = Vec::new();
    for entry in map.iter(turn)? {
        if let (Value::Text(key), Value::Int(int)) = entry?
            && let Some(more) = int.checked_add(1)
        {
            numbers.push((key.to_owned(), more));
        }
    }
    changes.numbers += numbers.len() as u64;
    for (key, more) in &numbers {
        map.set(turn, key.as_str(), *more)?;
    }
    map.set(turn, STAMP, STAMP_VALUE)?;
    changes.maps += 1;
    Ok(())
}

/// The same to a plain copy. Recursion is no danger here: the parser that made it stops at 128 levels.
fn change_plain(plain: &mut Plain, changes: &mut Changes) {
    let mut add_one = |value: &mut Plain| {
        if let Some(more) = value.as_i64().and_then(|int| int.checked_add(1)) {
            *value = more.into();
            changes.numbers += 1;
        }
    };
    match plain {
        Plain::Array(elements) => {
            elements.iter_mut().for_each(&mut add_one);
            changes.lists += 1;
            elements.iter_mut().for_each(|element| change_plain(element, changes));
            elements.push((elements.len() as i64).into());
        }
        Plain::Object(members) => {
            members.values_mut().for_each(&mut add_one);
            changes.maps += 1;
            members.values_mut().for_each(|member| change_plain(member, changes));
            members.insert(STAMP.to_owned(), STAMP_VALUE.into());
        }
        _ => {}
    }
}
