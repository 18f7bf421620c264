//! Memory for all contestants: pages that processes could share, touched before anything is measured.
//!
//! Ours and its peers get the same kind of memory, because page size and page faults weigh more than any allocator.

use std::ptr::NonNull;

use cohabit::{Config, Party, Region};
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

/// `len` zero bytes of shared memory, every page touched. Never unmapped: the program ends soon enough.
pub fn shared(len: usize) -> &'static mut [u8] {
    // SAFETY: a new mapping at an address of the kernel's choice overlaps nothing.
    let base = unsafe {
        mmap_anonymous(std::ptr::null_mut(), len, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED)
    };
    let base = NonNull::new(base.expect("memory for the measurement").cast::<u8>()).expect("not at zero");
    // SAFETY: mapped, readable and writable, zero, known to nobody else, and never unmapped.
    let bytes = unsafe { std::slice::from_raw_parts_mut(base.as_ptr(), len) };
    for page in bytes.chunks_mut(4096) {
        // SAFETY: a valid reference; volatile so that the store of what is there already is made.
        unsafe { std::ptr::write_volatile(&mut page[0], 0) };
    }
    bytes
}

/// A fresh region of `len` bytes for `N` parties.
pub fn parties<const N: usize>(len: usize) -> [Party<'static>; N] {
    let config = Config::new().parties(N as u8).hash_seed(0x5eed).region_id(1);
    Region::format(shared(len), config).map(|region| region.split().expect("all of them")).expect("a region")
}

/// A small generator (SplitMix64): the same trace for everybody.
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (((self.next() >> 32) * bound as u64) >> 32) as usize
    }
}
