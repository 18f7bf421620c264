//! What can go wrong with an operation on shared objects, and what to do about it.
//!
//! One small `Copy` enum for everything done inside a turn; taking a turn, joining, formatting and opening have
//! enums of their own beside their functions. Numbers are stable, listed in `docs/FORMAT.md`, and never reused.
//!
//! Where and how much are fields that the feature `details` brings (on by default). Without them an error is one byte, which a
//! small core returns in a register; programs that do not read them match `Error::OutOfMemory { .. }`, which suits both.

#![forbid(unsafe_code)]

use core::fmt;

#[cfg(all(feature = "containers", feature = "details"))]
use crate::record::Mismatch;

/// Why an operation on the objects of a region was refused. Everything is as it was before the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(not(feature = "details"), repr(u32))]
#[non_exhaustive]
pub enum Error {
    /// The bytes at this granule (8 bytes each, from the heap's start) are not what the format says.
    Corrupt {
        /// Granule where the contradiction was noticed.
        #[cfg(feature = "details")]
        at: u32,
    },
    /// No free block is large enough. All in bytes, block header included; `usize`, lest an error take 32 bytes of a small
    /// core's stack.
    OutOfMemory {
        /// What the operation needed in one piece.
        #[cfg(feature = "details")]
        requested: usize,
        /// The largest free block.
        #[cfg(feature = "details")]
        largest_free: usize,
        /// All free blocks together; what the refused operation had allocated already, and gives back, is not among them.
        #[cfg(feature = "details")]
        total_free: usize,
    },
    /// The object behind this handle has been destroyed.
    Stale,
    /// The handle belongs to another region, or to an earlier life of this one.
    OtherRegion,
    /// The handle or cell holds another kind of value than the one asked for.
    WrongType,
    /// The object already has an owner (a container, a message, a root); take it out there first.
    AlreadyPlaced,
    /// Another party holds this object; only the party that put or took it may place or destroy it.
    HeldByOther,
    /// An object cannot be placed inside itself.
    WouldCycle,
    /// Index at or past the end.
    OutOfRange {
        /// The index asked for.
        #[cfg(feature = "details")]
        index: u32,
        /// The length at the time.
        #[cfg(feature = "details")]
        len: u32,
    },
    /// Longer than the format can hold (2^31 elements or bytes).
    TooLarge,
    /// The list's elements are not all of the native type asked for.
    NotUniform,
    /// This host's byte order is not the format's, so its numbers cannot be borrowed in place; use the copying accessors.
    ForeignEndian,
    /// The region's journal is too short for this operation; format it with a larger one.
    JournalFull,
    /// The buffer to copy to has no room for all of it.
    DoesNotFit {
        /// Bytes or elements there are.
        #[cfg(feature = "details")]
        len: u32,
        /// Bytes or elements there is room for.
        #[cfg(feature = "details")]
        room: u32,
    },
    /// There is no such value: a date that no calendar has, a decimal that is no number, a number beyond the type's range.
    BadValue,
    /// This program is built without lists and maps (feature `containers`): it can pass them on, but not take them apart.
    NoContainers,
    /// The record is not of the type asked for; says which field differs.
    #[cfg(feature = "containers")]
    OtherShape(#[cfg(feature = "details")] Mismatch),
    /// The shape, strides or axes do not fit the array, or the elements given are not as many as it, or the slice of a list, has.
    BadShape,
    /// The elements do not lie one after the other, as the operation needs them.
    NotContiguous,
    /// Values of these types have no order.
    NotComparable,
}

impl Error {
    /// The bytes at granule `at` contradict the format.
    #[inline(always)]
    pub(crate) const fn corrupt(at: u32) -> Error {
        #[cfg(not(feature = "details"))]
        let _ = at;
        Error::Corrupt {
            #[cfg(feature = "details")]
            at,
        }
    }

    /// The granule of [`corrupt`](Self::corrupt); 0 if it is not known.
    pub(crate) const fn place(self) -> u32 {
        #[cfg(feature = "details")]
        if let Error::Corrupt { at } = self {
            return at;
        }
        0
    }

    #[inline(always)]
    pub(crate) fn out_of_range(index: usize, len: u32) -> Error {
        #[cfg(not(feature = "details"))]
        let _ = (index, len);
        Error::OutOfRange {
            #[cfg(feature = "details")]
            index: u32::try_from(index).unwrap_or(u32::MAX),
            #[cfg(feature = "details")]
            len,
        }
    }

