//! Objects and items: what programs hold when they do not hold a plain value.

#![forbid(unsafe_code)]

use super::{
    Input, Value,
    cell::{inline_scalar, kind_of},
    tag,
};
use crate::{
    array::Array,
    door,
    error::Error,
    handle::{
        AnyArray, AnyRecord, ByteArray, Bytes, FastMap, FastSet, FrozenMap, FrozenSet, Handle, Instance,
        List, Map, Set, Text, Tuple,
    },
    heap::{Form, Heap, Kind},
    turn::Turn,
};

/// A handle of any kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Object {
    /// A text.
    Text(Text),
    /// Bytes.
    Bytes(Bytes),
    /// A list.
    List(List),
    /// A map.
    Map(Map),
    /// A byte array.
    ByteArray(ByteArray),
    /// An array, whatever its elements are.
    Array(AnyArray),
    /// A record.
    Record(AnyRecord),
    /// A tuple.
    Tuple(Tuple),
    /// A set.
    Set(Set),
    /// A frozen set.
    FrozenSet(FrozenSet),
    /// A frozen map.
    FrozenMap(FrozenMap),
    /// A fast frozen set.
    FastSet(FastSet),
    /// A fast frozen map.
    FastMap(FastMap),
    /// An instance.
    Instance(Instance),
    /// A scalar too large for a cell.
    Scalar(Scalar),
}

/// A handle of a scalar too large for a cell: a big integer, a complex number, a long decimal and the like.
///
/// Met only where one was taken out of its container.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Scalar {
    handle: Handle,
    kind: Kind,
}

impl Scalar {
    /// The value, in place.
    pub fn value<'t>(self, turn: &'t Turn<'_>) -> Result<Value<'t>, Error> {
        turn.heap.leaf_value(turn.heap.resolve(self.handle, self.kind)?, self.kind)
    }
}

/// `Scalar(BigInt 0x20g3)`.
impl core::fmt::Debug for Scalar {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // As the handles of texts print.
        let name = Text(self.handle);
        write!(f, "Scalar({:?} {name:?})", self.kind)
    }
}

/// What is to be said of every kind of object with a handle of its own: one row each, by its name and that of the handle's type.
macro_rules! kinds {
    ($($kind:ident $handle:ident;)*) => {
        impl Object {
            #[cfg_attr(target_pointer_width = "64", inline)]
            pub(crate) fn handle(self) -> Handle {
                match self {
                    $(Self::$kind($handle(handle)) => handle,)*
                    Self::Scalar(Scalar { handle, .. }) => handle,
                }
            }

            #[cfg_attr(target_pointer_width = "64", inline)]
            fn kind(self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                    Self::Scalar(Scalar { kind, .. }) => kind,
                }
            }

            fn from_cell(payload: u64, tag: u8) -> Option<Object> {
                let handle = Handle::from_bits(payload)?;
                Some(match kind_of(tag)? {
                    $(Kind::$kind => Object::$kind($handle(handle)),)*
                    Kind::Schema => return None,
                    kind => Object::Scalar(Scalar { handle, kind }),
                })
            }
        }

        $(
            impl From<$handle> for Object {
                #[cfg_attr(target_pointer_width = "64", inline)]
                fn from(handle: $handle) -> Object {
                    Object::$kind(handle)
                }
            }

            impl From<$handle> for Input<'_> {
                #[inline(always)]
                fn from(handle: $handle) -> Self {
                    Input::Object(handle.into())
                }
            }
        )*
    };
}
kinds! {
    Text Text;
    Bytes Bytes;
    List List;
    Map Map;
    ByteArray ByteArray;
    Array AnyArray;
    Record AnyRecord;
    Tuple Tuple;
    Set Set;
    FrozenSet FrozenSet;
    FrozenMap FrozenMap;
    FastSet FastSet;
    FastMap FastMap;
    Instance Instance;
}

