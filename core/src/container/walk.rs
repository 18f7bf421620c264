//! Two trees walked side by side to the first place where they differ, without recursion and without memory of their own.
//!
//! Containers know what they are in, so the walk comes back up by itself; where it goes on in the container above is remembered for
//! the last few levels, and looked for in deeper trees.
//!
//! ```text
//!   a [ 1, [ 2, 3 ], 4 ]        down with the two lists at index 1, back up to index 2,
//!   b [ 1, [ 2, 3 ], 5 ]        4 beside 5: Less
//! ```

#![forbid(unsafe_code)]

use core::cmp::Ordering;

use super::{
    compare::{Family, Pair, Patience, WALKS},
    places::Places,
};
#[cfg(feature = "scalars")]
use crate::value::one_key;
use crate::{
    error::Error,
    heap::Heap,
    value::{CellAt, Value, equal, tag},
};

/// What stands in the first place where two trees differ.
pub(super) enum Difference<'h> {
    /// Two values, which are not equal and not containers of one family.
    Values(Value<'h>, Value<'h>),
    /// Two texts, or one list ends and the other goes on.
    Order(Ordering),
    /// Two sets that are not equal.
    Sets(u32, u32),
    /// It is inside of containers that have no order, or between them.
    Unordered,
}

/// A walk, and how far it has got.
pub(super) struct Walk<'h, 'p> {
    heap: &'h Heap<'h>,
    /// The two containers, and how they are compared.
    family: Family,
    a: u32,
    b: u32,
    /// The element of `a` to go on with, entry or field.
    next: u32,
    /// How many levels above this one belong to the walk.
    depth: u32,
    places: Places,
    /// The level of the outermost container that has no order.
    unordered: Option<u32>,
    /// Whether the two are keys, of which two are the same if NaNs stand in the same places.
    keys: bool,
    /// Walks that may begin inside of this one, for sets that are elements of sets.
    levels: u8,
    patience: &'p mut Patience,
}

/// What comes next.
enum Next<'h> {
    /// Two containers, to be walked.
    Below(Family, u32, u32),
    /// The two containers are equal throughout.
    End,
    /// They are not.
    Differ(Difference<'h>),
}

impl<'h, 'p> Walk<'h, 'p> {
    pub(super) fn new(
        heap: &'h Heap<'_>,
        family: Family,
        a: u32,
        b: u32,
        patience: &'p mut Patience,
    ) -> Walk<'h, 'p> {
        Walk {
            heap,
            family,
            a,
            b,
            next: 0,
            depth: 0,
            places: Places::NONE,
            unordered: None,
            keys: false,
            levels: WALKS,
            patience,
        }
    }

    /// Two keys.
    #[cfg(feature = "scalars")]
    pub(super) fn of_keys(
        heap: &'h Heap<'_>,
        family: Family,
        a: u32,
        b: u32,
        levels: u8,
        patience: &'p mut Patience,
    ) -> Walk<'h, 'p> {
        Walk { keys: true, levels, ..Walk::new(heap, family, a, b, patience) }
    }

