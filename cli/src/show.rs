//! `cohabit show`: what is in a region, as facts and as a tree.
//!
//! ```text
//!   roots: 1 entry, 1.9 KiB
//!     "company": map of 6, 1.7 KiB
//!       "name": "Cohabit Instruments"
//!       "employees": list of 12, 940 B
//!         0: map of 3, 260 B ...
//!         and 11 more
//! ```
//!
//! Sizes are bytes in the region with everything inside, so a line can only be finished when all below it has been seen:
//! lines are kept, and the open ones filled in on the way out. Only lines that will be shown are kept.
#![forbid(unsafe_code)]

use std::fmt::Write as _;

use cohabit::{Error, Turn, Value};
use cohabit_std::Member;

use crate::{
    access,
    failure::Failure,
    say,
    text::{bytes, count_of, digits, grouped, on_one_line, quoted},
    walk::{Container, Step, Tally, Walk},
};

/// How much to show.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Levels of the tree.
    depth: usize,
    /// Entries of a container.
    width: usize,
    /// Characters of a text.
    text: usize,
}

impl Limits {
    /// Everything.
    pub const NONE: Limits = Limits { depth: usize::MAX, width: usize::MAX, text: usize::MAX };

    /// What was asked for, or what fits a screen.
    pub fn new(depth: Option<usize>, width: Option<usize>) -> Limits {
        Limits { depth: depth.unwrap_or(3), width: width.unwrap_or(8), text: 60 }
    }
}

/// Deeper lines are not indented further.
const DEEPEST_INDENT: usize = 24;
/// A message's own block.
const MESSAGE: u64 = 32;

/// `cohabit show`.
pub fn run(name: &str, limits: Limits) -> Result<(), Failure> {
    let mut member = access::look(name)?;
    let mut report = facts(name, &member);
    let turn = access::turn(&mut member, name)?;
    let described = memory(&turn, &mut report).and_then(|()| contents(&turn, limits, &mut report));
    drop(turn);
    access::leave(member);
    // What was seen before the damage is still worth seeing.
    say(&report)?;
    described.map_err(|error| access::inside(name, error))
}

/// What can be seen without the turn.
fn facts(name: &str, member: &Member) -> String {
    let info = member.info();
    let mut joined = Vec::new();
    for slot in 0..info.parties {
        if let Some(view) = member.slot_view(slot).filter(|view| view.is_joined()) {
            let myself = if slot == member.slot() { ", this command" } else { "" };
            let doing = match member.holder() {
                Some(holder) if holder == slot => ", has the turn",
                _ if view.is_asleep() => ", asleep",
                _ if view.wants() => ", waits for the turn",
                _ => "",
            };
            joined.push(format!("slot {slot} (incarnation {}{myself}{doing})", view.incarnation));
        }
    }
    format!(
        "region \"{}\": {} for up to {} parties, {:?}; format {}, id {:016x}, epoch {}\njoined: {}\n",
        name.escape_debug(),
        bytes(info.len),
        info.parties,
        info.arbiter,
        info.version,
        info.region_id,
        info.epoch,
        joined.join(", ")
    )
}

fn memory(turn: &Turn<'_>, report: &mut String) -> Result<(), Error> {
    let stats = turn.stats()?;
    let _ = writeln!(
        report,
        "memory: {} used in {}, {} free, {} of it in one piece ({} % fragmented)",
        bytes(stats.used),
        count_of(u64::from(stats.blocks), "block"),
        bytes(stats.free),
        bytes(stats.largest_free),
        stats.fragmentation()
    );
    if let Some(dead) = turn.recovered() {
        let _ = writeln!(
            report,
            "the party in slot {} had died in its turn; what it had begun was undone",
            dead.slot
        );
    }
    Ok(())
}

