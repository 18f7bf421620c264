//! Keys that are no number, text or bytes: other scalars, and tuples and frozen sets with all that is in them.
//!
//! What is one key has one hash, so what is hashed is what is compared: the worth of a number, the instant of a date and time, the
//! elements of a set in whatever order. Trees are hashed as they are walked, without recursion:
//!
//! ```text
//!   (1, (2, 3))        state 0 | tuple of 2 | h(1) | tuple of 2 | h(2) | h(3)       each joins the state by one hash
//!   {1, (2, 3)}        sum of h(1) and h((2, 3)), joined with their number
//! ```
//!
//! A tuple in a tuple goes on with its state, so tuples may be as deep as they are. A set begins anew for each of its elements, and
//! what was outside of it has to wait: there is room for [`LEVELS`] sets, one inside of the other.

#![forbid(unsafe_code)]

use super::{
    compare::{Family, LEVELS, Patience, WALKS, container, len},
    index::{Index, Slot},
    key::{Form, Key, Query, canonical},
    places::Places,
    table::{Found, Table},
    walk::Walk,
};
use crate::{
    error::Error,
    handle::Handle,
    heap::{Heap, Kind},
    value::{
        CellAt, Complex, Decimal, Value, cell_scalar, one_key, short_number, tag, with_digits, with_whole,
    },
};

