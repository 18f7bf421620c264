//! Blocks: the pieces that the heap area is divided into, end to end.
//!
//! ```text
//!  used   | size 30, PREV_FREE, 0    | kind 8, state 8, generation 16 |  contents ...
//!  spare  | size 30, PREV_FREE, 0    | Spare,  0,       generation 16 | next spare of its size | 0 | whatever was there
//!  free   | size 30, 0,         FREE | next free in bin               | previous in bin | ... | size (last half) |
//!           low half of granule 0      high half of granule 0           low half of 1         high half of the last
//! ```
//!
//! Sizes count granules of 8 bytes, header included; the smallest block has two. `state` is 0 for a block that has an
//! owner in the region, or `LOOSE | slot` for one that is only in the holdings of a party. Following sizes from the
//! first block reaches every block and ends at the end mark, *between any two stores* of any operation: that
//! is what recovery relies on. `PREV_FREE`, the links and the size at the end of a free block are only conveniences. (The link back
//! of the first block of a bin means nothing.)
//!
//! `generation` counts on: a block cut out of free memory gets the next of a counter for the whole heap, a spare that is used again its own
//! last one and 1. A handle remembers it, so a handle to a block that was destroyed and reused is noticed (but
//! for one chance in 65,535 when exactly that many have passed).

#![forbid(unsafe_code)]

/// Low-half flag: the block is free.
pub(crate) const FREE: u32 = 1;
/// Low-half flag: the block before is free and its size stands in the half before this header.
pub(crate) const PREV_FREE: u32 = 2;
/// High-half flag of a used block: it is in the holdings of the party in `state`'s low bits.
pub(crate) const LOOSE: u32 = 0x8000;
/// High-half flag, only set while an audit runs, ignored by everybody else.
pub(crate) const MARK: u32 = 0x4000;
const SLOT_SHIFT: u32 = 8;
const SLOT_MASK: u32 = 0x1f;
/// The smallest block, in granules.
pub(crate) const MIN_GRANULES: u32 = 2;

/// What a used block holds. Numbers are part of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub(crate) enum Kind {
    /// Nothing that could own anything: a block being built, or being taken apart.
    Raw = 1,
    Text = 2,
    Bytes = 3,
    List = 4,
    Map = 5,
    Message = 6,
    /// The elements of a list.
    Cells = 7,
    /// The index and entries of a map.
    Table = 8,
    /// The end mark.
    End = 9,
    /// Nothing: freed, and kept for the next request of its size (see `quick.rs`).
    Spare = 10,
    /// The bytes of a byte array.
    Run = 11,
    /// A time of day with an offset from UTC.
    Time = 35,
    /// A whole number that does not fit 64 bits.
    BigInt = 45,
    Complex = 46,
    /// A decimal number of more than 8 characters.
    Decimal = 47,
    Slice = 48,
    /// A date and time with an offset from UTC.
    DateTime = 49,
    /// A span of time that does not fit 64 bits of microseconds.
    TimeDelta = 50,
    /// A time zone with a name.
    TimeZone = 51,
    /// Bytes with the name of their codec.
    Blob = 52,
    ByteArray = 53,
    /// Numbers of one type by shape and strides.
    Array = 54,
    /// A list that was frozen.
    Tuple = 55,
    /// A map without values.
    Set = 56,
    FrozenSet = 57,
    FrozenMap = 58,
    /// Fields in the order of a schema.
    Record = 59,
    /// A set that was packed into one block.
    FastSet = 61,
    /// A map that was packed into one block.
    FastMap = 62,
    /// A class name and fields that come and go.
    Instance = 60,
    /// Names and types of records' fields.
    Schema = 63,
}

impl Kind {
    /// The kind with this number.
    pub(crate) const fn from_byte(byte: u8) -> Option<Kind> {
        Some(match byte {
            1 => Kind::Raw,
            2 => Kind::Text,
            3 => Kind::Bytes,
            4 => Kind::List,
            5 => Kind::Map,
            6 => Kind::Message,
            7 => Kind::Cells,
            8 => Kind::Table,
            9 => Kind::End,
            10 => Kind::Spare,
            11 => Kind::Run,
            35 => Kind::Time,
            45 => Kind::BigInt,
            46 => Kind::Complex,
            47 => Kind::Decimal,
            48 => Kind::Slice,
            49 => Kind::DateTime,
            50 => Kind::TimeDelta,
            51 => Kind::TimeZone,
            52 => Kind::Blob,
            53 => Kind::ByteArray,
            54 => Kind::Array,
            55 => Kind::Tuple,
            56 => Kind::Set,
            57 => Kind::FrozenSet,
            58 => Kind::FrozenMap,
            59 => Kind::Record,
            61 => Kind::FastSet,
            62 => Kind::FastMap,
            60 => Kind::Instance,
            63 => Kind::Schema,
            _ => return None,
        })
    }
}

/// A decoded block header.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header(pub(crate) u64);

impl Header {
    /// A used block without `PREV_FREE`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn used(granules: u32, hi: u32) -> Header {
        Header((hi as u64) << 32 | (granules << 2) as u64)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn lo(self) -> u32 {
        self.0 as u32
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn hi(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Size in granules, header included.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn granules(self) -> u32 {
        self.lo() >> 2
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn is_free(self) -> bool {
        self.lo() & FREE != 0
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn prev_free(self) -> bool {
        self.lo() & PREV_FREE != 0
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn kind(self) -> Option<Kind> {
        Kind::from_byte(self.hi() as u8)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn is_kind(self, kind: Kind) -> bool {
        self.hi() as u8 == kind as u8 && !self.is_free()
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn generation(self) -> u16 {
        (self.hi() >> 16) as u16
    }

    /// The header of a spare block that becomes a loose one: the next generation, never 0.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn renewed(self, kind: Kind, slot: u8) -> Header {
        let next = self.generation().wrapping_add(1);
        Header((loose(kind, slot, next + (next == 0) as u16) as u64) << 32 | self.lo() as u64)
    }

    /// The party in whose holdings the block is; `None` when it has an owner in the region.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) const fn holder(self) -> Option<u8> {
        if self.hi() & LOOSE != 0 { Some((self.hi() >> SLOT_SHIFT & SLOT_MASK) as u8) } else { None }
    }
}

/// The high half of a used header.
#[cfg_attr(target_pointer_width = "64", inline(always))]
pub(crate) const fn loose(kind: Kind, slot: u8, generation: u16) -> u32 {
    (generation as u32) << 16 | LOOSE | (slot as u32) << SLOT_SHIFT | kind as u32
}

/// The high half of a spare block; the generation stays, so that old handles go on being stale.
#[cfg_attr(target_pointer_width = "64", inline(always))]
pub(crate) const fn spare(hi: u32) -> u32 {
    hi & 0xffff_0000 | Kind::Spare as u32
}

/// The same high half, now in the holdings of `slot`.
#[cfg_attr(target_pointer_width = "64", inline(always))]
pub(crate) const fn make_loose(hi: u32, slot: u8) -> u32 {
    hi & 0xffff_00ff | LOOSE | (slot as u32) << SLOT_SHIFT
}

/// The same high half, now owned inside the region.
#[cfg_attr(target_pointer_width = "64", inline(always))]
pub(crate) const fn make_owned(hi: u32) -> u32 {
    hi & 0xffff_00ff
}

/// The same high half with another kind.
#[cfg_attr(target_pointer_width = "64", inline(always))]
pub(crate) const fn make_kind(hi: u32, kind: Kind) -> u32 {
    hi & 0xffff_ff00 | kind as u32
}
