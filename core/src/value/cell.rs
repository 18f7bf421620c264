//! Cells: an 8-byte payload and a 1-byte tag, wherever they lie.
//!
//! Lists keep payloads and tags in two arrays, maps and messages keep them side by side; this file only needs to be
//! told where the two are. Storing a cell whose old and new values live in the cell is one store (or two words of
//! journal); if an object comes or goes, its header changes hands in the same all-or-nothing step.

#![forbid(unsafe_code)]

use super::{Prepared, Value};
use crate::{
    door,
    error::Error,
    handle::{
        AnyArray, AnyRecord, ByteArray, FastMap, FastSet, FrozenMap, FrozenSet, Handle, Instance, List, Map,
        Set, Tuple,
    },
    heap::{Form, Heap, Kind},
};

/// Tag numbers; part of the format.
///
/// None is the number of a [`Kind`] that handles name: a list's tags lie side by side, and may come to lie where an object
/// was. Were they to read like its header, a handle to it would come alive again.
pub(crate) mod tag {
    use crate::heap::{Form, Kind};

    pub(crate) const NULL: u8 = 0;
    /// Text of n bytes in the payload: `TEXT + n`, n up to 8.
    pub(crate) const TEXT: u8 = 8;
    pub(crate) const FALSE: u8 = 17;
    pub(crate) const TRUE: u8 = 18;
    pub(crate) const INT: u8 = 19;
    pub(crate) const FLOAT: u8 = 20;
    /// A whole number above `i64::MAX`.
    pub(crate) const UINT: u8 = 21;
    /// The payload is a day's ordinal.
    pub(crate) const DATE: u8 = 22;
    /// The payload is microseconds of a day, and the fold in bit 63.
    pub(crate) const TIME: u8 = 23;
    /// Bytes in the payload: `BYTES + n`, n up to 8.
    pub(crate) const BYTES: u8 = 24;
    /// The payload is microseconds between two times.
    pub(crate) const TIME_DELTA: u8 = 33;
    /// The payload is microseconds since the beginning of year 1, and the fold in bit 63.
    pub(crate) const DATE_TIME: u8 = 34;
    /// A decimal's text of n bytes in the payload: `DECIMAL + n`, n from 1 to 8.
    pub(crate) const DECIMAL: u8 = 35;
    pub(crate) const DECIMAL_1: u8 = 36;
    pub(crate) const DECIMAL_8: u8 = 43;
    /// The payload is microseconds east of UTC.
    pub(crate) const TIME_ZONE: u8 = 44;
    /// The payload is a handle: `OBJECT + kind` of the block.
    pub(crate) const OBJECT: u8 = 64;
    /// Only of a message: `INSIDE + kind` of the leaf that lies in it.
    pub(crate) const INSIDE: u8 = 192;
    /// The entry of a map that was removed.
    pub(crate) const REMOVED: u8 = 255;

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn is_object(tag: u8) -> bool {
        tag & 0xc0 == OBJECT
    }

    /// The kind of what lies in a message itself.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn inside(tag: u8) -> Option<Kind> {
        let kind = tag.wrapping_sub(INSIDE);
        if let Form::Leaf = Form::of(kind) { Kind::from_byte(kind) } else { None }
    }

    const _: () = {
        assert!(
            NULL < Kind::Raw as u8 && TEXT > Kind::Message as u8 && TIME_ZONE < Kind::BigInt as u8,
            "see above"
        );
        assert!(
            Kind::Time as u8 == DECIMAL,
            "no decimal has no digits: the one number in the midst that is free"
        );
    };
}

/// Where a cell is: the granule of its payload, and the byte (from the heap's start) of its tag.
#[derive(Clone, Copy)]
pub(crate) struct CellAt {
    pub(crate) payload: u32,
    pub(crate) tag: usize,
}

