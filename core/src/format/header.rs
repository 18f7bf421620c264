//! The constants at the start of a region: encode, decode, and believe nothing until it is checked.
//!
//! The struct below *is* the byte layout (little-endian by type, so no padding on any target). It is
//! copied out of the region word by word; `check` turns the copy into facts. After `check` says yes, every offset lies
//! within the bytes that were handed in, areas do not overlap, and the arithmetic that follows cannot overflow.

#![forbid(unsafe_code)]

use core::mem::{offset_of, size_of};

use zerocopy::{
    FromBytes, Immutable, IntoBytes, KnownLayout,
    little_endian::{U16, U32, U64},
};

use super::{
    ArbiterKind, FORMAT_VERSION, FORMATTING, HEADER_LEN, MAGIC, MAX_PARTIES, OpenError, control_len,
};
use crate::{hash::HashKind, heap::Shape};

/// The smallest journal that every operation fits.
pub(crate) const MIN_JOURNAL: u16 = 16;

/// The first 64 bytes of a region. The table in `format/mod.rs` says what they mean.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
// Aligned, or a core that cannot load a word from just anywhere would load each byte by byte.
#[repr(C, align(4))]
pub(crate) struct Header {
    pub magic: U32,
    pub version: U16,
    pub parties: u8,
    pub arbiter: u8,
    pub len: U64,
    pub max_len: U64,
    pub region_id: U64,
    pub hash_seed: U64,
    pub heap_start: U32,
    pub lanes_start: U32,
    pub lanes_len: U32,
    pub epoch: U32,
    pub journal: U16,
    pub hash: u8,
    pub stride_log2: u8,
    pub check: U32,
}

const _: () = {
    assert!(offset_of!(Header, magic) == 0x00 && offset_of!(Header, version) == 0x04);
    assert!(offset_of!(Header, parties) == 0x06 && offset_of!(Header, arbiter) == 0x07);
    assert!(offset_of!(Header, len) == 0x08 && offset_of!(Header, max_len) == 0x10);
    assert!(offset_of!(Header, region_id) == 0x18 && offset_of!(Header, hash_seed) == 0x20);
    assert!(offset_of!(Header, heap_start) == 0x28 && offset_of!(Header, lanes_start) == 0x2c);
    assert!(offset_of!(Header, lanes_len) == 0x30 && offset_of!(Header, epoch) == 0x34);
    assert!(offset_of!(Header, journal) == 0x38 && offset_of!(Header, hash) == 0x3a);
    assert!(offset_of!(Header, stride_log2) == 0x3b && offset_of!(Header, check) == 0x3c);
    assert!(size_of::<Header>() == HEADER_LEN as usize && align_of::<Header>() == 4);
};

/// The header as the words that lie in memory, in the host's own reading of them.
pub(crate) type RawHeader = [u32; HEADER_LEN as usize / 4];

impl Header {
    pub(crate) fn from_raw(raw: RawHeader) -> Header {
        zerocopy::transmute!(raw)
    }

    pub(crate) fn to_raw(self) -> RawHeader {
        zerocopy::transmute!(self)
    }

    /// FNV-1a of everything between magic and check. It guards against accidents, not against malice.
    pub(crate) fn sum(&self) -> u32 {
        let bytes = self.as_bytes();
        let covered = bytes.get(offset_of!(Header, version)..offset_of!(Header, check)).unwrap_or_default();
        covered.iter().fold(0x811c_9dc5, |sum, &b| (sum ^ b as u32).wrapping_mul(0x0100_0193))
    }

    pub(crate) fn stride(&self) -> u32 {
        1 << (self.stride_log2 & 31)
    }

