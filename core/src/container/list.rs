//! Lists: growable arrays of values, live in the region.
//!
//! Every change is all or nothing, whenever this party may die, and none needs more memory than its own growth.

#![forbid(unsafe_code)]

use super::cells::Cells;
use crate::{
    error::Error,
    handle::{List, OfKind},
    heap::{Heap, Kind},
    turn::Turn,
    value::{Input, Item, Value, tag},
};

impl Turn<'_> {
    /// An empty list in this party's holdings. O(1), one allocation of 24 bytes; elements take 9 bytes each.
    pub fn new_list(&mut self) -> Result<List, Error> {
        let block = self.heap.new_cells_block(Kind::List)?;
        self.heap.count_held(1)?;
        Ok(List(self.heap.handle(block)?))
    }
}

/// An index as the format has it, checked against the length.
#[inline(always)]
pub(super) fn index_in(index: usize, len: u32) -> Result<u32, Error> {
    if index < len as usize { Ok(index as u32) } else { Err(Error::out_of_range(index, len)) }
}

impl List {
    /// Replaces element `index`; what was there is destroyed.
    ///
    /// O(1) and one deciding store for values that live in a cell; otherwise O(what is destroyed).
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub fn set<'v>(
        self,
        turn: &mut Turn<'_>,
        index: usize,
        value: impl Into<Input<'v>>,
    ) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        let at = list.at(index_in(index, list.len)?)?;
        let new = heap.prepare(value.into())?;
        match heap.store_cell(at, list.list, new) {
            Ok(0) => Ok(()),
            Ok(old) => heap.destroy_block(old).map(|_| ()),
            Err(error) => heap.discard(&new, error),
        }
    }

    /// Adds an element at the end. O(1) amortised.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub fn push<'v>(self, turn: &mut Turn<'_>, value: impl Into<Input<'v>>) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        let new = heap.prepare(value.into())?;
        heap.push_cell(list, &new).or_else(|error| heap.discard(&new, error))
    }

    /// Puts an element before element `index` (or at the end, if `index` is the length). O(len - index), in place.
    pub fn insert<'v>(
        self,
        turn: &mut Turn<'_>,
        index: usize,
        value: impl Into<Input<'v>>,
    ) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        let index =
            index_in(index, list.len.saturating_add(1)).map_err(|_| Error::out_of_range(index, list.len))?;
        let new = heap.prepare(value.into())?;
        heap.insert_cell(list, index, &new).or_else(|error| heap.discard(&new, error))
    }

    /// Removes element `index` and destroys it. O(len - index), in place; needs no memory.
    pub fn remove(self, turn: &mut Turn<'_>, index: usize) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        let (_, _, object) = heap.remove_cell(list, index_in(index, list.len)?)?;
        if object != 0 {
            heap.destroy_block(object)?;
        }
        Ok(())
    }

    /// Removes element `index` and hands it out; if it has an object, that is in this party's holdings now. O(len - index).
    pub fn take(self, turn: &mut Turn<'_>, index: usize) -> Result<Item, Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        let (payload, tag, object) = heap.remove_cell(list, index_in(index, list.len)?)?;
        if object != 0 {
            heap.count_held(1)?;
        }
        Ok(heap.item(payload, tag))
    }

    /// Removes the last element and hands it out; `None` when the list is empty. O(1).
    pub fn pop(self, turn: &mut Turn<'_>) -> Result<Option<Item>, Error> {
        match self.len(turn)? {
            0 => Ok(None),
            len => self.take(turn, len - 1).map(Some),
        }
    }

    /// Exchanges two elements. O(1).
    pub fn swap(self, turn: &mut Turn<'_>, a: usize, b: usize) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        let (a, b) = (list.at(index_in(a, list.len)?)?, list.at(index_in(b, list.len)?)?);
        let (first, second) = (heap.load_cell(a)?, heap.load_cell(b)?);
        heap.atomically([a.payload, a.tag_granule(), b.payload, b.tag_granule()], |heap| {
            heap.set_word(a.payload, second.0)?;
            heap.set_byte(a.tag, second.1)?;
            heap.set_word(b.payload, first.0)?;
            heap.set_byte(b.tag, first.1)
        })
    }

    /// Destroys all elements from `len` on; does nothing if there are none. O(elements destroyed); needs no memory.
    pub fn truncate(self, turn: &mut Turn<'_>, len: usize) -> Result<(), Error> {
        let list = self.find(&turn.heap)?;
        if len < list.len as usize {
            turn.heap.truncate_list(list, len as u32)?;
        }
        Ok(())
    }

    /// Destroys all elements. O(elements).
    pub fn clear(self, turn: &mut Turn<'_>) -> Result<(), Error> {
        self.truncate(turn, 0)
    }

    /// Adds elements at the end, one [`push`](Self::push) after another: if one fails, those before it stay.
    pub fn extend<'v, I>(self, turn: &mut Turn<'_>, values: I) -> Result<(), Error>
    where
        I: IntoIterator,
        I::Item: Into<Input<'v>>,
    {
        values.into_iter().try_for_each(|value| self.push(turn, value))
    }

    /// Adds whole numbers at the end, all or none. One copy.
    pub fn extend_ints(self, turn: &mut Turn<'_>, ints: &[i64]) -> Result<(), Error> {
        turn.heap.extend_list(self, ints.iter().map(|int| *int as u64), tag::INT)
    }

    /// Adds floats at the end, all or none. One copy.
    pub fn extend_floats(self, turn: &mut Turn<'_>, floats: &[f64]) -> Result<(), Error> {
        turn.heap.extend_list(self, floats.iter().map(|float| float.to_bits()), tag::FLOAT)
    }

    /// A deep copy, in this party's holdings. O(size), without recursion; on an error nothing of it stays.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<List, Error> {
        turn.heap.copy_held(self).map(List)
    }
}