impl CellAt {
    /// The cell whose payload is so many granules behind, and whose tag so many bytes. Should it wrap, in damaged bytes, then any
    /// place inside the heap is as wrong as another.
    #[cfg(feature = "containers")]
    #[inline(always)]
    pub(crate) fn moved(self, (payloads, tags): (u32, u32)) -> CellAt {
        CellAt { payload: self.payload.wrapping_add(payloads), tag: self.tag.wrapping_add(tags as usize) }
    }

    /// The granule that the tag is in.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn tag_granule(self) -> u32 {
        (self.tag / 8) as u32
    }
}

/// The kind of object that a tag stands for.
#[cfg_attr(target_pointer_width = "64", inline(always))]
pub(crate) fn kind_of(tag: u8) -> Option<Kind> {
    let kind = tag.wrapping_sub(tag::OBJECT);
    if Form::of(kind).is_placeable() { Kind::from_byte(kind) } else { None }
}

/// The scalar of a cell with one of the rarer tags; `bytes` is its payload where it lies. `None` if there is no such scalar.
#[cfg(feature = "scalars")]
#[inline(never)]
pub(super) fn inline_scalar(payload: u64, tag: u8, bytes: &[u8]) -> Option<Value<'_>> {
    super::scalar::from_cell(payload, tag, bytes)
}

/// The same without the feature: something to be moved, copied, and left alone.
#[cfg(not(feature = "scalars"))]
pub(super) fn inline_scalar(payload: u64, tag: u8, _bytes: &[u8]) -> Option<Value<'_>> {
    use tag::{DATE, DATE_TIME, DECIMAL_1, DECIMAL_8, TIME, TIME_DELTA, TIME_ZONE};
    let known = matches!(tag, DATE | TIME | TIME_DELTA | DATE_TIME | DECIMAL_1..=DECIMAL_8 | TIME_ZONE);
    known.then_some(Value::Other(super::Item { payload: payload.to_le_bytes(), tag }))
}

