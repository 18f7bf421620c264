//! A segment: mapped memory, a locked slot in it, and the party that lives on both.
//!
//! This is the adapter's only place outside `os/` that says `unsafe`: here mapped bytes become a region, and a locked
//! slot becomes a party. Both borrow from [`Segment`], and [`Seat`] keeps the two together, so the compiler sees that no
//! party outlives its mapping or its lock, and no turn outlives the party.
//!
//! ```text
//!   Seat -- owns --> Segment { mapping, file, locks }      dropped last: unmap, close, and with that unlock
//!        `- owns --> Chair   { party, region } <'segment>  dropped first
//! ```
//!
//! | file | of | locks |
//! |---|---|---|
//! | `file` | the mapping's file, for handing over | none, ever: who gets a copy must not keep a dead party's slot locked |
//! | `locks` | the same file, opened once more | the slot's; nobody gets a copy |

use cohabit::{Config, JoinError, Liveness, MAX_PARTIES, Party, Region, Wake};
use self_cell::self_cell;

use crate::{
    CreateError, OpenError,
    os::{self, Birth, Fault, File, Mapping, Place},
};

/// The byte whose lock says "I am in this slot". It lies on the header's first bytes; locks do not touch bytes.
const fn slot_byte(slot: u8) -> u32 {
    1 + slot as u32
}

/// Mapped memory with a slot that is locked for us.
#[derive(Debug)]
pub(crate) struct Segment {
    /// # Invariants
    /// 1. Maps a file that has at least this many bytes; who shares it never makes it shorter (`reserve` before, seals or
    ///    TURN.md after), and it is private to this file: nothing else in this program gets its address.
    /// 2. Unmapped only when the segment is dropped.
    mapping: Mapping,
    /// # Invariants
    /// 3. Holds the lock on `slot`'s byte, taken by `try_lock`, and has no copies; so while this segment lives, no other one,
    ///    in any process, has the same slot of the same file.
    locks: File,
    slot: u8,
    file: File,
    place: Place,
    birth: Birth,
}

/// The party of a segment, and what it knows about its neighbours.
pub(crate) struct Chair<'s> {
    /// `None` only while leaving.
    pub(crate) party: Option<Party<'s>>,
    pub(crate) region: Region<'s>,
    /// Incarnations whose death we have told the core about.
    pub(crate) told: [u32; MAX_PARTIES],
}

self_cell!(
    /// A party together with the memory and the lock it lives on.
    pub(crate) struct Seat {
        owner: Segment,
        #[not_covariant]
        dependent: Chair,
    }
);

impl Segment {
    /// The first slot of a file that nobody else can look into yet.
    pub(crate) fn to_build(building: &File, place: Place, len: usize) -> Result<Segment, Fault> {
        let (file, locks) = (os::reopen(building)?, os::reopen(building)?);
        let mapping = os::map(building, len)?;
        // Taken before the magic is stored: parties that are faster than we are must leave us one.
        match os::try_lock(&locks, slot_byte(0))? {
            true => Ok(Segment { mapping, locks, slot: 0, file, place, birth: Birth::now() }),
            false => Err(Fault::Exists),
        }
    }

    /// A free slot of a file that is built.
    pub(crate) fn to_join(file: File, place: Place) -> Result<Segment, OpenError> {
        let len = usize::try_from(os::facts(&file)?.len).map_err(|_| OpenError::OutOfMemory)?;
        if len == 0 {
            return Err(OpenError::Region(cohabit::OpenError::TooShort { needed: 64 }));
        }
        let mapping = os::map(&file, len)?;
        let parties = region_in(&mapping)?.info().parties;
        let locks = os::reopen(&file)?;
        for slot in 0..parties {
            if os::try_lock(&locks, slot_byte(slot))? {
                return Ok(Segment { mapping, locks, slot, file, place, birth: Birth::now() });
            }
        }
        Err(OpenError::AllSlotsTaken { slots: parties })
    }

    /// Formats it, and joins.
    pub(crate) fn build(self, config: Config) -> Result<Seat, CreateError> {
        Seat::try_new(self, |segment| {
            let mapping = &segment.mapping;
            // SAFETY: mapped and writable for as long as the segment is borrowed (invariants 1 and 2); and reached by nobody
            // else, since the caller holds the creation lock of a file without a magic, which openers do not map.
            let region = unsafe { Region::format_raw(mapping.base(), mapping.len(), config) }?;
            segment.sit(region).map_err(CreateError::Join)
        })
    }

    /// Joins what is built.
    pub(crate) fn join(self) -> Result<Seat, OpenError> {
        Seat::try_new(self, |segment| segment.sit(region_in(&segment.mapping)?).map_err(OpenError::Join))
    }

    /// Called once a segment, by the two above, which consume it.
    fn sit<'s>(&'s self, region: Region<'s>) -> Result<Chair<'s>, JoinError> {
        // SAFETY: nobody else is in the slot by invariant 3, and the party cannot outlive the lock, which `self` owns.
        let party = unsafe { region.join(self.slot, self as &dyn Liveness) }?;
        let party = party.with_wake(self as &dyn Wake);
        Ok(Chair { party: Some(party), region, told: [0; MAX_PARTIES] })
    }

    /// The process that joined.
    pub(crate) fn birth(&self) -> Birth {
        self.birth
    }

    /// Which slot is locked for us.
    pub(crate) fn slot(&self) -> u8 {
        self.slot
    }

    /// Whether another open file, of any process, holds `slot`. When in doubt, yes. One system call.
    pub(crate) fn is_slot_locked(&self, slot: u8) -> bool {
        os::is_locked_elsewhere(&self.locks, slot_byte(slot)).unwrap_or(true)
    }

    /// The incarnation that `slot` shows now.
    pub(crate) fn incarnation_in(&self, slot: u8) -> Option<u32> {
        // Checks the header anew, which is nothing beside the system call that comes before.
        Some(region_in(&self.mapping).ok()?.slot(slot)?.incarnation)
    }

    /// The mapping, for the words to wake sleepers on.
    pub(crate) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The file, to hand it over.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Where others find it.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // Closing would do, if no child has been forked that still has copies. In such a child the slot is not ours to free.
        if !self.birth.has_forked() {
            os::unlock(&self.locks, slot_byte(self.slot));
        }
    }
}

fn region_in(mapping: &Mapping) -> Result<Region<'_>, OpenError> {
    // SAFETY: mapped and writable for as long as the mapping is borrowed; in this program only regions reach it (invariant 1 of
    // `Segment`, the only owner of mappings), in others only those who follow TURN.md, as everybody who opens our files does.
    unsafe { Region::open(mapping.base(), mapping.len()) }.map_err(OpenError::Region)
}
