//! Regions by name, and turns within reason: what every command does first, and what can go wrong with it.
//!
//! A name with a slash is the path of a file with a region's bytes: a dump of a board's RAM, say. Commands that look work on
//! a copy of it, in which nobody is alive.
//!
//! A command is impatient: a turn that does not come in ten seconds means that somebody sits on it, alive, and a person
//! should know who. It is patient with what passes by itself: a creator at work, slots taken by other commands.
#![forbid(unsafe_code)]

use std::{
    env, fs,
    io::{self, Write as _},
    process, thread,
    time::{Duration, Instant},
};

use cohabit::{Turn, TurnError};
use cohabit_std::{ListError, Member, MemberError, NameError, OpenError, UnlinkError};

use crate::{failure::Failure, say, text::on_one_line};

/// How long to wait for a turn.
const TURN: Duration = Duration::from_secs(10);
/// How long to wait for a slot, or for a creator to finish.
const DOOR: Duration = Duration::from_secs(5);

/// Opens a region that must be there.
pub fn open(name: &str) -> Result<Member, Failure> {
    try_open(name).map_err(|error| not_opened(name, error))
}

/// Opens a region to look at, by its name or as a file of its bytes.
pub fn try_look(name: &str) -> Result<Member, Looking> {
    if name.contains('/') { copy_of(name) } else { try_open(name).map_err(Looking::Open) }
}

/// The same, and says why not.
pub fn look(name: &str) -> Result<Member, Failure> {
    try_look(name).map_err(|error| not_seen(name, error))
}

/// Why there is nothing to look at.
pub enum Looking {
    /// The file, or the place for its copy.
    File(io::Error),
    /// No region.
    Open(OpenError),
}

/// Says why there is nothing to look at.
pub fn not_seen(name: &str, error: Looking) -> Failure {
    match error {
        Looking::File(error) => Failure::new(format_args!("cannot read \"{name}\": {error}")),
        Looking::Open(error) => not_opened(name, error),
    }
}

/// A region in a copy of the file, which is gone with the member.
fn copy_of(path: &str) -> Result<Member, Looking> {
    let bytes = fs::read(path).map_err(Looking::File)?;
    let copy = env::temp_dir().join(format!("cohabit-look-{}", process::id()));
    // What a killed command of the same number has left.
    let _ = fs::remove_file(&copy);
    let made = fs::File::create_new(&copy).and_then(|mut file| file.write_all(&bytes));
    let opened =
        made.map_err(Looking::File).and_then(|()| cohabit_std::open_file(&copy).map_err(Looking::Open));
    let _ = fs::remove_file(&copy);
    opened
}

/// Opens a region, waiting a little for what passes by itself.
pub fn try_open(name: &str) -> Result<Member, OpenError> {
    let start = Instant::now();
    loop {
        match cohabit_std::open(name) {
            Err(OpenError::BeingCreated | OpenError::AllSlotsTaken { .. }) if start.elapsed() < DOOR => {
                thread::sleep(Duration::from_millis(5));
            }
            other => return other,
        }
    }
}

/// Says why a region could not be opened.
pub fn not_opened(name: &str, error: OpenError) -> Failure {
    match error {
        OpenError::Name(error) => bad_name(name, error),
        OpenError::DoesNotExist => Failure::new(format_args!(
            "there is no region \"{name}\"; `cohabit put {name} FILE.json` makes it, `cohabit list` shows those there are"
        )),
        OpenError::BeingCreated => {
            Failure::new(format_args!("region \"{name}\" is still being made; try again"))
        }
        OpenError::CreatorDied => Failure::new(format_args!(
            "region \"{name}\" was never finished, its maker died; `cohabit rm {name}` removes it"
        )),
        OpenError::NoPermission => {
            Failure::new(format_args!("region \"{name}\" belongs to another user; work as that user"))
        }
        OpenError::AllSlotsTaken { slots } => Failure::new(format_args!(
            "region \"{name}\" is full, all {slots} parties have joined; wait until one leaves"
        )),
        other => Failure::new(format_args!("cannot open region \"{name}\": {other}")),
    }
}

/// Says what is wrong with a name.
pub fn bad_name(name: &str, error: NameError) -> Failure {
    match error {
        NameError::Empty => Failure::new("the name is empty; give at least one character"),
        NameError::HasSlash => {
            Failure::new(format_args!("\"{name}\" cannot be a name; leave out slashes and zero characters"))
        }
        other => Failure::new(format_args!("\"{name}\" cannot be a name: {other}")),
    }
}

/// Takes the turn.
pub fn turn<'m>(member: &'m mut Member, name: &str) -> Result<Turn<'m>, Failure> {
    let holder = member.holder();
    match try_turn(member) {
        Ok(Some(turn)) => Ok(turn),
        Ok(None) => Err(too_late(name, holder)),
        Err(error) => Err(no_turn(name, error)),
    }
}

/// Says that the turn did not come in time, and who had it when we began to wait.
pub fn too_late(name: &str, holder: Option<u8>) -> Failure {
    Failure::new(format_args!(
        "region \"{name}\" has been in use for {} s without a pause{}; end that program or try again",
        TURN.as_secs(),
        holder.map_or_else(String::new, |slot| format!(", by the party in slot {slot}"))
    ))
}

/// Takes the turn if it comes in time.
pub fn try_turn(member: &mut Member) -> Result<Option<Turn<'_>>, MemberError> {
    member.acquire_timeout(TURN)
}

/// Says why there was no turn.
pub fn no_turn(name: &str, error: MemberError) -> Failure {
    match error {
        MemberError::Turn(TurnError::Unrecoverable(why)) => Failure::new(format_args!(
            "region \"{name}\" is damaged and cannot be recovered ({why}); `cohabit rm {name}` removes it"
        )),
        other => Failure::new(format_args!("no turn in region \"{name}\": {other}")),
    }
}

/// Says what went wrong inside a turn.
pub fn inside(name: &str, error: cohabit::Error) -> Failure {
    match error {
        cohabit::Error::Corrupt { .. } => Failure::new(format_args!(
            "region \"{name}\" is damaged: `cohabit check {name}` says where, `cohabit rm {name}` removes it"
        )),
        other => Failure::new(format_args!("region \"{name}\": {other}")),
    }
}

/// Leaves the region in order. What the command did is done, so a failure here is nobody's concern: the next party cleans up.
pub fn leave(member: Member) {
    let _ = member.leave();
}

/// `cohabit list`.
pub fn list() -> Result<(), Failure> {
    let names = cohabit_std::list()
        .map_err(|error: ListError| Failure::new(format_args!("cannot look for regions: {error}")))?;
    say(&names.iter().map(|name| on_one_line(name) + "\n").collect::<String>())
}

/// `cohabit rm`.
pub fn remove(name: &str) -> Result<(), Failure> {
    cohabit_std::unlink(name).map_err(|error| match error {
        UnlinkError::Name(error) => bad_name(name, error),
        UnlinkError::DoesNotExist => {
            Failure::new(format_args!("there is no region \"{name}\"; `cohabit list` shows those there are"))
        }
        UnlinkError::NoPermission => {
            Failure::new(format_args!("region \"{name}\" belongs to another user; remove it as that user"))
        }
        other => Failure::new(format_args!("cannot remove region \"{name}\": {other}")),
    })
}