impl Heap<'_> {
    #[inline(never)]
    pub(super) fn query_other<'k>(&self, key: Value<'k>) -> Result<Query<'k>, Error> {
        self.query_value(key, WALKS, &mut Patience::of(self))
    }

    fn query_value<'k>(
        &self,
        key: Value<'k>,
        levels: u8,
        patience: &mut Patience,
    ) -> Result<Query<'k>, Error> {
        match Key::try_from(key)? {
            Key::Other(value) => {
                let hash = match container(value) {
                    Some((handle, kind)) => Tree::new(self, patience).hash(handle, kind)?,
                    None => self.hash_scalar(value),
                };
                Ok(Query { form: Form::Other { value, levels }, hash })
            }
            key => self.query(key),
        }
    }

    /// The query of a key that is in a map or set.
    #[inline(always)]
    pub(crate) fn query_at(
        &self,
        key: CellAt,
        levels: u8,
        patience: &mut Patience,
    ) -> Result<Query<'_>, Error> {
        match self.value(key)? {
            Value::Int(int) => self.query(Key::Int(int)),
            Value::Text(text) => self.query(Key::Text(text)),
            value => self.query_other_at(key, value, levels, patience),
        }
    }

    #[inline(never)]
    fn query_other_at<'k>(
        &self,
        at: CellAt,
        key: Value<'k>,
        levels: u8,
        patience: &mut Patience,
    ) -> Result<Query<'k>, Error> {
        patience.spend((len(key) / 8) as u32, at.payload)?;
        self.query_value(key, levels, patience).map_err(|error| match error {
            Error::WrongType | Error::Stale => Error::corrupt(at.payload),
            error => error,
        })
    }

    /// Looks for an entry with a key that is one with a value; `key_at` says where an entry has its key.
    pub(super) fn search_other(
        &self,
        (index, hash): (Index, u32),
        (value, levels): (Value<'_>, u8),
        key_at: impl Fn(u32) -> Result<CellAt, Error>,
        patience: &mut Patience,
    ) -> Result<Option<(u32, Slot)>, Error> {
        self.search(index, hash, |entry| {
            let at = key_at(entry)?;
            let found = self.value(at)?;
            patience.spend(1 + (len(found) / 8) as u32, at.payload)?;
            match self.containers(value, found)? {
                Some((family @ (Family::Tuple | Family::Set), a, b)) => {
                    let levels = levels.checked_sub(1).ok_or(Error::TooLarge)?;
                    Ok(Walk::of_keys(self, family, a, b, levels, patience).run(false)?.is_none())
                }
                None if container(value).is_none() && container(found).is_none() => one_key(value, found),
                _ => Ok(false),
            }
        })
    }

    /// The same of a table.
    #[inline(never)]
    pub(super) fn find_other(
        &self,
        table: &Table,
        hash: u32,
        value: &Value<'_>,
        levels: u8,
    ) -> Result<Option<Found>, Error> {
        let key_at = |entry| table.key(entry);
        let found =
            self.search_other((table.index, hash), (*value, levels), key_at, &mut Patience::of(self))?;
        Ok(found.map(|(entry, slot)| Found { entry, slot }))
    }

    /// Whether a cell holds what is worth this number.
    #[cold]
    #[inline(never)]
    pub(super) fn is_number(&self, payload: u64, tag: u8, number: (u8, u64)) -> Result<bool, Error> {
        let bytes = payload.to_le_bytes();
        let found = match tag::is_object(tag) {
            false => cell_scalar(payload, tag, &bytes).ok_or(Error::corrupt(payload as u32))?,
            true => self.value_of(payload, tag, 0)?,
        };
        Ok(short_number(found).is_some_and(|(tag, payload)| canonical(tag, payload) == number))
    }

    /// Destroys a tuple or set in the holdings that was to become a key, where an equal key is there.
    #[inline(always)]
    pub(super) fn drop_key(&mut self, query: &Query<'_>) -> Result<(), Error> {
        if let Form::Other { value, .. } = &query.form { self.drop_other(value) } else { Ok(()) }
    }

    #[inline(never)]
    fn drop_other(&mut self, key: &Value<'_>) -> Result<(), Error> {
        if let Some((handle, kind)) = container(*key)
            && let Ok(block) = self.resolve(handle, kind)
            && self.check_held(block).is_ok()
        {
            self.count_held(-1)?;
            self.destroy_block(block)?;
        }
        Ok(())
    }

    fn hash_value(&self, value: Value<'_>) -> Result<u32, Error> {
        match Key::try_from(value)? {
            Key::Other(value) => Ok(self.hash_scalar(value)),
            key => self.query(key).map(|query| query.hash),
        }
    }

    fn hash_scalar(&self, value: Value<'_>) -> u32 {
        match value {
            Value::Date(date) => self.hash_tagged(date.ordinal().into(), tag::DATE),
            Value::Time(time) => match time.utc_micros() {
                Some(micros) => self.hash_tagged(micros as u64, tag::OBJECT + Kind::Time as u8),
                None => self.hash_tagged(time.micros(), tag::TIME),
            },
            Value::DateTime(time) => match time.utc_micros() {
                Some(micros) => self.hash_tagged(micros as u64, tag::OBJECT + Kind::DateTime as u8),
                None => self.hash_tagged(time.micros(), tag::DATE_TIME),
            },
            Value::TimeZone(zone) => self.hash_tagged(zone.offset_micros() as u64, tag::TIME_ZONE),
            Value::TimeDelta(span) => {
                let [a, b, c, d] = span.days().to_le_bytes();
                let [e, f, g, h] = span.seconds().to_le_bytes();
                let [i, j, k, l] = span.microseconds().to_le_bytes();
                self.hash(&[a, b, c, d, e, f, g, h, i, j, k, l, tag::TIME_DELTA])
            }
            Value::Blob(blob) => {
                self.join(self.hash(blob.codec.as_bytes()), self.hash(blob.data), Kind::Blob)
            }
            number => self.hash_number(number),
        }
    }

    fn hash_number(&self, number: Value<'_>) -> u32 {
        if let Some((tag, payload)) = short_number(number) {
            return self.hash_int(canonical(tag, payload).1 as i64);
        }
        if let Some(hash) = with_whole(number, |bytes| self.hash(bytes)) {
            return hash;
        }
        match number {
            Value::Decimal(decimal) => self.hash_digits(decimal),
            Value::Complex(Complex { re, im }) => {
                let parts = [re, im].map(|part| canonical_part(part).to_le_bytes());
                self.join(self.hash(&parts[0]), self.hash(&parts[1]), Kind::Complex)
            }
            _ => self.hash(&[]),
        }
    }

    fn hash_digits(&self, decimal: Decimal<'_>) -> u32 {
        let mut state = 0u32;
        let (negative, point) = with_digits(decimal, |digits| {
            let mut bytes = [0; 60];
            let filled = state.to_le_bytes().into_iter().chain(digits.iter().copied());
            bytes.iter_mut().zip(filled).for_each(|(to, from)| *to = from);
            state = self.hash(bytes.get(..4 + digits.len()).unwrap_or_default());
        });
        let mut end = [negative as u8; 13];
        let filled = point.to_le_bytes().into_iter().chain(state.to_le_bytes());
        end.iter_mut().zip(filled).for_each(|(to, from)| *to = from);
        self.hash(&end)
    }

    fn hash_tagged(&self, payload: u64, tag: u8) -> u32 {
        let [a, b, c, d, e, f, g, h] = payload.to_le_bytes();
        self.hash(&[a, b, c, d, e, f, g, h, tag])
    }

    /// The hash of two numbers that belong to something of this kind.
    fn join(&self, first: u32, second: u32, kind: Kind) -> u32 {
        self.hash_tagged((second as u64) << 32 | first as u64, kind as u8)
    }
}

/// The bits of a part of a complex number: those that are equal have the same.
fn canonical_part(part: f64) -> u64 {
    match part {
        0.0 => 0,
        part if part.is_nan() => 0x7ff8 << 48,
        part => part.to_bits(),
    }
}

