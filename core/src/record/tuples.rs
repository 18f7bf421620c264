//! Fields that are Rust tuples of one to six values: tuples of the region, made as lists and frozen by one store.

#![forbid(unsafe_code)]

use super::{
    field::{Field, Made},
    schema::Type,
};
use crate::{
    error::Error,
    handle::{List, Tuple},
    turn::Turn,
    value::Value,
};

/// Adds a value at the end of a list.
pub(super) fn push<T: Field>(turn: &mut Turn<'_>, list: List, value: &T) -> Result<(), Error> {
    let made = T::make(value.lend(), turn)?;
    list.push(turn, made.input()).or_else(|error| turn.forget(made, Err(error)))
}

/// The tuple of a list that is ready, or what became of the list.
fn finished<'v>(turn: &mut Turn<'_>, list: List, pushed: Result<(), Error>) -> Result<Made<'v>, Error> {
    match pushed.and_then(|()| list.freeze(turn)) {
        Ok(tuple) => Ok(Made::fresh(tuple)),
        Err(error) => {
            turn.destroy(list)?;
            Err(error)
        }
    }
}

/// The tuple in a cell, if it has this length.
fn of_len(value: Value<'_>, len: usize, turn: &Turn<'_>) -> Result<Tuple, Error> {
    let tuple = value.as_tuple().ok_or(Error::WrongType)?;
    if tuple.len(turn)? == len { Ok(tuple) } else { Err(Error::WrongType) }
}

macro_rules! tuples {
    ($($len:literal: $($of:ident $index:tt)+;)*) => {$(
        impl<$($of: Field),+> Field for ($($of,)+) {
            const TYPE: Type = Type::generic("tuple", &[$($of::TYPE),+]);
            type Get<'t> = Tuple;
            type Set<'v>
                = &'v ($($of,)+)
            where
                Self: 'v;

            fn lend(&self) -> &Self {
                self
            }

            fn make<'v>(value: &'v Self, turn: &mut Turn<'_>) -> Result<Made<'v>, Error>
            where
                Self: 'v,
            {
                let list = turn.new_list()?;
                let pushed = (|| {
                    $(push(turn, list, &value.$index)?;)+
                    Ok(())
                })();
                finished(turn, list, pushed)
            }

            fn get(value: Value<'_>) -> Result<Tuple, Error> {
                value.as_tuple().ok_or(Error::WrongType)
            }

            fn load(value: Value<'_>, turn: &Turn<'_>) -> Result<Self, Error> {
                let tuple = of_len(value, $len, turn)?;
                Ok(($($of::load(tuple.get(turn, $index)?, turn)?,)+))
            }
        }
    )*};
}

tuples! {
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
}
