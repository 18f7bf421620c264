//! The heap by itself, over a vector: blocks, journal, shifts, recovery. Small enough for Miri.

#![forbid(unsafe_code)]

extern crate std;
use std::{vec, vec::Vec};

use cohabit_testkit::Random;

use super::{AuditError, Fault, Heap, Kind, Shape, block::MIN_GRANULES};
use crate::{error::Error, hash::HashKind};

const HASH: (HashKind, u64) = (HashKind::Rapid, 7);
/// Too small for quick lists: what is freed is merged.
pub(crate) const SHAPE: Shape = Shape::new(2, 16, 0x3ff, HASH, 0x1234);
/// With quick lists of two.
const QUICK: Shape = Shape::new(2, 16, 1 << 10, HASH, 0x1234);

/// A formatted heap area of `granules`.
pub(crate) fn formatted(granules: usize) -> Vec<u64> {
    formatted_as(granules, &SHAPE)
}

fn formatted_as(granules: usize, shape: &Shape) -> Vec<u64> {
    let mut words = vec![0xdddd_dddd_dddd_dddd; granules];
    Heap::format(&mut words, shape);
    words
}

#[test]
fn a_formatted_heap_is_sound_and_nearly_all_free() {
    let mut words = formatted(512);
    let mut heap = Heap::new(&mut words, &SHAPE, 0);
    let audit = heap.audit().unwrap();
    assert_eq!((audit.maps, audit.stats.blocks, audit.free_blocks), (1, 1, 1));
    assert_eq!(audit.stats.largest_free, audit.stats.free);
}

#[test]
fn the_smallest_heap_holds_a_few_objects() {
    let mut words = formatted(SHAPE.min_granules() as usize);
    let mut heap = Heap::new(&mut words, &SHAPE, 0);
    let block = heap.new_leaf(Kind::Text, b"a text of 20 letters").unwrap();
    heap.count_held(1).unwrap();
    heap.audit().unwrap();
    heap.destroy_block(block).unwrap();
    heap.count_held(-1).unwrap();
    heap.audit().unwrap();
}

#[test]
fn random_allocations_never_overlap_and_all_memory_comes_back() {
    let rounds = if cfg!(miri) { 100 } else { 20_000 };
    for seed in 0..if cfg!(miri) { 2 } else { 8 } {
        let shape = if seed % 2 == 0 { &SHAPE } else { &QUICK };
        let mut words = formatted_as(600, shape);
        let mut heap = Heap::new(&mut words, shape, 1);
        let whole = heap.stats().unwrap();
        let mut random = Random(seed);
        let mut live: Vec<(u32, Vec<u8>)> = Vec::new();
        for round in 0..rounds {
            if live.is_empty() || random.below(100) < 55 {
                let most = if random.below(9) == 0 { 900 } else { 60 };
                let bytes = vec![round as u8; random.below(most)];
                match heap.new_leaf(Kind::Bytes, &bytes) {
                    Ok(block) => {
                        heap.count_held(1).unwrap();
                        live.push((block, bytes));
                    }
                    #[cfg(not(feature = "details"))]
                    Err(Error::OutOfMemory {}) => {}
                    #[cfg(feature = "details")]
                    Err(Error::OutOfMemory { requested, largest_free, total_free }) => {
                        assert!(largest_free <= total_free, "{requested} {largest_free} {total_free}");
                        assert_eq!(total_free as u64, heap.stats().unwrap().free);
                    }
                    Err(error) => panic!("{error}"),
                }
            } else {
                let (block, bytes) = live.swap_remove(random.below(live.len()));
                assert_eq!(heap.leaf_bytes(block, Kind::Bytes).unwrap(), bytes);
                heap.destroy_block(block).unwrap();
                heap.count_held(-1).unwrap();
            }
            if round % 64 == 0 {
                heap.audit().unwrap();
            }
        }
        for (block, bytes) in live {
            assert_eq!(heap.leaf_bytes(block, Kind::Bytes).unwrap(), bytes);
            heap.destroy_block(block).unwrap();
            heap.count_held(-1).unwrap();
        }
        heap.audit().unwrap();
        heap.merge_spares().unwrap();
        assert_eq!(heap.audit().unwrap().stats, whole);
    }
}

