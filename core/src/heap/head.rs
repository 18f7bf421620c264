//! The heap head: the words at the start of the heap area that say where everything is.
//!
//! ```text
//!  granule  low half            high half
//!  0        dead                generation         parties whose holdings await recovery | last generation given out
//!  1        journal_len         -                  undo entries in force; 0 = no operation under way
//!  2        shift.cells         shift.cap          the element block a shift is moving in (see journal.rs)
//!  3        shift.cursor        shift.limit
//!  4        shift.chunk_at      shift.chunk_len
//!  5        shift.chunk_to      schemas            .. | the map of records' schemas, 0: none yet
//!  6        queue.first         queue.last         messages, oldest first
//!  7        queue.count         queue.next_seq
//!  8        root                maps               the map of roots | which maps of bins are not 0
//!  9        used                blocks             granules in used and spare blocks, their number
//!  10       drain.container     drain.keep         a container being emptied down to `keep` elements
//!  11 ..    incarnation         held               one word per party: whose holdings these are, how many objects
//!  maps_at  maps of bins, one half per 32 bins     which bins have a free block
//!  bins_at  first free block of each bin           one half per bin
//!  quick_at first spare block, how many            one word per quick list, for blocks of 2 granules, 3, ...; none in small regions
//!  offs_at  journal: granule of each entry         one half per entry
//!  olds_at  journal: old word of each entry        one word per entry
//!  first    the first block
//!  ...
//!  last     the end mark: a used block of one granule
//! ```
//!
//! All of it is only touched in turn. After a crash only `dead`, the journal, the shift, `queue.first`, `queue.next_seq`, `root`, `schemas`, `drain` and
//! the incarnations are believed; maps, bins, quick lists, `used`, `blocks` and `held` are rebuilt from the chain of blocks, the
//! rest of the queue from its messages.
//!
//! The number of bins follows from the longest the heap may become, so that an 8 KiB region does not pay for a large one.

#![forbid(unsafe_code)]

#[cfg(feature = "containers")]
use crate::hash::HashKey;
use crate::hash::HashKind;

pub(crate) const DEAD: u32 = 0;
pub(crate) const GENERATION: u32 = 0;
pub(crate) const JOURNAL_LEN: u32 = 1;
pub(crate) const SHIFT_CELLS: u32 = 2;
pub(crate) const SHIFT_CURSOR: u32 = 3;
pub(crate) const SHIFT_CHUNK: u32 = 4;
pub(crate) const SHIFT_TO: u32 = 5;
pub(crate) const SCHEMAS: u32 = 5;
pub(crate) const QUEUE_ENDS: u32 = 6;
/// Right after `QUEUE_ENDS`: they are read and written together.
pub(crate) const QUEUE_COUNT: u32 = QUEUE_ENDS + 1;
pub(crate) const ROOT: u32 = 8;
pub(crate) const MAPS: u32 = 8;
pub(crate) const USED: u32 = 9;
/// A container that is being emptied: once stored here, the emptying is finished even by others.
pub(crate) const DRAIN: u32 = 10;
const PARTIES: u32 = 11;
/// Facts about one region's heap area, from the validated header; kept by each party, lent to each turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Columns a row has, as a power of two: how finely a doubling of size is divided into bins.
    pub(super) columns_log2: u8,
    pub(super) parties: u8,
    /// Folded region id and epoch, carried by every handle.
    pub(crate) tag: u16,
    pub(super) journal: u16,
    /// Quick lists there are, and how many spares each may have.
    pub(super) quick_lists: u8,
    pub(super) quick_depth: u8,
    pub(super) bins: u32,
    pub(super) bins_at: u32,
    pub(super) offs_at: u32,
    pub(super) olds_at: u32,
    pub(super) first: u32,
    #[cfg(feature = "containers")]
    pub(crate) hash: HashKind,
    #[cfg(feature = "containers")]
    pub(crate) hash_key: HashKey,
}

impl Shape {
    /// The layout for `parties` (2..=32), `journal` entries (at least 16, even), a heap of at most
    /// `max_heap_granules`, the keys' hash and the tag for handles.
    pub(crate) const fn new(
        parties: u8,
        journal: u16,
        max_heap_granules: u32,
        (hash, seed): (HashKind, u64),
        tag: u16,
    ) -> Shape {
        #[cfg(not(feature = "containers"))]
        let _ = (hash, seed);
        let columns_log2 = match max_heap_granules {
            0..0x800 => 2,
            0x800..0x2000 => 3,
            0x2000..0x2_0000 => 4,
            _ => 5,
        };
        let rows = (max_heap_granules | 0x80).ilog2() - columns_log2 + 2;
        let bins = rows << columns_log2;
        let maps_at = PARTIES + parties as u32;
        let bins_at = maps_at + bins.div_ceil(64);
        let quick_at = bins_at + bins / 2;
        // Lists that are all full hold at most a twelfth of the region: 44 granules a step of depth for 8 lists, 152 for 16.
        let (quick_lists, quick_depth) = match max_heap_granules {
            0..0x400 => (0, 0),
            0x400..0x1000 => (8, 2),
            0x1000..0x4_0000 => (16, 1 + (max_heap_granules >> 12) as u8),
            _ => (16, 64),
        };
        let offs_at = quick_at + quick_lists as u32;
        let olds_at = offs_at + (journal as u32).div_ceil(2);
        let first = olds_at + journal as u32;
        Shape {
            columns_log2: columns_log2 as u8,
            parties,
            tag,
            journal,
            quick_lists,
            quick_depth,
            bins,
            bins_at,
            offs_at,
            olds_at,
            first,
            #[cfg(feature = "containers")]
            hash,
            #[cfg(feature = "containers")]
            hash_key: HashKey::new(hash, seed),
        }
    }

    /// Granule of the first quick list.
    #[inline(always)]
    pub(super) const fn quick_at(&self) -> u32 {
        self.offs_at - self.quick_lists as u32
    }

    /// Granule of the first map of bins.
    #[inline(always)]
    pub(super) const fn maps_at(&self) -> u32 {
        PARTIES + self.parties as u32
    }

    /// Columns of a row of bins.
    #[inline(always)]
    pub(super) const fn columns(&self) -> u32 {
        1 << self.columns_log2
    }

    /// Maps of 32 bins each.
    pub(super) const fn maps(&self) -> u32 {
        self.bins.div_ceil(32)
    }

    /// The smallest heap that can hold anything: the head, the map of roots, a few small objects, the end mark.
    pub(crate) const fn min_granules(&self) -> u32 {
        self.first + 16
    }

    /// Word of a party's incarnation (low half) and number of held objects (high half).
    #[inline(always)]
    pub(crate) const fn party(&self, slot: u8) -> u32 {
        PARTIES + slot as u32
    }
}
