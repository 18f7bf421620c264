//! Why memory was not accepted as a region, or could not be made one.

#![forbid(unsafe_code)]

use core::fmt;

use super::FORMAT_VERSION;

/// Why [`Region::open`](crate::Region::open) declined the memory it was given. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum OpenError {
    /// Fewer bytes than the constants at the start of a region; `needed` would do for them.
    TooShort {
        /// Bytes needed to look at the header at all.
        needed: u32,
    },
    /// The first bytes are something else. Has the region been formatted?
    NotARegion,
    /// Written by format `found`; this build reads up to [`FORMAT_VERSION`].
    NewerFormat {
        /// The version in the header.
        found: u16,
    },
    /// The start of the memory is not a multiple of [`REGION_ALIGN`](crate::REGION_ALIGN).
    Misaligned,
    /// Somebody is formatting this region now, or died while doing so.
    BeingFormatted,
    /// The number of parties is not one that its arbiter can serve.
    BadParties {
        /// The number in the header.
        found: u8,
    },
    /// The parties take turns in a way that this build does not know.
    UnknownArbiter {
        /// The number in the header.
        found: u8,
    },
    /// The maps use a hash that this build does not have.
    UnknownHash {
        /// The number in the header.
        found: u8,
    },
    /// The distance between slots is none that the format knows.
    BadStride {
        /// The binary logarithm in the header.
        found: u8,
    },
    /// The header claims more bytes than there are.
    LengthLies {
        /// The region's length according to its header.
        claimed: u64,
        /// The bytes handed in.
        given: u64,
    },
    /// Areas overlap, are misaligned, or lie outside the region.
    BadLayout,
    /// The journal is shorter than the operations need.
    BadJournal {
        /// The number of entries in the header.
        found: u16,
    },
    /// Every constant is plausible, but their check sum says that some have been altered.
    Damaged,
}

impl OpenError {
    /// Number seen by other languages; stable for ever.
    pub const fn code(self) -> u16 {
        match self {
            Self::TooShort { .. } => 0x0101,
            Self::NotARegion => 0x0102,
            Self::NewerFormat { .. } => 0x0103,
            Self::Misaligned => 0x0104,
            Self::BeingFormatted => 0x0105,
            Self::BadParties { .. } => 0x0106,
            Self::UnknownArbiter { .. } => 0x0107,
            Self::UnknownHash { .. } => 0x0108,
            Self::BadStride { .. } => 0x0109,
            Self::LengthLies { .. } => 0x010a,
            Self::BadLayout => 0x010b,
            Self::BadJournal { .. } => 0x010c,
            Self::Damaged => 0x010d,
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooShort { needed } => {
                write!(
                    f,
                    "too short to be a region; it needs {needed} bytes for its header alone, format a longer one"
                )
            }
            Self::NotARegion => f.write_str("this memory holds no region; format it first"),
            Self::NewerFormat { found } => {
                write!(
                    f,
                    "written by format {found}, this build reads up to {FORMAT_VERSION}; update this program"
                )
            }
            Self::Misaligned => f.write_str(
                "the memory starts at an address that is not aligned to 8 bytes; map it elsewhere",
            ),
            Self::BeingFormatted => f.write_str(
                "the region is being formatted; try again, and format it anew if its creator has died",
            ),
            Self::BadParties { found } => {
                write!(
                    f,
                    "the header says {found} parties, which its arbiter cannot serve; format the region anew"
                )
            }
            Self::UnknownArbiter { found } => {
                write!(f, "the parties take turns in way {found}, unknown to this build; update this program")
            }
            Self::UnknownHash { found } => {
                write!(
                    f,
                    "maps use hash {found}, which this build does not have; enable its feature, or update this program"
                )
            }
            Self::BadStride { found } => {
                write!(f, "slots are 2^{found} bytes apart, which no format knows; format the region anew")
            }
            Self::LengthLies { claimed, given } => write!(
                f,
                "the header claims {claimed} bytes but {given} are there; map all of the region, or restore it"
            ),
            Self::BadLayout => f.write_str("the areas of the region contradict each other; format it anew"),
            Self::BadJournal { found } => {
                write!(f, "a journal of {found} entries is too short to work with; format the region anew")
            }
            Self::Damaged => {
                f.write_str("the header has been altered since it was written; format the region anew")
            }
        }
    }
}

impl core::error::Error for OpenError {}

