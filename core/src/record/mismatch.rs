//! How a record differs from the type it was to be read as; with the feature `details`, errors say it.

#![forbid(unsafe_code)]

#[cfg(feature = "details")]
use core::fmt;

use super::schema::Schema;
use crate::error::Error;

/// How a record differs from the type it was to be read as.
#[cfg(feature = "details")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Mismatch {
    wanted: &'static Schema,
    field: u16,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) enum How {
    /// The record is of a type with another name.
    Name,
    /// It has no such field.
    Missing,
    /// Its field of this name has another type.
    Type,
    /// It has more fields, and is of no later version.
    More,
    /// It was written before the field came.
    Older,
}

impl Error {
    /// That field `field` of the shape asked for is the first to differ.
    #[cold]
    pub(super) fn other_shape(wanted: &'static Schema, field: usize, how: How) -> Error {
        #[cfg(not(feature = "details"))]
        let _ = (wanted, field, how);
        Error::OtherShape(
            #[cfg(feature = "details")]
            Mismatch { wanted, field: field as u16, how },
        )
    }
}

#[cfg(feature = "details")]
impl Mismatch {
    /// The name of the type asked for.
    pub const fn record(&self) -> &'static str {
        self.wanted.name
    }

    /// The field in question, if the type asked for has it.
    pub fn field(&self) -> Option<&'static str> {
        if self.how == How::Name { None } else { self.wanted.fields.get(self.field as usize).map(|f| f.name) }
    }
}

#[cfg(feature = "details")]
impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (record, field) = (self.wanted.name, self.field().unwrap_or_default());
        match self.how {
            How::Name => write!(f, "the record is no {record}; look at its schema's name"),
            How::Missing => {
                write!(
                    f,
                    "the record has no field `{field}` where {record} has it; give it a version: `since`"
                )
            }
            How::Type => write!(f, "the record's field `{field}` is of another type than that of {record}"),
            How::More => {
                write!(f, "the record has more fields than the {} of {record}", self.wanted.fields.len())
            }
            How::Older => {
                write!(
                    f,
                    "the record is older than the field `{field}` of {record}; load it and place a new one"
                )
            }
        }
    }
}
