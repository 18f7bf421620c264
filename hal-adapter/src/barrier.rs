//! What has to happen to caches around a turn.
//!
//! Most pairs of cores see the same SRAM through no cache at all, or through coherent ones. Then the fences of the turn
//! itself are everything: they are `DMB` on Arm and `fence` on RISC-V, which order loads and stores for the other core, too.
#![forbid(unsafe_code)]

use cohabit::Barrier;

/// No cache lies between the cores and the region, or the caches are coherent. Same as no barrier at all, in words.
#[derive(Clone, Copy, Debug, Default)]
pub struct Coherent;

impl Barrier for Coherent {
    #[inline(always)]
    fn acquire(&self, _: usize, _: usize) {}
    #[inline(always)]
    fn release(&self, _: usize, _: usize) {}
}
