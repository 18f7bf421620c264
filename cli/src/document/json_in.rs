//! JSON, event by event.
//!
//! | JSON | becomes |
//! |---|---|
//! | whole number of any size | that number |
//! | any other number, and `-0` | the nearest 64-bit float; one beyond the largest float is refused |
//! | a text with half a surrogate pair | refused: it has no UTF-8 |
//! | a member whose name came before | the later value in the earlier place |
#![forbid(unsafe_code)]

use std::fmt;

use cohabit::{Error, Value};
use struson::reader::{
    JsonReader, JsonReaderPosition, JsonStreamReader, ReaderError, ReaderSettings, ValueType,
};

use super::{Event, Refused, Whole};

/// Reads a whole document, telling `tell` each piece.
pub fn read(text: &[u8], tell: &mut dyn FnMut(Event<'_>) -> Result<(), Error>) -> Result<(), Refused> {
    let settings = ReaderSettings {
        // Nothing here recurses, and what numbers we can hold we decide ourselves.
        max_nesting_depth: None,
        restrict_number_values: false,
        track_path: false,
        ..ReaderSettings::default()
    };
    let mut json = JsonStreamReader::new_custom(text, settings);
    // What we are inside of: true for an object.
    let mut inside: Vec<bool> = Vec::new();
    loop {
        if let Some(&in_map) = inside.last() {
            if !json.has_next().map_err(syntax)? {
                if in_map { json.end_object() } else { json.end_array() }.map_err(syntax)?;
                inside.pop();
                tell(Event::End)?;
                if inside.is_empty() {
                    break;
                }
                continue;
            }
            if in_map {
                tell(Event::Key(Value::Text(json.next_name().map_err(syntax)?)))?;
            }
        }
        match json.peek().map_err(syntax)? {
            ValueType::Array => {
                json.begin_array().map_err(syntax)?;
                inside.push(false);
                tell(Event::List)?;
            }
            ValueType::Object => {
                json.begin_object().map_err(syntax)?;
                inside.push(true);
                tell(Event::Map)?;
            }
            ValueType::String => tell(Event::Scalar(Value::Text(json.next_str().map_err(syntax)?)))?,
            ValueType::Number => {
                let found = number(json.next_number_as_str().map_err(syntax)?);
                let Some(number) = found else {
                    let at = place(&json.current_position(false));
                    return Err(Refused::Document(format!(
                        "the number before {at} is too large for a 64-bit float"
                    )));
                };
                tell(Event::Scalar(number.value()))?;
            }
            ValueType::Boolean => tell(Event::Scalar(Value::Bool(json.next_bool().map_err(syntax)?)))?,
            ValueType::Null => {
                json.next_null().map_err(syntax)?;
                tell(Event::Scalar(Value::Null))?;
            }
        }
        if inside.is_empty() {
            break;
        }
    }
    json.consume_trailing_whitespace().map_err(syntax)
}

/// What a JSON number is; `None` if it is not whole and no 64-bit float is near it.
fn number(text: &str) -> Option<Whole> {
    if text != "-0" && !text.contains(['.', 'e', 'E']) {
        let small = text.parse().map(Value::Int).or_else(|_| text.parse().map(Value::Uint));
        return match small {
            Ok(small) => Some(Whole::Small(small)),
            Err(_) => text.parse().ok().as_ref().map(Whole::new),
        };
    }
    text.parse().ok().filter(|float: &f64| float.is_finite()).map(|float| Whole::Small(Value::Float(float)))
}

fn syntax(error: ReaderError) -> Refused {
    Refused::Document(match error {
        ReaderError::SyntaxError(error) => format!("{} at {}", words(error.kind), place(&error.location)),
        ReaderError::IoError { error, location } => format!("{error} at {}", place(&location)),
        other => other.to_string(),
    })
}

/// `UnexpectedClosingBracket` says it all, once it is written as people write.
fn words(kind: impl fmt::Debug) -> String {
    let name = format!("{kind:?}");
    let mut words = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    // Of a parser that could be told to let them pass.
    words.trim_end_matches(" not enabled").to_owned()
}

fn place(position: &JsonReaderPosition) -> String {
    match &position.line_pos {
        Some(at) => format!("line {}, column {}", at.line + 1, at.column + 1),
        None => "an unknown place".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_their_digits_say() {
        let small = |text| match number(text) {
            Some(Whole::Small(value)) => Some(value),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(small("9223372036854775807"), Some(Value::Int(i64::MAX)));
        assert_eq!(small("-9223372036854775808"), Some(Value::Int(i64::MIN)));
        assert_eq!(small("18446744073709551615"), Some(Value::Uint(u64::MAX)));
        assert_eq!(small("1.0"), Some(Value::Float(1.0)));
        assert_eq!(small("5e-324"), Some(Value::Float(5e-324)));
        assert_eq!(small("18446744073709551616e0"), Some(Value::Float(18_446_744_073_709_551_616.0)));
        assert_eq!(number("1e999"), None);
        let Some(Value::Float(zero)) = small("-0") else { panic!() };
        assert!(zero.is_sign_negative());
        for (text, int) in [("18446744073709551616", 1i128 << 64), ("-9223372036854775809", -(1 << 63) - 1)] {
            assert_eq!(number(text).and_then(|number| number.value().as_i128()), Some(int));
        }
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for (text, expected) in [
            ("[1,]", "trailing comma at line 1, column 3"),
            ("{\n \"a\" 1}", "line 2, column 6"),
            ("", "line 1, column 1"),
            ("[1] 2", "line 1, column 5"),
            ("\"\\ud800\"", "line 1"),
        ] {
            let Err(Refused::Document(why)) = read(text.as_bytes(), &mut |_| Ok(())) else {
                panic!("{text}")
            };
            assert!(why.contains(expected) && !why.contains('\n'), "{text}: {why}");
        }
    }
}
