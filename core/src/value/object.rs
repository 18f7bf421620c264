//! Objects: blocks that change owners, are taken apart, and are named by handles.
//!
//! ```text
//!   Text   | header | len | bytes from byte 12 ...          Bytes  | header | len, - | bytes from byte 16 ...
//!   List   | header | cells, len | cap, owner |             Map    | header | table, log2 | used, live | owner, scratch |
//! ```
//!
//! Every object has one owner: the cell it is in, or, while its header says so, the holdings of one party.
//! `owner` is the block of the container or message that a list or map is in: a way up, which lets cycles
//! be refused, and trees be taken apart and copied without a stack.

#![forbid(unsafe_code)]

use super::{CellAt, Prepared, Value, cell::kind_of, tag};
use crate::{
    door,
    error::Error,
    handle::{Bytes, Handle, List, Map, Text},
    heap::{Header, Heap, Kind, block},
    turn::Turn,
};

/// The longest text or run of bytes.
const MAX_LEN: usize = 1 << 31;

/// A handle of any kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
}

impl Object {
    #[inline]
    pub(crate) fn handle(self) -> Handle {
        match self {
            Self::Text(Text(handle)) | Self::Bytes(Bytes(handle)) => handle,
            Self::List(List(handle)) | Self::Map(Map(handle)) => handle,
        }
    }

    #[inline]
    fn kind(self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Bytes(_) => Kind::Bytes,
            Self::List(_) => Kind::List,
            Self::Map(_) => Kind::Map,
        }
    }

    #[inline]
    pub(crate) fn tag(self) -> u8 {
        tag::OBJECT + self.kind() as u8
    }

    fn from_cell(payload: u64, tag: u8) -> Option<Object> {
        let handle = Handle::from_bits(payload)?;
        Some(match kind_of(tag)? {
            Kind::Text => Object::Text(Text(handle)),
            Kind::Bytes => Object::Bytes(Bytes(handle)),
            Kind::List => Object::List(List(handle)),
            _ => Object::Map(Map(handle)),
        })
    }
}

macro_rules! into_object {
    ($($kind:ident)*) => {$(
        impl From<$kind> for Object {
            #[inline]
            fn from(handle: $kind) -> Object { Object::$kind(handle) }
        }
    )*};
}
into_object! { Text Bytes List Map }

/// A value taken out of its container: numbers and short texts in itself, anything else by a handle to an object that is
/// now in this party's holdings, to be placed elsewhere or destroyed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Item {
    pub(crate) payload: [u8; 8],
    pub(crate) tag: u8,
}

impl Item {
    /// The object, if the value has one.
    pub fn object(&self) -> Option<Object> {
        if tag::is_object(self.tag) { Object::from_cell(u64::from_le_bytes(self.payload), self.tag) } else { None }
    }

