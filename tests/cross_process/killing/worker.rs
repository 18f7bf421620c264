//! A worker: takes turns without end, puts, takes and changes things at random, and is killed somewhere on the way.
//!
//! It keeps messages and loose objects across turns, so that a kill outside of a turn finds something to give back, too.
#![forbid(unsafe_code)]

use std::{
    thread,
    time::{Duration, Instant},
};

use cohabit_std::{
    Member,
    cohabit::{Error, Item, List, Message, Order, Turn},
};
use cohabit_testkit::Random;

use super::{
    books::{Books, Figure, int, key, key_in},
    things::{Things, grow, pattern},
};
use crate::kit::now_ms;

/// No wait for a turn may last that long.
pub const LIMIT: Duration = Duration::from_secs(5);

struct Worker {
    /// Which producer we are: one process at a time.
    producer: usize,
    /// Which process we are.
    life: i64,
    /// Entries that the record may have before producers pause.
    most: usize,
    /// How large the things are that we make.
    size: usize,
    random: Random,
    books: Books,
    things: Things,
    taken: Vec<Message>,
    loose: Option<List>,
}

/// The role `work`: name, producer, life, seed.
pub fn run(arguments: &[String]) {
    let [name, producer, life, seed] = arguments else { panic!("four arguments") };
    let mut me = cohabit_std::open(name).expect("a killed party's slot is free for the next one");
    let bytes = me.len();
    let first = me.acquire_timeout(LIMIT).unwrap().expect("a turn, the first");
    let (books, things) = (Books::find(&first).unwrap(), Things::find(&first, bytes).unwrap());
    drop(first);
    let mut worker = Worker {
        producer: producer.parse().unwrap(),
        life: life.parse().unwrap(),
        most: bytes / 256,
        size: (bytes / 64).min(16 << 10),
        random: Random(seed.parse().unwrap()),
        books,
        things,
        taken: Vec::new(),
        loose: None,
    };
    worker.work(&mut me);
    me.leave().unwrap();
}

impl Worker {
    fn work(&mut self, me: &mut Member) {
        let mut is_first = true;
        while self.take_turn(me, std::mem::take(&mut is_first)) {
            self.pause(me);
        }
    }

    /// One turn. False: it was the last one.
    fn take_turn(&mut self, me: &mut Member, is_first: bool) -> bool {
        let asked = Instant::now();
        let turn = me.acquire_timeout(LIMIT).unwrap();
        let turn = &mut turn.unwrap_or_else(|| panic!("life {}: no turn within {LIMIT:?}", self.life));
        if self.report(turn, asked.elapsed()).unwrap() {
            return false;
        }
        if is_first {
            self.inherit(turn).unwrap();
        }
        // Some turns are long, so that many a kill comes in the middle of one.
        let most = if self.random.below(8) == 0 { 1000 } else { 40 };
        for _ in 0..=self.random.below(most) {
            match self.step(turn) {
                Ok(()) => self.books.add(turn, Figure::Done, 1).unwrap(),
                Err(Error::OutOfMemory { .. }) => {
                    self.books.add(turn, Figure::Refused, 1).unwrap();
                    self.things.give_up_one(turn).unwrap();
                }
                Err(error) => panic!("life {}: {error}", self.life),
            }
        }
        true
    }

    fn pause(&mut self, me: &mut Member) {
        match self.random.below(600) {
            0 => {
                me.wait_for_message(Duration::from_millis(3));
            }
            1 => thread::sleep(Duration::from_micros(self.random.below(500) as u64)),
            2 => thread::yield_now(),
            _ => {}
        }
    }

    /// Tells how long we waited and whom we found dead. True: everybody is to leave.
    fn report(&self, turn: &mut Turn<'_>, waited: Duration) -> Result<bool, Error> {
        let books = &self.books;
        books.beats.set(turn, self.producer, now_ms())?;
        let waited = waited.as_micros() as i64;
        if waited > books.figure(turn, Figure::Longest)? {
            books.set_figure(turn, Figure::Longest, waited)?;
        }
        if turn.recovered().is_some() {
            books.add(turn, Figure::Recovered, 1)?;
        }
        Ok(books.figure(turn, Figure::Stop)? != 0)
    }

