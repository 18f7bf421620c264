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
