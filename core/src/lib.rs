//! Live, mutable object graphs in memory that processes and CPU cores share.
//!
//! Two or more *parties* see the same bytes: processes, cores of a microcontroller, threads. This crate defines what
//! those bytes mean and how the parties take *turns* with them, so that lists, maps, texts and numbers can be used in place
//! by all of them: no server, no serialisation, no system call, no allocator, and nothing lost when one of them dies.
//!
//! ```
//! use cohabit::{Config, Order, Region, Value};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut memory = vec![0u64; 512]; // shared memory, or the SRAM between two cores
//! let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new().parties(2))?;
//! let [mut here, mut there] = region.split::<2>()?;
//!
//! // One side makes a list, names it, and tells the other.
//! let mut turn = here.acquire()?;
//! let primes = turn.new_list()?;
//! primes.extend_ints(&mut turn, &[2, 3, 5, 7])?;
//! turn.roots()?.set(&mut turn, "primes", primes)?;
//! turn.put_message("look at primes")?;
//! drop(turn);
//!
//! // The other side changes it in place.
//! let mut turn = there.acquire()?;
//! let message = turn.take_message(Order::Fifo)?.expect("somebody wrote");
//! assert_eq!(message.value(&turn)?, Value::Text("look at primes"));
//! message.finish(&mut turn)?;
//! let primes = turn.roots()?.get(&turn, "primes")?.and_then(Value::as_list).expect("it is there");
//! primes.push(&mut turn, 11)?;
//! assert_eq!(primes.as_ints(&turn)?, [2, 3, 5, 7, 11]);
//! # Ok(())
//! # }
//! ```
//!
//! # What to rely on
//!
//! - **One at a time.** A [`Turn`] is a borrow of the whole heap; references into it end with it, by the borrow checker.
//! - **All or nothing.** Whenever a party is killed, each of its operations has happened or has not. The next party to
//!   take a turn makes the region whole first, and is told ([`Turn::recovered`]).
//! - **One owner.** An object is in one container, one message, or in the holdings of one party. What a dead party held
//!   comes back: messages it had not finished return to the queue, loose objects are destroyed.
//! - **Any bytes.** Whatever the region contains, reading it gives sane values or [`Error::Corrupt`], never undefined behaviour.
//! - **Any host.** The bytes mean the same on 32 and 64 bits, little- and big-endian.
//!
//! # Records
//!
//! With the features `derive` and `alloc`, a struct is a record that all parties read and write in place, field by field:
//!
//! ```
//! # #[cfg(all(feature = "derive", feature = "alloc"))]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cohabit::{Config, Record, Region, Value};
//! # let mut memory = vec![0u64; 512];
//! # let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new().parties(2))?;
//! # let [mut here, _there] = region.split::<2>()?;
//! # let mut turn = here.acquire()?;
//! #[derive(Record)]
//! struct Person { name: String, age: u32 }
//!
//! let ada = turn.new_record(&Person { name: "Ada".into(), age: 36 })?;
//! ada.update(&mut turn, Person::AGE, |age| age + 1)?;
//! assert_eq!(ada.get(&turn, Person::AGE)?, 37);
//! assert_eq!(ada.any().get(&turn, "name")?, Some(Value::Text("Ada"))); // without the type
//! # Ok(())
//! # }
//! # #[cfg(not(all(feature = "derive", feature = "alloc")))]
//! # fn main() {}
//! ```
//!
//! # Where things are
//!
//! | module | idea |
//! |---|---|
//! | `format`, `config`, `region`, `view` | the control area byte by byte; making, opening and looking at a region |
//! | `turn` | who may work on the heap: Peterson's and Lamport's algorithms, deaths noticed |
//! | `door` | the only way a store reaches the heap |
//! | `heap` | blocks, the journal, recovery, the auditor |
//! | `value`, `container`, `message`, `handle` | what users see |
//! | `array` | numbers by shape and strides, and views of them |
//! | `record` | structs and enums as records with named fields, in place |
//! | `owned`, `logged` | for firmware: copies that outlive their turn, log output |
//!
//! # Features
//!
//! None changes what is written to a region. Firmware with little flash does without those that are on by default.
//!
//! | feature | on by default | brings |
//! |---|---|---|
//! | `details` | yes | errors say where and how much, and a reference that leads out of a damaged heap is an error at once |
//! | `containers` | yes | lists, maps, sets, tuples, instances, named roots, statistics, the auditor; a party without can pass such objects on |
//! | `recovery` | yes | making the heap whole after a death; a party without it waits until another has done that |
//! | `bakery` | yes | three to 32 parties |
//! | `locks` | yes | turns by a lock in hardware: `Region::join_with` |
//! | `sleep` | yes | waking who sleeps until it is its turn; asking for a turn without waiting for it |
//! | `spares` | yes | small freed blocks are handed on as they are, for speed |
//! | `rapidhash` | yes | regions whose maps hash by [`HashKind::Rapid`] |
//! | `halfsiphash` | yes | regions whose maps hash by [`HashKind::HalfSip`], which cores without a long multiply prefer |
//! | `scalars` | yes | big integers, complex and decimal numbers, slices, dates and times, blobs; without it they are [`Value::Other`]; and keys of these types, tuples and frozen sets |
//! | `num-bigint`, `rust_decimal`, `bigdecimal`, `jiff`, `chrono` | | conversions of scalars from and to the types of these crates |
//! | `defmt` | | `defmt::Format` for every error, handle, value and statistic |
//! | `serde` | | [`Turn::put`] and [`Turn::load`]: any `Serialize` into the region, any `Deserialize` out of it |
//! | `derive` | | `#[derive(Record)]` and `#[derive(Fields)]` |
//! | `alloc` | | fields of records of the types `String`, `Vec<T>`, `[T; N]`, `VecDeque<T>`, `BTreeMap<K, V>`, `BTreeSet<T>`, `Box<T>` |
//! | `heapless` | | owned copies: [`Text`], [`Bytes`] and [`List`] into `heapless` strings and vectors; fields of records of its types `String`, `Vec`, `LinearMap` |
//! | `indexmap` | | fields of records of its types `IndexMap`, `IndexSet` (which bring `alloc`) |
//! | `half`, `num-complex` | | `f16` and `bf16`, `Complex` of these crates as elements of an [`Array`] |
//! | `ndarray` | | an [`Array`] or [`View`] in place as a view of `ndarray`'s (which brings `alloc`) |
//!
//! The byte format is in `docs/FORMAT.md`, when values are equal and how they are ordered in `docs/VALUES.md`, the protocol in
//! `docs/TURN.md`, the reasons in `docs/DESIGN.md`, and what a board or operating system must promise in `docs/PORTING.md`.
#![no_std]
// What only a feature that is left out would use is dropped by the compiler, and not worth a mark each.
#![cfg_attr(
    not(all(
        feature = "recovery",
        feature = "bakery",
        feature = "locks",
        feature = "sleep",
        feature = "spares"
    )),
    allow(dead_code, unused_imports)
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod array;
#[cfg(feature = "_bench")]
#[doc(hidden)]
pub mod bench;
mod config;
#[cfg(feature = "containers")]
mod container;
mod door;
mod error;
mod format;
mod handle;
mod hash;
mod heap;
mod logged;
mod message;
#[cfg(feature = "heapless")]
mod owned;
mod queue;
#[cfg(feature = "containers")]
mod record;
mod region;
#[cfg(feature = "serde")]
mod serial;
mod sync;
mod turn;
mod value;
mod view;

