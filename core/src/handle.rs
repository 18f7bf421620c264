//! Handles: names of objects that outlive the turn in which they were learned.
//!
//! ```text
//!   63        48 47        32 31                      0
//!   | region tag | generation | granule of the block   |     8 bytes, never 0, the same in a cell and in a variable
//! ```
//!
//! A handle owns nothing and borrows nothing: it is `Copy`, may be kept between turns and sent to other parties by
//! any means, and is checked at every use. If its object was destroyed meanwhile, that is [`Error::Stale`]; if it comes
//! from another region, [`Error::OtherRegion`].
//!
//! A name, not a capability: should the bytes of a later text or array happen to look like the old object's header, a stale
//! handle passes (25 bits and the place have to agree by chance); what it then reads is checked like everything else.

#![forbid(unsafe_code)]

use core::{fmt, num::NonZeroU64};

use crate::{
    error::Error,
    heap::{Form, Header, Heap, Kind},
};

/// A handle without its kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub(crate) struct Handle(NonZeroU64);

impl Handle {
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn new(block: u32, generation: u16, tag: u16) -> Option<Handle> {
        NonZeroU64::new((tag as u64) << 48 | (generation as u64) << 32 | block as u64).map(Handle)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn from_bits(bits: u64) -> Option<Handle> {
        NonZeroU64::new(bits).map(Handle)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn bits(self) -> u64 {
        self.0.get()
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn block(self) -> u32 {
        self.bits() as u32
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn generation(self) -> u16 {
        (self.bits() >> 32) as u16
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn tag(self) -> u16 {
        (self.bits() >> 48) as u16
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Handle {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=u32:#x}g{=u16}", self.block(), self.generation());
    }
}

impl Heap<'_> {
    /// The handle of a used block.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn handle(&self, block: u32) -> Result<Handle, Error> {
        let header = self.header(block)?;
        Handle::new(block, header.generation(), self.shape.tag).ok_or(Error::corrupt(block))
    }

    /// The block that a handle names, if it is alive and of this kind. One load.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn resolve(&self, handle: Handle, kind: Kind) -> Result<u32, Error> {
        self.resolve_words::<1>(handle, kind).map(|_| handle.block())
    }

    /// The same, and the first words of the block, its header included.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn resolve_words<const N: usize>(
        &self,
        handle: Handle,
        kind: Kind,
    ) -> Result<&[u64; N], Error> {
        match self.named_words(handle, kind) {
            Some(words) => Ok(words),
            None => Err(self.why_unresolved(handle, self.header(handle.block()).unwrap_or(Header(0)))),
        }
    }

    /// The same for those who find out elsewhere why there are none.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn named_words<const N: usize>(&self, handle: Handle, kind: Kind) -> Option<&[u64; N]> {
        let words = self.words_at::<N>(handle.block()).ok()?;
        if self.is_named(&words[0], handle, kind) { Some(words) } else { None }
    }

    /// The same where their number is not that of a type. At least one.
    #[cfg(all(feature = "containers", target_pointer_width = "64"))]
    #[inline(always)]
    pub(crate) fn named_run(&self, handle: Handle, kind: Kind, len: u32) -> Option<&[u64]> {
        let words = self.raw_words(handle.block(), len).ok()?;
        if self.is_named(words.first()?, handle, kind) { Some(words) } else { None }
    }

    /// Whether this is the header of a handle's block.
    #[inline(always)]
    fn is_named(&self, header: &u64, handle: Handle, kind: Kind) -> bool {
        // By loads of single bytes, which many cores compare in place, without long constants.
        let [low, _, _, _, is, _, generation @ ..] = *bytemuck::cast_ref::<u64, [u8; 8]>(header);
        let generation = u16::from_le_bytes(generation);
        // Generation and region by one comparison.
        let same = generation as u64 == (handle.bits() ^ (self.shape.tag as u64) << 48) >> 32;
        same && is == kind as u8 && low & 1 == 0
    }

    #[cold]
    fn why_unresolved(&self, handle: Handle, header: Header) -> Error {
        // Handles name nothing but objects; other kinds, and none, are what some block holds where an object was.
        let object = header.form() != Form::Part;
        if handle.tag() != self.shape.tag {
            Error::OtherRegion
        } else if header.is_free() || header.generation() != handle.generation() || !object {
            Error::Stale
        } else {
            Error::WrongType
        }
    }
}

/// A handle of objects of one kind, which is known when the program is compiled.
#[cfg(feature = "containers")]
pub(crate) trait OfKind: Copy {
    const KIND: Kind;

    fn handle(self) -> Handle;
}

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// A name, not an owner: 8 bytes, `Copy`, checked at every use, good across turns until the object is destroyed.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[repr(transparent)]
        pub struct $name(pub(crate) Handle);

        impl $name {
            /// The handle as a number, to hand to another party by other means.
            pub const fn to_bits(self) -> u64 {
                self.0.0.get()
            }

            /// The handle that [`to_bits`](Self::to_bits) came from. Any number is safe here: it is checked when used.
            pub fn from_bits(bits: u64) -> Option<Self> {
                Handle::from_bits(bits).map($name)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:#x}g{})"), self.0.block(), self.0.generation())
            }
        }
    )*};
}

handles! {
    /// A text of more than 8 bytes (shorter ones need no object).
    Text;
    /// A run of bytes.
    Bytes;
    /// A growable run of bytes, changed in place.
    ByteArray;
    /// A list of values.
    List;
    /// An insertion-ordered map.
    Map;
    /// An array, whatever its elements are: see [`Array`](crate::Array) for one whose type is known.
    AnyArray;
    /// A list that was frozen: its elements stay what and where they are.
    Tuple;
    /// An insertion-ordered set of keys.
    Set;
    /// A set that was frozen.
    FrozenSet;
    /// A map that was frozen: its keys and values stay.
    FrozenMap;
    /// A map that was packed into one block, and never changes.
    FastMap;
    /// A set that was packed into one block, and never changes.
    FastSet;
    /// A class name and fields that can be added and removed: what other languages call an object.
    Instance;
    /// A record of any type: fields that have names.
    AnyRecord;
    /// A message that this party has taken and not finished.
    Message;
}
