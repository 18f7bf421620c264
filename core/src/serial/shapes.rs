//! Which schemas the types have that were put and loaded last: what a party remembers, so that it need not look at them.
//!
//! Putting knows a name by where it lies in this program, which tells types apart well enough: their fields are compared in any
//! case. Loading compares once. What it found stays true, for schemas are as long as the region and the names of
//! fields as long as the program.

#![forbid(unsafe_code)]

use crate::{
    record::ShapeName,
    sync::{AtomicUsize, Ordering::Relaxed},
};

/// Types that a party remembers.
const KNOWN: usize = if cfg!(target_pointer_width = "64") { 16 } else { 4 };

/// A type that has been put.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Known {
    /// Where its name lies, and that of its variant.
    name: [usize; 2],
    /// How many fields it has.
    fields: u32,
    /// Its schema; schemas stay where they are.
    schema: u32,
}

/// What a party remembers between one value that is put or loaded and the next.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    known: [Known; KNOWN],
    /// The one that is forgotten next.
    oldest: usize,
    /// An object that was built, and has not been placed so far; 0: none.
    pub(super) built: u32,
    pub(super) likes: Likes,
}

fn places(name: ShapeName) -> [usize; 2] {
    [name.name.as_ptr().addr(), name.variant.map_or(0, |variant| variant.as_ptr().addr())]
}

impl Memory {
    /// The schema of a type with so many fields; 0 if it is not known.
    #[inline]
    pub(super) fn schema(&self, name: ShapeName, fields: u32) -> u32 {
        let name = places(name);
        let known = self.known.iter().find(|known| known.name == name && known.fields == fields);
        known.map_or(0, |known| known.schema)
    }

    pub(super) fn remember(&mut self, name: ShapeName, fields: u32, schema: u32) {
        let new = Known { name: places(name), fields, schema };
        if let Some(known) = self.known.get_mut(self.oldest) {
            *known = new;
        }
        self.oldest = (self.oldest + 1) % KNOWN;
    }

    /// Does not remember that schema any more, which is not that of the type.
    pub(super) fn forget(&mut self, name: ShapeName, schema: u32) {
        let name = places(name);
        let wrong = |known: &&mut Known| known.name == name && known.schema == schema;
        self.known.iter_mut().filter(wrong).for_each(|known| *known = Known::default());
    }
}

/// What a party remembers of types that were loaded. Loading has its turn as a shared reference, and parties may be shared between
/// threads: so these are atomics, which here cost what plain numbers do. Nobody else touches them during a turn.
#[derive(Debug, Default)]
pub(super) struct Likes {
    known: [Like; KNOWN],
    /// The one that is forgotten next.
    oldest: AtomicUsize,
}

/// A schema whose fields are named like those of a type, in the same order.
#[derive(Debug, Default)]
struct Like {
    schema: AtomicUsize,
    /// Where the type's names lie, and how many there are.
    names: AtomicUsize,
    len: AtomicUsize,
}

impl Likes {
    /// Whether a schema is known to have fields with these names, in this order. (All in registers, and not in every type's code.)
    #[inline(never)]
    pub(super) fn know(&self, schema: u32, names: &'static [&'static str]) -> bool {
        self.known.iter().any(|known| {
            known.schema.load(Relaxed) == schema as usize
                && known.names.load(Relaxed) == names.as_ptr().addr()
                && known.len.load(Relaxed) == names.len()
        })
    }

    pub(super) fn remember(&self, schema: u32, names: &'static [&'static str]) {
        let oldest = self.oldest.load(Relaxed);
        if let Some(known) = self.known.get(oldest) {
            known.schema.store(schema as usize, Relaxed);
            known.names.store(names.as_ptr().addr(), Relaxed);
            known.len.store(names.len(), Relaxed);
        }
        self.oldest.store((oldest + 1) % KNOWN, Relaxed);
    }
}
