//! `cohabit put` and `cohabit take`: documents through a region's queue of messages, without losing one.
//!
//! | what may happen | why nothing is lost |
//! |---|---|
//! | `put` is killed half-way | the document is not in the queue yet; the next party destroys the pieces |
//! | somebody removes the region while `put` is at it | `put` looks afterwards whether the name still leads to where it put, and puts again if not |
//! | `take` is killed while it prints | the message is taken but not finished; the next party puts it back in its place |
//! | nobody reads what `take` prints | it puts the message back itself |
//!
//! The turn is held while a document is built or spelled, never while a file, a pipe or a terminal is waited for.
#![forbid(unsafe_code)]

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use cohabit::{Error, Order, Turn};
use cohabit_std::{CreateError, Member, OpenError, Options};

use crate::{
    access,
    document::{self, Form, Refused, Unwritten},
    failure::Failure,
    say,
    text::{bytes, count_of},
};

/// `cohabit put`.
pub fn put(name: &str, file: &Path, size: usize) -> Result<(), Failure> {
    let (form, text) = (Form::of(file), read(file)?);
    // Every round but the last, somebody removed the region under our hands; nobody does that for ever.
    for _ in 0..100 {
        let (mut member, made) = enter(name, file, &text, size)?;
        let mut turn = access::turn(&mut member, name)?;
        let put = document::build(&mut turn, form, &text).and_then(|item| {
            turn.put_message(item).map_err(|error| {
                // Without its message it is only a loose object, which goes when we leave.
                Refused::Region(error)
            })
        });
        let outcome = match put {
            Ok(()) => Ok((turn.message_count(), turn.stats())),
            Err(refused) => Err(refusal(name, file, size, made, &turn, refused)),
        };
        drop(turn);
        if outcome.is_err() && made {
            unmake(&mut member, name)?;
        }
        let linked = member.is_linked();
        access::leave(member);
        let (messages, stats) = outcome?;
        if linked {
            let free = stats.map_or(0, |stats| stats.free);
            return say(&format!(
                "put {} of {} into \"{name}\": {}, {} free\n",
                bytes(text.len() as u64),
                form.name(),
                count_of(messages as u64, "message"),
                bytes(free)
            ));
        }
    }
    Err(Failure::new(format_args!("region \"{name}\" is being removed again and again; try another name")))
}

/// All of a file, or of standard input. Read before anything else happens: a slow pipe must not hold up others.
pub fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    let done = if file == Path::new("-") {
        io::stdin().lock().read_to_end(&mut text).map(drop)
    } else {
        fs::read(file).map(|found| text = found)
    };
    let (shown, advice) = (file.display(), "name a JSON or CBOR file, or - for JSON on standard input");
    done.map(|()| text)
        .map_err(|error| Failure::new(format_args!("cannot read \"{shown}\": {error}; {advice}")))
}

/// Opens the region, or makes it; says whether we made it.
fn enter(name: &str, file: &Path, text: &[u8], size: usize) -> Result<(Member, bool), Failure> {
    let mut checked = false;
    loop {
        match access::try_open(name) {
            Ok(member) => return Ok((member, false)),
            Err(OpenError::DoesNotExist | OpenError::CreatorDied) => {}
            Err(error) => return Err(access::not_opened(name, error)),
        }
        if !checked {
            // No region for something that is no document.
            document::check(Form::of(file), text).map_err(|refused| refused_document(file, refused))?;
            checked = true;
        }
        match cohabit_std::create(name, Options::new().size(size)) {
            Ok(member) => return Ok((member, true)),
            // Another shell was faster.
            Err(CreateError::Exists) => {}
            Err(CreateError::Name(error)) => return Err(access::bad_name(name, error)),
            Err(CreateError::NoSpace) => {
                return Err(Failure::new(format_args!(
                    "the system has no {} of shared memory for region \"{name}\"; give a smaller --size, or remove \
                     regions that `cohabit list` shows",
                    bytes(size as u64)
                )));
            }
            Err(error) => return Err(Failure::new(format_args!("cannot make region \"{name}\": {error}"))),
        }
    }
}

/// Removes a region that we made and that nobody has used. Whoever has found it meanwhile and puts something in after this turn
/// sees that the name is gone, and puts it elsewhere.
fn unmake(member: &mut Member, name: &str) -> Result<(), Failure> {
    if !member.is_linked() {
        return Ok(());
    }
    let turn = access::turn(member, name)?;
    let unused = |turn: &Turn<'_>| Ok::<_, Error>(turn.message_count() == 0 && turn.roots()?.is_empty(turn)?);
    if unused(&turn).unwrap_or(false) {
        access::remove(name)?;
    }
    Ok(())
}

