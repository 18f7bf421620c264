//! Owned copies, for firmware: what a program keeps after its turn, in buffers of fixed capacity (feature `heapless`).
//!
//! What is read in a turn is borrowed from it. A copy in a [`heapless`] string or vector lives as long as the program likes;
//! one that has no room is refused whole, with the length it would need: [`Error::DoesNotFit`].
//!
//! ```
//! # use cohabit::{Config, Error, Region, Value};
//! # let mut memory = vec![0u64; 512];
//! # let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
//! # let [mut party, _other] = region.split::<2>().unwrap();
//! let mut turn = party.acquire()?;
//! let settings = turn.new_map()?;
//! settings.set(&mut turn, "name", "left motor")?;
//!
//! let name: heapless::String<16> = settings.get(&turn, "name")?.unwrap_or(Value::Null).try_into()?;
//! drop(turn);
//! assert_eq!(name, "left motor");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

use heapless::{String, Vec};

use crate::{
    error::Error,
    handle::{Bytes, List, Text},
    turn::Turn,
    value::Value,
};

/// So much was to be copied, and there was only so much room.
pub(crate) fn does_not_fit(len: usize, room: usize) -> Error {
    #[cfg(not(feature = "details"))]
    let _ = (len, room);
    Error::DoesNotFit {
        #[cfg(feature = "details")]
        len: u32::try_from(len).unwrap_or(u32::MAX),
        #[cfg(feature = "details")]
        room: u32::try_from(room).unwrap_or(u32::MAX),
    }
}

impl<const N: usize> TryFrom<Value<'_>> for String<N> {
    type Error = Error;

    /// A copy of a text; [`Error::WrongType`] for anything else.
    fn try_from(value: Value<'_>) -> Result<String<N>, Error> {
        let text = value.as_text().ok_or(Error::WrongType)?;
        String::try_from(text).map_err(|_| does_not_fit(text.len(), N))
    }
}

impl<const N: usize> TryFrom<Value<'_>> for Vec<u8, N> {
    type Error = Error;

    /// A copy of bytes; [`Error::WrongType`] for anything else.
    fn try_from(value: Value<'_>) -> Result<Vec<u8, N>, Error> {
        let bytes = value.as_bytes().ok_or(Error::WrongType)?;
        Vec::from_slice(bytes).map_err(|_| does_not_fit(bytes.len(), N))
    }
}

impl Text {
    /// A copy of the text that outlives the turn. O(length).
    pub fn to_heapless<const N: usize>(self, turn: &Turn<'_>) -> Result<String<N>, Error> {
        Value::Text(self.get(turn)?).try_into()
    }
}

impl Bytes {
    /// A copy of the bytes that outlives the turn. O(length).
    pub fn to_heapless<const N: usize>(self, turn: &Turn<'_>) -> Result<Vec<u8, N>, Error> {
        Value::Bytes(self.buffer(turn)?).try_into()
    }
}

#[cfg(feature = "containers")]
impl List {
    /// A copy of the elements that outlives the turn, if all are whole numbers: [`Error::NotUniform`] if not. O(length).
    ///
    /// Works on every host, also where [`as_ints`](List::as_ints) cannot borrow.
    pub fn ints_to_heapless<const N: usize>(self, turn: &Turn<'_>) -> Result<Vec<i64, N>, Error> {
        self.each_to_heapless(turn, Value::as_int)
    }

    /// A copy of the elements that outlives the turn, if all are floats: [`Error::NotUniform`] if not. O(length).
    ///
    /// Works on every host, also where [`as_floats`](List::as_floats) cannot borrow.
    pub fn floats_to_heapless<const N: usize>(self, turn: &Turn<'_>) -> Result<Vec<f64, N>, Error> {
        self.each_to_heapless(turn, |value| if let Value::Float(float) = value { Some(float) } else { None })
    }

    fn each_to_heapless<'t, T, const N: usize>(
        self,
        turn: &'t Turn<'_>,
        convert: impl Fn(Value<'t>) -> Option<T>,
    ) -> Result<Vec<T, N>, Error> {
        let elements = self.iter(turn)?;
        let len = elements.len();
        let mut copy = Vec::new();
        for element in elements {
            let element = convert(element?).ok_or(Error::NotUniform)?;
            copy.push(element).map_err(|_| does_not_fit(len, N))?;
        }
        Ok(copy)
    }
}

#[cfg(all(test, feature = "containers"))]
mod tests {
    extern crate std;
    use std::vec;

    use super::*;
    use crate::{config::Config, region::Region};

    /// Runs `work` in a turn of a fresh region.
    fn in_a_turn(work: impl FnOnce(&mut Turn<'_>)) {
        let mut memory = vec![0u64; 1024];
        let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
        let [mut party, _other] = region.split::<2>().unwrap();
        work(&mut party.acquire().unwrap());
    }

    #[test]
    fn texts_and_bytes_are_copied_whole_or_not_at_all() {
        in_a_turn(|turn| {
            let text = turn.new_text("grüße aus dem Stellwerk").unwrap();
            assert_eq!(text.to_heapless::<25>(turn).unwrap(), "grüße aus dem Stellwerk");
            assert_eq!(text.to_heapless::<24>(turn), Err(does_not_fit(25, 24)));
            let bytes = turn.new_bytes(&[7; 20]).unwrap();
            assert_eq!(bytes.to_heapless::<32>(turn).unwrap(), [7; 20]);
            assert_eq!(bytes.to_heapless::<8>(turn), Err(does_not_fit(20, 8)));
            assert_eq!(String::<4>::try_from(Value::Text("ab")).unwrap(), "ab");
            assert_eq!(String::<4>::try_from(Value::Int(1)), Err(Error::WrongType));
            assert_eq!(Vec::<u8, 4>::try_from(Value::Text("ab")), Err(Error::WrongType));
        });
    }

    #[test]
    fn lists_of_one_type_of_number_are_copied() {
        in_a_turn(|turn| {
            let list = turn.new_list().unwrap();
            assert_eq!(list.floats_to_heapless::<0>(turn).unwrap(), []);
            list.extend_ints(turn, &[3, -1, i64::MAX]).unwrap();
            assert_eq!(list.ints_to_heapless::<3>(turn).unwrap(), [3, -1, i64::MAX]);
            assert_eq!(list.ints_to_heapless::<2>(turn), Err(does_not_fit(3, 2)));
            assert_eq!(list.floats_to_heapless::<3>(turn), Err(Error::NotUniform));
            list.push(turn, 0.5).unwrap();
            assert_eq!(list.ints_to_heapless::<4>(turn), Err(Error::NotUniform));
        });
    }
}
