//! Records whose Rust type is known: made and loaded whole, or read and written a field at a time.

#![forbid(unsafe_code)]

use core::{fmt, hash, marker::PhantomData};

use super::{
    field::{Field, Made, Make},
    mismatch::How,
    row::Row,
    schema::{Schema, Type},
};
use crate::{
    container::Footprint,
    error::Error,
    handle::AnyRecord,
    heap::{Heap, Kind},
    turn::Turn,
    value::{Input, Object, tag},
};

/// A type whose values are records: `#[derive(Record)]` implements it for structs and enums.
///
/// A struct has one shape, an enum one for each variant.
pub trait Recorded: Sized {
    /// Its name in the schemas of records that contain it.
    const TYPE: Type;
    /// What its records look like.
    const SHAPES: &'static [Schema];

    /// Which of the shapes this value has.
    fn shape(&self) -> usize;

    /// Stores every field.
    fn put(&self, record: &mut NewRecord<'_, '_>) -> Result<(), Error>;

    /// Reads every field of a record that has this shape.
    fn load(shape: usize, record: &LoadRecord<'_, '_>) -> Result<Self, Error>;
}

/// A record of type `T`: a handle like others, 8 bytes, `Copy`, checked at every use.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// # use cohabit::{Config, Region};
/// # let mut memory = vec![0u64; 512];
/// # let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
/// # let [mut party, _other] = region.split::<2>().unwrap();
/// #[derive(cohabit::Record, Debug, PartialEq)]
/// struct Motor {
///     speed: i32,
///     limit: Option<f64>,
/// }
///
/// let mut turn = party.acquire().unwrap();
/// let motor = turn.new_record(&Motor { speed: 100, limit: None }).unwrap();
/// motor.update(&mut turn, Motor::SPEED, |speed| speed + 20).unwrap();
/// motor.set(&mut turn, Motor::LIMIT, Some(0.5)).unwrap();
/// assert_eq!(motor.get(&turn, Motor::SPEED), Ok(120));
/// assert_eq!(motor.load(&turn), Ok(Motor { speed: 120, limit: Some(0.5) }));
/// # }
/// ```
pub struct Record<T>(AnyRecord, PhantomData<fn() -> T>);

impl<T> Record<T> {
    #[inline(always)]
    pub(super) fn of(record: AnyRecord) -> Record<T> {
        Record(record, PhantomData)
    }

    /// The handle without its type.
    #[inline(always)]
    pub fn any(self) -> AnyRecord {
        self.0
    }
}

impl<T> Clone for Record<T> {
    #[inline(always)]
    fn clone(&self) -> Record<T> {
        *self
    }
}

impl<T> Copy for Record<T> {}

impl<T> PartialEq for Record<T> {
    fn eq(&self, other: &Record<T>) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Record<T> {}

impl<T> hash::Hash for Record<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> fmt::Debug for Record<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl<T> defmt::Format for Record<T> {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.0.format(f);
    }
}

impl<T> From<Record<T>> for Object {
    fn from(record: Record<T>) -> Object {
        Object::Record(record.0)
    }
}

impl<T> From<Record<T>> for Input<'_> {
    fn from(record: Record<T>) -> Self {
        Input::Object(record.into())
    }
}

/// One field of the records of type `T`: a constant that `#[derive(Record)]` writes, named like the field in capitals.
pub struct FieldOf<T, V> {
    shape: &'static Schema,
    index: u32,
    default: Option<fn() -> V>,
    of: PhantomData<fn() -> T>,
}

impl<T, V> FieldOf<T, V> {
    /// Field `index` of this shape. `default`: what records have that were written before it came.
    pub const fn new(shape: &'static Schema, index: u32, default: Option<fn() -> V>) -> FieldOf<T, V> {
        FieldOf { shape, index, default, of: PhantomData }
    }
}

impl<T, V> Clone for FieldOf<T, V> {
    fn clone(&self) -> FieldOf<T, V> {
        *self
    }
}

impl<T, V> Copy for FieldOf<T, V> {}

