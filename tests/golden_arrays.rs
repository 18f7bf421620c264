//! The image with arrays: `golden/arrays.bin`.

use cohabit::{Array, Dtype, Element, Error, Layout, Order, Turn, Value};

use super::pinned;

const ARRAYS: &[u8] = include_bytes!("golden/arrays.bin");

/// An array of each type of element, by its name; an empty one; one of no dimensions; one with room between its rows.
fn fill_with_arrays(turn: &mut Turn<'_>) -> Result<(), Error> {
    let roots = turn.roots()?;
    fn put<T: Element>(turn: &mut Turn<'_>, elements: [T; 6]) -> Result<(), Error> {
        let array = turn.new_array_from(&[2, 3], &elements)?;
        turn.roots()?.set(turn, T::DTYPE.name(), array)
    }
    put(turn, [true, false, false, true, true, false])?;
    put(turn, [0, 1, -1, i8::MIN, i8::MAX, 2])?;
    put(turn, [0, 1, -1, i16::MIN, i16::MAX, 2])?;
    put(turn, [0, 1, -1, i32::MIN, i32::MAX, 2])?;
    put(turn, [0, 1, -1, i64::MIN, i64::MAX, 2])?;
    put(turn, [0, 1, 2, 3, u8::MAX, 4])?;
    put(turn, [0, 1, 2, 3, u16::MAX, 4])?;
    put(turn, [0, 1, 2, 3, u32::MAX, 4])?;
    put(turn, [0, 1, 2, 3, u64::MAX, 4])?;
    put(turn, [0.0, -0.5, f32::MAX, f32::INFINITY, 1e-40, 2.0])?;
    put(turn, [0.0, -0.5, f64::MAX, f64::INFINITY, 1e-310, 2.0])?;
    put(turn, [[0.0, 1.0], [-0.5, 2.0], [f32::MAX, 3.0], [0.0; 2], [1.0; 2], [2.0; 2]])?;
    put(turn, [[0.0, 1.0], [-0.5, 2.0], [f64::MAX, 3.0], [0.0; 2], [1.0; 2], [2.0; 2]])?;
    let halves = turn.new_any_array(Dtype::Float16, &Layout::fortran(&[2, 2, 2])?)?;
    roots.set(turn, "float16", halves)?;
    turn.buffer_mut(halves)?.bytes_mut()[2..4].copy_from_slice(&[0x00, 0x3c]);
    let empty = turn.new_any_array(Dtype::Bfloat16, &Layout::new(&[3, 0, 2])?)?;
    roots.set(turn, "bfloat16", empty)?;
    let scalar = turn.new_array::<f64>(&[])?;
    scalar.set(turn, &[], 2.5)?;
    roots.set(turn, "scalar", scalar)?;
    let apart = turn.new_array_by::<i16>(&Layout::strided(&[3, 2], &[5, 2])?)?;
    apart.copy_from(turn, &[1, 2, 3, 4, 5, 6])?;
    turn.put_message(apart)
}

/// What they contain, on every host.
fn check_arrays(turn: &mut Turn<'_>) -> Result<(), Error> {
    let audit = turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
    assert_eq!(audit.arrays, 17);
    let roots = turn.roots()?;
    let any = |turn: &Turn<'_>, name: &str| {
        roots.get(turn, name).ok().flatten().and_then(Value::as_array).expect("an array")
    };
    let all = |turn: &Turn<'_>, array: Array<i64>| array.iter(turn)?.collect::<Result<Vec<_>, _>>();
    assert_eq!(all(turn, any(turn, "int64").typed(turn)?)?, [0, 1, -1, i64::MIN, i64::MAX, 2]);
    assert_eq!(
        any(turn, "bool").typed::<bool>(turn)?.as_slice(turn)?,
        [true, false, false, true, true, false]
    );
    assert_eq!(any(turn, "uint16").typed::<u16>(turn)?.get(turn, &[1, 1])?, u16::MAX);
    assert_eq!(any(turn, "float32").typed::<f32>(turn)?.get(turn, &[1, 1])?, 1e-40);
    assert_eq!(any(turn, "float64").typed::<f64>(turn)?.get(turn, &[0, 2])?, f64::MAX);
    assert_eq!(any(turn, "complex64").typed::<[f32; 2]>(turn)?.get(turn, &[0, 1])?, [-0.5, 2.0]);
    assert_eq!(any(turn, "complex128").typed::<[f64; 2]>(turn)?.get(turn, &[0, 2])?, [f64::MAX, 3.0]);
    let halves = any(turn, "float16");
    assert_eq!(halves.layout(turn)?.strides(), [1, 2, 4]);
    assert_eq!(turn.buffer(halves)?.bytes()[..4], [0, 0, 0, 0x3c]);
    let empty = any(turn, "bfloat16");
    assert_eq!((empty.dtype(turn)?, empty.layout(turn)?.shape()), (Dtype::Bfloat16, &[3, 0, 2][..]));
    assert_eq!(any(turn, "scalar").typed::<f64>(turn)?.get(turn, &[])?, 2.5);
    let ints = any(turn, "int32").typed::<i32>(turn)?;
    if cfg!(target_endian = "little") {
        assert_eq!(ints.as_slice(turn)?, [0, 1, -1, i32::MIN, i32::MAX, 2]);
    } else {
        assert_eq!(ints.as_slice(turn), Err(Error::ForeignEndian));
    }
    let apart = turn.read_message(Order::Fifo)?.and_then(Value::as_array).expect("an array");
    let apart = apart.typed::<i16>(turn)?;
    assert!(apart.iter(turn)?.eq((1..=6).map(Ok)));
    assert_eq!(apart.layout(turn)?.strides(), [5, 2]);
    // And it goes on from here.
    let column = apart.view(turn)?.at(1, 1)?;
    column.update(turn, |element| element * 100)?;
    assert!(apart.iter(turn)?.eq([1, 200, 3, 400, 5, 600].map(Ok)));
    Ok(())
}

#[test]
fn arrays_have_these_bytes_and_read_the_same_everywhere() {
    pinned("arrays", 4096, ARRAYS, fill_with_arrays, check_arrays);
}
