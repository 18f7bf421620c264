//! The auditor's look inside objects: what a block says of itself, and which other blocks it claims.

#![forbid(unsafe_code)]

use super::{
    Heap,
    audit::{AuditError, Claims, Fault, Seen, ensure},
    block::{Header, Kind},
    form::Form,
    head,
};
use crate::{
    container::{Hashed, Key, Patience},
    value::{CellAt, Value, leaf_skip, tag},
};

impl Heap<'_> {
    pub(super) fn audit_object(
        &self,
        at: u32,
        header: Header,
        kind: Kind,
        claimed: &mut Claims,
    ) -> Result<(), AuditError> {
        match header.form() {
            Form::Leaf if kind == Kind::Schema => self.audit_schema(at, header),
            Form::Leaf => self.audit_leaf(at, header.granules(), kind),
            Form::Array => ensure(self.is_sound_array(at), at, Fault::BadObject),
            Form::Cells => self.audit_list(at, claimed),
            Form::Table => self.audit_map(at, claimed),
            Form::Bytes => {
                match self.byte_array_run(at)? {
                    0 => {}
                    run => claimed.add(run),
                }
                Ok(())
            }
            Form::Row => self.audit_record(at, claimed),
            Form::Packed => self.audit_packed(at, claimed),
            Form::Message => match self.message_leaf(at)? {
                Some((leaf, kind)) => {
                    self.audit_leaf(leaf, header.granules().saturating_sub(leaf - at), kind)
                }
                None => self.audit_cell(Self::message_cell(at)?, at, claimed),
            },
            Form::Part => Ok(()),
        }
    }

    fn audit_leaf(&self, at: u32, granules: u32, kind: Kind) -> Result<(), AuditError> {
        let fits = leaf_skip(kind) as u64 + self.lo(at + 1)? as u64 <= granules as u64 * 8;
        ensure(fits && self.leaf_value(at, kind).is_ok(), at, Fault::BadObject)
    }

    fn audit_list(&self, at: u32, claimed: &mut Claims) -> Result<(), AuditError> {
        let list = self.cells(at)?;
        let block = self.body(at, Kind::Cells)?;
        if block == 0 {
            return ensure(list.len == 0 && list.cap == 0, at, Fault::BadObject);
        }
        claimed.add(block);
        let room = self.header(block)?.granules() as u64;
        let fits = 1 + list.cap as u64 + (list.cap as u64).div_ceil(8) <= room && list.len <= list.cap;
        ensure(fits, at, Fault::BadObject)?;
        (0..list.len).try_for_each(|index| self.audit_cell(list.at(index)?, at, claimed))
    }

    fn audit_map(&self, at: u32, claimed: &mut Claims) -> Result<(), AuditError> {
        let table = self.table(at)?;
        let block = self.body(at, Kind::Table)?;
        if block == 0 {
            return ensure(table.used == 0 && table.live == 0 && table.cap == 0, at, Fault::BadObject);
        }
        claimed.add(block);
        let fits = table.granules() <= self.header(block)?.granules() as u64 && table.used <= table.cap;
        ensure(fits, at, Fault::BadObject)?;
        let header = self.header(at)?;
        let is_set = header.is_kind(Kind::Set) || header.is_kind(Kind::FrozenSet);
        let is_instance = header.is_kind(Kind::Instance);
        let (mut live, entries, mut patience) = (0, Hashed::from(table), Patience::of(self));
        for index in 0..table.used {
            let (key_at, value_at) = (table.key(index)?, table.value(index)?);
            if self.byte(key_at.tag)? == tag::REMOVED {
                continue;
            }
            live += 1;
            self.audit_cell(key_at, at, claimed)?;
            self.audit_cell(value_at, at, claimed)?;
            ensure(!is_set || self.byte(value_at.tag)? == tag::NULL, value_at.payload, Fault::BadObject)?;
            if is_instance {
                self.audit_field(index, Key::try_from(self.value(key_at)?)?, value_at)?;
            }
            if let Some((hash, found)) = self.find_own(&entries, key_at, &mut patience)? {
                let hashed = self.lo(key_at.tag_granule())? == hash;
                ensure(hashed && found == Some(index), key_at.payload, Fault::BadObject)?;
            }
        }
        ensure(live == table.live && self.index_is_full(&table)?, at, Fault::BadObject)
    }

    fn audit_packed(&self, at: u32, claimed: &mut Claims) -> Result<(), AuditError> {
        ensure(self.is_sound_packed(at)?, at, Fault::BadObject)?;
        let list = self.cells(at)?;
        (0..list.len).try_for_each(|index| self.audit_cell(list.at(index)?, at, claimed))
    }

    /// The first entry of an instance is its class, under the key null; the others are its fields.
    fn audit_field(&self, index: u32, key: Key<'_>, value_at: CellAt) -> Result<(), AuditError> {
        let sound = match key {
            Key::Null => index == 0 && matches!(self.value(value_at)?, Value::Text(_)),
            Key::Text(_) => index > 0,
            _ => false,
        };
        ensure(sound, value_at.payload, Fault::BadObject)
    }

    fn audit_record(&self, at: u32, claimed: &mut Claims) -> Result<(), AuditError> {
        let row = self.row(at)?;
        // Schemas have one owner, the directory, and stay; so records do not claim theirs.
        let schema = self.lo(at + 1)?;
        let header = self.header(schema)?;
        ensure(header.is_kind(Kind::Schema) && header.holder().is_none(), at, Fault::BadReference)?;
        (0..row.fields).try_for_each(|index| self.audit_cell(row.at(index), at, claimed))
    }

    fn audit_schema(&self, at: u32, header: Header) -> Result<(), AuditError> {
        let fits = 16 + self.lo(at + 1)? as u64 <= header.granules() as u64 * 8;
        ensure(fits, at, Fault::BadObject)?;
        let schema = self.schema(at)?;
        ensure(schema.fields().count() == schema.len(), at, Fault::BadObject)
    }

    /// The map of schemas, if there is one: every entry is a schema under its fingerprint.
    #[inline(always)]
    pub(super) fn audit_directory(&self, seen: &mut Seen) -> Result<(), AuditError> {
        let directory = self.directory()?;
        if directory == 0 {
            return ensure(seen.audit.schemas == 0, head::SCHEMAS, Fault::Ownership);
        }
        ensure(self.header(directory)?.is_kind(Kind::Map), head::SCHEMAS, Fault::BadReference)?;
        seen.claimed.add(directory);
        seen.audit.maps = seen.audit.maps.saturating_sub(1);
        let table = self.table(directory)?;
        ensure(table.live == seen.audit.schemas, directory, Fault::Ownership)?;
        for index in 0..table.used {
            let (key, (payload, tag)) = (table.key(index)?, self.load_cell(table.value(index)?)?);
            let schema = self.object_in(payload, tag)?;
            let sound = tag == tag::OBJECT + Kind::Schema as u8
                && self.value(key)?.as_int() == Some(self.word(schema + 2)? as i64);
            ensure(sound, directory, Fault::BadObject)?;
        }
        Ok(())
    }

    fn audit_cell(&self, cell: CellAt, owner: u32, claimed: &mut Claims) -> Result<(), AuditError> {
        let (payload, tag) = self.load_cell(cell)?;
        let object = self.object_in(payload, tag)?;
        if object == 0 {
            return ensure(self.value(cell).is_ok(), cell.payload, Fault::BadObject);
        }
        claimed.add(object);
        let (word, half) = self.owner_word(object)?;
        ensure(word == 0 || self.half(word, half)? == owner, object, Fault::Ownership)
    }
}
