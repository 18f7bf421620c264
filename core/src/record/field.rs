//! Which Rust types a field can have, and what they are in a region.
//!
//! | Rust | in the cell | live |
//! |---|---|---|
//! | `bool`, `i8` to `i64`, `u8` to `u64`, `f32`, `f64`, `char`, `()` | itself | itself |
//! | `Option<T>` | null, or as `T` | `Option` |
//! | a type that derives `Record` | a record of its own | [`Record<T>`](crate::Record) |
//! | an enum without fields that derives `Fields` | the variant's name | itself |
//! | [`List`], [`Map`], [`Set`], [`Tuple`], their frozen forms, [`Instance`] | the object that the party has made and now places | the handle |
//! | tuples of one to six of these | a tuple | [`Tuple`] |
//! | feature `alloc`: `String`; `Vec<T>`, `[T; N]`, `VecDeque<T>`; `BTreeMap<K, V>`; `BTreeSet<T>`; `Box<T>` | text; list; map; set; as `T` | `&str`; [`List`]; [`Map`]; [`Set`]; as `T` |
//! | feature `heapless`: `String<N>`; `Vec<T, N>`; `LinearMap<K, V, N>` | text; list; map | `&str`; [`List`]; [`Map`] |
//! | feature `indexmap`: `IndexMap<K, V, S>`; `IndexSet<T, S>` | map; set | [`Map`]; [`Set`] |

#![forbid(unsafe_code)]

use super::{
    schema::Type,
    typed::{Record, Recorded},
};
use crate::{
    error::Error,
    handle::{FrozenMap, FrozenSet, Instance, List, Map, Set, Tuple},
    heap::Heap,
    turn::Turn,
    value::{Input, Item, Object, Prepared, Value, tag},
};

/// A type that a record's field can have.
///
/// Implemented by `#[derive(Record)]` for structs and enums, by `#[derive(Fields)]` for enums without fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a record's field",
    label = "a record cannot hold this",
    note = "fields are numbers, `bool`, `char`, `Option`, tuples of up to six, `cohabit`'s own handles, and types that `#[derive(Record)]` or `#[derive(Fields)]`",
    note = "`String`, `Vec`, arrays, `VecDeque`, `BTreeMap`, `BTreeSet` and `Box` need the feature `alloc` of `cohabit`; types of `heapless` and `indexmap` the features of these names"
)]
pub trait Field: Sized {
    /// Its name in schemas.
    const TYPE: Type;
    /// What reading it in place gives.
    type Get<'t>;
    /// What writing it in place takes.
    type Set<'v>
    where
        Self: 'v;

    /// The value, as writing takes it.
    fn lend(&self) -> Self::Set<'_>;

    /// What is to be stored in the cell. What this makes in the region is in this party's holdings.
    fn make<'v>(value: Self::Set<'v>, turn: &mut Turn<'_>) -> Result<Made<'v>, Error>
    where
        Self: 'v;

    /// The value in a cell, in place. O(1).
    fn get(value: Value<'_>) -> Result<Self::Get<'_>, Error>;

    /// The value in a cell, as this program's own.
    fn load(value: Value<'_>, turn: &Turn<'_>) -> Result<Self, Error>;

    /// The same from payload and tag, for types that need no more than these; `None` is no answer.
    #[inline(always)]
    fn peek<'t>(_payload: u64, _tag: u8) -> Option<Self::Get<'t>> {
        None
    }

    /// A default, as reading in place would give it; `None` where that would be something in the region.
    fn into_get<'t>(self) -> Option<Self::Get<'t>> {
        None
    }
}

/// What a field's cell is to hold, and whether it was made for that.
#[derive(Clone, Copy, Debug)]
pub struct Made<'v>(pub(super) Make<'v>);

#[derive(Clone, Copy, Debug)]
pub(super) enum Make<'v> {
    /// Payload and tag, as they will lie in the cell.
    Cell(u64, u8),
    Input(Input<'v>),
    Fresh(Object),
}

impl<'v> Made<'v> {
    /// A value to copy, or an object that the caller holds and hands over.
    #[inline(always)]
    pub fn of(input: impl Into<Input<'v>>) -> Made<'v> {
        Made(Make::Input(input.into()))
    }

    /// An object made just now: it is destroyed if it cannot be placed.
    #[inline(always)]
    pub fn fresh(object: impl Into<Object>) -> Made<'v> {
        Made(Make::Fresh(object.into()))
    }

