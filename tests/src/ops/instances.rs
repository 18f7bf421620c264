//! Instances.

#![forbid(unsafe_code)]

use cohabit::{Error, Instance, Turn};

use super::{Done, LONG, Op, Props, hold_list, ints, tree};

const CLASS: &str = "a class with a long name";
const NAME: &str = "a name too long for a cell";

/// An instance among the roots with these many fields that are numbers.
fn numbers(turn: &mut Turn<'_>, props: &mut Props, len: usize) -> Done {
    let instance = turn.new_instance(CLASS)?;
    turn.roots()?.set(turn, "instance", instance)?;
    for (number, name) in (0i64..).zip(["a", "b", "c", "d"]).take(len) {
        instance.set(turn, name, number)?;
    }
    props.instance = Some(instance);
    Ok(())
}

/// Fields of every form, one of them removed again.
fn varied(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    numbers(turn, props, 1)?;
    let instance = props.instance();
    instance.set(turn, NAME, LONG)?;
    let list = tree(turn, 1)?;
    instance.set(turn, "list", list)?;
    instance.set(turn, "to be removed, and long", 1)?;
    instance.remove(turn, "to be removed, and long").map(drop)
}

/// An instance in the actor's holdings.
fn held(turn: &mut Turn<'_>, props: &mut Props) -> Result<Instance, Error> {
    let instance = turn.new_instance("Short")?;
    instance.set(turn, NAME, LONG)?;
    props.instance = Some(instance);
    Ok(instance)
}

pub(super) const OPS: &[Op] = &[
    Op::new("new instance", &["Turn::new_instance"], |_, _| Ok(()), |t, _| t.new_instance("Short").map(drop)),
    Op::new(
        "new instance: long class",
        &["Turn::new_instance"],
        |_, _| Ok(()),
        |t, _| t.new_instance(CLASS).map(drop),
    ),
    Op::new(
        "set a new field: with room",
        &["Instance::set"],
        |t, p| numbers(t, p, 1),
        |t, p| p.instance().set(t, "z", 7),
    ),
    Op::new(
        "set a new field: rebuilding",
        &["Instance::set"],
        |t, p| numbers(t, p, 3),
        |t, p| p.instance().set(t, NAME, LONG),
    )
    .regrows(),
    Op::new("set a field: number by text", &["Instance::set"], varied, |t, p| p.instance().set(t, "a", LONG)),
    Op::new("set a field: list by number", &["Instance::set"], varied, |t, p| p.instance().set(t, "list", 1)),
    Op::new(
        "set a field: text by list",
        &["Instance::set"],
        |t, p| {
            varied(t, p)?;
            hold_list(t, p)
        },
        |t, p| p.instance().set(t, NAME, p.other()),
    ),
    Op::new("remove a field", &["Instance::remove"], varied, |t, p| p.instance().remove(t, "a").map(drop)),
    Op::new("remove a field: long", &["Instance::remove"], varied, |t, p| {
        p.instance().remove(t, NAME).map(drop)
    }),
    Op::new("remove a field: list", &["Instance::remove"], varied, |t, p| {
        p.instance().remove(t, "list").map(drop)
    }),
    Op::new("take a field: number", &["Instance::take"], varied, |t, p| p.instance().take(t, "a").map(drop)),
    Op::new("take a field: long", &["Instance::take"], varied, |t, p| p.instance().take(t, NAME).map(drop)),
    Op::new("copy an instance", &["Instance::copy"], varied, |t, p| p.instance().copy(t).map(drop)).regrows(),
    Op::new(
        "push: an instance",
        &["List::push"],
        |t, p| {
            ints(t, p, 4)?;
            held(t, p).map(drop)
        },
        |t, p| p.list().push(t, p.instance()),
    )
    .regrows(),
    Op::new(
        "put an instance as message",
        &["Turn::put_message"],
        |t, p| held(t, p).map(drop),
        |t, p| t.put_message(p.instance()),
    ),
    Op::new("remove an instance", &["Map::remove"], varied, |t, _| {
        t.roots()?.remove(t, "instance").map(drop)
    }),
    Op::new(
        "destroy an instance",
        &["Turn::destroy"],
        |t, p| held(t, p).map(drop),
        |t, p| t.destroy(p.instance()),
    ),
];
