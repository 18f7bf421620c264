//! Events become objects in a region.
//!
//! ```text
//!   [ 1, { "a": 2 } ]     new list, placed; push 1; new map, placed; set "a" 2
//! ```
//!
//! Containers are placed into their parent while still empty, and filled there. So at every moment there is one loose
//! object, the *tray* that everything is built on: on an error it is destroyed and the region is as it was, and if we are killed,
//! the next party does the same.
#![forbid(unsafe_code)]

use cohabit::{BigInt, Decimal, Error, Input, Item, Key, List, Map, Object, Turn, Value};

use super::{Event, Refused};

/// Builds what `read` tells, in this party's holdings.
pub fn build(
    turn: &mut Turn<'_>,
    read: impl FnOnce(&mut dyn FnMut(Event<'_>) -> Result<(), Error>) -> Result<(), Refused>,
) -> Result<Item, Refused> {
    let mut builder = Builder::new(turn)?;
    match read(&mut |event| builder.take(event)) {
        Ok(()) => Ok(builder.finish()?),
        Err(refused) => {
            builder.drop_all()?;
            Err(refused)
        }
    }
}

/// A container being filled.
#[derive(Clone, Copy)]
enum Open {
    List(List),
    Map(Map),
}

/// A key that waits for its value.
enum Name {
    Text(String),
    Bytes(Vec<u8>),
    Decimal(String),
    Large(Vec<u8>),
    Other(Key<'static>),
}

impl Name {
    fn key(&self) -> Result<Key<'_>, Error> {
        Ok(match self {
            Name::Text(text) => Key::Text(text),
            Name::Bytes(bytes) => Key::Bytes(bytes),
            Name::Decimal(text) => Decimal::parse(text)?.into(),
            Name::Large(bytes) => BigInt::from_le_bytes(bytes).into(),
            Name::Other(key) => *key,
        })
    }
}

struct Builder<'b, 't> {
    turn: &'b mut Turn<'t>,
    /// A list that nobody sees, whose only element is the document.
    tray: List,
    open: Vec<Open>,
    name: Name,
}

impl<'b, 't> Builder<'b, 't> {
    fn new(turn: &'b mut Turn<'t>) -> Result<Builder<'b, 't>, Error> {
        let tray = turn.new_list()?;
        Ok(Builder { turn, tray, open: vec![Open::List(tray)], name: Name::Text(String::new()) })
    }

    fn take(&mut self, event: Event<'_>) -> Result<(), Error> {
        match event {
            Event::Key(key) => self.note(key),
            Event::Scalar(value) => self.place(value),
            Event::List => {
                let list = self.turn.new_list()?;
                self.place_new(Open::List(list), list.into())
            }
            Event::Map => {
                let map = self.turn.new_map()?;
                self.place_new(Open::Map(map), map.into())
            }
            Event::End => {
                self.open.pop();
                Ok(())
            }
        }
    }

    fn note(&mut self, key: Value<'_>) -> Result<(), Error> {
        match (key, &mut self.name) {
            // Nearly all keys are texts: without an allocation each.
            (Value::Text(text), Name::Text(name)) => {
                name.clear();
                name.push_str(text);
            }
            (Value::Text(text), name) => *name = Name::Text(text.to_owned()),
            (Value::Bytes(bytes), name) => *name = Name::Bytes(bytes.to_owned()),
            (Value::Null, name) => *name = Name::Other(Key::Null),
            (Value::Bool(bool), name) => *name = Name::Other(Key::Bool(bool)),
            (Value::Int(int), name) => *name = Name::Other(Key::Int(int)),
            (Value::Uint(int), name) => *name = Name::Other(Key::Uint(int)),
            (Value::Float(float), name) => *name = Name::Other(Key::Float(float)),
            (Value::Decimal(decimal), name) => *name = Name::Decimal(decimal.as_str().to_owned()),
            (Value::BigInt(int), name) => *name = Name::Large(int.as_le_bytes().to_owned()),
            _ => return Err(Error::WrongType),
        }
        Ok(())
    }

    fn place<'v>(&mut self, value: impl Into<Input<'v>>) -> Result<(), Error> {
        match self.open.last() {
            Some(Open::List(list)) => list.push(self.turn, value),
            Some(Open::Map(map)) => map.set(self.turn, self.name.key()?, value),
            // Only after the document's end, and there are no events then.
            None => Ok(()),
        }
    }

    fn place_new(&mut self, open: Open, object: Object) -> Result<(), Error> {
        if let Err(error) = self.place(object) {
            // It did not get onto the tray, so it is loose beside it.
            self.turn.destroy(object)?;
            return Err(error);
        }
        self.open.push(open);
        Ok(())
    }

    /// Takes the document off the tray.
    fn finish(self) -> Result<Item, Error> {
        let item = self.tray.take(self.turn, 0)?;
        self.turn.destroy(self.tray)?;
        Ok(item)
    }

    fn drop_all(self) -> Result<(), Error> {
        self.turn.destroy(self.tray)
    }
}