    /// The value, borrowed from here or from the region.
    ///
    /// O(1), and one pass over a text to see that it is UTF-8.
    pub fn value<'t>(&'t self, turn: &'t Turn<'_>) -> Result<Value<'t>, Error> {
        let payload = u64::from_le_bytes(self.payload);
        Ok(match self.tag {
            tag::TEXT..=16 => {
                let text = core::str::from_utf8(&self.payload[..(self.tag - tag::TEXT) as usize]);
                Value::Text(text.map_err(|_| Error::WrongType)?)
            }
            tag::BYTES..=32 => Value::Bytes(&self.payload[..(self.tag - tag::BYTES) as usize]),
            tag::INT => Value::Int(payload as i64),
            tag::UINT => Value::Uint(payload),
            tag::FLOAT => Value::Float(f64::from_bits(payload)),
            tag::FALSE | tag::TRUE => Value::Bool(self.tag == tag::TRUE),
            _ => match self.object() {
                None => Value::Null,
                Some(Object::List(list)) => Value::List(list),
                Some(Object::Map(map)) => Value::Map(map),
                Some(leaf) => {
                    let block = turn.heap.resolve(leaf.handle(), leaf.kind())?;
                    turn.heap.leaf_value(block, leaf.kind())?
                }
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

/// Text starts in the second half of granule 1; bytes at granule 2, aligned.
#[inline(always)]
fn leaf_skip(kind: Kind) -> usize {
    if let Kind::Text = kind { 12 } else { 16 }
}

impl Heap<'_> {
    /// A loose text or bytes block with these contents. One allocation, one copy.
    pub(crate) fn new_leaf(&mut self, kind: Kind, bytes: &[u8]) -> Result<u32, Error> {
        let block = self.new_leaf_uninit(kind, bytes.len())?;
        self.copy_in(block, leaf_skip(kind), bytes)?;
        door::publish();
        Ok(block)
    }

    /// The same with whatever contents the memory had.
    fn new_leaf_uninit(&mut self, kind: Kind, len: usize) -> Result<u32, Error> {
        if len > MAX_LEN {
            return Err(Error::TooLarge);
        }
        let block = self.allocate((leaf_skip(kind) + len).div_ceil(8) as u32, kind)?;
        self.set_word(block + 1, len as u64)?;
        Ok(block)
    }

    /// The bytes of a text or bytes block.
    #[inline]
    pub(crate) fn leaf_bytes(&self, block: u32, kind: Kind) -> Result<&[u8], Error> {
        self.bytes(block, leaf_skip(kind), self.lo(block.wrapping_add(1))? as usize)
    }

    /// Text or bytes in place.
    #[inline]
    pub(crate) fn leaf_value(&self, block: u32, kind: Kind) -> Result<Value<'_>, Error> {
        let bytes = self.leaf_bytes(block, kind)?;
        if let Kind::Text = kind {
            Ok(Value::Text(core::str::from_utf8(bytes).map_err(|_| Error::Corrupt { at: block })?))
        } else {
            Ok(Value::Bytes(bytes))
        }
    }

    /// The block of an object that is in this party's holdings.
    pub(crate) fn held_object(&self, bits: u64, tag: u8) -> Result<u32, Error> {
        let (Some(handle), Some(kind)) = (Handle::from_bits(bits), kind_of(tag)) else {
            return Err(Error::Stale);
        };
        let object = self.resolve(handle, kind)?;
        self.check_held(object)?;
        Ok(object)
    }

    /// That a block is in this party's holdings.
    #[inline]
    pub(crate) fn check_held(&self, object: u32) -> Result<(), Error> {
        match self.header(object)?.holder() {
            None => Err(Error::AlreadyPlaced),
            Some(slot) if slot == self.slot => Ok(()),
            Some(_) => Err(Error::HeldByOther),
        }
    }

    /// Where a list or map says what it is in: (granule, half); granule 0 for anything else.
    #[inline(always)]
    pub(crate) fn owner_word(&self, object: u32) -> Result<(u32, u32), Error> {
        if object == 0 {
            return Ok((0, 0));
        }
        Ok(match self.header(object)?.kind() {
            Some(Kind::List) => (object + 2, 1),
            Some(Kind::Map) => (object + 3, 0),
            _ => (0, 0),
        })
    }

    /// What a list or map is in; 0 if in nothing.
    pub(crate) fn owner(&self, object: u32) -> Result<u32, Error> {
        match self.owner_word(object)? {
            (0, _) => Ok(0),
            (at, half) => self.half(at, half),
        }
    }

    fn set_owner(&mut self, object: u32, owner: u32) -> Result<(), Error> {
        match self.owner_word(object)? {
            (0, _) => Ok(()),
            (at, half) => self.set_half(at, half, owner),
        }
    }

    /// The object of a cell now belongs to `owner`. Inside `atomically`, with header and owner word journaled.
    #[inline(always)]
    pub(crate) fn attach(&mut self, new: &Prepared, owner: u32) -> Result<(), Error> {
        if new.object == 0 {
            return Ok(());
        }
        if !new.fresh {
            self.check_no_cycle(new.object, owner)?;
        }
        self.set_owner(new.object, owner)?;
        let hi = self.header(new.object)?.hi();
        self.set_hi(new.object, block::make_owned(hi))
    }

    /// An object (0: none) now belongs to this party. Inside `atomically`, with header and owner word journaled.
    #[inline(always)]
    pub(crate) fn detach(&mut self, object: u32) -> Result<(), Error> {
        if object == 0 {
            return Ok(());
        }
        self.set_owner(object, 0)?;
        let hi = self.header(object)?.hi();
        self.set_hi(object, block::make_loose(hi, self.slot))
    }

    /// After the commit: an object that was in the holdings is there no longer.
    #[inline(always)]
    pub(crate) fn count_placed(&mut self, new: &Prepared) -> Result<(), Error> {
        if new.object != 0 && !new.fresh { self.count_held(-1) } else { Ok(()) }
    }

    /// That `object` is not `owner` or something that contains it. O(depth of `owner`); O(1) for empty containers.
    fn check_no_cycle(&self, object: u32, owner: u32) -> Result<(), Error> {
        let is_empty = match self.header(object)?.kind() {
            Some(Kind::List) => self.hi(object + 1)? == 0,
            Some(Kind::Map) => self.lo(object + 2)? == 0,
            _ => return Ok(()),
        };
        if object == owner {
            return Err(Error::WouldCycle);
        }
        if is_empty {
            return Ok(());
        }
        let mut at = owner;
        for _ in 0..self.end() {
            at = self.owner(at)?;
            if at == 0 {
                return Ok(());
            }
            if at == object {
                return Err(Error::WouldCycle);
            }
        }
        Err(Error::Corrupt { at: owner })
    }

    /// Makes a loose object's cell of a kind: handle and tag.
    pub(crate) fn item(&self, payload: u64, tag: u8) -> Item {
        Item { payload: payload.to_le_bytes(), tag }
    }

    /// Finds the header of an object that this party may destroy.
    pub(crate) fn destroy_object(&mut self, object: Object) -> Result<(), Error> {
        let block = self.held_object(object.handle().bits(), object.tag())?;
        self.count_held(-1)?;
        self.destroy_block(block)?;
        Ok(())
    }

    /// The object that a cell holds, when the cell is the last one of `container` that holds any.
    pub(crate) fn last_object(&self, container: u32, header: Header) -> Result<Option<LastObject>, Error> {
        let found = match header.kind() {
            Some(Kind::List) => self.last_in_list(container, 0)?,
            Some(Kind::Map) => self.last_in_map(container)?,
            Some(Kind::Message) => {
                let cell = Self::cell_at(container + 2, container + 3, 0)?;
                let (payload, tag) = self.load_cell(cell)?;
                let object = self.object_in(payload, tag)?;
                (object != 0).then_some(LastObject { object, cell, tag: tag::NULL, count: None })
            }
            _ => None,
        };
        match found {
            Some(last) if self.header(last.object)?.holder().is_some() => Err(Error::Corrupt { at: last.object }),
            found => Ok(found),
        }
    }

    /// Takes the last object out of its cell: it is loose after this, and the count no longer reaches past it.
    pub(crate) fn detach_last(&mut self, last: LastObject) -> Result<(), Error> {
        let (count, half, value) = last.count.unwrap_or((0, 0, 0));
        let words = [last.cell.tag_granule(), count, last.object, self.owner_word(last.object)?.0];
        self.atomically(words, |heap| {
            heap.set_byte(last.cell.tag, last.tag)?;
            if count != 0 {
                heap.set_half(count, half, value)?;
            }
            heap.detach(last.object)
        })
    }
}

/// See [`Heap::last_object`].
pub(crate) struct LastObject {
    pub(crate) object: u32,
    pub(crate) cell: CellAt,
    /// The cell's tag once the object is gone.
    pub(crate) tag: u8,
    /// The container's count, by granule and half, and its value once the object is gone.
    pub(crate) count: Option<(u32, u32, u32)>,
}

impl Turn<'_> {
    /// A text in this party's holdings, to be placed in one or more steps. One allocation, one copy.
    ///
    /// Texts need not be made first: [`Input`](crate::Input) takes `&str` wherever a value is stored.
    pub fn new_text(&mut self, text: &str) -> Result<Text, Error> {
        self.new_held_leaf(Kind::Text, text.as_bytes()).map(Text)
    }

    /// Bytes in this party's holdings. One allocation, one copy.
    pub fn new_bytes(&mut self, bytes: &[u8]) -> Result<Bytes, Error> {
        self.new_held_leaf(Kind::Bytes, bytes).map(Bytes)
    }

    /// `len` zero bytes in this party's holdings, to be filled in place through [`Bytes::buffer_mut`].
    pub fn new_buffer(&mut self, len: usize) -> Result<Bytes, Error> {
        let block = self.heap.new_leaf_uninit(Kind::Bytes, len)?;
        self.heap.bytes_mut(block, leaf_skip(Kind::Bytes), len)?.fill(0);
        self.heap.count_held(1)?;
        Ok(Bytes(self.heap.handle(block)?))
    }

    fn new_held_leaf(&mut self, kind: Kind, bytes: &[u8]) -> Result<Handle, Error> {
        let block = self.heap.new_leaf(kind, bytes)?;
        self.heap.count_held(1)?;
        self.heap.handle(block)
    }

    /// Destroys an object in this party's holdings, with everything in it.
    ///
    /// O(objects inside), without recursion. An object that is in a container is destroyed by removing it there.
    pub fn destroy(&mut self, object: impl Into<Object>) -> Result<(), Error> {
        self.heap.destroy_object(object.into())
    }
}

impl Text {
    /// The text, in place. O(1), and one pass to see that it is UTF-8.
    pub fn get<'t>(self, turn: &'t Turn<'_>) -> Result<&'t str, Error> {
        let block = turn.heap.resolve(self.0, Kind::Text)?;
        turn.heap.leaf_value(block, Kind::Text)?.as_text().ok_or(Error::WrongType)
    }
}

impl Bytes {
    /// The bytes, in place. O(1).
    pub fn buffer<'t>(self, turn: &'t Turn<'_>) -> Result<&'t [u8], Error> {
        let block = turn.heap.resolve(self.0, Kind::Bytes)?;
        turn.heap.leaf_value(block, Kind::Bytes)?.as_bytes().ok_or(Error::WrongType)
    }

    /// The bytes, to be changed in place. O(1).
    ///
    /// Plain memory: if this party dies half-way through writing, the others see what was written.
    pub fn buffer_mut<'t>(self, turn: &'t mut Turn<'_>) -> Result<&'t mut [u8], Error> {
        let block = turn.heap.resolve(self.0, Kind::Bytes)?;
        let len = turn.heap.lo(block + 1)? as usize;
        turn.heap.bytes_mut(block, leaf_skip(Kind::Bytes), len)
    }
}
