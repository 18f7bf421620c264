//! Records: fixed sets of named fields, in one block each, read and written in place.
//!
//! ```text
//!   Record | header | schema, owner | payload 0 | ... payload n-1 | tag 0 .. tag n-1 |       five fields: 64 bytes
//!                       |
//!   Schema | header | length, n | fingerprint | version, name's length | ... names and types |      once for all of its records
//! ```
//!
//! A record names its [`Schema`], which is stored once a region and found by its fingerprint. Whoever has the Rust type works with a
//! [`Record<T>`] and pays one comparison of fingerprints an access; whoever has not reads fields by name through [`AnyRecord`].
//!
//! | file | idea |
//! |---|---|
//! | `schema.rs` | schemas as this program has them: names, types, versions, fingerprints |
//! | `stored.rs`, `mismatch.rs` | schemas as the region has them, and how a record of another shape is told |
//! | `directory.rs` | storing each schema once |
//! | `row.rs` | the block: made, copied, taken apart, audited |
//! | `field.rs`, `boxes.rs` | which Rust types a field can have |
//! | `typed.rs`, `any.rs` | with and without the Rust type |

#![forbid(unsafe_code)]

mod any;
#[cfg(feature = "alloc")]
mod boxes;
mod directory;
mod field;
mod mismatch;
mod row;
mod schema;
mod stored;
#[cfg(all(test, feature = "derive", feature = "alloc"))]
mod tests;
mod typed;

pub use any::RecordIter;
pub use field::{Field, Fields, Made};
#[cfg(feature = "details")]
pub use mismatch::Mismatch;
pub use schema::{FieldSchema, Schema, Type};
pub use stored::{SchemaFields, SchemaView};
pub use typed::{FieldOf, LoadRecord, NewRecord, Record, Recorded};
