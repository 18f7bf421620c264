//! Fast frozen maps and sets: built once, in one block, never changed; the smallest and the quickest to read.
//!
//! ```text
//!   FastMap | header | here, len | cap, owner | mask, 0 | group 0 .. mask of the index | key 0 | value 0 | key 1 | ... | cap tags |
//!   FastSet | header | here, len | cap, owner | mask, 0 | group 0 .. mask of the index | key 0 | key 1 | ...           | cap tags |
//! ```
//!
//! It reads like a list whose cells are in its own block: `here` is the granule before them, and `len` is `cap`. So it is filled and
//! taken apart as lists are, the end of a list going with each object of which it is relieved. Entries stand in the order in which
//! their keys came. The index is that of a map's table (`index.rs`), and so are the granules that a large one leaves before itself.
//!
//! While one is built it is a loose list whose length grows, so a death drops it; nobody knows it until it is whole.

#![forbid(unsafe_code)]

use super::{
    compare::Patience,
    hashed::Hashed,
    index::{Glance, Index},
    key::Query,
    peek::{ByKey, Peek},
};
use crate::{
    error::Error,
    handle::{FastMap, FastSet, FrozenMap, FrozenSet, Handle, Map, OfKind, Set},
    heap::{Heap, Kind, block},
    turn::Turn,
    value::{CellAt, Prepared, Value},
};

/// Granules before the index.
const HEAD: u32 = 4;
/// The most cells.
const MAX_CELLS: u32 = 1 << 29;

/// Cells of an entry.
#[inline(always)]
const fn cells_of(kind: Kind) -> u32 {
    if let Kind::FastMap = kind { 2 } else { 1 }
}

macro_rules! to_fast {
    ($($from:ident => $to:ident, $what:literal;)*) => {$(
        impl $from {
            #[doc = concat!("A fast frozen copy, in this party's holdings: of everything in it, and ", $what)]
            ///
            /// O(size), without recursion. One allocation, and those of long texts and containers in it; on an error nothing of it stays.
            pub fn to_fast(self, turn: &mut Turn<'_>) -> Result<$to, Error> {
                let source = self.table(&turn.heap)?;
                turn.heap.pack(source.into(), $to::KIND).map($to)
            }
        }
    )*};
}
to_fast! {
    Map => FastMap, "of as few bytes as that needs: 18 an entry, and 3 to 7 of index (5 to 10 if there are more than 28,672, 6 to 12 above 3,670,016).";
    FrozenMap => FastMap, "of as few bytes as that needs: 18 an entry, and 3 to 7 of index (5 to 10 if there are more than 28,672, 6 to 12 above 3,670,016).";
    Set => FastSet, "of as few bytes as that needs: 9 an element, and 3 to 7 of index (5 to 10 if there are more than 28,672, 6 to 12 above 3,670,016).";
    FrozenSet => FastSet, "of as few bytes as that needs: 9 an element, and 3 to 7 of index (5 to 10 if there are more than 28,672, 6 to 12 above 3,670,016).";
}

/// A packed block with room for so many cells: how large it is, and where things are.
#[derive(Clone, Copy)]
struct Layout {
    mask: u32,
    /// Granules for the index.
    index: u32,
    cells: u32,
}

impl Layout {
    fn new(entries: u32, kind: Kind) -> Result<Layout, Error> {
        let cells = entries.checked_mul(cells_of(kind)).ok_or(Error::TooLarge)?;
        if cells > MAX_CELLS {
            return Err(Error::TooLarge);
        }
        let mask = Index::mask_for(entries)?;
        let index = index_of(0, mask).granules().ok_or(Error::TooLarge)?;
        Ok(Layout { mask, index, cells })
    }

    /// The granule before the cells, which come right behind the index, wherever that begins.
    fn here(&self, block: u32) -> u32 {
        index_of(block, self.mask).end() - 1
    }

    /// Granules of the block.
    fn granules(&self) -> u32 {
        HEAD + self.index + self.cells + self.cells.div_ceil(8)
    }
}

/// Where the index of a packed block is.
#[inline(always)]
fn index_of(block: u32, mask: u32) -> Index {
    Index::new(block.wrapping_add(HEAD - 1), mask)
}

impl FastMap {
    /// A map of the same keys and deep copies of their values, in this party's holdings. O(size), without recursion; on an
    /// error nothing of it stays.
    pub fn to_map(self, turn: &mut Turn<'_>) -> Result<Map, Error> {
        let source = self.table(&turn.heap)?;
        turn.heap.unpack(source, Kind::Map).map(Map)
    }

    /// A deep copy, in this party's holdings. O(size), without recursion; on an error nothing of it stays.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<FastMap, Error> {
        turn.heap.copy_held(self).map(FastMap)
    }
}

impl FastSet {
    /// A set of the same elements, in this party's holdings. O(size); on an error nothing of it stays.
    pub fn to_set(self, turn: &mut Turn<'_>) -> Result<Set, Error> {
        let source = self.table(&turn.heap)?;
        turn.heap.unpack(source, Kind::Set).map(Set)
    }