    /// Names this region *in this epoch* in every handle; never 0.
    pub(crate) fn tag(&self) -> u16 {
        let mixed = self.region_id.get() ^ (self.epoch.get() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let folded = mixed ^ (mixed >> 32);
        let folded = (folded ^ (folded >> 16)) as u16;
        if folded == 0 { 1 } else { folded }
    }

    /// The heap's facts. Only for a header that passed [`check`].
    pub(crate) fn shape(&self) -> Shape {
        let max_granules = ((self.max_len.get() >> 3) as u32).saturating_sub(self.heap_start.get() / 8);
        let kind = if self.hash == HashKind::HalfSip.number() { HashKind::HalfSip } else { HashKind::Rapid };
        let hash = (kind, self.hash_seed.get());
        Shape::new(self.parties, self.journal.get(), max_granules, hash, self.tag())
    }

    /// Length of the heap area in granules. Only for a header that passed [`check`].
    pub(crate) fn heap_granules(&self) -> u32 {
        ((self.len.get() >> 3) as u32).saturating_sub(self.heap_start.get() / 8)
    }
}

/// Checks every claim of a header against `given`, the number of bytes there are.
pub(crate) fn check(header: &Header, given: u64) -> Result<(), OpenError> {
    examine(header, given).map_err(|lie| match lie {
        Lie::NotARegion => OpenError::NotARegion,
        Lie::NewerFormat => OpenError::NewerFormat { found: header.version.get() },
        Lie::BeingFormatted => OpenError::BeingFormatted,
        Lie::BadParties => OpenError::BadParties { found: header.parties },
        Lie::UnknownArbiter => OpenError::UnknownArbiter { found: header.arbiter },
        Lie::UnknownHash => OpenError::UnknownHash { found: header.hash },
        Lie::BadStride => OpenError::BadStride { found: header.stride_log2 },
        Lie::LengthLies => OpenError::LengthLies { claimed: header.len.get(), given },
        Lie::BadLayout => OpenError::BadLayout,
        Lie::BadJournal => OpenError::BadJournal { found: header.journal.get() },
        Lie::Damaged => OpenError::Damaged,
    })
}

/// What is wrong with a header, in a byte: numbers for the error can be had from the header later.
enum Lie {
    NotARegion,
    NewerFormat,
    BeingFormatted,
    BadParties,
    UnknownArbiter,
    UnknownHash,
    BadStride,
    LengthLies,
    BadLayout,
    BadJournal,
    Damaged,
}

#[inline(never)]
fn examine(header: &Header, given: u64) -> Result<(), Lie> {
    match header.magic.get() {
        MAGIC => {}
        FORMATTING => return Err(Lie::BeingFormatted),
        _ => return Err(Lie::NotARegion),
    }
    let version = header.version.get();
    if version > FORMAT_VERSION {
        return Err(Lie::NewerFormat);
    }
    if header.parties < 2 || header.parties as usize > MAX_PARTIES {
        return Err(Lie::BadParties);
    }
    match ArbiterKind::from_number(header.arbiter) {
        None => return Err(Lie::UnknownArbiter),
        Some(ArbiterKind::Peterson | ArbiterKind::Lock(_)) if header.parties != 2 => {
            return Err(Lie::BadParties);
        }
        Some(_) => {}
    }
    if HashKind::from_number(header.hash).is_none() {
        return Err(Lie::UnknownHash);
    }
    if !matches!(header.stride_log2, 3 | 6 | 7) {
        return Err(Lie::BadStride);
    }
    if header.len.get() > given {
        return Err(Lie::LengthLies);
    }
    // From here on by 32-bit numbers, which is all that small cores have: lengths in granules, offsets in bytes.
    let (Some(len), Some(max_len)) = (granules(header.len), granules(header.max_len)) else {
        return Err(Lie::BadLayout);
    };
    let (heap_start, lanes_start) = (header.heap_start.get(), header.lanes_start.get());
    let heap_align = if header.stride() >= 64 { 64 } else { 8 };
    let Some(lanes_end) = lanes_start.checked_add(header.lanes_len.get()) else {
        return Err(Lie::BadLayout);
    };
    let areas_in_order = control_len(header.parties, header.stride()) <= lanes_start
        && lanes_end <= heap_start
        && heap_start / 8 < len
        && len <= max_len;
    if !areas_in_order || heap_start & (heap_align - 1) | lanes_start & 7 != 0 {
        return Err(Lie::BadLayout);
    }
    if header.journal.get() < MIN_JOURNAL {
        return Err(Lie::BadJournal);
    }
    if len - heap_start / 8 < header.shape().min_granules() {
        return Err(Lie::BadLayout);
    }
    if version == 0 || header.check.get() != header.sum() {
        return Err(Lie::Damaged);
    }
    Ok(())
}

/// A length in granules; `None` if it is no multiple of 8, or 32 GiB or more.
fn granules(len: U64) -> Option<u32> {
    let granules = (len.get() >> 3) as u32;
    ((granules as u64) << 3 == len.get()).then_some(granules)
}
