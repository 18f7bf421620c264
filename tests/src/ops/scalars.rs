//! Scalars of every type, where numbers and texts would stand: in a cell, and in a block of their own.

#![forbid(unsafe_code)]

use cohabit::{Order, Turn, Value};

use super::{Done, LONG, Op, Props, entries, mixed};
use crate::scalars::Rich;

/// A list of one scalar of each kind that needs a block, and of each that does not.
fn scalars(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    mixed(turn, props)?;
    for rich in Rich::samples() {
        // A long one of each kind would not leave room for others.
        if !matches!(rich.as_value(), Value::BigInt(int) if int.as_le_bytes().len() > 100) {
            props.list().push(turn, rich.as_value())?;
        }
    }
    Ok(())
}

/// The place in that list of the first scalar for which this is true.
fn find(turn: &Turn<'_>, props: &Props, wanted: fn(Value<'_>) -> bool) -> usize {
    props.list().iter(turn).unwrap().position(|value| wanted(value.unwrap())).unwrap()
}

const DECIMAL: fn(Value<'_>) -> bool =
    |value| value.as_decimal().is_some_and(|found| found.as_str().len() > 8);
const DATE: fn(Value<'_>) -> bool = |value| value.as_date().is_some();
const BLOB: fn(Value<'_>) -> bool = |value| value.as_blob().is_some();

fn blob() -> cohabit::Blob<'static> {
    cohabit::Blob { codec: "pickle", data: b"\x80\x05K\x01." }
}

pub(super) const OPS: &[Op] = &[
    Op::new("push: big integer", &["List::push"], mixed, |t, p| p.list().push(t, u128::MAX)).regrows(),
    Op::new("push: a decimal in pieces", &["List::push"], mixed, |t, p| {
        p.list().push(t, cohabit::Decimal::parse("-0012345678.9e-3").unwrap())
    })
    .regrows(),
    Op::new("push: date", &["List::push"], mixed, |t, p| p.list().push(t, cohabit::Date::MAX)).regrows(),
    Op::new("insert: complex", &["List::insert"], mixed, |t, p| {
        p.list().insert(t, 1, cohabit::Complex { re: 0.5, im: -0.0 })
    })
    .regrows(),
    Op::new("set: text to blob", &["List::set"], mixed, |t, p| p.list().set(t, 1, blob())),
    Op::new("set: decimal to text", &["List::set"], scalars, |t, p| {
        let at = find(t, p, DECIMAL);
        p.list().set(t, at, LONG)
    }),
    Op::new("set: date to time of another type", &["List::set"], scalars, |t, p| {
        let at = find(t, p, DATE);
        p.list().set(t, at, cohabit::Time::MAX)
    }),
    Op::new("set: date to date", &["List::set"], scalars, |t, p| {
        let at = find(t, p, DATE);
        p.list().set(t, at, cohabit::Date::new(2024, 2, 29).unwrap())
    }),
    Op::new("take: blob", &["List::take"], scalars, |t, p| {
        let at = find(t, p, BLOB);
        p.list().take(t, at).map(drop)
    }),
    Op::new("remove: date", &["List::remove"], scalars, |t, p| {
        let at = find(t, p, DATE);
        p.list().remove(t, at)
    }),
    Op::new("truncate: scalars", &["List::truncate"], scalars, |t, p| p.list().truncate(t, 6)),
    Op::new("copy a list of scalars", &["List::copy"], scalars, |t, p| p.list().copy(t).map(drop)),
    Op::new(
        "set: a zoned date and time by its key",
        &["Map::set"],
        |t, p| entries(t, p, 2),
        |t, p| p.map().set(t, "when", Rich::sample(14).as_value()),
    )
    .regrows(),
    Op::new("put: a slice", &["Turn::put_message"], mixed, |t, _| {
        t.put_message(cohabit::Slice::new(Some(1), None, Some(-1)))
    }),
    Op::new(
        "accept: a time zone",
        &["Message::accept"],
        |t, p| {
            t.put_message(Rich::sample(18).as_value())?;
            p.message = t.take_message(Order::Fifo)?;
            Ok(())
        },
        |t, p| p.message.unwrap().accept(t).map(drop),
    ),
    Op::new(
        "destroy a scalar",
        &["Turn::destroy"],
        |t, p| {
            scalars(t, p)?;
            let at = find(t, p, DECIMAL);
            p.item = Some(p.list().take(t, at)?);
            Ok(())
        },
        |t, p| t.destroy(p.item.and_then(|item| item.object()).unwrap()),
    ),
    Op::new(
        "place a scalar that was taken",
        &["List::push"],
        |t, p| {
            scalars(t, p)?;
            let at = find(t, p, BLOB);
            p.item = Some(p.list().take(t, at)?);
            Ok(())
        },
        |t, p| p.list().push(t, p.item.unwrap()),
    )
    .regrows(),
];
