//! A party that does random work: what it does next follows from a number and from what is in the region.
//!
//! So the same numbers make the same region, and a death in the middle of one action can be compared with the region
//! before and after it.

#![forbid(unsafe_code)]

use cohabit::{Error, Input, List, Map, Message, Object, Order, Turn, Value};
use cohabit_testkit::Random;

/// Enough containers to choose from.
const MANY: usize = 40;
const TEXTS: [&str; 5] = ["", "short", "longer than a cell", "a text of quite another length, longer", "?"];

/// What a working party remembers.
#[derive(Debug, Default)]
pub struct Worker {
    held: Vec<Object>,
    taken: Vec<Message>,
}

impl Worker {
    /// One random operation. Running out of memory is part of the work; any other error is not.
    pub fn act(&mut self, turn: &mut Turn<'_>, random: &mut Random) -> Result<(), Error> {
        let (lists, maps) = containers(turn)?;
        let map = maps[random.below(maps.len())];
        let done = match lists.get(random.below(lists.len() + 1)) {
            Some(list) if random.below(3) > 0 => self.change_list(turn, random, *list),
            _ if random.below(2) > 0 => self.change_map(turn, random, map),
            _ => self.other_work(turn, random, &lists, map),
        };
        match done {
            Err(Error::OutOfMemory { .. } | Error::WouldCycle) => Ok(()),
            done => done,
        }
    }

    fn change_list(&mut self, turn: &mut Turn<'_>, random: &mut Random, list: List) -> Result<(), Error> {
        let len = list.len(turn)?;
        let at = random.below(len + 1);
        match random.below(9) {
            0 | 1 => self.with_value(turn, random, |turn, value| list.push(turn, value)),
            2 | 3 => self.with_value(turn, random, |turn, value| list.insert(turn, at, value)),
            4 => list.extend_ints(turn, &[at as i64; 12][..random.below(12)]),
            5 if len > 20 => list.truncate(turn, at),
            _ if at == len => Ok(()),
            5 | 6 => list.remove(turn, at),
            7 => self.with_value(turn, random, |turn, value| list.set(turn, at, value)),
            _ if random.below(2) == 0 => list.swap(turn, at, random.below(len)),
            _ => {
                self.held.extend(list.take(turn, at)?.object());
                Ok(())
            }
        }
    }

    fn change_map(&mut self, turn: &mut Turn<'_>, random: &mut Random, map: Map) -> Result<(), Error> {
        let number = random.below(8);
        let long = format!("the key with number {number}");
        let key: cohabit::Key<'_> =
            if number.is_multiple_of(2) { (number as i64).into() } else { long.as_str().into() };
        match random.below(6) {
            0..3 => self.with_value(turn, random, |turn, value| map.set(turn, key, value)),
            3 => {
                self.with_value(turn, random, |turn, value| map.entry(turn, key)?.or_insert(value).map(drop))
            }
            4 => map.remove(turn, key).map(drop),
            _ => {
                self.held.extend(map.take(turn, key)?.and_then(|item| item.object()));
                Ok(())
            }
        }
    }

    fn other_work(
        &mut self,
        turn: &mut Turn<'_>,
        random: &mut Random,
        lists: &[List],
        map: Map,
    ) -> Result<(), Error> {
        match random.below(8) {
            0 => self.held.push(turn.new_list()?.into()),
            1 => self.held.push(turn.new_map()?.into()),
            2 => self.held.push(turn.new_buffer(random.below(60))?.into()),
            3 => self.with_value(turn, random, |turn, value| turn.put_message(value))?,
            4 => {
                let order = if random.below(2) == 0 { Order::Fifo } else { Order::Lifo };
                self.taken.extend(turn.take_message(order)?);
            }
            5 if !self.taken.is_empty() => {
                let message = self.taken.swap_remove(random.below(self.taken.len()));
                match random.below(3) {
                    0 => message.finish(turn)?,
                    1 => self.held.extend(message.accept(turn)?.object()),
                    _ => message.put_back(turn)?,
                }
            }
            6 if turn.stats()?.free > 2000 => match lists.first() {
                Some(list) if random.below(2) == 0 => self.held.push(list.copy(turn)?.into()),
                _ => self.held.push(map.copy(turn)?.into()),
            },
            _ if !self.held.is_empty() => {
                turn.destroy(self.held.swap_remove(random.below(self.held.len())))?
            }
            _ => {}
        }
        Ok(())
    }

    /// A number, a text, or something held, to be placed somewhere. What was not placed is held on to.
    fn with_value(
        &mut self,
        turn: &mut Turn<'_>,
        random: &mut Random,
        place: impl FnOnce(&mut Turn<'_>, Input<'static>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.held.is_empty() || random.below(2) == 0 {
            return match random.below(4) {
                0 => place(turn, (random.next_u64() as i64 >> random.below(60)).into()),
                1 => place(turn, (random.below(100) as f64 / 4.0).into()),
                _ => place(turn, TEXTS[random.below(TEXTS.len())].into()),
            };
        }
        let index = random.below(self.held.len());
        place(turn, self.held[index].into())?;
        self.held.swap_remove(index);
        Ok(())
    }
}

/// Lists and maps that can be reached from the roots, breadth first; the map of roots is the first of the maps.
fn containers(turn: &Turn<'_>) -> Result<(Vec<List>, Vec<Map>), Error> {
    let (mut lists, mut maps) = (Vec::new(), vec![turn.roots()?]);
    let (mut next_list, mut next_map) = (0, 0);
    loop {
        let mut inside = Vec::new();
        if next_map < maps.len().min(MANY) {
            inside.extend(maps[next_map].iter(turn)?.map(|entry| entry.map(|(_, value)| value)));
            next_map += 1;
        } else if next_list < lists.len().min(MANY) {
            inside.extend(List::iter(lists[next_list], turn)?);
            next_list += 1;
        } else {
            return Ok((lists, maps));
        }
        for value in inside {
            match value? {
                Value::List(list) => lists.push(list),
                Value::Map(map) => maps.push(map),
                _ => {}
            }
        }
    }
}

/// Removes every root, message and element, until nothing is left but the empty map of roots.
pub fn empty(turn: &mut Turn<'_>) -> Result<(), Error> {
    let roots = turn.roots()?;
    let keys: Vec<String> = roots
        .iter(turn)?
        .map(|entry| entry.map(|(key, _)| key.as_text().map_or(String::new(), String::from)))
        .collect::<Result<_, _>>()?;
    for key in keys.iter().filter(|key| !key.is_empty()) {
        roots.remove(turn, key.as_str())?;
    }
    for number in 0..8i64 {
        roots.remove(turn, number)?;
    }
    while let Some(message) = turn.take_message(Order::Lifo)? {
        message.finish(turn)?;
    }
    Ok(())
}
