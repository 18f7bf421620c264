//! Who is in the way: the three ways in which parties agree whose turn it is.
//!
//! The header of a region names its arbiter, and all parties go by it. Asking, waiting and claiming are the same for all three
//! (`enter.rs`); what differs is in here.
//!
//! | arbiter | for | when | costs whoever meets nobody |
//! |---|---|---|---|
//! | [`peterson`] | two parties | unless something else was asked for | a store, a fence, a load |
//! | [`bakery`] | three to 32 | always | two stores and two fences, and two loads a party |
//! | [`lock`] | two | [`Config::lock`](crate::Config::lock), where both have the same lock in hardware | a store, a fence, and an access to the lock |
//!
//! ```text
//!   knock    I want the turn; is it mine at once?
//!   blocker  no: who is in the way, and what its word was?     then pass the time, and again
//! ```
//!
//! Bakery and lock are features, which firmware may leave out; it declines regions that need them then.
//!
//! None of them looks at `holder` or at the heap: who died in its turn is found by whoever enters, whatever let it in.

#![forbid(unsafe_code)]

#[cfg(feature = "bakery")]
pub(super) mod bakery;
#[cfg(feature = "locks")]
pub(crate) mod lock;
pub(super) mod peterson;
