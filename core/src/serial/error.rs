//! Why a Rust value could not be put or loaded.

#![forbid(unsafe_code)]

use core::fmt;

use crate::error::Error;

/// Longest message of a type's own that is kept; there is no allocator to keep longer ones.
const ROOM: usize = 96;

/// Why a Rust value could not be put or loaded. Nothing in the region has changed.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SerdeError {
    /// The region declined.
    Region(Error),
    /// A whole number of more than 64 bits.
    TooLarge,
    /// A key that no map can have: only null, booleans, numbers, texts and bytes are keys.
    Key,
    /// Nested more deeply than 128 levels.
    TooDeep,
    /// What the type itself says: a field is missing, a value is of another type.
    Message(Message),
}

/// A short message; cut off where it is longer than there is room.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Message {
    bytes: [u8; ROOM],
    len: u8,
}

impl Message {
    fn new(text: impl fmt::Display) -> Message {
        let mut message = Message { bytes: [0; ROOM], len: 0 };
        // Running out of room is no error here.
        let _ = fmt::Write::write_fmt(&mut message, format_args!("{text}"));
        message
    }

    fn as_str(&self) -> &str {
        self.bytes
            .get(..self.len as usize)
            .and_then(|text| core::str::from_utf8(text).ok())
            .unwrap_or_default()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Message {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str}", self.as_str());
    }
}

impl fmt::Write for Message {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            let (from, to) = (self.len as usize, self.len as usize + letter.len_utf8());
            let Some(room) = self.bytes.get_mut(from..to) else { return Err(fmt::Error) };
            letter.encode_utf8(room);
            self.len = to as u8;
        }
        Ok(())
    }
}

impl SerdeError {
    /// Number seen by other languages; stable for ever. What the region declined keeps its own.
    pub const fn code(&self) -> u16 {
        match self {
            Self::Region(error) => error.code(),
            Self::TooLarge => 0x0181,
            Self::Key => 0x0182,
            Self::TooDeep => 0x0183,
            Self::Message(_) => 0x0184,
        }
    }
}

impl From<Error> for SerdeError {
    fn from(error: Error) -> SerdeError {
        SerdeError::Region(error)
    }
}

impl fmt::Display for SerdeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(error) => error.fmt(f),
            Self::TooLarge => {
                f.write_str("whole numbers of more than 64 bits cannot be put; put them as text or bytes")
            }
            Self::Key => {
                f.write_str("only null, booleans, numbers, texts and bytes can be keys; use a list of pairs")
            }
            Self::TooDeep => f.write_str("nested more deeply than 128 levels; load it level by level"),
            Self::Message(message) => f.write_str(message.as_str()),
        }
    }
}

impl fmt::Debug for SerdeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(error) => error.fmt(f),
            other => write!(f, "SerdeError({other})"),
        }
    }
}

impl core::error::Error for SerdeError {}

impl ::serde::ser::Error for SerdeError {
    fn custom<T: fmt::Display>(text: T) -> SerdeError {
        SerdeError::Message(Message::new(text))
    }
}

impl ::serde::de::Error for SerdeError {
    fn custom<T: fmt::Display>(text: T) -> SerdeError {
        SerdeError::Message(Message::new(text))
    }
}
