//! `cohabit`: look into regions of shared objects, put documents in and take them out, and watch two processes live in one.
//!
//! | file | idea |
//! |---|---|
//! | `args.rs`, `help.rs` | what was asked for |
//! | `failure.rs` | one line that says why not and what to do, and the exit status |
//! | `access.rs` | regions by name, turns within reason |
//! | `document/` | JSON and CBOR into a region and out of it, event by event |
//! | `walk.rs` | everything below a value, in order, without recursion |
//! | `message.rs` | `put` and `take` |
//! | `show.rs`, `check.rs` | what is in a region, and whether it is sound |
//! | `demo/` | `demo`: two processes, one object graph, a kill |
#![forbid(unsafe_code)]

mod access;
mod args;
mod array;
mod check;
mod demo;
mod document;
mod failure;
mod help;
mod message;
mod show;
mod text;
mod walk;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use args::Command;
use failure::Failure;

fn main() -> ExitCode {
    match args::parse(std::env::args_os()).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody left to tell: the status still does.
            let _ = writeln!(io::stderr().lock(), "cohabit: {failure}");
            failure.status()
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Help(text) => say(text),
        Command::Version => say(&format!(
            "cohabit {} (region format {})\n",
            env!("CARGO_PKG_VERSION"),
            cohabit::FORMAT_VERSION
        )),
        Command::Demo { file, size } => demo::run(file.as_deref(), size),
        Command::Partner { name, part } => demo::play(&name, part),
        Command::Put { name, file, size } => message::put(&name, &file, size),
        Command::Take { name, to, wait } => message::take(&name, &to, wait),
        Command::Show { name, limits } => show::run(&name, limits),
        Command::Check { name } => check::run(&name),
        Command::List => access::list(),
        Command::Remove { names } => names.iter().try_for_each(|name| access::remove(name)),
    }
}

/// Prints to standard output. A reader that has seen enough and left (`cohabit show x | head`) is no failure.
fn say(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
