//! Opening bytes that lie: an error each, never a panic, and never a region larger than its bytes.

#![forbid(unsafe_code)]
extern crate std;
use std::{vec, vec::Vec};

use cohabit_testkit::Random;
use zerocopy::{
    FromBytes, IntoBytes,
    little_endian::{U16, U32, U64},
};

use super::{Header, OpenError, check, control_len};
use crate::{Config, FormatError, Region};

const LEN: usize = 4096;

fn formatted(config: Config) -> Header {
    let mut memory = vec![0u64; LEN / 8];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut memory);
    assert!(Region::format(bytes, config).is_ok());
    Header::read_from_prefix(bytemuck::cast_slice(&memory)).unwrap().0
}

#[test]
fn each_lie_is_refused_by_its_own_error() {
    let good = formatted(Config::new().journal(16));
    assert_eq!(check(&good, LEN as u64), Ok(()));
    let lie = |tell: &dyn Fn(&mut Header)| {
        let mut header = good;
        tell(&mut header);
        header.check = U32::new(header.sum());
        check(&header, LEN as u64).unwrap_err()
    };
    assert_eq!(lie(&|h| h.magic = U32::new(0)), OpenError::NotARegion);
    assert_eq!(lie(&|h| h.magic = U32::new(super::FORMATTING)), OpenError::BeingFormatted);
    assert_eq!(lie(&|h| h.version = U16::new(2)), OpenError::NewerFormat { found: 2 });
    assert_eq!(lie(&|h| h.parties = 1), OpenError::BadParties { found: 1 });
    assert_eq!(lie(&|h| h.parties = 33), OpenError::BadParties { found: 33 });
    assert_eq!(lie(&|h| h.parties = 3), OpenError::BadParties { found: 3 }, "Peterson cannot serve them");
    assert_eq!(lie(&|h| h.arbiter = 9), OpenError::UnknownArbiter { found: 9 });
    assert_eq!(lie(&|h| h.hash = 9), OpenError::UnknownHash { found: 9 });
    assert_eq!(lie(&|h| h.stride_log2 = 4), OpenError::BadStride { found: 4 });
    let (claimed, given) = (LEN as u64 + 8, LEN as u64);
    assert_eq!(lie(&|h| h.len = U64::new(claimed)), OpenError::LengthLies { claimed, given });
    assert_eq!(lie(&|h| h.journal = U16::new(15)), OpenError::BadJournal { found: 15 });
    let layouts: [&dyn Fn(&mut Header); 11] = [
        &|h| h.len = U64::new(LEN as u64 - 4),
        &|h| h.len = U64::new(0),
        &|h| h.len = U64::new(h.heap_start.get() as u64 + 64),
        &|h| h.max_len = U64::new(LEN as u64 - 8),
        &|h| h.max_len = U64::new(!7),
        &|h| h.heap_start = U32::new(h.heap_start.get() - 64),
        &|h| h.heap_start = U32::new(h.heap_start.get() + 8),
        &|h| h.heap_start = U32::new(LEN as u32),
        &|h| h.lanes_start = U32::new(8),
        &|h| h.lanes_len = U32::new(64),
        &|h| h.lanes_len = U32::new(u32::MAX),
    ];
    for (i, tell) in layouts.iter().enumerate() {
        assert_eq!(lie(tell), OpenError::BadLayout, "layout {i}");
    }
    assert_eq!(lie(&|h| h.version = U16::new(0)), OpenError::Damaged);
    let mut altered = good;
    altered.hash_seed = U64::new(1);
    assert_eq!(check(&altered, LEN as u64), Err(OpenError::Damaged));
}

/// Seen red with the comparison of `len` and `given` left out of `check`.
#[test]
fn whatever_the_header_says_an_accepted_region_lies_within_its_bytes() {
    let good =
        formatted(Config::new().parties(if cfg!(feature = "bakery") { 3 } else { 2 }).compact().journal(16));
    let mut random = Random(1);
    let mut accepted = 0;
    for _ in 0..if cfg!(miri) { 300 } else { 300_000 } {
        let mut header = good;
        for _ in 0..=random.below(3) {
            let bytes = header.as_mut_bytes();
            let at = 4 + random.below(0x38);
            bytes[at] = if random.below(2) == 0 {
                random.next_u64() as u8
            } else {
                bytes[at] ^ (1 << random.below(8))
            };
        }
        header.check = U32::new(header.sum());
        let given = if random.below(2) == 0 { LEN } else { random.below(2 * LEN) } as u64;
        if check(&header, given).is_ok() {
            accepted += 1;
            let heap_start = header.heap_start.get() as u64;
            assert!(control_len(header.parties, header.stride()) as u64 <= heap_start);
            assert!(heap_start + header.heap_granules() as u64 * 8 <= given && header.heap_granules() >= 8);
            assert!(heap_start.is_multiple_of(8));
            assert_ne!(header.tag(), 0);
        }
    }
    assert!(accepted > 10);
}

