//! What the black-box suites share.
//!
//! | module | idea |
//! |---|---|
//! | `shadow` | what a value in a region should be, as an ordinary tree of this program |
//! | `same` | what two keys have in common when they are one |
//! | `scalars` | scalars as a program owns them |
//! | `anything` | trees of every type there is, drawn from a seed |
//! | `sample` | sound regions with something in them, made from a seed |
//! | `hostile` | any bytes at all, opened as a region, and everything tried on them |
//! | `ops` | every public operation that changes a region, in one list |
//! | `stage` | a region with somebody about to perform one, and those who come after it is killed |
//! | `snapshot` | everything that can be read of a region, to compare |
//! | `proof` | what may be found after a death, and the verdict on what was found |
//! | `worker` | a party that does random work |

pub mod anything;
pub mod hostile;
mod hostile_arrays;
mod hostile_serde;
mod hostile_sets;
mod hostile_turn;
pub mod ops;
pub mod proof;
mod same;
pub mod sample;
pub mod scalars;
pub mod shadow;
pub mod snapshot;
pub mod stage;
pub mod worker;
