//! nRF5340: the MUTEX block, and IPC channels as bells.
//!
//! **A mutex stays taken** when a core faults or is reset: it belongs to neither. `format_locked` frees it, so does whoever
//! waits for a dead core.
//!
//! | register | offset | meaning |
//! |---|---|---|
//! | `MUTEX` *n* | 0x400 + 4 *n* | read 0: was free, is taken now; read 1: taken; written 0: freed |
//! | `TASKS_SEND` *n* | 4 *n* | written 1: signals on the channels of `SEND_CNF` *n* |
//! | `EVENTS_RECEIVE` *n* | 0x100 + 4 *n* | 1 after a signal on a channel of `RECEIVE_CNF` *n* |
//! | `INTENSET` | 0x304 | bit *n*: that event interrupts |
//! | `SEND_CNF`, `RECEIVE_CNF` *n* | 0x510, 0x590 + 4 *n* | channels, a bit each |

use cohabit::Arbiter;

use crate::{Mailbox, Mmio, Registers};

const MUTEX: usize = 0x400;
const TASKS_SEND: usize = 0;
const EVENTS_RECEIVE: usize = 0x100;
const INTENSET: usize = 0x304;
const SEND_CNF: usize = 0x510;
const RECEIVE_CNF: usize = 0x590;

/// Mutex `n` of the application core's MUTEX block, which the network core sees as APPMUTEX.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NrfMutex<R = Mmio> {
    block: R,
    n: u8,
}

impl NrfMutex {
    /// The block's address for both cores, as secure code sees it.
    pub const SECURE: usize = 0x5003_0000;
    /// The same, as non-secure code sees it.
    pub const NON_SECURE: usize = 0x4003_0000;

    /// The number of mutex `n` (0 to 15) in a region's header, for [`Config::lock`](cohabit::Config::lock).
    pub const fn number(n: u8) -> u8 {
        96 + n % 16
    }

    /// # Safety
    /// The block lies at `block` ([`SECURE`](NrfMutex::SECURE) or [`NON_SECURE`](NrfMutex::NON_SECURE)), and mutex `n` (0 to 15) is
    /// used for one region and for nothing else.
    pub const unsafe fn new(block: usize, n: u8) -> NrfMutex {
        // SAFETY: as the caller promises.
        NrfMutex::over(unsafe { Mmio::at(block) }, n)
    }
}

impl<R> NrfMutex<R> {
    /// The same over registers played by `block`.
    pub const fn over(block: R, n: u8) -> NrfMutex<R> {
        NrfMutex { block, n: n % 16 }
    }

    fn register(&self) -> usize {
        MUTEX + 4 * self.n as usize
    }
}

impl<R: Registers> Arbiter for NrfMutex<R> {
    fn number(&self) -> u8 {
        NrfMutex::number(self.n)
    }

    fn try_lock(&self) -> bool {
        self.block.read(self.register()) == 0
    }

    fn unlock(&self) {
        self.block.write(self.register(), 0);
    }
}

/// Two IPC channels as bells, one for each direction. Interrupt `IPC` of either core.
///
/// Each core has an IPC block of its own, and the channels connect them. Of the tasks and events those of the channels' numbers are used.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NrfIpc<R = Mmio> {
    block: R,
    ring: u8,
    hear: u8,
}

impl NrfIpc {
    /// The application core's block, as secure code sees it.
    pub const APPLICATION_SECURE: usize = 0x5002_a000;
    /// The application core's block, as non-secure code sees it.
    pub const APPLICATION_NON_SECURE: usize = 0x4002_a000;
    /// The network core's block.
    pub const NETWORK: usize = 0x4101_2000;

    /// `ring` is the channel (0 to 15) that the other core hears, `hear` the one that it rings.
    ///
    /// # Safety
    /// This core's IPC block lies at `block`, and the two channels, tasks and events are used for nothing else.
    pub const unsafe fn new(block: usize, ring: u8, hear: u8) -> NrfIpc {
        // SAFETY: as the caller promises.
        NrfIpc::over(unsafe { Mmio::at(block) }, ring, hear)
    }
}

impl<R> NrfIpc<R> {
    /// The same over registers played by `block`.
    pub const fn over(block: R, ring: u8, hear: u8) -> NrfIpc<R> {
        NrfIpc { block, ring: ring % 16, hear: hear % 16 }
    }
}

impl<R: Registers> NrfIpc<R> {
    /// Connects the channels and enables the interrupt in IPC; the interrupt controller is the board's business.
    pub fn enable(&self) {
        self.block.write(SEND_CNF + 4 * self.ring as usize, 1 << self.ring);
        self.block.write(RECEIVE_CNF + 4 * self.hear as usize, 1 << self.hear);
        self.block.write(INTENSET, 1 << self.hear);
    }
}

impl<R: Registers> Mailbox for NrfIpc<R> {
    fn ring(&self) {
        self.block.write(TASKS_SEND + 4 * self.ring as usize, 1);
    }

    fn acknowledge(&self) {
        let event = EVENTS_RECEIVE + 4 * self.hear as usize;
        self.block.write(event, 0);
        // Read back: the write has arrived before the handler returns, or it would be called once more.
        self.block.read(event);
    }
}
