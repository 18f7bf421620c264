//! Bad input, one by one: each mistake has an error of its own, whose number is nobody else's and whose message says what to do.

use std::{collections::BTreeMap, fmt::Display, ptr::NonNull};

use cohabit::{
    AlwaysAlive, Config, Error, FormatError, JoinError, Key, List, Map, OpenError, Party, REGION_ALIGN,
    Region, Turn,
};
use cohabit_tests::{hostile::mend, sample::Memory};

const TWO: Config = Config::new().compact().journal(16).region_id(1);

fn sound() -> Memory {
    let mut memory = Memory::new(2048);
    Region::format(memory.bytes_mut(), TWO).expect("a sound configuration");
    memory
}

/// What opening says after `damage`.
fn opened(damage: impl FnOnce(&mut [u8])) -> Option<OpenError> {
    let mut memory = sound();
    damage(memory.bytes_mut());
    open_part(&mut memory, 0, 2048)
}

fn open_part(memory: &mut Memory, from: usize, len: usize) -> Option<OpenError> {
    let bytes = &mut memory.bytes_mut()[from..from + len];
    // SAFETY: the memory is ours alone and outlives the attempt.
    unsafe { Region::open(NonNull::from(&mut *bytes).cast(), len) }.err()
}

#[test]
fn memory_that_is_no_sound_region_is_declined_for_the_reason() {
    assert_eq!(opened(|_| {}), None);
    assert_eq!(opened(|bytes| bytes[0] ^= 1), Some(OpenError::NotARegion));
    assert_eq!(opened(|bytes| bytes.fill(0)), Some(OpenError::NotARegion));
    // What a formatter stores first, and its death leaves.
    assert_eq!(opened(|bytes| bytes[..4].copy_from_slice(b"CoHA")), Some(OpenError::BeingFormatted));
    assert_eq!(opened(|bytes| bytes[4] = 2), Some(OpenError::NewerFormat { found: 2 }));
    let lie = |bytes: &mut [u8]| bytes[8..16].copy_from_slice(&4096u64.to_le_bytes());
    assert_eq!(opened(lie), Some(OpenError::LengthLies { claimed: 4096, given: 2048 }));
    let shorter = |bytes: &mut [u8]| bytes[8..16].copy_from_slice(&0x70u64.to_le_bytes());
    assert_eq!(opened(shorter), Some(OpenError::BadLayout));
    assert_eq!(opened(|bytes| bytes[0x28..0x2c].fill(0xff)), Some(OpenError::BadLayout));
    assert_eq!(opened(|bytes| bytes[6] = 1), Some(OpenError::BadParties { found: 1 }));
    assert_eq!(opened(|bytes| bytes[6] = 33), Some(OpenError::BadParties { found: 33 }));
    assert_eq!(opened(|bytes| bytes[7] = 9), Some(OpenError::UnknownArbiter { found: 9 }));
    assert_eq!(opened(|bytes| bytes[0x3a] = 9), Some(OpenError::UnknownHash { found: 9 }));
    assert_eq!(opened(|bytes| bytes[0x3b] = 31), Some(OpenError::BadStride { found: 31 }));
    assert_eq!(opened(|bytes| bytes[0x38] = 15), Some(OpenError::BadJournal { found: 15 }));
    assert_eq!(opened(|bytes| bytes[0x18] ^= 1), Some(OpenError::Damaged));
    let another_id = |bytes: &mut [u8]| {
        bytes[0x18] ^= 1;
        mend(bytes);
    };
    assert_eq!(opened(another_id), None);
    assert_eq!(open_part(&mut sound(), 0, 63), Some(OpenError::TooShort { needed: 64 }));
    assert_eq!(open_part(&mut sound(), 0, 0), Some(OpenError::TooShort { needed: 64 }));
    assert_eq!(open_part(&mut sound(), REGION_ALIGN / 2, 1024), Some(OpenError::Misaligned));
}

#[test]
fn memory_that_cannot_be_formatted_is_declined_for_the_reason() {
    let formatted = |len: usize, config: Config| Region::format(Memory::new(len).bytes_mut(), config).err();
    assert_eq!(formatted(2048, TWO), None);
    let needed = TWO.min_len();
    assert_eq!(formatted(needed as usize - 8, TWO), Some(FormatError::TooShort { needed }));
    assert_eq!(formatted(needed as usize, TWO), None);
    assert_eq!(formatted(2048, TWO.parties(1)), Some(FormatError::BadParties { asked: 1 }));
    assert_eq!(formatted(2048, TWO.stride(32)), Some(FormatError::BadStride { asked: 32 }));
    assert_eq!(formatted(2048, TWO.journal(8)), Some(FormatError::BadJournal { asked: 8 }));
    assert_eq!(formatted(2048, TWO.max_len(1024)), Some(FormatError::BadMaxLen { asked: 1024, len: 2048 }));
    assert_eq!(formatted(2048, TWO.max_len(1 << 40)), Some(FormatError::TooLong));
    let mut memory = Memory::new(2048);
    let odd = Region::format(&mut memory.bytes_mut()[1..], TWO).err();
    assert_eq!(odd, Some(FormatError::Misaligned));
}

