//! Arrays. What writes to many elements in place is no operation, but must leave everything else as it was.

#![forbid(unsafe_code)]

use cohabit::{Array, Dtype, Element, Layout, Turn, View};

use super::{Done, LONG, Op, Props, mixed};

/// An array among the roots, between two texts.
fn placed<T: Element>(turn: &mut Turn<'_>, props: &mut Props, elements: [T; 6]) -> Done {
    let roots = turn.roots()?;
    roots.set(turn, "before", LONG)?;
    let array = turn.new_array_from(&[2, 3], &elements)?;
    roots.set(turn, "array", array)?;
    roots.set(turn, "after", LONG)?;
    props.array = Some(array.any());
    Ok(())
}

fn floats(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    placed(turn, props, [0.5, 1.5, 2.5, 3.5, 4.5, 5.5f64])
}

/// The same, out of its container again.
fn held(turn: &mut Turn<'_>, props: &mut Props) -> Done {
    floats(turn, props)?;
    turn.roots()?.take(turn, "array").map(drop)
}

fn array<T: Element>(turn: &Turn<'_>, props: &Props) -> Result<Array<T>, cohabit::Error> {
    props.array.expect("the setup made an array").typed(turn)
}

/// Every second column, rows upside down: nothing that lies one after the other.
fn view(turn: &Turn<'_>, props: &Props) -> Result<View<f64>, cohabit::Error> {
    array(turn, props)?.view(turn)?.step(1, 2)?.step(0, -1)
}

pub(super) const OPS: &[Op] = &[
    Op::new("new array", &["Turn::new_array"], |_, _| Ok(()), |t, _| t.new_array::<f64>(&[2, 3]).map(drop)),
    Op::new(
        "new array in Fortran order",
        &["Turn::new_array_by"],
        |_, _| Ok(()),
        |t, _| t.new_array_by::<u16>(&Layout::fortran(&[5, 3])?).map(drop),
    ),
    Op::new(
        "new array of no dimensions, its type known late",
        &["Turn::new_any_array"],
        |_, _| Ok(()),
        |t, _| t.new_any_array(Dtype::Bfloat16, &Layout::SCALAR).map(drop),
    ),
    Op::new(
        "new array from elements",
        &["Turn::new_array_from"],
        |_, _| Ok(()),
        |t, _| t.new_array_from(&[3], &[1, 2, 3i32]).map(drop),
    ),
    Op::new(
        "new array from a view of ndarray's",
        &["Turn::new_array_from_ndarray"],
        |_, _| Ok(()),
        |t, _| {
            let matrix = ndarray::arr2(&[[1, 2, 3], [4, 5, 6u8]]);
            t.new_array_from_ndarray(matrix.t()).map(drop)
        },
    ),
    Op::new(
        "place an array",
        &["List::push"],
        |t, p| mixed(t, p).and_then(|()| held(t, p)),
        |t, p| p.list().push(t, p.array.unwrap()),
    )
    .regrows(),
    Op::new("replace an array", &["Map::set"], floats, |t, _| t.roots()?.set(t, "array", LONG)),
    Op::new("take an array", &["Map::take"], floats, |t, _| t.roots()?.take(t, "array").map(drop)),
    Op::new("destroy an array", &["Turn::destroy"], held, |t, p| t.destroy(p.array.unwrap())),
    Op::new("copy an array", &["Array::copy"], floats, |t, p| array::<f64>(t, p)?.copy(t).map(drop)),
    Op::new("copy any array", &["AnyArray::copy"], held, |t, p| p.array.unwrap().copy(t).map(drop)),
    Op::new("copy a view", &["View::to_array"], floats, |t, p| view(t, p)?.to_array(t).map(drop)),
    Op::new(
        "copy a list with an array",
        &["List::copy"],
        |t, p| {
            mixed(t, p).and_then(|()| held(t, p))?;
            p.list().push(t, p.array.unwrap())
        },
        |t, p| p.list().copy(t).map(drop),
    ),
    Op::new(
        "set an element of a byte",
        &["Array::set"],
        |t, p| placed(t, p, [true, false, true, true, false, false]),
        |t, p| array(t, p)?.set(t, &[0, 1], true),
    ),
    Op::new(
        "set an element of two bytes",
        &["Array::set"],
        |t, p| placed(t, p, [1, 2, 3, 4, 5, 6i16]),
        |t, p| array(t, p)?.set(t, &[1, 2], -0x1234i16),
    ),
    Op::new(
        "set an element of four bytes",
        &["Array::set"],
        |t, p| placed(t, p, [1, 2, 3, 4, 5, 6u32]),
        |t, p| array(t, p)?.set(t, &[1, 0], 0x1234_5678u32),
    ),
    Op::new("set an element of eight bytes", &["Array::set"], floats, |t, p| {
        array(t, p)?.set(t, &[1, 1], -1e300)
    }),
    Op::new(
        "set an element of sixteen bytes",
        &["Array::set"],
        |t, p| placed(t, p, [[1.0, -1.0]; 6]),
        |t, p| array(t, p)?.set(t, &[0, 2], [-1e300, 1e-300]),
    ),
    Op::new("set an element of a view", &["View::set"], floats, |t, p| view(t, p)?.set(t, &[0, 1], 0.25)),
    Op::new("fill", &["Array::fill"], floats, |t, p| array(t, p)?.fill(t, 7.5)).in_place(),
    Op::new("fill a view", &["View::fill"], floats, |t, p| view(t, p)?.fill(t, 7.5)).in_place(),
    Op::new("copy elements in", &["Array::copy_from"], floats, |t, p| array(t, p)?.copy_from(t, &[9.5; 6]))
        .in_place(),
    Op::new("copy elements into a view", &["View::copy_from"], floats, |t, p| {
        view(t, p)?.copy_from(t, &[9.5; 4])
    })
    .in_place(),
    Op::new("update", &["Array::update"], floats, |t, p| array(t, p)?.update(t, |x: f64| x + 10.0))
        .in_place(),
    Op::new("update a view", &["View::update"], floats, |t, p| view(t, p)?.update(t, |x| x + 10.0))
        .in_place(),
    // Writing through these is as writing through `Bytes::buffer_mut`: what is half written is half written.
    Op::new("borrow elements", &["Array::as_mut_slice", "View::as_mut_slice"], floats, |t, p| {
        array::<f64>(t, p)?.as_mut_slice(t).map(drop)?;
        array::<f64>(t, p)?.view(t)?.as_mut_slice(t).map(drop)
    }),
    Op::new("borrow memory", &["Array::memory_mut"], floats, |t, p| {
        array::<f64>(t, p)?.memory_mut(t).map(drop)
    }),
    Op::new("borrow buffers", &["Turn::buffer_mut", "View::buffer_mut"], floats, |t, p| {
        t.buffer_mut(p.array.unwrap()).map(drop)?;
        view(t, p)?.buffer_mut(t).map(drop)
    }),
    Op::new("borrow for ndarray", &["Array::as_ndarray_mut", "View::as_ndarray_mut"], floats, |t, p| {
        array::<f64>(t, p)?.as_ndarray_mut::<ndarray::Ix2>(t).map(drop)?;
        view(t, p)?.as_ndarray_mut::<ndarray::IxDyn>(t).map(drop)
    }),
];
