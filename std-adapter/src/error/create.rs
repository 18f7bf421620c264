//! Why a segment was not created.
#![forbid(unsafe_code)]

use core::fmt;

use cohabit::{FormatError, JoinError};

use super::{ENOENT, NameError, UNSUPPORTED, os_declined};
use crate::os::Fault;

/// Why a segment was not created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CreateError {
    /// The name cannot be one.
    Name(NameError),
    /// There is one of that name, or another process is creating it right now.
    Exists,
    /// This user may not create it there.
    NoPermission,
    /// The system cannot provide this much memory (or disk).
    NoSpace,
    /// The core cannot format such a region.
    Format(FormatError),
    /// It was created, but the creator could not join it.
    Join(JoinError),
    /// The operating system declined with this number (`errno`).
    Os {
        /// Its number for the reason.
        errno: i32,
    },
    /// There is no support for this operating system yet.
    Unsupported,
}

impl CreateError {
    /// The number other languages see.
    pub const fn code(self) -> u16 {
        match self {
            CreateError::Name(name) => name.code(),
            CreateError::Exists => 0x0211,
            CreateError::NoPermission => 0x0212,
            CreateError::NoSpace => 0x0213,
            CreateError::Format(format) => format.code(),
            CreateError::Join(join) => join.code(),
            CreateError::Os { .. } => 0x0214,
            CreateError::Unsupported => 0x0215,
        }
    }
}

impl From<FormatError> for CreateError {
    fn from(error: FormatError) -> CreateError {
        CreateError::Format(error)
    }
}

impl From<Fault> for CreateError {
    fn from(fault: Fault) -> CreateError {
        match fault {
            Fault::Exists | Fault::NotAFile => CreateError::Exists,
            Fault::Denied => CreateError::NoPermission,
            Fault::NoSpace => CreateError::NoSpace,
            Fault::Unsupported => CreateError::Unsupported,
            Fault::Missing => CreateError::Os { errno: ENOENT },
            Fault::Other(errno) => CreateError::Os { errno },
        }
    }
}

impl fmt::Display for CreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CreateError::Name(name) => name.fmt(f),
            CreateError::Exists => f.write_str(
                "a segment of that name exists or is being created: open it, use open_or_create, or unlink it first",
            ),
            CreateError::NoPermission => {
                f.write_str("no permission to create it there: choose another place or change the user's rights")
            }
            CreateError::NoSpace => f.write_str(
                "the system cannot reserve that much memory: ask for a smaller size, remove old segments, \
                 or give /dev/shm (or the file system) more room",
            ),
            CreateError::Format(format) => format.fmt(f),
            CreateError::Join(join) => join.fmt(f),
            CreateError::Os { errno } => os_declined(f, *errno),
            CreateError::Unsupported => f.write_str(UNSUPPORTED),
        }
    }
}

impl core::error::Error for CreateError {}
