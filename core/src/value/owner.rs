//! Ownership: how objects change hands.
//!
//! Every object has one owner: the cell it is in, or, while its header says so, the holdings of one party. `owner` is
//! the block of the container or message that a list or map is in: a way up, which lets cycles be refused, and trees
//! be taken apart and copied without a stack.
//!
//! ```text
//!   List   | header | cells, len | cap, owner |             Map    | header | table, log2 | used, live | owner, cap |
//!   Record | header | schema, owner | ...                     FastMap | header | here, len | cap, owner | ...
//! ```

#![forbid(unsafe_code)]

use super::{CellAt, Prepared, cell::kind_of, tag};
use crate::{
    error::Error,
    handle::Handle,
    heap::{Form, Header, Heap, block},
};

impl Heap<'_> {
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
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn check_held(&self, object: u32) -> Result<(), Error> {
        match self.header(object)?.holder() {
            None => Err(Error::AlreadyPlaced),
            Some(slot) if slot == self.slot => Ok(()),
            Some(_) => Err(Error::HeldByOther),
        }
    }

    /// Where a container says what it is in: (granule, half); granule 0 for anything else.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn owner_word(&self, object: u32) -> Result<(u32, u32), Error> {
        if object == 0 {
            return Ok((0, 0));
        }
        Ok(self.header(object)?.form().owner_word(object))
    }

    /// The same, where the tag of the cell that the object is in, or comes to be in, has told its kind.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn owner_word_of(object: u32, tag: u8) -> (u32, u32) {
        Form::of(tag.wrapping_sub(tag::OBJECT)).owner_word(object)
    }

    /// Where a key's object says what it is in. Without `scalars`, keys are copied and taken apart, but neither placed nor taken out.
    #[inline(always)]
    #[cfg(feature = "containers")]
    pub(crate) fn owner_word_of_key(&self, object: u32) -> Result<u32, Error> {
        if cfg!(feature = "scalars") { Ok(self.owner_word(object)?.0) } else { Ok(0) }
    }

    /// What a container is in; 0 if in nothing.
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
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn attach(&mut self, new: &Prepared, owner: u32) -> Result<(), Error> {
        if new.object == 0 {
            return Ok(());
        }
        if !new.fresh {
            self.check_no_cycle(new.object, owner)?;
        }
        let (at, half) = Self::owner_word_of(new.object, new.tag);
        if at != 0 {
            self.set_half(at, half, owner)?;
        }
        self.set_hi(new.object, block::make_owned(self.hi(new.object)?))
    }

    /// An object (0: none) now belongs to this party. Inside `atomically`, with header and owner word journaled.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn detach(&mut self, object: u32) -> Result<(), Error> {
        if object == 0 {
            return Ok(());
        }
        self.set_owner(object, 0)?;
        self.hold(object)
    }

    /// A block that is in nothing now belongs to this party. Inside `atomically`, with its header journaled.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn hold(&mut self, block: u32) -> Result<(), Error> {
        self.set_hi(block, block::make_loose(self.hi(block)?, self.slot))
    }

    /// After the commit: an object that was in the holdings is there no longer.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn count_placed(&mut self, new: &Prepared) -> Result<(), Error> {
        if new.object != 0 && !new.fresh { self.count_held(-1) } else { Ok(()) }
    }

    /// That `object` is not `owner` or something that contains it. O(depth of `owner`); O(1) for empty containers.
    pub(crate) fn check_no_cycle(&self, object: u32, owner: u32) -> Result<(), Error> {
        let form = self.header(object)?.form();
        let is_empty = match form.owner_place() {
            0 => return Ok(()),
            place if place == Form::Cells.owner_place() => self.hi(object + 1)? == 0,
            place if place == Form::Table.owner_place() => self.lo(object + 2)? == 0,
            _ => false,
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
        Err(Error::corrupt(owner))
    }

    /// The object that a cell holds, when the cell is the last one of `container` that holds any.
    #[cfg(feature = "containers")]
    pub(crate) fn last_object(&self, container: u32, header: Header) -> Result<Option<LastObject>, Error> {
        let found = match header.form() {
            form if form.has_row() => self.last_in_list(container, 0)?,
            Form::Table => self.last_in_map(container)?,
            Form::Message => {
                let cell = Self::message_cell(container)?;
                let (payload, tag) = self.load_cell(cell)?;
                let object = self.object_in(payload, tag)?;
                (object != 0).then_some(LastObject { object, cell, tag: tag::NULL, count: (0, 0, 0) })
            }
            _ => None,
        };
        match found {
            Some(last) if self.header(last.object)?.holder().is_some() => Err(Error::corrupt(last.object)),
            found => Ok(found),
        }
    }

    /// Takes the last object out of its cell: it is loose after this, and the count no longer reaches past it.
    #[cfg(feature = "containers")]
    pub(crate) fn detach_last(&mut self, last: LastObject) -> Result<(), Error> {
        let (count, half, value) = last.count;
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
#[cfg(feature = "containers")]
pub(crate) struct LastObject {
    pub(crate) object: u32,
    pub(crate) cell: CellAt,
    /// The cell's tag once the object is gone.
    pub(crate) tag: u8,
    /// The container's count, by granule (0: it has none) and half, and its value once the object is gone.
    pub(crate) count: (u32, u32, u32),
}
