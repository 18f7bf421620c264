//! How a region is to be laid out: decided once, by whoever formats it, possibly at compile time.

#![forbid(unsafe_code)]

use zerocopy::little_endian::{U16, U32, U64};

use crate::{
    format::{
        ArbiterKind, FIRST_LOCK, FORMAT_VERSION, FORMATTING, FormatError, Header, MAX_PARTIES, MIN_JOURNAL,
        control_len,
    },
    hash::HashKind,
    heap::Shape,
    region::Region,
};

/// The most parties that this program can take turns with.
const MOST_PARTIES: u8 = if cfg!(feature = "bakery") { MAX_PARTIES as u8 } else { 2 };

/// The layout of a region. Everything about it ends up in the region's header, where other parties read it.
///
/// ```
/// use cohabit::Config;
/// const CONFIG: Config = Config::new().parties(2).journal(16).compact().checked();
/// const BYTES: usize = CONFIG.len_for_heap(4096); // fits an array length or a linker check
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    parties: u8,
    /// 0: none.
    lock: u8,
    stride: u16,
    journal: u16,
    max_len: u64,
    hash: HashKind,
    hash_seed: u64,
    region_id: u64,
}

impl Config {
    /// Two parties, slots 64 bytes apart, 64 journal entries; seed and id are 0: give random ones where keys or handles
    /// come from people who may wish you ill.
    pub const fn new() -> Config {
        Config {
            parties: 2,
            lock: 0,
            stride: 64,
            journal: 64,
            max_len: 0,
            hash: HashKind::Rapid,
            hash_seed: 0,
            region_id: 0,
        }
    }

    /// How many parties can take turns: 2 to 32. Two use a faster protocol than more.
    pub const fn parties(mut self, parties: u8) -> Config {
        self.parties = parties;
        self
    }

    /// Two parties take turns by a lock in hardware, which every one of them must name when it
    /// [joins](Region::join_with). `number` is the lock's, [`Arbiter::number`](crate::Arbiter::number).
    pub const fn lock(mut self, number: u8) -> Config {
        self.lock = number;
        self
    }

    /// Bytes from one slot to the next: 8, 64 or 128. Take the cache line of coherent cores that run at the same time.
    pub const fn stride(mut self, bytes: u16) -> Config {
        self.stride = bytes;
        self
    }

    /// Slots lie side by side: for small memories without caches.
    pub const fn compact(self) -> Config {
        self.stride(8)
    }

    /// How many words of live objects one operation may overwrite: at least 16; each takes bytes in the heap's head.
    pub const fn journal(mut self, entries: u16) -> Config {
        self.journal = entries;
        self
    }

    /// The length in bytes that the region may grow to later; 0 means: the length it is formatted with.
    pub const fn max_len(mut self, bytes: u64) -> Config {
        self.max_len = bytes;
        self
    }

    /// How the maps hash their keys; without this by [`HashKind::Rapid`]. Every party needs the feature of this name.
    pub const fn hash(mut self, kind: HashKind) -> Config {
        self.hash = kind;
        self
    }

    /// A random number that keys the maps' hash, so that crafted keys cannot slow them down.
    pub const fn hash_seed(mut self, seed: u64) -> Config {
        self.hash_seed = seed;
        self
    }

    /// A random number that tells this region's handles from those of others.
    pub const fn region_id(mut self, id: u64) -> Config {
        self.region_id = id;
        self
    }

    /// Bytes of a region whose heap area is `heap_bytes` long (rounded up to 8). The heap's own head comes out of them.
    pub const fn len_for_heap(self, heap_bytes: usize) -> usize {
        self.heap_start() as usize + heap_bytes.next_multiple_of(8)
    }

    /// The shortest region in bytes with this layout that can hold anything at all.
    pub const fn min_len(self) -> u64 {
        let hash = (self.hash, self.hash_seed);
        let shape = Shape::new(self.parties, self.journal, self.max_granules(0), hash, 0);
        self.heap_start() as u64 + shape.min_granules() as u64 * 8
    }

