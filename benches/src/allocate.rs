//! The allocator by itself, crash atomicity on, against three that have none; and its slowest thousandth.
//!
//! Trace: with n blocks alive, free a random one and allocate another of random size in its place. Blocks are as a
//! container would ask for them: 8 to 128 bytes of contents, aligned to 8. The trace is made before and the same for all.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    hint::black_box,
    mem::MaybeUninit,
    ptr::NonNull,
    time::Instant,
};

use cohabit::{Turn, bench};
use cohabit_testkit::Random;
use rlsf::Tlsf;
use talc::{DefaultBinning, base::Talc, source::Manual};

use crate::{
    pool,
    rounds::{Contestant, Line, Options, Spread, Target, contest},
};

/// One step of the trace: which block goes, and how large the new one is.
#[derive(Clone, Copy)]
struct Step {
    victim: u32,
    size: u32,
}

/// Long enough that every block has been replaced a few times before it comes round.
fn trace(live: usize) -> Vec<Step> {
    let mut random = Random(live as u64);
    let steps = (4 * live).next_power_of_two().max(1 << 16);
    (0..steps).map(|_| Step { victim: random.below(live) as u32, size: size(&mut random) }).collect()
}

fn size(random: &mut Random) -> u32 {
    8 + random.below(121) as u32
}

/// What all allocators can do.
trait Allocate {
    type Block: Copy;
    fn allocate(&mut self, size: u32) -> Self::Block;
    fn free(&mut self, block: Self::Block, size: u32);
}

struct Ours<'a>(Turn<'a>);

impl Allocate for Ours<'_> {
    type Block = u32;
    #[inline]
    fn allocate(&mut self, size: u32) -> u32 {
        bench::allocate(&mut self.0, size).expect("room")
    }
    #[inline]
    fn free(&mut self, block: u32, _size: u32) {
        bench::free(&mut self.0, block).expect("ours");
    }
}

fn layout(size: u32) -> Layout {
    Layout::from_size_align(size as usize, 8).expect("small")
}

/// As many columns as ours in a region of this size.
struct Rlsf(Tlsf<'static, u32, u32, 28, 16>);

impl Rlsf {
    fn new(len: usize) -> Rlsf {
        let mut tlsf = Tlsf::new();
        let bytes = pool::shared(len);
        // SAFETY: `u8` and `MaybeUninit<u8>` have one layout, and bytes of the latter kind may hold anything.
        let pool = unsafe { &mut *(std::ptr::from_mut(bytes) as *mut [MaybeUninit<u8>]) };
        let _ = tlsf.insert_free_block(pool);
        Rlsf(tlsf)
    }
}

impl Allocate for Rlsf {
    type Block = NonNull<u8>;
    #[inline]
    fn allocate(&mut self, size: u32) -> NonNull<u8> {
        self.0.allocate(layout(size)).expect("room")
    }
    #[inline]
    fn free(&mut self, block: NonNull<u8>, _size: u32) {
        // SAFETY: `block` comes from `allocate` with this alignment and is freed once.
        unsafe { self.0.deallocate(block, 8) };
    }
}

struct OfTalc(Talc<Manual, DefaultBinning>);

impl OfTalc {
    fn new(len: usize) -> OfTalc {
        let mut talc = Talc::new(Manual);
        let bytes = pool::shared(len);
        // SAFETY: valid for reads and writes for ever, and used by nobody else.
        let claimed = unsafe { talc.claim(bytes.as_mut_ptr(), bytes.len()) };
        claimed.expect("large enough");
        OfTalc(talc)
    }
}

impl Allocate for OfTalc {
    type Block = NonNull<u8>;
    #[inline]
    fn allocate(&mut self, size: u32) -> NonNull<u8> {
        // SAFETY: the size is not 0.
        unsafe { self.0.allocate(layout(size)) }.expect("room")
    }
    #[inline]
    fn free(&mut self, block: NonNull<u8>, size: u32) {
        // SAFETY: `block` comes from `allocate` with this layout and is freed once.
        unsafe { self.0.deallocate(block.as_ptr(), layout(size)) };
    }
}

/// The C library's `malloc` and `free`.
struct Malloc;

impl Allocate for Malloc {
    type Block = *mut u8;
    #[inline]
    fn allocate(&mut self, size: u32) -> *mut u8 {
        // SAFETY: the size is not 0. `System` calls `malloc` for alignments as small as this one.
        unsafe { System.alloc(layout(size)) }
    }
    #[inline]
    fn free(&mut self, block: *mut u8, size: u32) {
        // SAFETY: `block` comes from `allocate` with this layout and is freed once.
        unsafe { System.dealloc(block, layout(size)) };
    }
}

/// An allocator with its blocks.
struct Player<'t, A: Allocate> {
    allocator: A,
    live: Vec<(A::Block, u32)>,
    trace: &'t [Step],
    next: usize,
}

