//! The command line as people in two shells meet it: run as a program, judged by what it prints and how it ends.
//!
//! | file | proves |
//! |---|---|
//! | `json.rs` | JSON in, the same JSON out; what is no JSON is refused and changes nothing |
//! | `cbor.rs` | the same for CBOR |
//! | `commands.rs` | each command does what its help says, and each refusal is one line and status 2 |
//! | `structs.rs` | what Rust programs put by serde is seen by the names of its fields |
//! | `shells.rs` | shells at the same time, killed at any moment: no message is lost, none comes twice |
//! | `damage.rs` | regions with wrong bytes: status 1 from `check`, and never a panic |
//! | `demo.rs` | the demo ends well, and leaves nothing behind however it ends |
//!
//! Blind to: what the library does below (it has suites of its own); other users, as the tests run as one.
#![cfg(target_os = "linux")]

mod cbor;
mod commands;
mod damage;
mod demo;
mod json;
mod kit;
mod shells;
mod structs;
