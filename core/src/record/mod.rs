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
//! | `field.rs` | which Rust types a field can have |
//! | `collections.rs`, `tuples.rs`; `boxes.rs`, `fixed.rs`, `ordered.rs` | those with others inside; by the features that bring them |
//! | `shape.rs` | schemas of types of which only a value is known: what is put by serde |
//! | `typed.rs`; `any.rs`, `by_name.rs` | with and without the Rust type |

#![forbid(unsafe_code)]

mod any;
#[cfg(feature = "alloc")]
mod boxes;
mod by_name;
#[cfg(any(feature = "alloc", feature = "heapless", feature = "indexmap"))]
// Each of these features uses a part of it.
#[cfg_attr(not(all(feature = "alloc", feature = "indexmap")), allow(dead_code, unused_imports))]
mod collections;
mod directory;
mod field;
#[cfg(all(test, feature = "derive", feature = "alloc", feature = "heapless", feature = "indexmap"))]
mod field_tests;
#[cfg(feature = "heapless")]
mod fixed;
mod mismatch;
#[cfg(feature = "indexmap")]
mod ordered;
mod row;
mod schema;
#[cfg(feature = "serde")]
mod shape;
mod stored;
#[cfg(all(test, feature = "derive", feature = "alloc"))]
mod tests;
mod tuples;
mod typed;

pub use any::RecordIter;
pub use field::{Field, Fields, Made};
#[cfg(feature = "details")]
pub use mismatch::Mismatch;
#[cfg(feature = "serde")]
pub(crate) use row::Row;
pub use schema::{FieldSchema, Schema, Type};
#[cfg(feature = "serde")]
pub(crate) use shape::ShapeName;
pub use stored::{SchemaFields, SchemaView};
pub use typed::{FieldOf, LoadRecord, NewRecord, Record, Recorded};
