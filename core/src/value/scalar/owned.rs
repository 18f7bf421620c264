//! Scalars that an [`Input`] carries with it: numbers of other types that have no bytes to borrow.

#![forbid(unsafe_code)]

use core::fmt;

use super::{BigInt, Decimal};
use crate::value::{Input, Value};

const ROOM: usize = 31;
/// Of `meta`, beside the length: the bytes are a decimal's text, not a whole number.
const TEXT: u8 = 0x80;

/// A number of up to 31 bytes in its own memory, made by `From` from `i128`, `u128` and the numbers of other crates.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Owned {
    meta: u8,
    bytes: [u8; ROOM],
}

impl Owned {
    fn new(kind: u8, from: &[u8]) -> Owned {
        let mut bytes = [0; ROOM];
        bytes.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        Owned { meta: kind | from.len().min(ROOM) as u8, bytes }
    }

    /// A decimal of up to 31 characters, which has been parsed before or cannot be wrong.
    #[cfg(feature = "rust_decimal")]
    pub(super) fn decimal(text: &[u8]) -> Owned {
        Owned::new(TEXT, text)
    }

    /// The number.
    pub fn value(&self) -> Value<'_> {
        let bytes = self.bytes.get(..(self.meta & !TEXT) as usize).unwrap_or_default();
        if self.meta & TEXT == 0 {
            return Value::BigInt(BigInt::from_le_bytes(bytes));
        }
        let text = core::str::from_utf8(bytes).unwrap_or_default();
        Decimal::parse(text).map_or(Value::Null, Value::Decimal)
    }
}

impl fmt::Debug for Owned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

impl From<i128> for Input<'_> {
    fn from(int: i128) -> Self {
        Input::Owned(Owned::new(0, &int.to_le_bytes()))
    }
}

impl From<u128> for Input<'_> {
    fn from(int: u128) -> Self {
        let mut bytes = [0; 17];
        bytes.iter_mut().zip(int.to_le_bytes()).for_each(|(to, from)| *to = from);
        Input::Owned(Owned::new(0, &bytes))
    }
}
