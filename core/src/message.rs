//! Messages: a queue of values that every party can put into and take from.
//!
//! ```text
//!   queue first, last | count, next_seq
//!           |     '-------------------------------------------------.
//!   Message | header | prev, next | 1, tag, seq | payload   | <-> Message | ... |          32 bytes, a value or an object
//!   Message | header | prev, next | 1, tag, seq | len, bytes ...              |            and 16 and a text, or bytes
//! ```
//!
//! A long text, bytes or another leaf need no block besides the message's: they lie in it as they would in one of their own, the granule where
//! its header would be has tag and number. So whoever wants to keep them has the two granules before cut off.
//!
//! A party that takes a message *holds* it until it finishes it. If the party dies or leaves first, the message goes back to
//! where it stood among the others (they are ordered by `seq`), so a queue of jobs survives its workers. Taking out what
//! a message carries ([`Message::accept`]) finishes it too, in the same step. How messages are linked is in `queue.rs`.

#![forbid(unsafe_code)]

#[cfg(feature = "scalars")]
use crate::value::scalar_needs;
use crate::{
    error::Error,
    handle::{Handle, Message},
    heap::{Header, Heap, Kind, QUEUE_ENDS, block},
    turn::Turn,
    value::{CellAt, Input, Item, Needs, Prepared, Value, leaf_granules, tag},
};

