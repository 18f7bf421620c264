//! Cells that are being filled, in a loose block that nobody knows; and how all of it becomes one object by one step.
//!
//! ```text
//!   the block    | raw | cell 0 | cell 1 | ... |      a record to be, or the cells of a list to be
//!                         |        '--> text (loose)
//!                         '--> list (loose)           each whole in itself: whoever dies here leaves loose blocks, no more
//!
//!   one step     | record | ...    and what its cells hold is owned from then on
//! ```
//!
//! Placing each object when it comes would cost a journal each; this way they share one, of a word an object. Until
//! then the block is a part (raw, or cells), which recovery frees by itself, whatever it says.

#![forbid(unsafe_code)]

use crate::{
    container::Cells,
    door,
    error::Error,
    heap::{Form, Heap, Kind, block},
    value::{Prepared, tag},
};

/// Objects that one step places. Every journal has room for them, the container and its cells.
const STEP: usize = 14;

/// Cells being filled.
#[derive(Clone, Copy)]
pub(super) struct Loose {
    /// The block; 0: there is none yet.
    pub(super) block: u32,
    /// Where the cells are, and how many of them have been filled.
    cells: Cells,
    /// Some of them hold objects.
    objects: bool,
}

/// Objects that are about to be placed.
struct Step {
    granules: [u32; STEP + 2],
    tags: [u8; STEP + 2],
    len: usize,
}

impl Step {
    fn of(containers: &[u32]) -> Step {
        let mut step = Step { granules: [0; STEP + 2], tags: [tag::NULL; STEP + 2], len: 0 };
        containers.iter().for_each(|granule| step.add(*granule, tag::NULL));
        step
    }

    fn add(&mut self, granule: u32, tag: u8) {
        if let (Some(at), Some(of)) = (self.granules.get_mut(self.len), self.tags.get_mut(self.len)) {
            (*at, *of) = (granule, tag);
            self.len += 1;
        }
    }

    fn granules(&self) -> &[u32] {
        self.granules.get(..self.len).unwrap_or_default()
    }

    /// The objects of cells from `from` on, as many as there is room for. Returns the first cell that is not among them.
    fn gather(&mut self, heap: &Heap<'_>, cells: &Cells, from: u32) -> Result<u32, Error> {
        let tags = heap.tags(cells)?;
        for (index, tag) in (from..).zip(tags.get(from as usize..).unwrap_or_default()) {
            if tag::is_object(*tag) {
                if self.len == self.granules.len() {
                    return Ok(index);
                }
                self.add(heap.word(cells.at(index)?.payload)? as u32, *tag);
            }
        }
        Ok(cells.len)
    }

    /// All of them belong to `owner`. (What they say they are in means nothing while they are loose.)
    fn place(&self, heap: &mut Heap<'_>, owner: u32) -> Result<(), Error> {
        for (object, tag) in self.granules().iter().zip(self.tags) {
            if tag != tag::NULL {
                let (at, half) = Form::of(tag.wrapping_sub(tag::OBJECT)).owner_word(*object);
                if at != 0 {
                    heap.set_half(at, half, owner)?;
                }
                heap.set_hi(*object, block::make_owned(heap.hi(*object)?))?;
            }
        }
        Ok(())
    }
}

impl Loose {
    /// No cells yet: the first one brings a block.
    pub(super) fn nothing() -> Loose {
        Loose { block: 0, cells: Cells { list: 0, cells: 0, len: 0, cap: 0 }, objects: false }
    }

    /// Cells for a list of about this many elements.
    pub(super) fn elements(heap: &mut Heap<'_>, cap: u32) -> Result<Loose, Error> {
        let cells = heap.new_cells(Loose::nothing().cells, cap)?;
        Ok(Loose { block: cells.cells, cells, objects: false })
    }

    /// Cells for a record of this schema, which has so many fields.
    pub(super) fn fields(heap: &mut Heap<'_>, schema: u32, fields: u32) -> Result<Loose, Error> {
        let block = heap.new_raw_row(schema, fields)?;
        let cells = Cells { list: 0, cells: block + 1, len: 0, cap: fields };
        Ok(Loose { block, cells, objects: false })
    }

    pub(super) fn len(&self) -> u32 {
        self.cells.len
    }

    pub(super) fn is_full(&self) -> bool {
        self.cells.len == self.cells.cap
    }

    /// Fills the next cell, for which there is room.
    #[inline]
    pub(super) fn push(&mut self, heap: &mut Heap<'_>, new: &Prepared) -> Result<(), Error> {
        heap.write_cell(self.cells.at(self.cells.len)?, new)?;
        self.objects |= new.object != 0;
        self.cells.len += 1;
        Ok(())
    }

