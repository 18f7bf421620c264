//! Memory that two cores find at one address: where it lies, who formats it, and who may open it when.
//!
//! A [`Shared`] is a static in the section `.cohabit`. The linker fragment `cohabit.x` puts it at the start of the memory
//! `COHABIT` in every image, and keeps start-up code away from it: it is neither zeroed nor loaded.
//!
//! ```text
//!   core 0                                        core 1
//!   reset                                         (held in reset, or starting)
//!   format: "being formatted" ... "a region"      open: NotARegion, BeingFormatted: try again while patience lasts
//!   let core 1 go                                 open: the region
//!   join slot 0                                   join slot 1
//!   meet(slot 1): has joined
//! ```
//!
//! **Stale RAM.** After a reset of both cores the SRAM still holds the region of the last boot, whole and valid. Where core 0
//! starts core 1, it formats first and nothing stale can be seen. Where both start by themselves, core 1 takes
//! [`open_beating`](Shared::open_beating): a region whose formatter's heart is seen to *beat* was formatted since, for
//! the formatter formats before its first beat, and stale RAM does not beat.

use core::{
    cell::UnsafeCell,
    ptr::{self, NonNull},
};

use cohabit::{Arbiter, Barrier, Config, FormatError, OpenError, Region};

use crate::Beats;

/// `N` bytes for a region, seen by both cores.
///
/// Aligned and padded to 64 bytes, so that nothing else lies in its cache lines.
///
/// ```
/// use cohabit_hal::{Shared, cohabit::Config};
/// const CONFIG: Config = Config::new().compact().journal(16).checked();
/// #[cfg_attr(target_os = "none", unsafe(link_section = ".cohabit"))]
/// static REGION: Shared<2048> = Shared::room_for(CONFIG);
/// ```
/// One that is too short for its configuration does not compile:
/// ```compile_fail,E0080
/// use cohabit_hal::{Shared, cohabit::Config};
/// const CONFIG: Config = Config::new().compact().journal(16).checked();
/// static REGION: Shared<256> = Shared::room_for(CONFIG);
/// ```
#[repr(C, align(64))]
pub struct Shared<const N: usize>(
    /// # Invariants
    /// 1. This program reaches the bytes only through regions made by this file.
    UnsafeCell<[u8; N]>,
);

// SAFETY: by invariant 1 threads and cores of this program meet in the bytes only through regions, which see to it
// that they take turns.
unsafe impl<const N: usize> Sync for Shared<N> {}

impl<const N: usize> Shared<N> {
    /// `N` bytes, zeroed; in the section `.cohabit` nobody zeroes them at start-up, and they are what they were.
    pub const fn new() -> Shared<N> {
        Shared(UnsafeCell::new([0; N]))
    }

    /// The same, after a look whether a region of this configuration fits.
    ///
    /// # Panics
    /// When it does not: meant for a `static` or `const`, where that does not compile.
    pub const fn room_for(config: Config) -> Shared<N> {
        assert!(
            config.min_len() <= N as u64,
            "`Shared` is too short for this `Config`: see `Config::min_len`"
        );
        Shared::new()
    }