    /// A deep copy, in this party's holdings. O(size); on an error nothing of it stays.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<FastSet, Error> {
        turn.heap.copy_held(self).map(FastSet)
    }
}

macro_rules! packed {
    ($($name:ident)*) => {$(
        impl $name {
            #[inline(always)]
            pub(crate) fn table(self, heap: &Heap<'_>) -> Result<Hashed, Error> {
                heap.packed_of(self.0.block(), Self::KIND, heap.resolve_words(self.0, Self::KIND)?)
            }

            #[inline(always)]
            pub(super) fn find(self, heap: &Heap<'_>, query: &Query<'_>) -> Result<(Hashed, Option<u32>), Error> {
                let packed = self.table(heap)?;
                Ok((packed, heap.find_in(&packed, query)?))
            }
        }
    )*};
}
packed! { FastMap FastSet }

impl ByKey for FastMap {
    #[inline(always)]
    fn peek(self, heap: &Heap<'_>, hash: u32, is_it: impl FnOnce(u64, u8) -> bool) -> Peek {
        heap.peek_packed::<2, FastMap>(self, hash, is_it)
    }

    #[inline(never)]
    fn value_in<'h>(self, heap: &'h Heap<'_>, query: &Query<'_>) -> Result<Option<Value<'h>>, Error> {
        match self.find(heap, query)? {
            (packed, Some(entry)) => heap.value(packed.value(packed.key(entry))).map(Some),
            (_, None) => Ok(None),
        }
    }
}

impl ByKey for FastSet {
    #[inline(always)]
    fn peek(self, heap: &Heap<'_>, hash: u32, is_it: impl FnOnce(u64, u8) -> bool) -> Peek {
        heap.peek_packed::<1, FastSet>(self, hash, is_it)
    }

    #[inline(never)]
    fn value_in<'h>(self, heap: &'h Heap<'_>, query: &Query<'_>) -> Result<Option<Value<'h>>, Error> {
        Ok(self.find(heap, query)?.1.map(|_| Value::Null))
    }
}

