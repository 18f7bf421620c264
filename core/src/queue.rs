//! The queue: how messages are linked, and why no journal is needed for it.
//!
//! A message is in the queue if its header says so: of kind `Message`, and owned. That is one store, and all else follows from
//! it; so each operation makes sure that whoever walks from `first` along `next` meets every message that is in the queue,
//! before and after that store, and perhaps one more that is not:
//!
//! ```text
//!   put       last.next = new     | new is owned          | last = new, count             (new.next is 0 before)
//!   take      taken is loose      | first = taken.next, count          or: last.prev.next = 0, last = last.prev, count
//!   put back  prev.next = it      | it is owned           | next.prev = it, count         (it.next is set before)
//!             '- a walk passes over what is loose -'      '- a walk puts right -'
//! ```
//!
//! After a death [`repair_queue`](Heap::repair_queue) goes that way once and makes the links, `last` and the counts agree again.
//! `prev` of the first message means nothing, so that taking from the front touches no other message.

#![forbid(unsafe_code)]

use crate::{
    door,
    error::Error,
    heap::{Heap, Kind, QUEUE_COUNT, QUEUE_ENDS, block},
    message::Order,
};

/// The half of a message's granule 2 that has its tag, in byte 1. Bit 0 is that of a free block, so that a handle to a text whose
/// header was in this place before does not take it for one.
const fn tag_half(tag: u8) -> u32 {
    (tag as u32) << 8 | 1
}

/// The high half of a word.
const HIGH: u64 = !0 << 32;

