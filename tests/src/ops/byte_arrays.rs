//! Byte arrays.

#![forbid(unsafe_code)]

use cohabit::Turn;

use super::{Done, Op, Props};

/// A byte array of these many bytes, placed among the roots.
fn bytes(turn: &mut Turn<'_>, props: &mut Props, len: usize) -> Done {
    let contents: Vec<u8> = (0..len).map(|byte| byte as u8 | 1).collect();
    let array = turn.new_byte_array(&contents)?;
    turn.roots()?.set(turn, "bytes", array)?;
    props.byte_array = Some(array);
    Ok(())
}

/// The same with a block behind that cannot be grown into.
fn walled(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    bytes(turn, props, 40)?;
    turn.put_message("a wall behind the bytes")
}

pub(super) const OPS: &[Op] = &[
    Op::new(
        "new byte array",
        &["Turn::new_byte_array"],
        |_, _| Ok(()),
        |t, _| t.new_byte_array(b"bytes to begin with").map(drop),
    ),
    Op::new(
        "new empty byte array",
        &["Turn::new_byte_array"],
        |_, _| Ok(()),
        |t, _| t.new_byte_array(b"").map(drop),
    ),
    Op::new(
        "borrow a byte array",
        &["ByteArray::as_mut_slice"],
        |t, p| bytes(t, p, 20),
        // As with a buffer: writing through it is no operation.
        |t, p| p.byte_array().as_mut_slice(t).map(drop),
    ),
    Op::new(
        "set a byte",
        &["ByteArray::set"],
        |t, p| bytes(t, p, 20),
        |t, p| p.byte_array().set(t, 13, 0x55),
    ),
    Op::new(
        "push: first byte",
        &["ByteArray::push"],
        |t, p| bytes(t, p, 0),
        |t, p| p.byte_array().push(t, 7),
    )
    .regrows(),
    Op::new(
        "push: a byte, with room",
        &["ByteArray::push"],
        |t, p| bytes(t, p, 37),
        |t, p| p.byte_array().push(t, 7),
    ),
    Op::new(
        "push: a byte, growing in place",
        &["ByteArray::push"],
        |t, p| bytes(t, p, 40),
        |t, p| p.byte_array().push(t, 7),
    )
    .regrows(),
    Op::new("push: a byte, moving", &["ByteArray::push"], walled, |t, p| p.byte_array().push(t, 7)).regrows(),
    Op::new("pop a byte", &["ByteArray::pop"], |t, p| bytes(t, p, 3), |t, p| p.byte_array().pop(t).map(drop)),
    Op::new("extend by bytes", &["ByteArray::extend"], walled, |t, p| {
        p.byte_array().extend(t, b"some bytes behind those that there are")
    })
    .regrows(),
    Op::new(
        "truncate bytes",
        &["ByteArray::truncate"],
        |t, p| bytes(t, p, 30),
        |t, p| p.byte_array().truncate(t, 3),
    ),
    Op::new(
        "insert bytes in front",
        &["ByteArray::insert"],
        |t, p| bytes(t, p, 30),
        |t, p| p.byte_array().insert(t, 0, b"in front"),
    ),
    Op::new(
        "remove bytes from the middle",
        &["ByteArray::remove"],
        |t, p| bytes(t, p, 30),
        |t, p| p.byte_array().remove(t, 3..12),
    ),
    Op::new("splice: other bytes in the middle", &["ByteArray::splice"], walled, |t, p| {
        p.byte_array().splice(t, 3..12, b"more bytes than there were before")
    }),
    Op::new("splice: the end away", &["ByteArray::splice"], walled, |t, p| {
        p.byte_array().splice(t, 3..40, b"")
    }),
    Op::new("copy a byte array", &["ByteArray::copy"], walled, |t, p| p.byte_array().copy(t).map(drop)),
    Op::new(
        "destroy a byte array",
        &["Turn::destroy"],
        |t, p| {
            p.byte_array = Some(t.new_byte_array(&[0x42; 70])?);
            Ok(())
        },
        |t, p| t.destroy(p.byte_array()),
    ),
    Op::new(
        "replace a byte array",
        &["Map::set"],
        |t, p| bytes(t, p, 70),
        |t, _| t.roots()?.set(t, "bytes", 1),
    ),
    Op::new(
        "copy a list with a byte array",
        &["List::copy"],
        |t, p| {
            super::mixed(t, p)?;
            let array = t.new_byte_array(b"bytes in a byte array in a list")?;
            p.list().push(t, array)?;
            p.byte_array = Some(array);
            Ok(())
        },
        |t, p| p.list().copy(t).map(drop),
    ),
    Op::new(
        "take a byte array",
        &["Map::take"],
        |t, p| bytes(t, p, 70),
        |t, _| t.roots()?.take(t, "bytes").map(drop),
    ),
];
