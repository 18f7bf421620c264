//! Containers: objects that own other values.
//!
//! | file | idea |
//! |---|---|
//! | `list.rs`, `cells.rs` | a growable array of cells |
//! | `map.rs`, `table.rs`, `key.rs` | an insertion-ordered hash map |
//! | `tree.rs` | taking trees apart and copying them, without recursion |

#![forbid(unsafe_code)]

mod cells;
mod key;
mod list;
mod map;
mod table;
#[cfg(test)]
mod tests;
mod tree;

pub use key::Key;
pub use list::ListIter;
pub use map::{Entry, MapIter};
