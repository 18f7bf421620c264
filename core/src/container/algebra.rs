//! The algebra of sets: what two have in common, and what they have not.
//!
//! ```text
//!           a only   both   b only
//!   a ( - - - x - - - ( o ) - - - y - - - ) b        each combination is a choice among the three
//!
//!   union                  x o y          difference             x
//!   intersection             o            symmetric difference   x   y
//! ```
//!
//! New sets have their elements in the order of the first operand, then of the second. They are made aside, loose, so they come
//! to be whole or not at all. Changes in place add and remove one element after another: whoever dies in between leaves those
//! that were dealt with; an error leaves none.

#![forbid(unsafe_code)]

use super::{
    compare::Patience,
    hashed::Hashed,
    map::MapIter,
    set::{AnySet, SetIter},
};
use crate::{
    error::Error,
    handle::{FastSet, FrozenSet, Handle, Set},
    heap::{Heap, Kind},
    turn::Turn,
    value::{Prepared, tag},
};

/// Which elements of two sets a combination has.
#[derive(Clone, Copy)]
struct Choice {
    first_only: bool,
    both: bool,
    second_only: bool,
}

const UNION: Choice = Choice { first_only: true, both: true, second_only: true };
const INTERSECTION: Choice = Choice { first_only: false, both: true, second_only: false };
const DIFFERENCE: Choice = Choice { first_only: true, both: false, second_only: false };
const SYMMETRIC_DIFFERENCE: Choice = Choice { first_only: true, both: false, second_only: true };

macro_rules! members {
    ($($name:ident)*) => {$(
        impl $name {
            /// Elements in insertion order. O(1) each.
            pub fn iter<'t>(self, turn: &'t Turn<'_>) -> Result<SetIter<'t>, Error> {
                Ok(SetIter(MapIter::new(&turn.heap, self.table(&turn.heap)?.into())))
            }

            /// Whether the other set has all elements of this one. O(elements of this) expected.
            pub fn is_subset(self, turn: &Turn<'_>, other: impl Into<AnySet>) -> Result<bool, Error> {
                turn.heap.is_subset(self.into(), other.into())
            }

            /// Whether this set has all elements of the other. O(elements of the other) expected.
            pub fn is_superset(self, turn: &Turn<'_>, other: impl Into<AnySet>) -> Result<bool, Error> {
                turn.heap.is_subset(other.into(), self.into())
            }

            /// Whether the two sets have no element in common. O(elements of the smaller) expected.
            pub fn is_disjoint(self, turn: &Turn<'_>, other: impl Into<AnySet>) -> Result<bool, Error> {
                turn.heap.is_disjoint(self.into(), other.into())
            }

            /// A new set, in this party's holdings, of the elements that either has. O(elements); on an error nothing of it stays.
            pub fn union(self, turn: &mut Turn<'_>, other: impl Into<AnySet>) -> Result<Set, Error> {
                turn.heap.combine(self.into(), other.into(), UNION).map(Set)
            }

            /// A new set, in this party's holdings, of the elements that both have. O(elements of this); on an error nothing of it
            /// stays.
            pub fn intersection(self, turn: &mut Turn<'_>, other: impl Into<AnySet>) -> Result<Set, Error> {
                turn.heap.combine(self.into(), other.into(), INTERSECTION).map(Set)
            }

            /// A new set, in this party's holdings, of the elements that the other has not. O(elements of this); on an error
            /// nothing of it stays.
            pub fn difference(self, turn: &mut Turn<'_>, other: impl Into<AnySet>) -> Result<Set, Error> {
                turn.heap.combine(self.into(), other.into(), DIFFERENCE).map(Set)
            }

            /// A new set, in this party's holdings, of the elements that one of the two has and the other has not. O(elements);
            /// on an error nothing of it stays.
            pub fn symmetric_difference(
                self,
                turn: &mut Turn<'_>,
                other: impl Into<AnySet>,
            ) -> Result<Set, Error> {
                turn.heap.combine(self.into(), other.into(), SYMMETRIC_DIFFERENCE).map(Set)
            }
        }
    )*};
}
members! { Set FrozenSet FastSet }

impl Set {
    /// Adds the elements of another set: the union of the two, in place. O(elements of the other).
    ///
    /// On an error the set has the elements that it had. Whoever dies in between leaves those added so far.
    pub fn extend_from(self, turn: &mut Turn<'_>, other: impl Into<AnySet>) -> Result<(), Error> {
        turn.heap.add_all(self, other.into())
    }

    /// Removes the elements that the other set has not: the intersection of the two, in place. O(elements); needs no memory.
    /// Whoever dies in between leaves those removed that were found so far.
    pub fn intersect_with(self, turn: &mut Turn<'_>, other: impl Into<AnySet>) -> Result<(), Error> {
        let len = self.len(turn)?;
        turn.heap.remove_where(self, other.into(), len, false)
    }

    /// Removes the elements that the other set has: the difference of the two, in place. O(elements); needs no memory. Whoever
    /// dies in between leaves those removed that were found so far.
    pub fn difference_with(self, turn: &mut Turn<'_>, other: impl Into<AnySet>) -> Result<(), Error> {
        let len = self.len(turn)?;
        turn.heap.remove_where(self, other.into(), len, true)
    }

