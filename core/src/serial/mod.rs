//! Values of Rust types by serde: any `Serialize` is put, any `Deserialize` loaded, without a format in between.
//!
//! ```text
//!   &T --Serialize--> Builder --> text, list, map ... (loose: whoever dies leaves nothing behind)
//!   T <--Deserialize-- Reader <-- value in the region; &str and &[u8] are borrowed from it
//! ```
//!
//! | serde's data model | in the region |
//! |---|---|
//! | unit, `None`, unit struct | null |
//! | `Some(x)`, newtype struct | x |
//! | numbers of up to 64 bits, bool | themselves |
//! | `char`, `str` | text |
//! | bytes | bytes |
//! | seq, tuple, tuple struct | list |
//! | map, struct | map, in the order of the entries |
//! | unit variant | its name; when loading, its number will do, too |
//! | other variants | a map of one entry: name (when loading, or number), contents |
//!
//! Keys of maps may be whatever a [`Key`](crate::Key) may, and unit variants. `f32` becomes `f64` and back exactly.
//! Whole numbers beyond 64 bits are refused.

#![forbid(unsafe_code)]

mod build;
mod error;
mod in_place;
mod read;
mod written;

pub use error::SerdeError;

use ::serde::{Deserialize, Serialize};

use crate::{
    turn::Turn,
    value::{Item, Value},
};

impl Turn<'_> {
    /// Builds what `value` serialises to, in this party's holdings. O(size); on an error nothing of it stays.
    ///
    /// As deep as the type is: recursion is that of its `Serialize`.
    pub fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<Item, SerdeError> {
        value.serialize(build::Builder::new(self))
    }

    /// A Rust value from what is in the region. O(size); texts and bytes that the type only borrows are not copied.
    ///
    /// Nested as deep as the type is; the contents of untyped values (`serde_json::Value` and the like) up to 128 levels.
    pub fn load<'t, T: Deserialize<'t>>(&'t self, value: Value<'t>) -> Result<T, SerdeError> {
        T::deserialize(read::Reader::new(self, value))
    }
}
