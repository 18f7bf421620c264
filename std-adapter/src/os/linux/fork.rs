//! Telling a forked copy from the process that joined.
//!
//! A fork copies descriptors, and with them the locks that say who is alive: two processes would sit in one slot, each taking
//! itself for the party. The kernel tells us for the price of a load: it wipes a page that we mark (`MADV_WIPEONFORK`) in
//! every forked child.
//!
//! ```text
//!   process:  page = 1, member.generation = 1          -> same process
//!   its fork: page = 0, member.generation = 1          -> forked; a member of its own: page = 2, generation = 2
//! ```

use std::{
    ptr::null_mut,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use rustix::mm;

/// Tells whether this process is still the one that made it, or a forked copy that has not executed a program since.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Birth {
    mark: &'static AtomicUsize,
    generation: usize,
}

/// Generations that this process and its ancestors have given out; ordinary memory, so a forked child counts on.
static GENERATIONS: AtomicUsize = AtomicUsize::new(0);

impl Birth {
    /// Remembers this process.
    pub(crate) fn now() -> Birth {
        // The kernel wipes this page in every forked child, so a child finds 0 and takes a generation that none of its
        // ancestors has had. Where there is no such page (kernels before 4.14) nobody is told apart.
        static PAGE: OnceLock<Option<&'static AtomicUsize>> = OnceLock::new();
        static NO_PAGE: AtomicUsize = AtomicUsize::new(1);
        let mark = PAGE.get_or_init(wiped_on_fork).unwrap_or(&NO_PAGE);
        let mut generation = mark.load(Ordering::Relaxed);
        if generation == 0 {
            let next = GENERATIONS.fetch_add(1, Ordering::Relaxed) + 1;
            // Another thread may have been faster; then its generation is everybody's.
            let raced = mark.compare_exchange(0, next, Ordering::Relaxed, Ordering::Relaxed);
            generation = raced.map_or_else(|theirs| theirs, |_| next);
        }
        Birth { mark, generation }
    }

    /// Whether this process is another one. One load.
    pub(crate) fn has_forked(&self) -> bool {
        self.mark.load(Ordering::Relaxed) != self.generation
    }
}

fn wiped_on_fork() -> Option<&'static AtomicUsize> {
    let len = rustix::param::page_size();
    let access = mm::ProtFlags::READ | mm::ProtFlags::WRITE;
    // SAFETY: a new mapping at an address of the kernel's choice overlaps nothing.
    let page = unsafe { mm::mmap_anonymous(null_mut(), len, access, mm::MapFlags::PRIVATE) }.ok()?;
    // SAFETY: the page is ours and holds nothing yet; being wiped in a child leaves it valid there.
    unsafe { mm::madvise(page, len, mm::Advice::LinuxWipeOnFork) }.ok()?;
    // SAFETY: mapped for good (never unmapped), page aligned, and only ever reached through this reference.
    Some(unsafe { AtomicUsize::from_ptr(page.cast()) })
}

#[cfg(test)]
mod tests {
    use nix::{
        sys::wait::{WaitStatus, waitpid},
        unistd::{ForkResult, fork},
    };

    use crate::{Member, MemberError, Options, create_anonymous};

    /// Forks; the child leaves with what `in_child` says.
    fn in_fork(in_child: impl FnOnce() -> i32) -> i32 {
        // SAFETY: the child calls nothing but `in_child`, which neither allocates nor takes locks (threads of the test harness
        // may have held some), and then ends at once.
        match unsafe { fork() }.unwrap() {
            // SAFETY: ends the process without running anything else of it.
            ForkResult::Child => unsafe { nix::libc::_exit(in_child()) },
            ForkResult::Parent { child } => match waitpid(child, None).unwrap() {
                WaitStatus::Exited(_, code) => code,
                other => panic!("{other:?}"),
            },
        }
    }

    #[test]
    fn a_forked_child_gets_no_turn_and_frees_no_slot() {
        let mut member = create_anonymous(Options::new().size(64 << 10).parties(2)).unwrap();
        let mut second =
            Member::from_fd(std::os::fd::AsFd::as_fd(&member).try_clone_to_owned().unwrap()).unwrap();
        let code = in_fork(|| {
            let mut wrong = 0;
            wrong |= i32::from(member.acquire().err() != Some(MemberError::Forked));
            wrong |= i32::from(member.try_acquire().err() != Some(MemberError::Forked)) << 1;
            wrong |= i32::from(member.wait_for_message(std::time::Duration::from_secs(9))) << 2;
            wrong |= (member.reap() as i32) << 3;
            wrong
        });
        assert_eq!(code, 0);
        // The child has closed its copies by ending; the parent's slots are still its own.
        drop(member.acquire().unwrap());
        assert!(Member::from_fd(std::os::fd::AsFd::as_fd(&member).try_clone_to_owned().unwrap()).is_err());
        drop(second.acquire().unwrap());
    }

    #[test]
    fn a_generation_is_new_in_each_fork_of_a_fork() {
        let here = super::Birth::now();
        let code = in_fork(|| {
            let child = super::Birth::now();
            let ok = here.has_forked() && !child.has_forked();
            // One more level: it is neither of the two.
            let deeper = in_fork(|| i32::from(!(here.has_forked() && child.has_forked())));
            i32::from(!ok) + 2 * deeper
        });
        assert_eq!(code, 0);
        assert!(!here.has_forked());
    }
}
