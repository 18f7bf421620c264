//! `cohabit demo`: two processes live in one object graph, one of them dies in the middle of a turn, and nothing is lost.
//!
//! The first process (the one a person started) makes a region and starts this program again, as the second. They
//! take turns by a number in the region itself: step `n` is done by whoever it belongs to, in one turn, which ends by
//! storing `n + 1`. So the story has one order, and each line is printed by the process that did it.
//!
//! | steps | who | what | file |
//! |---|---|---|---|
//! | 0 to 2 | alternating | a company's record: made, changed, checked | `company.rs` |
//! | 3 to 1002 | alternating | a thousand turns, each adding an entry to one list | `company.rs` |
//! | 1003 to 1006 | alternating | a real JSON document: put, changed in place, read back, compared | `document.rs` |
//! | 1007 | second | a turn that never ends: killed between two stores; the first recovers | `crash.rs` |
//! | 1008 to 1010 | first and third | the third process finds everything and goes on | `company.rs` |
//! | after | first and third | operations per second, bytes by kind of object | `rates.rs`, `memory.rs` |
//!
//! Every claim that is printed has been checked; a check that fails ends the demo with status 1 and says which it was.
#![forbid(unsafe_code)]

mod company;
mod crash;
mod document;
mod memory;
mod rates;
mod stage;

use std::{path::Path, time::Instant};

use crate::{failure::Failure, text::bytes};
use stage::{Region, Stage};

/// Of the sample that comes with the program: see `sample/README.md`.
const SAMPLE: &[u8] = include_bytes!("../../sample/earthquakes.json");

/// What another process of the demo is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Works with the first from the beginning, until it is killed.
    Second,
    /// Stands in for the second when the first blow fell between two operations: only there to be killed.
    Victim,
    /// Goes on with the first afterwards.
    Third,
}

impl Part {
    /// The command that starts another process of the demo.
    pub const COMMAND: &str = "demo-partner";

    /// As on the command line, and in front of what it says.
    pub fn name(self) -> &'static str {
        match self {
            Part::Second => "second",
            Part::Victim => "victim",
            Part::Third => "third",
        }
    }

    /// The part of this name.
    pub fn named(name: &str) -> Option<Part> {
        [Part::Second, Part::Victim, Part::Third].into_iter().find(|part| part.name() == name)
    }
}

/// Says that a check has failed, if it has.
fn ensure(holds: bool, what: impl std::fmt::Display) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(Failure::unsound(format_args!("check failed: {what}"))) }
}

/// A heading.
fn chapter(title: &str) {
    stage::print(&format!("\n{title}\n"));
}

/// The first process: the whole story.
pub fn run(file: Option<&Path>, size: usize) -> Result<(), Failure> {
    let start = Instant::now();
    let (document, source) = match file {
        Some(file) => (crate::message::read(file)?, format!("\"{}\"", file.display())),
        None => (SAMPLE.to_vec(), "400 earthquakes, as the U.S. Geological Survey reported them".to_owned()),
    };
    let mut model = document::Model::of(&document, &source)?;

    stage::print("cohabit demo: processes that live in one object graph\n");
    chapter("1. A piece of shared memory, and two processes");
    let (region, mut first) = Region::create(size)?;
    let mut second = first.start(Part::Second)?;

    chapter("2. One company, changed by both in turns");
    company::found(&mut first, &mut second)?;
    company::review(&mut first, &mut second)?;
    company::count(&mut first, Some(&mut second))?;

    document::put(&mut first, &mut second, &document, &format!("3. A real document: {source}"))?;
    let changed = document::compare(&mut first, &mut second, &mut model)?;

    chapter("4. A death in the middle of a turn");
    crash::kill(&mut first, second)?;

    chapter("5. Life goes on");
    let mut third = first.start(Part::Third)?;
    company::hand_over(&mut first, &mut third)?;

    chapter("6. What it costs");
    let memory = memory::table(&mut first, document.len() as u64, changed)?;
    rates::table(&mut first)?;
    third.finish()?;
    stage::print(&memory);
    crash::audit(&mut first, "at the end")?;

    let name = region.name().to_owned();
    drop(first);
    region.remove()?;
    stage::print(&format!(
        "\nEvery check held. Region \"{name}\" is removed; {} of shared memory are free again. {:.1} s\n",
        bytes(size as u64),
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// Another process: its part of the story.
pub fn play(name: &str, part: Part) -> Result<(), Failure> {
    let mut stage = Stage::join(name, part.name())?;
    match part {
        Part::Second => {
            company::hire(&mut stage)?;
            company::count(&mut stage, None)?;
            document::change(&mut stage)?;
            crash::work_until_killed(&mut stage)
        }
        Part::Victim => crash::work_until_killed(&mut stage),
        Part::Third => {
            company::take_over(&mut stage)?;
            rates::partner(&mut stage)
        }
    }
}