impl Heap<'_> {
    fn extend_list(
        &mut self,
        list: List,
        payloads: impl ExactSizeIterator<Item = u64>,
        tag: u8,
    ) -> Result<(), Error> {
        let list = list.find(self)?;
        let more = u32::try_from(payloads.len()).map_err(|_| Error::TooLarge)?;
        let list = self.reserve_cells(list, more)?;
        for (index, payload) in (list.len..).zip(payloads) {
            let at = list.at(index)?;
            self.set_word(at.payload, payload)?;
            self.set_byte(at.tag, tag)?;
        }
        self.sound()?;
        // The deciding store.
        self.set_hi(list.len_word(), list.len + more)
    }

    /// Destroys the elements from `keep` on. Once begun it is finished, by the next party if need be.
    pub(super) fn truncate_list(&mut self, list: Cells, keep: u32) -> Result<(), Error> {
        if self.last_in_list(list.list, keep)?.is_some() {
            self.begin_drain(list.list, keep)?;
            return self.finish_drain();
        }
        self.set_hi(list.len_word(), keep)
    }

    /// The payloads as they lie there, if every tag is `tag`.
    pub(super) fn uniform<L: OfKind>(&self, list: L, tag: u8) -> Result<&[u64], Error> {
        if cfg!(target_endian = "big") {
            return Err(Error::ForeignEndian);
        }
        let list = Cells::of(list.handle().block(), self.resolve_words(list.handle(), L::KIND)?);
        // Summing differences lets the compiler compare many tags at a time.
        let differences = self.tags(&list)?.iter().fold(0, |sum, found| sum | (found ^ tag));
        if differences != 0 {
            return Err(Error::NotUniform);
        }
        if list.len == 0 { Ok(&[]) } else { self.raw_words(list.at(0)?.payload, list.len) }
    }
}

/// The elements of a list or tuple in order; see [`List::iter`].
#[derive(Clone)]
pub struct ListIter<'t> {
    heap: &'t Heap<'t>,
    list: Cells,
    next: u32,
}

impl<'t> ListIter<'t> {
    pub(super) fn new(heap: &'t Heap<'t>, list: Cells) -> ListIter<'t> {
        ListIter { heap, list, next: 0 }
    }
}

impl<'t> Iterator for ListIter<'t> {
    type Item = Result<Value<'t>, Error>;

    #[cfg_attr(target_pointer_width = "64", inline)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.list.len {
            return None;
        }
        let value = self.list.at(self.next).and_then(|at| self.heap.value(at));
        // A damaged list ends at its first error.
        self.next = if value.is_ok() { self.next + 1 } else { self.list.len };
        Some(value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.list.len - self.next) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for ListIter<'_> {}
