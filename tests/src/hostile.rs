//! Any bytes at all, opened as a region, and every public read and write tried on them.
//!
//! What the bytes say need not make sense; what must not happen is a panic, an endless loop or undefined behaviour. Every
//! call's error is thrown away, so that the next call meets what the one before left. Handles are learned by
//! reading, and forged: whatever looks like a block's header is named by a handle that fits it, placed or not.
//!
//! ```text
//!   bytes --open--> no: said why (if only the check sum is wrong, it is mended, and once more)
//!              '--> join --> turn: recovery, audit, read everything, a few dozen random changes, read, audit --> leave
//! ```
//!
//! All choices follow from the bytes, so an input that was found once can be tried again.

use core::ptr::NonNull;

use cohabit::{
    AnyArray, AnyRecord, ByteArray, Bytes, FastMap, FastSet, FrozenMap, FrozenSet, Info, Instance, List,
    Liveness, Map, Message, Next, Object, OpenError, Region, Set, Text, Tuple, Wait, Waiting,
};
use cohabit_testkit::Random;

use crate::hostile_turn::work;

/// How far the bytes got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// They were accepted as a region.
    pub opened: bool,
    /// Turns that were given.
    pub turns: u32,
    /// Audits that found the region sound.
    pub sound: u32,
    /// Changes that were made.
    pub done: u32,
    /// Changes that were refused.
    pub refused: u32,
}

/// Everybody but us is dead, so nobody is waited for.
struct AllDead;

impl Liveness for AllDead {
    fn is_dead(&self, _: u8, _: u32) -> bool {
        true
    }
}

/// Asks about every party in the way, and gives up when that does not help.
struct Brief;

impl Wait for Brief {
    fn pass(&mut self, waiting: &Waiting<'_>) -> Next {
        if waiting.round() < 100 { Next::Inquire } else { Next::GiveUp }
    }
}

/// Opens the bytes as a region and tries everything on it. Bounded work; no error is one.
pub fn exercise(bytes: &mut [u8]) -> Outcome {
    let mut outcome = Outcome::default();
    if session(bytes, &mut outcome) == Err(OpenError::Damaged) {
        // Only the sum stands in the way, and whoever writes bad bytes on purpose can add up.
        mend(bytes);
        let _ = session(bytes, &mut outcome);
    }
    outcome
}

/// Makes the header's check sum right (`core/src/format/header.rs`: FNV-1a of the bytes 0x04..0x3c).
pub fn mend(bytes: &mut [u8]) {
    if let Some(header) = bytes.first_chunk_mut::<0x40>() {
        let sum = header[0x04..0x3c]
            .iter()
            .fold(0x811c_9dc5u32, |sum, &byte| (sum ^ byte as u32).wrapping_mul(0x0100_0193));
        header[0x3c..].copy_from_slice(&sum.to_le_bytes());
    }
}

fn session(bytes: &mut [u8], outcome: &mut Outcome) -> Result<(), OpenError> {
    let before = bytes.to_vec();
    let base = NonNull::from(&mut *bytes).cast::<u8>();
    // SAFETY: the bytes are borrowed mutably for as long as the region lives, and are not touched otherwise meanwhile.
    let region = unsafe { Region::open(base, before.len()) }.inspect_err(|error| {
        assert!(!error.to_string().is_empty());
    })?;
    outcome.opened = true;
    let info = region.info();
    let _ = (region.holder(), region.has_messages(), region.messages(), region.changes());
    for slot in 0..=info.parties {
        let _ = region.slot(slot).map(|view| (view.is_joined(), view.wants(), view.is_asleep()));
    }
    let random = &mut Random(before.iter().fold(0, |sum, &byte| sum * 31 % 0xffff_fffb + byte as u64));
    let names = Names::forged(&before, &info, random);
    for slot in [0, info.parties - 1, info.parties] {
        // SAFETY: one party at a time, by this thread alone.
        let Ok(mut party) = (unsafe { region.join(slot, &AllDead) }) else { continue };
        for _ in 0..2 {
            if let Ok(Some(mut turn)) = party.acquire_with(&mut Brief) {
                outcome.turns += 1;
                work(&mut turn, &mut names.clone(), random, outcome);
            }
        }
        let _ = (party.has_messages(), party.changes(), party.incarnation(), party.slot());
        if slot == 0 {
            let _ = party.leave();
        }
    }
    Ok(())
}

