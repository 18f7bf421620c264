//! The element block of a list: payloads, then tags.
//!
//! ```text
//!   List   | header | cells, len | cap, owner |
//!                       |
//!   Cells  | header | payload 0 | payload 1 | ... payload cap-1 | tag 0 .. tag cap-1 |     9 bytes an element
//! ```
//!
//! Payloads stand alone so that a list of only whole numbers, or only floats, is an array of them. What lies between
//! `len` and `cap` means nothing, so elements are written there first and become part of the list by one store of `len`.
//!
//! Growing prefers the free block behind: the tags are copied to where the new capacity puts them, past the old ones, and
//! one store of `cap` switches over. Otherwise the elements are copied to a larger block, and `cells` and `cap`
//! change in one all-or-nothing step.

#![forbid(unsafe_code)]

use crate::{
    door,
    error::Error,
    heap::{DRAIN, Form, Heap, Kind, Shift, block},
    value::{CellAt, Prepared, tag},
};

/// A list found by its handle: where its elements are.
#[derive(Clone, Copy)]
pub(crate) struct Cells {
    /// The list's own block.
    pub(crate) list: u32,
    pub(crate) cells: u32,
    pub(crate) len: u32,
    pub(crate) cap: u32,
}

impl Cells {
    /// The list whose block begins with these words.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn of(list: u32, words: &[u64; 3]) -> Cells {
        let (word, cap) = (u64::from_le(words[1]), u64::from_le(words[2]) as u32);
        Cells { list, cells: word as u32, len: (word >> 32) as u32, cap }
    }

    /// Where element `index` is.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn at(&self, index: u32) -> Result<CellAt, Error> {
        // Only a damaged list overflows here, and then any place inside the heap is as wrong as another.
        let tags = (self.cells as usize).wrapping_add(1).wrapping_add(self.cap as usize).wrapping_mul(8);
        let payload = self.cells.wrapping_add(1).wrapping_add(index);
        Ok(CellAt { payload, tag: tags.wrapping_add(index as usize) })
    }

    pub(crate) fn shift(&self) -> Shift {
        Shift { cells: self.cells, cap: self.cap }
    }

    /// Granule with `cells` and `len`.
    pub(crate) fn len_word(&self) -> u32 {
        self.list + 1
    }
}

/// Granules of an element block: header, payloads, tags.
fn granules(cap: u32) -> Result<u32, Error> {
    if cap > 1 << 29 { Err(Error::TooLarge) } else { Ok(1 + cap + cap.div_ceil(8)) }
}

