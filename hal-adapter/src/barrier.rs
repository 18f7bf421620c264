//! What has to happen to caches around a turn.
//!
//! Most pairs of cores see the same SRAM through no cache at all, or through coherent ones. Then the fences of the turn
//! itself are everything: they are `DMB` on Arm and `fence` on RISC-V, which order loads and stores for the other core, too.
//!
//! A Cortex-M7 beside another core has a write-back data cache of its own. The control area has to lie in memory that is mapped uncached; the
//! heap area may be cached, if its lines are thrown away when a turn begins and written back when it ends:
//!
//! ```text
//!   |  control area  |  heap area                                    |
//!   |  uncached      |  acquire: invalidate ... release: clean       |
//!   `----------------'-- both begin and end on a cache line ---------'
//! ```
//!
//! The core that formats has to write the fresh heap back, too: [`Shared::format_with`](crate::Shared::format_with).
//!
//! A core that dies *in its turn* takes with it what lies dirty in its cache, so the promise that every object is whole does not hold then: the
//! heap may have to be formatted anew. Where cores die, map all of the region uncached.
//!
//! The upkeep costs a pass over the heap area for each turn, some cycles a line. Where turns are short, uncached is faster.
#![forbid(unsafe_code)]

use cohabit::{Barrier, Config};

/// No cache lies between the cores and the region, or the caches are coherent. Same as no barrier at all, in words.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Coherent;

impl Barrier for Coherent {
    #[inline(always)]
    fn acquire(&self, _: usize, _: usize) {}
    #[inline(always)]
    fn release(&self, _: usize, _: usize) {}
}

/// Upkeep of a data cache, by address.
pub trait CacheOps: Sync {
    /// Bytes of a cache line.
    const LINE: usize;
    /// Writes back what is dirty in these lines; done when it returns.
    fn clean(&self, address: usize, len: usize);
    /// Throws these lines away; done when it returns.
    fn invalidate(&self, address: usize, len: usize);
}

/// A data cache lies between this core and the heap area, and the other core does not see into it.
#[derive(Clone, Copy, Debug)]
pub struct Cached<C>(
    /// How the cache is kept.
    pub C,
);

impl<C: CacheOps> Cached<C> {
    /// The same configuration, if control and heap area of a region of `len` bytes begin and end on cache lines. In a `const`,
    /// others do not compile.
    ///
    /// # Panics
    /// When they do not: choose a stride of 64 or 128, and a length that is a multiple of the line.
    ///
    /// ```
    /// # use cohabit_hal::{CacheOps, Cached, Shared, cohabit::Config};
    /// # struct M7; impl CacheOps for M7 { const LINE: usize = 32; fn clean(&self, _: usize, _: usize) {} fn invalidate(&self, _: usize, _: usize) {} }
    /// const LEN: usize = 16 * 1024;
    /// const CONFIG: Config = Cached::<M7>::fitting(Config::new().stride(64).checked(), LEN);
    /// static REGION: Shared<LEN> = Shared::room_for(CONFIG);
    /// ```
    /// ```compile_fail,E0080
    /// # use cohabit_hal::{CacheOps, Cached, cohabit::Config};
    /// # struct M7; impl CacheOps for M7 { const LINE: usize = 32; fn clean(&self, _: usize, _: usize) {} fn invalidate(&self, _: usize, _: usize) {} }
    /// const CONFIG: Config = Cached::<M7>::fitting(Config::new().compact().checked(), 16 * 1024);
    /// ```
    pub const fn fitting(config: Config, len: usize) -> Config {
        assert!(
            (config.heap_start() as usize).is_multiple_of(C::LINE) && len.is_multiple_of(C::LINE),
            "control and heap area must begin and end on a cache line: stride 64 or 128, length a multiple of the line"
        );
        config
    }
}

impl<C: CacheOps> Barrier for Cached<C> {
    fn acquire(&self, heap: usize, len: usize) {
        self.0.invalidate(heap, len);
    }

    fn release(&self, heap: usize, len: usize) {
        self.0.clean(heap, len);
    }
}