impl<'t, A: Allocate> Player<'t, A> {
    fn new(mut allocator: A, live: usize, trace: &'t [Step]) -> Player<'t, A> {
        let mut random = Random(7);
        let sizes = (0..live).map(|_| size(&mut random));
        let live = sizes.map(|size| (allocator.allocate(size), size)).collect();
        let mut player = Player { allocator, live, trace, next: 0 };
        // Age it: freed neighbours, filled bins, no order left.
        player.play(4 * player.live.len() as u64);
        player
    }

    fn play(&mut self, steps: u64) {
        for _ in 0..steps {
            let step = self.trace[self.next];
            self.next = (self.next + 1) & (self.trace.len() - 1);
            let place = &mut self.live[step.victim as usize];
            self.allocator.free(place.0, place.1);
            *place = (self.allocator.allocate(step.size), step.size);
        }
    }

    fn end(mut self) {
        for (block, size) in self.live.drain(..) {
            self.allocator.free(black_box(block), size);
        }
    }
}

/// Bytes for so many blocks, and as much again.
fn pool_len(live: usize) -> usize {
    (live * 256).max(1 << 20)
}

/// Allocate + free, `LIVE` blocks alive.
pub fn pairs<const LIVE: usize>(options: &Options) -> Vec<Line> {
    let trace = trace(LIVE);
    let [mut party, _other] = pool::parties::<2>(pool_len(LIVE));
    let mut ours = Player::new(Ours(party.acquire().expect("a turn")), LIVE, &trace);
    let mut rlsf = Player::new(Rlsf::new(pool_len(LIVE)), LIVE, &trace);
    let mut malloc = Player::new(Malloc, LIVE, &trace);
    let mut talc = Player::new(OfTalc::new(pool_len(LIVE)), LIVE, &trace);
    let times = contest(
        options,
        vec![
            Contestant::new("cohabit", |steps| ours.play(steps)),
            Contestant::new("rlsf", |steps| rlsf.play(steps)),
            Contestant::new("glibc malloc", |steps| malloc.play(steps)),
            Contestant::new("talc", |steps| talc.play(steps)),
        ],
    );
    ours.end();
    rlsf.end();
    malloc.end();
    talc.end();
    times.lines(&format!("{LIVE} live"), &[Target::Ratio(1.3), Target::Ratio(1.3), Target::None])
}

/// The slowest thousandth of single allocations.
///
/// With 1e6 blocks alive most headers are in no cache, and that is the memory's doing, not the allocator's. So only 1000
/// of the blocks, one in every thousandth place, come and go, 16 at a time, and what is allocated is as large as what has
/// just been freed: the bins are as full as a million blocks make them, but those on top are in the cache.
pub fn slowest(options: &Options) -> Vec<Line> {
    let mut thousand = Tail::new(1_000);
    let mut million = Tail::new(1_000_000);
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds.max(11) {
        ours.push(million.p999());
        peer.push(thousand.p999());
    }
    let ratio = ours.iter().zip(&peer).map(|(ours, peer)| ours / peer);
    vec![Line::against(
        "p99.9, 1e6 live",
        Spread::of(ours.iter().copied()),
        ("1e3 live", Spread::of(peer.iter().copied())),
        Spread::of(ratio),
        Target::Ratio(1.5),
    )]
}

struct Tail {
    party: cohabit::Party<'static>,
    /// Blocks and their sizes.
    blocks: Vec<(u32, u32)>,
    random: Random,
    samples: Vec<u64>,
}

impl Tail {
    fn new(live: usize) -> Tail {
        let [mut party, _other] = pool::parties::<2>(pool_len(live));
        let trace = trace(live);
        let mut player = Player::new(Ours(party.acquire().expect("a turn")), live, &trace);
        player.play(live as u64);
        let blocks = player.live.iter().step_by(live / 1000).copied().collect();
        drop(player);
        Tail { party, blocks, random: Random(3), samples: Vec::new() }
    }

    fn p999(&mut self) -> f64 {
        let mut turn = self.party.acquire().expect("a turn");
        self.samples.clear();
        for _ in 0..4_000 {
            let first = self.random.below(self.blocks.len() - 16);
            let sixteen = &mut self.blocks[first..first + 16];
            for (block, _) in sixteen.iter() {
                bench::free(&mut turn, *block).expect("ours");
            }
            // In another order, lest each gets its own place back.
            sixteen.rotate_left(self.random.below(16));
            for (block, size) in sixteen {
                let start = Instant::now();
                let made = bench::allocate(&mut turn, *size);
                self.samples.push(start.elapsed().as_nanos() as u64);
                *block = made.expect("room");
            }
        }
        self.samples.sort_unstable();
        self.samples[self.samples.len() * 999 / 1000] as f64
    }
}
