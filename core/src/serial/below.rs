//! Where reading has got to, and records: by the order of their fields where that is what the type expects, else by name.
//!
//! A type that serde derived takes its fields in either way. When they are named as the schema says, in the same order, giving
//! the values alone spares each name. A type written by hand may know names only, and refuse; then all is loaded again, each
//! record by its names. So nothing depends on the order of fields but the time it takes.

#![forbid(unsafe_code)]

use core::cell::Cell;

use ::serde::de::{Deserializer, Error as _, SeqAccess, Visitor};

use super::{
    SerdeError,
    access::{Contents, Elements, Entries, Named, Numbered},
    in_place::{InOrder, Run},
    read::Reader,
};
use crate::{
    error::Error,
    handle::{AnyRecord, Handle},
    heap::Kind,
    turn::Turn,
    value::Value,
};

/// One value being loaded.
pub(super) struct Loading<'t> {
    pub(super) turn: &'t Turn<'t>,
    /// Nothing but names.
    by_name: bool,
    /// Some type refused fields without their names.
    pub(super) refused: Cell<bool>,
    /// The variant read last: its schema, where the name of its enum lies, its own name.
    variant: Cell<(u32, usize, Option<&'t str>)>,
}

/// A record, found.
#[derive(Clone, Copy)]
pub(super) struct Fields<'l, 't> {
    pub(super) below: Below<'l, 't>,
    pub(super) record: AnyRecord,
    schema: u32,
    /// How many granules its block has.
    pub(super) granules: u32,
}

impl<'l, 't> Fields<'l, 't> {
    /// How many its schema has.
    pub(super) fn len(&self) -> Result<usize, Error> {
        Ok(self.below.at.turn.heap.hi(self.schema.wrapping_add(1))? as usize)
    }

    /// Its values, as if it were a list.
    pub(super) fn list<V: Visitor<'t>>(&self, visitor: V) -> Result<V::Value, SerdeError> {
        self.below.sequence(Run::of_record(self, self.len()?)?, visitor)
    }

    pub(super) fn reader(&self) -> Reader<'l, 't> {
        self.below.reader(Value::Record(self.record))
    }

    /// Those that a type names.
    #[inline]
    pub(super) fn named<V: Visitor<'t>>(
        &self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        if self.below.at.by_name || !self.below.at.is_same(self.schema, names)? {
            return self.below.by_names(self.record, names, visitor);
        }
        self.in_order(Run::of_record(self, names.len())?, visitor)
    }

    /// All in their order. (Its result is made where it is wanted, because this returns nothing else.)
    #[inline]
    fn in_order<V: Visitor<'t>>(&self, values: Run<'l, 't>, visitor: V) -> Result<V::Value, SerdeError> {
        let mut elements = Elements { values: InOrder(values) };
        let whole = visitor.visit_seq(&mut elements);
        if whole.is_err() || elements.size_hint() != Some(0) {
            self.below.at.refused.set(true);
        }
        whole
    }
}

impl<'t> Loading<'t> {
    pub(super) fn new(turn: &'t Turn<'_>, by_name: bool) -> Loading<'t> {
        Loading { turn, by_name, refused: Cell::new(false), variant: Cell::new((0, 0, None)) }
    }

    pub(super) fn reader(&self, value: Value<'t>) -> Reader<'_, 't> {
        Below { at: self, deeper: 128 }.reader(value)
    }

    /// Whether the fields of a schema are those of a type, in the same order.
    #[inline(always)]
    fn is_same(&self, schema: u32, fields: &'static [&'static str]) -> Result<bool, Error> {
        if self.turn.memory().likes.know(schema, fields) { Ok(true) } else { self.compare(schema, fields) }
    }

    /// The variant whose schema this is, of the enum with this name; `None` if it is that of a struct.
    #[inline]
    fn variant(&self, schema: u32, name: &'static str) -> Result<Option<&'t str>, Error> {
        let (known, of, variant) = self.variant.get();
        if (known, of) == (schema, name.as_ptr().addr()) {
            return Ok(variant);
        }
        let variant = self.turn.heap.variant_of(schema, name)?;
        self.variant.set((schema, name.as_ptr().addr(), variant));
        Ok(variant)
    }

    #[cold]
    #[inline(never)]
    fn compare(&self, schema: u32, fields: &'static [&'static str]) -> Result<bool, Error> {
        let same = !fields.is_empty() && self.turn.heap.has_fields(schema, fields)?;
        if same {
            self.turn.memory().likes.remember(schema, fields);
        }
        Ok(same)
    }
}

/// Where values are read from.
#[derive(Clone, Copy)]
pub(super) struct Below<'l, 't> {
    pub(super) at: &'l Loading<'t>,
    /// Levels that there may still be.
    pub(super) deeper: u8,
}

