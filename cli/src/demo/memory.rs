//! Where the region's memory went: by kind of object, and what the document takes as JSON and in the region.
#![forbid(unsafe_code)]

use std::fmt::Write as _;

use cohabit::Value;

use super::{ensure, stage::Stage};
use crate::{
    failure::Failure,
    text::{bytes, grouped},
    walk::Tally,
};

/// The table, as text.
pub fn table(first: &mut Stage, json: u64, (changed, document): (u64, u64)) -> Result<String, Failure> {
    let turn = first.member.acquire()?;
    let tally = Tally::of(&turn, Value::Map(turn.roots()?))?;
    let stats = turn.stats()?;
    drop(turn);
    // No messages now, and nobody holds anything: every used byte belongs to an object below the roots.
    ensure(tally.total() == stats.used, "the objects' sizes add up to the memory in use")?;
    let mut text =
        String::from("\n   memory                                             number          bytes\n");
    let mut row = |what: &str, number: Option<u64>, size: u64| {
        let number = number.map_or_else(String::new, grouped);
        let _ = writeln!(text, "   {what:<46} {number:>10}   {:>12}", bytes(size));
    };
    row("maps, with their entries and index", Some(tally.maps.0), tally.maps.1);
    row("lists, with their elements", Some(tally.lists.0), tally.lists.1);
    row("texts of more than 8 bytes", None, tally.texts);
    row("all objects (the sum, and what the region says)", Some(u64::from(stats.blocks)), stats.used);
    row("free", None, stats.free);
    row("the document as JSON text, as it came", None, json);
    row("the document as JSON text, after the change", None, changed);
    row("the document in the region, after the change", None, document);
    Ok(text)
}