fn contents(turn: &Turn<'_>, limits: Limits, report: &mut String) -> Result<(), Error> {
    let roots = Value::Map(turn.roots()?);
    tree(turn, "roots: ", roots, 0, limits, report)?;
    let count = turn.message_count();
    let _ = writeln!(report, "messages: {}", grouped(count as u64));
    for (index, value) in turn.messages()?.enumerate() {
        if index == limits.width {
            let _ = writeln!(report, "  and {} more", grouped((count - index) as u64));
            break;
        }
        let label = if index == 0 { "  1 (the oldest): ".to_owned() } else { format!("  {}: ", index + 1) };
        tree(turn, &label, value?, MESSAGE, limits, report)?;
    }
    Ok(())
}

/// A container on the way down.
struct Open {
    /// Where its line is; `None` if it is not shown.
    line: Option<usize>,
    /// Entries seen so far.
    seen: usize,
    bytes: u64,
}

/// Appends a value and what is in it. `extra` bytes belong to it besides.
fn tree(
    turn: &Turn<'_>,
    label: &str,
    value: Value<'_>,
    extra: u64,
    limits: Limits,
    report: &mut String,
) -> Result<(), Error> {
    let start = label.len() - label.trim_start().len();
    let mut lines: Vec<String> = Vec::new();
    let mut inside: Vec<Open> = Vec::new();
    let mut next_label = label.to_owned();
    if Container::of(value).is_none() {
        let size = extra + Tally::of(turn, value)?.total();
        let _ = writeln!(report, "{label}{}, {}", leaf(turn, value, limits), bytes(size));
        return Ok(());
    }
    for step in Walk::new(turn, value)? {
        // Whether what comes now has a line of its own.
        let shown = match inside.last() {
            None => true,
            Some(open) => open.line.is_some() && open.seen < limits.width && inside.len() < limits.depth,
        };
        let step = step?;
        if shown
            && matches!(step, Step::Begin(_) | Step::Leaf(_))
            && let Some(open) = inside.last()
            && next_label.is_empty()
        {
            next_label = format!("{}{}: ", indent(start, inside.len()), open.seen);
        }
        match step {
            Step::Key(key) => {
                if shown {
                    next_label =
                        format!("{}{}: ", indent(start, inside.len()), key_on_line(turn, key, limits));
                }
                continue;
            }
            Step::Leaf(value) => {
                if shown {
                    lines.push(std::mem::take(&mut next_label) + &leaf(turn, value, limits));
                }
                if let Some(open) = inside.last_mut() {
                    open.seen += 1;
                }
            }
            Step::Begin(container) => {
                let kind = match container {
                    Container::List(_) => "list".to_owned(),
                    Container::Map(_) => "map".to_owned(),
                    Container::Tuple(_) => "tuple".to_owned(),
                    Container::Set(_) => "set".to_owned(),
                    Container::FrozenSet(_) => "frozen set".to_owned(),
                    Container::FrozenMap(_) => "frozen map".to_owned(),
                    Container::FastSet(_) => "fast set".to_owned(),
                    Container::FastMap(_) => "fast map".to_owned(),
                    Container::Record(record) => {
                        format!("record {}", record.schema(turn)?.name().escape_debug())
                    }
                    Container::Instance(instance) => {
                        format!("object {}", instance.class(turn)?.escape_debug())
                    }
                };
                let line = shown.then_some(lines.len());
                if shown {
                    let len = container.len(turn)?;
                    lines.push(
                        std::mem::take(&mut next_label) + &format!("{kind} of {}", grouped(len as u64)),
                    );
                }
                if let Some(open) = inside.last_mut() {
                    open.seen += 1;
                }
                let own = container.footprint(turn)?;
                inside.push(Open {
                    line,
                    seen: 0,
                    bytes: own.own + own.texts + own.bytes + own.arrays + own.scalars,
                });
            }
            Step::End => {
                let Some(open) = inside.pop() else { continue };
                let size = open.bytes + if inside.is_empty() { extra } else { 0 };
                if let Some(line) = open.line {
                    let _ = write!(lines[line], ", {}", bytes(size));
                    let depth = inside.len() + 1;
                    if depth >= limits.depth && open.seen > 0 {
                        lines[line].push_str(" ...");
                    } else if open.seen > limits.width {
                        let left = grouped((open.seen - limits.width) as u64);
                        lines.push(format!("{}and {left} more", indent(start, depth)));
                    }
                }
                if let Some(outer) = inside.last_mut() {
                    outer.bytes += open.bytes;
                }
            }
        }
    }
    for line in lines {
        report.push_str(&line);
        report.push('\n');
    }
    Ok(())
}