    /// What the one before us as this producer left in the books.
    fn inherit(&mut self, turn: &mut Turn<'_>) -> Result<(), Error> {
        self.books.seats.set(turn, self.producer, turn.slot())?;
        let begun = int(self.books.begun.get(turn, self.producer)?)?;
        if int(self.books.put.get(turn, self.producer)?)? != begun {
            let doubt = key(self.producer, begun);
            self.with_room(turn, |books, turn| books.doubtful.set(turn, doubt, begun))?;
            self.books.put.set(turn, self.producer, begun)?;
        }
        Ok(())
    }

    /// An entry in the books, for which everything else makes room.
    fn with_room(
        &self,
        turn: &mut Turn<'_>,
        mut entry: impl FnMut(&Books, &mut Turn<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        loop {
            match entry(&self.books, turn) {
                Err(Error::OutOfMemory { .. }) if self.things.give_up_one(turn)? => {}
                other => return other,
            }
        }
    }

    fn step(&mut self, turn: &mut Turn<'_>) -> Result<(), Error> {
        match self.random.below(12) {
            0..=2 => self.produce(turn),
            3 | 4 if self.taken.len() < 4 => {
                let order = if self.random.below(4) == 0 { Order::Lifo } else { Order::Fifo };
                self.taken.extend(turn.take_message(order)?);
                Ok(())
            }
            3..=5 if !self.taken.is_empty() => {
                let which = self.random.below(self.taken.len());
                let message = self.taken.swap_remove(which);
                if self.random.below(10) == 0 { message.put_back(turn) } else { self.finish(turn, message) }
            }
            6 => match self.loose.take() {
                None => {
                    self.loose = Some(grow(turn, &mut self.random, self.size)?);
                    Ok(())
                }
                Some(tree) => self.things.place(turn, &mut self.random, tree),
            },
            _ => self.things.change(turn, &mut self.random, self.size),
        }
    }

    fn produce(&mut self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let books = self.books;
        if turn.message_count() > 60 || books.record.len(turn)? > self.most {
            return Ok(());
        }
        let sequence = int(books.begun.get(turn, self.producer)?)? + 1;
        books.begun.set(turn, self.producer, sequence)?;
        match self.put(turn, key(self.producer, sequence)) {
            Ok(()) => books.put.set(turn, self.producer, sequence),
            // It was not put, so the number is free again.
            Err(error) => books.begun.set(turn, self.producer, sequence - 1).and(Err(error)),
        }
    }

    fn put(&mut self, turn: &mut Turn<'_>, key: i64) -> Result<(), Error> {
        match self.random.below(3) {
            0 => turn.put_message(key),
            1 => turn.put_message(&*format!("{key}: {}!", "x".repeat(self.random.below(200)))),
            _ => {
                let message = turn.new_map()?;
                let put = self.load(turn, message, key).and_then(|()| turn.put_message(message));
                if put.is_err() {
                    turn.destroy(message)?;
                }
                put
            }
        }
    }

    fn load(
        &mut self,
        turn: &mut Turn<'_>,
        message: cohabit_std::cohabit::Map,
        key: i64,
    ) -> Result<(), Error> {
        message.set(turn, "key", key)?;
        if self.random.below(2) == 0 {
            return message.set(turn, "load", &*pattern(self.random.below(100) as i64));
        }
        let tree = grow(turn, &mut self.random, self.size)?;
        let loaded = message.set(turn, "load", tree);
        if loaded.is_err() {
            turn.destroy(tree)?;
        }
        loaded
    }

    /// Enters a message in the record, then finishes it: see `books.rs` for why in this order.
    fn finish(&mut self, turn: &mut Turn<'_>, message: Message) -> Result<(), Error> {
        let key = key_in(turn, message.value(turn)?)?;
        let earlier = self.books.record.get(turn, key)?.map(int).transpose()?;
        if let Some(recorder) = earlier {
            let dead_of = self.books.redone.get(turn, recorder)?.map(int).transpose()?;
            assert_ne!(recorder, self.life, "we got message {key:#x} twice");
            assert!(
                dead_of.is_none_or(|other| other == key),
                "life {recorder} died of {dead_of:x?} and {key:#x}"
            );
            self.with_room(turn, |books, turn| books.redone.set(turn, recorder, key))?;
        }
        let life = self.life;
        if let Err(error) = self.with_room(turn, |books, turn| books.record.set(turn, key, life)) {
            // Somebody will find room for the entry later.
            return message.put_back(turn).and(Err(error));
        }
        if self.random.below(2) == 0 {
            return message.finish(turn);
        }
        let kept: Item = message.accept(turn)?;
        self.things.place(turn, &mut self.random, kept)
    }
}
