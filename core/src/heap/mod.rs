//! (being written) seam for the turn
#![forbid(unsafe_code)]
#![allow(missing_docs, dead_code)]
use crate::error::Error;
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    tag: u16,
    parties: u8,
}
impl Shape {
    pub(crate) const fn new(parties: u8, _journal: u16, _max: u32, _seed: u64, tag: u16) -> Shape {
        Shape { tag, parties }
    }
    pub(crate) const fn head_granules(&self) -> u32 {
        48
    }
    pub(crate) const fn min_granules(&self) -> u32 {
        64
    }
}
pub(crate) struct Heap<'a> {
    words: &'a mut [u64],
    shape: &'a Shape,
    slot: u8,
    changed: bool,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    pub undone: u32,
    pub requeued: u32,
    pub destroyed: u32,
}
impl<'a> Heap<'a> {
    pub(crate) fn format(words: &mut [u64], _shape: &Shape) {
        for w in words {
            *w = 0
        }
    }
    pub(crate) fn new(words: &'a mut [u64], shape: &'a Shape, slot: u8) -> Heap<'a> {
        Heap { words, shape, slot, changed: false }
    }
    pub(crate) fn needs_recovery(&self) -> bool {
        self.words[0] != 0
    }
    pub(crate) fn mark_dead(&mut self, slot: u8) {
        self.words[0] |= 1 << slot;
    }
    pub(crate) fn admit(&mut self, _incarnation: u32) -> Result<Option<Recovery>, Error> {
        Ok(None)
    }
    pub(crate) fn recover(&mut self) -> Result<Recovery, Error> {
        self.words[0] = 0;
        Ok(Recovery::default())
    }
    pub(crate) fn give_back(&mut self) -> Result<Recovery, Error> {
        Ok(Recovery::default())
    }
    pub(crate) fn message_count(&self) -> u32 {
        0
    }
    pub(crate) fn changed(&self) -> bool {
        self.changed
    }
}