impl Turn<'_> {
    /// A record in this party's holdings: one allocation of 16 bytes and 9 a field, rounded up to 8, and what its fields take.
    ///
    /// O(size). On an error nothing of it stays, but for the schema, which is stored with the first record of its shape.
    pub fn new_record<T: Recorded>(&mut self, value: &T) -> Result<Record<T>, Error> {
        let shape = T::SHAPES.get(value.shape()).ok_or(Error::WrongType)?;
        let schema = self.heap.intern(shape)?;
        let row = self.heap.new_row(schema, tag::NULL)?;
        if let Err(error) = value.put(&mut NewRecord { turn: self, row }) {
            self.heap.destroy_block(row.block)?;
            return Err(error);
        }
        self.heap.count_held(1)?;
        Ok(Record::of(AnyRecord(self.heap.handle(row.block)?)))
    }
}

impl<T: Recorded> Record<T> {
    /// A field, in place. O(1): one comparison more than an element of a list.
    ///
    /// A record that was written before the field came has its default.
    #[inline(always)]
    pub fn get<'t, V: Field>(self, turn: &'t Turn<'_>, field: FieldOf<T, V>) -> Result<V::Get<'t>, Error> {
        #[cfg(target_pointer_width = "64")]
        if let Some(value) = self.peek(&turn.heap, &field) {
            return Ok(value);
        }
        self.get_elsewhere(&turn.heap, field)
    }

    /// A plain value of a record of just this shape, by two checks of bounds. Whatever else is there, damage included, is for
    /// others to tell.
    #[cfg(target_pointer_width = "64")]
    #[inline(always)]
    fn peek<'t, V: Field>(self, heap: &'t Heap<'_>, field: &FieldOf<T, V>) -> Option<V::Get<'t>> {
        let (fields, index) = (field.shape.fields.len(), field.index as usize);
        let words = heap.named_run(self.0.0, Kind::Record, super::row::granules(fields as u32))?;
        let schema = u64::from_le(*words.get(1)?) as u32;
        if heap.word(schema.wrapping_add(2)).ok()? != field.shape.fingerprint {
            return None;
        }
        let (payloads, tags) = super::row::cells_in(words, fields)?;
        V::peek(u64::from_le(*payloads.get(index)?), *tags.get(index)?)
    }

    #[cfg_attr(target_pointer_width = "64", inline(never))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(always))]
    fn get_elsewhere<'t, V: Field>(
        self,
        heap: &'t Heap<'_>,
        field: FieldOf<T, V>,
    ) -> Result<V::Get<'t>, Error> {
        let row = heap.typed_row(self.0, field.shape)?;
        if field.index >= row.fields {
            return field.absent();
        }
        let at = row.at(field.index);
        let (payload, tag) = heap.load_cell(at)?;
        match V::peek(payload, tag) {
            Some(value) => Ok(value),
            None => V::get(heap.value_of(payload, tag, at.payload)?),
        }
    }

    /// Changes a field, in place; what was there is destroyed. All or nothing.
    ///
    /// O(1) and one deciding store for values that live in a cell; otherwise O(what is made and destroyed).
    #[inline(always)]
    pub fn set<'v, V: Field + 'v>(
        self,
        turn: &mut Turn<'_>,
        field: FieldOf<T, V>,
        value: V::Set<'v>,
    ) -> Result<(), Error> {
        let row = turn.heap.typed_row(self.0, field.shape)?;
        if field.index >= row.fields {
            return Err(field.older());
        }
        let made = V::make(value, turn)?;
        turn.place(row, field.index, made)
    }

    /// Replaces a field by what `change` makes of it.
    #[inline(always)]
    pub fn update<'v, V: Field + 'v>(
        self,
        turn: &mut Turn<'_>,
        field: FieldOf<T, V>,
        change: impl FnOnce(V::Get<'_>) -> V::Set<'v>,
    ) -> Result<(), Error> {
        let value = change(self.get(turn, field)?);
        self.set(turn, field, value)
    }

    /// The whole record, as this program's own value. O(size).
    pub fn load(self, turn: &Turn<'_>) -> Result<T, Error> {
        let (shape, row) = self.find(turn)?;
        T::load(shape, &LoadRecord { turn, row })
    }

    /// Which shape it has: the number of an enum's variant, as [`Recorded::SHAPES`] has them. O(shapes).
    pub fn shape(self, turn: &Turn<'_>) -> Result<usize, Error> {
        Ok(self.find(turn)?.0)
    }

    fn find(self, turn: &Turn<'_>) -> Result<(usize, Row), Error> {
        let heap = &turn.heap;
        // Shapes are told apart by their names; of the one with the right name it matters in what it differs.
        let schema = heap.schema(heap.lo(heap.resolve(self.0.0, Kind::Record)? + 1)?)?;
        let named = T::SHAPES.iter().position(|shape| shape.name == schema.name());
        let number = named.unwrap_or(0);
        let shape = T::SHAPES.get(number).ok_or(Error::WrongType)?;
        Ok((number, heap.typed_row(self.0, shape)?))
    }

    /// A deep copy, in this party's holdings. O(size), without recursion; on an error nothing of it stays.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<Record<T>, Error> {
        self.0.copy(turn).map(Record::of)
    }

    /// What this record takes of the region's memory, its schema apart. O(fields).
    pub fn footprint(self, turn: &Turn<'_>) -> Result<Footprint, Error> {
        self.0.footprint(turn)
    }
}

