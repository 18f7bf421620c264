//! Lists.

#![forbid(unsafe_code)]

use cohabit::{Error, Turn, Value};

use super::{LONG, Op, Props, hold_list, ints, mixed, tree};

/// A list that fills its block to the last element, with a block behind that cannot be grown into.
fn walled(turn: &mut Turn<'_>, props: &mut Props) -> super::Done {
    ints(turn, props, 6)?;
    turn.put_message("a wall behind the elements")
}

/// Besides a list, others among the roots that have the first, the first two and the first three of the same elements.
fn parts(turn: &mut Turn<'_>, props: &mut Props) -> super::Done {
    mixed(turn, props)?;
    let whole = turn.new_list()?;
    whole.push(turn, LONG)?;
    let inner = tree(turn, 1)?;
    whole.push(turn, inner)?;
    whole.push(turn, 0.5)?;
    for count in 1..=3 {
        let part = whole.slice(turn, ..count)?;
        turn.roots()?.set(turn, count as i64, part)?;
    }
    turn.destroy(whole)
}

/// A list of texts among the roots, in no order.
fn unsorted_texts(turn: &mut Turn<'_>, props: &mut Props) -> super::Done {
    ints(turn, props, 0)?;
    ["short", LONG, "b", ""].into_iter().try_for_each(|text| props.list().push(turn, text))
}

/// A list of lists among the roots, in no order.
fn unsorted(turn: &mut Turn<'_>, props: &mut Props) -> super::Done {
    ints(turn, props, 0)?;
    let outer = props.list();
    for number in [3, 1, 2, 1] {
        let inner = turn.new_list()?;
        inner.push(turn, number)?;
        inner.push(turn, LONG)?;
        outer.push(turn, inner)?;
    }
    Ok(())
}

/// A list of everything, and one to be placed.
fn mixed_and_held(turn: &mut Turn<'_>, props: &mut Props) -> super::Done {
    mixed(turn, props)?;
    hold_list(turn, props)
}

/// The same, with room for more elements. (What is made in a step of its own stays after a death, beside what was to be
/// destroyed.)
fn roomy_and_held(turn: &mut Turn<'_>, props: &mut Props) -> super::Done {
    mixed(turn, props)?;
    props.list().extend_ints(turn, &[0; 3])?;
    props.list().truncate(turn, 5)?;
    hold_list(turn, props)
}

