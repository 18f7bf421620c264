//! Locks, mailboxes and caches of particular chips over registers that play the hardware.
#![cfg(all(
    feature = "cortex-m",
    feature = "riscv",
    feature = "rp2040",
    feature = "stm32h7",
    feature = "nrf5340"
))]

use std::{
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use cohabit_hal::{
    Cached, Doorbell, Mailbox, Registers, Shared,
    chips::{
        cortex_m7::M7Cache,
        nrf5340::{NrfIpc, NrfMutex},
        riscv::Msip,
        rp::{SioFifo, SioSpinlock},
        stm32h7::{Core, Hsem, HsemBell},
    },
    cohabit::{AlwaysAlive, Arbiter, Config, JoinError, Liveness, Next, Party, Region, Wait, Waiting},
};

const LEN: usize = 8 * 1024;
const CONFIG: Config = Config::new().compact().journal(16).checked();

/// Registers played by two functions over some state.
struct Played<S> {
    state: Mutex<S>,
    read: fn(&mut S, usize) -> u32,
    write: fn(&mut S, usize, u32),
}

impl<S: Send> Registers for Played<S> {
    fn read(&self, offset: usize) -> u32 {
        (self.read)(&mut self.state.lock().unwrap(), offset)
    }
    fn write(&self, offset: usize, value: u32) {
        (self.write)(&mut self.state.lock().unwrap(), offset, value);
    }
}

impl<S> Played<S> {
    fn new(state: S, read: fn(&mut S, usize) -> u32, write: fn(&mut S, usize, u32)) -> Played<S> {
        Played { state: Mutex::new(state), read, write }
    }
}

/// The SIO of one core: spinlocks that both see, FIFOs as that core sees them.
fn sio() -> Played<([bool; 32], Vec<u32>, Vec<u32>)> {
    Played::new(
        ([false; 32], Vec::new(), Vec::new()),
        |(locks, inbox, outbox), offset| match offset {
            0x50 => !inbox.is_empty() as u32 | ((outbox.len() < 8) as u32) << 1,
            0x58 => inbox.pop().unwrap_or(0),
            0x100..0x180 => match std::mem::replace(&mut locks[(offset - 0x100) / 4], true) {
                true => 0,
                false => 1 << ((offset - 0x100) / 4),
            },
            _ => panic!("read of {offset:#x}"),
        },
        |(locks, _, outbox), offset, value| match offset {
            0x50 => {}
            0x54 => outbox.push(value),
            0x100..0x180 => locks[(offset - 0x100) / 4] = false,
            _ => panic!("write of {offset:#x}"),
        },
    )
}

/// HSEM behind the bus: each core comes with its number.
#[derive(Default)]
struct HsemState {
    taken_by: [Option<u32>; 32],
    enabled: [u32; 2],
    pending: [u32; 2],
}

struct HsemSeenBy<'h> {
    core: u32,
    hsem: &'h Mutex<HsemState>,
}

impl Registers for HsemSeenBy<'_> {
    fn read(&self, offset: usize) -> u32 {
        let mut hsem = self.hsem.lock().unwrap();
        let answer = |owner: Option<u32>| owner.map_or(0, |core| 1 << 31 | core << 8);
        match offset {
            0..0x80 => answer(hsem.taken_by[offset / 4]),
            0x80..0x100 => answer(Some(*hsem.taken_by[(offset - 0x80) / 4].get_or_insert(self.core))),
            0x100 | 0x110 => hsem.enabled[(offset - 0x100) / 16],
            0x144 => 0x5eed_0000,
            _ => panic!("read of {offset:#x}"),
        }
    }

    fn write(&self, offset: usize, value: u32) {
        let mut hsem = self.hsem.lock().unwrap();
        let hsem = &mut *hsem;
        match offset {
            0..0x80 => {
                assert_eq!(value, self.core << 8, "one writes its own number");
                let n = offset / 4;
                if hsem.taken_by[n] == Some(self.core) {
                    hsem.taken_by[n] = None;
                    for (pending, enabled) in hsem.pending.iter_mut().zip(hsem.enabled) {
                        *pending |= enabled & 1 << n;
                    }
                }
            }
            0x100 | 0x110 => hsem.enabled[(offset - 0x100) / 16] = value,
            0x104 | 0x114 => hsem.pending[(offset - 0x104) / 16] &= !value,
            0x140 if value >> 16 == 0x5eed => {
                for n in 0..32 {
                    if hsem.taken_by[n] == Some(value >> 8 & 15) {
                        hsem.taken_by[n] = None;
                    }
                }
            }
            _ => panic!("write of {offset:#x}"),
        }
    }
}