/// Why [`Region::format`](crate::Region::format) could not make a region. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum FormatError {
    /// Not enough bytes for the smallest region with this configuration.
    TooShort {
        /// What would do.
        needed: u64,
    },
    /// The start of the memory is not a multiple of [`REGION_ALIGN`](crate::REGION_ALIGN).
    Misaligned,
    /// The number of parties is not 2 to 32.
    BadParties {
        /// The number asked for.
        asked: u8,
    },
    /// The stride is not 8, 64 or 128.
    BadStride {
        /// The bytes asked for.
        asked: u16,
    },
    /// The journal has fewer than 16 entries.
    BadJournal {
        /// The entries asked for.
        asked: u16,
    },
    /// The maximum length is below the region's length.
    BadMaxLen {
        /// The length asked for.
        asked: u64,
        /// The length of the memory.
        len: u64,
    },
    /// Longer than offsets can reach (32 GiB of heap).
    TooLong,
    /// The lock's number is below 32.
    BadLock {
        /// The number asked for.
        asked: u8,
    },
    /// This build does not have the maps' hash: its feature is not enabled.
    NoSuchHash {
        /// The number of the hash asked for.
        asked: u8,
    },
}

impl FormatError {
    /// Number seen by other languages; stable for ever.
    pub const fn code(self) -> u16 {
        match self {
            Self::TooShort { .. } => 0x0121,
            Self::Misaligned => 0x0122,
            Self::BadParties { .. } => 0x0123,
            Self::BadStride { .. } => 0x0124,
            Self::BadJournal { .. } => 0x0125,
            Self::BadMaxLen { .. } => 0x0126,
            Self::TooLong => 0x0127,
            Self::BadLock { .. } => 0x0128,
            Self::NoSuchHash { .. } => 0x0129,
        }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooShort { needed } => {
                write!(f, "too short for this configuration; give it {needed} bytes")
            }
            Self::Misaligned => {
                f.write_str("the memory starts at an address that is not aligned to 8 bytes; align it, best to a cache line")
            }
            Self::BadParties { asked } => write!(f, "a region cannot have {asked} parties; choose 2 to 32"),
            Self::BadStride { asked } => {
                write!(f, "slots cannot be {asked} bytes apart; choose 8, 64 or 128")
            }
            Self::BadJournal { asked } => {
                write!(f, "a journal of {asked} entries is too short; choose at least 16")
            }
            Self::BadMaxLen { asked, len } => write!(
                f,
                "the maximum length {asked} is less than the region's length {len}; raise it or leave it out"
            ),
            Self::TooLong => f.write_str("offsets reach 32 GiB; use a shorter region or maximum length"),
            Self::BadLock { asked } => {
                write!(f, "no lock in hardware has the number {asked}; they begin at 32")
            }
            Self::NoSuchHash { asked } => {
                write!(f, "hash {asked} is not in this build; enable its feature, or choose another")
            }
        }
    }
}

impl core::error::Error for FormatError {}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn codes_count_up_and_messages_start_in_lower_case() {
        let open = [
            OpenError::TooShort { needed: 1 },
            OpenError::NotARegion,
            OpenError::NewerFormat { found: 2 },
            OpenError::Misaligned,
            OpenError::BeingFormatted,
            OpenError::BadParties { found: 1 },
            OpenError::UnknownArbiter { found: 1 },
            OpenError::UnknownHash { found: 1 },
            OpenError::BadStride { found: 1 },
            OpenError::LengthLies { claimed: 2, given: 1 },
            OpenError::BadLayout,
            OpenError::BadJournal { found: 1 },
            OpenError::Damaged,
        ];
        let format = [
            FormatError::TooShort { needed: 1 },
            FormatError::Misaligned,
            FormatError::BadParties { asked: 1 },
            FormatError::BadStride { asked: 1 },
            FormatError::BadJournal { asked: 1 },
            FormatError::BadMaxLen { asked: 1, len: 2 },
            FormatError::TooLong,
            FormatError::BadLock { asked: 3 },
            FormatError::NoSuchHash { asked: 2 },
        ];
        let open = open.iter().enumerate().map(|(i, e)| (0x0101 + i, e.code(), e.to_string()));
        let format = format.iter().enumerate().map(|(i, e)| (0x0121 + i, e.code(), e.to_string()));
        for (expected, code, text) in open.chain(format) {
            assert_eq!(code as usize, expected, "{text}");
            assert!(text.starts_with(char::is_lowercase) && !text.ends_with('.'), "{text}");
        }
    }
}
