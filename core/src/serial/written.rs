//! Texts that are only known by writing them: measured by one pass, stored by a second.

#![forbid(unsafe_code)]

use core::fmt::{self, Display, Write};

use super::loose::fresh;
use crate::{
    door,
    error::Error,
    heap::{Heap, Kind},
    value::{Input, Prepared, Value},
};

/// What fits here is written once.
const SHORT: usize = 64;

/// Keeps the first bytes, and counts all.
struct Counter {
    first: [u8; SHORT],
    len: usize,
}

impl Write for Counter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if let Some(room) = self.first.get_mut(self.len..self.len.saturating_add(text.len())) {
            room.copy_from_slice(text.as_bytes());
        }
        self.len = self.len.checked_add(text.len()).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// Fills a text's block from its first byte on.
struct Filler<'f, 'h> {
    heap: &'f mut Heap<'h>,
    block: u32,
    filled: usize,
    len: usize,
}

impl Write for Filler<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.filled.checked_add(text.len()).filter(|end| *end <= self.len).ok_or(fmt::Error)?;
        self.heap.fill_text(self.block, self.filled, text).map_err(|_| fmt::Error)?;
        self.filled = end;
        Ok(())
    }
}

impl Heap<'_> {
    /// A text as what a cell is to hold. [`Error::TooLarge`] if it cannot be written, or not twice the same.
    pub(super) fn prepare_written(&mut self, text: &dyn Display) -> Result<Prepared, Error> {
        let mut counter = Counter { first: [0; SHORT], len: 0 };
        write!(counter, "{text}").map_err(|_| Error::TooLarge)?;
        if let Some(short) = counter.first.get(..counter.len) {
            let short = core::str::from_utf8(short).map_err(|_| Error::TooLarge)?;
            return self.prepare(Input::Value(Value::Text(short)));
        }
        let block = self.new_leaf_uninit(Kind::Text, counter.len)?;
        let mut filler = Filler { heap: self, block, filled: 0, len: counter.len };
        let written = write!(filler, "{text}");
        if written.is_err() || filler.filled != counter.len {
            self.free(block)?;
            return Err(Error::TooLarge);
        }
        door::publish();
        fresh(self, block, Kind::Text)
    }
}
