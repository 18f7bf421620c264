//! Arrays against vectors: every type of element, every way in and out.
//!
//! Seen red on: an auditor that does not ask whether a copy would fit where the gap is wider.

extern crate std;
use std::{vec, vec::Vec};

use super::*;
use crate::{config::Config, region::Region};

/// Runs `work` in a turn of a fresh region, and audits it after.
pub(super) fn in_a_turn(work: impl FnOnce(&mut Turn<'_>) -> Result<(), Error>) {
    let mut memory = vec![0u64; 4096];
    let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
    let [mut party, _other] = region.split::<2>().unwrap();
    let mut turn = party.acquire().unwrap();
    work(&mut turn).unwrap();
    #[cfg(feature = "containers")]
    turn.audit().unwrap();
}

/// Two elements of every type: made, read, set, filled, updated, copied; alone and through views.
fn exercise<T: Element>(turn: &mut Turn<'_>, [a, b]: [T; 2]) -> Result<(), Error> {
    let array = turn.new_array_from(&[3, 2], &[a, b, b, b, a, a])?;
    let read = |turn: &Turn<'_>, view: &View<T>| view.iter(turn)?.collect::<Result<Vec<T>, _>>();
    assert_eq!(array.any().dtype(turn)?, T::DTYPE);
    assert_eq!(array.any().typed::<T>(turn)?, array);
    assert_eq!(array.layout(turn)?.shape(), [3, 2]);
    assert_eq!(array.get(turn, &[2, 0])?, a);
    array.set(turn, &[2, 0], b)?;
    let view = array.view(turn)?;
    assert_eq!(read(turn, &view)?, [a, b, b, b, b, a]);
    let column = view.at(1, 0)?.step(0, -1)?;
    assert_eq!(read(turn, &column)?, [b, b, a]);
    column.set(turn, &[0], a)?;
    assert_eq!(column.get(turn, &[0])?, a);
    assert_eq!(column.get(turn, &[3]), Err(Error::out_of_range(3, 3)));
    column.copy_from(turn, &[b, a, b])?;
    assert_eq!(read(turn, &view)?, [b, b, a, b, b, a]);
    view.slice(0, 1..)?.fill(turn, b)?;
    column.update(turn, |old| if old == a { b } else { a })?;
    assert_eq!(read(turn, &view.transpose())?, [a, a, a, b, b, b]);
    let copy = view.transpose().to_array(turn)?;
    assert_eq!(read(turn, &copy.view(turn)?)?, [a, a, a, b, b, b]);
    let mut out = [a; 6];
    view.copy_to(turn, &mut out)?;
    assert_eq!(out, [a, b, a, b, a, b]);
    assert_eq!(view.copy_to(turn, &mut out[..5]), Err(Error::BadShape));
    assert_eq!(view.copy_from(turn, &out[..5]), Err(Error::BadShape));

    if check_native(T::DTYPE).is_ok() {
        assert_eq!(array.as_slice(turn)?, out);
        array.as_mut_slice(turn)?[1] = a;
        assert_eq!(array.memory(turn)?[..2], [a, a]);
        array.memory_mut(turn)?[1] = b;
        assert_eq!(view.slice(0, 1..)?.as_slice(turn)?, &out[2..]);
        assert_eq!(column.as_slice(turn), Err(Error::NotContiguous));
        assert_eq!(column.as_mut_slice(turn), Err(Error::NotContiguous));
    } else {
        assert_eq!(array.as_slice(turn), Err(Error::ForeignEndian));
        assert_eq!(array.as_mut_slice(turn), Err(Error::ForeignEndian));
        assert_eq!(array.memory(turn), Err(Error::ForeignEndian));
    }
    let zeros = turn.new_array_by::<T>(&Layout::fortran(&[2, 3])?)?;
    zeros.copy_from(turn, &out)?;
    assert_eq!(read(turn, &zeros.view(turn)?)?, out);
    let whole = zeros.copy(turn)?;
    assert_eq!(whole.layout(turn)?, zeros.layout(turn)?);
    assert_eq!(read(turn, &whole.view(turn)?)?, out);
    for made in [array, copy, zeros, whole] {
        turn.destroy(made)?;
        assert_eq!(made.get(turn, &[0, 0]), Err(Error::Stale));
    }
    Ok(())
}

#[test]
fn every_type_of_element_goes_in_and_comes_out() {
    in_a_turn(|turn| {
        exercise(turn, [false, true])?;
        exercise(turn, [i8::MIN, 1])?;
        exercise(turn, [i16::MIN, 0x1234])?;
        exercise(turn, [i32::MIN, 0x1234_5678])?;
        exercise(turn, [i64::MIN, 0x1234_5678_9abc_def0])?;
        exercise(turn, [u8::MAX, 1])?;
        exercise(turn, [u16::MAX, 0x1234])?;
        exercise(turn, [u32::MAX, 0x1234_5678])?;
        exercise(turn, [u64::MAX, 0x1234_5678_9abc_def0])?;
        exercise(turn, [-0.5f32, f32::INFINITY])?;
        exercise(turn, [-0.1f64, f64::MIN_POSITIVE])?;
        exercise(turn, [[1.0f32, -2.0], [0.5, f32::MAX]])?;
        exercise(turn, [[1.0f64, -2.0], [0.5, f64::MAX]])
    });
    #[cfg(feature = "half")]
    in_a_turn(|turn| {
        exercise(turn, [half::f16::MAX, half::f16::NEG_ONE])?;
        exercise(turn, [half::bf16::MAX, half::bf16::NEG_ONE])
    });
    #[cfg(feature = "num-complex")]
    in_a_turn(|turn| {
        exercise(turn, [num_complex::Complex::<f32>::new(1.0, -2.0), num_complex::Complex::I])?;
        exercise(turn, [num_complex::Complex::<f64>::new(1.0, -2.0), num_complex::Complex::I])
    });
}

#[test]
fn scalars_and_empty_arrays_are_arrays() {
    in_a_turn(|turn| {
        let scalar = turn.new_array::<f64>(&[])?;
        scalar.set(turn, &[], 2.5)?;
        assert_eq!(scalar.get(turn, &[])?, 2.5);
        assert!(scalar.iter(turn)?.eq([Ok(2.5)]));
        assert_eq!(scalar.get(turn, &[0]), Err(Error::BadShape));
        let empty = turn.new_array_from::<i32>(&[3, 0, 2], &[])?;
        assert_eq!(empty.layout(turn)?.shape(), [3, 0, 2]);
        assert_eq!(empty.iter(turn)?.len(), 0);
        assert_eq!(empty.iter(turn)?.next(), None);
        empty.fill(turn, 1)?;
        empty.copy_from(turn, &[])?;
        let none = empty.view(turn)?.slice(0, 3..)?.step(2, -1)?.transpose();
        assert_eq!(none.iter(turn)?.next(), None);
        none.to_array(turn)?;
        empty.copy(turn)?;
        if cfg!(target_endian = "little") {
            assert_eq!(empty.as_slice(turn)?, []);
            assert_eq!(none.as_mut_slice(turn)?, []);
        }
        assert_eq!(empty.get(turn, &[0, 0, 0]), Err(Error::out_of_range(0, 0)));
        assert_eq!(turn.buffer(empty)?.bytes(), []);
        Ok(())
    });
}

#[cfg(feature = "containers")]
#[test]
fn elements_lie_on_cache_lines_wherever_the_block_is() {
    in_a_turn(|turn| {
        let (list, most) = (turn.new_list()?, if cfg!(miri) { 10 } else { 40usize });
        for number in 0..most {
            let array = turn.new_array_from::<u8>(&[3, number], &vec![number as u8; number * 3])?;
            list.push(turn, array)?;
            list.push(turn, &"something of another length each time"[..9 + number % 16])?;
        }
        let copy = list.copy(turn)?;
        for list in [list, copy] {
            for number in 1..most {
                let array = list.get(turn, number * 2)?.as_array().expect("an array").typed::<u8>(turn)?;
                let slice = array.as_slice(turn)?;
                assert_eq!(slice, vec![number as u8; number * 3]);
                let from_heap = slice.as_ptr().addr() - turn.heap.span().0;
                assert_eq!(from_heap % 64, 0);
            }
        }
        assert_eq!(turn.audit().unwrap().arrays as usize, 2 * most);
        Ok(())
    });
}

#[cfg(feature = "containers")]
#[test]
fn arrays_are_objects_like_any_other() {
    in_a_turn(|turn| {
        let array = turn.new_array::<i16>(&[4])?;
        let map = turn.new_map()?;
        map.set(turn, "array", array)?;
        assert_eq!(map.set(turn, "again", array), Err(Error::AlreadyPlaced));
        assert_eq!(map.get(turn, "array")?, Some(crate::Value::Array(array.any())));
        assert_eq!(map.footprint(turn)?.arrays, 8 * (2 + 1 + 7 + 1));
        let item = map.take(turn, "array")?.expect("it was there");
        assert_eq!(item.value(turn)?.as_array(), Some(array.any()));
        turn.put_message(item)?;
        assert_eq!(array.any().typed::<u16>(turn), Err(Error::WrongType));
        assert_eq!(AnyArray::from_bits(array.any().to_bits()), Some(array.any()));
        assert_eq!(AnyArray(map.0).dtype(turn), Err(Error::WrongType));
        let too_large = turn.new_array::<[f64; 2]>(&[1 << 30]);
        assert!(matches!(too_large, Err(Error::TooLarge | Error::OutOfMemory { .. })), "{too_large:?}");
        assert!(matches!(turn.new_array::<u8>(&[1 << 20]), Err(Error::OutOfMemory { .. })));
        let backwards = Layout::new(&[4])?.step(0, -1)?;
        assert_eq!(turn.new_array_by::<u8>(&backwards), Err(Error::BadShape));
        assert_eq!(turn.new_array_from(&[4], &[1u8, 2, 3]), Err(Error::BadShape));
        Ok(())
    });
}

#[test]
fn buffers_say_what_others_need_to_know() {
    in_a_turn(|turn| {
        let array = turn.new_array_from(&[2, 3], &[0i32, 1, 2, 3, 4, 5])?;
        let view = array.view(turn)?.step(0, -1)?.slice(1, 1..)?;
        let buffer = view.buffer(turn)?;
        assert_eq!((buffer.dtype(), buffer.start()), (Dtype::Int32, 16));
        assert!(buffer.byte_strides().eq([-12, 4]));
        assert_eq!(buffer.bytes()[buffer.start()..][..4], [4, 0, 0, 0]);
        assert_eq!(buffer.as_ptr(), &raw const buffer.bytes()[16]);
        let mut buffer = view.buffer_mut(turn)?;
        assert_eq!(buffer.as_mut_ptr().cast_const(), buffer.as_ptr());
        buffer.bytes_mut()[16] = 7;
        assert_eq!(array.get(turn, &[1, 1])?, 7);

        let (text, bytes) = (turn.new_text("a text of some length")?, turn.new_bytes(b"bytes")?);
        assert_eq!(turn.buffer(text)?.bytes(), b"a text of some length");
        assert_eq!(turn.buffer(bytes)?.layout().shape(), [5]);
        assert_eq!(turn.buffer(array)?.layout().shape(), [2, 3]);
        turn.buffer_mut(bytes)?.bytes_mut()[0] = b'B';
        assert_eq!(bytes.buffer(turn)?, b"Bytes");
        turn.buffer_mut(array)?.bytes_mut()[20] = 9;
        assert_eq!(array.get(turn, &[1, 2])?, 9);
        assert_eq!(turn.buffer_mut(text).err(), Some(Error::WrongType));
        let number = crate::handle::List(array.any().0);
        assert_eq!(turn.buffer(number).err(), Some(Error::WrongType));

        // A byte that is no truth value is damage to whoever reads it as one.
        let flags = turn.new_array_from(&[2], &[true, false])?;
        turn.buffer_mut(flags)?.bytes_mut()[1] = 2;
        assert!(flags.get(turn, &[0])?);
        assert!(matches!(flags.get(turn, &[1]), Err(Error::Corrupt { .. })));
        assert!(matches!(flags.as_slice(turn), Err(Error::Corrupt { .. })));
        Ok(())
    });
}

/// An empty array was made, and then not found to be filled: where its first element would be is beyond the end of a full heap.
#[test]
fn an_empty_array_in_the_last_granules_of_a_heap_is_one() {
    for words in if cfg!(miri) { 202..203 } else { 200..208 } {
        let mut memory = vec![0u64; words];
        let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new().compact()).unwrap();
        let [mut party, _other] = region.split::<2>().unwrap();
        let mut turn = party.acquire().unwrap();
        let full = (0..words).find_map(|_| turn.new_array_from::<i32>(&[0, 7], &[]).err());
        assert!(matches!(full, Some(Error::OutOfMemory { .. })), "{full:?} in {words} words");
    }
}

