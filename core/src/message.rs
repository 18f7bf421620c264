//! Messages: a queue of values that every party can put into and take from.
//!
//! ```text
//!   queue first, last | count, next_seq
//!           |     '--------------------------------------.
//!   Message | header | prev, next | payload | tag, seq | <-> ... <-> | header | ... |      32 bytes each
//! ```
//!
//! A party that takes a message *holds* it until it finishes it. If the party dies or leaves first, the message goes back to
//! where it stood among the others (they are ordered by `seq`), so a queue of jobs survives its workers. Taking out what
//! a message carries ([`Message::accept`]) finishes it too, in the same step.

#![forbid(unsafe_code)]

use crate::{
    error::Error,
    handle::Message,
    heap::{Heap, Kind, QUEUE_COUNT, QUEUE_ENDS, block},
    turn::Turn,
    value::{CellAt, Input, Item, Prepared, Value},
};

/// Size of a message's block.
const GRANULES: u32 = 4;

/// Which message to take or read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Order {
    /// The oldest first: a queue.
    #[default]
    Fifo,
    /// The newest first: a stack.
    Lifo,
}

impl Turn<'_> {
    /// Puts a message at the end of the queue. O(1); 32 bytes besides what a long text, bytes or an object take.
    pub fn put_message<'v>(&mut self, value: impl Into<Input<'v>>) -> Result<(), Error> {
        let heap = &mut self.heap;
        let new = heap.prepare(value.into())?;
        heap.put_message(&new).or_else(|error| heap.discard(&new, error))
    }

    /// Takes a message out of the queue; it is this party's until finished. `None` when there is none. O(1).
    pub fn take_message(&mut self, order: Order) -> Result<Option<Message>, Error> {
        let heap = &mut self.heap;
        let message = heap.next_message(order)?;
        if message == 0 {
            return Ok(None);
        }
        heap.take_message(message)?;
        Ok(Some(Message(heap.handle(message)?)))
    }

    /// Reads the message that [`take_message`](Self::take_message) would take, leaving it where it is. O(1).
    pub fn read_message(&self, order: Order) -> Result<Option<Value<'_>>, Error> {
        match self.heap.next_message(order)? {
            0 => Ok(None),
            message => self.heap.value(self.heap.message_cell(message)?).map(Some),
        }
    }

    /// Messages waiting in the queue. O(1).
    pub fn message_count(&self) -> usize {
        self.heap.message_count() as usize
    }

    /// The messages in the queue, oldest first. O(1) each.
    pub fn messages(&self) -> Result<MessageIter<'_>, Error> {
        let next = self.heap.lo(QUEUE_ENDS)?;
        Ok(MessageIter { heap: &self.heap, next, left: self.heap.message_count() })
    }
}

impl Message {
    /// What the message carries. O(1).
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub fn value<'t>(self, turn: &'t Turn<'_>) -> Result<Value<'t>, Error> {
        let message = turn.heap.resolve(self.0, Kind::Message)?;
        turn.heap.value(turn.heap.message_cell(message)?)
    }

    /// Ends the message and destroys what it carries. O(what is destroyed).
    pub fn finish(self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let (message, (_, _, object)) = heap.end_message(self)?;
        heap.free(message)?;
        if object != 0 {
            heap.destroy_block(object)?;
        }
        Ok(())
    }

    /// Ends the message and hands out what it carries; an object is in this party's holdings now. O(1).
    pub fn accept(self, turn: &mut Turn<'_>) -> Result<Item, Error> {
        let heap = &mut turn.heap;
        let (message, (payload, tag, object)) = heap.end_message(self)?;
        heap.free(message)?;
        if object != 0 {
            heap.count_held(1)?;
        }
        Ok(heap.item(payload, tag))
    }

    /// Puts the message back where it stood in the queue, unfinished. O(messages that came in between).
    pub fn put_back(self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let message = heap.resolve(self.0, Kind::Message)?;
        heap.check_held(message)?;
        heap.requeue(message)?;
        heap.count_held(-1)
    }
}

