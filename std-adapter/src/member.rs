//! A member: a party that owns its mapping, sleeps while it waits, and notices the dead.
//!
//! ```text
//!   create / open -> Member -- acquire --> Turn (borrows the member) -- drop --> next one's turn
//!                      |  `-- wait_for_message: sleeps; every few milliseconds looks whether a neighbour has died
//!                      `-- leave: gives back what it holds, frees the slot     (drop: frees the slot, others give back)
//! ```
//!
//! **Fork.** A forked child has copies of its parent's members, in the same slots, and the slots' locks with them. Starting a
//! program (fork and exec) closes them, so nothing needs to be done. A child that goes on without exec cannot take turns
//! with what it inherited ([`MemberError::Forked`]) and should drop it; until it does, a death of the parent goes unnoticed.
#![forbid(unsafe_code)]

use std::{fmt, path::Path, time::Duration};

use cohabit::{Info, Party, Recovered, Recovery, SlotView, Turn};

use crate::{
    MemberError,
    os::{self, Birth, Place},
    segment::{Chair, Seat},
    waiting::Patience,
};

/// One party of a segment: takes turns with members in other processes, and in this one.
///
/// Made by [`create`](crate::create), [`open`](crate::open) and their kin. Holds the segment's memory; everything borrowed
/// from a turn lives as long as the turn. Can be sent to other threads.
///
/// Dropping it frees its slot at once; what it holds is given back by the next party that notices or takes the slot.
pub struct Member {
    seat: Seat,
    birth: Birth,
}

impl Member {
    pub(crate) fn new(seat: Seat) -> Member {
        let mut member = Member { birth: seat.borrow_owner().birth(), seat };
        // Somebody may have died while nobody was looking; also the one who had this slot before, whose leftovers are given back
        // in our first turn. If the turn is taken, that comes later.
        if member.reap_dead() == 0 && member.incarnation() > 1 {
            let _ = member.try_acquire();
        }
        member
    }

