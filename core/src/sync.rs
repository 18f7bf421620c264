//! The one place that names atomics and fences.
//!
//! Everything shared between parties goes through 32-bit loads, stores and fences, because that is what every core
//! has: Cortex-M0+ knows no compare-and-swap, and a 64-bit atomic that is emulated with a lock is private to one
//! process. `portable-atomic` gives plain loads and stores their meaning where the standard library offers no atomics;
//! under `--cfg loom` the model checker's own types take their place, and the protocol never notices.

#![forbid(unsafe_code)]

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU32, Ordering, fence};
/// For what one party remembers privately, which no model need explore.
#[cfg(feature = "serde")]
pub(crate) use portable_atomic::AtomicUsize;
#[cfg(not(loom))]
pub(crate) use portable_atomic::{AtomicU32, Ordering, compiler_fence, fence};

/// Loom never reorders what one thread does, which is all that a compiler fence could prevent.
#[cfg(loom)]
pub(crate) fn compiler_fence(_: Ordering) {}
