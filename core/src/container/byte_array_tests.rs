//! Byte arrays beside a `Vec` of bytes.

#![forbid(unsafe_code)]

extern crate std;
use std::{vec, vec::Vec};

use cohabit_testkit::Random;

use super::tests::{in_turn, sound};
use crate::{Error, Value};

#[test]
fn a_byte_array_does_what_a_vector_does() {
    in_turn(16 << 10, |turn| {
        let random = &mut Random(7);
        let array = turn.new_byte_array(b"to begin with").unwrap();
        turn.roots().unwrap().set(turn, "bytes", array).unwrap();
        let mut shadow = b"to begin with".to_vec();
        for _ in 0..if cfg!(miri) { 100 } else { 2000 } {
            let more = vec![random.below(256) as u8; random.below(30)];
            let (a, b) = (random.below(shadow.len() + 1), random.below(shadow.len() + 1));
            let (from, to) = (a.min(b), a.max(b));
            match random.below(8) {
                0 | 1 => {
                    array.extend(turn, &more).unwrap();
                    shadow.extend(more);
                }
                2 => {
                    array.insert(turn, a, &more).unwrap();
                    shadow.splice(a..a, more);
                }
                3 => {
                    array.splice(turn, from..to, &more).unwrap();
                    shadow.splice(from..to, more);
                }
                4 if shadow.len() > 200 => {
                    array.remove(turn, from..to).unwrap();
                    shadow.drain(from..to);
                }
                5 if shadow.len() > 300 => {
                    array.truncate(turn, a).unwrap();
                    shadow.truncate(a);
                }
                6 => assert_eq!(array.pop(turn), Ok(shadow.pop())),
                _ if a < shadow.len() => {
                    array.set(turn, a, a as u8).unwrap();
                    shadow[a] = a as u8;
                    assert_eq!(array.get(turn, a), Ok(a as u8));
                }
                _ => array.push(turn, 1).map(|()| shadow.push(1)).unwrap(),
            }
            assert_eq!(array.as_slice(turn), Ok(&shadow[..]));
        }
        array.as_mut_slice(turn).unwrap().reverse();
        shadow.reverse();
        let copy = array.copy(turn).unwrap();
        assert_eq!(copy.as_slice(turn), Ok(&shadow[..]));
        assert_eq!(sound(turn).byte_arrays, 2);
        turn.destroy(copy).unwrap();
        assert_eq!(copy.len(turn), Err(Error::Stale));
    });
}

#[test]
fn a_byte_array_is_a_value_like_others() {
    in_turn(4096, |turn| {
        let list = turn.new_list().unwrap();
        let array = turn.new_byte_array(&[]).unwrap();
        assert_eq!(array.as_mut_slice(turn), Ok(&mut [][..]));
        list.push(turn, array).unwrap();
        assert_eq!(list.get(turn, 0), Ok(Value::ByteArray(array)));
        assert_eq!(list.push(turn, array), Err(Error::AlreadyPlaced));
        array.extend(turn, &[7; 100]).unwrap();
        assert_eq!(list.footprint(turn).unwrap().bytes, 24 + 8 + 104);
        let copy = list.copy(turn).unwrap().get(turn, 0).unwrap().as_byte_array().unwrap();
        assert!(copy != array && copy.as_slice(turn) == Ok(&[7; 100]));
        let item = list.take(turn, 0).unwrap();
        turn.destroy(item.object().unwrap()).unwrap();
        assert_eq!(array.push(turn, 1), Err(Error::Stale));
        assert_eq!(turn.roots().unwrap().set(turn, "copy", copy), Err(Error::AlreadyPlaced));
    });
}

#[test]
fn what_is_out_of_range_or_too_large_changes_nothing() {
    in_turn(2048, |turn| {
        let array = turn.new_byte_array(&[1, 2, 3]).unwrap();
        assert_eq!(array.get(turn, 3), Err(Error::out_of_range(3, 3)));
        assert_eq!(array.set(turn, 3, 0), Err(Error::out_of_range(3, 3)));
        assert_eq!(array.insert(turn, 4, &[0]), Err(Error::out_of_range(4, 3)));
        assert_eq!(array.remove(turn, 1..9), Err(Error::out_of_range(9, 3)));
        let used = turn.stats().unwrap().used;
        let large = vec![0; 4096];
        for result in [array.extend(turn, &large), array.insert(turn, 1, &large)] {
            assert!(matches!(result, Err(Error::OutOfMemory { .. })), "{result:?}");
        }
        assert!(matches!(turn.new_byte_array(&large), Err(Error::OutOfMemory { .. })));
        assert_eq!(turn.stats().unwrap().used, used);
        assert_eq!(array.as_slice(turn).map(<[u8]>::to_vec), Ok(Vec::from([1, 2, 3])));
    });
}