    /// The same memory by its address, for an image that is linked without `cohabit.x`.
    ///
    /// # Safety
    /// `N` bytes from `address` on, a multiple of 64, are memory for all of the program's life, which it reaches only through
    /// what this returns.
    pub unsafe fn at(address: usize) -> Option<&'static Shared<N>> {
        let place = ptr::with_exposed_provenance::<Shared<N>>(address);
        // SAFETY: not null as checked by `as_ref`, aligned as checked here, memory by the caller's promise; any bytes are a
        // `Shared`, and others may write to them since they are in an `UnsafeCell`.
        if place.is_aligned() { unsafe { place.as_ref() } } else { None }
    }

    /// Where it lies: what a debugger dumps, and what protection and caches are set up for.
    pub fn address(&self) -> usize {
        self.base().as_ptr().expose_provenance()
    }

    fn base(&self) -> NonNull<u8> {
        NonNull::from(&seen_elsewhere(self).0).cast()
    }

    /// Makes a region of it. Whatever was there is gone; its epoch is one more if that was a region.
    ///
    /// The first thing that the formatting core does, before it lets the other go or beats its heart.
    ///
    /// # Safety
    /// No party uses the memory: the other core has not been started, is held in reset, or is inside of
    /// [`open`](Shared::open). Later it follows `docs/TURN.md`, as everybody does who uses `cohabit`.
    pub unsafe fn format(&self, config: Config) -> Result<Region<'_>, FormatError> {
        // SAFETY: mapped, aligned and reached by nobody but regions (invariant 1); others as the caller promises.
        unsafe { Region::format_raw(self.base(), N, config) }
    }

    /// The same where caches need upkeep: `barrier`, of this core, writes the fresh heap back before the region can be opened.
    ///
    /// # Safety
    /// As for [`format`](Shared::format).
    pub unsafe fn format_with(
        &self,
        config: Config,
        barrier: &dyn Barrier,
    ) -> Result<Region<'_>, FormatError> {
        // SAFETY: mapped, aligned and reached by nobody but regions (invariant 1); others as the caller promises.
        unsafe { Region::format_raw_with(self.base(), N, config, barrier) }
    }

    /// Makes a region whose parties take turns by a lock in hardware, which is freed first: it may be taken since an earlier boot.
    ///
    /// # Safety
    /// As for [`format`](Shared::format); and nobody uses the lock for anything else.
    pub unsafe fn format_locked(
        &self,
        config: Config,
        lock: &dyn Arbiter,
    ) -> Result<Region<'_>, FormatError> {
        lock.unlock();
        // SAFETY: as the caller promises.
        unsafe { self.format(config.lock(lock.number())) }
    }

    /// Opens the region that the other core makes of it, trying again while there is none yet and `patience` says so.
    ///
    /// Other errors are final, and returned at once: a newer format, a region longer than `N`, a damaged header. For one core that
    /// is started by the other *after* that has formatted; if both start by themselves, see
    /// [`open_beating`](Shared::open_beating).
    ///
    /// # Safety
    /// The other core uses the memory by `cohabit` alone.
    pub unsafe fn open(&self, mut patience: impl FnMut() -> bool) -> Result<Region<'_>, OpenError> {
        loop {
            // SAFETY: mapped, aligned and reached by nobody but regions (invariant 1); others as the caller promises.
            match unsafe { Region::open(self.base(), N) } {
                Err(OpenError::NotARegion | OpenError::BeingFormatted) if patience() => {}
                opened => return opened,
            }
        }
    }

    /// Opens the region as [`open`](Shared::open) does, once the heart of its formatter is seen to beat: not what an earlier
    /// boot has left in the SRAM.
    ///
    /// Where no beat is seen while `patience` lasts, the answer is [`OpenError::NotARegion`].
    ///
    /// # Safety
    /// As for [`open`](Shared::open); and the core of slot `formatter` formats before its first beat after each of its resets.
    pub unsafe fn open_beating<const P: usize>(
        &self,
        beats: &Beats<P>,
        formatter: u8,
        mut patience: impl FnMut() -> bool,
    ) -> Result<Region<'_>, OpenError> {
        let before = beats.read(formatter);
        while beats.read(formatter) == before {
            if !patience() {
                return Err(OpenError::NotARegion);
            }
        }
        // SAFETY: as the caller promises.
        unsafe { self.open(patience) }
    }
}

impl<const N: usize> Default for Shared<N> {
    fn default() -> Shared<N> {
        Shared::new()
    }
}

/// The same reference, of which the compiler does not know any more where it leads: for statics that another image writes.
///
/// In an image of its own, a static that nobody else can name and nobody writes is a constant to the compiler, or a few words of it
/// are put elsewhere: true of the language, and wrong where two images share the memory. [`Shared`] and [`Beats`] call this themselves; what
/// else lies there needs it at each use, or `#[used]`.
pub fn seen_elsewhere<T>(here: &T) -> &T {
    let at: *const T = here;
    #[cfg(all(
        not(miri),
        any(target_arch = "arm", target_arch = "riscv32", target_arch = "aarch64", target_arch = "x86_64")
    ))]
    let at = {
        let mut at = at;
        // SAFETY: nothing is done. But the compiler is not to look into it: for all it knows, the memory is read and written.
        unsafe { core::arch::asm!("/* {0} */", inout(reg) at, options(nostack, preserves_flags)) };
        at
    };
    // SAFETY: the reference it was made from.
    unsafe { &*core::hint::black_box(at) }
}

/// Waits while `patience` says so until somebody has joined `slot`; says whether somebody has.
///
/// A core that was reset without leaving still counts as joined until it joins anew: look at
/// [`SlotView::incarnation`](cohabit::SlotView) to tell one from the other.
pub fn meet(region: &Region<'_>, slot: u8, mut patience: impl FnMut() -> bool) -> bool {
    loop {
        if region.slot(slot).is_some_and(|view| view.is_joined()) {
            return true;
        }
        if !patience() {
            return false;
        }
    }
}
