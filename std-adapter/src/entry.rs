//! The ways into a segment and out of it: create, open, wait for it, hand it over, remove its name.
//!
//! | | named (`/dev/shm`) | file | nameless |
//! |---|---|---|---|
//! | create | [`create`] | [`create_file`] | [`create_anonymous`] |
//! | join | [`open`], [`open_wait`] | [`open_file`] | [`Member::from_fd`] |
//! | either | [`open_or_create`] | | |
//! | remove | [`unlink`] | `std::fs::remove_file` | goes by itself |
//!
//! A segment stays until its name is removed, even if all parties have died; after that it goes with its last member.
#![forbid(unsafe_code)]

use std::{
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    CreateError, ListError, Member, NameError, OpenError, OpenOrCreateError, Options, UnlinkError,
    creation::{Site, check_built, find, find_within},
    os::{self, Place},
    segment::Segment,
};

/// Creates a named segment and joins it.
///
/// Readable and writable by this user alone. All its memory is reserved now, which costs about 0.1 ms a MiB.
///
/// # Errors
/// [`CreateError::Exists`] if there is one, or another process is creating it; what a creator that died half-way left
/// behind is replaced. [`CreateError::NoSpace`] if the memory is not to be had.
pub fn create(name: &str, options: Options) -> Result<Member, CreateError> {
    NameError::check(name).map_err(CreateError::Name)?;
    build(Site::claim(&Place::Named(name.to_owned()))?, options)
}

/// Opens a named segment and joins a free slot in it.
///
/// Costs some 10 us. When a creator seems to have died half-way, waits 20 ms to see if it has not.
pub fn open(name: &str) -> Result<Member, OpenError> {
    NameError::check(name).map_err(OpenError::Name)?;
    let place = Place::Named(name.to_owned());
    Ok(Member::new(Segment::to_join(find(&place)?, place)?.join()?))
}

/// Opens a named segment as [`open`] does, waiting for at most `limit` until somebody has created it. So either side may
/// start first.
///
/// Looks every 10 ms, at first more often.
pub fn open_wait(name: &str, limit: Duration) -> Result<Member, OpenError> {
    NameError::check(name).map_err(OpenError::Name)?;
    let place = Place::Named(name.to_owned());
    Ok(Member::new(Segment::to_join(find_within(&place, limit)?, place)?.join()?))
}

/// How long [`open_or_create`] stays with a creator that does not finish.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the named segment, or creates it if there is none: for parties that do not know who is first.
///
/// `options` count only for the one that creates. Waits up to 10 s for one who is creating it right now.
pub fn open_or_create(name: &str, options: Options) -> Result<Member, OpenOrCreateError> {
    let start = Instant::now();
    loop {
        match open(name) {
            Err(OpenError::DoesNotExist | OpenError::CreatorDied) => {}
            Err(OpenError::BeingCreated) if start.elapsed() < PATIENCE => {
                sleep(Duration::from_millis(1));
                continue;
            }
            other => return other.map_err(OpenOrCreateError::Open),
        }
        match create(name, options) {
            // Somebody was faster between the two calls; or something is in the way that cannot be opened, either.
            Err(CreateError::Exists) if start.elapsed() < PATIENCE => {}
            other => return other.map_err(OpenOrCreateError::Create),
        }
    }
}

/// Removes the name. Members stay as they are, and the memory goes with the last of them.
pub fn unlink(name: &str) -> Result<(), UnlinkError> {
    NameError::check(name).map_err(UnlinkError::Name)?;
    Ok(os::remove(&Place::Named(name.to_owned()))?)
}

/// The names of all segments on this machine, sorted; those of other users and half-built ones, too.
pub fn list() -> Result<Vec<String>, ListError> {
    Ok(os::list()?)
}

/// Creates a segment without a name and joins it; others join through its descriptor ([`Member::from_fd`]).
///
/// Nobody can change its size afterwards, so no peer can make this process fail by truncating it.
pub fn create_anonymous(options: Options) -> Result<Member, CreateError> {
    build(Site::nameless()?, options)
}

/// Creates a segment in a file and joins it: where `/dev/shm` is denied or too small, or to keep it over a restart.
///
/// Like [`create`]. In a file system on a disk the kernel writes changes back now and then, in no order, so a power cut
/// may leave anything; a killed process leaves a sound region.
pub fn create_file(path: impl AsRef<Path>, options: Options) -> Result<Member, CreateError> {
    build(Site::claim(&Place::Path(path.as_ref().to_owned()))?, options)
}

/// Opens a segment in a file and joins a free slot in it. Like [`open`].
pub fn open_file(path: impl AsRef<Path>) -> Result<Member, OpenError> {
    let place = Place::Path(path.as_ref().to_owned());
    Ok(Member::new(Segment::to_join(find(&place)?, place)?.join()?))
}

fn build(site: Site, options: Options) -> Result<Member, CreateError> {
    let len = site.reserve(&options)?;
    let config = options.config(os::random()?, os::random()?);
    let seat = Segment::to_build(site.file(), site.place().clone(), len)?.build(config)?;
    site.finish()?;
    Ok(Member::new(seat))
}

#[cfg(unix)]
impl Member {
    /// Joins a segment whose descriptor was handed over: inherited, or received through a socket.
    ///
    /// The descriptor may be of any kind of segment. It is closed; the member opens the file anew for itself, through
    /// `/proc/self/fd`, which the file's mode must allow this user.
    pub fn from_fd(fd: std::os::fd::OwnedFd) -> Result<Member, OpenError> {
        let handed = os::File::from_fd(fd)?;
        let file = os::reopen(&handed)?;
        drop(handed);
        check_built(&file)?;
        Ok(Member::new(Segment::to_join(file, Place::Nowhere)?.join()?))
    }
}
