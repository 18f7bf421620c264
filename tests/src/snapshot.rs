//! A deep reading of a region, to tell whether two states are the same.
//!
//! What is read: the audit (which must pass), every root and everything in it, every message in order, what the bystander
//! holds, and whether the handles that the operation used are still alive. Where blocks lie is left out: recovery may place
//! free memory differently. Numbers of objects and of used bytes stand beside the contents, so that nothing can be lost.
//!
//! `used` and `blocks` are compared apart from the rest, because one thing may differ: an operation that needs room in a
//! container makes it in an all-or-nothing step of its own. Whoever dies after that leaves the container as it was but with
//! more (or, rebuilt without removed entries, less) room. That memory is owned, and used by whoever adds next.

#![forbid(unsafe_code)]

use cohabit::{Audit, Error, Turn, Value};

use crate::ops::Props;

/// All that can be read of a region, in a form to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Everything readable, in words.
    pub content: String,
    /// Sums of the elements of arrays: what operations that write them in place may leave half done.
    pub elements: Vec<u32>,
    /// Texts, runs of bytes, other scalars, byte arrays, lists, maps, held objects, messages, records, arrays, tuples, sets,
    /// instances.
    counts: [u32; 13],
    /// Bytes in used blocks.
    pub used: u64,
    /// Used blocks.
    pub blocks: u32,
}

impl Snapshot {
    /// Audits and reads everything.
    pub fn take(turn: &mut Turn<'_>, props: &Props) -> Result<Snapshot, String> {
        let audit = turn.audit().map_err(|error| format!("audit: {error}"))?;
        let mut out = Reading::default();
        read_all(turn, props, &mut out).map_err(|error| format!("reading: {error} after {out:?}"))?;
        let Reading { content, elements } = out;
        let Audit {
            stats,
            texts,
            bytes,
            scalars,
            byte_arrays,
            lists,
            maps,
            records,
            tuples,
            sets,
            instances,
            held,
            arrays,
            ..
        } = audit;
        let counts = [
            texts,
            bytes,
            scalars,
            byte_arrays,
            lists,
            maps,
            held,
            stats.messages,
            records,
            arrays,
            tuples,
            sets,
            instances,
        ];
        Ok(Snapshot { content, elements, counts, used: stats.used, blocks: stats.blocks })
    }

    /// Messages in the queue.
    pub fn messages(&self) -> usize {
        self.counts[7] as usize
    }

    /// Whether the two say the same of all objects.
    pub fn same_contents(&self, other: &Snapshot) -> bool {
        self.counts == other.counts && self.content == other.content && self.elements == other.elements
    }
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Reading {
    content: String,
    elements: Vec<u32>,
}

impl Reading {
    fn push_str(&mut self, text: &str) {
        self.content.push_str(text);
    }

    fn push(&mut self, letter: char) {
        self.content.push(letter);
    }
}

/// To tell runs of bytes apart.
fn sum_of(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum: u32, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()))
}

fn read_all(turn: &Turn<'_>, props: &Props, out: &mut Reading) -> Result<(), Error> {
    out.push_str("roots ");
    read(turn, Value::Map(turn.roots()?), out)?;
    out.push_str("\nmessages [");
    for message in turn.messages()? {
        read(turn, message?, out)?;
        out.push(',');
    }
    out.push(']');
    if let Some(kept) = props.kept {
        out.push_str("\nkept ");
        read(turn, Value::List(kept), out)?;
    }
    out.push_str("\nhandles ");
    let mut handle = |result: Result<usize, Error>| match result {
        Ok(_) => out.push('+'),
        Err(Error::Stale) => out.push('-'),
        Err(error) => out.push_str(&error.to_string()),
    };
    for list in [props.list, props.other].into_iter().flatten() {
        handle(list.len(turn));
    }
    if let Some(map) = props.map {
        handle(map.len(turn));
    }
    if let Some(set) = props.set {
        handle(set.len(turn));
    }
    if let Some(fast) = props.fast {
        handle(fast.len(turn));
    }
    if let Some(instance) = props.instance {
        handle(instance.len(turn));
    }
    if let Some(array) = props.byte_array {
        handle(array.len(turn));
    }
    if let Some(record) = props.record {
        handle(record.len(turn));
    }
    if let Some(text) = props.text {
        handle(text.get(turn).map(str::len));
    }
    if let Some(bytes) = props.bytes {
        handle(bytes.buffer(turn).map(<[u8]>::len));
    }
    if let Some(array) = props.array {
        handle(array.layout(turn).map(|layout| layout.len()));
    }
    if let Some(message) = props.message {
        handle(message.value(turn).map(|_| 0));
    }
    Ok(())
}