#[test]
fn a_slot_or_number_of_parties_that_is_not_there_is_declined() {
    let mut memory = Memory::new(2048);
    let region = Region::format(memory.bytes_mut(), TWO).expect("a sound configuration");
    // SAFETY: it does not succeed.
    let joined = unsafe { region.join(2, &AlwaysAlive) }.err();
    assert_eq!(joined, Some(JoinError::NoSuchSlot { asked: 2, parties: 2 }));
    assert_eq!(region.split::<3>().err(), Some(JoinError::PartyCount { asked: 3, parties: 2 }));
    // SAFETY: the memory is ours alone.
    let shared =
        unsafe { Region::open(NonNull::from(memory.bytes_mut()).cast(), 2048) }.expect("a sound region");
    assert_eq!(shared.split::<2>().err(), Some(JoinError::Shared));
}

fn parties(memory: &mut Memory, config: Config) -> [Party<'_>; 2] {
    Region::format(memory.bytes_mut(), config).expect("a sound configuration").split().expect("two parties")
}

#[test]
fn a_handle_that_names_nothing_of_ours_is_declined_and_nothing_changes() {
    let (mut here, mut there) = (Memory::new(4096), Memory::new(4096));
    let [mut a, mut b] = parties(&mut here, TWO);
    let [mut other, _] = parties(&mut there, TWO.region_id(2));
    let foreign = other.acquire().expect("nobody else is there").new_list().expect("it fits");
    let held = b.acquire().expect("nobody else is there").new_list().expect("it fits");
    let mut turn = a.acquire().expect("nobody else is there");
    let turn = &mut turn;
    let (gone, placed) = (turn.new_list().expect("it fits"), turn.new_list().expect("it fits"));
    let roots = turn.roots().expect("always there");
    roots.set(turn, "placed", placed).expect("it fits");
    turn.destroy(gone).expect("it is ours");
    let before = turn.audit().expect("a sound region");
    let nowhere = List::from_bits(foreign.to_bits() & 0xffff << 48 ^ gone.to_bits()).expect("not 0");
    let as_map = Map::from_bits(placed.to_bits()).expect("not 0");
    let every_use = |turn: &mut Turn<'_>, list: List, due: Error| {
        assert_eq!(list.len(turn), Err(due));
        assert_eq!(list.push(turn, 1), Err(due));
        assert_eq!(list.copy(turn), Err(due));
        assert_eq!(turn.destroy(list), Err(due));
        assert_eq!(turn.put_message(list), Err(due));
        assert_eq!(roots.set(turn, "x", list), Err(due));
    };
    every_use(turn, gone, Error::Stale);
    every_use(turn, foreign, Error::OtherRegion);
    every_use(turn, nowhere, Error::OtherRegion);
    assert_eq!(as_map.get(turn, 1), Err(Error::WrongType));
    assert_eq!(as_map.set(turn, 1, 1), Err(Error::WrongType));
    assert_eq!(Key::try_from(cohabit::Value::List(placed)), Err(Error::WrongType));
    assert_eq!(turn.destroy(placed), Err(Error::AlreadyPlaced));
    assert_eq!(roots.set(turn, "x", placed), Err(Error::AlreadyPlaced));
    assert_eq!(turn.destroy(held), Err(Error::HeldByOther));
    assert_eq!(roots.set(turn, "x", held), Err(Error::HeldByOther));
    assert_eq!(placed.get(turn, 0).err(), Some(Error::OutOfRange { index: 0, len: 0 }));
    assert_eq!(placed.insert(turn, 1, 1), Err(Error::OutOfRange { index: 1, len: 0 }));
    let too_long = vec![0u8; 5000];
    assert!(matches!(placed.push(turn, &*too_long), Err(Error::OutOfMemory { .. })));
    assert_eq!(turn.audit(), Ok(before));
    let own = turn.new_list().expect("it fits");
    assert_eq!(own.push(turn, own), Err(Error::WouldCycle));
    assert_eq!(own.push(turn, "x").and_then(|()| own.as_ints(turn).map(drop)), Err(Error::NotUniform));
}

#[test]
fn every_error_has_a_number_of_its_own_and_says_what_to_do() {
    let mut seen: BTreeMap<u16, String> = BTreeMap::new();
    let mut note = |code: u16, error: &dyn Display| {
        let text = error.to_string();
        assert!(text.contains(';') && text.len() > 20, "does not say what to do: {text}");
        if let Some(other) = seen.insert(code, text.clone()) {
            panic!("{code:#06x} is both: {other} / {text}");
        }
    };
    let open = [
        OpenError::TooShort { needed: 64 },
        OpenError::NotARegion,
        OpenError::NewerFormat { found: 2 },
        OpenError::Misaligned,
        OpenError::BeingFormatted,
        OpenError::BadParties { found: 1 },
        OpenError::LengthLies { claimed: 2, given: 1 },
        OpenError::BadLayout,
        OpenError::Damaged,
    ];
    open.iter().for_each(|error| note(error.code(), error));
    let format =
        [FormatError::TooShort { needed: 1 }, FormatError::Misaligned, FormatError::BadParties { asked: 1 }];
    format.iter().for_each(|error| note(error.code(), error));
    let join =
        [JoinError::NoSuchSlot { asked: 2, parties: 2 }, JoinError::PartyCount { asked: 3, parties: 2 }];
    join.iter().for_each(|error| note(error.code(), error));
    let memory = Error::OutOfMemory { requested: 3, largest_free: 1, total_free: 2 };
    let used = [
        memory,
        Error::Stale,
        Error::OtherRegion,
        Error::WrongType,
        Error::AlreadyPlaced,
        Error::HeldByOther,
    ];
    used.iter().for_each(|error| note(error.code(), error));
}