/// A tuple or set being hashed, and how far that has got.
struct Tree<'h, 'p> {
    heap: &'h Heap<'h>,
    /// Where the walk is: a tuple or a set, and the element to go on with.
    family: Family,
    at: u32,
    next: u32,
    /// How many levels above this one belong to the walk.
    depth: u32,
    places: Places,
    /// What has been made of the tuple so far; 0 before an element of a set, and at first.
    state: u32,
    /// For each set that is open: the state outside of it, and the sum of its elements.
    sets: [(u32, u32); LEVELS],
    open: usize,
    patience: &'p mut Patience,
}

impl<'h, 'p> Tree<'h, 'p> {
    fn new(heap: &'h Heap<'_>, patience: &'p mut Patience) -> Tree<'h, 'p> {
        Tree {
            heap,
            family: Family::Tuple,
            at: 0,
            next: 0,
            depth: 0,
            places: Places::NONE,
            state: 0,
            sets: [(0, 0); LEVELS],
            open: 0,
            patience,
        }
    }

    /// [`Error::WrongType`] if something in it cannot be a key; [`Error::TooLarge`] if too many sets are inside of each other.
    fn hash(mut self, handle: Handle, kind: Kind) -> Result<u32, Error> {
        self.enter(self.heap.resolve(handle, kind)?, kind)?;
        loop {
            self.patience.spend(1, self.at)?;
            if let Some(cell) = self.next_cell()? {
                let value = self.heap.value(cell)?;
                match container(value) {
                    Some((handle, kind)) => self.down(handle, kind)?,
                    None => {
                        self.patience.spend((len(value) / 8) as u32, cell.payload)?;
                        self.add(self.heap.hash_value(value)?);
                    }
                }
                continue;
            }
            let set = self.leave()?;
            if self.depth == 0 {
                return Ok(set.unwrap_or(self.state));
            }
            self.up()?;
            match (set, self.family) {
                (Some(hash), _) => self.add(hash),
                (None, Family::Set) => {
                    let hash = self.state;
                    self.add(hash);
                    self.state = 0;
                }
                // A tuple in a tuple: it has been added element by element.
                (None, _) => {}
            }
        }
    }

    fn next_cell(&mut self) -> Result<Option<CellAt>, Error> {
        if let Family::Set = self.family {
            let found = self.heap.live_from(&self.heap.hashed(self.at)?, self.next)?;
            return Ok(found.map(|(entry, key)| {
                self.next = entry + 1;
                key
            }));
        }
        let cells = self.heap.cells(self.at)?;
        if self.next >= cells.len {
            return Ok(None);
        }
        self.next += 1;
        cells.at(self.next - 1).map(Some)
    }

    fn add(&mut self, hash: u32) {
        match (self.family, self.sets.get_mut(self.open.wrapping_sub(1))) {
            (Family::Set, Some((_, sum))) => *sum = sum.wrapping_add(hash),
            _ => self.state = self.heap.hash_int((hash as i64) << 32 | self.state as i64),
        }
    }

    fn enter(&mut self, at: u32, kind: Kind) -> Result<(), Error> {
        (self.at, self.next) = (at, 0);
        self.family = match kind {
            Kind::Tuple => Family::Tuple,
            Kind::FrozenSet | Kind::FastSet => Family::Set,
            _ => return Err(Error::WrongType),
        };
        if let Family::Set = self.family {
            *self.sets.get_mut(self.open).ok_or(Error::TooLarge)? = (self.state, 0);
            self.open += 1;
            self.state = 0;
        } else {
            self.state = self.heap.join(self.state, self.heap.cells(at)?.len, Kind::Tuple);
        }
        Ok(())
    }

    /// At the end of a container; the hash of a set.
    fn leave(&mut self) -> Result<Option<u32>, Error> {
        let Family::Set = self.family else { return Ok(None) };
        self.open = self.open.saturating_sub(1);
        let (outside, sum) = self.sets.get(self.open).copied().unwrap_or_default();
        self.state = outside;
        let number = self.heap.hashed(self.at)?.live;
        Ok(Some(self.heap.join(sum, number, Kind::FrozenSet)))
    }

    fn down(&mut self, handle: Handle, kind: Kind) -> Result<(), Error> {
        let child = self.heap.resolve(handle, kind).map_err(|_| Error::corrupt(self.at))?;
        // The way up has to lead back here.
        if self.heap.owner(child)? != self.at {
            return Err(Error::corrupt(child));
        }
        self.places.keep(self.depth, self.next);
        self.depth += 1;
        self.enter(child, kind)
    }

    fn up(&mut self) -> Result<(), Error> {
        let child = self.at;
        self.at = self.heap.owner(child)?;
        self.family =
            self.heap.header(self.at)?.kind().and_then(Family::of).ok_or(Error::corrupt(self.at))?;
        self.depth -= 1;
        let above = (self.family, self.at);
        self.next = self.places.back(self.heap, self.depth, above, child, self.patience)?;
        Ok(())
    }
}