/// The nRF's mutexes.
fn mutexes() -> Played<[bool; 16]> {
    Played::new(
        [true; 16], // left by a fault
        |taken, offset| std::mem::replace(&mut taken[(offset - 0x400) / 4], true) as u32,
        |taken, offset, _| taken[(offset - 0x400) / 4] = false,
    )
}

/// Everybody but the one who asks is dead.
struct AllDead;
impl Liveness for AllDead {
    fn is_dead(&self, _: u8, _: u32) -> bool {
        true
    }
}

/// Asks once, then gives up.
struct AskOnce(bool);
impl Wait for AskOnce {
    fn pass(&mut self, _: &Waiting<'_>) -> Next {
        if std::mem::replace(&mut self.0, true) { Next::GiveUp } else { Next::Inquire }
    }
}

fn join<'a>(region: &Region<'a>, slot: u8, alive: &'a dyn Liveness, lock: &'a dyn Arbiter) -> Party<'a> {
    // SAFETY: one party a slot at a time, and the lock is this test's.
    unsafe { region.join_with(slot, alive, lock) }.unwrap()
}

/// Two threads count by the lock as each core sees it; then one dies with it.
fn take_turns_by(zero: &dyn Arbiter, one: &dyn Arbiter, number: u8) {
    const EACH: i64 = 5000;
    assert_eq!((zero.number(), one.number()), (number, number));
    let memory = Shared::<LEN>::new();
    // SAFETY: nobody else is there yet.
    let region = unsafe { memory.format_locked(CONFIG, zero) }.unwrap();
    let mut first = join(&region, 0, &AllDead, zero);
    let start = Instant::now();
    let taken = || start.elapsed() > Duration::from_secs(20);
    let mut turn = first.acquire_until::<spin::relax::Spin>(taken).unwrap().expect("freed before formatting");
    let list = turn.new_list().unwrap();
    list.push(&mut turn, 0).unwrap();
    turn.roots().unwrap().set(&mut turn, "count", list).unwrap();
    drop(turn);
    let count = |party: &mut Party<'_>| {
        let mut turn = party.acquire().unwrap();
        let count = list.get(&turn, 0).unwrap().as_int().unwrap() + 1;
        list.set(&mut turn, 0, count).unwrap();
        count
    };
    let mut alive = join(&region, 1, &AlwaysAlive, one);
    let mut alive_too = join(&region, 0, &AlwaysAlive, zero);
    thread::scope(|scope| {
        for party in [&mut alive, &mut alive_too] {
            scope.spawn(move || (0..EACH).map(|_| count(party)).max());
        }
    });
    // Core 1 is reset in its turn, and comes back.
    std::mem::forget(alive.acquire().unwrap());
    let mut first = join(&region, 0, &AllDead, zero);
    // SAFETY: refused.
    let early = unsafe { region.join_with(1, &AlwaysAlive, one) };
    assert_eq!(early.err(), Some(JoinError::Unburied));
    let mut turn = first.acquire_with(&mut AskOnce(false)).unwrap().expect("the lock of the dead is freed");
    assert_eq!(turn.recovered().unwrap().slot, 1);
    assert!(turn.audit().is_ok());
    drop(turn);
    let mut back = join(&region, 1, &AlwaysAlive, one);
    assert_eq!(count(&mut back), 2 * EACH + 1);
    assert_eq!(count(&mut first), 2 * EACH + 2);
}

#[test]
fn spinlock_of_the_rp2040_excludes() {
    let sio = sio();
    take_turns_by(&SioSpinlock::over(&sio, 9), &SioSpinlock::over(&sio, 9), SioSpinlock::number(9));
}

#[test]
fn mutex_of_the_nrf5340_excludes_though_a_fault_had_left_it_taken() {
    let block = mutexes();
    take_turns_by(&NrfMutex::over(&block, 15), &NrfMutex::over(&block, 15), NrfMutex::number(15));
}

#[test]
fn semaphore_of_the_stm32h7_excludes_and_is_freed_for_the_other_core() {
    let hsem = Mutex::new(HsemState::default());
    let [m7, m4] = [3, 1].map(|core| HsemSeenBy { core, hsem: &hsem });
    take_turns_by(&Hsem::over(&m7, 31, Core::M7), &Hsem::over(&m4, 31, Core::M4), Hsem::number(31));
    let (mine, theirs) = (Hsem::over(&m7, 2, Core::M7), Hsem::over(&m4, 2, Core::M4));
    assert!(
        mine.try_lock() && !mine.try_lock() && !theirs.try_lock(),
        "not twice, not even by the same core"
    );
}

