//! Why a segment was not opened.
#![forbid(unsafe_code)]

use core::fmt;

use cohabit::JoinError;

use super::{CreateError, EEXIST, NameError, UNSUPPORTED, os_declined};
use crate::os::Fault;

/// Why a segment was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The name cannot be one.
    Name(NameError),
    /// There is nothing of that name.
    DoesNotExist,
    /// Its creator lives and has not finished.
    BeingCreated,
    /// Its creator died before it had finished.
    CreatorDied,
    /// It belongs to another user.
    NoPermission,
    /// What is there is a directory, pipe or device.
    NotAFile,
    /// It has no room for another party: `slots` parties have joined and live.
    AllSlotsTaken {
        /// Slots that it has.
        slots: u8,
    },
    /// The process cannot map that much memory.
    OutOfMemory,
    /// The core declined what it found there; a truncated segment is one of its cases.
    Region(cohabit::OpenError),
    /// The core declined to join.
    Join(JoinError),
    /// The operating system declined with this number (`errno`).
    Os {
        /// Its number for the reason.
        errno: i32,
    },
    /// There is no support for this operating system yet.
    Unsupported,
}

impl OpenError {
    /// The number other languages see.
    pub const fn code(self) -> u16 {
        match self {
            OpenError::Name(name) => name.code(),
            OpenError::DoesNotExist => 0x0221,
            OpenError::BeingCreated => 0x0222,
            OpenError::CreatorDied => 0x0223,
            OpenError::NoPermission => 0x0224,
            OpenError::NotAFile => 0x0225,
            OpenError::AllSlotsTaken { .. } => 0x0226,
            OpenError::OutOfMemory => 0x0227,
            OpenError::Region(region) => region.code(),
            OpenError::Join(join) => join.code(),
            OpenError::Os { .. } => 0x0228,
            OpenError::Unsupported => 0x0229,
        }
    }
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> OpenError {
        match fault {
            Fault::Missing => OpenError::DoesNotExist,
            Fault::Denied => OpenError::NoPermission,
            Fault::NoSpace => OpenError::OutOfMemory,
            Fault::Unsupported => OpenError::Unsupported,
            Fault::Exists => OpenError::Os { errno: EEXIST },
            Fault::NotAFile => OpenError::NotAFile,
            Fault::Other(errno) => OpenError::Os { errno },
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Name(name) => name.fmt(f),
            OpenError::DoesNotExist => {
                f.write_str("there is no segment of that name: create it, or wait for it with open_wait")
            }
            OpenError::BeingCreated => {
                f.write_str("another process is creating it right now: try again, or wait for it with open_wait")
            }
            OpenError::CreatorDied => f.write_str(
                "its creator died before it had finished: create it again under the same name, which replaces it",
            ),
            OpenError::NoPermission => {
                f.write_str("no permission: it belongs to another user; run as that user, or have the descriptor handed over")
            }
            OpenError::NotAFile => {
                f.write_str("what is there is a directory, link, pipe or device: give the path of a segment")
            }
            OpenError::AllSlotsTaken { slots } => write!(
                f,
                "all {slots} slots are taken by living parties: let one leave, or create the segment for more parties"
            ),
            OpenError::OutOfMemory => f.write_str("this process cannot map that much memory: raise its limits"),
            OpenError::Region(region) => region.fmt(f),
            OpenError::Join(join) => join.fmt(f),
            OpenError::Os { errno } => os_declined(f, *errno),
            OpenError::Unsupported => f.write_str(UNSUPPORTED),
        }
    }
}

/// Why a segment was neither opened nor created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenOrCreateError {
    /// There is one, and it could not be opened.
    Open(OpenError),
    /// There is none, and it could not be created.
    Create(CreateError),
}

impl OpenOrCreateError {
    /// The number other languages see.
    pub const fn code(self) -> u16 {
        match self {
            OpenOrCreateError::Open(open) => open.code(),
            OpenOrCreateError::Create(create) => create.code(),
        }
    }
}

impl fmt::Display for OpenOrCreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenOrCreateError::Open(open) => open.fmt(f),
            OpenOrCreateError::Create(create) => create.fmt(f),
        }
    }
}

impl core::error::Error for OpenError {}
impl core::error::Error for OpenOrCreateError {}
