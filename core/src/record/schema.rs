//! Schemas as this program has them: constants that `#[derive(Record)]` writes.
//!
//! Fields stand in the order of the versions that brought them, so that each version's fields are the first ones of the next:
//! what an older program wrote is a record that ends early, and what a newer one wrote begins as expected.
//!
//! The fingerprint is of the names and types of all fields up to a version. Two programs agree when their fingerprints do, whatever
//! language and compiler they were made with.

#![forbid(unsafe_code)]

use core::fmt;

/// The type of a field, by its name: `u32`, `option<text>`, `list<Person>`, `Pair<i64, f64>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    name: &'static str,
    of: &'static [Type],
}

impl Type {
    /// A type without parameters.
    pub const fn named(name: &'static str) -> Type {
        Type { name, of: &[] }
    }

    /// A type with parameters.
    pub const fn generic(name: &'static str, of: &'static [Type]) -> Type {
        Type { name, of }
    }

    /// Gives the pieces of its spelling to `write`, in order.
    pub(super) fn spell<E>(&self, write: &mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        write(self.name.as_bytes())?;
        for (index, inner) in self.of.iter().enumerate() {
            write(if index == 0 { b"<" } else { b", " })?;
            inner.spell(write)?;
        }
        if self.of.is_empty() { Ok(()) } else { write(b">") }
    }

    const fn hash(&self, mut hash: u64) -> u64 {
        hash = fnv(hash, self.name.as_bytes());
        let mut index = 0;
        while index < self.of.len() {
            hash = fnv(hash, if index == 0 { b"<" } else { b", " });
            hash = self.of[index].hash(hash);
            index += 1;
        }
        if index == 0 { hash } else { fnv(hash, b">") }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        for (index, inner) in self.of.iter().enumerate() {
            write!(f, "{}{inner}", if index == 0 { "<" } else { ", " })?;
        }
        if self.of.is_empty() { Ok(()) } else { f.write_str(">") }
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Type {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str}", self.name);
        for (index, inner) in self.of.iter().enumerate() {
            defmt::write!(f, "{=str}{}", if index == 0 { "<" } else { ", " }, inner);
        }
        if !self.of.is_empty() {
            defmt::write!(f, ">");
        }
    }
}

/// A field of a [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FieldSchema {
    pub(super) name: &'static str,
    pub(super) kind: Type,
    pub(super) since: u16,
}

impl FieldSchema {
    /// A field that came with version `since` (1: it was always there).
    pub const fn new(name: &'static str, kind: Type, since: u16) -> FieldSchema {
        FieldSchema { name, kind, since }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// What a type of records looks like: its name, its fields, its version.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    pub(super) name: &'static str,
    pub(super) fields: &'static [FieldSchema],
    pub(super) version: u16,
    pub(super) fingerprint: u64,
    /// That of the version before; 0 if there is none.
    pub(super) previous: u64,
}

impl Schema {
    /// The schema of these fields, which stand in the order of their versions. Its own version is the last one's.
    pub const fn new(name: &'static str, fields: &'static [FieldSchema]) -> Schema {
        let version = if fields.is_empty() { 1 } else { fields[fields.len() - 1].since };
        let mut schema = Schema { name, fields, version, fingerprint: 0, previous: 0 };
        schema.fingerprint = schema.fingerprint_of(version);
        if version > 1 {
            schema.previous = schema.fingerprint_of(version - 1);
        }
        schema
    }

    /// Its name: that of the type, and for an enum `Type::Variant`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its fields, in the order in which records hold them.
    pub const fn fields(&self) -> &'static [FieldSchema] {
        self.fields
    }

    /// How many times fields have been added, and 1.
    pub const fn version(&self) -> u16 {
        self.version
    }

    /// A number that two schemas share if and only if their names and fields are the same (but for one chance in 2^64).
    pub const fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Fields there were in a version.
    pub(super) const fn fields_of(&self, version: u16) -> usize {
        let mut count = 0;
        while count < self.fields.len() && self.fields[count].since <= version {
            count += 1;
        }
        count
    }

    pub(super) const fn fingerprint_of(&self, version: u16) -> u64 {
        let mut hash = fnv(FNV, self.name.as_bytes());
        let (mut index, fields) = (0, self.fields_of(version));
        while index < fields {
            hash = fnv(fnv(hash, b"\0"), self.fields[index].name.as_bytes());
            hash = self.fields[index].kind.hash(fnv(hash, b"\0"));
            index += 1;
        }
        finish(hash)
    }
}

/// Where a fingerprint begins.
pub(super) const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, 64 bits.
pub(super) const fn fnv(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    hash
}

/// FNV-1a mixes its low bits poorly; the finaliser of SplitMix64.
pub(super) const fn finish(mut hash: u64) -> u64 {
    hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^= hash >> 31;
    if hash == 0 { 1 } else { hash }
}

/// `Person v2 { name: text, age: u32 }`.
impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{} {{", self.name, self.version)?;
        for (index, field) in self.fields.iter().enumerate() {
            write!(f, "{} {}: {}", if index == 0 { "" } else { "," }, field.name, field.kind)?;
        }
        f.write_str(" }")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Schema {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str} v{=u16}", self.name, self.version);
    }
}
