//! Derives for [`cohabit`](https://docs.rs/cohabit): use them through its feature `derive`.
//!
//! | file | idea |
//! |---|---|
//! | `attributes.rs` | what may stand in `#[record(…)]` |
//! | `shape.rs` | a struct, or a variant of an enum: its fields in the order in which records hold them |
//! | `record.rs` | `#[derive(Record)]` |
//! | `fields.rs` | `#[derive(Fields)]` |
//!
//! What is written is safe code for `no_std` that allocates nothing by itself.

#![forbid(unsafe_code)]

mod attributes;
mod fields;
mod record;
mod shape;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct, or an enum with fields, a type of records: implements `cohabit::Recorded` and `cohabit::Field`, and writes a
/// constant for each field, named like it in capitals, by which it is read and written in place.
///
/// Fields of a tuple are called `_0`, `_1`; those of an enum's variant begin with the variant's name: `CIRCLE_RADIUS`.
///
/// | on a field | means |
/// |---|---|
/// | `#[record(since = 2)]` | it came with version 2 of the type; older records have the type's `Default` |
/// | `#[record(since = 2, default = 100)]` | older records have this, which is of the field's type |
/// | `#[record(name = "type")]` | what it is called in the region |
///
/// | on the type | means |
/// |---|---|
/// | `#[record(name = "Person")]` | what its records are called in the region |
/// | `#[record(crate = path)]` | where `cohabit` is, if not `::cohabit` |
#[proc_macro_derive(Record, attributes(record))]
pub fn record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    record::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Gives the variants of an enum without fields their names and numbers: implements `cohabit::Fields` and `cohabit::Field`.
///
/// The numbers count from 0 in the order of the variants, for indices; in a record's field the variant is stored by its name.
#[proc_macro_derive(Fields, attributes(record))]
pub fn fields(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    fields::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