    /// Takes the turn, waiting as long as it takes.
    ///
    /// Free: some nanoseconds. Taken: spins for 50 us, then sleeps; a holder that dies is noticed within 20 ms, and
    /// [`Turn::recovered`] says so. Releasing wakes a sleeper by a system call, if there is one.
    ///
    /// # Errors
    /// [`MemberError::Forked`] in a forked child; [`MemberError::Turn`] if a dead party left a heap that cannot be recovered.
    #[inline]
    pub fn acquire(&mut self) -> Result<Turn<'_>, MemberError> {
        let turn = self.wait_for_turn(&mut Patience::endless())?;
        Ok(turn.expect("a wait without a limit does not give up"))
    }

    /// Takes the turn if it is free now. Costs some nanoseconds either way. See [`acquire`](Member::acquire) for errors.
    #[inline]
    pub fn try_acquire(&mut self) -> Result<Option<Turn<'_>>, MemberError> {
        self.check_process()?;
        Ok(self.seat.with_dependent_mut(|_, chair| party(chair).try_acquire())?)
    }

    /// Takes the turn, or answers `None` after `limit`. Costs and errors are those of [`acquire`](Member::acquire).
    #[inline]
    pub fn acquire_timeout(&mut self, limit: Duration) -> Result<Option<Turn<'_>>, MemberError> {
        self.wait_for_turn(&mut Patience::at_most(limit))
    }

    #[inline]
    fn wait_for_turn(&mut self, patience: &mut Patience) -> Result<Option<Turn<'_>>, MemberError> {
        self.check_process()?;
        Ok(self.seat.with_dependent_mut(|_, chair| party(chair).acquire_with(patience))?)
    }

    /// Waits until there is a message, for at most `limit`; says whether there is one. Takes no turn, so another party may
    /// be faster in taking the message.
    ///
    /// Spins for 50 us, then sleeps. Now and then looks for parties that died with a message taken and not finished,
    /// and puts it back. In a forked child the answer is false, at once.
    pub fn wait_for_message(&mut self, limit: Duration) -> bool {
        if self.birth.has_forked() {
            return false;
        }
        let mut patience = Patience::in_slices(limit);
        loop {
            let news = self.seat.with_dependent_mut(|_, chair| {
                let party = party(chair);
                let since = party.changes();
                // Looked at after the counter: a message that comes later moves it.
                party.has_messages()
                    || (party.wait_change(since, &mut patience).is_some() && party.has_messages())
            });
            if news {
                return true;
            }
            if patience.is_over() {
                return self.has_messages();
            }
            if patience.slice_has_ended() {
                self.reap_dead();
            }
        }
    }

    /// Waits until [`changes`](Member::changes) differs from `since`, for at most `limit`, and returns what it is then. Takes no
    /// turn. Spins for 50 us, then sleeps. In a forked child it returns at once.
    pub fn wait_for_change(&mut self, since: u32, limit: Duration) -> u32 {
        if !self.birth.has_forked() {
            let mut patience = Patience::in_slices(limit);
            while self.changes() == since && !patience.is_over() {
                self.seat.with_dependent_mut(|_, chair| party(chair).wait_change(since, &mut patience));
            }
        }
        self.changes()
    }

    /// Whether messages wait, without taking the turn. Costs one load; it may be outdated at once.
    #[inline]
    pub fn has_messages(&self) -> bool {
        self.seat.with_dependent(|_, chair| chair.region.has_messages())
    }

    /// How many messages wait, without taking the turn. Costs one load; it may be outdated at once.
    #[inline]
    pub fn messages(&self) -> u32 {
        self.seat.with_dependent(|_, chair| chair.region.messages())
    }

    /// A counter that moves at the end of each turn that changed something. Costs one load.
    #[inline]
    pub fn changes(&self) -> u32 {
        self.seat.with_dependent(|_, chair| chair.region.changes())
    }

    /// Looks for parties that died outside of their turn and gives back what they held, if the turn is free; says how many
    /// were found. Happens by itself when joining and in [`wait_for_message`](Member::wait_for_message).
    ///
    /// Costs a system call a joined slot; a walk over all blocks if somebody has died.
    pub fn reap(&mut self) -> u32 {
        if self.birth.has_forked() { 0 } else { self.reap_dead() }
    }

    fn reap_dead(&mut self) -> u32 {
        self.seat.with_dependent_mut(|segment, chair| {
            let Chair { party, region, told } = chair;
            let mut dead = *told;
            for (slot, told) in (0..region.info().parties).zip(&mut dead) {
                if let Some(view) = region.slot(slot)
                    && slot != segment.slot()
                    && view.is_joined()
                    && view.incarnation != *told
                    && cohabit::Liveness::is_dead(segment, slot, view.incarnation)
                {
                    *told = view.incarnation;
                }
            }
            if dead == *told {
                return 0;
            }
            // Taken: then the holder, or we at the next opportunity. A heap that cannot be recovered is for `acquire` to tell.
            let Some(Ok(Some(mut turn))) = party.as_mut().map(Party::try_acquire) else { return 0 };
            match turn.reap() {
                Ok(found) => {
                    *told = dead;
                    found
                }
                Err(_) => 0,
            }
        })
    }

    /// The last death in a turn that this member has recovered from. [`Turn::recovered`] says the same of one turn; this also
    /// tells of the turns that joining and [`reap`](Member::reap) take by themselves.
    pub fn last_recovered(&self) -> Option<Recovered> {
        self.seat.with_dependent(|_, chair| chair.party.as_ref().and_then(Party::last_recovered))
    }

    /// Takes a last turn, gives back everything this member holds, and frees its slot.
    ///
    /// Costs a walk over what it holds. See [`acquire`](Member::acquire) for errors; the slot is free in any case.
    pub fn leave(mut self) -> Result<Recovery, MemberError> {
        self.check_process()?;
        let gone = self.seat.with_dependent_mut(|_, chair| {
            chair.party.take().map(|party| party.leave_with(&mut Patience::endless()))
        });
        let gone = gone.expect("only leaving takes the party, and it takes the member, too")?;
        Ok(gone.unwrap_or_else(|_| unreachable!("a wait without a limit does not give up")))
    }

    /// This member's slot, from 0.
    pub fn slot(&self) -> u8 {
        self.seat.borrow_owner().slot()
    }

    /// Which of the parties that joined this slot one after the other this is. Always odd.
    pub fn incarnation(&self) -> u32 {
        self.seat.with_dependent(|_, chair| chair.party.as_ref().map_or(0, Party::incarnation))
    }

    /// The name others [`open`](crate::open) it by; `None` for files and anonymous segments.
    pub fn name(&self) -> Option<&str> {
        match self.seat.borrow_owner().place() {
            Place::Named(name) => Some(name),
            _ => None,
        }
    }

    /// The path others [`open_file`](crate::open_file) it by; `None` for other segments.
    pub fn path(&self) -> Option<&Path> {
        match self.seat.borrow_owner().place() {
            Place::Path(path) => Some(path),
            _ => None,
        }
    }

    /// Length of the segment in bytes. Never 0.
    #[expect(clippy::len_without_is_empty, reason = "a segment is never empty")]
    pub fn len(&self) -> usize {
        self.seat.borrow_owner().mapping().len()
    }

    /// What the region's header says.
    pub fn info(&self) -> Info {
        self.seat.with_dependent(|_, chair| chair.region.info())
    }

    /// What a slot shows, for tools; `None` where there is no such slot. Costs two loads; it may be outdated at once.
    pub fn slot_view(&self, slot: u8) -> Option<SlotView> {
        self.seat.with_dependent(|_, chair| chair.region.slot(slot))
    }

    /// The slot whose party has the turn, or died in it; for tools. Costs one load; it may be outdated at once.
    pub fn holder(&self) -> Option<u8> {
        self.seat.with_dependent(|_, chair| chair.region.holder())
    }

    /// Whether its name or path still leads to this very segment, so that others can find it there. Two system calls. A
    /// segment without a name is where it was handed over. When in doubt, no.
    pub fn is_linked(&self) -> bool {
        let segment = self.seat.borrow_owner();
        os::is_still_at(segment.file(), segment.place()).unwrap_or(false)
    }

    #[inline]
    fn check_process(&self) -> Result<(), MemberError> {
        if self.birth.has_forked() { Err(MemberError::Forked) } else { Ok(()) }
    }
}

#[inline]
fn party<'c, 's>(chair: &'c mut Chair<'s>) -> &'c mut Party<'s> {
    chair.party.as_mut().expect("only leaving takes the party, and it takes the member, too")
}

#[cfg(unix)]
impl std::os::fd::AsFd for Member {
    /// The segment's file, to hand to another process, which joins by [`Member::from_fd`]. It carries no lock. Other uses,
    /// writing above all, are outside of what cohabit can vouch for.
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.seat.borrow_owner().file().as_fd()
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member")
            .field("place", self.seat.borrow_owner().place())
            .field("slot", &self.slot())
            .field("incarnation", &self.incarnation())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
