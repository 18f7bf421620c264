//! Equality and order of values with all that is in them: which values are compared with each other, and how.
//!
//! Scalars are compared by `value/order.rs`; two containers of one [`Family`] are walked side by side (`walk.rs`) to the first place
//! where they differ, and what stands there decides; anything else is not equal and has no order.
//!
//! **A new kind of container** is added in this file: its lines in [`container`] and [`Family::of`]. If it is built like none that
//! exists, or compared like none, it is a family of its own, with a step of the walk in `Walk::step`.

#![forbid(unsafe_code)]

use core::cmp::Ordering;

use super::walk::{Difference, Walk};
use crate::{
    error::Error,
    handle::Handle,
    heap::{Heap, Kind},
    turn::Turn,
    value::{CellAt, Input, Object, Value, equal, order, tag},
};

/// Sets that a key may have one inside of the other.
pub(super) const LEVELS: usize = 16;

/// Walks that it takes to compare two such keys, each begun inside of another: the innermost set may have tuples in it.
pub(super) const WALKS: u8 = LEVELS as u8 + 1;

/// Containers that are compared with each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Element by element; the first that differ decide the order.
    List,
    /// The same; but none is a list.
    Tuple,
    /// By their elements, in whatever order, frozen or not.
    Set,
    /// Key by key, in whatever order, frozen or not.
    Map,
    /// By their class and the names of their fields, field by field, in whatever order.
    Instance,
    /// By the names of their type and their fields, field by field.
    Record,
}

impl Family {
    /// The family of a kind of object; `None` if it is no container.
    pub(super) fn of(kind: Kind) -> Option<Family> {
        Some(match kind {
            Kind::List => Family::List,
            Kind::Tuple => Family::Tuple,
            Kind::Set | Kind::FrozenSet | Kind::FastSet => Family::Set,
            Kind::Map | Kind::FrozenMap | Kind::FastMap => Family::Map,
            Kind::Instance => Family::Instance,
            Kind::Record => Family::Record,
            _ => return None,
        })
    }

    /// Whether the first elements that differ decide which one is less.
    pub(super) fn has_order(self) -> bool {
        matches!(self, Family::List | Family::Tuple)
    }
}

/// Handle and kind of a container.
pub(super) fn container(value: Value<'_>) -> Option<(Handle, Kind)> {
    Some(match value {
        Value::List(list) => (list.0, Kind::List),
        Value::Map(map) => (map.0, Kind::Map),
        Value::Tuple(tuple) => (tuple.0, Kind::Tuple),
        Value::Set(set) => (set.0, Kind::Set),
        Value::FrozenSet(set) => (set.0, Kind::FrozenSet),
        Value::FrozenMap(map) => (map.0, Kind::FrozenMap),
        Value::FastSet(set) => (set.0, Kind::FastSet),
        Value::FastMap(map) => (map.0, Kind::FastMap),
        Value::Instance(instance) => (instance.0, Kind::Instance),
        Value::Record(record) => (record.0, Kind::Record),
        _ => return None,
    })
}

/// How much may be looked at: runs out in bytes that are no tree, which would otherwise keep us for hours.
pub(crate) struct Patience {
    /// Granules to be compared.
    steps: u32,
    /// Cells to be passed over in looking for the place of a container in the one that it is in.
    search: u64,
}

impl Patience {
    /// Enough to compare everything in the heap with something else, once, and to hash it at each level of sets.
    pub(crate) fn of(heap: &Heap<'_>) -> Patience {
        Patience { steps: heap.end().saturating_mul(32), search: heap.end() as u64 * 64 }
    }

    /// [`Error::Corrupt`] at granule `at` when it runs out.
    pub(super) fn spend(&mut self, steps: u32, at: u32) -> Result<(), Error> {
        self.steps = self.steps.checked_sub(steps).ok_or(Error::corrupt(at))?;
        Ok(())
    }

    /// For a cell that is passed over.
    pub(super) fn pass(&mut self) -> Result<(), Error> {
        self.search = self.search.checked_sub(1).ok_or(Error::TooLarge)?;
        Ok(())
    }
}

