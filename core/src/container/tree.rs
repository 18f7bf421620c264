//! Trees: taken apart, and copied, without recursion and without memory of their own.
//!
//! Lists and maps know what they are in, so a walk can go down into a child and come back up. Destroying
//! always works at the last object of the container it is in, and shortens the container past it:
//!
//! ```text
//!   [ a, [ b, [ ] ] ]     down, down;  free []          each step an all-or-nothing operation of its own,
//!   [ a, [ b ] ]          free b, up;  free [ ]         so whoever finds the tree half taken apart
//!   [ a ]                 free a;      free the root    simply goes on
//! ```
//!
//! Copying needs no notes either: how far the copy of a container has got is how much is in it.

#![forbid(unsafe_code)]

use crate::{
    error::Error,
    handle::{Handle, OfKind},
    heap::{Form, Heap, Kind},
    value::CellAt,
};

impl Heap<'_> {
    /// Destroys a loose block and everything it owns. O(objects). Returns the free block that it became part of.
    pub(crate) fn destroy_block(&mut self, root: u32) -> Result<(u32, u32), Error> {
        // Most objects are texts or bytes, and own nothing.
        if self.header(root)?.form() == Form::Leaf {
            return self.free(root);
        }
        self.take_apart(root)
    }

    fn take_apart(&mut self, root: u32) -> Result<(u32, u32), Error> {
        let mut at = root;
        // Blocks that overlap can change each other on the way; then this is the end of it.
        let mut patience = self.end();
        loop {
            let header = self.header(at)?;
            match self.last_object(at, header)? {
                Some(last) => {
                    let child = self.header(last.object)?;
                    if self.last_object(last.object, child)?.is_some() {
                        patience = patience.checked_sub(1).ok_or(Error::corrupt(at))?;
                        // No circle can be entered: each step down is one that the way up confirms, and the root, which is
                        // loose, is in nothing. Without this, circles of long lists would keep us for hours.
                        if self.owner(last.object)? != at {
                            return Err(Error::corrupt(last.object));
                        }
                        at = last.object;
                        continue;
                    }
                    let object = last.object;
                    self.detach_last(last)?;
                    self.free_hollow(object)?;
                    patience = self.end();
                }
                None if at == root => return self.free_hollow(root),
                None => {
                    patience = patience.checked_sub(1).ok_or(Error::corrupt(at))?;
                    at = self.owner(at)?;
                }
            }
        }
    }

    /// Frees a loose block that owns no objects (any more), with its cells or table.
    fn free_hollow(&mut self, block: u32) -> Result<(u32, u32), Error> {
        let body = self.take_body(block)?;
        if body != 0 {
            self.free(body)?;
        }
        self.free(block)
    }

    /// Parts a container from its cells or table, which are loose then; 0 if it has none. It is empty from then on: whoever
    /// finds it after a death must not look for its elements at granule 0.
    pub(crate) fn take_body(&mut self, block: u32) -> Result<u32, Error> {
        let (body, counts) = match self.header(block)?.form() {
            Form::Cells => (self.body(block, Kind::Cells)?, 0),
            Form::Bytes => (self.body(block, Kind::Run)?, 0),
            Form::Table => (self.body(block, Kind::Table)?, block + 2),
            _ => (0, 0),
        };
        if body != 0 {
            self.atomically([block + 1, counts, body], |heap| {
                // A list's length is in this word, too; a map's counts are in the next.
                heap.set_word(block + 1, 0)?;
                if counts != 0 {
                    heap.set_word(counts, 0)?;
                }
                heap.detach(body)
            })?;
        }
        Ok(body)
    }

    /// The block of a container's cells or table, checked to be one; 0 if there is none yet.
    pub(crate) fn body(&self, container: u32, kind: Kind) -> Result<u32, Error> {
        let body = self.lo(container.wrapping_add(1))?;
        if body != 0 && !self.header(body)?.is_kind(kind) {
            return Err(Error::corrupt(container));
        }
        Ok(body)
    }

    /// A deep copy of a container, loose. O(size); on an error nothing of it stays.
    pub(crate) fn copy_container(&mut self, source: u32) -> Result<u32, Error> {
        let root = self.new_empty_like(source)?;
        match self.copy_into(source, root) {
            Ok(()) => Ok(root),
            Err(error) => {
                self.destroy_block(root)?;
                Err(error)
            }
        }
    }

    /// A deep copy of a container, in this party's holdings.
    pub(super) fn copy_held<C: OfKind>(&mut self, source: C) -> Result<Handle, Error> {
        let source = self.resolve(source.handle(), C::KIND)?;
        let copy = self.copy_container(source)?;
        self.count_held(1)?;
        self.handle(copy)
    }

    fn copy_into(&mut self, source: u32, root: u32) -> Result<(), Error> {
        let (mut from, mut to) = (source, root);
        // The copy that was finished last: behind a map's key comes its value.
        let mut done = 0;
        let mut patience = self.end();
        loop {
            patience = patience.checked_sub(1).ok_or(Error::corrupt(from))?;
            let below = match self.header(from)?.form() {
                Form::Cells | Form::Packed => self.copy_list_cells(from, to)?,
                Form::Table => match self.value_of_done(from, to, done)? {
                    None => self.copy_map_entries(from, to)?,
                    below => below,
                },
                Form::Row => self.copy_row_cells(from, to)?,
                _ => return Err(Error::corrupt(from)),
            };
            match below {
                Some((child, copy)) => (from, to, done) = (child, copy, 0),
                None if to == root => return Ok(()),
                None => (from, to, done) = (self.owner(from)?, self.owner(to)?, to),
            }
        }
    }

    /// The container, and its empty copy, that is the value of the key whose copy is done (0: none is).
    fn value_of_done(&self, from: u32, to: u32, done: u32) -> Result<Option<(u32, u32)>, Error> {
        if done == 0 {
            return Ok(None);
        }
        let (from, to) = (self.table(from)?, self.table(to)?);
        let Some(last) = to.used.checked_sub(1) else { return Ok(None) };
        let object_at =
            |at: CellAt| self.load_cell(at).and_then(|(payload, tag)| self.object_in(payload, tag));
        if object_at(to.key(last)?)? != done {
            return Ok(None);
        }
        let (value, copy) = (object_at(from.value(last)?)?, object_at(to.value(last)?)?);
        if copy == 0 {
            return Ok(None);
        }
        let form = self.header(copy)?.form();
        let below = matches!(form, Form::Cells | Form::Table | Form::Row | Form::Packed);
        Ok(below.then_some((value, copy)))
    }

    /// An empty loose container of the same kind.
    pub(crate) fn new_empty_like(&mut self, block: u32) -> Result<u32, Error> {
        let corrupt = Error::corrupt(block);
        let header = self.header(block)?;
        let kind = header.kind().ok_or(corrupt)?;
        match header.form() {
            Form::Cells => self.new_cells_block(kind),
            Form::Table => self.new_table_block(kind),
            Form::Row => self.new_row_like(block),
            Form::Packed => self.new_packed_like(block, kind),
            _ => Err(corrupt),
        }
    }

    /// A loose copy of the object in a cell: whole for a leaf, an array and a byte array, empty for a container (then `true`).
    pub(crate) fn copy_shallow(&mut self, object: u32) -> Result<(u32, bool), Error> {
        let header = self.header(object)?;
        match header.form() {
            Form::Bytes => return Ok((self.copy_byte_array(object)?, false)),
            Form::Array => return Ok((self.copy_array(object)?, false)),
            _ => {}
        }
        let Some(kind) = header.kind().filter(|_| header.form() == Form::Leaf) else {
            return Ok((self.new_empty_like(object)?, true));
        };
        let contents = header.granules().checked_sub(1).ok_or(Error::corrupt(object))?;
        let copy = self.allocate(header.granules(), kind)?;
        self.copy_granules(object + 1, copy + 1, contents)?;
        crate::door::publish();
        Ok((copy, false))
    }
}