impl<'l, 't> Below<'l, 't> {
    #[inline]
    pub(super) fn reader(self, value: Value<'t>) -> Reader<'l, 't> {
        Reader { below: self, value, fields_only: false }
    }

    /// One level down.
    #[inline]
    pub(super) fn descend(self) -> Result<Below<'l, 't>, SerdeError> {
        let deeper = self.deeper.checked_sub(1).ok_or(SerdeError::TooDeep)?;
        Ok(Below { deeper, ..self })
    }

    /// Elements, all of which have to be asked for.
    #[inline]
    pub(super) fn sequence<D, V>(
        self,
        values: impl Iterator<Item = Result<D, Error>>,
        visitor: V,
    ) -> Result<V::Value, SerdeError>
    where
        D: Deserializer<'t, Error = SerdeError>,
        V: Visitor<'t>,
    {
        let mut elements = Elements { values };
        let whole = visitor.visit_seq(&mut elements)?;
        match elements.values.next() {
            None => Ok(whole),
            Some(_) => Err(too_many(elements.values.count())),
        }
    }

    /// The elements of a list, or of another kind of its form.
    #[inline]
    pub(super) fn list<V: Visitor<'t>>(
        self,
        list: Handle,
        kind: Kind,
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        self.sequence(Run::of_list(self, list, kind)?, visitor)
    }

    /// Entries, all of which have to be asked for.
    pub(super) fn entries<D, V>(
        self,
        entries: impl Iterator<Item = Result<(D, D), Error>>,
        visitor: V,
    ) -> Result<V::Value, SerdeError>
    where
        D: Deserializer<'t, Error = SerdeError>,
        V: Visitor<'t>,
    {
        let mut entries = Entries { entries, value: None };
        let whole = visitor.visit_map(&mut entries)?;
        match entries.entries.next() {
            None => Ok(whole),
            Some(_) => Err(SerdeError::custom("entries that nobody asked for")),
        }
    }

    /// Fields by their names.
    pub(super) fn fields<V: Visitor<'t>>(
        self,
        fields: impl Iterator<Item = Result<(&'t str, Value<'t>), Error>>,
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        let below = self.descend()?;
        let named = |(name, value)| (below.reader(Value::Text(name)), below.reader(value));
        self.entries(fields.map(|field| field.map(named)), visitor)
    }

    #[inline]
    fn find(self, record: AnyRecord) -> Result<Fields<'l, 't>, Error> {
        let (schema, granules) = self.at.turn.heap.row_schema(record)?;
        Ok(Fields { below: self, record, schema, granules })
    }

    /// A record for a type that names its fields.
    #[inline]
    pub(super) fn record<V: Visitor<'t>>(
        self,
        record: AnyRecord,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        self.find(record)?.named(names, visitor)
    }

    #[cold]
    #[inline(never)]
    fn by_names<V: Visitor<'t>>(
        self,
        record: AnyRecord,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        // A struct may stand for an enum, with a field for the variant.
        let variant = record.schema(self.at.turn)?.variant_put();
        if variant.is_some_and(|variant| names.contains(&variant)) {
            return self.untyped(record, visitor);
        }
        self.fields(record.iter(self.at.turn)?, visitor)
    }

    /// A record for a type that takes whatever is there: its fields, and those of a variant under its name.
    pub(super) fn untyped<V: Visitor<'t>>(
        self,
        record: AnyRecord,
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        let Some(variant) = record.schema(self.at.turn)?.variant_put() else {
            return self.fields(record.iter(self.at.turn)?, visitor);
        };
        let below = self.descend()?;
        let contents = Reader { fields_only: true, ..below.reader(Value::Record(record)) };
        self.entries(core::iter::once(Ok((below.reader(Value::Text(variant)), contents))), visitor)
    }

    /// A record whose name says of which variant it is.
    #[inline]
    pub(super) fn variant<V: Visitor<'t>>(
        self,
        name: &'static str,
        record: AnyRecord,
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        let below = self.descend()?;
        let fields = below.find(record)?;
        match self.at.variant(fields.schema, name)? {
            Some(name) => visitor.visit_enum(Named { name, contents: Contents::Fields(&fields) }),
            None => below.choose(fields.reader(), Contents::Nothing, visitor),
        }
    }

    /// A variant, and what is in it.
    pub(super) fn choose<V: Visitor<'t>>(
        self,
        variant: Reader<'l, 't>,
        contents: Contents<'_, 'l, 't>,
        visitor: V,
    ) -> Result<V::Value, SerdeError> {
        match variant.value {
            Value::Text(name) => visitor.visit_enum(Named { name, contents }),
            Value::Int(number @ 0..) => visitor.visit_enum(Numbered { number: number as u64, contents }),
            _ => Err(SerdeError::invalid_type(variant.unexpected(), &"the name or number of a variant")),
        }
    }
}

#[cold]
fn too_many(others: usize) -> SerdeError {
    SerdeError::custom(format_args!("{} elements too many", others + 1))
}