    /// The same configuration, if it is possible. In a `const` an impossible one does not compile.
    ///
    /// # Panics
    /// When parties, lock, stride or journal are out of range, or the hash is not in this build. Where they come from a user, leave this out: formatting returns
    /// an error.
    pub const fn checked(self) -> Config {
        match self.settings() {
            Ok(()) => self,
            Err(_) => panic!(
                "impossible Config: parties 2..=32 (with a lock 2), lock at least 32, stride 8, 64 or 128, journal at least 16, \
                 the hash's feature enabled"
            ),
        }
    }

    /// Formats memory that nobody else can see yet. Same as [`Region::format`].
    pub fn format(self, bytes: &mut [u8]) -> Result<Region<'_>, FormatError> {
        Region::format(bytes, self)
    }

    const fn settings(&self) -> Result<(), FormatError> {
        if self.parties < 2 || self.parties > MOST_PARTIES {
            return Err(FormatError::BadParties { asked: self.parties });
        }
        if self.lock != 0 && (self.lock < FIRST_LOCK || cfg!(not(feature = "locks"))) {
            return Err(FormatError::BadLock { asked: self.lock });
        }
        if self.lock != 0 && self.parties != 2 {
            return Err(FormatError::BadParties { asked: self.parties });
        }
        if !matches!(self.stride, 8 | 64 | 128) {
            return Err(FormatError::BadStride { asked: self.stride });
        }
        if self.journal < MIN_JOURNAL {
            return Err(FormatError::BadJournal { asked: self.journal });
        }
        if HashKind::from_number(self.hash.number()).is_none() {
            return Err(FormatError::NoSuchHash { asked: self.hash.number() });
        }
        Ok(())
    }

    /// Bytes before the heap area: what has to be uncached where the caches of the cores do not talk to each other.
    pub const fn heap_start(&self) -> u32 {
        // A multiple of 64 by itself when the stride is.
        control_len(self.parties, self.stride as u32)
    }

    const fn max_granules(&self, len: u64) -> u32 {
        let longest = if self.max_len == 0 { len } else { self.max_len };
        (longest.saturating_sub(self.heap_start() as u64) / 8) as u32
    }

    /// The header of a region over `given` bytes, complete except for the final magic.
    pub(crate) fn header(&self, given: u64, epoch: u32) -> Result<Header, FormatError> {
        self.settings()?;
        let len = given & !7;
        let max_len = if self.max_len == 0 { len } else { self.max_len & !7 };
        if max_len < len {
            return Err(FormatError::BadMaxLen { asked: self.max_len, len });
        }
        if max_len >> 35 != 0 {
            return Err(FormatError::TooLong);
        }
        let mut header = Header {
            magic: U32::new(FORMATTING),
            version: U16::new(FORMAT_VERSION),
            parties: self.parties,
            arbiter: if self.lock != 0 { self.lock } else { ArbiterKind::for_parties(self.parties).number() },
            len: U64::new(len),
            max_len: U64::new(max_len),
            region_id: U64::new(self.region_id),
            hash_seed: U64::new(self.hash_seed),
            heap_start: U32::new(self.heap_start()),
            lanes_start: U32::new(self.heap_start()),
            lanes_len: U32::new(0),
            epoch: U32::new(epoch),
            journal: U16::new(self.journal),
            hash: self.hash.number(),
            stride_log2: self.stride.trailing_zeros() as u8,
            check: U32::new(0),
        };
        header.check = U32::new(header.sum());
        let needed = self.heap_start() as u64 + header.shape().min_granules() as u64 * 8;
        if len < needed {
            return Err(FormatError::TooShort { needed });
        }
        Ok(header)
    }
}

impl Default for Config {
    fn default() -> Config {
        Config::new()
    }
}
