//! Objects by themselves: made, destroyed, placed; and what a party does as a whole.

#![forbid(unsafe_code)]

use cohabit::{Error, Order, SerdeError, Turn};
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeStruct, SerializeStructVariant},
};

use super::{Act, LONG, Op, entries, hold_list, mixed, tree};

/// What is put by serde: a text, a list, and a variant of an enum, in a map.
struct Told;

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("a name that is long", LONG)?;
        map.serialize_entry("points", &[1, 2, 3])?;
        map.serialize_entry("kind", &Kind)?;
        map.end()
    }
}

struct Kind;

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_variant("Kind", 1, "Other", &0.5)
    }
}

/// Structs put by serde: twice the same, which become records, the first by way of a map if it is not known.
struct Crew;

impl Serialize for Crew {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq([&Mate, &Mate])
    }
}

/// A struct with an object of each form, and a variant with a field.
struct Mate;

impl Serialize for Mate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut mate = serializer.serialize_struct("Mate", 4)?;
        mate.serialize_field("a name that is long", LONG)?;
        mate.serialize_field("number", &7)?;
        mate.serialize_field("points", &[1, 2, 3])?;
        mate.serialize_field("rank", &Rank)?;
        mate.end()
    }
}

struct Rank;

impl Serialize for Rank {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rank = serializer.serialize_struct_variant("Rank", 0, "Second", 1)?;
        rank.serialize_field("since", "a day that is long ago")?;
        rank.end()
    }
}

/// One that leaves a field out after it has begun like those before.
struct Leaver;

impl Serialize for Leaver {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut mate = serializer.serialize_struct("Mate", 4)?;
        mate.serialize_field("a name that is long", LONG)?;
        mate.skip_field("number")?;
        mate.serialize_field("points", &[1, 2, 3])?;
        mate.end()
    }
}

/// More objects than one step places: a list of texts, and a struct of them.
struct Many;

const NAMES: [&str; 18] =
    ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r"];

impl Serialize for Many {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut many = serializer.serialize_struct("Many", NAMES.len())?;
        for name in NAMES.split_last().expect("there are some").1 {
            many.serialize_field(name, LONG)?;
        }
        many.serialize_field("r", &[LONG; 32])?;
        many.end()
    }
}

fn put<T: Serialize>(turn: &mut Turn<'_>, value: &T) -> Result<(), Error> {
    turn.put(value).map(drop).map_err(|error| match error {
        SerdeError::Region(error) => error,
        other => panic!("{other}"),
    })
}

/// Puts a value and destroys it, so that its schemas are there.
fn known<T: Serialize>(turn: &mut Turn<'_>, value: &T) -> Result<(), Error> {
    let item = turn.put(value).expect("there is room");
    item.object().map_or(Ok(()), |object| turn.destroy(object))
}