fn refusal(name: &str, file: &Path, size: usize, made: bool, turn: &Turn<'_>, refused: Refused) -> Failure {
    let shown = file.display();
    match refused {
        Refused::Region(Error::OutOfMemory { .. }) if made => Failure::new(format_args!(
            "\"{shown}\" does not fit into a region of {}; try again with a larger --size",
            bytes(size as u64)
        )),
        Refused::Region(Error::OutOfMemory { .. }) => Failure::new(format_args!(
            "\"{shown}\" does not fit into region \"{name}\" with its {} of free memory; take messages out, or put it into \
             another region with a larger --size",
            bytes(turn.stats().map_or(0, |stats| stats.free))
        )),
        Refused::Region(error) => access::inside(name, error),
        refused => refused_document(file, refused),
    }
}

fn refused_document(file: &Path, refused: Refused) -> Failure {
    let shown = file.display();
    match refused {
        Refused::Document(why) => {
            Failure::new(format_args!("\"{shown}\" cannot be put: {why}; correct it there"))
        }
        Refused::Region(error) => Failure::new(error),
    }
}

/// Where `take` writes to.
#[derive(Debug)]
pub struct Target {
    /// Standard output, if there is none.
    pub file: Option<PathBuf>,
    pub pretty: bool,
}

impl Target {
    pub fn form(&self) -> Form {
        match self.file.as_deref().map_or(Form::Json, Form::of) {
            Form::Json if self.pretty => Form::Pretty,
            form => form,
        }
    }

    fn write(&self, name: &str, document: &[u8]) -> Result<(), Failure> {
        let lost_nothing = format!("the message is still the oldest in region \"{name}\", take it again");
        let Some(file) = &self.file else {
            return print(document)
                .map_err(|error| Failure::new(format_args!("cannot print: {error}; {lost_nothing}")));
        };
        // Before the message ends, the document has to be where the next power failure leaves it.
        let written = fs::File::create(file).and_then(|mut file| {
            file.write_all(document)?;
            if file.metadata()?.is_file() { file.sync_all() } else { Ok(()) }
        });
        let shown = file.display();
        written
            .map_err(|error| Failure::new(format_args!("cannot write \"{shown}\": {error}; {lost_nothing}")))
    }
}

/// `cohabit take`.
pub fn take(name: &str, to: &Target, wait: Option<Duration>) -> Result<(), Failure> {
    let mut member = access::open(name)?;
    let end = Instant::now() + wait.unwrap_or_default().min(Duration::from_secs(86_400 * 365));
    let message = loop {
        let mut turn = access::turn(&mut member, name)?;
        if let Some(message) = turn.take_message(Order::Fifo).map_err(|error| access::inside(name, error))? {
            break message;
        }
        drop(turn);
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            access::leave(member);
            return Err(Failure::new(format_args!(
                "region \"{name}\" has no message; `cohabit put {name} FILE.json` puts one, --wait SECONDS waits for one"
            )));
        }
        member.wait_for_message(left);
    };
    let turn = access::turn(&mut member, name)?;
    let form = to.form();
    let value = message.value(&turn).map_err(Unwritten::from);
    let spelled = value.and_then(|value| document::spell(&turn, form, value));
    drop(turn);
    let printed =
        spelled.map_err(|error| unwritten(name, form, error)).and_then(|text| to.write(name, &text));
    let mut turn = access::turn(&mut member, name)?;
    let ended = if printed.is_ok() { message.finish(&mut turn) } else { message.put_back(&mut turn) };
    drop(turn);
    access::leave(member);
    printed?;
    ended.map_err(|error| access::inside(name, error))
}

fn print(text: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn unwritten(name: &str, form: Form, error: Unwritten) -> Failure {
    match error {
        Unwritten::NoForm(what) => Failure::new(format_args!(
            "the oldest message in region \"{name}\" holds {what}, and {} has no form for that; it stays there, \
             `cohabit show {name}` shows it",
            form.name()
        )),
        Unwritten::Region(error) => access::inside(name, error),
        Unwritten::Writer(error) => Failure::new(format_args!("cannot spell the message: {error}")),
    }
}
