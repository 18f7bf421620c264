//! Linux: `/dev/shm` or a memfd or a file, open-file-description locks, futexes.
//!
//! *A lock says who is alive.* An open-file-description lock belongs to one `open()`, not to a process: the kernel drops it
//! when the last descriptor of that `open()` is gone, which SIGKILL cannot avoid, and two members of one process conflict as
//! two processes do. (The older POSIX locks vanish when *any* descriptor of the file is closed, and are blind within a process.)
//! The kernel drops it after the last thread of the process has stopped, so no store comes after it.
//!
//! ```text
//!   File (mapping, hand-over) --- open file description A: the creation lock while building, then no lock
//!   File (locks)              --- open file description B: the slot's lock, and nobody else gets a descriptor of it
//! ```
//!
//! Locks lie on byte offsets of the file but do not touch the bytes. A fork copies descriptors, and so shares locks; every
//! descriptor here is close-on-exec, and [`Birth`] tells a copy that did not exec.

mod fork;

use std::{
    borrow::Cow,
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::Path,
    ptr::NonNull,
    time::Duration,
};

use cohabit::Waiting;
use nix::{errno::Errno as NixErrno, fcntl::FcntlArg, libc};
use rustix::{
    fs::{self, AtFlags, FallocateFlags, FileType, MemfdFlags, Mode, OFlags, SealFlags},
    io::Errno,
    thread::futex,
};

pub(crate) use fork::Birth;

use super::{Facts, Fault, Place};

/// What the futex calls of rustix take; the core's own type may be another.
#[expect(
    clippy::disallowed_types,
    reason = "it is the argument type of a system call, and lies in no struct of ours"
)]
type FutexWord = std::sync::atomic::AtomicU32;

/// What marks a name in `/dev/shm` as ours.
const PREFIX: &str = "cohabit.";
/// Where named segments lie.
const SHM_DIR: &str = "/dev/shm";
/// Longest name of a segment in bytes: what a directory entry may have, less the prefix.
pub(crate) const MAX_NAME: usize = 255 - PREFIX.len();
/// Owner may read and write, others nothing.
const PRIVATE: Mode = Mode::from_raw_mode(0o600);

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Fault {
        match errno {
            Errno::NOENT => Fault::Missing,
            Errno::EXIST => Fault::Exists,
            // A directory; a symbolic link, which we do not follow; a socket or a device without a driver.
            Errno::ISDIR | Errno::LOOP | Errno::NXIO => Fault::NotAFile,
            Errno::ACCESS | Errno::PERM | Errno::ROFS => Fault::Denied,
            // EFBIG: the user's file size limit; ENOMEM: the memory limit of the user or the container.
            Errno::NOSPC | Errno::DQUOT | Errno::FBIG | Errno::NOMEM => Fault::NoSpace,
            other => Fault::Other(other.raw_os_error()),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Errno::from_io_error(&error).unwrap_or(Errno::IO).into()
    }
}

/// An open segment.
#[derive(Debug)]
pub(crate) struct File(OwnedFd);

impl File {
    /// Takes a descriptor that was handed over.
    pub(crate) fn from_fd(fd: OwnedFd) -> Result<File, Fault> {
        Ok(File(fd))
    }
}

impl AsFd for File {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// A segment's bytes in this process, until dropped.
#[derive(Debug)]
pub(crate) struct Mapping {
    map: memmap2::MmapRaw,
}

impl Mapping {
    /// First byte; page aligned.
    pub(crate) fn base(&self) -> NonNull<u8> {
        NonNull::new(self.map.as_mut_ptr()).expect("mmap never answers with address 0")
    }

    /// Bytes that are mapped.
    pub(crate) fn len(&self) -> usize {
        self.map.len()
    }
}

/// Creates an empty file at `place`, which must not exist yet.
pub(crate) fn create(place: &Place) -> Result<File, Fault> {
    open_with(place, OFlags::CREATE | OFlags::EXCL)
}

/// Opens the file at `place`.
pub(crate) fn open(place: &Place) -> Result<File, Fault> {
    open_with(place, OFlags::empty())
}

fn open_with(place: &Place, how: OFlags) -> Result<File, Fault> {
    // NONBLOCK, NOCTTY: a pipe or terminal that sits at the path must neither hang us nor become ours.
    let always = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let path = path_of(place).ok_or(Fault::Missing)?;
    Ok(File(fs::open(&*path, how | always, PRIVATE)?))
}

/// On Linux `shm_open` is nothing but `open` in `/dev/shm`; doing that ourselves lets us say NOFOLLOW, which rustix's
/// form of it does not.
fn path_of(place: &Place) -> Option<Cow<'_, Path>> {
    match place {
        Place::Named(name) => Some(Path::new(SHM_DIR).join(format!("{PREFIX}{name}")).into()),
        Place::Path(path) => Some(path.into()),
        Place::Nowhere => None,
    }
}