    /// To the first difference. With `order`, that is the first in the order of the elements; without, lists of different lengths
    /// are not looked into.
    pub(super) fn run(mut self, order: bool) -> Result<Option<Difference<'h>>, Error> {
        loop {
            if !self.family.has_order() {
                self.unordered.get_or_insert(self.depth);
            }
            let next = if self.a == self.b { Next::End } else { self.step(order)? };
            match next {
                Next::Differ(_) if self.unordered == Some(self.depth) && self.family == Family::Set => {
                    return Ok(Some(Difference::Sets(self.a, self.b)));
                }
                Next::Differ(_) if self.unordered.is_some() => return Ok(Some(Difference::Unordered)),
                Next::Differ(difference) => return Ok(Some(difference)),
                Next::Below(family, a, b) => self.down(family, a, b)?,
                Next::End if self.depth == 0 => return Ok(None),
                Next::End => self.up()?,
            }
        }
    }

    /// Goes on in the two containers.
    fn step(&mut self, order: bool) -> Result<Next<'h>, Error> {
        match self.family {
            Family::List | Family::Tuple => self.lists(order && self.unordered.is_none()),
            Family::Map | Family::Set | Family::Instance => self.maps(),
            Family::Record => self.records(),
        }
    }

    fn lists(&mut self, order: bool) -> Result<Next<'h>, Error> {
        let (a, b) = (self.heap.cells(self.a)?, self.heap.cells(self.b)?);
        if order || a.len == b.len {
            while self.next < a.len && self.next < b.len {
                let index = self.next;
                self.next += 1;
                if let Some(next) = self.pair(a.at(index)?, b.at(index)?)? {
                    return Ok(next);
                }
            }
        }
        Ok(match a.len.cmp(&b.len) {
            Ordering::Equal => Next::End,
            lengths => Next::Differ(Difference::Order(lengths)),
        })
    }

    fn maps(&mut self) -> Result<Next<'h>, Error> {
        let (a, b) = (self.heap.hashed(self.a)?, self.heap.hashed(self.b)?);
        if a.live != b.live {
            return Ok(Next::Differ(Difference::Unordered));
        }
        while let Some((entry, key_at)) = self.heap.live_from(&a, self.next)? {
            self.next = entry + 1;
            self.patience.spend(1, self.a)?;
            let query = self.heap.query_at(key_at, self.levels, self.patience)?;
            let Some(found) = self.heap.find_within(&b, &query, self.patience)? else {
                return Ok(Next::Differ(Difference::Unordered));
            };
            if self.family == Family::Set {
                continue;
            }
            if let Some(next) = self.pair(a.value(key_at), b.value(b.key(found)))? {
                return Ok(next);
            }
        }
        Ok(Next::End)
    }

    fn records(&mut self) -> Result<Next<'h>, Error> {
        let (a, b) = (self.heap.row(self.a)?, self.heap.row(self.b)?);
        if a.fields != b.fields || self.next == 0 && !self.have_same_names()? {
            return Ok(Next::Differ(Difference::Unordered));
        }
        while self.next < a.fields {
            let index = self.next;
            self.next += 1;
            if let Some(next) = self.pair(a.at(index), b.at(index))? {
                return Ok(next);
            }
        }
        Ok(Next::End)
    }

    /// Whether two records have the same name and the same fields' names.
    fn have_same_names(&mut self) -> Result<bool, Error> {
        let (a, b) = (self.heap.lo(self.a + 1)?, self.heap.lo(self.b + 1)?);
        if a == b {
            return Ok(true);
        }
        let (a, b) = (self.heap.schema(a)?, self.heap.schema(b)?);
        self.patience.spend(a.len() as u32, self.a)?;
        let names = a.fields().map(|(name, _)| name);
        Ok(a.name() == b.name() && names.eq(b.fields().map(|(name, _)| name)))
    }

    /// Two cells: nothing if they are equal, otherwise where to go, or how they differ.
    #[inline]
    fn pair(&mut self, a_at: CellAt, b_at: CellAt) -> Result<Option<Next<'h>>, Error> {
        let heap = self.heap;
        self.patience.spend(1, self.a)?;
        let (a, b) = (heap.load_cell(a_at)?, heap.load_cell(b_at)?);
        if a == b && (!is_judged(a.1) || self.keys && !tag::is_object(a.1)) {
            return Ok(None);
        }
        let differ = |difference| Ok(Some(Next::Differ(difference)));
        match heap.pair((a, a_at), (b, b_at), self.patience)? {
            Pair::Containers(family, a, b) => Ok(Some(Next::Below(family, a, b))),
            Pair::Texts(a, b) if a == b => Ok(None),
            Pair::Texts(a, b) => differ(Difference::Order(a.cmp(b))),
            #[cfg(feature = "scalars")]
            Pair::Values(a, b) if self.keys && one_key(a, b)? => Ok(None),
            Pair::Values(a, b) if !self.keys && equal(a, b)? => Ok(None),
            Pair::Values(a, b) => differ(Difference::Values(a, b)),
        }
    }

    fn down(&mut self, family: Family, a: u32, b: u32) -> Result<(), Error> {
        // The way up has to lead back here.
        for (inner, outer) in [(a, self.a), (b, self.b)] {
            if self.heap.owner(inner)? != outer {
                return Err(Error::corrupt(inner));
            }
        }
        self.places.keep(self.depth, self.next);
        self.depth += 1;
        (self.family, self.a, self.b, self.next) = (family, a, b, 0);
        Ok(())
    }

    fn up(&mut self) -> Result<(), Error> {
        let child = self.a;
        (self.a, self.b) = (self.heap.owner(self.a)?, self.heap.owner(self.b)?);
        self.family = self.heap.header(self.a)?.kind().and_then(Family::of).ok_or(Error::corrupt(self.a))?;
        self.depth -= 1;
        if self.unordered.is_some_and(|level| level > self.depth) {
            self.unordered = None;
        }
        let above = (self.family, self.a);
        self.next = self.places.back(self.heap, self.depth, above, child, self.patience)?;
        Ok(())
    }
}

/// Whether two cells with this tag have to be looked at even if they are the same: objects, and what may be a NaN.
fn is_judged(tag: u8) -> bool {
    tag::is_object(tag) || matches!(tag, tag::FLOAT | tag::DECIMAL_1..=tag::DECIMAL_8)
}
