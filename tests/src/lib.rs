//! What the black-box suites share.
//!
//! | module | idea |
//! |---|---|
//! | `sample` | sound regions with something in them, made from a seed |
//! | `hostile` | any bytes at all, opened as a region, and everything tried on them |

pub mod hostile;
mod hostile_turn;
pub mod sample;