#[test]
fn flipping_any_bit_of_the_constants_is_noticed() {
    let good = formatted(Config::new().journal(16));
    for bit in 0..64 * 8 {
        let mut header = good;
        header.as_mut_bytes()[bit / 8] ^= 1 << (bit % 8);
        assert!(check(&header, LEN as u64).is_err(), "bit {bit}");
    }
}

#[test]
fn formatting_refuses_what_cannot_work() {
    let mut memory = vec![0u64; LEN / 8];
    let mut format = |from: usize, to: usize, config: Config| {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut memory);
        Region::format(&mut bytes[from..to], config).map(|_| ())
    };
    let config = Config::new().journal(16);
    assert_eq!(format(2, LEN, config), Err(FormatError::Misaligned));
    assert_eq!(format(0, LEN, config.parties(1)), Err(FormatError::BadParties { asked: 1 }));
    assert_eq!(format(0, LEN, config.parties(33)), Err(FormatError::BadParties { asked: 33 }));
    assert_eq!(format(0, LEN, config.stride(16)), Err(FormatError::BadStride { asked: 16 }));
    assert_eq!(format(0, LEN, config.stride(0)), Err(FormatError::BadStride { asked: 0 }));
    assert_eq!(format(0, LEN, config.lock(31)), Err(FormatError::BadLock { asked: 31 }));
    assert_eq!(format(0, LEN, config.lock(32).parties(3)), Err(FormatError::BadParties { asked: 3 }));
    assert_eq!(format(0, LEN, config.journal(15)), Err(FormatError::BadJournal { asked: 15 }));
    let (asked, len) = (LEN as u64 - 8, LEN as u64);
    assert_eq!(format(0, LEN, config.max_len(asked)), Err(FormatError::BadMaxLen { asked, len }));
    assert_eq!(format(0, LEN, config.max_len(1 << 40)), Err(FormatError::TooLong));
    for short in [0, 3, 63, 64, 200] {
        let Err(FormatError::TooShort { needed }) = format(0, short, config) else { panic!("{short}") };
        assert_eq!(format(0, needed as usize, config), Ok(()));
        assert!(format(0, needed as usize - 1, config).is_err());
    }
    assert_eq!(format(0, LEN - 3, config), Ok(()), "what does not fill a word is left over");
}

#[test]
fn smallest_useful_region_is_a_kibibyte() {
    assert!(Config::new().compact().journal(16).min_len() <= 1024);
    let mut memory = vec![0u64; 128];
    assert!(
        Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new().compact().journal(16)).is_ok()
    );
}

#[test]
fn epoch_counts_formats_of_the_same_memory_and_changes_the_tag() {
    let mut memory = vec![0u64; LEN / 8];
    let mut seen = Vec::new();
    for epoch in 1..5 {
        let region =
            Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new().region_id(7)).unwrap();
        let info = region.info();
        assert_eq!((info.epoch, info.region_id, info.parties), (epoch, 7, 2));
        assert!(!seen.contains(&info.tag));
        seen.push(info.tag);
    }
    memory.fill(0x0101_0101_0101_0101);
    let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
    assert_eq!(region.info().epoch, 1, "there was no region before");
}

/// The bytes of the constants, for ever.
#[test]
fn constants_are_little_endian_on_every_host() {
    let header = formatted(Config::new().compact().journal(16).region_id(0x0102_0304_0506_0708));
    let bytes = header.as_bytes();
    assert_eq!(&bytes[..8], b"coha\x01\x00\x02\x01");
    assert_eq!(&bytes[8..16], &[0, 0x10, 0, 0, 0, 0, 0, 0]);
    assert_eq!(&bytes[24..32], &[8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(&bytes[0x28..0x2c], &[104, 0, 0, 0]);
}