#[test]
fn numbers_of_locks_do_not_meet() {
    let numbers: Vec<u8> = (0..32)
        .map(SioSpinlock::number)
        .chain((0..32).map(Hsem::number))
        .chain((0..16).map(NrfMutex::number))
        .collect();
    assert_eq!(numbers, (32..112).collect::<Vec<u8>>());
    assert!(Config::new().lock(SioSpinlock::number(0)).min_len() > 0);
}

#[test]
fn fifo_rings_once_and_is_emptied_and_a_full_one_does_not_hold_up() {
    let zero = sio();
    for _ in 0..20 {
        SioFifo::over(&zero).ring();
    }
    let sent = std::mem::take(&mut zero.state.lock().unwrap().2);
    assert_eq!(sent.len(), 8, "a full one rings already");
    let one = sio();
    one.state.lock().unwrap().1 = sent;
    SioFifo::over(&one).acknowledge();
    assert!(one.state.lock().unwrap().1.is_empty());
}

#[test]
fn semaphore_bell_interrupts_the_other_core_alone() {
    let hsem = Mutex::new(HsemState::default());
    let [m7, m4] = [3, 1].map(|core| HsemSeenBy { core, hsem: &hsem });
    let (m7, m4) = (HsemBell::over(&m7, Core::M7, 5, 6), HsemBell::over(&m4, Core::M4, 6, 5));
    m7.enable();
    m4.enable();
    let pending = || hsem.lock().unwrap().pending;
    m7.ring();
    m7.ring();
    assert_eq!(pending(), [0, 1 << 5]);
    m4.acknowledge();
    m4.ring();
    assert_eq!(pending(), [1 << 6, 0]);
    m7.acknowledge();
    assert_eq!(pending(), [0, 0]);
}

#[test]
fn ipc_bell_uses_its_channels() {
    let log = |state: &mut Vec<(usize, u32)>, offset, value| state.push((offset, value));
    let block = Played::new(Vec::new(), |_, _| 0, log);
    let ipc = NrfIpc::over(&block, 3, 4);
    ipc.enable();
    ipc.ring();
    ipc.acknowledge();
    let expected = [(0x51c, 8), (0x5a0, 16), (0x304, 16), (0x00c, 1), (0x110, 0)];
    assert_eq!(*block.state.lock().unwrap(), expected);
}

#[test]
fn software_interrupt_is_set_for_the_other_hart_and_cleared_by_its_own() {
    let clint = Played::new([0u32; 2], |msip, at| msip[at / 4], |msip, at, value| msip[at / 4] = value);
    let harts = [Msip::new(&clint, 0, 1), Msip::new(&clint, 1, 0)];
    Doorbell::ring(&harts[0]);
    assert_eq!(*clint.state.lock().unwrap(), [0, 1]);
    harts[1].wait();
    assert_eq!(*clint.state.lock().unwrap(), [0, 0]);
}

#[test]
fn cache_is_written_back_after_formatting_and_kept_around_each_turn_line_by_line() {
    const CACHED: Config = Cached::<M7Cache>::fitting(Config::new().stride(64).journal(16).checked(), LEN);
    let log = |state: &mut Vec<(usize, u32)>, offset, value| state.push((offset, value));
    let scb = Played::new(Vec::new(), |_, _| 0, log);
    let cached = Cached(M7Cache::over(&scb));
    let memory = Shared::<LEN>::room_for(CACHED);
    // SAFETY: nobody else is there yet.
    let region = unsafe { memory.format_with(CACHED, &cached) }.unwrap();
    let heap = memory.address() + CACHED.heap_start() as usize;
    let lines: Vec<u32> = (heap..memory.address() + LEN).step_by(32).map(|line| line as u32).collect();
    // Which operations there were, each of them on all lines of the heap area in order.
    let seen = || {
        let log = std::mem::take(&mut *scb.state.lock().unwrap());
        let passes = log.chunks(lines.len()).map(|pass| {
            assert!(pass.iter().map(|entry| entry.1).eq(lines.iter().copied()));
            assert!(pass.iter().all(|entry| entry.0 == pass[0].0));
            pass[0].0
        });
        passes.collect::<Vec<_>>()
    };
    const INVALIDATE: usize = 0x5c;
    const CLEAN: usize = 0x68;
    assert_eq!(seen(), [CLEAN]);
    // SAFETY: the only party of the slot.
    let mut party = unsafe { region.join(0, &AlwaysAlive) }.unwrap().with_barrier(&cached);
    let turn = party.acquire().unwrap();
    assert_eq!(seen(), [INVALIDATE]);
    drop(turn);
    assert_eq!(seen(), [CLEAN]);
    std::mem::forget(party.acquire().unwrap());
    drop(party.acquire().unwrap());
    assert_eq!(seen(), [INVALIDATE, CLEAN, INVALIDATE, CLEAN], "a forgotten turn is written back first");
}
