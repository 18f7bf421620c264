//! Creation: who may build a segment, and when others may look at it.
//!
//! A segment is *built* from the moment its first word, the region's magic, is stored; that is the builder's last store. Until
//! then it is *half-built*, and only one process may touch it: the one that holds the creation lock on the file. The lock goes
//! when its holder dies, so a half-built file without a lock is a dead creator's, and whoever takes the lock may build it anew,
//! in place. No create ever removes a name that it did not make.
//!
//! ```text
//!   (no file) --create: O_EXCL, then lock--> half-built, locked --magic stored, unlock--> built, for ever
//!                                              |           ^
//!                                   killed: the kernel     | another create: lock, look again, empty the file
//!                                       drops the lock     |
//!                                              v           |
//!                                            half-built, unlocked
//! ```
//!
//! | race | why it ends well |
//! |---|---|
//! | two creators | `O_EXCL` lets one make the file, the lock lets one build it; who comes second finds the lock or the magic |
//! | a second creator locks between the first's open and lock | the second builds; the first finds the lock or the magic and says `Exists` |
//! | the name is removed (and made anew) before we hold the lock | after locking we ask whether the name still leads to our file, and start over if not |
//! | an opener between the creator's open and lock | sees a dead creator for a moment; so it looks again for some milliseconds before it says so |
//! | an opener while a builder empties the file | half-built files are read, never mapped: a read past the end is short, a mapped one is SIGBUS |
#![forbid(unsafe_code)]

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    CreateError, OpenError, Options,
    os::{self, Fault, File, Place},
};

/// The byte whose lock says "I am building this". The slots' bytes follow it (`segment.rs`).
const CREATION: u32 = 0;

/// What the format stores first, before it has anything to show (FORMAT.md); we store it even earlier, so that no file
/// that somebody else keeps at a path of ours looks half-built.
const FORMATTING: u32 = u32::from_le_bytes(*b"CoHA");

/// How long an opener gives a creator that has made the file and not yet locked it.
const GRACE: Duration = Duration::from_millis(20);

/// A file we alone may build: we hold its creation lock, and it has no magic.
pub(crate) struct Site {
    file: File,
    place: Place,
    kept: bool,
}

impl Site {
    /// Makes the file at `place`, or takes over what a dead creator left there.
    pub(crate) fn claim(place: &Place) -> Result<Site, CreateError> {
        loop {
            let file = match os::create(place) {
                // Not Exists: the one that is there could be half-built and abandoned.
                Err(Fault::Exists) => match os::open(place) {
                    Err(Fault::Missing) => continue,
                    // Somebody else's, or no ordinary file.
                    Err(Fault::Denied | Fault::NotAFile) => return Err(CreateError::Exists),
                    other => other?,
                },
                other => other?,
            };
            let facts = os::facts(&file)?;
            // What another user prepared for us we do not build on.
            if !facts.regular || !facts.private || !os::try_lock(&file, CREATION)? || !is_half_built(&file)? {
                return Err(CreateError::Exists);
            }
            if os::is_still_at(&file, place)? {
                return Ok(Site { file, place: place.clone(), kept: false });
            }
        }
    }

    /// A nameless file.
    pub(crate) fn nameless() -> Result<Site, CreateError> {
        Ok(Site { file: os::create_memory()?, place: Place::Nowhere, kept: false })
    }

    /// Reserves memory for the whole segment: `options.size` in whole pages.
    pub(crate) fn reserve(&self, options: &Options) -> Result<usize, CreateError> {
        let page = os::page_size();
        let len = options.size.max(1).checked_next_multiple_of(page).ok_or(CreateError::NoSpace)?;
        os::reserve(&self.file, len as u64, FORMATTING)?;
        Ok(len)
    }

    /// The file, to map it.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Where it is.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The magic is stored: lets others in.
    pub(crate) fn finish(mut self) -> Result<(), CreateError> {
        if self.place == Place::Nowhere {
            os::seal(&self.file)?;
        }
        os::unlock(&self.file, CREATION);
        self.kept = true;
        Ok(())
    }
}

impl Drop for Site {
    /// Removes what could not be finished (no space, say), while the lock still keeps others from building on it.
    fn drop(&mut self) {
        if !self.kept && os::is_still_at(&self.file, &self.place).unwrap_or(false) {
            let _ = os::remove(&self.place);
        }
    }
}

/// Whether nobody may look into it yet. An ordinary file of somebody else is not half-built: it has bytes, and other ones.
fn is_half_built(file: &File) -> Result<bool, Fault> {
    // One look. Asking for the length and then for the word would see two different moments of a file that is growing.
    Ok(os::first_word(file)?.is_none_or(|word| word == FORMATTING))
}

/// Opens what is built at `place`.
pub(crate) fn find(place: &Place) -> Result<File, OpenError> {
    let start = Instant::now();
    loop {
        let file = os::open(place)?;
        match check_built(&file) {
            Err(OpenError::CreatorDied) if start.elapsed() < GRACE => sleep(Duration::from_millis(1)),
            other => return other.map(|()| file),
        }
    }
}

/// Says whether others may look into `file`, and if not, why.
pub(crate) fn check_built(file: &File) -> Result<(), OpenError> {
    if !os::facts(file)?.regular {
        return Err(OpenError::NotAFile);
    }
    if is_half_built(file)? {
        if os::is_locked_elsewhere(file, CREATION)? {
            return Err(OpenError::BeingCreated);
        }
        // The lock goes after the magic came: it may have been built since we first looked.
        if is_half_built(file)? {
            return Err(OpenError::CreatorDied);
        }
    }
    Ok(())
}

/// Finds what is built at `place`, waiting for it if it is not there or not finished.
pub(crate) fn find_within(place: &Place, at_most: Duration) -> Result<File, OpenError> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        let found = find(place);
        let left = at_most.saturating_sub(start.elapsed());
        match found {
            Err(OpenError::DoesNotExist | OpenError::BeingCreated | OpenError::CreatorDied)
                if !left.is_zero() =>
            {
                sleep(pause.min(left));
                pause = (pause * 2).min(Duration::from_millis(10));
            }
            other => return other,
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
#[path = "creation_tests.rs"]
mod tests;