impl Heap<'_> {
    /// Looks where a key nearly always is, in a packed block with so many cells an entry. The last of them is its value.
    #[inline(always)]
    fn peek_packed<const CELLS: usize, C: OfKind>(
        &self,
        packed: C,
        hash: u32,
        is_it: impl FnOnce(u64, u8) -> bool,
    ) -> Peek {
        let Ok(words) = self.resolve_words::<{ HEAD as usize }>(packed.handle(), C::KIND) else {
            return Peek::Unclear;
        };
        let [_, here, cells, mask] = words.map(u64::from_le);
        match self.glance(index_of(packed.handle().block(), mask as u32), hash) {
            Glance::Entry(doubled) => {
                let number = doubled / 2;
                let first = (here as u32).wrapping_add(1);
                let key = first.wrapping_add(number.wrapping_mul(CELLS as u32));
                let tags = (first.wrapping_add(cells as u32) as usize).wrapping_mul(8);
                let tags = tags.wrapping_add((number as usize).wrapping_mul(CELLS));
                if let (Ok(payloads), Ok(tags)) = (self.words_at::<CELLS>(key), self.bytes_at::<CELLS>(tags))
                    && let ([payload, ..], [tag, ..]) = (&payloads[..], &tags[..])
                    && let ([.., value], [.., value_tag]) = (&payloads[..], &tags[..])
                    && is_it(u64::from_le(*payload), *tag)
                {
                    return Peek::Value(u64::from_le(*value), *value_tag, key.wrapping_add(CELLS as u32 - 1));
                }
                Peek::Unclear
            }
            Glance::Nothing => Peek::Nothing,
            Glance::Unclear => Peek::Unclear,
        }
    }

    /// The packed map or set in this block.
    pub(crate) fn packed(&self, block: u32) -> Result<Hashed, Error> {
        let map = self.header(block)?.is_kind(Kind::FastMap);
        self.packed_of(block, if map { Kind::FastMap } else { Kind::FastSet }, self.words_at(block)?)
    }

    /// The one whose block begins with these words; checked to be inside the heap, so that a search in its index is no longer
    /// than that.
    #[inline(always)]
    fn packed_of(&self, block: u32, kind: Kind, words: &[u64; HEAD as usize]) -> Result<Hashed, Error> {
        let [_, here, cells, mask] = words.map(u64::from_le);
        let (index, here, cells) = (index_of(block, mask as u32), here as u32, cells as u32);
        let cells_end = here as u64 + 1 + cells as u64 + cells.div_ceil(8) as u64;
        if index.end_within(self.end()).is_none() || cells_end > self.end() as u64 {
            return Err(Error::corrupt(block));
        }
        let (payload, step) = (here + 1, cells_of(kind));
        Ok(Hashed {
            block,
            index: Some(index),
            first: CellAt { payload, tag: (payload as usize + cells as usize) * 8 },
            step: (step, step),
            used: cells / step,
            live: cells / step,
            has_values: step == 2,
        })
    }

    /// A packed copy of a map or set, in this party's holdings.
    fn pack(&mut self, source: Hashed, kind: Kind) -> Result<Handle, Error> {
        let layout = Layout::new(source.live, kind)?;
        let new = self.new_packed(kind, &layout)?;
        self.clear_index(index_of(new, layout.mask))?;
        if let Err(error) = self.fill_packed(new, index_of(new, layout.mask), source, kind) {
            self.destroy_block(new)?;
            return Err(error);
        }
        self.count_held(1)?;
        self.handle(new)
    }

    /// A loose packed block without a cell in it yet; its index is still to be written.
    fn new_packed(&mut self, kind: Kind, layout: &Layout) -> Result<u32, Error> {
        let new = self.allocate(layout.granules(), Kind::Raw)?;
        self.set_word(new + 1, layout.here(new) as u64)?;
        self.set_word(new + 2, layout.cells as u64)?;
        self.set_word(new + 3, layout.mask as u64)?;
        let hi = self.hi(new)?;
        self.set_hi(new, block::make_kind(hi, kind))?;
        Ok(new)
    }

    fn fill_packed(&mut self, new: u32, index: Index, source: Hashed, kind: Kind) -> Result<(), Error> {
        let (mut next, mut number, mut patience) = (0, 0, Patience::of(self));
        while let Some((entry, key)) = self.live_from(&source, next)? {
            if number == source.live {
                return Err(Error::corrupt(source.block));
            }
            let hash = self.hash_at(&source, key, &mut patience)?;
            self.push_copy(new, key)?;
            if cells_of(kind) == 2 {
                self.push_copy(new, source.value(key))?;
            }
            let slot = self.free_slot(index, hash)?;
            self.set_number(index, slot, number)?;
            self.use_slot(slot, hash)?;
            (next, number) = (entry + 1, number + 1);
        }
        if number == source.live { Ok(()) } else { Err(Error::corrupt(source.block)) }
    }

    /// Adds a deep copy of what a cell holds. There is room for it.
    fn push_copy(&mut self, new: u32, cell: CellAt) -> Result<(), Error> {
        let copy = self.copy_deep(cell)?;
        self.push_cell(self.cells(new)?, &copy).or_else(|error| self.discard_copy(&copy, error))
    }

    /// A map or set with copies of the entries, in this party's holdings.
    fn unpack(&mut self, source: Hashed, kind: Kind) -> Result<Handle, Error> {
        let new = self.new_table_block(kind)?;
        if let Err(error) = self.copy_entries(source, new) {
            self.destroy_block(new)?;
            return Err(error);
        }
        self.count_held(1)?;
        self.handle(new)
    }

    fn copy_entries(&mut self, source: Hashed, new: u32) -> Result<(), Error> {
        let mut patience = Patience::of(self);
        for entry in 0..source.used {
            let key = source.key(entry);
            let hash = self.hash_at(&source, key, &mut patience)?;
            let value = match source.has_values {
                true => self.copy_deep(source.value(key))?,
                false => Prepared::NULL,
            };
            let table = self.table(new)?;
            self.copy_key(&table, hash, key, &value).or_else(|error| self.discard_copy(&value, error))?;
        }
        Ok(())
    }

    /// An empty copy of a packed block, with the whole index: the cells that it leads to are about to come.
    pub(super) fn new_packed_like(&mut self, source: u32, kind: Kind) -> Result<u32, Error> {
        let (entries, len) = (self.packed(source)?.used, self.hi(source + 1)?);
        let layout = Layout::new(entries, kind)?;
        if len != layout.cells || self.lo(source + 3)? != layout.mask {
            return Err(Error::corrupt(source));
        }
        let new = self.new_packed(kind, &layout)?;
        self.copy_index(index_of(source, layout.mask), index_of(new, layout.mask))?;
        Ok(new)
    }

    /// Whether a packed block says what it should of itself, and every key is found, and nothing else. O(entries).
    pub(crate) fn is_sound_packed(&self, block: u32) -> Result<bool, Error> {
        let (packed, list, mask) = (self.packed(block)?, self.cells(block)?, self.word(block + 3)?);
        let layout = Layout::new(packed.used, self.header(block)?.kind().ok_or(Error::corrupt(block))?)?;
        let whole = list.len == list.cap && list.cap == layout.cells && list.cells == layout.here(block);
        if !whole || mask != layout.mask as u64 || layout.granules() > self.header(block)?.granules() {
            return Ok(false);
        }
        let mut patience = Patience::of(self);
        for entry in 0..packed.used {
            let found = self.find_own(&packed, packed.key(entry), &mut patience)?;
            if found.is_some_and(|(_, found)| found != Some(entry)) {
                return Ok(false);
            }
        }
        Ok(self.slots_taken(index_of(block, layout.mask))? == packed.used)
    }
}