impl Heap<'_> {
    /// An empty loose list, or another kind of its form. Three granules; elements get a block with the first one.
    pub(crate) fn new_cells_block(&mut self, kind: Kind) -> Result<u32, Error> {
        let list = self.allocate(3, Kind::Raw)?;
        self.set_word(list + 1, 0)?;
        self.set_word(list + 2, 0)?;
        let hi = self.header(list)?.hi();
        self.set_hi(list, block::make_kind(hi, kind))?;
        Ok(list)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn cells(&self, list: u32) -> Result<Cells, Error> {
        Ok(Cells::of(list, self.words_at(list)?))
    }

    /// Makes room for `more` elements behind the last. O(1), or O(len) when the elements have to move.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn reserve_cells(&mut self, list: Cells, more: u32) -> Result<Cells, Error> {
        let wanted = list.len.checked_add(more).ok_or(Error::TooLarge)?;
        if wanted <= list.cap { Ok(list) } else { self.grow_cells(list, wanted) }
    }

    #[inline(never)]
    fn grow_cells(&mut self, list: Cells, wanted: u32) -> Result<Cells, Error> {
        if list.len > list.cap || (list.cells == 0) != (list.cap == 0) {
            return Err(Error::corrupt(list.list));
        }
        self.body(list.list, Kind::Cells)?;
        // Half as much again; when memory is short, an eighth; at last just enough.
        let roomy = wanted.max(4).max(list.cap.saturating_add(list.cap / 2));
        let tight = wanted.max(list.cap.saturating_add(list.cap.div_ceil(8)));
        let mut result = Err(Error::TooLarge);
        for cap in [roomy, tight, wanted] {
            result = self.grow_cells_to(list, cap);
            if !matches!(result, Err(Error::OutOfMemory { .. } | Error::TooLarge)) {
                break;
            }
        }
        result
    }

    fn grow_cells_to(&mut self, list: Cells, cap: u32) -> Result<Cells, Error> {
        let granules = granules(cap)?;
        let grown = Cells { cap, ..list };
        // In place, if the new tags lie wholly behind the old ones.
        let clear = list.cells != 0 && cap.saturating_sub(list.cap) >= list.cap.div_ceil(8);
        if clear && self.grow(list.cells, granules)? {
            self.copy_within(list.at(0)?.tag, grown.at(0)?.tag, list.len as usize)?;
            door::publish();
            self.set_lo(list.list + 2, cap)?;
            return Ok(grown);
        }
        let moved = self.new_cells(list, cap)?;
        if list.len > 0 {
            let (from, to) = (list.at(0)?, moved.at(0)?);
            self.copy_granules(from.payload, to.payload, list.len)?;
            self.copy_within(from.tag, to.tag, list.len as usize)?;
        }
        self.switch_cells(list, moved, None)?;
        Ok(moved)
    }

    /// A loose element block with room for `cap`, and the list as it will be with it.
    pub(crate) fn new_cells(&mut self, list: Cells, cap: u32) -> Result<Cells, Error> {
        Ok(Cells { cells: self.allocate(granules(cap)?, Kind::Cells)?, cap, ..list })
    }

    /// Gives a list another element block, already filled, and frees the one it had. In the same all-or-nothing step, the
    /// elements from `keep` on, if any, are given up: [`finish_drain`](Heap::finish_drain) is due then.
    pub(super) fn switch_cells(&mut self, old: Cells, new: Cells, keep: Option<u32>) -> Result<(), Error> {
        let drain = if keep.is_some() { DRAIN } else { 0 };
        door::publish();
        self.atomically([old.list + 1, old.list + 2, new.cells, old.cells, drain], |heap| {
            heap.set_lo(old.list + 1, new.cells)?;
            heap.set_lo(old.list + 2, new.cap)?;
            let hi = heap.header(new.cells)?.hi();
            heap.set_hi(new.cells, block::make_owned(hi))?;
            if let Some(keep) = keep {
                heap.begin_drain(old.list, keep)?;
            }
            heap.detach(old.cells)
        })?;
        if old.cells != 0 {
            self.free(old.cells)?;
        }
        Ok(())
    }

    /// Adds a prepared value at the end. O(1) amortised; one deciding store if it has no object.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn push_cell(&mut self, list: Cells, new: &Prepared) -> Result<(), Error> {
        let list = self.reserve_cells(list, 1)?;
        let at = list.at(list.len)?;
        if new.object == 0 {
            self.write_cell(at, new)?;
            return self.set_hi(list.len_word(), list.len + 1);
        }
        let words = [list.len_word(), new.object, self.owner_word(new.object)?.0];
        self.atomically(words, |heap| {
            heap.write_cell(at, new)?;
            heap.attach(new, list.list)?;
            heap.set_hi(list.len_word(), list.len + 1)
        })?;
        self.count_placed(new)
    }

    /// Puts a prepared value before element `index`, moving the rest up. O(len - index).
    pub(crate) fn insert_cell(&mut self, list: Cells, index: u32, new: &Prepared) -> Result<(), Error> {
        if index == list.len {
            return self.push_cell(list, new);
        }
        let list = self.reserve_cells(list, 1)?;
        let at = list.at(index)?;
        let words =
            [list.len_word(), at.payload, at.tag_granule(), new.object, self.owner_word(new.object)?.0];
        self.atomically(words, |heap| {
            heap.shift_up(list.shift(), index, list.len)?;
            heap.write_cell(at, new)?;
            heap.attach(new, list.list)?;
            heap.set_hi(list.len_word(), list.len + 1)
        })?;
        self.end_shift()?;
        self.count_placed(new)
    }

    /// Takes element `index` out, moving the rest down. O(len - index). Its object (0: none) is loose after this.
    pub(crate) fn remove_cell(&mut self, list: Cells, index: u32) -> Result<(u64, u8, u32), Error> {
        let at = list.at(index)?;
        let (payload, tag) = self.load_cell(at)?;
        let object = self.object_in(payload, tag)?;
        if index + 1 == list.len && object == 0 {
            self.set_hi(list.len_word(), index)?;
            return Ok((payload, tag, 0));
        }
        let words = [list.len_word(), at.payload, at.tag_granule(), object, self.owner_word(object)?.0];
        self.atomically(words, |heap| {
            if index + 1 < list.len {
                heap.shift_down(list.shift(), index + 1, list.len)?;
            }
            heap.detach(object)?;
            heap.set_hi(list.len_word(), list.len - 1)
        })?;
        if index + 1 < list.len {
            self.end_shift()?;
        }
        Ok((payload, tag, object))
    }

    /// The tags of all elements.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn tags(&self, list: &Cells) -> Result<&[u8], Error> {
        if list.len == 0 {
            return Ok(&[]);
        }
        if list.len > list.cap {
            return Err(Error::corrupt(list.list));
        }
        let skip = (1 + list.cap as usize).checked_mul(8).ok_or(Error::corrupt(list.list))?;
        self.bytes(list.cells, skip, list.len as usize)
    }

    /// The last object at or after element `keep` of a list, or field of a record. O(elements passed over).
    pub(crate) fn last_in_list(
        &self,
        list: u32,
        keep: u32,
    ) -> Result<Option<crate::value::LastObject>, Error> {
        let mut cells = self.cells(list)?;
        if self.header(list)?.form() == Form::Row {
            self.row_as_list(&mut cells)?;
        }
        if cells.cells == 0 {
            // Being destroyed by one who died after its elements were gone; `len` is what it was.
            return Ok(None);
        }
        let tags = self.tags(&cells)?;
        let Some(tail) = tags.get(keep as usize..) else { return Ok(None) };
        let Some(index) = tail.iter().rposition(|tag| tag::is_object(*tag)) else { return Ok(None) };
        let index = keep + index as u32;
        let cell = cells.at(index)?;
        let (payload, tag) = self.load_cell(cell)?;
        let object = self.object_in(payload, tag)?;
        Ok(Some(crate::value::LastObject {
            object,
            cell,
            tag: tag::NULL,
            count: (cells.list.wrapping_add(1), 1, index),
        }))
    }

    /// Copies elements behind those that `to` has; stops at a list or map, whose empty copy it puts in place. Returns both.
    pub(crate) fn copy_list_cells(&mut self, from: u32, to: u32) -> Result<Option<(u32, u32)>, Error> {
        let source = self.cells(from)?;
        let target = self.cells(to)?;
        let mut target = self.reserve_cells(target, source.len.saturating_sub(target.len))?;
        while target.len < source.len {
            let (payload, tag) = self.load_cell(source.at(target.len)?)?;
            let object = self.object_in(payload, tag)?;
            let (new, below) = self.copy_cell(payload, tag, object)?;
            if let Err(error) = self.push_cell(target, &new) {
                return if object == 0 { Err(error) } else { self.discard(&new, error) };
            }
            if below {
                return Ok(Some((object, new.object)));
            }
            target.len += 1;
        }
        Ok(None)
    }

    /// A copy of one cell, ready to store, and whether its object is a container whose contents are still to come.
    pub(crate) fn copy_cell(
        &mut self,
        payload: u64,
        tag: u8,
        object: u32,
    ) -> Result<(Prepared, bool), Error> {
        if object == 0 {
            return Ok((Prepared::scalar(payload, tag), false));
        }
        let (copy, below) = self.copy_shallow(object)?;
        let payload = self.handle(copy)?.bits();
        Ok((Prepared { payload, tag, object: copy, fresh: true }, below))
    }
}