pub(super) const OPS: &[Op] = &[
    Op::new(
        "set: same type",
        &["List::set"],
        |t, p| ints(t, p, 5),
        |t, p| p.list().set(t, 2, 0x1234_5678_9abc_i64),
    ),
    Op::new("set: other type", &["List::set"], |t, p| ints(t, p, 5), |t, p| p.list().set(t, 2, 0.5)),
    Op::new("set: number to text", &["List::set"], |t, p| ints(t, p, 5), |t, p| p.list().set(t, 2, LONG)),
    Op::new("set: text to number", &["List::set"], mixed, |t, p| p.list().set(t, 1, 7)),
    Op::new("set: text to text", &["List::set"], mixed, |t, p| p.list().set(t, 1, "a different long text")),
    Op::new("set: list to number", &["List::set"], mixed, |t, p| p.list().set(t, 2, 7)),
    Op::new("set: map to text", &["List::set"], mixed, |t, p| p.list().set(t, 4, LONG)),
    Op::new("set: text to list", &["List::set"], mixed_and_held, |t, p| p.list().set(t, 1, p.other())),
    Op::new("set: list to list", &["List::set"], mixed_and_held, |t, p| p.list().set(t, 2, p.other())),
    Op::new("push: first", &["List::push"], |t, p| ints(t, p, 0), |t, p| p.list().push(t, 1)).regrows(),
    Op::new("push: number, with room", &["List::push"], mixed, |t, p| p.list().push(t, 1)).regrows(),
    Op::new("push: number, moving", &["List::push"], walled, |t, p| p.list().push(t, 1)).regrows(),
    Op::new(
        "push: number, growing in place",
        &["List::push"],
        |t, p| ints(t, p, 6),
        |t, p| p.list().push(t, 1),
    )
    .regrows(),
    Op::new("push: text, with room", &["List::push"], mixed, |t, p| p.list().push(t, LONG)).regrows(),
    Op::new("push: text, moving", &["List::push"], walled, |t, p| p.list().push(t, LONG)).regrows(),
    Op::new("push: first text", &["List::push"], |t, p| ints(t, p, 0), |t, p| p.list().push(t, LONG))
        .regrows(),
    Op::new("push: list", &["List::push"], mixed_and_held, |t, p| p.list().push(t, p.other())).regrows(),
    Op::new("push: onto a held list", &["List::push"], hold_list, |t, p| p.other().push(t, LONG)).regrows(),
    Op::new("insert: front", &["List::insert"], mixed, |t, p| p.list().insert(t, 0, 5)).regrows(),
    Op::new("insert: text in the middle", &["List::insert"], mixed, |t, p| p.list().insert(t, 2, LONG))
        .regrows(),
    Op::new("insert: list at the end", &["List::insert"], mixed_and_held, |t, p| {
        p.list().insert(t, 5, p.other())
    })
    .regrows(),
    Op::new("insert: list in the middle", &["List::insert"], mixed_and_held, |t, p| {
        p.list().insert(t, 2, p.other())
    })
    .regrows(),
    Op::new("insert: number, moving", &["List::insert"], walled, |t, p| p.list().insert(t, 3, 0.5)).regrows(),
    Op::new(
        "insert: growing in place",
        &["List::insert"],
        |t, p| ints(t, p, 6),
        |t, p| p.list().insert(t, 1, "short"),
    )
    .regrows(),
    Op::new(
        "insert: front of a long list",
        &["List::insert"],
        |t, p| ints(t, p, 101),
        |t, p| p.list().insert(t, 0, LONG),
    )
    .regrows(),
    Op::new(
        "remove: first of a long list",
        &["List::remove"],
        |t, p| ints(t, p, 101),
        |t, p| p.list().remove(t, 0),
    ),
    Op::new("remove: text", &["List::remove"], mixed, |t, p| p.list().remove(t, 1)),
    Op::new("remove: list", &["List::remove"], mixed, |t, p| p.list().remove(t, 2)),
    Op::new("remove: last number", &["List::remove"], |t, p| ints(t, p, 3), |t, p| p.list().remove(t, 2)),
    Op::new("remove: last map", &["List::remove"], mixed, |t, p| p.list().remove(t, 4)),
    Op::new("take: number", &["List::take"], mixed, |t, p| p.list().take(t, 0).map(drop)),
    Op::new("take: text", &["List::take"], mixed, |t, p| p.list().take(t, 1).map(drop)),
    Op::new("take: list", &["List::take"], mixed, |t, p| p.list().take(t, 2).map(drop)),
    Op::new("pop: map", &["List::pop"], mixed, |t, p| p.list().pop(t).map(drop)),
    Op::new("pop: number", &["List::pop"], |t, p| ints(t, p, 2), |t, p| p.list().pop(t).map(drop)),
    Op::new("swap: text and list", &["List::swap"], mixed, |t, p| p.list().swap(t, 1, 2)),
    Op::new("swap: far apart", &["List::swap"], |t, p| ints(t, p, 20), |t, p| p.list().swap(t, 1, 18)),
    Op::new("truncate: numbers", &["List::truncate"], |t, p| ints(t, p, 20), |t, p| p.list().truncate(t, 3)),
    Op::new("truncate: objects", &["List::truncate"], mixed, |t, p| p.list().truncate(t, 1)),
    Op::new("truncate: some objects", &["List::truncate"], mixed, |t, p| p.list().truncate(t, 2)),
    Op::new("clear: objects", &["List::clear"], mixed, |t, p| p.list().clear(t)),
    Op::new("clear: a held list", &["List::clear"], hold_list, |t, p| p.other().clear(t)),
    Op::new("extend: three values", &["List::extend"], mixed, |t, p| {
        let values: [cohabit::Input<'_>; 3] = [8.into(), LONG.into(), 0.5.into()];
        p.list().extend(t, values.into_iter().take(p.parts))
    })
    .regrows()
    .in_parts(3),
    Op::new(
        "extend by integers",
        &["List::extend_ints"],
        |t, p| ints(t, p, 6),
        |t, p| p.list().extend_ints(t, &[7; 20]),
    )
    .regrows(),
    Op::new("extend by integers, moving", &["List::extend_ints"], walled, |t, p| {
        p.list().extend_ints(t, &[7; 9])
    })
    .regrows(),
    Op::new("extend by floats", &["List::extend_floats"], mixed, |t, p| {
        p.list().extend_floats(t, &[0.25; 9])
    })
    .regrows(),
    Op::new("copy a list", &["List::copy"], mixed, |t, p| p.list().copy(t).map(drop)),
    Op::new(
        "copy a deep list",
        &["List::copy"],
        |t, p| {
            let list = tree(t, 2)?;
            t.roots()?.set(t, "tree", list)?;
            p.list = Some(list);
            Ok(())
        },
        |t, p| p.list().copy(t).map(drop),
    ),
    Op::new(
        "move a taken list into another list",
        &["List::push"],
        |t, p| {
            mixed(t, p)?;
            p.item = Some(p.list().take(t, 2)?);
            let target = t.new_list()?;
            t.roots()?.set(t, "target", target)?;
            p.other = Some(target);
            Ok(())
        },
        |t, p| p.other().push(t, p.item.unwrap()),
    )
    .regrows(),
    Op::new("reverse: everything", &["List::reverse"], mixed, |t, p| p.list().reverse(t)),
    Op::new("rotate: objects", &["List::rotate_left"], mixed, |t, p| p.list().rotate_left(t, 2)),
    Op::new(
        "remove a range: numbers",
        &["List::remove_range"],
        |t, p| ints(t, p, 20),
        |t, p| p.list().remove_range(t, 3..15),
    ),
    Op::new("remove a range: objects", &["List::remove_range"], mixed, |t, p| p.list().remove_range(t, 1..3)),
    Op::new("remove a range: the end", &["List::remove_range"], mixed, |t, p| p.list().remove_range(t, 2..)),
    Op::new("splice: objects for objects, fewer", &["List::splice"], roomy_and_held, |t, p| {
        p.list().splice(t, 1..4, &[p.other().into(), LONG.into()])
    }),
    Op::new("splice: objects for nothing", &["List::splice"], mixed_and_held, |t, p| {
        p.list().splice(t, 2..2, &[LONG.into(), p.other().into(), 7.into()])
    })
    .regrows(),
    Op::new("splice: behind the last", &["List::splice"], mixed_and_held, |t, p| {
        p.list().splice(t, 5.., &[7.into(), p.other().into(), LONG.into()])
    })
    .regrows(),
    Op::new("splice: numbers, moving", &["List::splice"], walled, |t, p| {
        p.list().splice(t, 1..3, &[1.into(), 0.5.into(), 3.into()])
    })
    .regrows(),
    Op::new("splice: what is refused in the middle", &["List::splice"], mixed_and_held, |t, p| {
        let values = [LONG.into(), p.other().into(), p.other().into()];
        match p.list().splice(t, 1..3, &values) {
            Err(Error::AlreadyPlaced) => Ok(()),
            done => done,
        }
    })
    .regrows(),
    Op::new("set a slice: backwards", &["List::set_slice"], roomy_and_held, |t, p| {
        p.list().set_slice(t, None, None, -2, &[p.other().into(), LONG.into(), 0.5.into()])
    }),
    Op::new(
        "set a slice: numbers",
        &["List::set_slice"],
        |t, p| ints(t, p, 20),
        |t, p| p.list().set_slice(t, Some(2), Some(-3), 7, &[1.into(), 0.5.into(), 3.into()]),
    )
    .regrows(),
    Op::new("remove a slice: objects", &["List::remove_slice"], mixed, |t, p| {
        p.list().remove_slice(t, Some(1), None, 2)
    }),
    Op::new(
        "remove a slice: numbers",
        &["List::remove_slice"],
        |t, p| ints(t, p, 20),
        |t, p| p.list().remove_slice(t, None, None, -3),
    ),
    Op::new("sort: lists", &["List::sort"], unsorted, |t, p| p.list().sort(t)),
    Op::new(
        "sort: numbers",
        &["List::sort"],
        |t, p| {
            ints(t, p, 9)?;
            p.list().rotate_left(t, 4)
        },
        |t, p| p.list().sort(t),
    ),
    Op::new("sort: texts, some of them in blocks", &["List::sort"], unsorted_texts, |t, p| p.list().sort(t)),
    Op::new("slice a list", &["List::slice"], mixed, |t, p| p.list().slice(t, 1..3).map(drop)),
    Op::new("slice a list with a step", &["List::slice_by"], mixed, |t, p| {
        p.list().slice_by(t, None, None, -2).map(drop)
    }),
    Op::new("extend from a list", &["List::extend_from"], parts, |t, p| {
        let part = t.roots()?.get(t, p.parts as i64)?.and_then(Value::as_list).expect("the setup made one");
        p.list().extend_from(t, part)
    })
    .regrows()
    .in_parts(3),
    Op::new("repeat a list", &["List::repeat"], |t, p| ints(t, p, 1), |t, p| p.list().repeat(t, 1 + p.parts))
        .regrows()
        .in_parts(3),
];
