//! Operations on byte arrays.

use cohabit::{ByteArray, Error, Object};
use cohabit_tests::shadow::Shadow;

use crate::{
    op::{Given, Op, Verb},
    step::{Not, Step, judge},
};

/// What is to be added: a text's or run's bytes, or a few that the numbers make.
fn given(op: &Op) -> Vec<u8> {
    match &op.given {
        Given::Value(Shadow::Bytes(bytes)) => bytes.clone(),
        // Odd, as all bytes here, lest they look like an object's header.
        Given::Value(Shadow::Text(text)) => text.bytes().map(|byte| byte | 1).collect(),
        _ => vec![op.at[3] as u8 | 1; op.at[3] as usize % 20],
    }
}

fn out_of_range(index: usize, len: usize) -> Option<Error> {
    Some(Error::OutOfRange { index: index as u32, len: len as u32 })
}

impl Step<'_, '_> {
    pub fn on_bytes(&mut self, op: &Op) -> Result<(), Not> {
        let bytes = given(op);
        if op.verb == Verb::NewByteArray {
            let array = judge(self.turn.new_byte_array(&bytes), None, true)?;
            self.hold(array.into(), Shadow::ByteArray(bytes));
            return Ok(());
        }
        let (path, object) = self.find(op, |shadow| matches!(shadow, Shadow::ByteArray(_)))?;
        let Object::ByteArray(array) = object else { panic!("{object:?} is not a byte array") };
        let shadow = self.state.node_mut(&path).bytes_mut();
        let turn = &mut *self.turn;
        assert_eq!(array.as_slice(turn), Ok(&shadow[..]));
        let len = shadow.len();
        let at = op.at[3] as usize % (len + 1);
        match op.verb {
            Verb::ByteExtend => {
                judge(array.extend(turn, &bytes), None, true)?;
                shadow.extend(bytes);
            }
            Verb::ByteSet => {
                let byte = op.at[0] as u8 | 1;
                judge(
                    array.set(turn, at, byte),
                    (at == len).then(|| out_of_range(at, len)).flatten(),
                    false,
                )?;
                shadow[at] = byte;
                assert_eq!(array.get(turn, at), Ok(byte));
            }
            Verb::BytePop => assert_eq!(array.pop(turn), Ok(shadow.pop())),
            Verb::ByteTruncate => {
                judge(array.truncate(turn, at), None, false)?;
                shadow.truncate(at);
            }
            _ => {
                // Sometimes one too far.
                let end = (at + op.at[0] as usize % 9).min(len + op.at[1].is_multiple_of(16) as usize);
                let due = if end > len { out_of_range(end, len) } else { None };
                judge(splice(turn, array, at..end.max(at), &bytes), due, true)?;
                shadow.splice(at..end.max(at), bytes);
            }
        }
        Ok(())
    }
}

/// By whichever of the three is meant for it.
fn splice(
    turn: &mut cohabit::Turn<'_>,
    array: ByteArray,
    range: std::ops::Range<usize>,
    bytes: &[u8],
) -> Result<(), Error> {
    match (range.is_empty(), bytes.is_empty()) {
        (true, _) => array.insert(turn, range.start, bytes),
        (_, true) => array.remove(turn, range),
        _ => array.splice(turn, range, bytes),
    }
}
