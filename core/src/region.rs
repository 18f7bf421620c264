//! A region: bytes that several parties can see, split into the control area and the heap area.
//!
//! This is where memory becomes a region, and the only place that knows a pointer to the heap. The control area is seen
//! by everybody at any time, as atomics (`turn/words.rs`); the heap area belongs to whoever has the turn, and only
//! the turn's proof gets a slice over it.
//!
//! ```text
//!   format(&mut [u8]) --.                     .--> Words: &[AtomicU32] over the control area
//!   format_raw(ptr) ----+--> Region --join-- Party
//!   open(ptr) ----------'     split           `--> HeapArea --lend(proof of the turn)--> &mut [u64] over the heap
//! ```
//!
//! Formatting stores the magic "being formatted" first and "a region" last (T0), so an opener sees all or nothing.

use core::{
    cell::UnsafeCell,
    marker::PhantomData,
    mem::MaybeUninit,
    ops::{Deref, DerefMut},
    ptr::NonNull,
};

use crate::{
    config::Config,
    format::{
        self, ArbiterKind, FORMATTING, FormatError, HEADER_LEN, Header, MAGIC, OpenError, REGION_ALIGN,
        control_len,
    },
    heap::Heap,
    turn::{Barrier, JoinError, Links, Liveness, Party, Won, words},
    view::{Info, SlotView},
};

#[cfg(feature = "locks")]
use crate::turn::{Arbiter, lock};

pub(crate) use def::{HeapArea, Lent};

mod def {
    use super::*;

    /// The heap area of a region: a slice of it exists only while a turn lasts.
    #[derive(Debug)]
    pub(crate) struct HeapArea<'a> {
        /// # Invariants
        /// 1. For all of `'a`, `base` has provenance for reads and writes of `len` mapped 8-byte words.
        /// 2. `base` is aligned for `u64`.
        /// 3. While `'a` lasts, these words are reached only through a slice that [`lend`](HeapArea::lend) hands out, in this
        ///    program, and by others that follow `docs/TURN.md`, elsewhere: so only by whoever has the turn.
        base: NonNull<u64>,
        len: usize,
        _words: PhantomData<&'a [UnsafeCell<u64>]>,
    }

    // SAFETY: invariant 3 makes access exclusive to the turn's holder, on whichever thread that is; the words are plain
    // numbers.
    unsafe impl Send for HeapArea<'_> {}
    // SAFETY: a shared `HeapArea` gives no access to the words at all, only their address and number.
    unsafe impl Sync for HeapArea<'_> {}

    impl<'a> HeapArea<'a> {
        /// # Safety
        /// The caller promises the three invariants.
        pub(super) unsafe fn new(base: NonNull<u64>, len: usize) -> HeapArea<'a> {
            HeapArea { base, len, _words: PhantomData }
        }

        /// Another name for the same area, for another party of the same region.
        pub(super) fn alias(&self) -> HeapArea<'a> {
            HeapArea { base: self.base, len: self.len, _words: PhantomData }
        }

        /// Lends the heap to the winner of the turn, for as long as it does not give the turn up.
        #[inline(always)]
        pub(crate) fn lend<'p>(&'p mut self, _won: &Won) -> &'p mut [u64] {
            // SAFETY: mapped, aligned and in provenance by invariants 1 and 2 and `'p` lies within `'a`; `_won` proves that
            // this party has the turn, so by invariant 3 nobody else reaches the words, and `&mut self` that
            // no slice lent earlier by this party is alive. The turn ends only when the lender is borrowed no more.
            unsafe { core::slice::from_raw_parts_mut(self.base.as_ptr(), self.len) }
        }

        /// Address and length in bytes.
        pub(crate) fn span(&self) -> (usize, usize) {
            (self.base.addr().get(), self.len * 8)
        }
    }

    /// A heap inside a turn: where the compiler does not take its mutable slice for one that outlives the release.
    ///
    /// A function that is given a `&mut` may assume, until it *returns*, that nobody else touches what it points at; and that
    /// holds for a `&mut` inside of a struct, too. But a turn ends inside `drop(turn)`: the next party stores to the heap before
    /// that function has returned (Miri reports it). `MaybeUninit` takes the assumption away.
    pub(crate) struct Lent<'p>(
        /// # Invariants
        /// 1. Always initialized.
        MaybeUninit<Heap<'p>>,
    );

    impl<'p> Lent<'p> {
        #[inline(always)]
        pub(crate) fn new(heap: Heap<'p>) -> Lent<'p> {
            Lent(MaybeUninit::new(heap))
        }
    }

    impl<'p> Deref for Lent<'p> {
        type Target = Heap<'p>;

        #[inline(always)]
        fn deref(&self) -> &Heap<'p> {
            // SAFETY: initialized, by invariant 1.
            unsafe { self.0.assume_init_ref() }
        }
    }

    impl<'p> DerefMut for Lent<'p> {
        #[inline(always)]
        fn deref_mut(&mut self) -> &mut Heap<'p> {
            // SAFETY: initialized, by invariant 1.
            unsafe { self.0.assume_init_mut() }
        }
    }
}

