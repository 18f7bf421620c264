//! Awaiting a turn, or a message: for executors like embassy's, woken by the mailbox interrupt.
//!
//! A task that has to wait shows in the region that it sleeps, and keeps its place in the queue without looking any
//! longer. The other core rings when it ends its turn; the interrupt handler wakes the task, which looks again.
//!
//! ```text
//!   task:     acquire().await ... taken: "I sleep", place kept ............ poll: mine
//!   handler:                                          on_interrupt --> waker '
//!   other core:   ... the turn ... word = 0, ring() ------'
//! ```
//!
//! While it is first in the queue, the other core waits for it; so do not await between an await here and its use, and give
//! the executor no task that keeps it for long. A future that is dropped takes its wish back.
//!
//! A dead core rings no more: wake the alarm from a timer as well, or race the future against one, where cores may die.
#![forbid(unsafe_code)]

use core::{fmt, future::poll_fn, task::Poll};

use atomic_waker::AtomicWaker;
use cohabit::{Error, Message, Next, Order, Party, Turn, TurnError, Wait, Waiting};

/// Wakes the task of this core that waits. One task at a time waits by an alarm, since one party has one task.
#[derive(Debug)]
pub struct Alarm(AtomicWaker);

impl Alarm {
    /// For a `static`, where an interrupt handler sees it; an [`Ear`](crate::Ear) has one.
    pub const fn new() -> Alarm {
        Alarm(AtomicWaker::new())
    }

    /// Wakes the task, if one waits. May be called by interrupt handlers.
    pub fn ring(&self) {
        self.0.wake();
    }

    /// Takes the turn, waiting asleep as long as it takes. Needs the other party to ring when its turns end
    /// ([`Party::with_wake`]), and this one, too, if the other sleeps.
    pub async fn acquire<'p>(&self, party: &'p mut Party<'_>) -> Result<Turn<'p>, TurnError> {
        self.turn_comes(party).await?;
        party.acquire()
    }

    /// Waits until the turn is this party's, so that its next acquire has it at once.
    async fn turn_comes(&self, party: &mut Party<'_>) -> Result<(), TurnError> {
        let mut asking = Asking { party, won: false };
        poll_fn(|context| {
            self.0.register(context.waker());
            match asking.party.request(&mut Glance::default()) {
                Ok(true) => {
                    asking.won = true;
                    Poll::Ready(Ok(()))
                }
                Ok(false) => Poll::Pending,
                Err(why) => Poll::Ready(Err(why)),
            }
        })
        .await
    }

    /// Waits, without taking the turn, until [`changes`](Party::changes) differs from `since`; returns what it is then.
    pub async fn changed(&self, party: &mut Party<'_>, since: u32) -> u32 {
        let asking = Asking { party, won: false };
        poll_fn(|context| {
            self.0.register(context.waker());
            match asking.party.wait_change(since, &mut Glance::default()) {
                Some(now) => Poll::Ready(now),
                None => Poll::Pending,
            }
        })
        .await
    }

    /// Takes the next message, waiting asleep until there is one. It is in this party's holdings then, to be looked at in a turn of
    /// its own and finished there; if this core dies before, it returns to the queue.
    pub async fn next_message(&self, party: &mut Party<'_>, order: Order) -> Result<Message, NextError> {
        loop {
            let since = party.changes();
            // Looked at after the counter: a message that comes later moves it.
            if !party.has_messages() {
                self.changed(party, since).await;
                continue;
            }
            let mut turn = self.acquire(party).await.map_err(NextError::Turn)?;
            // Another party may have been faster.
            if let Some(message) = turn.take_message(order).map_err(NextError::Heap)? {
                return Ok(message);
            }
        }
    }
}

impl Default for Alarm {
    fn default() -> Alarm {
        Alarm::new()
    }
}

/// A party that may be in the queue while nobody looks; if the future goes, so does the wish.
struct Asking<'g, 'a> {
    party: &'g mut Party<'a>,
    won: bool,
}

impl Drop for Asking<'_, '_> {
    fn drop(&mut self) {
        if !self.won {
            self.party.withdraw();
        }
    }
}

/// Looks once, asks once whether the one in the way lives, and stays in the queue.
#[derive(Default)]
struct Glance {
    asked: bool,
}

impl Wait for Glance {
    fn pass(&mut self, _: &Waiting<'_>) -> Next {
        if self.asked {
            return Next::Suspend;
        }
        self.asked = true;
        Next::Inquire
    }
}

/// Why [`Alarm::next_message`] brought none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum NextError {
    /// No turn was to be had.
    Turn(TurnError),
    /// Taking the message failed; it is still there.
    Heap(Error),
}

impl NextError {
    /// Number seen by other languages; that of the cause.
    pub const fn code(self) -> u16 {
        match self {
            Self::Turn(why) => why.code(),
            Self::Heap(why) => why.code(),
        }
    }
}

impl fmt::Display for NextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Turn(why) => write!(f, "no turn to take a message in: {why}"),
            Self::Heap(why) => write!(f, "the message could not be taken: {why}"),
        }
    }
}

impl core::error::Error for NextError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Turn(why) => Some(why),
            Self::Heap(why) => Some(why),
        }
    }
}