/// What two cells hold, as it is compared.
pub(super) enum Pair<'h> {
    /// Two containers of one family.
    Containers(Family, u32, u32),
    /// Two texts, which are not checked to be UTF-8 for that.
    Texts(&'h [u8], &'h [u8]),
    /// Anything else.
    Values(Value<'h>, Value<'h>),
}

impl Turn<'_> {
    /// Whether two values are equal, with all that is in them.
    ///
    /// Numbers are equal if they are worth the same, whatever their types; NaN equals nothing. Lists are equal element by
    /// element, maps key by key in whatever order, records and instances field
    /// by field. `docs/VALUES.md` has it in full. O(size of what is
    /// compared), without recursion; at the first difference it ends.
    pub fn equal<'a, 'b>(&self, a: impl Into<Input<'a>>, b: impl Into<Input<'b>>) -> Result<bool, Error> {
        let (a, b) = (a.into(), b.into());
        let (a, b) = (self.read(&a)?, self.read(&b)?);
        self.heap.equal_values(a, b, &mut Patience::of(&self.heap))
    }

    /// The order of two values: numbers among each other, texts by code points, bytes, dates and times, and lists element by element.
    ///
    /// A set is less than another if that has all its elements, and more.
    ///
    /// `None` if neither is less than the other nor equal to it, as beside NaN; [`Error::NotComparable`] if values of these
    /// types have no order. O(size of what is compared), without recursion.
    pub fn compare<'a, 'b>(
        &self,
        a: impl Into<Input<'a>>,
        b: impl Into<Input<'b>>,
    ) -> Result<Option<Ordering>, Error> {
        let (a, b) = (a.into(), b.into());
        let (a, b) = (self.read(&a)?, self.read(&b)?);
        self.heap.order_values(a, b, &mut Patience::of(&self.heap))
    }

    /// What an input is, read.
    pub(super) fn read<'v>(&'v self, input: &'v Input<'_>) -> Result<Value<'v>, Error> {
        Ok(match input {
            Input::Value(value) => *value,
            Input::Item(item) => item.value(self)?,
            Input::Object(Object::Text(text)) => Value::Text(text.get(self)?),
            Input::Object(Object::Bytes(bytes)) => Value::Bytes(bytes.buffer(self)?),
            Input::Object(Object::List(list)) => Value::List(*list),
            Input::Object(Object::Map(map)) => Value::Map(*map),
            Input::Object(Object::Tuple(tuple)) => Value::Tuple(*tuple),
            Input::Object(Object::Set(set)) => Value::Set(*set),
            Input::Object(Object::FrozenSet(set)) => Value::FrozenSet(*set),
            Input::Object(Object::FrozenMap(map)) => Value::FrozenMap(*map),
            Input::Object(Object::FastSet(set)) => Value::FastSet(*set),
            Input::Object(Object::FastMap(map)) => Value::FastMap(*map),
            Input::Object(Object::Instance(instance)) => Value::Instance(*instance),
            Input::Object(Object::ByteArray(array)) => Value::ByteArray(*array),
            Input::Object(Object::Record(record)) => Value::Record(*record),
            Input::Object(Object::Array(array)) => Value::Array(*array),
            Input::Object(Object::Scalar(scalar)) => scalar.value(self)?,
            #[cfg(feature = "scalars")]
            Input::Owned(owned) => owned.value(),
        })
    }
}

