//! Why an operation of this crate declined: one small enum each, `Copy`, numbered for other languages.
//!
//! Numbers 0x02xx are this crate's and are never reused; an error of the core that is passed on keeps the core's number.
//! `Display` says what to do next.
//!
//! | numbers | of |
//! |---|---|
//! | 0x0201.. | [`NameError`] |
//! | 0x0211.. | [`CreateError`] |
//! | 0x0221.. | [`OpenError`] |
//! | 0x0231.. | [`UnlinkError`] |
//! | 0x0241.. | [`ListError`] |
//! | 0x0251.. | [`MemberError`] |
#![forbid(unsafe_code)]

mod create;
mod open;

use core::{error::Error, fmt};

use cohabit::TurnError;

pub use create::CreateError;
pub use open::{OpenError, OpenOrCreateError};

use crate::os::{Fault, MAX_NAME};

/// Why a name cannot be the name of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// It has no characters.
    Empty,
    /// It has a slash or a zero byte in it, which no operating system allows there.
    HasSlash,
    /// It has more than `most` bytes.
    TooLong {
        /// Bytes a name may have.
        most: u16,
    },
}

impl NameError {
    /// Checks `name`.
    pub(crate) fn check(name: &str) -> Result<(), NameError> {
        match name {
            "" => Err(NameError::Empty),
            _ if name.bytes().any(|b| b == b'/' || b == 0) => Err(NameError::HasSlash),
            _ if name.len() > MAX_NAME => Err(NameError::TooLong { most: MAX_NAME as u16 }),
            _ => Ok(()),
        }
    }

    /// The number other languages see.
    pub const fn code(self) -> u16 {
        match self {
            NameError::Empty => 0x0201,
            NameError::HasSlash => 0x0202,
            NameError::TooLong { .. } => 0x0203,
        }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameError::Empty => f.write_str("the name is empty: give at least one character"),
            NameError::HasSlash => f.write_str(
                "the name has a slash or a zero byte in it: leave those out, or use create_file and open_file for a path",
            ),
            NameError::TooLong { most } => write!(f, "the name is too long: use at most {most} bytes"),
        }
    }
}

/// Why a name was not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnlinkError {
    /// The name cannot be one.
    Name(NameError),
    /// There is nothing of that name.
    DoesNotExist,
    /// It belongs to another user.
    NoPermission,
    /// The operating system declined with this number (`errno`).
    Os {
        /// Its number for the reason.
        errno: i32,
    },
    /// There is no support for this operating system yet.
    Unsupported,
}

impl UnlinkError {
    /// The number other languages see.
    pub const fn code(self) -> u16 {
        match self {
            UnlinkError::Name(name) => name.code(),
            UnlinkError::DoesNotExist => 0x0231,
            UnlinkError::NoPermission => 0x0232,
            UnlinkError::Os { .. } => 0x0233,
            UnlinkError::Unsupported => 0x0234,
        }
    }
}

impl From<Fault> for UnlinkError {
    fn from(fault: Fault) -> UnlinkError {
        match fault {
            Fault::Missing => UnlinkError::DoesNotExist,
            Fault::Denied => UnlinkError::NoPermission,
            Fault::Unsupported => UnlinkError::Unsupported,
            Fault::Exists | Fault::NotAFile => UnlinkError::Os { errno: EEXIST },
            Fault::NoSpace => UnlinkError::Os { errno: ENOSPC },
            Fault::Other(errno) => UnlinkError::Os { errno },
        }
    }
}

impl fmt::Display for UnlinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnlinkError::Name(name) => name.fmt(f),
            UnlinkError::DoesNotExist => {
                f.write_str("there is no segment of that name: list shows those there are")
            }
            UnlinkError::NoPermission => f.write_str("no permission: only its owner may remove it"),
            UnlinkError::Os { errno } => os_declined(f, *errno),
            UnlinkError::Unsupported => f.write_str(UNSUPPORTED),
        }
    }
}

/// Why the names could not be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListError {
    /// The operating system declined with this number (`errno`).
    Os {
        /// Its number for the reason.
        errno: i32,
    },
    /// There is no support for this operating system yet.
    Unsupported,
}

impl ListError {
    /// The number other languages see.
    pub const fn code(self) -> u16 {
        match self {
            ListError::Os { .. } => 0x0241,
            ListError::Unsupported => 0x0242,
        }
    }
}