impl Heap<'_> {
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn message_cell(&self, message: u32) -> Result<CellAt, Error> {
        Self::cell_at(message + 2, message + 3, 0)
    }

    /// The block of the first or last message; 0: none.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn next_message(&self, order: Order) -> Result<u32, Error> {
        let ends = self.word(QUEUE_ENDS)?;
        let message = if let Order::Fifo = order { ends as u32 } else { (ends >> 32) as u32 };
        self.check_message(message)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn check_message(&self, message: u32) -> Result<u32, Error> {
        if message != 0 && !self.header(message)?.is_kind(Kind::Message) {
            return Err(Error::Corrupt { at: message });
        }
        Ok(message)
    }

    fn put_message(&mut self, new: &Prepared) -> Result<(), Error> {
        let message = self.allocate(GRANULES, Kind::Raw)?;
        let queued = self.put_in_queue(message, new);
        if queued.is_err() {
            self.free(message)?;
        }
        queued
    }

    fn put_in_queue(&mut self, message: u32, new: &Prepared) -> Result<(), Error> {
        let (first, last) = (self.lo(QUEUE_ENDS)?, self.hi(QUEUE_ENDS)?);
        let (count, seq) = (self.lo(QUEUE_COUNT)?, self.hi(QUEUE_COUNT)?);
        self.check_message(last)?;
        self.set_word(message + 1, last as u64)?;
        self.set_word(message + 2, new.payload)?;
        self.set_word(message + 3, (seq as u64) << 32 | new.tag as u64)?;
        let last_links = if last == 0 { 0 } else { last + 1 };
        let owner_word = Self::owner_word_of(new.object, new.tag).0;
        self.atomically([message, QUEUE_ENDS, QUEUE_COUNT, last_links, new.object, owner_word], |heap| {
            let hi = heap.hi(message)?;
            heap.set_hi(message, block::make_owned(block::make_kind(hi, Kind::Message)))?;
            let first = if first == 0 { message } else { first };
            heap.set_word(QUEUE_ENDS, (message as u64) << 32 | first as u64)?;
            heap.set_word(QUEUE_COUNT, (seq.wrapping_add(1) as u64) << 32 | count.wrapping_add(1) as u64)?;
            if last != 0 {
                heap.set_hi(last + 1, message)?;
            }
            heap.attach(new, message)
        })?;
        self.count_placed(new)
    }

    fn take_message(&mut self, message: u32) -> Result<(), Error> {
        let (prev, next) = (self.lo(message + 1)?, self.hi(message + 1)?);
        let count = self.lo(QUEUE_COUNT)?;
        let neighbour = if prev != 0 { prev } else { next };
        self.check_message(neighbour)?;
        let links = if neighbour == 0 { 0 } else { neighbour + 1 };
        self.atomically([message, QUEUE_ENDS, QUEUE_COUNT, links], |heap| {
            // It is the first or the last, so at most one neighbour has to let go of it.
            if prev == 0 {
                heap.set_lo(QUEUE_ENDS, next)?;
                if next != 0 {
                    heap.set_lo(next + 1, 0)?;
                }
            }
            if next == 0 {
                heap.set_hi(QUEUE_ENDS, prev)?;
                if prev != 0 {
                    heap.set_hi(prev + 1, 0)?;
                }
            }
            heap.set_lo(QUEUE_COUNT, count.wrapping_sub(1))?;
            heap.hold(message)
        })?;
        self.count_held(1)
    }

    /// Ends a message that this party holds. Its block, and what it carried (payload, tag, block), are loose after this.
    fn end_message(&mut self, message: Message) -> Result<(u32, (u64, u8, u32)), Error> {
        let message = self.resolve(message.0, Kind::Message)?;
        self.check_held(message)?;
        let (payload, tag) = self.load_cell(self.message_cell(message)?)?;
        let object = self.object_in(payload, tag)?;
        if object != 0 {
            // One step, lest a death in between bring the message back without its object, or lose the object.
            let (owner_word, half) = Self::owner_word_of(object, tag);
            self.atomically([message, object, owner_word], |heap| {
                let hi = heap.hi(message)?;
                heap.set_hi(message, block::make_kind(hi, Kind::Raw))?;
                if owner_word != 0 {
                    heap.set_half(owner_word, half, 0)?;
                }
                heap.hold(object)
            })?;
        }
        self.count_held(-1)?;
        Ok((message, (payload, tag, object)))
    }

    /// Puts a loose message back where its `seq` says, searching from the older end. O(messages passed).
    pub(crate) fn requeue(&mut self, message: u32) -> Result<(), Error> {
        let seq = self.hi(message + 3)?;
        let (count, mut left) = (self.lo(QUEUE_COUNT)?, self.end());
        let (mut prev, mut next) = (0, self.check_message(self.lo(QUEUE_ENDS)?)?);
        while next != 0 && self.hi(next + 3)?.wrapping_sub(seq) as i32 <= 0 {
            left = left.checked_sub(1).ok_or(Error::Corrupt { at: next })?;
            prev = next;
            next = self.check_message(self.hi(next + 1)?)?;
        }
        let link = |block: u32| if block == 0 { 0 } else { block + 1 };
        let words = [message, message + 1, QUEUE_ENDS, QUEUE_COUNT, link(prev), link(next)];
        self.atomically(words, |heap| {
            heap.set_word(message + 1, (next as u64) << 32 | prev as u64)?;
            match prev {
                0 => heap.set_lo(QUEUE_ENDS, message)?,
                _ => heap.set_hi(prev + 1, message)?,
            }
            match next {
                0 => heap.set_hi(QUEUE_ENDS, message)?,
                _ => heap.set_lo(next + 1, message)?,
            }
            heap.set_lo(QUEUE_COUNT, count.wrapping_add(1))?;
            let hi = heap.header(message)?.hi();
            heap.set_hi(message, block::make_owned(hi))
        })
    }
}

/// The messages of a queue in order; see [`Turn::messages`].
pub struct MessageIter<'t> {
    heap: &'t Heap<'t>,
    next: u32,
    left: u32,
}

impl<'t> Iterator for MessageIter<'t> {
    type Item = Result<Value<'t>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == 0 || self.left == 0 {
            return None;
        }
        let heap = self.heap;
        let read = |message: u32| -> Result<_, Error> {
            heap.check_message(message)?;
            Ok((heap.value(heap.message_cell(message)?)?, heap.hi(message + 1)?))
        };
        match read(self.next) {
            Ok((value, next)) => {
                self.next = next;
                self.left -= 1;
                Some(Ok(value))
            }
            Err(error) => {
                self.next = 0;
                Some(Err(error))
            }
        }
    }
}