pub use array::{Array, Buffer, BufferMut, Dtype, Element, Layout, MAX_DIMS, View, ViewIter};
#[cfg(feature = "derive")]
pub use cohabit_derive::{Fields, Record};
pub use config::Config;
#[cfg(feature = "containers")]
pub use container::{AnySet, Entry, Footprint, InstanceIter, Key, ListIter, MapIter, SetIter};
#[cfg(crash_points)]
#[doc(hidden)]
pub use door::crash;
pub use error::Error;
pub use format::{ArbiterKind, FORMAT_VERSION, FormatError, MAX_PARTIES, OpenError, REGION_ALIGN};
pub use handle::{
    AnyArray, AnyRecord, ByteArray, Bytes, FastMap, FastSet, FrozenMap, FrozenSet, Instance, List, Map,
    Message, Set, Text, Tuple,
};
pub use hash::HashKind;
pub use heap::Recovery;
#[cfg(feature = "containers")]
pub use heap::{Audit, AuditError, Fault, Stats};
pub use message::{MessageIter, Order};
#[cfg(all(feature = "containers", feature = "details"))]
pub use record::Mismatch;
#[cfg(feature = "containers")]
pub use record::{
    Field, FieldOf, FieldSchema, Fields, LoadRecord, Made, NewRecord, Record, RecordIter, Recorded, Schema,
    SchemaFields, SchemaView, Type,
};
pub use region::Region;
#[cfg(feature = "serde")]
pub use serial::SerdeError;
pub use turn::{
    AlwaysAlive, Arbiter, Barrier, JoinError, Liveness, Next, Party, Recovered, Relax, Turn, TurnError, Wait,
    Waiting, Wake,
};
#[cfg(feature = "scalars")]
pub use value::{
    BigInt, Blob, Complex, Date, DateTime, Decimal, DecimalClass, Owned, Slice, Time, TimeDelta, TimeZone,
};
pub use value::{Input, Item, Object, Scalar, Value};
pub use view::{Info, SlotView};