impl Heap<'_> {
    /// Payload and tag.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn load_cell(&self, at: CellAt) -> Result<(u64, u8), Error> {
        let cell = (self.word(at.payload)?, self.byte(at.tag)?);
        self.sound()?;
        Ok(cell)
    }

    /// The value in a cell.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn value(&self, at: CellAt) -> Result<Value<'_>, Error> {
        let (payload, tag) = self.load_cell(at)?;
        self.value_of(payload, tag, at.payload)
    }

    /// The value of a cell that holds this; its payload lies at `inline_at`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn value_of(&self, payload: u64, tag: u8, inline_at: u32) -> Result<Value<'_>, Error> {
        match tag {
            tag::INT => Ok(Value::Int(payload as i64)),
            tag::FLOAT => Ok(Value::Float(f64::from_bits(payload))),
            tag => self.other_value(payload, tag, inline_at),
        }
    }

    #[inline(never)]
    fn other_value(&self, payload: u64, tag: u8, inline_at: u32) -> Result<Value<'_>, Error> {
        let corrupt = Error::corrupt(inline_at);
        Ok(match tag {
            tag::NULL => Value::Null,
            tag::FALSE => Value::Bool(false),
            tag::TRUE => Value::Bool(true),
            tag::UINT => Value::Uint(payload),
            tag::TEXT..=16 | tag::BYTES..=32 => {
                // In both, the low four bits count from 8.
                let bytes = self.bytes(inline_at, 0, (tag & 15 ^ 8) as usize)?;
                match tag < tag::BYTES {
                    true => Value::Text(door::text(bytes).ok_or(corrupt)?),
                    false => Value::Bytes(bytes),
                }
            }
            _ if tag::is_object(tag) => {
                let handle = Handle::from_bits(payload).ok_or(corrupt)?;
                let kind = kind_of(tag).filter(|kind| *kind != Kind::Schema).ok_or(corrupt)?;
                self.object_value(handle, kind).map_err(|_| corrupt)?
            }
            _ => inline_scalar(payload, tag, self.bytes(inline_at, 0, 8)?).ok_or(corrupt)?,
        })
    }

    /// The value of an object: its handle, but of a leaf what is in it.
    pub(super) fn object_value(&self, handle: Handle, kind: Kind) -> Result<Value<'_>, Error> {
        Ok(match kind {
            Kind::List => Value::List(List(handle)),
            Kind::Map => Value::Map(Map(handle)),
            Kind::ByteArray => Value::ByteArray(ByteArray(handle)),
            Kind::Array => Value::Array(AnyArray(handle)),
            // A party without containers passes all the others on alike.
            #[cfg(not(feature = "containers"))]
            kind if kind > Kind::Array => Value::Other(self.item(handle.bits(), tag::OBJECT + kind as u8)),
            Kind::Record => Value::Record(AnyRecord(handle)),
            Kind::Tuple => Value::Tuple(Tuple(handle)),
            Kind::Set => Value::Set(Set(handle)),
            Kind::FrozenSet => Value::FrozenSet(FrozenSet(handle)),
            Kind::FrozenMap => Value::FrozenMap(FrozenMap(handle)),
            Kind::FastSet => Value::FastSet(FastSet(handle)),
            Kind::FastMap => Value::FastMap(FastMap(handle)),
            Kind::Instance => Value::Instance(Instance(handle)),
            kind => self.leaf_value(self.resolve(handle, kind)?, kind)?,
        })
    }

    /// The block of the object in a cell, whose header must agree; 0 for a value without an object.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn object_in(&self, payload: u64, tag: u8) -> Result<u32, Error> {
        if !tag::is_object(tag) {
            return Ok(0);
        }
        let at = payload as u32;
        let (Some(handle), Some(kind)) = (Handle::from_bits(payload), kind_of(tag)) else {
            return Err(Error::corrupt(at));
        };
        self.resolve(handle, kind).map_err(|_| Error::corrupt(at))
    }

    /// Stores a prepared value into a cell of `owner`, all or nothing. Returns the block of the object that was there,
    /// which is loose now (0: none).
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn store_cell(&mut self, at: CellAt, owner: u32, new: Prepared) -> Result<u32, Error> {
        // Where it is called, so that of a number nothing but this is left: its parts need not pass through memory.
        if cfg!(all(target_pointer_width = "64", not(crash_points)))
            && new.object == 0
            && self.byte(at.tag)? == new.tag
        {
            self.sound()?;
            // The deciding store: one aligned word. (Null and booleans have payload 0; under `crash_points` the door makes two
            // stores of it, as a 32-bit host does.)
            self.set_word(at.payload, new.payload)?;
            return Ok(0);
        }
        self.store_any_cell(at, owner, new)
    }

    #[cfg_attr(target_pointer_width = "64", inline(never))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    fn store_any_cell(&mut self, at: CellAt, owner: u32, new: Prepared) -> Result<u32, Error> {
        let (old_payload, old_tag) = self.load_cell(at)?;
        if new.object == 0 && !tag::is_object(old_tag) {
            self.atomically([at.payload, at.tag_granule()], |heap| heap.write_cell(at, &new))?;
            return Ok(0);
        }
        let old = self.object_in(old_payload, old_tag)?;
        let words = [
            at.payload,
            at.tag_granule(),
            old,
            self.owner_word(old)?.0,
            new.object,
            self.owner_word(new.object)?.0,
        ];
        self.atomically(words, |heap| {
            heap.write_cell(at, &new)?;
            heap.detach(old)?;
            heap.attach(&new, owner)
        })?;
        self.count_placed(&new)?;
        Ok(old)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn write_cell(&mut self, at: CellAt, new: &Prepared) -> Result<(), Error> {
        self.set_word(at.payload, new.payload)?;
        self.set_byte(at.tag, new.tag)?;
        self.sound()
    }
}
