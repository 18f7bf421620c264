//! Everything below a value, in order, without recursion.
//!
//! ```text
//!   [ 1, { "a": [ ] } ]   ->   Begin, Leaf 1, Begin, Key "a", Begin, End, End, End
//! ```
//!
//! In a sound region this is a tree. In a damaged one it may be anything, so a walk that enters more
//! containers than the region has blocks ends with an error: a cycle must not become an endless loop.
#![forbid(unsafe_code)]

use cohabit::{
    AnyRecord, Error, FastMap, FastSet, Footprint, FrozenMap, FrozenSet, Instance, InstanceIter, List,
    ListIter, Map, MapIter, RecordIter, Set, SetIter, TimeZone, Tuple, Turn, Value,
};

macro_rules! containers {
    ($($kind:ident $handle:ident;)*) => {
        /// A list, a map, a set, one of their frozen forms, a record, or an instance.
        #[derive(Clone, Copy, Debug)]
        pub enum Container {
            $($kind($handle),)*
        }

        impl Container {
            /// The container in a value, if it is one.
            pub fn of(value: Value<'_>) -> Option<Container> {
                match value {
                    $(Value::$kind(handle) => Some(Container::$kind(handle)),)*
                    _ => None,
                }
            }

            /// Elements or entries.
            pub fn len(self, turn: &Turn<'_>) -> Result<usize, Error> {
                match self {
                    $(Container::$kind(handle) => handle.len(turn),)*
                }
            }

            /// What it takes of the region, without the containers inside.
            pub fn footprint(self, turn: &Turn<'_>) -> Result<Footprint, Error> {
                match self {
                    $(Container::$kind(handle) => handle.footprint(turn),)*
                }
            }
        }
    };
}
containers! {
    List List;
    Map Map;
    Tuple Tuple;
    Set Set;
    FrozenSet FrozenSet;
    FrozenMap FrozenMap;
    FastSet FastSet;
    FastMap FastMap;
    Record AnyRecord;
    Instance Instance;
}

