//! Records.

#![forbid(unsafe_code)]

use cohabit::{AnyRecord, Error, Record, Turn};

use super::{LONG, Op, Props, hold_list, tree};

/// A record with a field of each form, and another record inside.
#[derive(Record, Clone, Debug, PartialEq)]
pub struct Staff {
    number: i64,
    name: String,
    seat: Option<Seat>,
    list: Option<cohabit::List>,
}

/// The record inside.
#[derive(Record, Clone, Debug, PartialEq)]
pub struct Seat {
    row: u8,
    marks: Vec<String>,
}

fn staff() -> Staff {
    let seat = Seat { row: 3, marks: vec!["at the window".into(), "warm".into()] };
    Staff { number: 1815, name: LONG.into(), seat: Some(seat), list: None }
}

/// A record among the roots, with a list in it.
fn placed(turn: &mut Turn<'_>, props: &mut Props) -> Result<(), Error> {
    let list = tree(turn, 1)?;
    let record = turn.new_record(&Staff { list: Some(list), ..staff() })?;
    turn.roots()?.set(turn, "record", record)?;
    props.record = Some(record.any());
    Ok(())
}

/// The schemas are there already; so making records is all or nothing.
fn known(turn: &mut Turn<'_>, _: &mut Props) -> Result<(), Error> {
    let record = turn.new_record(&staff())?;
    turn.destroy(record)
}

/// A record in the actor's holdings.
fn held(turn: &mut Turn<'_>, props: &mut Props) -> Result<(), Error> {
    props.record = Some(turn.new_record(&staff())?.any());
    Ok(())
}

fn typed(turn: &Turn<'_>, props: &Props) -> Result<Record<Staff>, Error> {
    any(props).open(turn)
}

fn any(props: &Props) -> AnyRecord {
    props.record.expect("the setup made a record")
}

pub(super) const OPS: &[Op] = &[
    Op::new("new record", &["Turn::new_record"], known, |t, _| t.new_record(&staff()).map(drop)),
    // Directory, its table, and two schemas stay, each stored by an operation of its own.
    Op::new("first record", &["Turn::new_record"], |_, _| Ok(()), |t, _| t.new_record(&staff()).map(drop))
        .keeps(4),
    Op::new("set a number", &["Record::set"], placed, |t, p| typed(t, p)?.set(t, Staff::NUMBER, -1)),
    Op::new("set a text", &["Record::set"], placed, |t, p| {
        typed(t, p)?.set(t, Staff::NAME, "a different long text")
    }),
    Op::new("set text to short text", &["Record::set"], placed, |t, p| typed(t, p)?.set(t, Staff::NAME, "-")),
    Op::new("set record to record", &["Record::set"], placed, |t, p| {
        typed(t, p)?.set(t, Staff::SEAT, Some(&Seat { row: 4, marks: vec![LONG.into()] }))
    }),
    Op::new("set record to nothing", &["Record::set"], placed, |t, p| typed(t, p)?.set(t, Staff::SEAT, None)),
    Op::new(
        "set list to list",
        &["Record::set"],
        |t, p| placed(t, p).and_then(|()| hold_list(t, p)),
        |t, p| typed(t, p)?.set(t, Staff::LIST, p.other),
    ),
    Op::new("update a number", &["Record::update"], placed, |t, p| {
        typed(t, p)?.update(t, Staff::NUMBER, |number| number + 1)
    }),
    Op::new("set a number by name", &["AnyRecord::set"], placed, |t, p| {
        any(p).set(t, "number", -1).map(|found| assert!(found))
    }),
    Op::new("set a text by name", &["AnyRecord::set"], placed, |t, p| {
        any(p).set(t, "name", "a different long text").map(|found| assert!(found))
    }),
    Op::new(
        "set list to list by name",
        &["AnyRecord::set"],
        |t, p| placed(t, p).and_then(|()| hold_list(t, p)),
        |t, p| any(p).set(t, "list", p.other).map(|found| assert!(found)),
    ),
    Op::new("copy a record", &["Record::copy"], placed, |t, p| typed(t, p)?.copy(t).map(drop)),
    Op::new("copy any record", &["AnyRecord::copy"], held, |t, p| any(p).copy(t).map(drop)),
    Op::new("destroy a record", &["Turn::destroy"], held, |t, p| t.destroy(any(p))),
    Op::new(
        "push: record",
        &["List::push"],
        |t, p| {
            held(t, p)?;
            super::ints(t, p, 4)
        },
        |t, p| p.list().push(t, any(p)),
    )
    .regrows(),
    Op::new("remove a record", &["Map::remove"], placed, |t, _| t.roots()?.remove(t, "record").map(drop)),
    Op::new("put a record as message", &["Turn::put_message"], held, |t, p| t.put_message(any(p))),
];