impl<T: Recorded, V: Field> FieldOf<T, V> {
    #[cold]
    fn absent<'t>(self) -> Result<V::Get<'t>, Error> {
        self.default.and_then(|default| default().into_get()).ok_or(self.older())
    }

    #[cold]
    fn older(self) -> Error {
        Error::other_shape(self.shape, self.index as usize, How::Older)
    }
}

impl Heap<'_> {
    /// The record of a handle, which has this shape, or an earlier or later version of it. Three loads.
    #[inline(always)]
    pub(super) fn typed_row(&self, record: AnyRecord, shape: &'static Schema) -> Result<Row, Error> {
        let words = self.resolve_words::<2>(record.0, Kind::Record)?;
        let schema = u64::from_le(words[1]) as u32;
        let block = record.0.block();
        if self.word(schema.wrapping_add(2))? == shape.fingerprint {
            return Ok(Row { block, fields: shape.fields.len() as u32 });
        }
        self.other_row(block, schema, shape)
    }

    /// The same for a record of another version.
    #[cold]
    #[inline(never)]
    fn other_row(&self, block: u32, schema: u32, shape: &'static Schema) -> Result<Row, Error> {
        self.check_version(schema, shape)?;
        self.row(block)
    }
}

impl Turn<'_> {
    /// Stores what was made for a field.
    #[inline(always)]
    fn place(&mut self, row: Row, index: u32, made: Made<'_>) -> Result<(), Error> {
        let heap = &mut self.heap;
        let placed = match heap.prepare_made(made) {
            Ok(new) => match heap.store_cell(row.at(index), row.block, new) {
                Ok(0) => return Ok(()),
                Ok(old) => return heap.destroy_block(old).map(|_| ()),
                Err(error) => heap.discard(&new, error),
            },
            Err(error) => Err(error),
        };
        self.forget(made, placed)
    }

    /// Destroys what was made and could not be placed.
    #[cold]
    pub(super) fn forget(&mut self, made: Made<'_>, placed: Result<(), Error>) -> Result<(), Error> {
        if let Make::Fresh(object) = made.0 {
            self.heap.destroy_object(object)?;
        }
        placed
    }
}

/// A record being made; see [`Recorded::put`].
pub struct NewRecord<'a, 'p> {
    turn: &'a mut Turn<'p>,
    row: Row,
}

impl NewRecord<'_, '_> {
    /// Fills field `index`.
    pub fn put<V: Field>(&mut self, index: u32, value: &V) -> Result<(), Error> {
        if index >= self.row.fields {
            return Err(Error::out_of_range(index as usize, self.row.fields));
        }
        let made = V::make(value.lend(), self.turn)?;
        let heap = &mut self.turn.heap;
        let placed = match heap.prepare_made(made) {
            Ok(new) => match heap.fill_cell(self.row, index, new) {
                Ok(()) => return Ok(()),
                Err(error) => heap.discard(&new, error),
            },
            Err(error) => Err(error),
        };
        self.turn.forget(made, placed)
    }
}

/// A record being loaded; see [`Recorded::load`].
pub struct LoadRecord<'t, 'p> {
    turn: &'t Turn<'p>,
    row: Row,
}

impl LoadRecord<'_, '_> {
    /// Field `index`.
    pub fn load<V: Field>(&self, index: u32) -> Result<V, Error> {
        if index >= self.row.fields {
            return Err(Error::corrupt(self.row.block));
        }
        V::load(self.turn.heap.value(self.row.at(index))?, self.turn)
    }

    /// Field `index`, or what `default` says where the record was written before it came.
    pub fn load_or<V: Field>(&self, index: u32, default: fn() -> V) -> Result<V, Error> {
        if index >= self.row.fields { Ok(default()) } else { self.load(index) }
    }
}