/// Names of objects to try things on.
#[derive(Clone, Default)]
pub(crate) struct Names {
    pub(crate) lists: Vec<List>,
    pub(crate) maps: Vec<Map>,
    pub(crate) texts: Vec<Text>,
    pub(crate) bytes: Vec<Bytes>,
    pub(crate) byte_arrays: Vec<ByteArray>,
    pub(crate) messages: Vec<Message>,
    pub(crate) records: Vec<AnyRecord>,
    pub(crate) arrays: Vec<AnyArray>,
    pub(crate) tuples: Vec<Tuple>,
    pub(crate) sets: Vec<Set>,
    pub(crate) frozen_sets: Vec<FrozenSet>,
    pub(crate) frozen_maps: Vec<FrozenMap>,
    pub(crate) fast_sets: Vec<FastSet>,
    pub(crate) fast_maps: Vec<FastMap>,
    pub(crate) instances: Vec<Instance>,
}

impl Names {
    /// Handles for a sample of the granules that look like the header of an object.
    fn forged(bytes: &[u8], info: &Info, random: &mut Random) -> Names {
        let mut names = Names::default();
        let heap = bytes.get(info.heap_start as usize..info.len as usize).unwrap_or_default();
        let mut found = Vec::new();
        for (granule, word) in (0u64..).zip(heap.chunks_exact(8)) {
            let kind = word[4];
            let generation = u16::from_le_bytes([word[6], word[7]]) as u64;
            if matches!(kind, 2..=6 | 53..=62) && word[0] & 1 == 0 {
                found.push((kind, (info.tag as u64) << 48 | generation << 32 | granule));
            }
        }
        for _ in 0..found.len().min(24) {
            let (kind, bits) = found[random.below(found.len())];
            match kind {
                2 => names.texts.extend(Text::from_bits(bits)),
                3 => names.bytes.extend(Bytes::from_bits(bits)),
                4 => names.lists.extend(List::from_bits(bits)),
                5 => names.maps.extend(Map::from_bits(bits)),
                53 => names.byte_arrays.extend(ByteArray::from_bits(bits)),
                54 => names.arrays.extend(AnyArray::from_bits(bits)),
                55 => names.tuples.extend(Tuple::from_bits(bits)),
                56 => names.sets.extend(Set::from_bits(bits)),
                57 => names.frozen_sets.extend(FrozenSet::from_bits(bits)),
                58 => names.frozen_maps.extend(FrozenMap::from_bits(bits)),
                61 => names.fast_sets.extend(FastSet::from_bits(bits)),
                62 => names.fast_maps.extend(FastMap::from_bits(bits)),
                60 => names.instances.extend(Instance::from_bits(bits)),
                59 => names.records.extend(AnyRecord::from_bits(bits)),
                _ => names.messages.extend(Message::from_bits(bits)),
            }
        }
        names
    }

    pub(crate) fn any_object(&self, random: &mut Random) -> Option<Object> {
        match random.below(14) {
            11 => pick(&self.fast_sets, random).map(Object::FastSet),
            12 => pick(&self.fast_maps, random).map(Object::FastMap),
            13 => pick(&self.instances, random).map(Object::Instance),
            6 => pick(&self.tuples, random).map(Object::Tuple),
            7 => pick(&self.sets, random).map(Object::Set),
            8 => pick(&self.frozen_sets, random).map(Object::FrozenSet),
            9 => pick(&self.frozen_maps, random).map(Object::FrozenMap),
            5 => pick(&self.arrays, random).map(Object::Array),
            4 => pick(&self.byte_arrays, random).map(Object::ByteArray),
            0 => pick(&self.lists, random).map(Object::List),
            1 => pick(&self.maps, random).map(Object::Map),
            2 => pick(&self.texts, random).map(Object::Text),
            3 => pick(&self.records, random).map(Object::Record),
            _ => pick(&self.bytes, random).map(Object::Bytes),
        }
    }
}

/// One of them, if there are any.
pub(crate) fn pick<T: Copy>(from: &[T], random: &mut Random) -> Option<T> {
    if from.is_empty() { None } else { Some(from[random.below(from.len())]) }
}
