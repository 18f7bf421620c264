//! Documents: JSON and CBOR into a region and out of it, event by event, without recursion and without a tree of our own.
//!
//! ```text
//!   text  --json_in-->                                                  --json_out-->  text
//!                       Event --build--> region --Walk--> Step
//!   bytes --cbor_in-->                                                  --cbor_out-->  bytes
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `build.rs` | events become objects, all or nothing |
//! | `json_in.rs`, `json_out.rs` | JSON |
//! | `cbor_in.rs`, `cbor_out.rs` | CBOR (RFC 8949): bytes, numbers that JSON lacks, keys that are no texts |
#![forbid(unsafe_code)]

mod build;
mod cbor_in;
mod cbor_out;
mod json_in;
mod json_out;

use std::{io, path::Path};

use cohabit::{Error, Item, Turn, Value};

use crate::walk::Container;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// On one line.
    Json,
    /// Over many lines, indented.
    Pretty,
    Cbor,
}

impl Form {
    /// By the ending of a file's name: `.cbor`, or JSON.
    pub fn of(file: &Path) -> Form {
        if file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("cbor")) {
            Form::Cbor
        } else {
            Form::Json
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        if self == Form::Cbor { "CBOR" } else { "JSON" }
    }
}

/// A piece of a document.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    List,
    Map,
    /// Of the list or map.
    End,
    /// The key of the value that follows.
    Key(Value<'a>),
    /// Anything else.
    Scalar(Value<'a>),
}

/// Why a document was not taken in.
#[derive(Debug)]
pub enum Refused {
    /// It is not well-formed, or has a value that we cannot hold.
    Document(String),
    /// The region declined.
    Region(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused::Region(error)
    }
}

/// Why a value was not written.
#[derive(Debug)]
pub enum Unwritten {
    /// The document's language has no form for this.
    NoForm(&'static str),
    /// The region declined.
    Region(Error),
    /// The writer failed.
    Writer(io::Error),
}

impl Unwritten {
    /// Why a value of this type is not written: what it is, in words.
    fn no_form(value: Value<'_>) -> Unwritten {
        Unwritten::NoForm(match value {
            Value::Bytes(_) => "bytes",
            Value::ByteArray(_) => "a byte array",
            Value::Complex(_) => "a complex number",
            Value::Decimal(_) => "a decimal number",
            Value::Slice(_) => "a slice",
            Value::Date(_)
            | Value::Time(_)
            | Value::DateTime(_)
            | Value::TimeDelta(_)
            | Value::TimeZone(_) => "a date or a time",
            Value::Blob(_) => "a blob",
            Value::Array(_) => "an array",
            Value::Tuple(_) | Value::FrozenSet(_) | Value::FastSet(_) => "a key that is a tuple or a set",
            _ => "a kind of value that this program does not know",
        })
    }
}

impl From<Error> for Unwritten {
    fn from(error: Error) -> Unwritten {
        Unwritten::Region(error)
    }
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Unwritten {
        Unwritten::Writer(error)
    }
}

/// Whether these bytes are a document that could be taken in, given room.
pub fn check(form: Form, bytes: &[u8]) -> Result<(), Refused> {
    read(form, bytes, &mut |_| Ok(()))
}

/// Builds the document in this party's holdings.
pub fn build(turn: &mut Turn<'_>, form: Form, bytes: &[u8]) -> Result<Item, Refused> {
    build::build(turn, |tell| read(form, bytes, tell))
}

fn read(
    form: Form,
    bytes: &[u8],
    tell: &mut dyn FnMut(Event<'_>) -> Result<(), Error>,
) -> Result<(), Refused> {
    match form {
        Form::Json | Form::Pretty => json_in::read(bytes, tell),
        Form::Cbor => cbor_in::read(bytes, tell),
    }
}

/// The document of a value: the same bytes for the same values, read back to the same bits.
pub fn spell(turn: &Turn<'_>, form: Form, value: Value<'_>) -> Result<Vec<u8>, Unwritten> {
    match form {
        Form::Json => json_out::compact(turn, value),
        Form::Pretty => json_out::pretty(turn, value),
        Form::Cbor => cbor_out::write(turn, value),
    }
}

/// Whether a container has keys or names before its values.
fn is_map(container: Container) -> bool {
    let map = matches!(container, Container::Map(_) | Container::FrozenMap(_) | Container::FastMap(_));
    map || matches!(container, Container::Record(_) | Container::Instance(_))
}

/// A whole number of any size.
#[derive(Debug, PartialEq)]
enum Whole {
    Small(Value<'static>),
    /// Beyond 64 bits: two's complement, lowest byte first.
    Large(Vec<u8>),
}

impl Whole {
    fn new(int: &num_bigint::BigInt) -> Whole {
        let small = i64::try_from(int).map(Value::Int).or_else(|_| u64::try_from(int).map(Value::Uint));
        small.map_or_else(|_| Whole::Large(int.to_signed_bytes_le()), Whole::Small)
    }

    fn value(&self) -> Value<'_> {
        match self {
            Whole::Small(value) => *value,
            Whole::Large(bytes) => Value::BigInt(cohabit::BigInt::from_le_bytes(bytes)),
        }
    }
}
