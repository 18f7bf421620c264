//! What a new segment shall be like.
//!
//! Options end up in the segment's header, where the other side reads them: who opens a segment gives none.
//!
//! ```text
//!   Options::new()                  64 MiB, 8 parties, each slot on a cache line of its own, default journal
//!     .size(1 << 30).parties(2)     1 GiB for two
//! ```
#![forbid(unsafe_code)]

use cohabit::Config;

/// How [`create`](crate::create) and its kin make a segment. Setters take and return it; all are `const`.
///
/// ```
/// const SMALL: cohabit_std::Options = cohabit_std::Options::new().size(1 << 20).parties(2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Options {
    pub(crate) size: usize,
    pub(crate) parties: u8,
    pub(crate) stride: u16,
    pub(crate) journal: u16,
}

impl Options {
    /// 64 MiB for up to 8 parties.
    pub const fn new() -> Options {
        Options { size: 64 << 20, parties: 8, stride: 64, journal: 64 }
    }

    /// Length of the whole segment in bytes, rounded up to whole pages. All of it is reserved at creation.
    pub const fn size(mut self, bytes: usize) -> Options {
        self.size = bytes;
        self
    }

    /// How many parties can have joined at the same time, 2 to 32. Two use a faster protocol than more.
    pub const fn parties(mut self, count: u8) -> Options {
        self.parties = count;
        self
    }

    /// Bytes from one party's slot to the next: 64 (the default; a cache line on most machines), 128 (where cores fetch
    /// lines in pairs) or 8 (compact).
    pub const fn stride(mut self, bytes: u16) -> Options {
        self.stride = bytes;
        self
    }

    /// How many words of live objects one operation may overwrite; 64 suits all but unusual loads, 16 is the least.
    pub const fn journal(mut self, entries: u16) -> Options {
        self.journal = entries;
        self
    }

    /// What the core is asked to format.
    pub(crate) const fn config(&self, hash_seed: u64, region_id: u64) -> Config {
        let Options { size: _, parties, stride, journal } = *self;
        Config::new()
            .parties(parties)
            .stride(stride)
            .journal(journal)
            .hash_seed(hash_seed)
            .region_id(region_id)
    }
}

impl Default for Options {
    fn default() -> Options {
        Options::new()
    }
}
