//! Messages.

#![forbid(unsafe_code)]

use cohabit::{Order, Turn};

use super::{Done, LONG, Op, Props, hold_list, ints, mixed, tree};

/// Messages of every kind in the queue: text, number, list, number.
fn queued(turn: &mut Turn<'_>, _: &mut Props) -> Done {
    turn.put_message(LONG)?;
    turn.put_message(1)?;
    let list = tree(turn, 1)?;
    turn.put_message(list)?;
    turn.put_message(2)
}

/// The same, and the oldest or the youngest taken.
fn taken(turn: &mut Turn<'_>, props: &mut Props, order: Order) -> Done {
    queued(turn, props)?;
    props.message = turn.take_message(order)?;
    Ok(())
}

/// A message that carries a list, taken.
fn list_taken(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    turn.put_message(3)?;
    let list = tree(turn, 1)?;
    turn.put_message(list)?;
    props.other = Some(list);
    props.message = turn.take_message(Order::Lifo)?;
    Ok(())
}

pub(super) const OPS: &[Op] = &[
    Op::new("put: first number", &["Turn::put_message"], |_, _| Ok(()), |t, _| t.put_message(5)),
    Op::new("put: first text", &["Turn::put_message"], |_, _| Ok(()), |t, _| t.put_message(LONG)),
    Op::new("put: first list", &["Turn::put_message"], hold_list, |t, p| t.put_message(p.other())),
    Op::new("put: bytes", &["Turn::put_message"], queued, |t, _| t.put_message(&[7; 200])),
    Op::new("put: text", &["Turn::put_message"], queued, |t, _| t.put_message(LONG)),
    Op::new(
        "put: held list",
        &["Turn::put_message"],
        |t, p| queued(t, p).and(hold_list(t, p)),
        |t, p| t.put_message(p.other()),
    ),
    Op::new(
        "put: a list taken from a list",
        &["Turn::put_message"],
        |t, p| {
            mixed(t, p)?;
            p.item = Some(p.list().take(t, 2)?);
            Ok(())
        },
        |t, p| t.put_message(p.item.unwrap()),
    ),
    Op::new("take: oldest", &["Turn::take_message"], queued, |t, _| t.take_message(Order::Fifo).map(drop)),
    Op::new("take: youngest", &["Turn::take_message"], queued, |t, _| t.take_message(Order::Lifo).map(drop)),
    Op::new(
        "take: the only one",
        &["Turn::take_message"],
        |t, _| t.put_message(LONG),
        |t, _| t.take_message(Order::Fifo).map(drop),
    ),
    Op::new(
        "take: none",
        &["Turn::take_message"],
        |_, _| Ok(()),
        |t, _| t.take_message(Order::Lifo).map(drop),
    ),
    Op::new(
        "finish: text",
        &["Message::finish"],
        |t, p| taken(t, p, Order::Fifo),
        |t, p| p.message.unwrap().finish(t),
    ),
    Op::new(
        "finish: number",
        &["Message::finish"],
        |t, p| taken(t, p, Order::Lifo),
        |t, p| p.message.unwrap().finish(t),
    ),
    Op::new("finish: list", &["Message::finish"], list_taken, |t, p| p.message.unwrap().finish(t)),
    Op::new(
        "accept: text",
        &["Message::accept"],
        |t, p| taken(t, p, Order::Fifo),
        |t, p| p.message.unwrap().accept(t).map(drop),
    ),
    Op::new(
        "accept: bytes",
        &["Message::accept"],
        |t, p| {
            queued(t, p)?;
            t.put_message(&[7; 200])?;
            p.message = t.take_message(Order::Lifo)?;
            Ok(())
        },
        |t, p| p.message.unwrap().accept(t).map(drop),
    ),
    Op::new("accept: list", &["Message::accept"], list_taken, |t, p| p.message.unwrap().accept(t).map(drop)),
    Op::new(
        "accept: number",
        &["Message::accept"],
        |t, p| taken(t, p, Order::Lifo),
        |t, p| p.message.unwrap().accept(t).map(drop),
    ),
    Op::new(
        "put back: first",
        &["Message::put_back"],
        |t, p| taken(t, p, Order::Fifo),
        |t, p| p.message.unwrap().put_back(t),
    ),
    Op::new(
        "put back: last",
        &["Message::put_back"],
        |t, p| taken(t, p, Order::Lifo),
        |t, p| p.message.unwrap().put_back(t),
    ),
    Op::new(
        "put back: the only one",
        &["Message::put_back"],
        |t, p| {
            t.put_message(LONG)?;
            p.message = t.take_message(Order::Fifo)?;
            Ok(())
        },
        |t, p| p.message.unwrap().put_back(t),
    ),
    Op::new(
        "put back: in the middle",
        &["Message::put_back"],
        |t, p| {
            queued(t, p)?;
            let first = t.take_message(Order::Fifo)?;
            p.message = t.take_message(Order::Fifo)?;
            first.unwrap().put_back(t)
        },
        |t, p| p.message.unwrap().put_back(t),
    ),
    Op::new(
        "move a list from a message into a list",
        &["List::push"],
        |t, p| {
            list_taken(t, p)?;
            p.item = Some(p.message.take().unwrap().accept(t)?);
            ints(t, p, 3)
        },
        |t, p| p.list().push(t, p.item.unwrap()),
    )
    .regrows(),
];
