//! The directory: a map from fingerprint to schema, so that each schema is stored once.
//!
//! The map is made with the first record; a half-word of the heap's head says where it is. Schemas are never destroyed: there
//! are as many as the parties' programs have types, and records need not count who uses them.
//!
//! Storing one is an insertion into a map: a death before leaves it loose, and recovery destroys it.

#![forbid(unsafe_code)]

use super::{schema::Schema, stored::HEAD};
use crate::{
    container::Key,
    door,
    error::Error,
    heap::{Heap, Kind, SCHEMAS, block},
    value::{Prepared, tag},
};

impl Heap<'_> {
    /// The directory's map; 0: no record has been made yet.
    pub(crate) fn directory(&self) -> Result<u32, Error> {
        self.hi(SCHEMAS)
    }

    /// The block of a schema, which is stored if it is new.
    pub(super) fn intern(&mut self, schema: &Schema) -> Result<u32, Error> {
        match self.stored(schema.fingerprint)? {
            Some(block) => Ok(block),
            None => self.store_schema(schema),
        }
    }

    /// The block of the schema with this fingerprint, if it has been stored.
    #[inline(always)]
    pub(super) fn stored(&self, fingerprint: u64) -> Result<Option<u32>, Error> {
        let directory = self.directory()?;
        if directory == 0 {
            return Ok(None);
        }
        let table = self.table(directory)?;
        let Some(found) = self.find(&table, &self.query(Key::Int(fingerprint as i64))?)? else {
            return Ok(None);
        };
        let (payload, tag) = self.load_cell(table.value(found.entry)?)?;
        self.object_in(payload, tag).map(Some)
    }

    #[cold]
    #[inline(never)]
    fn store_schema(&mut self, schema: &Schema) -> Result<u32, Error> {
        let directory = self.directory_made()?;
        let object = self.new_schema(schema)?;
        self.enter(directory, schema.fingerprint, object)
    }

    /// The directory's map, made if need be.
    #[inline(always)]
    pub(super) fn directory_made(&mut self) -> Result<u32, Error> {
        match self.directory()? {
            0 => self.make_directory(),
            directory => Ok(directory),
        }
    }

    /// Has the directory lead to a schema that is loose so far.
    #[inline(always)]
    pub(super) fn enter(&mut self, directory: u32, fingerprint: u64, object: u32) -> Result<u32, Error> {
        let query = self.query(Key::Int(fingerprint as i64))?;
        let payload = self.handle(object)?.bits();
        let new = Prepared { payload, tag: tag::OBJECT + Kind::Schema as u8, object, fresh: true };
        let table = self.table(directory)?;
        self.insert_entry(table, &query, &new).or_else(|error| self.discard(&new, error))?;
        Ok(object)
    }

    fn make_directory(&mut self) -> Result<u32, Error> {
        let map = self.new_table_block(Kind::Map)?;
        self.atomically([map, SCHEMAS], |heap| {
            let hi = heap.hi(map)?;
            heap.set_hi(map, block::make_owned(hi))?;
            heap.set_hi(SCHEMAS, map)
        })?;
        Ok(map)
    }

    /// A loose block with the schema written out.
    fn new_schema(&mut self, schema: &Schema) -> Result<u32, Error> {
        let mut len = HEAD - 16;
        schema.write(&mut |piece| {
            len += piece.len();
            Ok(())
        })?;
        // Names and types of at most 255 bytes keep this far below what a block can hold.
        let granules = (16 + len).div_ceil(8) as u32;
        let block = self.allocate(granules, Kind::Raw)?;
        let filled = self.fill_schema(block, len, schema);
        if filled.is_err() {
            self.free(block)?;
        }
        filled.map(|()| block)
    }

    fn fill_schema(&mut self, block: u32, len: usize, schema: &Schema) -> Result<(), Error> {
        self.set_word(block + 1, (schema.fields.len() as u64) << 32 | len as u64)?;
        self.set_word(block + 2, schema.fingerprint)?;
        self.set_word(block + 3, (schema.name.len() as u64) << 32 | schema.version as u64)?;
        let mut at = HEAD;
        schema.write(&mut |piece| {
            self.copy_in(block, at, piece)?;
            at += piece.len();
            Ok(())
        })?;
        door::publish();
        let hi = self.hi(block)?;
        self.set_hi(block, block::make_kind(hi, Kind::Schema))
    }
}

impl Schema {
    /// Gives what follows the head to `write`, piece by piece.
    fn write(&self, write: &mut dyn FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
        for version in 1..self.version {
            write(&self.fingerprint_of(version).to_le_bytes())?;
        }
        write(self.name.as_bytes())?;
        for field in self.fields {
            let mut kind = 0;
            field.kind.spell(&mut |piece: &[u8]| {
                kind += piece.len();
                Ok::<(), Error>(())
            })?;
            let lengths = [field.name.len(), kind].map(u8::try_from);
            let [Ok(name), Ok(kind)] = lengths else { return Err(Error::TooLarge) };
            let [low, high] = field.since.to_le_bytes();
            write(&[low, high, name, kind])?;
            write(field.name.as_bytes())?;
            field.kind.spell(write)?;
        }
        Ok(())
    }
}