fn indent(start: usize, depth: usize) -> String {
    if depth <= DEEPEST_INDENT {
        " ".repeat(start + 2 * depth)
    } else {
        format!("{}(level {depth}) ", " ".repeat(start + 2 * DEEPEST_INDENT))
    }
}

fn leaf(turn: &Turn<'_>, value: Value<'_>, limits: Limits) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(bool) => bool.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Uint(int) => int.to_string(),
        Value::Float(float) => format!("{float:?}"),
        Value::Text(text) => quoted(text, limits.text),
        Value::Bytes(bytes) => count_of(bytes.len() as u64, "byte"),
        Value::ByteArray(array) => match array.len(turn) {
            Ok(len) => format!("byte array of {}", count_of(len as u64, "byte")),
            Err(error) => format!("a damaged byte array ({error})"),
        },
        Value::Array(array) => crate::array::described(turn, array, limits.width)
            .unwrap_or_else(|error| format!("a damaged array ({error})")),
        Value::BigInt(int) => cut(&digits(int), "digit", limits),
        Value::Complex(complex) => format!("complex {complex}"),
        Value::Decimal(decimal) => format!("decimal {}", cut(decimal.as_str(), "character", limits)),
        Value::Slice(slice) => format!("slice {slice}"),
        Value::Date(date) => format!("date {date}"),
        Value::Time(time) => on_one_line(&format!("time {time}{}", later(time.fold()))),
        Value::DateTime(time) => on_one_line(&format!("time {time}{}", later(time.fold()))),
        Value::TimeDelta(span) => format!("time span {span}"),
        Value::TimeZone(zone) => on_one_line(&format!("time zone {zone}")),
        Value::Blob(blob) => {
            let data = count_of(blob.data.len() as u64, "byte");
            format!("blob of codec {}, {data}", quoted(blob.codec, limits.text))
        }
        _ => "an unknown kind of value".to_owned(),
    }
}

/// A key on one line, with what is in it: `(1, "a", {2, 3})`.
fn key_on_line(turn: &Turn<'_>, key: Value<'_>, limits: Limits) -> String {
    if Container::of(key).is_none() {
        return leaf(turn, key, limits);
    }
    let steps = match Walk::new(turn, key) {
        Ok(steps) => steps,
        Err(error) => return format!("a damaged key ({error})"),
    };
    let (mut text, mut ends, mut told) = (String::new(), Vec::new(), 0);
    for step in steps {
        if !matches!(step, Ok(Step::End)) && !text.is_empty() && !text.ends_with(['(', '{']) {
            text.push_str(", ");
        }
        match step {
            Ok(Step::Begin(Container::List(_) | Container::Tuple(_))) => {
                text.push('(');
                ends.push(')');
            }
            Ok(Step::Begin(_)) => {
                text.push('{');
                ends.push('}');
            }
            Ok(Step::Key(value) | Step::Leaf(value)) => {
                if told == limits.width {
                    text.push_str("...");
                    break;
                }
                told += 1;
                text.push_str(&leaf(turn, value, limits));
            }
            Ok(Step::End) => text.extend(ends.pop()),
            Err(error) => return format!("a damaged key ({error})"),
        }
    }
    text.extend(ends.into_iter().rev());
    text
}

/// As much of a long number as of a text.
fn cut(number: &str, unit: &str, limits: Limits) -> String {
    match number.char_indices().nth(limits.text) {
        Some((at, _)) => format!("{}... of {}", &number[..at], count_of(number.len() as u64, unit)),
        None => number.to_owned(),
    }
}

fn later(fold: bool) -> &'static str {
    if fold { " (the later of two)" } else { "" }
}