/// No upkeep.
struct Nothing;
impl Barrier for Nothing {
    fn acquire(&self, _: usize, _: usize) {}
    fn release(&self, _: usize, _: usize) {}
}

/// Memory that parties take turns on.
///
/// Made by [`format`](Region::format), [`format_raw`](Region::format_raw) or [`open`](Region::open); then
/// [`join`](Region::join) a slot, or [`split`](Region::split) it into all its parties.
#[derive(Debug)]
pub struct Region<'a> {
    control: words::Words<'a>,
    heap: HeapArea<'a>,
    header: Header,
    /// Formatted in memory that only this program sees: nobody else can be in any slot.
    sole: bool,
}

impl<'a> Region<'a> {
    /// Makes a region of memory that nobody else can see yet, typically SRAM before the second core starts.
    ///
    /// Whatever was there is gone. Costs a pass over the heap's head.
    ///
    /// ```
    /// use cohabit::{Config, Region};
    /// #[repr(align(64))]
    /// struct Sram([u8; 4096]);
    /// let mut sram = Sram([0; 4096]);
    /// let region = Region::format(&mut sram.0, Config::new().compact().journal(16)).unwrap();
    /// let [mut a, mut b] = region.split().unwrap();
    /// drop(a.acquire().unwrap());
    /// drop(b.acquire().unwrap());
    /// ```
    pub fn format(bytes: &'a mut [u8], config: Config) -> Result<Region<'a>, FormatError> {
        let len = bytes.len();
        // SAFETY: a mutable borrow for `'a` is mapped, readable and writable memory that nobody else reaches.
        let mut region = unsafe { Region::format_raw(NonNull::from(bytes).cast(), len, config) }?;
        region.sole = true;
        Ok(region)
    }

    /// Makes a region of shared memory that no party uses yet.
    ///
    /// # Safety
    /// For all of `'a`, `base` has provenance for reads and writes of `len` mapped bytes, which this program reaches only
    /// through the region, and nobody else reaches before this returns, except by [`open`](Region::open), which will say
    /// [`BeingFormatted`](OpenError::BeingFormatted). Afterwards others follow `docs/TURN.md`.
    pub unsafe fn format_raw(
        base: NonNull<u8>,
        len: usize,
        config: Config,
    ) -> Result<Region<'a>, FormatError> {
        // SAFETY: as the caller promises.
        unsafe { Region::format_raw_with(base, len, config, &Nothing) }
    }

