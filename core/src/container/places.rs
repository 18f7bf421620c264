//! Where a walk goes on in the containers above: remembered for the last few levels, looked for in deeper trees.

#![forbid(unsafe_code)]

use core::ops::Range;

use super::compare::{Family, Patience};
use crate::{
    error::Error,
    heap::Heap,
    value::{CellAt, tag},
};

/// Levels for which it is remembered where to go on.
const PLACES: usize = 32;

/// The places of the last levels above.
pub(super) struct Places {
    /// That of level n at n modulo [`PLACES`]; the last `kept` are there.
    places: [u32; PLACES],
    kept: u32,
    /// The container in which a place was looked for last, and where it was.
    found: (u32, u32),
}

impl Places {
    pub(super) const NONE: Places = Places { places: [0; PLACES], kept: 0, found: (0, 0) };

    /// On the way down from this level.
    pub(super) fn keep(&mut self, level: u32, next: u32) {
        if let Some(place) = self.places.get_mut(level as usize % PLACES) {
            *place = next;
        }
        self.kept = (self.kept + 1).min(PLACES as u32);
    }

    /// On the way up from `child` to this level, to a container of this family: where to go on in it.
    ///
    /// O(1), or O(elements before it, or since the last time).
    pub(super) fn back(
        &mut self,
        heap: &Heap<'_>,
        level: u32,
        (family, container): (Family, u32),
        child: u32,
        patience: &mut Patience,
    ) -> Result<u32, Error> {
        if let Some(left) = self.kept.checked_sub(1) {
            self.kept = left;
            return Ok(self.places.get(level as usize % PLACES).copied().unwrap_or(0));
        }
        let from = if self.found.0 == container { self.found.1 } else { 0 };
        let next = heap.place_behind(family, container, from, child, patience)?;
        self.found = (container, next);
        Ok(next)
    }
}

impl Heap<'_> {
    /// The place behind the one that `child` has in a container, in which it is not before `from`.
    fn place_behind(
        &self,
        family: Family,
        container: u32,
        from: u32,
        child: u32,
        patience: &mut Patience,
    ) -> Result<u32, Error> {
        match family {
            Family::List | Family::Tuple => {
                let list = self.cells(container)?;
                self.search_cells(child, from..list.len, |index| list.at(index), patience)
            }
            Family::Set => {
                let set = self.hashed(container)?;
                self.search_cells(child, from..set.used, |index| Ok(set.key(index)), patience)
            }
            Family::Map | Family::Instance => {
                let map = self.hashed(container)?;
                self.search_cells(child, from..map.used, |index| Ok(map.value(map.key(index))), patience)
            }
            Family::Record => {
                let row = self.row(container)?;
                self.search_cells(child, from..row.fields, |index| Ok(row.at(index)), patience)
            }
        }
    }

    fn search_cells(
        &self,
        child: u32,
        range: Range<u32>,
        at: impl Fn(u32) -> Result<CellAt, Error>,
        patience: &mut Patience,
    ) -> Result<u32, Error> {
        for index in range {
            patience.pass()?;
            let (payload, tag) = self.load_cell(at(index)?)?;
            if tag::is_object(tag) && payload as u32 == child {
                return Ok(index + 1);
            }
        }
        Err(Error::corrupt(child))
    }
}
