//! Every other OS, for now: the whole crate builds, and every operation answers that there is nothing here yet.
//!
//! Nobody can hold a [`File`] here, so what takes one can never be called; the compiler is told so by an empty enum.
#![forbid(unsafe_code)]

use std::{convert::Infallible, ptr::NonNull, time::Duration};

use cohabit::Waiting;

use super::{Facts, Fault, Place};

/// Longest name of a segment in bytes.
pub(crate) const MAX_NAME: usize = 247;

/// There is none.
#[derive(Debug)]
pub(crate) struct File(Infallible);

#[cfg(unix)]
impl File {
    pub(crate) fn from_fd(_: std::os::fd::OwnedFd) -> Result<File, Fault> {
        Err(Fault::Unsupported)
    }
}

#[cfg(unix)]
impl std::os::fd::AsFd for File {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        match self.0 {}
    }
}

/// There is none.
#[derive(Debug)]
pub(crate) struct Mapping(Infallible);

impl Mapping {
    pub(crate) fn base(&self) -> NonNull<u8> {
        match self.0 {}
    }

    pub(crate) fn len(&self) -> usize {
        match self.0 {}
    }
}

pub(crate) fn create(_: &Place) -> Result<File, Fault> {
    Err(Fault::Unsupported)
}

pub(crate) fn open(_: &Place) -> Result<File, Fault> {
    Err(Fault::Unsupported)
}

pub(crate) fn create_memory() -> Result<File, Fault> {
    Err(Fault::Unsupported)
}

pub(crate) fn remove(_: &Place) -> Result<(), Fault> {
    Err(Fault::Unsupported)
}

pub(crate) fn list() -> Result<Vec<String>, Fault> {
    Err(Fault::Unsupported)
}

pub(crate) fn page_size() -> usize {
    4096
}

pub(crate) fn random() -> Result<u64, Fault> {
    Err(Fault::Unsupported)
}

pub(crate) fn seal(file: &File) -> Result<(), Fault> {
    match file.0 {}
}

pub(crate) fn reopen(file: &File) -> Result<File, Fault> {
    match file.0 {}
}

pub(crate) fn facts(file: &File) -> Result<Facts, Fault> {
    match file.0 {}
}

pub(crate) fn is_still_at(file: &File, _: &Place) -> Result<bool, Fault> {
    match file.0 {}
}

pub(crate) fn reserve(file: &File, _: u64, _: u32) -> Result<(), Fault> {
    match file.0 {}
}

pub(crate) fn first_word(file: &File) -> Result<Option<u32>, Fault> {
    match file.0 {}
}

pub(crate) fn map(file: &File, _: usize) -> Result<Mapping, Fault> {
    match file.0 {}
}

pub(crate) fn try_lock(file: &File, _: u32) -> Result<bool, Fault> {
    match file.0 {}
}

pub(crate) fn unlock(file: &File, _: u32) {
    match file.0 {}
}

pub(crate) fn is_locked_elsewhere(file: &File, _: u32) -> Result<bool, Fault> {
    match file.0 {}
}

pub(crate) fn sleep_on(_: &Waiting<'_>, at_most: Duration) {
    std::thread::sleep(at_most);
}

pub(crate) fn wake_sleepers(mapping: &Mapping, _: usize) {
    match mapping.0 {}
}

/// Nobody forks here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Birth;

impl Birth {
    pub(crate) fn now() -> Birth {
        Birth
    }

    pub(crate) fn has_forked(&self) -> bool {
        false
    }
}