fn read(turn: &Turn<'_>, value: Value<'_>, out: &mut Reading) -> Result<(), Error> {
    match value {
        Value::List(list) => read_elements(turn, list.iter(turn)?, "[]", out)?,
        Value::Tuple(tuple) => read_elements(turn, tuple.iter(turn)?, "()", out)?,
        Value::Set(set) => read_elements(turn, set.iter(turn)?, "<>", out)?,
        Value::FrozenSet(set) => read_elements(turn, set.iter(turn)?, "\u{2039}\u{203a}", out)?,
        Value::Map(map) => read_entries(turn, map.iter(turn)?, out)?,
        Value::FrozenMap(map) => {
            out.push('f');
            read_entries(turn, map.iter(turn)?, out)?;
        }
        Value::FastSet(set) => read_elements(turn, set.iter(turn)?, "\u{ab}\u{bb}", out)?,
        Value::FastMap(map) => {
            out.push('q');
            read_entries(turn, map.iter(turn)?, out)?;
        }
        Value::Instance(instance) => {
            out.push_str(instance.class(turn)?);
            out.push('.');
            let entry = |(name, value)| (Value::Text(name), value);
            read_entries(turn, instance.fields(turn)?.map(|field| field.map(entry)), out)?;
        }
        Value::ByteArray(array) => {
            out.push('a');
            read(turn, Value::Bytes(array.as_slice(turn)?), out)?;
        }
        Value::Record(record) => {
            out.push_str(record.schema(turn)?.name());
            out.push('{');
            for field in record.iter(turn)? {
                let (name, value) = field?;
                out.push_str(name);
                out.push(':');
                read(turn, value, out)?;
                out.push(',');
            }
            out.push('}');
        }
        Value::Float(float) => out.push_str(&format!("f{:x}", float.to_bits())),
        Value::Int(int) => out.push_str(&int.to_string()),
        Value::Text(text) => out.push_str(text),
        Value::Bytes(bytes) => {
            out.push_str(&format!("b{}:{:x}", bytes.len(), sum_of(bytes)));
        }
        Value::Array(array) => {
            let buffer = turn.buffer(array)?;
            out.push_str(&format!("{}{:?}", buffer.dtype().name(), buffer.layout()));
            out.elements.push(sum_of(buffer.bytes()));
        }
        other => out.push_str(&format!("{other:?}")),
    }
    Ok(())
}

fn read_elements<'t>(
    turn: &Turn<'_>,
    elements: impl Iterator<Item = Result<Value<'t>, Error>>,
    around: &str,
    out: &mut Reading,
) -> Result<(), Error> {
    let (first, last) = around.split_at(around.len() / 2);
    out.push_str(first);
    for element in elements {
        read(turn, element?, out)?;
        out.push(',');
    }
    out.push_str(last);
    Ok(())
}

fn read_entries<'t>(
    turn: &Turn<'_>,
    entries: impl Iterator<Item = Result<(Value<'t>, Value<'t>), Error>>,
    out: &mut Reading,
) -> Result<(), Error> {
    out.push('{');
    for entry in entries {
        let (key, value) = entry?;
        read(turn, key, out)?;
        out.push(':');
        read(turn, value, out)?;
        out.push(',');
    }
    out.push('}');
    Ok(())
}