/// Creates an empty file that has no name and goes with its last descriptor and mapping.
pub(crate) fn create_memory() -> Result<File, Fault> {
    let wanted = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // NOEXEC_SEAL is for hardened kernels from 6.3 on, and EINVAL before.
    match fs::memfd_create("cohabit", wanted | MemfdFlags::NOEXEC_SEAL) {
        Err(Errno::INVAL) => Ok(File(fs::memfd_create("cohabit", wanted)?)),
        other => Ok(File(other?)),
    }
}

/// Fixes the size of a memory file for ever, so that no peer can truncate it under our feet.
pub(crate) fn seal(file: &File) -> Result<(), Fault> {
    Ok(fs::fcntl_add_seals(&file.0, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?)
}

/// Opens the same file once more, as an open file description of its own.
pub(crate) fn reopen(file: &File) -> Result<File, Fault> {
    // `dup` would share the description and with it the locks. The link in /proc leads to nameless files too.
    let link = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file.0));
    match fs::open(link, OFlags::RDWR | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty()) {
        // There is no /proc here; not to be taken for a segment that is missing.
        Err(Errno::NOENT) => Err(Fault::Other(Errno::NOENT.raw_os_error())),
        other => Ok(File(other?)),
    }
}

/// Removes the name or path; who has the file open keeps it.
pub(crate) fn remove(place: &Place) -> Result<(), Fault> {
    Ok(fs::unlink(&*path_of(place).ok_or(Fault::Missing)?)?)
}