#[test]
fn a_small_freed_block_is_kept_for_the_next_of_its_size() {
    let mut words = formatted_as(512, &QUICK);
    let mut heap = Heap::new(&mut words, &QUICK, 0);
    let blocks = [(); 4].map(|()| heap.allocate(3, Kind::Text).unwrap());
    let stale = heap.handle(blocks[1]).unwrap();
    for block in &blocks[..3] {
        heap.free(*block).unwrap();
    }
    // Two fit into the list; the third became free memory.
    assert_eq!(heap.quick_entry(heap.quick_words().start + 1), Ok((blocks[1], 2)));
    assert_eq!(heap.free(blocks[1]), Err(Error::corrupt(blocks[1])), "freed twice");
    assert_eq!(heap.allocate(2, Kind::Raw), Ok(blocks[2]), "another size: not from the list");
    assert_eq!(heap.allocate(3, Kind::Text), Ok(blocks[1]), "last in, first out");
    assert_eq!(heap.resolve(stale, Kind::Text), Err(Error::Stale));
    assert_eq!(heap.allocate(3, Kind::Raw), Ok(blocks[0]));
    for block in [blocks[0], blocks[1], blocks[2], blocks[3]] {
        heap.free(block).unwrap();
    }
    heap.audit().unwrap();
}

#[test]
fn a_generation_never_comes_back_when_spares_are_merged() {
    let mut words = formatted_as(512, &QUICK);
    let mut heap = Heap::new(&mut words, &QUICK, 0);
    let block = heap.allocate(3, Kind::Text).unwrap();
    for _ in 0..100 {
        heap.free(block).unwrap();
        assert_eq!(heap.allocate(3, Kind::Text), Ok(block));
    }
    let last = heap.header(block).unwrap().generation();
    heap.free(block).unwrap();
    heap.merge_spares().unwrap();
    assert_eq!(heap.allocate(3, Kind::Text), Ok(block), "the same place, cut out anew");
    assert_eq!(heap.header(block).unwrap().generation(), last + 1);
    heap.free(block).unwrap();
    heap.mark_dead(1);
    heap.recover().unwrap();
    assert_eq!(heap.allocate(3, Kind::Text), Ok(block));
    assert_eq!(heap.header(block).unwrap().generation(), last + 2);
    heap.free(block).unwrap();
}

#[test]
fn what_spares_keep_apart_is_merged_before_anything_is_refused() {
    let mut words = formatted_as(512, &QUICK);
    let mut heap = Heap::new(&mut words, &QUICK, 0);
    let whole = heap.stats().unwrap().largest_free as u32 / 8;
    let first = heap.allocate(2, Kind::Raw).unwrap();
    heap.free(first).unwrap();
    assert!(heap.stats().unwrap().largest_free < heap.stats().unwrap().free);
    assert_eq!(heap.allocate(whole, Kind::Raw), Ok(first));
    assert!(matches!(heap.allocate(2, Kind::Raw), Err(Error::OutOfMemory { .. })));
    assert_eq!(heap.stats().unwrap().free, 0);
    heap.free(first).unwrap();
    assert_eq!(heap.stats().unwrap().largest_free as u32 / 8, whole);
}

#[test]
fn recovery_takes_spares_for_free_memory() {
    let mut words = formatted_as(512, &QUICK);
    let mut heap = Heap::new(&mut words, &QUICK, 0);
    let whole = heap.stats().unwrap();
    let blocks = [(); 4].map(|()| heap.allocate(5, Kind::Raw).unwrap());
    for block in blocks {
        heap.free(block).unwrap();
    }
    heap.mark_dead(1);
    heap.recover().unwrap();
    assert_eq!(heap.audit().unwrap().spares, 0);
    assert_eq!(heap.stats().unwrap(), whole);
    assert_eq!(heap.hi(blocks[1]), Ok(0), "no old header is left inside of the free block");
}

/// The header of a block that was merged into the free one before it stayed where it was, marked free. When that free
/// memory was divided anew, a bin's link came to lie on the mark alone; generation and kind were still there, and the
/// handle came alive again. (Found by the model lane: a map's handle resolved 100 operations after its destruction.)
#[test]
fn a_handle_stays_dead_wherever_a_bins_link_comes_to_lie() {
    let mut words = formatted(512);
    let mut heap = Heap::new(&mut words, &SHAPE, 0);
    let before = heap.allocate(4, Kind::Raw).unwrap();
    let block = heap.allocate(4, Kind::List).unwrap();
    let fence = heap.allocate(4, Kind::Raw).unwrap();
    let handle = heap.handle(block).unwrap();
    heap.free(before).unwrap();
    heap.free(block).unwrap();
    assert_eq!(heap.resolve(handle, Kind::List), Err(Error::Stale));
    // What remains begins right before the old header, whose low half becomes its link.
    assert_eq!(heap.allocate(3, Kind::Raw), Ok(before));
    assert_eq!(heap.resolve(handle, Kind::List), Err(Error::Stale));
    heap.free(before).unwrap();
    heap.free(fence).unwrap();
}

