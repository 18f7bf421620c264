//! Lists by what their elements are worth: found, counted, sorted.
//!
//! Sorting merges neighbouring runs into ever longer ones, from one block of cells aside into another and back; the list's own cells
//! stay as they are until one all-or-nothing step switches over. So a comparison that fails, a lack of memory and a death leave the
//! list as it was.
//!
//! ```text
//!   List | cells, len | -> | 5 2 9 1 7 |
//!                first     | 2 5|1 9|7 |      runs of 2         no recursion; whoever is first among equals stays so
//!                second    | 1 2 5 9|7 |      of 4
//!                first     | 1 2 5 7 9 |      of all: the list's cells from now on; the two others are freed
//! ```

#![forbid(unsafe_code)]

use core::cmp::Ordering;

use super::{
    cells::Cells,
    compare::{Pair, Patience, len},
};
use crate::{
    error::Error,
    handle::List,
    heap::{Heap, Kind},
    turn::Turn,
    value::{CellAt, Input, Value, order, tag},
};

impl List {
    /// The index of the first element that is equal to a value, as [`Turn::equal`] has it; `None` if there is none.
    /// O(size of what is compared).
    pub fn index_of<'v>(self, turn: &Turn<'_>, value: impl Into<Input<'v>>) -> Result<Option<usize>, Error> {
        let mut found = None;
        self.each_equal(turn, &value.into(), |index| {
            found = Some(index);
            false
        })?;
        Ok(found)
    }

    /// How many elements are equal to a value, as [`Turn::equal`] has it. O(size of what is compared).
    pub fn count<'v>(self, turn: &Turn<'_>, value: impl Into<Input<'v>>) -> Result<usize, Error> {
        let mut count = 0;
        self.each_equal(turn, &value.into(), |_| {
            count += 1;
            true
        })?;
        Ok(count)
    }

    /// Whether an element is equal to a value, as [`Turn::equal`] has it. O(size of what is compared).
    pub fn contains<'v>(self, turn: &Turn<'_>, value: impl Into<Input<'v>>) -> Result<bool, Error> {
        Ok(self.index_of(turn, value)?.is_some())
    }

    /// Tells the indices of elements that are equal to a value, as long as `tell` wants more.
    fn each_equal(
        self,
        turn: &Turn<'_>,
        value: &Input<'_>,
        mut tell: impl FnMut(usize) -> bool,
    ) -> Result<(), Error> {
        let heap = &turn.heap;
        let (list, value, mut patience) = (self.find(heap)?, turn.read(value)?, Patience::of(heap));
        for index in 0..list.len {
            let at = list.at(index)?;
            let cell = heap.load_cell(at)?;
            let equal = match (value, heap.text_in(cell, at)?) {
                (Value::Text(value), Some(text)) => text == value.as_bytes(),
                (_, Some(_)) => false,
                (value, None) => {
                    let element = heap.value_of(cell.0, cell.1, at.payload)?;
                    patience.spend((len(element) / 8) as u32, at.payload)?;
                    heap.equal_values(element, value, &mut patience)?
                }
            };
            if equal && !tell(index as usize) {
                break;
            }
        }
        Ok(())
    }

    /// Puts the elements into ascending order, as [`Turn::compare`] has it; those that are equal, or beside a NaN, stay in the order
    /// in which they were.
    ///
    /// [`Error::NotComparable`] if two elements that had to be compared have no order. All or nothing, like every operation. O(len *
    /// log len) comparisons, of at most the smaller element's size; needs memory for two more blocks of elements, for the time of
    /// the call; no stores if the list is in order.
    pub fn sort(self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let list = self.find(heap)?;
        if heap.is_in_order(&list)? { Ok(()) } else { heap.sort_cells(list) }
    }
}

impl Heap<'_> {
    fn is_in_order(&self, list: &Cells) -> Result<bool, Error> {
        let mut patience = Patience::of(self);
        for index in 1..list.len {
            if self.is_before(list.at(index)?, list.at(index - 1)?, &mut patience)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether one element is less than another.
    fn is_before(&self, one: CellAt, other: CellAt, patience: &mut Patience) -> Result<bool, Error> {
        let (a, b) = (self.load_cell(one)?, self.load_cell(other)?);
        if a.1 == tag::INT && b.1 == tag::INT {
            return Ok((a.0 as i64) < b.0 as i64);
        }
        Ok(match self.pair((a, one), (b, other), patience)? {
            Pair::Texts(a, b) => a < b,
            Pair::Values(a, b) => order(a, b)? == Some(Ordering::Less),
            Pair::Containers(family, a, b) => {
                self.order_containers(family, a, b, patience)? == Some(Ordering::Less)
            }
        })
    }

    fn sort_cells(&mut self, list: Cells) -> Result<(), Error> {
        if list.len > list.cap || self.body(list.list, Kind::Cells)? == 0 {
            return Err(Error::corrupt(list.list));
        }
        let first = self.new_cells(list, list.cap)?;
        let second = match self.new_cells(list, list.cap) {
            Ok(second) => second,
            Err(error) => {
                self.free(first.cells)?;
                return Err(error);
            }
        };
        let (done, rest) = match self.merge_sort(list, first, second) {
            Ok((sorted, rest)) => (self.switch_cells(list, sorted, None), rest),
            Err(error) => {
                self.free(first.cells)?;
                (Err(error), second)
            }
        };
        self.free(rest.cells)?;
        done
    }

    /// Sorts the elements of a list into one of two blocks aside; returns that, and the other.
    fn merge_sort(&mut self, list: Cells, first: Cells, second: Cells) -> Result<(Cells, Cells), Error> {
        let (mut from, mut to, mut rest) = (list, first, second);
        let mut width = 1u32;
        loop {
            self.merge_runs(&from, &to, width)?;
            width = width.saturating_mul(2);
            if width >= list.len {
                return Ok((to, rest));
            }
            // What was sorted last is read next, and what was read is written, but for the list's own cells.
            (from, to, rest) = (to, rest, to);
        }
    }

    /// Merges runs of `width` elements, each two neighbours to one.
    fn merge_runs(&mut self, from: &Cells, to: &Cells, width: u32) -> Result<(), Error> {
        // A comparison takes no more than the smaller of the two, and each is the one that is put down once.
        let mut patience = Patience::of(self);
        let mut start = 0;
        while start < from.len {
            let middle = start.saturating_add(width).min(from.len);
            let end = middle.saturating_add(width).min(from.len);
            let (mut left, mut right) = (start, middle);
            for index in start..end {
                let from_right = left == middle
                    || right < end && self.is_before(from.at(right)?, from.at(left)?, &mut patience)?;
                let next = if from_right { &mut right } else { &mut left };
                let (payload, tag) = self.load_cell(from.at(*next)?)?;
                *next += 1;
                let at = to.at(index)?;
                self.set_word(at.payload, payload)?;
                self.set_byte(at.tag, tag)?;
            }
            start = end;
        }
        Ok(())
    }
}