impl From<Fault> for ListError {
    fn from(fault: Fault) -> ListError {
        match fault {
            Fault::Unsupported => ListError::Unsupported,
            Fault::Missing => ListError::Os { errno: ENOENT },
            Fault::Exists | Fault::NotAFile => ListError::Os { errno: EEXIST },
            Fault::Denied => ListError::Os { errno: EACCES },
            Fault::NoSpace => ListError::Os { errno: ENOSPC },
            Fault::Other(errno) => ListError::Os { errno },
        }
    }
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListError::Os { errno } => os_declined(f, *errno),
            ListError::Unsupported => f.write_str(UNSUPPORTED),
        }
    }
}

/// Why a [`Member`](crate::Member) could not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MemberError {
    /// This process is a forked copy of the one that joined, which still is in the same slot.
    Forked,
    /// The core could not take the turn.
    Turn(TurnError),
}

impl MemberError {
    /// The number other languages see.
    pub const fn code(self) -> u16 {
        match self {
            MemberError::Forked => 0x0251,
            MemberError::Turn(turn) => turn.code(),
        }
    }
}

impl From<TurnError> for MemberError {
    fn from(error: TurnError) -> MemberError {
        MemberError::Turn(error)
    }
}

impl fmt::Display for MemberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MemberError::Forked => f.write_str(
                "this process was forked from the one that joined: drop what it inherited and open the segment itself",
            ),
            MemberError::Turn(turn) => turn.fmt(f),
        }
    }
}

impl Error for NameError {}
impl Error for UnlinkError {}
impl Error for ListError {}
impl Error for MemberError {}

const UNSUPPORTED: &str =
    "shared memory of this operating system is not supported yet: use cohabit's core over memory of your own";

fn os_declined(f: &mut fmt::Formatter<'_>, errno: i32) -> fmt::Result {
    write!(f, "the operating system declined: {}", std::io::Error::from_raw_os_error(errno))
}

// The same numbers on every Unix, and only used to pass them on.
const ENOENT: i32 = 2;
const EACCES: i32 = 13;
const EEXIST: i32 = 17;
const ENOSPC: i32 = 28;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_distinct_and_messages_start_in_lower_case() {
        let name = NameError::Empty;
        let all: Vec<(u16, String)> = [NameError::Empty, NameError::HasSlash, NameError::TooLong { most: 1 }]
            .map(|e| (e.code(), e.to_string()))
            .into_iter()
            .chain(
                [
                    CreateError::Exists,
                    CreateError::NoPermission,
                    CreateError::NoSpace,
                    CreateError::Os { errno: 1 },
                    CreateError::Unsupported,
                ]
                .map(|e| (e.code(), e.to_string())),
            )
            .chain(
                [
                    OpenError::DoesNotExist,
                    OpenError::BeingCreated,
                    OpenError::CreatorDied,
                    OpenError::NoPermission,
                    OpenError::NotAFile,
                    OpenError::AllSlotsTaken { slots: 2 },
                    OpenError::OutOfMemory,
                    OpenError::Os { errno: 1 },
                    OpenError::Unsupported,
                ]
                .map(|e| (e.code(), e.to_string())),
            )
            .chain(
                [
                    UnlinkError::DoesNotExist,
                    UnlinkError::NoPermission,
                    UnlinkError::Os { errno: 1 },
                    UnlinkError::Unsupported,
                ]
                .map(|e| (e.code(), e.to_string())),
            )
            .chain([ListError::Os { errno: 1 }, ListError::Unsupported].map(|e| (e.code(), e.to_string())))
            .chain([MemberError::Forked].map(|e| (e.code(), e.to_string())))
            .collect();
        let numbers: Vec<u16> = all.iter().map(|(number, _)| *number).collect();
        let mut expected: Vec<u16> =
            (0x0201..=0x0203).chain(0x0211..=0x0215).chain(0x0221..=0x0229).collect();
        expected.extend((0x0231..=0x0234).chain(0x0241..=0x0242).chain([0x0251]));
        assert_eq!(numbers, expected);
        for (_, text) in &all {
            assert!(text.starts_with(char::is_lowercase) && !text.ends_with('.'), "{text}");
        }
        // What is passed on keeps its number and its words.
        let turn = TurnError::Superseded;
        assert_eq!(MemberError::from(turn).code(), turn.code());
        assert_eq!(MemberError::from(turn).to_string(), turn.to_string());
        let inner = cohabit::OpenError::NotARegion;
        let wrapped = OpenOrCreateError::Open(OpenError::Region(inner));
        assert_eq!((wrapped.code(), wrapped.to_string()), (inner.code(), inner.to_string()));
        assert_eq!(CreateError::Name(name).code(), OpenError::Name(name).code());
    }
}
