//! Lists in another order: the cells are laid out anew in a block aside, and one all-or-nothing step switches over.
//!
//! ```text
//!   List | cells, len |  -> | a b c d e |          remove_range(1..3): | a d e b c |, and in the same step all from
//!                        -> | e d c b a |          element 3 on is given up, as truncate does: whoever comes next goes on
//! ```
//!
//! No object changes hands: the same cells are in the same list. So the step is as short for a million elements as for
//! two, and needs nothing but memory for the second block, which is free again afterwards.

#![forbid(unsafe_code)]

use core::ops::{Bound, RangeBounds};

use super::cells::Cells;
use crate::{
    error::Error,
    handle::List,
    heap::{Heap, Kind},
    turn::Turn,
};

impl List {
    /// Puts the elements into the opposite order. O(len); needs memory for a second block of elements, for the time of the call.
    pub fn reverse(self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        heap.rearrange(list, None, (0..list.len).rev())
    }

    /// Moves the first `mid` elements behind the others: element `mid` is the first then. O(len); memory as [`reverse`](Self::reverse).
    pub fn rotate_left(self, turn: &mut Turn<'_>, mid: usize) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        let mid = place_in(mid, list.len)?;
        heap.rearrange(list, None, (mid..list.len).chain(0..mid))
    }

    /// Removes the elements of a range and destroys them. O(len + what is destroyed); memory as [`reverse`](Self::reverse),
    /// but none if the range is at the end.
    pub fn remove_range(self, turn: &mut Turn<'_>, range: impl RangeBounds<usize>) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        let (from, to) = range_in(&range, list.len)?;
        heap.splice_cells(list, from, to, &[])
    }
}

/// A place between elements, checked against the length.
fn place_in(place: usize, len: u32) -> Result<u32, Error> {
    match u32::try_from(place) {
        Ok(place) if place <= len => Ok(place),
        _ => Err(Error::out_of_range(place, len)),
    }
}

/// First and end of a range, checked against the length. One that ends before it begins is empty.
pub(super) fn range_in(range: &impl RangeBounds<usize>, len: u32) -> Result<(u32, u32), Error> {
    let from = match range.start_bound() {
        Bound::Included(from) => place_in(*from, len)?,
        Bound::Excluded(before) => place_in(before.saturating_add(1), len)?,
        Bound::Unbounded => 0,
    };
    let to = match range.end_bound() {
        Bound::Included(last) => place_in(last.saturating_add(1), len)?,
        Bound::Excluded(to) => place_in(*to, len)?,
        Bound::Unbounded => len,
    };
    Ok((from, to.max(from)))
}

impl Heap<'_> {
    /// Gives the list its elements in another order (`order` says, for each index, which one comes to stand there), and gives up
    /// all from `keep` on: [`finish_drain`](Heap::finish_drain) is due then.
    pub(super) fn rearrange(
        &mut self,
        list: Cells,
        keep: Option<u32>,
        order: impl Iterator<Item = u32>,
    ) -> Result<(), Error> {
        if keep.is_none() && list.len <= 1 {
            return Ok(());
        }
        if list.len > list.cap || self.body(list.list, Kind::Cells)? == 0 {
            return Err(Error::corrupt(list.list));
        }
        let new = self.new_cells(list, list.cap)?;
        let moved = (0..list.len).zip(order).try_for_each(|(index, from)| {
            let (from, to) = (list.at(from)?, new.at(index)?);
            let (payload, tag) = self.load_cell(from)?;
            self.set_word(to.payload, payload)?;
            self.set_byte(to.tag, tag)
        });
        if moved.is_err() {
            self.free(new.cells)?;
            return moved;
        }
        self.switch_cells(list, new, keep)
    }
}