impl Heap<'_> {
    pub(super) fn equal_values(
        &self,
        a: Value<'_>,
        b: Value<'_>,
        patience: &mut Patience,
    ) -> Result<bool, Error> {
        match self.containers(a, b)? {
            Some((family, a, b)) => Ok(Walk::new(self, family, a, b, patience).run(false)?.is_none()),
            None => equal(self.contents(a)?, self.contents(b)?),
        }
    }

    fn order_values(
        &self,
        a: Value<'_>,
        b: Value<'_>,
        patience: &mut Patience,
    ) -> Result<Option<Ordering>, Error> {
        match self.containers(a, b)? {
            Some((family, a, b)) => self.order_containers(family, a, b, patience),
            None => order(self.contents(a)?, self.contents(b)?),
        }
    }

    /// The order of two containers of one family.
    pub(super) fn order_containers(
        &self,
        family: Family,
        a: u32,
        b: u32,
        patience: &mut Patience,
    ) -> Result<Option<Ordering>, Error> {
        if !family.has_order() && family != Family::Set {
            return Err(Error::NotComparable);
        }
        match Walk::new(self, family, a, b, patience).run(true)? {
            None => Ok(Some(Ordering::Equal)),
            Some(Difference::Order(order)) => Ok(Some(order)),
            Some(Difference::Values(a, b)) => order(a, b),
            Some(Difference::Sets(a, b)) => self.order_sets(a, b, patience),
            Some(Difference::Unordered) => Err(Error::NotComparable),
        }
    }

    /// The order of two sets that are not equal: one is less if the other has all its elements.
    fn order_sets(&self, a: u32, b: u32, patience: &mut Patience) -> Result<Option<Ordering>, Error> {
        let (a, b) = (self.hashed(a)?, self.hashed(b)?);
        Ok(match a.live.cmp(&b.live) {
            Ordering::Less if self.each_in(&a, &b, true, patience)? => Some(Ordering::Less),
            Ordering::Greater if self.each_in(&b, &a, true, patience)? => Some(Ordering::Greater),
            _ => None,
        })
    }

    /// Payload and tag of two cells, and where they are: what is to be compared.
    #[inline]
    pub(super) fn pair(
        &self,
        (a, a_at): ((u64, u8), CellAt),
        (b, b_at): ((u64, u8), CellAt),
        patience: &mut Patience,
    ) -> Result<Pair<'_>, Error> {
        let (pair, len) = if let Some(a) = self.text_in(a, a_at)?
            && let Some(b) = self.text_in(b, b_at)?
        {
            (Pair::Texts(a, b), a.len().min(b.len()))
        } else {
            let (a, b) = (self.value_of(a.0, a.1, a_at.payload)?, self.value_of(b.0, b.1, b_at.payload)?);
            if let Some((family, a, b)) = self.containers(a, b)? {
                return Ok(Pair::Containers(family, a, b));
            }
            let (a, b) = (self.contents(a)?, self.contents(b)?);
            (Pair::Values(a, b), len(a).min(len(b)))
        };
        // What many cells claim, in bytes that are no tree, would otherwise be read once for each.
        patience.spend((len / 8) as u32, a_at.payload)?;
        Ok(pair)
    }

    /// The bytes of a text in a cell.
    pub(super) fn text_in(&self, (payload, tag): (u64, u8), at: CellAt) -> Result<Option<&[u8]>, Error> {
        const LONG: u8 = tag::OBJECT + Kind::Text as u8;
        match tag {
            tag::TEXT..=16 => self.bytes(at.payload, 0, (tag - tag::TEXT) as usize).map(Some),
            LONG => self.leaf_bytes(self.object_in(payload, tag)?, Kind::Text).map(Some),
            _ => Ok(None),
        }
    }

    /// A byte array's bytes, which are compared as such; any other value as it is.
    fn contents<'v>(&'v self, value: Value<'v>) -> Result<Value<'v>, Error> {
        if let Value::ByteArray(array) = value { array.bytes(self).map(Value::Bytes) } else { Ok(value) }
    }

    /// The blocks of two containers, if they are of one family.
    pub(super) fn containers(&self, a: Value<'_>, b: Value<'_>) -> Result<Option<(Family, u32, u32)>, Error> {
        let (Some((a, a_kind)), Some((b, b_kind))) = (container(a), container(b)) else { return Ok(None) };
        match Family::of(a_kind) {
            Some(family) if Family::of(b_kind) == Some(family) => {
                Ok(Some((family, self.resolve(a, a_kind)?, self.resolve(b, b_kind)?)))
            }
            _ => Ok(None),
        }
    }
}

/// Bytes that comparing a value may read.
pub(super) fn len(value: Value<'_>) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        #[cfg(feature = "scalars")]
        Value::BigInt(int) => int.as_le_bytes().len(),
        #[cfg(feature = "scalars")]
        Value::Decimal(decimal) => decimal.as_str().len(),
        #[cfg(feature = "scalars")]
        Value::Blob(blob) => blob.data.len(),
        _ => 0,
    }
}
