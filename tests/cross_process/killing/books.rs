//! The books: how we know, whoever is killed at whatever moment, that each message is finished exactly once.
//!
//! A turn is not a transaction: only single operations are all or nothing, and a kill may come between any two. So the
//! books are kept in the shared region itself, one operation an entry, in an order that makes every gap tell what happened:
//!
//! ```text
//!   produce:  begun[p] = s      | put message (p, s)   | put[p] = s
//!             `---- killed between these two stores: (p, s) is doubtful; it may be there, once, or not at all ----'
//!   consume:  record[(p, s)] = my life                 | finish the message
//!                               `---- killed here: recorded and unfinished; it comes back, and whoever finds
//!                                     the record only finishes it, noting redone[recorder] = (p, s)
//! ```
//!
//! Each process is a *life* with a number of its own, and a life ends once. So a doubtful message costs one life, and so
//! does a redone one. A message that was finished and comes back all the same, or that is handed out twice, has a recorder who is
//! alive, or one who already died of another message: no kill explains that, and it is an error. So is a message that
//! was put, and is neither recorded nor in the queue when nobody is left who could hold it.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet, HashSet};

use cohabit_std::cohabit::{Error, List, Map, Order, Turn, Value};

/// Producer and sequence number in one number.
pub fn key(producer: usize, sequence: i64) -> i64 {
    (producer as i64) << 40 | sequence
}

/// Who put message `key`.
pub fn producer_of(key: i64) -> usize {
    (key >> 40) as usize
}

/// Plain counts in the region; a kill may cost one of them a step.
#[derive(Clone, Copy)]
pub enum Figure {
    /// Not 0: everybody leaves.
    Stop,
    /// Longest wait for a turn that anybody had, in microseconds.
    Longest,
    /// Parties that died in their turn and were recovered after.
    Recovered,
    /// Operations that found no memory.
    Refused,
    /// Operations done by workers.
    Done,
}

/// Where the books are.
#[derive(Clone, Copy)]
pub struct Books {
    pub begun: List,
    pub put: List,
    pub doubtful: Map,
    pub record: Map,
    pub redone: Map,
    /// When each worker last had a turn, in milliseconds.
    pub beats: List,
    /// Which slot each worker sits in.
    pub seats: List,
    figures: List,
}

impl Books {
    /// Opens empty books for so many workers.
    pub fn open(turn: &mut Turn<'_>, workers: usize) -> Result<(), Error> {
        let roots = turn.roots()?;
        for (name, len) in
            [("begun", workers), ("put", workers), ("beats", workers), ("seats", workers), ("figures", 5)]
        {
            let list = turn.new_list()?;
            list.extend_ints(turn, &vec![0; len])?;
            roots.set(turn, name, list)?;
        }
        for name in ["doubtful", "record", "redone"] {
            let map = turn.new_map()?;
            roots.set(turn, name, map)?;
        }
        Ok(())
    }

    /// Finds them.
    pub fn find(turn: &Turn<'_>) -> Result<Books, Error> {
        let roots = turn.roots()?;
        let list = |name| roots.get(turn, name)?.and_then(Value::as_list).ok_or(Error::WrongType);
        let map = |name| roots.get(turn, name)?.and_then(Value::as_map).ok_or(Error::WrongType);
        Ok(Books {
            begun: list("begun")?,
            put: list("put")?,
            doubtful: map("doubtful")?,
            record: map("record")?,
            redone: map("redone")?,
            beats: list("beats")?,
            seats: list("seats")?,
            figures: list("figures")?,
        })
    }

    pub fn figure(&self, turn: &Turn<'_>, figure: Figure) -> Result<i64, Error> {
        int(self.figures.get(turn, figure as usize)?)
    }

    pub fn set_figure(&self, turn: &mut Turn<'_>, figure: Figure, value: i64) -> Result<(), Error> {
        self.figures.set(turn, figure as usize, value)
    }

    pub fn add(&self, turn: &mut Turn<'_>, figure: Figure, more: i64) -> Result<(), Error> {
        let now = self.figure(turn, figure)?;
        self.set_figure(turn, figure, now + more)
    }
}

pub fn int(value: Value<'_>) -> Result<i64, Error> {
    value.as_int().ok_or(Error::WrongType)
}

/// Which message it is that carries `value`: a number, a text that begins with one, or a map that has one.
pub fn key_in(turn: &Turn<'_>, value: Value<'_>) -> Result<i64, Error> {
    let number = match value {
        Value::Text(text) => text.split(':').next().and_then(|digits| digits.parse().ok()),
        Value::Map(map) => map.get(turn, "key")?.and_then(Value::as_int),
        other => other.as_int(),
    };
    number.ok_or(Error::WrongType)
}