#[test]
fn a_block_grows_into_the_free_block_behind_it_and_not_further() {
    let mut words = formatted(512);
    let mut heap = Heap::new(&mut words, &SHAPE, 0);
    let block = heap.allocate(4, Kind::Raw).unwrap();
    let fence = heap.allocate(4, Kind::Raw).unwrap();
    assert!(!heap.grow(block, 5).unwrap());
    heap.free(fence).unwrap();
    assert!(heap.grow(block, 40).unwrap());
    assert_eq!(heap.header(block).unwrap().granules(), 40);
    let rest = heap.stats().unwrap().largest_free as u32 / 8;
    assert!(!heap.grow(block, 40 + rest + 1).unwrap());
    assert!(heap.grow(block, 40 + rest).unwrap());
    assert_eq!(heap.stats().unwrap().free, 0);
    heap.free(block).unwrap();
    heap.audit().unwrap();
}

#[test]
fn an_operation_that_fails_half_way_is_undone() {
    let mut words = formatted(512);
    let mut heap = Heap::new(&mut words, &SHAPE, 0);
    let block = heap.allocate(MIN_GRANULES + 4, Kind::Raw).unwrap();
    heap.set_word(block + 1, 1).unwrap();
    let failed: Result<(), Error> = heap.atomically([block + 1, 0, block + 2], |heap| {
        heap.set_word(block + 1, 2)?;
        heap.set_word(block + 2, 3)?;
        Err(Error::WouldCycle)
    });
    assert_eq!(failed, Err(Error::WouldCycle));
    assert_eq!(heap.word(block + 1), Ok(1));
    assert_eq!(heap.journal_len(), 0);
    heap.free(block).unwrap();
}

#[test]
fn a_text_left_loose_by_the_dead_is_destroyed_and_a_living_partys_is_kept() {
    let mut words = formatted(512);
    let mut heap = Heap::new(&mut words, &SHAPE, 1);
    let kept = heap.new_leaf(Kind::Text, b"held by a living party").unwrap();
    heap.count_held(1).unwrap();
    let mut heap = Heap::new(&mut words, &SHAPE, 0);
    heap.new_leaf(Kind::Text, b"held by the dead").unwrap();
    let mut heap = Heap::new(&mut words, &SHAPE, 1);
    heap.mark_dead(0);
    assert_eq!(heap.audit().map(|_| ()).map_err(|error| error.fault), Err(Fault::Unfinished));
    let recovery = heap.recover().unwrap();
    assert_eq!((recovery.destroyed, recovery.requeued, recovery.undone), (1, 0, 0));
    assert_eq!(heap.leaf_bytes(kept, Kind::Text).unwrap(), b"held by a living party");
    assert_eq!(heap.audit().unwrap().held, 1);
}

/// Seen red on: an audit that compares the sum of all counts.
#[test]
fn an_audit_tells_whose_count_of_holdings_is_wrong() {
    let mut words = formatted(512);
    for slot in [0, 1, 1] {
        let mut heap = Heap::new(&mut words, &SHAPE, slot);
        heap.new_leaf(Kind::Text, b"held by someone").unwrap();
        heap.count_held(1).unwrap();
    }
    let mut heap = Heap::new(&mut words, &SHAPE, 0);
    assert_eq!(heap.audit().map(|audit| audit.held), Ok(3));
    for (slot, counts) in [(0, [0, 2]), (0, [2, 1]), (1, [1, 3]), (1, [1, 1])] {
        for (party, count) in (0..).zip(counts) {
            heap.set_hi(SHAPE.party(party), count).unwrap();
        }
        let wrong = AuditError { at: SHAPE.party(slot), fault: Fault::BadCount };
        assert_eq!(heap.audit(), Err(wrong), "{counts:?}");
    }
    heap.set_hi(SHAPE.party(1), 2).unwrap();
    assert_eq!(heap.audit().map(|audit| audit.held), Ok(3));
}