    /// Number seen by other languages; stable for ever.
    pub const fn code(self) -> u16 {
        match self {
            Self::Corrupt { .. } => 0x0001,
            Self::OutOfMemory { .. } => 0x0002,
            Self::Stale => 0x0003,
            Self::OtherRegion => 0x0004,
            Self::WrongType => 0x0005,
            Self::AlreadyPlaced => 0x0006,
            Self::HeldByOther => 0x0007,
            Self::WouldCycle => 0x0008,
            Self::OutOfRange { .. } => 0x0009,
            Self::TooLarge => 0x000a,
            Self::NotUniform => 0x000b,
            Self::ForeignEndian => 0x000c,
            Self::JournalFull => 0x000d,
            Self::DoesNotFit { .. } => 0x000e,
            Self::BadValue => 0x000f,
            Self::NoContainers => 0x0010,
            #[cfg(feature = "containers")]
            Self::OtherShape(..) => 0x0011,
            Self::BadShape => 0x0012,
            Self::NotContiguous => 0x0013,
            Self::NotComparable => 0x0014,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            #[cfg(feature = "details")]
            Self::Corrupt { at } => {
                write!(
                    f,
                    "the region is damaged at granule {at}; run a check, and restore it from its source"
                )
            }
            #[cfg(feature = "details")]
            Self::OutOfMemory { requested, largest_free, total_free } => write!(
                f,
                "out of memory: {requested} bytes needed in one piece, {largest_free} are free in one piece, {total_free} in all; \
                 destroy something or use a larger region"
            ),
            #[cfg(feature = "details")]
            Self::OutOfRange { index, len } => {
                write!(f, "index {index} is out of range; the length is {len}")
            }
            #[cfg(feature = "details")]
            Self::DoesNotFit { len, room } => {
                write!(f, "there are {len} bytes or elements and room for {room}; copy to a larger buffer")
            }
            #[cfg(not(feature = "details"))]
            Self::Corrupt {} => {
                f.write_str("the region is damaged; run a check, and restore it from its source")
            }
            #[cfg(not(feature = "details"))]
            Self::OutOfMemory {} => f.write_str("out of memory; destroy something or use a larger region"),
            #[cfg(not(feature = "details"))]
            Self::OutOfRange {} => f.write_str("an index is out of range; ask for the length first"),
            #[cfg(not(feature = "details"))]
            Self::DoesNotFit {} => {
                f.write_str("there is more than the buffer has room for; copy to a larger one")
            }
            Self::Stale => f.write_str("this object has been destroyed; look it up again"),
            Self::OtherRegion => {
                f.write_str("this handle belongs to another region; look the object up in this one")
            }
            Self::WrongType => f.write_str("the value is of another type; ask for its kind first"),
            Self::AlreadyPlaced => {
                f.write_str("the object already has an owner; take it out there, or place a copy")
            }
            Self::HeldByOther => {
                f.write_str("the object is held by another party; only that party may place or destroy it")
            }
            Self::WouldCycle => f.write_str("an object cannot contain itself; place a copy instead"),
            Self::TooLarge => f.write_str("longer than the format can hold; split it into several objects"),
            Self::NotUniform => f.write_str("not all elements are of this type; read them one by one"),
            Self::ForeignEndian => {
                f.write_str("numbers cannot be borrowed in place on this host; use the copying accessors")
            }
            Self::JournalFull => f.write_str(
                "the region's journal is too short for this operation; format it with a larger one",
            ),
            Self::BadValue => f.write_str(
                "there is no such value of this type; the type's documentation says which there are",
            ),
            Self::NoContainers => f.write_str(
                "this program is built without lists and maps; put the message back, or pass its object on",
            ),
            #[cfg(all(feature = "containers", feature = "details"))]
            Self::OtherShape(mismatch) => mismatch.fmt(f),
            #[cfg(all(feature = "containers", not(feature = "details")))]
            Self::OtherShape() => f.write_str("the record is of another shape than the type asked for"),
            Self::BadShape => {
                f.write_str("shape, strides or axes do not fit, or the elements are not as many; ask for layout or length first")
            }
            Self::NotContiguous => f.write_str(
                "the elements do not lie one after the other; iterate, or copy them to an array of their own",
            ),
            Self::NotComparable => {
                f.write_str("values of these types have no order; compare what they have in common")
            }
        }
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_messages_start_in_lower_case() {
        extern crate std;
        use std::string::ToString;
        let all = [
            Error::corrupt(1),
            Error::OutOfMemory {
                #[cfg(feature = "details")]
                requested: 1,
                #[cfg(feature = "details")]
                largest_free: 2,
                #[cfg(feature = "details")]
                total_free: 3,
            },
            Error::Stale,
            Error::OtherRegion,
            Error::WrongType,
            Error::AlreadyPlaced,
            Error::HeldByOther,
            Error::WouldCycle,
            Error::out_of_range(1, 1),
            Error::TooLarge,
            Error::NotUniform,
            Error::ForeignEndian,
            Error::JournalFull,
            Error::DoesNotFit {
                #[cfg(feature = "details")]
                len: 2,
                #[cfg(feature = "details")]
                room: 1,
            },
            Error::BadValue,
            Error::NoContainers,
            Error::BadShape,
            Error::NotContiguous,
        ];
        // `OtherShape` has 0x11, and a test beside records, which make it.
        let codes = (1u16..).filter(|code| *code != 0x11);
        for (e, code) in all.iter().zip(codes) {
            assert_eq!(e.code(), code);
            let text = e.to_string();
            assert!(text.starts_with(char::is_lowercase) && !text.ends_with('.'), "{text}");
        }
        let later = Error::NotComparable;
        assert_eq!((later.code(), later.to_string().starts_with("values")), (0x0014, true));
    }
}