/// What the supervisor, who is never killed, knows of messages for good.
#[derive(Default)]
pub struct Auditor {
    /// Highest sequence number of each producer that has been looked at.
    seen: Vec<i64>,
    /// Those of them that were in the queue then.
    open: BTreeSet<i64>,
    /// Those that the supervisor has finished itself, which needs no record: nobody kills it.
    by_hand: BTreeSet<i64>,
    /// Lives that have been ended by us.
    pub killed: HashSet<i64>,
    /// Messages finished, each exactly once.
    pub finished: u64,
    /// Messages that were put or not when their producer died.
    pub doubtful: usize,
    /// Messages recorded twice, with the life that it cost.
    pub redone: usize,
}

impl Auditor {
    pub fn new(workers: usize) -> Auditor {
        Auditor { seen: vec![0; workers], ..Auditor::default() }
    }

    /// Messages in the queue, each once, those of a producer in the order in which they were put.
    pub fn read_queue(&self, turn: &Turn<'_>) -> Result<BTreeSet<i64>, Error> {
        let mut queue = BTreeSet::new();
        let mut last: BTreeMap<usize, i64> = BTreeMap::new();
        for message in turn.messages()? {
            let key = key_in(turn, message?)?;
            assert!(queue.insert(key), "message {key:#x} is in the queue twice");
            let before = last.insert(producer_of(key), key);
            assert!(
                before.is_none_or(|before| before < key),
                "{key:#x} stands after {before:x?} in the queue"
            );
        }
        Ok(queue)
    }

    /// Settles the books while nobody but us lives, so nothing is held. Whatever is recorded and not in the queue is
    /// finished for ever, and struck from the record.
    pub fn settle(&mut self, turn: &mut Turn<'_>, books: &Books) -> Result<(), Error> {
        let queue = self.read_queue(turn)?;
        let mut recorded = BTreeMap::new();
        for entry in books.record.iter(turn)? {
            let (key, life) = entry?;
            recorded.insert(int(key)?, int(life)?);
        }
        let mut doubtful = HashSet::new();
        for entry in books.doubtful.iter(turn)? {
            doubtful.insert(int(entry?.0)?);
        }
        for (producer, seen) in self.seen.iter_mut().enumerate() {
            let (begun, put) = (int(books.begun.get(turn, producer)?)?, int(books.put.get(turn, producer)?)?);
            assert!(put == begun || put == begun - 1, "producer {producer} began {begun} and put {put}");
            if put != begun {
                // Its successor will enter it in the books; until then we know.
                doubtful.insert(key(producer, begun));
            }
            let fresh = (*seen + 1..=begun).map(|sequence| key(producer, sequence));
            self.open.extend(fresh);
            *seen = begun;
        }
        for key in &queue {
            assert!(self.open.contains(key), "message {key:#x} was finished, and came back");
        }
        let closed: Vec<i64> = self.open.iter().copied().filter(|key| !queue.contains(key)).collect();
        for key in closed {
            self.open.remove(&key);
            let recorded = recorded.contains_key(&key);
            if recorded {
                books.record.remove(turn, key)?;
            }
            if recorded || self.by_hand.contains(&key) {
                self.finished += 1;
            } else {
                assert!(doubtful.contains(&key), "message {key:#x} was put, and is lost");
            }
        }
        self.doubtful = doubtful.len();
        self.redone = books.redone.len(turn)?;
        for entry in books.redone.iter(turn)? {
            let (life, key) = entry?;
            let (life, key) = (int(life)?, int(key)?);
            assert!(
                self.killed.contains(&life),
                "message {key:#x} was done twice, and life {life} was not killed"
            );
        }
        Ok(())
    }

    /// Does what a worker does with a message, as the last one there is. False: there is none.
    pub fn finish_one(&mut self, turn: &mut Turn<'_>) -> Result<bool, Error> {
        let Some(message) = turn.take_message(Order::Fifo)? else { return Ok(false) };
        let key = key_in(turn, message.value(turn)?)?;
        assert!(self.by_hand.insert(key), "we got message {key:#x} twice");
        message.finish(turn)?;
        Ok(true)
    }

    /// Whether every message that was ever put is finished.
    pub fn all_finished(&self) -> bool {
        self.open.is_empty()
    }
}
