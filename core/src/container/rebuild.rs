//! A map's table made anew: larger, smaller, or without its removed entries.
//!
//! ```text
//!   old  | index | 0 | 1 | - | 3 | - |      entries keep their order and lose their gaps;
//!                  |   |      \             their hashes stand in them, so no key is looked at
//!   new  | index | 0 | 1 | 3 |   |   |   |
//! ```
//!
//! It is built aside, in a loose block, and put in the old one's place by one journaled step: who dies before leaves a loose
//! block, and who dies after leaves the old one as that. Nothing is placed or destroyed meanwhile, as objects keep their owner:
//! the map, not its table.

#![forbid(unsafe_code)]

use super::{index::Index, table::Table};
use crate::{
    error::Error,
    heap::{Heap, Kind, block},
    value::tag,
};

impl Heap<'_> {
    /// Makes room for one more entry. O(1), or O(entries) when the table has to be rebuilt.
    pub(super) fn reserve_entry(&mut self, table: Table) -> Result<Table, Error> {
        if table.live > table.used {
            return Err(Error::corrupt(table.map));
        }
        if table.used < table.cap {
            return Ok(table);
        }
        // Half as much again, counted from what is alive: a table full of removed entries keeps its size.
        let wanted = table.live.saturating_add(1);
        let roomy = wanted.max(4).saturating_add(table.live / 2);
        match self.rebuild_table(table, wanted, roomy) {
            Err(Error::OutOfMemory { .. } | Error::TooLarge) => self.rebuild_table(table, wanted, 0),
            done => done,
        }
    }

    /// The same entries without the removed ones, in a new block with room for `wanted`, better `roomy`. O(entries).
    pub(crate) fn rebuild_table(&mut self, old: Table, wanted: u32, roomy: u32) -> Result<Table, Error> {
        let mask = Index::mask_for(wanted)?;
        // No more than its index has slots for, lest that be twice as large for the sake of a few.
        let cap = roomy.min(Index::most(mask)).max(wanted);
        if old.used > old.cap || old.live > old.used {
            return Err(Error::corrupt(old.map));
        }
        let old_block = self.body(old.map, Kind::Table)?;
        // (Behind block 0 the gap before a large index is as wide as it gets.)
        let granules = Index::new(0, mask).end() + cap * old.step;
        let table = self.allocate(granules, Kind::Table)?;
        let index = Index::new(table, mask);
        let mut new = Table { index, entries: index.end(), cap, used: 0, ..old };
        let filled = self.fill_table(old, &mut new);
        if filled.is_err() {
            self.free(table)?;
            filled?;
        }
        self.atomically([old.map + 1, old.map + 2, old.map + 3, table, old_block], |heap| {
            heap.set_word(old.map + 1, (mask as u64) << 32 | table as u64)?;
            heap.set_lo(old.map + 2, new.used)?;
            heap.set_hi(old.map + 3, cap)?;
            let hi = heap.header(table)?.hi();
            heap.set_hi(table, block::make_owned(hi))?;
            heap.detach(old_block)
        })?;
        if old_block != 0 {
            self.free(old_block)?;
        }
        Ok(new)
    }

    fn fill_table(&mut self, old: Table, new: &mut Table) -> Result<(), Error> {
        if cfg!(not(target_pointer_width = "64")) || old.used != old.live {
            // (Where flash is short, one way must do.)
            self.copy_live_entries(old, new)?;
        } else if old.used > new.cap {
            return Err(Error::corrupt(old.map));
        } else if old.index.block() != 0 {
            // Nothing was removed, so entries keep their numbers.
            self.copy_granules(old.entries, new.entries, old.used * old.step)?;
            new.used = old.used;
            if old.index.mask == new.index.mask {
                return self.copy_index(old.index, new.index);
            }
        }
        self.fill_index(new.index, new.marks(new.entry(0)), new.step, new.used)
    }

    fn copy_live_entries(&mut self, old: Table, new: &mut Table) -> Result<(), Error> {
        for index in 0..old.used {
            let (from, to) = (old.entry(index), new.entry(new.used));
            if self.hi(old.marks(from))? as u8 == tag::REMOVED {
                continue;
            }
            if new.used == new.cap {
                return Err(Error::corrupt(old.map));
            }
            for granule in 0..old.step {
                self.set_word(to + granule, self.word(from + granule)?)?;
            }
            new.used += 1;
        }
        if new.used == old.live { Ok(()) } else { Err(Error::corrupt(old.map)) }
    }
}