    #[inline(always)]
    fn int(int: impl Into<i64>) -> Made<'v> {
        Made(Make::Cell(int.into() as u64, tag::INT))
    }

    #[inline(always)]
    fn float(float: impl Into<f64>) -> Made<'v> {
        Made(Make::Cell(float.into().to_bits(), tag::FLOAT))
    }

    /// As other places take it.
    pub(super) fn input(self) -> Input<'v> {
        match self.0 {
            Make::Cell(payload, tag) => Input::Item(Item { payload: payload.to_le_bytes(), tag }),
            Make::Input(input) => input,
            Make::Fresh(object) => Input::Object(object),
        }
    }
}

impl Heap<'_> {
    /// Brings it into the form of a cell.
    #[inline(always)]
    pub(super) fn prepare_made(&mut self, made: Made<'_>) -> Result<Prepared, Error> {
        match made.0 {
            Make::Cell(payload, tag) => Ok(Prepared::scalar(payload, tag)),
            _ => self.prepare(made.input()),
        }
    }
}

macro_rules! scalar {
    ($($kind:ty, $name:literal, $value:ident => $get:expr, $v:ident => $made:expr $(, $tag:pat => $peek:expr)?;)*) => {$(
        impl Field for $kind {
            const TYPE: Type = Type::named($name);
            type Get<'t> = $kind;
            type Set<'v> = $kind;

            #[inline(always)]
            fn lend(&self) -> $kind {
                *self
            }

            #[inline(always)]
            fn make<'v>($v: $kind, _: &mut Turn<'_>) -> Result<Made<'v>, Error>
            where
                Self: 'v,
            {
                Ok($made)
            }

            #[inline(always)]
            fn get($value: Value<'_>) -> Result<$kind, Error> {
                $get
            }

            #[inline(always)]
            fn load(value: Value<'_>, _: &Turn<'_>) -> Result<$kind, Error> {
                <Self as Field>::get(value)
            }

            $(
                #[inline(always)]
                fn peek<'t>(payload: u64, found: u8) -> Option<Self::Get<'t>> {
                    let peek: fn(u64) -> Option<$kind> = $peek;
                    if let $tag = found { peek(payload) } else { None }
                }
            )?

            #[inline(always)]
            fn into_get<'t>(self) -> Option<Self::Get<'t>> {
                Some(self)
            }
        }
    )*};
}

#[inline(always)]
fn whole<T: TryFrom<i64>>(value: Value<'_>) -> Result<T, Error> {
    let Value::Int(int) = value else { return Err(Error::WrongType) };
    T::try_from(int).map_err(|_| Error::WrongType)
}

scalar! {
    i8, "i8", value => whole(value), v => Made::int(v), tag::INT => |payload| (payload as i64).try_into().ok();
    i16, "i16", value => whole(value), v => Made::int(v), tag::INT => |payload| (payload as i64).try_into().ok();
    i32, "i32", value => whole(value), v => Made::int(v), tag::INT => |payload| (payload as i64).try_into().ok();
    i64, "i64", value => whole(value), v => Made::int(v), tag::INT => |payload| Some(payload as i64);
    u8, "u8", value => whole(value), v => Made::int(v), tag::INT => |payload| (payload as i64).try_into().ok();
    u16, "u16", value => whole(value), v => Made::int(v), tag::INT => |payload| (payload as i64).try_into().ok();
    u32, "u32", value => whole(value), v => Made::int(v), tag::INT => |payload| (payload as i64).try_into().ok();
    u64, "u64", value => match value {
        Value::Uint(int) => Ok(int),
        value => whole(value),
    }, v => if v <= i64::MAX as u64 { Made::int(v as i64) } else { Made(Make::Cell(v, tag::UINT)) }, tag::INT => |payload| (payload as i64).try_into().ok();
    bool, "bool", value => value.as_bool().ok_or(Error::WrongType), v => Made(Make::Cell(0, tag::FALSE + v as u8));
    f64, "f64", value => match value {
        Value::Float(float) => Ok(float),
        _ => Err(Error::WrongType),
    }, v => Made::float(v), tag::FLOAT => |payload| Some(f64::from_bits(payload));
    f32, "f32", value => match value {
        Value::Float(float) => Ok(float as f32),
        _ => Err(Error::WrongType),
    }, v => Made::float(v);
    char, "char", value => u32::get(value).and_then(|code| char::from_u32(code).ok_or(Error::WrongType)), v => Made::int(v as u32);
    (), "null", value => if value.is_null() { Ok(()) } else { Err(Error::WrongType) }, _v => Made(Make::Cell(0, tag::NULL));
    List, "list", value => value.as_list().ok_or(Error::WrongType), v => Made::of(v);
    Map, "map", value => value.as_map().ok_or(Error::WrongType), v => Made::of(v);
    Set, "set", value => value.as_set().ok_or(Error::WrongType), v => Made::of(v);
    Tuple, "tuple", value => value.as_tuple().ok_or(Error::WrongType), v => Made::of(v);
    FrozenSet, "frozen_set", value => value.as_frozen_set().ok_or(Error::WrongType), v => Made::of(v);
    FrozenMap, "frozen_map", value => value.as_frozen_map().ok_or(Error::WrongType), v => Made::of(v);
    Instance, "instance", value => value.as_instance().ok_or(Error::WrongType), v => Made::of(v);
}

