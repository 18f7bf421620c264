//! Structs put and loaded by serde where the region is not to be trusted.

use cohabit::{AnyRecord, Error, Object, SerdeError, Turn, Value};
use cohabit_testkit::Random;
use serde::{Deserialize, Serialize};

/// It begins as the records do that are derived.
#[derive(Serialize, Deserialize)]
struct Thing {
    number: i64,
    name: String,
    parts: Vec<f64>,
    kind: Option<Kind>,
}

#[derive(Serialize, Deserialize)]
enum Kind {
    Plain,
    Of(u8),
    Large { size: u64, label: String },
}

/// What a struct of one field makes of whatever there is.
#[derive(Deserialize)]
struct Number {
    #[serde(rename = "number")]
    _number: i64,
}

/// Every way to read a record as a type; none has to succeed.
pub(crate) fn read(turn: &Turn<'_>, record: AnyRecord) {
    let value = Value::Record(record);
    let _ = (turn.load::<Thing>(value).is_ok(), turn.load::<Number>(value).is_ok());
    let _ = (turn.load::<Kind>(value).is_ok(), turn.load::<Vec<i64>>(value).is_ok());
}

/// A record put by serde.
pub(crate) fn put(turn: &mut Turn<'_>, random: &mut Random) -> Result<AnyRecord, Error> {
    let kind = match random.below(4) {
        0 => None,
        1 => Some(Kind::Plain),
        2 => Some(Kind::Of(7)),
        _ => Some(Kind::Large { size: random.next_u64(), label: "a label that is long".into() }),
    };
    let thing = Thing { number: 5, name: "a name that is long".into(), parts: vec![0.5; 9], kind };
    match turn.put(&thing).map(|item| item.object()) {
        Ok(Some(Object::Record(record))) => Ok(record),
        Ok(_) => Err(Error::WrongType),
        Err(SerdeError::Region(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}