    /// Adds the elements that only the other set has, then removes those that both had: the symmetric difference of the two,
    /// in place. O(elements).
    ///
    /// On an error the set has the elements that it had. Whoever dies in between leaves what was added and removed so far.
    pub fn symmetric_difference_with(
        self,
        turn: &mut Turn<'_>,
        other: impl Into<AnySet>,
    ) -> Result<(), Error> {
        let (len, other) = (self.len(turn)?, other.into());
        turn.heap.add_all(self, other)?;
        turn.heap.remove_where(self, other, len, true)
    }
}

impl Heap<'_> {
    /// Whether each element of `a` is one of `b` (or, not `there`, none is).
    pub(super) fn each_in(
        &self,
        a: &Hashed,
        b: &Hashed,
        there: bool,
        patience: &mut Patience,
    ) -> Result<bool, Error> {
        let mut next = 0;
        while let Some((entry, element)) = self.live_from(a, next)? {
            if self.find_same(b, element, patience)?.is_some() != there {
                return Ok(false);
            }
            next = entry + 1;
        }
        Ok(true)
    }

    fn is_subset(&self, a: AnySet, b: AnySet) -> Result<bool, Error> {
        let (a, b) = (a.entries(self)?, b.entries(self)?);
        Ok(a.live <= b.live && self.each_in(&a, &b, true, &mut Patience::of(self))?)
    }

    fn is_disjoint(&self, a: AnySet, b: AnySet) -> Result<bool, Error> {
        let (a, b) = (a.entries(self)?, b.entries(self)?);
        let (few, many) = if a.live <= b.live { (a, b) } else { (b, a) };
        self.each_in(&few, &many, false, &mut Patience::of(self))
    }

    /// A new set of the chosen elements.
    fn combine(&mut self, a: AnySet, b: AnySet, choice: Choice) -> Result<Handle, Error> {
        let (a, b) = (a.entries(self)?, b.entries(self)?);
        let new = self.new_table_block(Kind::Set)?;
        let filled = self
            .add_where(new, &a, &b, choice.first_only, choice.both)
            .and_then(|()| self.add_where(new, &b, &a, choice.second_only, false));
        if let Err(error) = filled {
            self.destroy_block(new)?;
            return Err(error);
        }
        self.count_held(1)?;
        self.handle(new)
    }

    /// Adds copies of elements of one set to a third, which has none of them: those that the other has not, those that it has.
    fn add_where(
        &mut self,
        into: u32,
        from: &Hashed,
        other: &Hashed,
        only: bool,
        both: bool,
    ) -> Result<(), Error> {
        if !only && !both {
            return Ok(());
        }
        let (mut next, mut patience) = (0, Patience::of(self));
        while let Some((entry, element)) = self.live_from(from, next)? {
            if only && both
                || if self.find_same(other, element, &mut patience)?.is_some() { both } else { only }
            {
                let (table, hash) = (self.table(into)?, self.hash_at(from, element, &mut patience)?);
                self.copy_key(&table, hash, element, &Prepared::NULL)?;
            }
            next = entry + 1;
        }
        Ok(())
    }

    /// Adds the elements that a set has not, or none if there is an error.
    fn add_all(&mut self, into: Set, from: AnySet) -> Result<(), Error> {
        let (mut table, from) = (into.table(self)?, from.entries(self)?);
        let (before, mut next, mut patience) = (table.live, 0, Patience::of(self));
        while let Some((entry, element)) = self.live_from(&from, next)? {
            next = entry + 1;
            if self.find_key(&table, element, &mut patience)?.is_some() {
                continue;
            }
            let hash = self.hash_at(&from, element, &mut patience)?;
            if let Err(error) = self.copy_key(&table, hash, element, &Prepared::NULL) {
                self.shorten(into, before)?;
                return Err(error);
            }
            table = into.table(self)?;
        }
        Ok(())
    }

    /// Removes elements from the end, until there are no more than `len`.
    fn shorten(&mut self, set: Set, len: u32) -> Result<(), Error> {
        let mut table = set.table(self)?;
        while table.live > len {
            let Some((element, _)) = self.pop_last_entry(&table)? else {
                return Err(Error::corrupt(table.map));
            };
            if let Some(object) = element.object() {
                self.destroy_object(object)?;
            }
            table = set.table(self)?;
        }
        Ok(())
    }

    /// Removes those of the first `len` elements that another set has, or has not.
    fn remove_where(&mut self, set: Set, other: AnySet, len: usize, there: bool) -> Result<(), Error> {
        let (mut index, mut seen, mut patience) = (0, 0, Patience::of(self));
        while seen < len {
            let (table, other) = (set.table(self)?, other.entries(self)?);
            if index >= table.used {
                return Err(Error::corrupt(table.map));
            }
            let element = table.key(index)?;
            index += 1;
            if self.byte(element.tag)? == tag::REMOVED {
                continue;
            }
            seen += 1;
            if self.find_same(&other, element, &mut patience)?.is_some() == there {
                let found =
                    self.find_key(&table, element, &mut patience)?.ok_or(Error::corrupt(table.map))?;
                self.destroy_entry(&table, found)?;
            }
        }
        Ok(())
    }
}
