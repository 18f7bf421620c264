//! Containers: objects that own other values.
//!
//! | file | idea |
//! |---|---|
//! | `list.rs`, `cells.rs` | a growable array of cells |
//! | `map.rs`, `table.rs`, `removed.rs`, `rebuild.rs`, `index.rs`, `group.rs`, `key.rs` | an insertion-ordered hash map |
//! | `peek.rs`, `plain.rs` | keys looked up, whole numbers sought and added, the short way |
//! | `deep_key.rs` | keys with something in them, and scalars as keys |
//! | `set.rs`, `algebra.rs` | the same without values |
//! | `frozen.rs` | tuples, frozen sets and frozen maps |
//! | `packed.rs` | fast frozen maps and sets: in one block |
//! | `hashed.rs` | what maps and sets of all forms have in common |
//! | `instance.rs` | a class name and fields that come and go: a map with one more entry |
//! | `reading.rs` | looking at them all, which is the same for frozen ones |
//! | `rearrange.rs`, `splice.rs` | lists in another order, parts of them replaced |
//! | `bulk.rs` | many elements or entries at once |
//! | `byte_array.rs` | a growable run of bytes |
//! | `compare.rs`, `walk.rs`, `places.rs` | equality and order, with all that is inside |
//! | `by_value.rs` | lists by what their elements are worth: found, counted, sorted |
//! | `tree.rs` | taking trees apart and copying them, without recursion |
//! | `footprint.rs` | how much memory they take |

#![forbid(unsafe_code)]

mod algebra;
mod bulk;
#[cfg(test)]
mod bulk_tests;
mod by_value;
#[cfg(test)]
mod by_value_tests;
mod byte_array;
#[cfg(test)]
mod byte_array_tests;
mod cells;
mod compare;
#[cfg(test)]
mod compare_tests;
#[cfg(feature = "scalars")]
mod deep_key;
#[cfg(all(test, feature = "recovery", feature = "scalars"))]
mod deep_key_tests;
mod footprint;
#[cfg(feature = "serde")]
mod fresh;
mod frozen;
mod group;
mod hashed;
mod index;
mod instance;
#[cfg(test)]
mod instance_tests;
mod key;
#[cfg(all(test, feature = "recovery", feature = "scalars"))]
mod key_class_tests;
mod list;
mod map;
mod packed;
#[cfg(test)]
mod packed_tests;
mod peek;
mod places;
#[cfg(target_pointer_width = "64")]
mod plain;
#[cfg(test)]
mod plain_tests;
mod reading;
mod rearrange;
mod rebuild;
mod removed;
mod set;
#[cfg(test)]
mod set_tests;
mod splice;
#[cfg(test)]
mod splice_tests;
mod table;
#[cfg(all(test, feature = "recovery"))]
pub(crate) mod tests;
mod tree;
mod walk;

pub(crate) use cells::Cells;
pub(crate) use compare::Patience;
pub use footprint::Footprint;
pub(crate) use hashed::Hashed;
pub use instance::InstanceIter;
pub use key::Key;
pub use list::ListIter;
pub use map::{Entry, MapIter};
pub use set::{AnySet, SetIter};
#[cfg(feature = "serde")]
pub(crate) use table::Table;