impl Heap<'_> {
    /// First and last message; count and next number.
    #[inline(always)]
    fn queue_words(&self) -> Result<(u64, u64), Error> {
        let [ends, counts] = *self.words_at(QUEUE_ENDS)?;
        Ok((u64::from_le(ends), u64::from_le(counts)))
    }

    /// The block of the first or last message; 0: none.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn next_message(&self, order: Order) -> Result<u32, Error> {
        let ends = self.word(QUEUE_ENDS)?;
        self.check_message(if let Order::Fifo = order { ends as u32 } else { (ends >> 32) as u32 })
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn check_message(&self, message: u32) -> Result<u32, Error> {
        if message != 0 && !self.header(message)?.is_kind(Kind::Message) {
            return Err(Error::corrupt(message));
        }
        Ok(message)
    }

    /// Makes a message of a loose block and puts it behind the last (0: there is none).
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn enqueue(&mut self, message: u32, last: u32, tag: u8, object: u32) -> Result<(), Error> {
        let (ends, counts) = self.queue_words()?;
        self.set_two(message + 1, [last as u64, counts & HIGH | tag_half(tag) as u64])?;
        door::publish();
        self.sound()?;
        if object == 0 {
            self.append(last, message)?;
        } else {
            self.append_with_object(last, message, tag, object)?;
        }
        let first = if last == 0 { message } else { ends as u32 };
        // One more, and the next number.
        let (count, seq) = ((counts as u32).wrapping_add(1), (counts >> 32).wrapping_add(1));
        self.set_two(QUEUE_ENDS, [(message as u64) << 32 | first as u64, seq << 32 | count as u64])
    }

    /// Has the last message (0: the queue's head) lead to `message`, and that be one.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn append(&mut self, last: u32, message: u32) -> Result<(), Error> {
        self.link(last, message)?;
        // The deciding store.
        let hi = self.hi(message)?;
        self.set_hi(message, block::make_owned(block::make_kind(hi, Kind::Message)))
    }

    /// The same where the message gets an object that was in this party's holdings: that is its own from then on.
    #[inline(never)]
    fn append_with_object(&mut self, last: u32, message: u32, tag: u8, object: u32) -> Result<(), Error> {
        let link = if last == 0 { QUEUE_ENDS } else { last + 1 };
        let (owner_word, half) = Self::owner_word_of(object, tag);
        self.atomically([message, link, object, owner_word], |heap| {
            heap.append(last, message)?;
            // No circle to look for: a message is in nothing.
            if owner_word != 0 {
                heap.set_half(owner_word, half, message)?;
            }
            let hi = heap.hi(object)?;
            heap.set_hi(object, block::make_owned(hi))
        })?;
        self.count_held(-1)
    }

    /// Takes the first or last message, which `message` is, out of the queue: it is loose after this.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn dequeue(&mut self, message: u32, order: Order) -> Result<(), Error> {
        let (ends, counts) = self.queue_words()?;
        let links = self.word(message + 1)?;
        let alone = ends as u32 == (ends >> 32) as u32;
        let prev = if alone || matches!(order, Order::Fifo) { 0 } else { self.check_message(links as u32)? };
        self.sound()?;
        // The deciding store.
        self.hold(message)?;
        let ends = match order {
            _ if alone => 0,
            Order::Fifo => ends & HIGH | links >> 32,
            Order::Lifo => {
                self.set_hi(prev + 1, 0)?;
                ends & !HIGH | (prev as u64) << 32
            }
        };
        self.set_two(QUEUE_ENDS, [ends, counts & HIGH | (counts as u32).wrapping_sub(1) as u64])
    }

    /// Puts a loose message back where its `seq` says, searching from the older end. O(messages passed).
    pub(crate) fn requeue(&mut self, message: u32) -> Result<(), Error> {
        let seq = self.hi(message + 2)?;
        let (count, mut left) = (self.lo(QUEUE_COUNT)?, self.end());
        let (mut prev, mut next) = (0, self.check_message(self.lo(QUEUE_ENDS)?)?);
        while next != 0 && self.hi(next + 2)?.wrapping_sub(seq) as i32 <= 0 {
            left = left.checked_sub(1).ok_or(Error::corrupt(next))?;
            prev = next;
            next = self.check_message(self.hi(next + 1)?)?;
        }
        self.set_word(message + 1, (next as u64) << 32 | prev as u64)?;
        self.sound()?;
        self.link(prev, message)?;
        // The deciding store.
        let hi = self.hi(message)?;
        self.set_hi(message, block::make_owned(hi))?;
        match next {
            0 => self.set_hi(QUEUE_ENDS, message)?,
            _ => self.set_lo(next + 1, message)?,
        }
        self.set_lo(QUEUE_COUNT, count.wrapping_add(1))
    }

    /// After a death: whoever is in the queue stays, in the order of `next`; everything else about it is made to agree. O(messages).
    pub(crate) fn repair_queue(&mut self) -> Result<(), Error> {
        let (mut prev, mut at) = (0, self.lo(QUEUE_ENDS)?);
        let (mut count, mut seq, mut left) = (0, self.hi(QUEUE_COUNT)?, self.end());
        while at != 0 {
            left = left.checked_sub(1).ok_or(Error::corrupt(at))?;
            let header = self.header(at)?;
            let next = self.hi(at + 1)?;
            if header.is_kind(Kind::Message) && header.holder().is_none() {
                self.link(prev, at)?;
                self.set_lo(at + 1, prev)?;
                (prev, count) = (at, count + 1);
            } else if header.is_free() || header.holder().is_none() {
                return Err(Error::corrupt(at));
            }
            at = next;
        }
        self.link(prev, 0)?;
        self.set_hi(QUEUE_ENDS, prev)?;
        if prev != 0 {
            // The last one's number may have been given out and not been counted.
            let after = self.hi(prev + 2)?.wrapping_add(1);
            if after.wrapping_sub(seq) as i32 > 0 {
                seq = after;
            }
        }
        self.set_word(QUEUE_COUNT, (seq as u64) << 32 | count as u64)
    }

    /// Has a message (0: the queue's head) lead to the next.
    fn link(&mut self, prev: u32, next: u32) -> Result<(), Error> {
        match prev {
            0 => self.set_lo(QUEUE_ENDS, next),
            _ => self.set_hi(prev + 1, next),
        }
    }
}

#[cfg(all(test, feature = "recovery"))]
mod tests;