/// Names of all our segments in shared memory, sorted.
pub(crate) fn list() -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(SHM_DIR)? {
        let name = entry?.file_name();
        names.extend(name.to_str().and_then(|n| n.strip_prefix(PREFIX)).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// What the file is and how long.
pub(crate) fn facts(file: &File) -> Result<Facts, Fault> {
    let stat = fs::fstat(&file.0)?;
    let others = Mode::RWXG | Mode::RWXO;
    Ok(Facts {
        len: u64::try_from(stat.st_size).unwrap_or(0),
        regular: FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile,
        private: stat.st_uid == rustix::process::geteuid().as_raw()
            && !Mode::from_raw_mode(stat.st_mode).intersects(others),
    })
}

/// Whether `place` still leads to this very file.
pub(crate) fn is_still_at(file: &File, place: &Place) -> Result<bool, Fault> {
    let Some(path) = path_of(place) else { return Ok(true) };
    let here = fs::fstat(&file.0)?;
    match fs::statat(fs::CWD, &*path, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(there) => Ok((here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)),
        Err(Errno::NOENT) => Ok(false),
        Err(errno) => Err(errno.into()),
    }
}

/// Bytes of a page.
pub(crate) fn page_size() -> usize {
    rustix::param::page_size()
}

/// Gives the file exactly `len` bytes, zero but for the first word, with memory or disk behind every one of them. At no
/// moment is there a file with bytes but without the word.
pub(crate) fn reserve(file: &File, len: u64, first_word: u32) -> Result<(), Fault> {
    fs::ftruncate(&file.0, 0)?;
    // Asked first: tmpfs would fill all of memory before it finds out that the last page is not to be had.
    let system = fs::fstatvfs(&file.0)?;
    if system.f_blocks > 0 && len / system.f_frsize.max(1) > system.f_bavail {
        return Err(Fault::NoSpace);
    }
    if rustix::io::pwrite(&file.0, &first_word.to_le_bytes(), 0)? != size_of::<u32>() {
        return Err(Fault::NoSpace);
    }
    loop {
        return match fs::fallocate(&file.0, FallocateFlags::empty(), 0, len) {
            // tmpfs gives up at any signal and takes back what it had; there is no half.
            Err(Errno::INTR) => continue,
            Err(Errno::OPNOTSUPP) => write_zeros(file, len),
            other => Ok(other?),
        };
    }
}

/// Reserves the slow way, for file systems that cannot do better.
fn write_zeros(file: &File, len: u64) -> Result<(), Fault> {
    let zeros = vec![0_u8; 1 << 20];
    let mut at = size_of::<u32>() as u64;
    while at < len {
        let chunk = usize::try_from(len - at).unwrap_or(usize::MAX).min(zeros.len());
        match rustix::io::pwrite(&file.0, &zeros[..chunk], at) {
            Err(Errno::INTR) => {}
            Ok(0) => return Err(Fault::NoSpace),
            written => at += written? as u64,
        }
    }
    Ok(())
}

/// The first word of the file, little-endian and filled up with zeros if the file is shorter; `None` while it is empty. One
/// snapshot, and cannot fault, unlike a look into a mapping of a file that somebody is building anew.
pub(crate) fn first_word(file: &File) -> Result<Option<u32>, Fault> {
    let mut word = [0; 4];
    loop {
        return match rustix::io::pread(&file.0, &mut word, 0) {
            Err(Errno::INTR) => continue,
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(u32::from_le_bytes(word))),
            Err(errno) => Err(errno.into()),
        };
    }
}

/// Maps the first `len` bytes for reading and writing, shared.
pub(crate) fn map(file: &File, len: usize) -> Result<Mapping, Fault> {
    let map = memmap2::MmapOptions::new().len(len).map_raw(&file.0)?;
    Ok(Mapping { map })
}

/// One byte of a file, as the lock calls want it.
fn byte(kind: libc::c_int, at: u32) -> libc::flock {
    // SAFETY: `flock` is a C struct of integers (with padding fields on some architectures); zero is a value of each.
    let mut range: libc::flock = unsafe { std::mem::zeroed() };
    // The kernel wants pid 0 with these locks, and has it from the zeroing.
    range.l_type = kind as libc::c_short;
    range.l_whence = libc::SEEK_SET as libc::c_short;
    range.l_start = libc::off_t::from(at as i32);
    range.l_len = 1;
    range
}

fn lock_call(file: &File, what: FcntlArg<'_>) -> Result<(), NixErrno> {
    nix::fcntl::fcntl(&file.0, what).map(drop)
}

/// Locks byte `at` for this open file, if nobody else has it. One system call.
pub(crate) fn try_lock(file: &File, at: u32) -> Result<bool, Fault> {
    match lock_call(file, FcntlArg::F_OFD_SETLK(&byte(libc::F_WRLCK, at))) {
        Ok(()) => Ok(true),
        Err(NixErrno::EAGAIN | NixErrno::EACCES) => Ok(false),
        Err(errno) => Err(Errno::from_raw_os_error(errno as i32).into()),
    }
}

/// Unlocks byte `at` again, also for copies of the descriptor in forked children.
pub(crate) fn unlock(file: &File, at: u32) {
    // Can only fail for a descriptor that is not one, and then there is no lock either.
    let _ = lock_call(file, FcntlArg::F_OFD_SETLK(&byte(libc::F_UNLCK, at)));
}

/// Whether some *other* open file holds byte `at`. One system call.
pub(crate) fn is_locked_elsewhere(file: &File, at: u32) -> Result<bool, Fault> {
    let mut found = byte(libc::F_WRLCK, at);
    match lock_call(file, FcntlArg::F_OFD_GETLK(&mut found)) {
        Ok(()) => Ok(libc::c_int::from(found.l_type) != libc::F_UNLCK),
        Err(errno) => Err(Errno::from_raw_os_error(errno as i32).into()),
    }
}

/// Sleeps until the word waited for changes or somebody wakes us, at most so long. May also return for no reason.
pub(crate) fn sleep_on(waiting: &Waiting<'_>, at_most: Duration) {
    let time = futex::Timespec::try_from(at_most).unwrap_or_default();
    // SAFETY: `Waiting` vouches for its address: a mapped, aligned word that is only accessed atomically, for as long as
    // it is borrowed.
    let word = unsafe { FutexWord::from_ptr(waiting.address().cast_mut()) };
    // Not PRIVATE: those who wake us are in other processes. Every outcome means "look again".
    let _ = futex::wait(word, futex::Flags::empty(), waiting.expected(), Some(&time));
}

/// Wakes everybody who sleeps on the word at `offset` of the mapping, in any process. One system call.
pub(crate) fn wake_sleepers(mapping: &Mapping, offset: usize) {
    assert!(offset.is_multiple_of(4) && offset < mapping.len(), "no word of this mapping");
    // SAFETY: within the mapping by the assertion.
    let address = unsafe { mapping.base().add(offset) };
    // SAFETY: mapped while `mapping` is borrowed and aligned by the assertion; the word is one of the control area (no
    // others have sleepers), which everybody accesses atomically.
    let word = unsafe { FutexWord::from_ptr(address.as_ptr().cast()) };
    let _ = futex::wake(word, futex::Flags::empty(), i32::MAX as u32);
}

/// 64 random bits from the kernel.
pub(crate) fn random() -> Result<u64, Fault> {
    let mut bytes = [0; 8];
    let mut filled = 0;
    while filled < bytes.len() {
        match rustix::rand::getrandom(&mut bytes[filled..], rustix::rand::GetRandomFlags::empty()) {
            Err(Errno::INTR) => {}
            got => filled += got?,
        }
    }
    Ok(u64::from_le_bytes(bytes))
}
