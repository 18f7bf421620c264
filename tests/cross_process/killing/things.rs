//! Things that workers change all the time, and what must be true of them however many workers were killed meanwhile.
//!
//! A kill may come between any two operations, so each of these truths is kept by every single operation:
//!
//! | thing | operations | always |
//! |---|---|---|
//! | `swapped` | swap two elements | the same numbers, each once |
//! | `sorted` | insert where it belongs, remove, truncate, extend at the end | ascending |
//! | `texts` | set, remove | every text is whole and is its key's |
//! | `shelf` | place a tree, take one and place it elsewhere, copy, remove | every tree is whole |
#![forbid(unsafe_code)]

use cohabit_std::cohabit::{Error, Input, Item, List, Map, Object, Turn, Value};
use cohabit_testkit::Random;

use super::books::int;

/// Numbers in `swapped`.
const SWAPPED: usize = 40;
/// One place on the shelf for so many bytes of the region: a full shelf is about a full region.
const BYTES_A_PLACE: usize = 1024;

/// Where they are.
#[derive(Clone, Copy)]
pub struct Things {
    swapped: List,
    sorted: List,
    texts: Map,
    shelf: Map,
    places: usize,
}

impl Things {
    pub fn make(turn: &mut Turn<'_>) -> Result<(), Error> {
        let roots = turn.roots()?;
        let swapped = turn.new_list()?;
        for n in 0..SWAPPED as i64 {
            // Every other one is a text, so swaps move objects as well.
            if n % 2 == 0 { swapped.push(turn, n)? } else { swapped.push(turn, &*pattern(n))? }
        }
        roots.set(turn, "swapped", swapped)?;
        let sorted = turn.new_list()?;
        roots.set(turn, "sorted", sorted)?;
        for name in ["texts", "shelf"] {
            let map = turn.new_map()?;
            roots.set(turn, name, map)?;
        }
        Ok(())
    }

    /// Finds them in a region of so many bytes.
    pub fn find(turn: &Turn<'_>, bytes: usize) -> Result<Things, Error> {
        let roots = turn.roots()?;
        let list = |name| roots.get(turn, name)?.and_then(Value::as_list).ok_or(Error::WrongType);
        let map = |name| roots.get(turn, name)?.and_then(Value::as_map).ok_or(Error::WrongType);
        let (swapped, sorted) = (list("swapped")?, list("sorted")?);
        Ok(Things {
            swapped,
            sorted,
            texts: map("texts")?,
            shelf: map("shelf")?,
            places: bytes / BYTES_A_PLACE,
        })
    }

    /// One random change.
    pub fn change(&self, turn: &mut Turn<'_>, random: &mut Random, size: usize) -> Result<(), Error> {
        match random.below(12) {
            0 | 1 => {
                let (a, b) = (random.below(SWAPPED), random.below(SWAPPED));
                self.swapped.swap(turn, a, b)
            }
            2..=4 => self.change_sorted(turn, random),
            5 | 6 => {
                let n = random.below(60) as i64;
                let text = pattern(n * 16 + random.below(16) as i64);
                self.texts.set(turn, &*format!("the text of number {n}"), &*text)
            }
            7 => {
                let n = random.below(60);
                self.texts.remove(turn, &*format!("the text of number {n}")).map(drop)
            }
            8 | 9 => {
                let tree = grow(turn, random, size)?;
                self.place(turn, random, tree)
            }
            10 => self.rearrange(turn, random),
            _ => self.shelf.remove(turn, random.below(self.places) as i64).map(drop),
        }
    }

    fn change_sorted(&self, turn: &mut Turn<'_>, random: &mut Random) -> Result<(), Error> {
        let list = self.sorted;
        let numbers = list.as_ints(turn)?;
        let (len, last) = (numbers.len(), numbers.last().copied().unwrap_or(0));
        match random.below(16) {
            _ if len > 400 => list.truncate(turn, 50),
            0 => list.extend_ints(turn, &[last, last + 1, last + 1, last + 7]),
            1..=5 if len > 0 => list.remove(turn, random.below(len)),
            _ => {
                let number = random.below(1000) as i64;
                let at = numbers.partition_point(|n| *n <= number);
                list.insert(turn, at, number)
            }
        }
    }

    /// Takes something off the shelf and puts it elsewhere, or a copy of it.
    fn rearrange(&self, turn: &mut Turn<'_>, random: &mut Random) -> Result<(), Error> {
        let from = random.below(self.places) as i64;
        if random.below(2) == 0 {
            let Some(item) = self.shelf.take(turn, from)? else { return Ok(()) };
            return self.place(turn, random, item);
        }
        let copy: Object = match self.shelf.get(turn, from)? {
            Some(Value::List(list)) => list.copy(turn)?.into(),
            Some(Value::Map(map)) => map.copy(turn)?.into(),
            _ => return Ok(()),
        };
        self.place(turn, random, copy)
    }