impl Object {
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn tag(self) -> u8 {
        tag::OBJECT + self.kind() as u8
    }
}

impl From<Scalar> for Object {
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn from(scalar: Scalar) -> Object {
        Object::Scalar(scalar)
    }
}

impl<T> From<Array<T>> for Object {
    fn from(array: Array<T>) -> Object {
        Object::Array(array.any())
    }
}

/// A value taken out of its container: numbers and short texts in itself, anything else by a handle to an object that is
/// now in this party's holdings, to be placed elsewhere or destroyed.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Item {
    pub(crate) payload: [u8; 8],
    pub(crate) tag: u8,
}

impl Item {
    /// The object, if the value has one.
    pub fn object(&self) -> Option<Object> {
        if tag::is_object(self.tag) {
            Object::from_cell(u64::from_le_bytes(self.payload), self.tag)
        } else {
            None
        }
    }

    /// The value, borrowed from here or from the region.
    ///
    /// O(1), and one pass over a text to see that it is UTF-8.
    pub fn value<'t>(&'t self, turn: &'t Turn<'_>) -> Result<Value<'t>, Error> {
        let payload = u64::from_le_bytes(self.payload);
        Ok(match self.tag {
            tag::TEXT..=16 => {
                let text = self.payload.get(..(self.tag - tag::TEXT) as usize).unwrap_or_default();
                Value::Text(door::text(text).ok_or(Error::WrongType)?)
            }
            tag::BYTES..=32 => {
                Value::Bytes(self.payload.get(..(self.tag - tag::BYTES) as usize).unwrap_or_default())
            }
            tag::INT => Value::Int(payload as i64),
            tag::UINT => Value::Uint(payload),
            tag::FLOAT => Value::Float(f64::from_bits(payload)),
            tag::FALSE | tag::TRUE => Value::Bool(self.tag == tag::TRUE),
            tag::NULL => Value::Null,
            _ => match self.object() {
                None => inline_scalar(payload, self.tag, &self.payload).ok_or(Error::WrongType)?,
                Some(object) => turn.heap.object_value(object.handle(), object.kind())?,
            },
        })
    }
}

impl core::fmt::Debug for Item {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.object() {
            Some(object) => object.fmt(f),
            None => write!(f, "Item(tag {}, {:x?})", self.tag, self.payload),
        }
    }
}

impl Heap<'_> {
    /// What was taken out of a cell.
    pub(crate) fn item(&self, payload: u64, tag: u8) -> Item {
        Item { payload: payload.to_le_bytes(), tag }
    }

    /// Destroys a loose text or bytes; there is no code for anything else in this program.
    #[cfg(not(feature = "containers"))]
    pub(crate) fn destroy_block(&mut self, block: u32) -> Result<(u32, u32), Error> {
        self.free(block)
    }

    /// That this program can destroy what a cell with this tag holds: without lists and maps, what is one block.
    #[inline(always)]
    pub(crate) fn check_destructible(tag: u8) -> Result<(), Error> {
        let whole = matches!(Form::of(tag.wrapping_sub(tag::OBJECT)), Form::Leaf | Form::Array | Form::Part);
        if cfg!(feature = "containers") || whole { Ok(()) } else { Err(Error::NoContainers) }
    }

    /// Destroys an object in this party's holdings.
    pub(crate) fn destroy_object(&mut self, object: Object) -> Result<(), Error> {
        Self::check_destructible(object.tag())?;
        let block = self.held_object(object.handle().bits(), object.tag())?;
        self.count_held(-1)?;
        self.destroy_block(block)?;
        Ok(())
    }
}

impl Turn<'_> {
    /// Destroys an object in this party's holdings, with everything in it.
    ///
    /// O(objects inside), without recursion. An object that is in a container is destroyed by removing it there.
    pub fn destroy(&mut self, object: impl Into<Object>) -> Result<(), Error> {
        self.heap.destroy_object(object.into())
    }
}
