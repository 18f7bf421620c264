//! Parts of lists replaced by other elements, as many or not; and slices with a step removed.
//!
//! ```text
//!   | a b c d e |         splice(1..3, [x])   drain: keep 5. Should this come to no end, what is behind is given up, as by truncate,
//!   | a b c d e | x                           so the new elements can be pushed there, each in a step of its own
//!   | a x d e | b c                           cells laid out anew aside: one step switches over, and has 4 kept of these
//!   | a x d e |                               whoever comes next goes on destroying the others
//! ```
//!
//! So the deciding step is as short for a thousand objects that come and go as for one: those that come have their way up before
//! it, and those that go keep theirs until they are destroyed.

#![forbid(unsafe_code)]

use core::ops::RangeBounds;

use super::{bulk::Every, cells::Cells, rearrange::range_in};
use crate::{
    error::Error,
    handle::List,
    heap::{DRAIN, Heap},
    turn::Turn,
    value::{Input, Needs},
};

impl List {
    /// Replaces the elements of a range by these values, as many or not, and destroys them. All or nothing.
    ///
    /// Text and bytes are copied, objects are placed; on an error all of them are where they were, and the list at most has more room. O(len + values + what is
    /// destroyed); memory as [`reverse`](Self::reverse), but none besides the new elements where all of them come behind the last.
    pub fn splice(
        self,
        turn: &mut Turn<'_>,
        range: impl RangeBounds<usize>,
        values: &[Input<'_>],
    ) -> Result<(), Error> {
        let list = self.find(&turn.heap)?;
        let (from, to) = range_in(&range, list.len)?;
        turn.heap.splice_cells(list, from, to, values)
    }

    /// Replaces the elements of a slice by these values, as Python's `list[start:stop:step] = values`; the indices are those of
    /// [`slice_by`](Self::slice_by). As [`splice`](Self::splice); but if the step is not 1, there have to be as many values as elements:
    /// [`Error::BadShape`] if not.
    pub fn set_slice(
        self,
        turn: &mut Turn<'_>,
        start: Option<i64>,
        stop: Option<i64>,
        step: i64,
        values: &[Input<'_>],
    ) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        let chosen = heap.every(&list, start, stop, step)?;
        let count = chosen.clone().count();
        let (len, more) = (list.len, count as u32);
        if step == 1 {
            return heap.splice_cells(list, chosen.first(), chosen.first() + more, values);
        }
        if count != values.len() {
            return Err(Error::BadShape);
        }
        if count == 0 {
            return Ok(());
        }
        let chosen = chosen.ascending();
        let mut next = (0..more).zip(chosen.clone()).peekable();
        let order = (0..len).map(|index| match next.next_if(|(_, chosen)| *chosen == index) {
            // Backwards, the last place is that of the first value.
            Some((nth, _)) if step < 0 => len + (more - 1 - nth),
            Some((nth, _)) => len + nth,
            None => index,
        });
        heap.replace_cells(list, values, len, order.chain(chosen))
    }

    /// Removes the elements of a slice and destroys them, as Python's `del list[start:stop:step]`; the indices are those of
    /// [`slice_by`](Self::slice_by). O(len + what is destroyed); memory as [`reverse`](Self::reverse).
    pub fn remove_slice(
        self,
        turn: &mut Turn<'_>,
        start: Option<i64>,
        stop: Option<i64>,
        step: i64,
    ) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        let chosen = heap.every(&list, start, stop, step)?.ascending();
        let keep = list.len - chosen.clone().count() as u32;
        if keep == list.len {
            return Ok(());
        }
        let mut next = chosen.clone().peekable();
        let kept = (0..list.len).filter(|index| next.next_if_eq(index).is_none());
        heap.rearrange(list, Some(keep), kept.chain(chosen))?;
        heap.finish_drain()
    }
}

impl Heap<'_> {
    /// The indices of a slice of a list, which has as many elements as it says.
    fn every(&self, list: &Cells, start: Option<i64>, stop: Option<i64>, step: i64) -> Result<Every, Error> {
        self.tags(list)?;
        Every::of(start, stop, step, list.len)
    }

    /// Replaces elements `from..to` by these values.
    pub(super) fn splice_cells(
        &mut self,
        list: Cells,
        from: u32,
        to: u32,
        values: &[Input<'_>],
    ) -> Result<(), Error> {
        let len = list.len;
        match values.is_empty() {
            true if from == to => Ok(()),
            true if to == len => self.truncate_list(list, from),
            false if from == len => {
                self.push_behind(list, values)?;
                // They are where they belong. The deciding store.
                self.set_lo(DRAIN, 0)
            }
            _ => {
                // More than there can be is refused before it is asked for its order.
                let longer = len.saturating_add(values.len() as u32);
                let order = (0..from).chain(len..longer).chain(to..len).chain(from..to);
                self.replace_cells(list, values, longer - (to - from), order)
            }
        }
    }

    /// Adds values behind the last element, gives all elements another order, and destroys those from `keep` on.
    fn replace_cells(
        &mut self,
        list: Cells,
        values: &[Input<'_>],
        keep: u32,
        order: impl Iterator<Item = u32>,
    ) -> Result<(), Error> {
        self.push_behind(list, values)?;
        let longer = self.cells(list.list)?;
        if let Err(error) = self.rearrange(longer, Some(keep), order) {
            self.take_back(list.list, values)?;
            self.set_lo(DRAIN, 0)?;
            return Err(error);
        }
        self.finish_drain()
    }

    /// Adds values behind the last element of a list, to be given up again unless whoever calls this says otherwise.
    fn push_behind(&mut self, list: Cells, values: &[Input<'_>]) -> Result<(), Error> {
        self.begin_drain(list.list, list.len)?;
        let pushed = self.push_all(list.list, values);
        if pushed.is_err() {
            self.set_lo(DRAIN, 0)?;
        }
        pushed
    }

    /// Adds values to a list or tuple; on an error, the objects placed in it are back in this party's holdings.
    pub(super) fn push_all(&mut self, list: u32, values: &[Input<'_>]) -> Result<(), Error> {
        let more = u32::try_from(values.len()).map_err(|_| Error::TooLarge)?;
        let cells = self.cells(list)?;
        self.reserve_cells(cells, more)?;
        for (index, value) in values.iter().enumerate() {
            let pushed = self.prepare(*value).and_then(|new| {
                let cells = self.cells(list)?;
                self.push_cell(cells, &new).or_else(|error| self.discard(&new, error))
            });
            if pushed.is_err() {
                self.take_back(list, values.get(..index).unwrap_or(&[]))?;
                return pushed;
            }
        }
        Ok(())
    }

    /// Undoes the last pushes to a list or tuple, which were of these values.
    fn take_back(&mut self, list: u32, values: &[Input<'_>]) -> Result<(), Error> {
        for value in values.iter().rev() {
            let cells = self.cells(list)?;
            let last = cells.len.checked_sub(1).ok_or(Error::corrupt(list))?;
            let (_, _, object) = self.remove_cell(cells, last)?;
            match value.needs() {
                Needs::Object(..) => self.count_held(1)?,
                _ if object != 0 => drop(self.destroy_block(object)?),
                _ => {}
            }
        }
        Ok(())
    }
}
