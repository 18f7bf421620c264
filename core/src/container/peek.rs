//! Looking keys up, the short way: where a key nearly always is, the first slot of its first group whose tag fits.
//!
//! ```text
//!   handle --> table, mask --> group of the hash: tags --> number of the entry --> key: the one? its value
//! ```
//!
//! Three checks of bounds, no error, no call: lookups that do not wait for each other overlap in the processor, as many as its window
//! holds, so each instruction counts. Whatever is not found so, damage included, is `Unclear`: whole numbers get a second look
//! (`plain.rs`), and the search of `table.rs` says what it is.

#![forbid(unsafe_code)]

use super::{
    index::{Glance, Index},
    key::{Key, Query},
    table::{ENTRY, entry_of},
};
use crate::{
    error::Error,
    handle::{FrozenMap, FrozenSet, Instance, Map, OfKind, Set},
    hash::HashKind,
    heap::{Heap, Kind},
    value::{Value, payload_of, tag},
};

/// What a first look for a key found.
pub(super) enum Peek {
    /// Its value: payload, tag, granule of the payload.
    Value(u64, u8, u32),
    /// The key is not there.
    Nothing,
    /// Search.
    Unclear,
}

/// Maps and sets of all forms: how a value is found by its key. (That of an element of a set is null, or means nothing.)
pub(super) trait ByKey: OfKind {
    /// Looks where a key nearly always is. What it does not find at once it leaves to others, errors included.
    fn peek(self, heap: &Heap<'_>, hash: u32, is_it: impl FnOnce(u64, u8) -> bool) -> Peek;

    /// Looks for a whole number where the first look, by rapidhash, was not enough or not made. Any value of its is told.
    #[inline(always)]
    fn seek_int(self, heap: &Heap<'_>, int: i64) -> Peek {
        match heap.shape.hash {
            HashKind::Rapid => Peek::Unclear,
            _ => self.peek(heap, heap.hash_int(int), is_int(int)),
        }
    }

    /// The value of a key. O(1) expected.
    fn value_in<'h>(self, heap: &'h Heap<'_>, query: &Query<'_>) -> Result<Option<Value<'h>>, Error>;
}

/// Whether a key's cell is this whole number. (Other numbers may equal it, too: that is left to others.)
#[inline(always)]
fn is_int(int: i64) -> impl FnOnce(u64, u8) -> bool {
    move |payload, tag| payload == int as u64 && tag == tag::INT
}

macro_rules! by_key {
    ($($name:ident)*) => {$(
        impl ByKey for $name {
            #[inline(always)]
            fn peek(self, heap: &Heap<'_>, hash: u32, is_it: impl FnOnce(u64, u8) -> bool) -> Peek {
                heap.peek(self, hash, is_it)
            }

            #[cfg(target_pointer_width = "64")]
            #[inline(always)]
            fn seek_int(self, heap: &Heap<'_>, int: i64) -> Peek {
                heap.seek_int(self, int)
            }

            #[inline(always)]
            fn value_in<'h>(self, heap: &'h Heap<'_>, query: &Query<'_>) -> Result<Option<Value<'h>>, Error> {
                heap.value_in(self, query)
            }
        }
    )*};
}
by_key! { Map FrozenMap Set FrozenSet Instance }

