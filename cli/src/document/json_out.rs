//! A value of a region as JSON text: the same text for the same values, read back to the same bits.
//!
//! Numbers and texts are spelled by `serde_json` (the shortest decimal that leads back to the same float); the walk around
//! them is ours, because it must not recurse.
//!
//! A record becomes an object with its fields by name, in their order. Its type's name is not in the document, so what is put back
//! is a map.
//!
//! Tuples and sets become arrays, frozen maps objects; what is put back are lists and maps.
//!
//! What JSON has no form for (bytes, NaN, infinities, decimals, dates and times, keys that are no texts; other programs may have put them
//! there)
//! is refused, not bent: a document that comes back changed is worse than one that stays where it is.
#![forbid(unsafe_code)]

use std::io::{self, Write};

use cohabit::{Turn, Value};
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::{Unwritten, is_map};
use crate::{
    text,
    walk::{Step, Walk},
};

/// The JSON text of a value, on one line.
pub fn compact(turn: &Turn<'_>, value: Value<'_>) -> Result<Vec<u8>, Unwritten> {
    let mut text = Vec::new();
    write(turn, value, &mut text, CompactFormatter)?;
    Ok(text)
}

/// The JSON text of a value, indented.
pub fn pretty(turn: &Turn<'_>, value: Value<'_>) -> Result<Vec<u8>, Unwritten> {
    let mut text = Vec::new();
    write(turn, value, &mut text, PrettyFormatter::new())?;
    Ok(text)
}

/// What has been written of a container.
struct Written {
    is_map: bool,
    count: usize,
}

fn write<W: Write>(
    turn: &Turn<'_>,
    value: Value<'_>,
    out: &mut W,
    mut form: impl Formatter,
) -> Result<(), Unwritten> {
    let mut inside: Vec<Written> = Vec::new();
    for step in Walk::new(turn, value)? {
        let step = step?;
        // A value in a list begins here, one in a map at its key.
        if let (Some(Written { is_map: false, count }), Step::Begin(_) | Step::Leaf(_)) =
            (inside.last_mut(), step)
        {
            form.begin_array_value(out, *count == 0)?;
            *count += 1;
        }
        match step {
            Step::Begin(container) => {
                let is_map = is_map(container);
                if is_map { form.begin_object(out) } else { form.begin_array(out) }?;
                inside.push(Written { is_map, count: 0 });
                continue;
            }
            Step::Key(key) => {
                let Value::Text(key) = key else {
                    return Err(Unwritten::NoForm("a map with keys that are no texts"));
                };
                if let Some(written) = inside.last_mut() {
                    form.begin_object_key(out, written.count == 0)?;
                    written.count += 1;
                }
                quoted(out, key)?;
                form.end_object_key(out)?;
                form.begin_object_value(out)?;
                continue;
            }
            Step::Leaf(value) => leaf(out, &mut form, value)?,
            Step::End => match inside.pop() {
                Some(Written { is_map: true, .. }) => form.end_object(out)?,
                _ => form.end_array(out)?,
            },
        }
        // A value is complete.
        match inside.last() {
            Some(Written { is_map: true, .. }) => form.end_object_value(out)?,
            Some(_) => form.end_array_value(out)?,
            None => {}
        }
    }
    Ok(())
}

fn leaf<W: Write>(out: &mut W, form: &mut impl Formatter, value: Value<'_>) -> Result<(), Unwritten> {
    match value {
        Value::Null => form.write_null(out)?,
        Value::Bool(bool) => form.write_bool(out, bool)?,
        Value::Int(int) => form.write_i64(out, int)?,
        Value::Uint(int) => form.write_u64(out, int)?,
        Value::BigInt(int) => form.write_number_str(out, &text::digits(int))?,
        Value::Float(float) if float.is_finite() => form.write_f64(out, float)?,
        Value::Float(_) => return Err(Unwritten::NoForm("a NaN or an infinity")),
        Value::Text(string) => quoted(out, string)?,
        // A decimal, too: as a JSON number it would come back as a float.
        other => return Err(Unwritten::no_form(other)),
    }
    Ok(())
}

fn quoted(out: &mut impl Write, text: &str) -> io::Result<()> {
    serde_json::to_writer(out, text).map_err(io::Error::from)
}
