//! Values of Rust types by serde: any `Serialize` is put, any `Deserialize` loaded, without a format in between.
//!
//! ```text
//!   &T --Serialize--> Builder --> text, list, record ... (loose: whoever dies leaves nothing behind)
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
//! | map | map, in the order of the entries |
//! | struct | record; a map if it leaves fields out, and in the cases named below |
//! | unit variant | its name; when loading, its number will do, too |
//! | variant with named fields | record, named `Type::Variant` |
//! | other variants | a map of one entry: name (when loading, or number), contents |
//!
//! Keys of maps may be whatever a [`Key`](crate::Key) may, and unit variants. `f32` becomes `f64` and back exactly.
//! Whole numbers beyond 64 bits are refused.
//!
//! **Structs** are records whose fields are of type `value`: others read and set them by name ([`AnyRecord`](crate::AnyRecord)). The schema
//! is stored with the first one, and stays. Maps are structs that skip fields, now and then or always; whose fields have names of more than 255
//! bytes, or the same twice; that have a colon in their own name, or one of more than 255 bytes; of whose name there are 16
//! schemas already; and variants without fields (`V {}`: a map in a map). Loading takes either, and records of
//! [`#[derive(Record)]`](crate::Recorded), too: by the order of fields where the type has just these, else by their names.
//!
//! | file | idea |
//! |---|---|
//! | `build.rs`, `fields.rs`, `written.rs` | building: everything, structs, texts known only by writing them |
//! | `loose.rs` | cells being filled, and placed all at once |
//! | `shapes.rs` | which schema a type had, and which was like it |
//! | `read.rs`, `in_place.rs` | reading a value, and one in its cell |
//! | `below.rs`, `access.rs` | records, by order or by name; what visitors ask |

#![forbid(unsafe_code)]

mod access;
mod below;
mod build;
mod error;
mod fields;
mod in_place;
mod loose;
mod read;
mod shapes;
mod written;

pub use error::SerdeError;
pub(crate) use shapes::Memory;

use ::serde::{Deserialize, Serialize};

use crate::{
    turn::Turn,
    value::{Item, Value},
};

impl Turn<'_> {
    /// Builds what `value` serialises to, in this party's holdings. O(size); on an error nothing of it stays but the schemas
    /// of its structs, each of which is stored with the first of its type.
    ///
    /// As deep as the type is: recursion is that of its `Serialize`.
    pub fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<Item, SerdeError> {
        let building = Building(self);
        let new = build::part(building.0, value)?;
        let heap = &mut building.0.heap;
        if new.object != 0 {
            heap.count_held(1)?;
        }
        Ok(heap.item(new.payload, new.tag))
    }

    /// A Rust value from what is in the region. O(size); texts and bytes that the type only borrows are not copied.
    ///
    /// A type written by hand that takes a struct's fields by their names alone, and not in order, makes this begin again.
    ///
    /// Nested as deep as the type is; the contents of untyped values (`serde_json::Value` and the like) up to 128 levels.
    pub fn load<'t, T: Deserialize<'t>>(&'t self, value: Value<'t>) -> Result<T, SerdeError> {
        let loading = below::Loading::new(self, false);
        let loaded = T::deserialize(loading.reader(value));
        if !loading.refused.get() {
            return loaded;
        }
        T::deserialize(below::Loading::new(self, true).reader(value))
    }
}

/// While a value is being built, whose own code may panic.
struct Building<'b, 't>(&'b mut Turn<'t>);

impl Drop for Building<'_, '_> {
    fn drop(&mut self) {
        if self.0.memory().built != 0 {
            build::drop_built(self.0);
        }
    }
}