impl Heap<'_> {
    /// The value of a key. O(1) expected.
    #[inline(never)]
    fn value_in<M: OfKind>(&self, map: M, query: &Query<'_>) -> Result<Option<Value<'_>>, Error> {
        let table = self.table_named(map)?;
        match self.find(&table, query)? {
            Some(found) => self.entry_value(&table, found.entry).map(Some),
            None => Ok(None),
        }
    }

    /// The value of a whole number. O(1) expected.
    #[inline(always)]
    pub(super) fn value_of_int<M: ByKey>(&self, map: M, int: i64) -> Result<Option<Value<'_>>, Error> {
        // No call but the last, so that nothing has to be saved from one: the processor has the more lookups in hand.
        if self.shape.hash != HashKind::Rapid {
            return self.value_of_int_elsewhere(map, int);
        }
        match map.peek(self, self.hash_int(int), is_int(int)) {
            Peek::Value(payload, tag::INT, _) => Ok(Some(Value::Int(payload as i64))),
            Peek::Value(payload, tag, at) => self.value_of(payload, tag, at).map(Some),
            Peek::Nothing => Ok(None),
            Peek::Unclear => self.value_of_int_elsewhere(map, int),
        }
    }

    #[inline(never)]
    fn value_of_int_elsewhere<M: ByKey>(&self, map: M, int: i64) -> Result<Option<Value<'_>>, Error> {
        match map.seek_int(self, int) {
            Peek::Value(payload, tag, at) => self.value_of(payload, tag, at).map(Some),
            Peek::Nothing => Ok(None),
            Peek::Unclear => map.value_in(self, &self.query(Key::Int(int))?),
        }
    }

    /// Whether a whole number is a key. O(1) expected.
    #[inline(always)]
    pub(super) fn has_int<M: ByKey>(&self, map: M, int: i64) -> Result<bool, Error> {
        // As above.
        if self.shape.hash != HashKind::Rapid {
            return self.has_int_elsewhere(map, int);
        }
        match map.peek(self, self.hash_int(int), is_int(int)) {
            Peek::Value(..) => Ok(true),
            Peek::Nothing => Ok(false),
            Peek::Unclear => self.has_int_elsewhere(map, int),
        }
    }

    #[inline(never)]
    fn has_int_elsewhere<M: ByKey>(&self, map: M, int: i64) -> Result<bool, Error> {
        match map.seek_int(self, int) {
            Peek::Value(..) => Ok(true),
            Peek::Nothing => Ok(false),
            Peek::Unclear => Ok(map.value_in(self, &self.query(Key::Int(int))?)?.is_some()),
        }
    }

    /// The value of a text or bytes. O(1) expected.
    #[inline(never)]
    pub(super) fn value_of_text<M: ByKey>(&self, map: M, text: &str) -> Result<Option<Value<'_>>, Error> {
        let bytes = text.as_bytes();
        let is_it = |key, tag| match bytes.len() {
            0..=8 => key == payload_of(bytes) && tag == tag::TEXT + bytes.len() as u8,
            _ => tag == tag::OBJECT + Kind::Text as u8 && self.leaf_is(key as u32, Kind::Text, bytes),
        };
        match map.peek(self, self.hash(bytes), is_it) {
            // What `value_of` does, too; but this way the result is made in its place.
            Peek::Value(payload, tag::INT, _) => Ok(Some(Value::Int(payload as i64))),
            Peek::Value(payload, tag, at) => self.value_of(payload, tag, at).map(Some),
            Peek::Nothing => Ok(None),
            Peek::Unclear => map.value_in(self, &self.query(Key::Text(text))?),
        }
    }

    /// Looks where a key nearly always is. What it does not find at once it leaves to others, errors included.
    #[inline(always)]
    fn peek<M: OfKind>(&self, map: M, hash: u32, is_it: impl FnOnce(u64, u8) -> bool) -> Peek {
        let Some(words) = self.named_words::<4>(map.handle(), M::KIND) else { return Peek::Unclear };
        let table = u64::from_le(words[1]);
        let index = Index::new(table as u32, (table >> 32) as u32);
        // Each with all that follows, whose distances are constants then. What is larger waits for its memory, whoever looks it up; and
        // where flash is short, one copy must do.
        if index.is_narrow() {
            if index.block() == 0 { Peek::Nothing } else { self.peek_in::<M, 3>(index, hash, is_it) }
        } else if cfg!(feature = "details") && index.is_middle() {
            self.peek_in::<M, 4>(index, hash, is_it)
        } else {
            Peek::Unclear
        }
    }

    #[inline(always)]
    fn peek_in<M: OfKind, const STRIDE: usize>(
        &self,
        index: Index,
        hash: u32,
        is_it: impl FnOnce(u64, u8) -> bool,
    ) -> Peek {
        let step = const { entry_of(M::KIND as u8) };
        match self.glance_at::<STRIDE>(index, hash) {
            Glance::Entry(doubled) => {
                // Not to be halved where an entry has two granules.
                let granules = if step == 2 { doubled } else { (doubled >> 1).wrapping_mul(step) };
                let entry = index.end_at::<STRIDE>().wrapping_add(granules);
                if step == ENTRY {
                    if let Ok([key, value, marks]) = self.words_at::<{ ENTRY as usize }>(entry) {
                        // As bytes, which are compared in place.
                        let marks = bytemuck::cast_ref::<u64, [u8; 8]>(marks);
                        if is_it(u64::from_le(*key), marks[4]) {
                            return Peek::Value(u64::from_le(*value), marks[5], entry + 1);
                        }
                    }
                } else if let Ok([key, marks]) = self.words_at(entry)
                    && is_it(u64::from_le(*key), bytemuck::cast_ref::<u64, [u8; 8]>(marks)[4])
                {
                    return Peek::Value(0, tag::NULL, entry);
                }
                Peek::Unclear
            }
            Glance::Nothing => Peek::Nothing,
            Glance::Unclear => Peek::Unclear,
        }
    }
}