/// Size of a message's block, but for a text or bytes in it.
const GRANULES: u32 = 4;
/// Granules before a text or bytes that lie in the message: of a block of their own, the rest would be the whole.
const IN_FRONT: u32 = 2;

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
    /// Puts a message at the end of the queue. O(1); 32 bytes, or for a long text or bytes 16 and theirs: one block in any case.
    pub fn put_message<'v>(&mut self, value: impl Into<Input<'v>>) -> Result<(), Error> {
        let heap = &mut self.heap;
        match value.into().needs() {
            Needs::Cell(cell) => heap.locally(|heap| heap.put_cell(cell)),
            Needs::Object(bits, tag) => heap.put_object(bits, tag),
            Needs::Leaf(kind, bytes) => heap.locally(|heap| heap.put_leaf(kind, bytes)),
            #[cfg(feature = "scalars")]
            Needs::Scalar(value) => heap.put_scalar(value),
        }
    }

    /// Takes a message out of the queue; it is this party's until finished. `None` when there is none. O(1).
    pub fn take_message(&mut self, order: Order) -> Result<Option<Message>, Error> {
        self.heap.locally(|heap| heap.take_message(order))
    }

    /// Reads the message that [`take_message`](Self::take_message) would take, leaving it where it is. O(1).
    pub fn read_message(&self, order: Order) -> Result<Option<Value<'_>>, Error> {
        match self.heap.next_message(order)? {
            0 => Ok(None),
            message => self.heap.message_value(message).map(Some),
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
    /// What the message carries. O(1), and one pass over a text to see that it is UTF-8.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub fn value<'t>(self, turn: &'t Turn<'_>) -> Result<Value<'t>, Error> {
        let message = turn.heap.resolve(self.0, Kind::Message)?;
        turn.heap.message_value(message)
    }

    /// Ends the message and destroys what it carries. O(what is destroyed).
    pub fn finish(self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let heap = &mut turn.heap;
        let taken = heap.taken(self)?;
        Heap::check_destructible(taken.tag)?;
        let object = heap.end_message(&taken)?;
        heap.free(taken.message)?;
        if object != 0 {
            heap.destroy_block(object)?;
        }
        Ok(())
    }

    /// Ends the message and hands out what it carries; an object is in this party's holdings now. O(1).
    pub fn accept(self, turn: &mut Turn<'_>) -> Result<Item, Error> {
        let heap = &mut turn.heap;
        let taken = heap.taken(self)?;
        if let Some(kind) = tag::inside(taken.tag) {
            return heap.keep_leaf(&taken, kind);
        }
        let payload = heap.word(taken.message + 3)?;
        let object = heap.end_message(&taken)?;
        heap.free(taken.message)?;
        if object != 0 {
            heap.count_held(1)?;
        }
        Ok(heap.item(payload, taken.tag))
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

/// A message that this party has taken.
struct Taken {
    message: u32,
    header: Header,
    tag: u8,
}

impl Heap<'_> {
    /// The cell of a message that carries no leaf in itself.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn message_cell(message: u32) -> Result<CellAt, Error> {
        Self::cell_at(message.wrapping_add(3), message.wrapping_add(2), 1)
    }

    /// Where the block of a text or bytes that lie in a message would begin, and their kind; `None` for another message.
    pub(crate) fn message_leaf(&self, message: u32) -> Result<Option<(u32, Kind)>, Error> {
        let kind = tag::inside((self.lo(message.wrapping_add(2))? >> 8) as u8);
        Ok(kind.map(|kind| (message + IN_FRONT, kind)))
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn message_value(&self, message: u32) -> Result<Value<'_>, Error> {
        match self.message_leaf(message)? {
            Some((block, kind)) => self.leaf_value(block, kind),
            None => self.value(Self::message_cell(message)?),
        }
    }

    // What may be refused comes before there is a block.

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn put_cell(&mut self, cell: Prepared) -> Result<(), Error> {
        let last = self.next_message(Order::Lifo)?;
        let message = self.allocate(GRANULES, Kind::Raw)?;
        self.set_word(message + 3, cell.payload)?;
        self.enqueue(message, last, cell.tag, 0)
    }

    #[inline(never)]
    fn put_object(&mut self, bits: u64, tag: u8) -> Result<(), Error> {
        let last = self.next_message(Order::Lifo)?;
        let object = self.held_object(bits, tag)?;
        let message = self.allocate(GRANULES, Kind::Raw)?;
        self.set_word(message + 3, bits)?;
        self.enqueue(message, last, tag, object)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn put_leaf(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), Error> {
        let last = self.next_message(Order::Lifo)?;
        let message = self.allocate(IN_FRONT + leaf_granules(kind, bytes.len())?, Kind::Raw)?;
        self.fill_leaf(message + IN_FRONT, kind, bytes)?;
        self.enqueue(message, last, tag::INSIDE + kind as u8, 0)
    }

    #[cfg(feature = "scalars")]
    #[inline(never)]
    fn put_scalar(&mut self, value: Value<'_>) -> Result<(), Error> {
        let (kind, len) = match scalar_needs(value)? {
            Ok(cell) => return self.put_cell(cell),
            Err(leaf) => leaf,
        };
        let last = self.next_message(Order::Lifo)?;
        let message = self.allocate(IN_FRONT + leaf_granules(kind, len)?, Kind::Raw)?;
        self.fill_scalar(message + IN_FRONT, kind, len, value)?;
        self.enqueue(message, last, tag::INSIDE + kind as u8, 0)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn take_message(&mut self, order: Order) -> Result<Option<Message>, Error> {
        let message = self.next_message(order)?;
        if message == 0 {
            return Ok(None);
        }
        self.dequeue(message, order)?;
        self.count_held(1)?;
        Ok(Some(Message(self.handle(message)?)))
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn taken(&self, message: Message) -> Result<Taken, Error> {
        let words = self.resolve_words::<3>(message.0, Kind::Message)?;
        let (header, tag) = (Header(u64::from_le(words[0])), (u64::from_le(words[2]) >> 8) as u8);
        let message = message.0.block();
        self.check_held(message)?;
        Ok(Taken { message, header, tag })
    }

    /// Ends a message that this party holds. Its block is loose after this, and so is the object that it had in a block of its own,
    /// which is returned (0: none).
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn end_message(&mut self, &Taken { message, tag, .. }: &Taken) -> Result<u32, Error> {
        let object = self.object_in(self.word(message + 3)?, tag)?;
        self.sound()?;
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
        Ok(object)
    }

    /// Ends a message, and makes a block by itself of the text or bytes in it, in this party's holdings.
    fn keep_leaf(&mut self, taken: &Taken, kind: Kind) -> Result<Item, Error> {
        let &Taken { message, header, .. } = taken;
        self.sound()?;
        // The deciding store: a death brings the message back before it, and drops all of it after.
        self.set_hi(message, block::make_kind(header.hi(), Kind::Raw))?;
        // The generation of a message is new at the place of what lies in it, too.
        let leaf = self.part(message, IN_FRONT, block::loose(kind, self.slot, header.generation()))?;
        self.free(message)?;
        let handle = Handle::new(leaf, header.generation(), self.shape.tag).ok_or(Error::corrupt(leaf))?;
        Ok(self.item(handle.bits(), tag::OBJECT + kind as u8))
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
            Ok((heap.message_value(message)?, heap.hi(message + 1)?))
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
