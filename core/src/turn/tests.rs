//! The turn over real memory and real threads. Interleavings are `loom_tests.rs`' business; here Miri sees the layout.

#![forbid(unsafe_code)]
extern crate std;
use std::{thread, vec, vec::Vec};

use crate::{Config, Region};

const BYTES: usize = 16 * 1024;
/// A word in the middle of the heap that nothing else uses.
const SPARE: u32 = 700;

fn memory() -> Vec<u64> {
    vec![0; BYTES / 8]
}

fn rounds(many: u64) -> u64 {
    if cfg!(miri) { 30 } else { many }
}

fn count_in_threads<const N: usize>(config: Config, each: u64) {
    let mut memory = memory();
    let region = Region::format(bytemuck::cast_slice_mut(&mut memory), config.parties(N as u8)).unwrap();
    let mut parties = region.split::<N>().unwrap();
    thread::scope(|scope| {
        for party in &mut parties {
            scope.spawn(move || {
                for _ in 0..each {
                    let mut turn = party.acquire_by::<Yield>().unwrap();
                    let count = turn.heap.word(SPARE).unwrap();
                    turn.heap.set_word(SPARE, count + 1).unwrap();
                    drop(turn);
                }
            });
        }
    });
    let turn = parties[0].acquire().unwrap();
    assert_eq!(turn.heap.word(SPARE).unwrap(), each * N as u64);
}

/// Lets other threads run: there may be fewer cores than parties.
struct Yield;
impl spin::RelaxStrategy for Yield {
    fn relax() {
        thread::yield_now();
    }
}

#[test]
fn two_threads_count_exactly() {
    count_in_threads::<2>(Config::new(), rounds(200_000));
}

#[test]
fn three_threads_count_exactly() {
    count_in_threads::<3>(Config::new().compact(), rounds(50_000));
}

#[test]
fn eight_threads_count_exactly() {
    count_in_threads::<8>(Config::new().stride(128), rounds(10_000) / 3);
}