impl<T: Field> Field for Option<T> {
    const TYPE: Type = Type::generic("option", &[T::TYPE]);
    type Get<'t> = Option<T::Get<'t>>;
    type Set<'v>
        = Option<T::Set<'v>>
    where
        T: 'v;

    fn lend(&self) -> Option<T::Set<'_>> {
        self.as_ref().map(T::lend)
    }

    fn make<'v>(value: Option<T::Set<'v>>, turn: &mut Turn<'_>) -> Result<Made<'v>, Error>
    where
        T: 'v,
    {
        value.map_or(Ok(Made::of(())), |value| T::make(value, turn))
    }

    fn get(value: Value<'_>) -> Result<Option<T::Get<'_>>, Error> {
        if value.is_null() { Ok(None) } else { T::get(value).map(Some) }
    }

    fn load(value: Value<'_>, turn: &Turn<'_>) -> Result<Option<T>, Error> {
        if value.is_null() { Ok(None) } else { T::load(value, turn).map(Some) }
    }

    fn into_get<'t>(self) -> Option<Option<T::Get<'t>>> {
        self.map_or(Some(None), |value| value.into_get().map(Some))
    }
}

/// A record that the party has made, to be placed as it is.
impl<T: Recorded> Field for Record<T> {
    const TYPE: Type = T::TYPE;
    type Get<'t> = Record<T>;
    type Set<'v>
        = Record<T>
    where
        T: 'v;

    fn lend(&self) -> Record<T> {
        *self
    }

    fn make<'v>(value: Record<T>, _: &mut Turn<'_>) -> Result<Made<'v>, Error>
    where
        T: 'v,
    {
        Ok(Made::of(value))
    }

    fn get(value: Value<'_>) -> Result<Record<T>, Error> {
        match value {
            Value::Record(record) => Ok(Record::of(record)),
            _ => Err(Error::WrongType),
        }
    }

    fn load(value: Value<'_>, _: &Turn<'_>) -> Result<Record<T>, Error> {
        <Self as Field>::get(value)
    }
}

/// An enum without fields, whose variants have names and numbers: `#[derive(Fields)]`.
///
/// The numbers serve as indices: a list whose elements have names is the quickest and smallest record there is.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// # use cohabit::{Config, Fields, Region, Value};
/// # let mut memory = vec![0u64; 512];
/// # let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
/// # let [mut party, _other] = region.split::<2>().unwrap();
/// #[derive(Fields, Clone, Copy)]
/// enum Motor {
///     Speed,
///     Torque,
/// }
/// # let mut turn = party.acquire().unwrap();
/// let motor = turn.new_list().unwrap();
/// motor.extend_ints(&mut turn, &[0; Motor::COUNT]).unwrap();
/// motor.set(&mut turn, Motor::Torque.index(), 7).unwrap();
/// assert_eq!(Motor::NAMES[1], "Torque");
/// # assert_eq!(motor.get(&turn, 1), Ok(Value::Int(7)));
/// # }
/// ```
pub trait Fields: Copy + 'static {
    /// The variants, in the order of their numbers.
    const ALL: &'static [Self];
    /// Their names.
    const NAMES: &'static [&'static str];
    /// How many there are.
    const COUNT: usize = Self::ALL.len();

    /// The variant's number, from 0 on.
    fn index(self) -> usize;

    /// The variant's name.
    fn name(self) -> &'static str {
        Self::NAMES.get(self.index()).copied().unwrap_or_default()
    }

    /// The variant of this name.
    fn named(name: &str) -> Option<Self> {
        let index = Self::NAMES.iter().position(|known| *known == name)?;
        Self::ALL.get(index).copied()
    }
}