/// One step of a walk.
#[derive(Clone, Copy, Debug)]
pub enum Step<'t> {
    /// Into a container; its `End` follows what is in it.
    Begin(Container),
    /// The key of the entry, or the name of the field, whose value follows.
    Key(Value<'t>),
    /// A value without others inside.
    Leaf(Value<'t>),
    /// Out of a container.
    End,
}

enum Frame<'t> {
    List(ListIter<'t>),
    Set(SetIter<'t>),
    Map(MapIter<'t>),
    Record(RecordIter<'t>),
    Instance(InstanceIter<'t>),
}

/// The steps through a value; see the module's picture.
pub struct Walk<'t, 'p> {
    turn: &'t Turn<'p>,
    inside: Vec<Frame<'t>>,
    /// What comes before the next element: the value itself, at first; then the value of a key that was told.
    next: Option<Value<'t>>,
    /// Containers that may yet be entered.
    left: u32,
}

impl<'t, 'p> Walk<'t, 'p> {
    /// Walks through `value`.
    pub fn new(turn: &'t Turn<'p>, value: Value<'t>) -> Result<Walk<'t, 'p>, Error> {
        Ok(Walk { turn, inside: Vec::new(), next: Some(value), left: turn.stats()?.blocks })
    }

    fn arrive(&mut self, value: Value<'t>) -> Result<Step<'t>, Error> {
        let Some(container) = Container::of(value) else { return Ok(Step::Leaf(value)) };
        self.left = self.left.checked_sub(1).ok_or(Error::Corrupt { at: 0 })?;
        self.inside.push(match container {
            Container::List(list) => Frame::List(list.iter(self.turn)?),
            Container::Map(map) => Frame::Map(map.iter(self.turn)?),
            Container::Tuple(tuple) => Frame::List(tuple.iter(self.turn)?),
            Container::Set(set) => Frame::Set(set.iter(self.turn)?),
            Container::FrozenSet(set) => Frame::Set(set.iter(self.turn)?),
            Container::FrozenMap(map) => Frame::Map(map.iter(self.turn)?),
            Container::FastSet(set) => Frame::Set(set.iter(self.turn)?),
            Container::FastMap(map) => Frame::Map(map.iter(self.turn)?),
            Container::Record(record) => Frame::Record(record.iter(self.turn)?),
            Container::Instance(instance) => Frame::Instance(instance.fields(self.turn)?),
        });
        Ok(Step::Begin(container))
    }

    fn step(&mut self) -> Option<Result<Step<'t>, Error>> {
        if let Some(value) = self.next.take() {
            return Some(self.arrive(value));
        }
        let element = |value| (None, value);
        let entry = |(key, value)| (Some(key), value);
        let field = |(name, value)| (Some(Value::Text(name)), value);
        let next = match self.inside.last_mut()? {
            Frame::List(elements) => elements.next().map(|next| next.map(element)),
            Frame::Set(elements) => elements.next().map(|next| next.map(element)),
            Frame::Map(entries) => entries.next().map(|next| next.map(entry)),
            Frame::Record(fields) => fields.next().map(|next| next.map(field)),
            Frame::Instance(fields) => fields.next().map(|next| next.map(field)),
        };
        Some(match next {
            Some(Ok((Some(key), value))) => {
                self.next = Some(value);
                Ok(Step::Key(key))
            }
            Some(Ok((None, value))) => self.arrive(value),
            Some(Err(error)) => Err(error),
            None => {
                self.inside.pop();
                Ok(Step::End)
            }
        })
    }
}

impl<'t> Iterator for Walk<'t, '_> {
    type Item = Result<Step<'t>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        if let Some(Err(_)) = step {
            // A damaged region ends the walk.
            (self.inside, self.next) = (Vec::new(), None);
        }
        step
    }
}

/// What objects take of a region, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lists and tuples.
    pub lists: (u64, u64),
    /// Maps of all forms.
    pub maps: (u64, u64),
    /// Sets of all forms.
    pub sets: (u64, u64),
    /// Records, and instances.
    pub records: (u64, u64),
    /// Bytes of texts too long for a cell.
    pub texts: u64,
    /// Bytes of byte runs too long for a cell.
    pub bytes: u64,
    /// Bytes of other scalars too large for a cell.
    pub scalars: u64,
    /// Bytes of arrays.
    pub arrays: u64,
    /// Values without others inside, wherever they lie.
    pub values: u64,
}

impl Tally {
    /// Everything below `value`. A long text or other large scalar that is not in a container is taken at its length.
    pub fn of(turn: &Turn<'_>, value: Value<'_>) -> Result<Tally, Error> {
        let mut tally = Tally::default();
        let leaf = |len: usize| (12 + len as u64).next_multiple_of(8);
        let zoned =
            |zone: Option<TimeZone<'_>>| zone.map_or(0, |zone| leaf(16 + zone.name().map_or(0, str::len)));
        match value {
            Value::Text(text) if text.len() > 8 => tally.texts = leaf(text.len()),
            Value::Bytes(bytes) if bytes.len() > 8 => {
                tally.bytes = (16 + bytes.len() as u64).next_multiple_of(8)
            }
            Value::BigInt(int) => tally.scalars = leaf(int.as_le_bytes().len()),
            Value::Complex(_) => tally.scalars = leaf(16),
            Value::Decimal(decimal) if decimal.as_str().len() > 8 => {
                tally.scalars = leaf(decimal.as_str().len())
            }
            Value::Slice(_) => tally.scalars = leaf(25),
            Value::Time(time) => tally.scalars = zoned(time.zone()),
            Value::DateTime(time) => tally.scalars = zoned(time.zone()),
            Value::TimeDelta(span) if span.as_micros().is_none() => tally.scalars = leaf(12),
            Value::TimeZone(zone) => tally.scalars = zone.name().map_or(0, |name| leaf(8 + name.len())),
            Value::Blob(blob) => tally.scalars = leaf(1 + blob.codec.len() + blob.data.len()),
            Value::Array(array) => tally.arrays = array.footprint(turn)?,
            _ => {}
        }
        // Keys with something in them are walked through one after the other, no more of them than there are blocks.
        let (mut waiting, mut left) = (vec![value], turn.stats()?.blocks);
        while let Some(value) = waiting.pop() {
            for step in Walk::new(turn, value)? {
                let step = step?;
                if let Step::Key(key) = step
                    && Container::of(key).is_some()
                {
                    left = left.checked_sub(1).ok_or(Error::Corrupt { at: 0 })?;
                    waiting.push(key);
                }
                tally.count(turn, step)?;
            }
        }
        Ok(tally)
    }

    fn count(&mut self, turn: &Turn<'_>, step: Step<'_>) -> Result<(), Error> {
        match step {
            Step::Begin(container) => {
                let footprint = container.footprint(turn)?;
                let (count, own) = match container {
                    Container::List(_) | Container::Tuple(_) => &mut self.lists,
                    Container::Map(_) | Container::FrozenMap(_) | Container::FastMap(_) => &mut self.maps,
                    Container::Set(_) | Container::FrozenSet(_) | Container::FastSet(_) => &mut self.sets,
                    Container::Record(_) | Container::Instance(_) => &mut self.records,
                };
                *count += 1;
                *own += footprint.own;
                self.texts += footprint.texts;
                self.bytes += footprint.bytes;
                self.scalars += footprint.scalars;
                self.arrays += footprint.arrays;
            }
            Step::Leaf(_) => self.values += 1,
            _ => {}
        }
        Ok(())
    }

    /// All bytes.
    pub fn total(&self) -> u64 {
        let containers = self.lists.1 + self.maps.1 + self.sets.1 + self.records.1;
        containers + self.texts + self.bytes + self.arrays + self.scalars
    }
}