    /// Puts something on the shelf, anywhere; what was there is destroyed. If there is no room for it, so is it.
    pub fn place(
        &self,
        turn: &mut Turn<'_>,
        random: &mut Random,
        thing: impl Into<Input<'static>>,
    ) -> Result<(), Error> {
        let thing = thing.into();
        let placed = self.shelf.set(turn, random.below(self.places) as i64, thing);
        let object = match thing {
            Input::Object(object) => Some(object),
            Input::Item(item) => Item::object(&item),
            _ => None,
        };
        if placed.is_err()
            && let Some(object) = object
        {
            turn.destroy(object)?;
        }
        placed
    }

    /// Makes room: removes something. False: there is nothing left.
    pub fn give_up_one(&self, turn: &mut Turn<'_>) -> Result<bool, Error> {
        for map in [self.shelf, self.texts] {
            let first = match map.iter(turn)?.next().transpose()? {
                Some((Value::Int(place), _)) => return map.remove(turn, place),
                Some((Value::Text(name), _)) => name.to_owned(),
                _ => continue,
            };
            return map.remove(turn, &*first);
        }
        Ok(false)
    }

    /// Checks what must always be true.
    pub fn check(&self, turn: &Turn<'_>) -> Result<(), Error> {
        let mut numbers = Vec::new();
        for value in self.swapped.iter(turn)? {
            numbers.push(match value? {
                Value::Text(text) => number_of(text),
                other => int(other)?,
            });
        }
        numbers.sort_unstable();
        assert!(numbers.iter().copied().eq(0..SWAPPED as i64), "swapping lost a number: {numbers:?}");
        let sorted = self.sorted.as_ints(turn)?;
        assert!(sorted.is_sorted(), "not sorted any more: {sorted:?}");
        for entry in self.texts.iter(turn)? {
            let (key, value) = entry?;
            let key = key.as_text().and_then(|key| key.rsplit(' ').next()?.parse::<i64>().ok());
            let number = value.as_text().map(|text| number_of(text) / 16);
            assert_eq!(key, number, "the text of another key");
        }
        for entry in self.shelf.iter(turn)? {
            check_tree(turn, entry?.1)?;
        }
        Ok(())
    }
}

/// A text that tells whether it is whole: `17:ééééé`, as many as the number says.
pub fn pattern(number: i64) -> String {
    format!("{number}:{}", "é".repeat((number % 500) as usize))
}

/// The number of a text that must be whole.
fn number_of(text: &str) -> i64 {
    let number = text.split(':').next().and_then(|digits| digits.parse().ok()).unwrap_or(-1);
    assert_eq!(text, pattern(number), "a torn text");
    number
}

/// A loose tree: lists that begin with the number of their other elements. On an error nothing stays of it.
pub fn grow(turn: &mut Turn<'_>, random: &mut Random, size: usize) -> Result<List, Error> {
    let tree = turn.new_list()?;
    match fill(turn, random, size, tree) {
        Ok(()) => Ok(tree),
        Err(error) => turn.destroy(tree).and(Err(error)),
    }
}

fn fill(turn: &mut Turn<'_>, random: &mut Random, size: usize, tree: List) -> Result<(), Error> {
    let branches = random.below(8) as i64;
    tree.push(turn, branches)?;
    for _ in 0..branches {
        match random.below(4) {
            0 if size > 100 => {
                let branch = grow(turn, random, size / 4)?;
                let hung = tree.push(turn, branch);
                if hung.is_err() {
                    return turn.destroy(branch).and(hung);
                }
            }
            1 => tree.push(turn, 1.5)?,
            _ => tree.push(turn, &*pattern(random.below(1 + size / 8) as i64))?,
        }
    }
    Ok(())
}

/// Checks a tree, or a message that somebody kept.
fn check_tree(turn: &Turn<'_>, value: Value<'_>) -> Result<(), Error> {
    match value {
        Value::List(list) => {
            let mut elements = list.iter(turn)?;
            let says = elements.next().transpose()?.and_then(Value::as_int);
            assert_eq!(says, Some(list.len(turn)? as i64 - 1), "a tree lost a branch");
            elements.try_for_each(|element| check_tree(turn, element?))
        }
        Value::Map(message) => {
            let load = message.get(turn, "load")?.ok_or(Error::WrongType)?;
            check_tree(turn, load)
        }
        Value::Text(text) => {
            // A message's text begins with its key, which is no number of bytes.
            if !text.ends_with('!') {
                number_of(text);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