pub(super) const OPS: &[Op] = &[
    Op::new("new list", &["Turn::new_list"], |_, _| Ok(()), |turn, _| turn.new_list().map(drop)),
    Op::new("new map", &["Turn::new_map"], |_, _| Ok(()), |turn, _| turn.new_map().map(drop)),
    Op::new("new text", &["Turn::new_text"], |_, _| Ok(()), |turn, _| turn.new_text(LONG).map(drop)),
    Op::new("new bytes", &["Turn::new_bytes"], |_, _| Ok(()), |turn, _| turn.new_bytes(&[9; 70]).map(drop)),
    Op::new("new buffer", &["Turn::new_buffer"], |_, _| Ok(()), |turn, _| turn.new_buffer(100).map(drop)),
    Op::new("put by serde", &["Turn::put"], |_, _| Ok(()), |turn, _| put(turn, &Told)),
    Op::new("put structs by serde", &["Turn::put"], |turn, _| known(turn, &Crew), |turn, _| put(turn, &Crew)),
    // Directory, its table, and two schemas stay, each stored by an operation of its own.
    Op::new("put first structs by serde", &["Turn::put"], |_, _| Ok(()), |turn, _| put(turn, &Crew)).keeps(4),
    Op::new(
        "put a struct that leaves a field out by serde",
        &["Turn::put"],
        |turn, _| known(turn, &Mate),
        |turn, _| put(turn, &Leaver),
    ),
    Op::new(
        "put many objects by serde",
        &["Turn::put"],
        |turn, _| known(turn, &Many),
        |turn, _| put(turn, &Many),
    ),
    Op::new(
        "borrow a buffer",
        &["Bytes::buffer_mut"],
        |turn, props| {
            props.bytes = Some(turn.new_buffer(40)?);
            Ok(())
        },
        // Writing through it is no operation: what is half written is half written, and the documentation says so.
        |turn, props| props.bytes.unwrap().buffer_mut(turn).map(drop),
    ),
    Op::new(
        "destroy a text",
        &["Turn::destroy"],
        |turn, props| {
            props.text = Some(turn.new_text(LONG)?);
            Ok(())
        },
        |turn, props| turn.destroy(props.text.unwrap()),
    ),
    Op::new(
        "destroy a text between free blocks",
        &["Turn::destroy"],
        |turn, props| {
            let before = turn.new_text(LONG)?;
            props.text = Some(turn.new_text(LONG)?);
            let after = turn.new_text(LONG)?;
            turn.put_message("a fence")?;
            turn.destroy(before)?;
            turn.destroy(after)
        },
        |turn, props| turn.destroy(props.text.unwrap()),
    ),
    Op::new(
        "destroy bytes before a free block",
        &["Turn::destroy"],
        |turn, props| {
            props.bytes = Some(turn.new_bytes(&[1; 30])?);
            let after = turn.new_bytes(&[1; 30])?;
            turn.put_message("a fence")?;
            turn.destroy(after)
        },
        |turn, props| turn.destroy(props.bytes.unwrap()),
    ),
    Op::new("destroy a list", &["Turn::destroy"], hold_list, |turn, props| turn.destroy(props.other())),
    Op::new(
        "destroy a deep tree",
        &["Turn::destroy"],
        |turn, props| {
            props.other = Some(tree(turn, 3)?);
            Ok(())
        },
        |turn, props| turn.destroy(props.other()),
    ),
    Op::new(
        "destroy a map of everything",
        &["Turn::destroy"],
        |turn, props| {
            let map = turn.new_map()?;
            for key in 0..3 {
                map.set(turn, key, LONG)?;
            }
            let list = tree(turn, 1)?;
            map.set(turn, "the list by its long key", list)?;
            map.remove(turn, 1)?;
            props.map = Some(map);
            Ok(())
        },
        |turn, props| turn.destroy(props.map()),
    ),
    Op::new(
        "destroy a long list of numbers with a text",
        &["Turn::destroy"],
        |turn, props| {
            let list = turn.new_list()?;
            list.extend_ints(turn, &[0x4242_4242; 60])?;
            list.push(turn, LONG)?;
            list.push(turn, 1)?;
            props.other = Some(list);
            Ok(())
        },
        |turn, props| turn.destroy(props.other()),
    ),
    Op::new(
        "destroy a map of numbers with a text",
        &["Turn::destroy"],
        |turn, props| {
            let map = turn.new_map()?;
            for key in 0..14 {
                map.set(turn, key, 0x4242_4242)?;
            }
            map.set(turn, 14, LONG)?;
            props.map = Some(map);
            Ok(())
        },
        |turn, props| turn.destroy(props.map()),
    ),
    Op::new(
        "audit",
        &["Turn::audit"],
        |turn, props| mixed(turn, props).and(entries(turn, props, 3)),
        |turn, _| turn.audit().map(drop).map_err(|_| Error::Corrupt { at: 0 }),
    ),
    Op::new("reap", &["Turn::reap"], hold_list, |_, _| Ok(())).acting(Act::Reap),
    Op::new(
        "leave, holding things",
        &["Party::leave", "Party::acquire"],
        |turn, props| {
            mixed(turn, props)?;
            hold_list(turn, props)?;
            for value in 0..3 {
                turn.put_message(value)?;
            }
            props.message = turn.take_message(Order::Fifo)?;
            turn.take_message(Order::Lifo).map(drop)
        },
        |_, _| Ok(()),
    )
    .acting(Act::Leave),
    Op::new("leave, holding nothing", &["Party::leave"], |_, _| Ok(()), |_, _| Ok(())).acting(Act::Leave),
    Op::new(
        "leave, waiting, with a message",
        &["Party::leave_with", "Party::request"],
        |turn, props| {
            turn.put_message(LONG)?;
            props.message = turn.take_message(Order::Fifo)?;
            Ok(())
        },
        |_, _| Ok(()),
    )
    .acting(Act::LeaveWith),
    Op::new(
        "a first turn after one who died holding things",
        &[
            "Party::acquire",
            "Party::try_acquire",
            "Party::acquire_by",
            "Party::acquire_until",
            "Party::acquire_with",
        ],
        |turn, props| {
            hold_list(turn, props)?;
            turn.put_message(LONG)?;
            turn.put_message("a younger message")?;
            props.message = turn.take_message(Order::Fifo)?;
            props.text = Some(turn.new_text(LONG)?);
            Ok(())
        },
        |_, _| Ok(()),
    )
    .acting(Act::Rejoin),
    Op::new("a first turn in an empty slot", &["Party::acquire"], |_, _| Ok(()), |_, _| Ok(()))
        .acting(Act::Rejoin),
];