#[cfg(feature = "containers")]
#[test]
fn the_auditor_notices_an_array_that_contradicts_itself() {
    use crate::{AuditError, Fault};
    in_a_turn(|turn| {
        // Of two that lie differently the one with the smaller gap: in it, more elements fit than in a copy elsewhere.
        let mut blocks = [0; 2];
        for block in &mut blocks {
            *block = turn.new_array_from(&[2, 3], &[1i32, 2, 3, 4, 5, 6])?.0.0.block();
        }
        let gap = |block: &u32| (block + 4).next_multiple_of(8) - block;
        let block = blocks.into_iter().min_by_key(gap).unwrap_or_default();
        // What is changed in room, type and number of dimensions; in the extents and strides of both dimensions.
        let damages = [
            ("room for more than there is", [1, 0, 0]),
            ("room for less", [2, 0, 0]),
            ("a larger type", [1 << 32, 0, 0]),
            ("no type", [4 << 32, 0, 0]),
            ("one dimension", [3 << 40, 0, 0]),
            ("255 dimensions", [0xfd << 40, 0, 0]),
            ("more rows", [0, 1, 0]),
            ("rows one on the other", [0, 6 << 32, 1 << 32]),
            ("a stride backwards", [0, 0, 1 << 63]),
            ("more elements than a copy has room for", [6 ^ 8, 7 << 32, 7]),
        ];
        for (what, damage) in damages {
            let change = |turn: &mut Turn<'_>| {
                (block + 1..).zip(damage).try_for_each(|(at, bits)| {
                    let word = turn.heap.word(at)?;
                    turn.heap.set_word(at, word ^ bits)
                })
            };
            change(turn)?;
            let error = AuditError { at: block, fault: Fault::BadObject };
            assert_eq!(turn.audit().map(|_| ()), Err(error), "{what}");
            change(turn)?;
        }
        Ok(())
    });
}

#[test]
fn types_have_one_number_name_and_size() {
    for number in 1..=15u8 {
        let dtype = Dtype::from_byte(number).unwrap();
        assert_eq!(dtype as u8, number);
        assert_eq!(Dtype::from_name(dtype.name()), Some(dtype));
        assert_eq!(dtype.dlpack().1 as usize, dtype.size() * 8);
        assert_eq!(dtype.format().is_none(), dtype == Dtype::Bfloat16);
    }
    assert_eq!((Dtype::from_byte(0), Dtype::from_byte(16), Dtype::from_name("object")), (None, None, None));
}