    /// Like [`format_raw`](Region::format_raw), where caches need upkeep: `barrier` releases the heap area before the magic says that
    /// there is a region.
    ///
    /// # Safety
    /// As for [`format_raw`](Region::format_raw).
    pub unsafe fn format_raw_with(
        base: NonNull<u8>,
        len: usize,
        config: Config,
        barrier: &dyn Barrier,
    ) -> Result<Region<'a>, FormatError> {
        if !base.addr().get().is_multiple_of(REGION_ALIGN) {
            return Err(FormatError::Misaligned);
        }
        // SAFETY: as the caller promises; `base` is aligned.
        let epoch = unsafe { Region::next_epoch(base, len) };
        let header = config.header(len as u64, epoch)?;
        // SAFETY: as the caller promises; `header` was made for `len` bytes.
        unsafe { Region::lay_out(base, &header, barrier) };
        // SAFETY: the same.
        unsafe { Region::over(base, &header) }
    }

    /// One more than that of the region that was there, or 1. Out of line, like [`lay_out`](Region::lay_out), because stacks on boards
    /// are short: each stage of formatting gives back what it used before the next begins.
    ///
    /// # Safety
    /// As for [`format_raw`](Region::format_raw); `base` is aligned.
    #[inline(never)]
    unsafe fn next_epoch(base: NonNull<u8>, len: usize) -> u32 {
        if len < HEADER_LEN as usize {
            return 1;
        }
        // SAFETY: long enough as just checked, aligned and mapped by the caller's promise.
        let cells = unsafe { words::over(base, HEADER_LEN as usize) };
        let former = Header::from_raw(words::Words::header(cells));
        let was_region =
            matches!(former.magic.get(), MAGIC | FORMATTING) && former.check.get() == former.sum();
        if was_region { former.epoch.get().wrapping_add(1) } else { 1 }
    }

    /// Stores the header and an empty heap; the magic last.
    ///
    /// # Safety
    /// As for [`over`](Region::over), while nobody but openers is there.
    #[inline(never)]
    unsafe fn lay_out(base: NonNull<u8>, header: &Header, barrier: &dyn Barrier) {
        // SAFETY: as the caller promises.
        let (control, mut heap) = unsafe { Region::areas(base, header) };
        control.write_header(header);
        Heap::format(heap.lend(&Won::while_formatting()), &header.shape());
        let (address, len) = heap.span();
        barrier.release(address, len);
        control.write_magic(MAGIC);
    }

    /// Opens memory that other parties may already be using. Writes nothing.
    ///
    /// Every claim of the header is checked against `len`; mappings may be longer than the region.
    ///
    /// # Safety
    /// For all of `'a`, `base` has provenance for reads and writes of `len` mapped bytes, which this program reaches only
    /// through regions, and others only as `docs/TURN.md` allows. What the bytes *say* need not be trusted.
    pub unsafe fn open(base: NonNull<u8>, len: usize) -> Result<Region<'a>, OpenError> {
        if len < HEADER_LEN as usize {
            return Err(OpenError::TooShort { needed: HEADER_LEN });
        }
        if !base.addr().get().is_multiple_of(REGION_ALIGN) {
            return Err(OpenError::Misaligned);
        }
        // SAFETY: long enough and aligned as just checked, mapped by the caller's promise.
        let cells = unsafe { words::over(base, HEADER_LEN as usize) };
        let header = Header::from_raw(words::Words::header(cells));
        format::check(&header, len as u64)?;
        // SAFETY: as the caller promises; `check` has confirmed that the areas lie within `len` bytes and are aligned.
        unsafe { Region::over(base, &header) }
    }

    /// Never an error: it is made where the caller's caller wants it, without a copy on the stack.
    ///
    /// # Safety
    /// As for [`open`](Region::open), and `header` describes areas inside of the mapped bytes.
    #[inline(never)]
    unsafe fn over<E>(base: NonNull<u8>, header: &Header) -> Result<Region<'a>, E> {
        // SAFETY: as the caller promises.
        let (control, heap) = unsafe { Region::areas(base, header) };
        Ok(Region { control, heap, header: *header, sole: false })
    }

    /// # Safety
    /// As for [`over`](Region::over).
    unsafe fn areas(base: NonNull<u8>, header: &Header) -> (words::Words<'a>, HeapArea<'a>) {
        let control = control_len(header.parties, header.stride()) as usize;
        // SAFETY: the control area lies inside; everybody accesses it by 32-bit atomics only.
        let cells = unsafe { words::over(base, control) };
        // SAFETY: the heap area lies inside, so the offset stays in bounds.
        let heap = unsafe { base.add(header.heap_start.get() as usize) }.cast();
        // SAFETY: invariant 1 by the caller's promise and `header`; 2 because `base` is a multiple of `REGION_ALIGN`, and `heap_start` of 8;
        // 3 by the caller's promise, and because this file lends the heap to nobody without the turn.
        let heap = unsafe { HeapArea::new(heap, header.heap_granules() as usize) };
        // SAFETY: `cells` is as long as these parties and this stride make it.
        (unsafe { words::Words::new(cells, header.parties, header.stride()) }, heap)
    }

    /// Joins a slot: becomes one of the parties. Costs two stores; the first turn does the rest.
    ///
    /// A slot whose party died can be joined again; what that party held is given back in the first turn.
    ///
    /// # Safety
    /// While the party lives, nobody else alive joins the same slot, in this program (by `split`, too) or any other.
    pub unsafe fn join(&self, slot: u8, liveness: &'a dyn Liveness) -> Result<Party<'a>, JoinError> {
        self.check_slot(slot)?;
        self.check_lock(0)?;
        Ok(self.seat(slot, liveness))
    }

    /// Joins a slot of a region whose parties take turns by a lock in hardware; see [`join`](Region::join) and
    /// [`Config::lock`](Config::lock).
    ///
    /// A slot whose party died asking for the turn, or in it, can be joined again only after the other party has noticed:
    /// [`JoinError::Unburied`] until then.
    ///
    /// # Safety
    /// As for [`join`](Region::join); and `lock` excludes those who use the same one in other parties, while nobody else uses it.
    #[cfg(feature = "locks")]
    pub unsafe fn join_with(
        &self,
        slot: u8,
        liveness: &'a dyn Liveness,
        lock: &'a dyn Arbiter,
    ) -> Result<Party<'a>, JoinError> {
        self.check_slot(slot)?;
        self.check_lock(lock.number())?;
        if lock::is_unburied(&self.control, slot) {
            return Err(JoinError::Unburied);
        }
        Ok(self.seat(slot, liveness).with_lock(lock))
    }

    fn check_slot(&self, slot: u8) -> Result<(), JoinError> {
        match slot < self.header.parties {
            true => Ok(()),
            false => Err(JoinError::NoSuchSlot { asked: slot, parties: self.header.parties }),
        }
    }

    /// `given` is 0 for none.
    fn check_lock(&self, given: u8) -> Result<(), JoinError> {
        let needed = match self.arbiter() {
            ArbiterKind::Lock(number) => number,
            ArbiterKind::Peterson | ArbiterKind::Bakery => 0,
        };
        if needed == given { Ok(()) } else { Err(JoinError::OtherLock { needed, given }) }
    }

    /// Becomes all parties at once, to hand them to threads or cores of one program.
    ///
    /// Only for a region made by [`format`](Region::format): in others there may be parties already.
    pub fn split<const N: usize>(self) -> Result<[Party<'a>; N], JoinError> {
        if N != self.header.parties as usize {
            return Err(JoinError::PartyCount { asked: N as u32, parties: self.header.parties });
        }
        if !self.sole {
            return Err(JoinError::Shared);
        }
        self.check_lock(0)?;
        Ok(core::array::from_fn(|slot| self.seat(slot as u8, &crate::turn::AlwaysAlive)))
    }

    fn seat(&self, slot: u8, liveness: &'a dyn Liveness) -> Party<'a> {
        let (links, state) = Links::join(self.control, self.header.parties, self.arbiter(), slot, liveness);
        Party::new(self.heap.alias(), self.header.shape(), links, state)
    }

    fn arbiter(&self) -> ArbiterKind {
        // Known: `check` and `Config` accept no other.
        ArbiterKind::from_number(self.header.arbiter).unwrap_or(ArbiterKind::Peterson)
    }

    /// The region's constants. Costs no access to shared memory.
    pub fn info(&self) -> Info {
        let header = &self.header;
        Info {
            version: header.version.get(),
            parties: header.parties,
            arbiter: self.arbiter(),
            stride: header.stride(),
            len: header.len.get(),
            max_len: header.max_len.get(),
            heap_start: header.heap_start.get(),
            heap_len: header.heap_granules() as u64 * 8,
            journal: header.journal.get(),
            hash: header.hash,
            hash_seed: header.hash_seed.get(),
            region_id: header.region_id.get(),
            epoch: header.epoch.get(),
            tag: header.tag(),
        }
    }

    /// Whether messages wait, without taking the turn. Costs one load; it may be outdated at once.
    pub fn has_messages(&self) -> bool {
        self.messages() != 0
    }

    /// How many messages wait, without taking the turn. Costs one load; it may be outdated at once.
    pub fn messages(&self) -> u32 {
        self.control.messages().load_acquire()
    }

    /// A counter that moves at the end of each turn that changed something. Costs one load.
    pub fn changes(&self) -> u32 {
        self.control.changes().load_acquire()
    }

    /// What slot `slot` shows, for tools and liveness oracles; `None` where there is no such slot. Costs two loads.
    pub fn slot(&self, slot: u8) -> Option<SlotView> {
        (slot < self.header.parties).then(|| SlotView {
            word: self.control.word(slot).load_acquire(),
            incarnation: self.control.incarnation(slot).load_acquire(),
        })
    }

    /// Plays a party that stored `word` and died.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn set_word(&self, slot: u8, incarnation: u32, word: u32) {
        self.control.incarnation(slot).store(incarnation);
        self.control.word(slot).store(word);
    }

    /// Plays a party that takes its name out of `holder`, or leaves one.
    #[cfg(all(test, not(feature = "recovery"), not(loom)))]
    pub(crate) fn set_holder(&self, name: u32) {
        self.control.holder().store(name);
    }

    /// Plays a region that has seen many turns.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn set_gate(&self, gate: u32) {
        self.control.gate().store(gate);
    }

    /// The slot whose party has the turn, or died in it; for tools, outdated at once. Costs one load.
    pub fn holder(&self) -> Option<u8> {
        Some((self.control.holder().load() & 63).checked_sub(1)? as u8)
    }
}