    /// Room for an element more.
    #[cold]
    #[inline(never)]
    pub(super) fn grow(&mut self, heap: &mut Heap<'_>) -> Result<(), Error> {
        let Cells { len, cap, .. } = self.cells;
        let least = len.checked_add(1).ok_or(Error::TooLarge)?;
        let roomy = least.max(4).max(cap.saturating_add(cap / 2));
        let mut grown = Loose::elements(heap, roomy);
        if let Err(Error::OutOfMemory { .. } | Error::TooLarge) = grown {
            grown = Loose::elements(heap, least);
        }
        let mut grown = grown?;
        if self.block != 0 {
            let (from, to) = (self.cells.at(0)?, grown.cells.at(0)?);
            heap.copy_granules(from.payload, to.payload, len)?;
            heap.copy_within(from.tag, to.tag, len as usize)?;
            heap.free(self.block)?;
        }
        grown.cells.len = len;
        (self.block, self.cells) = (grown.block, grown.cells);
        Ok(())
    }

    /// Takes cell `index` out again, whose object is the caller's then.
    pub(super) fn take(&mut self, heap: &mut Heap<'_>, index: u32) -> Result<Prepared, Error> {
        let at = self.cells.at(index)?;
        let (payload, tag) = heap.load_cell(at)?;
        let object = heap.object_in(payload, tag)?;
        heap.write_cell(at, &Prepared::NULL)?;
        Ok(Prepared { payload, tag, object, fresh: true })
    }

    /// A loose list of these elements.
    pub(super) fn into_list(self, heap: &mut Heap<'_>) -> Result<Prepared, Error> {
        let list = match heap.allocate(3, Kind::Raw) {
            Ok(list) => list,
            Err(error) => {
                self.give_up(heap)?;
                return Err(error);
            }
        };
        heap.set_word(list + 1, self.block as u64)?;
        heap.set_word(list + 2, self.cells.cap as u64)?;
        door::publish();
        let mut step = Step::of(&[list, self.block]);
        let mut placed = if self.objects { step.gather(heap, &self.cells, 0)? } else { self.cells.len };
        heap.atomically_all(step.granules(), |heap| {
            step.place(heap, list)?;
            if self.block != 0 {
                heap.set_hi(self.block, block::make_owned(heap.hi(self.block)?))?;
            }
            heap.set_hi(list + 1, placed)?;
            heap.set_hi(list, block::make_kind(heap.hi(list)?, Kind::List))
        })?;
        while placed < self.cells.len {
            // The others are loose still, behind the last element, and become elements by and by.
            let mut step = Step::of(&[list + 1]);
            placed = step.gather(heap, &self.cells, placed)?;
            heap.atomically_all(step.granules(), |heap| {
                step.place(heap, list)?;
                heap.set_hi(list + 1, placed)
            })?;
        }
        fresh(heap, list, Kind::List)
    }

    /// A loose record of these fields.
    pub(super) fn into_record(self, heap: &mut Heap<'_>) -> Result<Prepared, Error> {
        let record = self.block;
        let mut step = Step::of(&[record]);
        let placed = if self.objects { step.gather(heap, &self.cells, 0)? } else { self.cells.len };
        if placed < self.cells.len {
            self.hide(heap, placed)?;
        }
        door::publish();
        heap.atomically_all(step.granules(), |heap| {
            step.place(heap, record)?;
            heap.set_hi(record, block::make_kind(heap.hi(record)?, Kind::Record))
        })?;
        if placed < self.cells.len {
            self.show(heap, placed)?;
        }
        fresh(heap, record, Kind::Record)
    }

    /// Cells from `from` on that hold objects say that they hold null, for which no other payload is stored than 0.
    #[cold]
    fn hide(&self, heap: &mut Heap<'_>, from: u32) -> Result<(), Error> {
        for index in from..self.cells.len {
            let at = self.cells.at(index)?;
            if tag::is_object(heap.byte(at.tag)?) {
                heap.set_byte(at.tag, tag::NULL)?;
            }
        }
        Ok(())
    }

    /// And hold them again, one after the other.
    #[cold]
    fn show(&self, heap: &mut Heap<'_>, from: u32) -> Result<(), Error> {
        for index in from..self.cells.len {
            let at = self.cells.at(index)?;
            let (payload, tag) = heap.load_cell(at)?;
            if tag == tag::NULL && payload != 0 {
                let kind = heap.header(payload as u32)?.kind().ok_or(Error::corrupt(at.payload))?;
                let new = fresh(heap, payload as u32, kind)?;
                heap.store_cell(at, self.block, new)?;
            }
        }
        Ok(())
    }

    /// Destroys all of it.
    #[cold]
    pub(super) fn give_up(&self, heap: &mut Heap<'_>) -> Result<(), Error> {
        for index in 0..self.cells.len {
            let (payload, tag) = heap.load_cell(self.cells.at(index)?)?;
            let object = heap.object_in(payload, tag)?;
            if object != 0 {
                heap.destroy_block(object)?;
            }
        }
        if self.block == 0 { Ok(()) } else { heap.free(self.block).map(|_| ()) }
    }
}

/// A block that was made just now, as what a cell is to hold.
pub(super) fn fresh(heap: &Heap<'_>, object: u32, kind: Kind) -> Result<Prepared, Error> {
    let payload = heap.handle(object)?.bits();
    Ok(Prepared { payload, tag: tag::OBJECT + kind as u8, object, fresh: true })
}
