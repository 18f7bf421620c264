//! What was asked for: the command line, understood or refused.
#![forbid(unsafe_code)]

use std::{ffi::OsString, path::PathBuf, time::Duration};

use lexopt::{Arg, Parser, ValueExt as _};

use crate::{demo::Part, document::Form, failure::Failure, help, message::Target, show::Limits};

/// Bytes of a region that nobody gave a size for.
const DEFAULT_SIZE: usize = 64 << 20;

/// A command with everything it needs.
#[derive(Debug)]
pub enum Command {
    Help(&'static str),
    Version,
    Demo {
        file: Option<PathBuf>,
        size: usize,
    },
    /// Not for people: what the demo starts its other processes with.
    Partner {
        name: String,
        part: Part,
    },
    Put {
        name: String,
        file: PathBuf,
        size: usize,
    },
    Take {
        name: String,
        to: Target,
        wait: Option<Duration>,
    },
    Show {
        name: String,
        limits: Limits,
    },
    Check {
        name: String,
    },
    List,
    Remove {
        names: Vec<String>,
    },
}

/// The command in `args`, the first of which is the program's own name.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, Failure> {
    let mut parser = Parser::from_iter(args);
    let command = match parser.next().map_err(refused)? {
        None => return Err(Failure::new("no command given; `cohabit --help` lists them")),
        Some(Arg::Long("help") | Arg::Short('h')) => return Ok(Command::Help(help::MAIN)),
        Some(Arg::Long("version") | Arg::Short('V')) => return Ok(Command::Version),
        Some(Arg::Value(command)) => command.to_string_lossy().into_owned(),
        Some(other) => return Err(refused(other.unexpected())),
    };
    let help = match command.as_str() {
        "demo" => help::DEMO,
        "put" => help::PUT,
        "take" => help::TAKE,
        "show" => help::SHOW,
        "check" => help::CHECK,
        "list" | "ls" => help::LIST,
        "rm" => help::RM,
        "help" => return Ok(Command::Help(help::MAIN)),
        Part::COMMAND => "",
        _ => {
            return Err(Failure::new(format_args!(
                "there is no command \"{command}\"; `cohabit --help` lists them"
            )));
        }
    };
    let mut found = Found::default();
    if found.read(&mut parser, &command)? {
        return Ok(Command::Help(help));
    }
    found.into_command(&command)
}

/// Everything that any command takes.
#[derive(Default)]
struct Found {
    values: Vec<OsString>,
    size: Option<usize>,
    wait: Option<Duration>,
    pretty: bool,
    all: bool,
    depth: Option<usize>,
    width: Option<usize>,
}

impl Found {
    /// Reads what follows the command; says whether help was asked for.
    fn read(&mut self, parser: &mut Parser, command: &str) -> Result<bool, Failure> {
        while let Some(arg) = parser.next().map_err(refused)? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => return Ok(true),
                Arg::Value(value) => self.values.push(value),
                Arg::Long("size") if matches!(command, "demo" | "put") => {
                    self.size = Some(size(&text(parser.value().map_err(refused)?)?)?);
                }
                Arg::Long("pretty") if command == "take" => self.pretty = true,
                Arg::Long("wait") if command == "take" => {
                    let seconds: f64 = parser.value().and_then(|value| value.parse()).map_err(refused)?;
                    let wait = Duration::try_from_secs_f64(seconds);
                    self.wait =
                        Some(wait.map_err(|_| Failure::new("--wait takes a number of seconds from 0 on"))?);
                }
                Arg::Long("all") if command == "show" => self.all = true,
                Arg::Long("depth") if command == "show" => {
                    self.depth = Some(parser.value().and_then(|value| value.parse()).map_err(refused)?);
                }
                Arg::Long("width") if command == "show" => {
                    self.width = Some(parser.value().and_then(|value| value.parse()).map_err(refused)?);
                }
                other => {
                    let why = other.unexpected();
                    return Err(Failure::new(format_args!(
                        "{why}; `cohabit {command} --help` says what it takes"
                    )));
                }
            }
        }
        Ok(false)
    }

    fn into_command(self, command: &str) -> Result<Command, Failure> {
        let size = self.size.unwrap_or(DEFAULT_SIZE);
        let takes = |wanted: &str| {
            Failure::new(format_args!(
                "usage: cohabit {command} {wanted}; `cohabit {command} --help` says more"
            ))
        };
        let count = self.values.len();
        let mut values = self.values.into_iter();
        let mut next = || values.next().expect("counted before");
        Ok(match (command, count) {
            ("demo", 0) => Command::Demo { file: None, size },
            ("demo", 1) => Command::Demo { file: Some(next().into()), size },
            ("demo", _) => return Err(takes("[FILE.json]")),
            (Part::COMMAND, 2) => {
                let (name, part) = (text(next())?, text(next())?);
                Command::Partner { name, part: Part::named(&part).ok_or_else(|| takes("NAME PART"))? }
            }
            ("put", 2) => Command::Put { name: text(next())?, file: next().into(), size },
            ("put", _) => return Err(takes("NAME FILE")),
            ("take", 1 | 2) => {
                let name = text(next())?;
                let to = Target { file: values.next().map(PathBuf::from), pretty: self.pretty };
                if to.pretty && to.form() == Form::Cbor {
                    return Err(Failure::new(
                        "--pretty is for JSON; leave it out, or name a file that ends in .json",
                    ));
                }
                Command::Take { name, to, wait: self.wait }
            }
            ("take", _) => return Err(takes("NAME [FILE]")),
            ("show", 1) => {
                let limits = if self.all { Limits::NONE } else { Limits::new(self.depth, self.width) };
                Command::Show { name: text(next())?, limits }
            }
            ("check", 1) => Command::Check { name: text(next())? },
            ("list" | "ls", 0) => Command::List,
            ("list" | "ls", _) => return Err(takes("")),
            ("rm", 1..) => Command::Remove { names: values.map(text).collect::<Result<_, _>>()? },
            ("rm", _) => return Err(takes("NAME...")),
            _ => return Err(takes("NAME")),
        })
    }
}

fn refused(error: lexopt::Error) -> Failure {
    Failure::new(format_args!("{error}; `cohabit --help` shows how"))
}

fn text(value: OsString) -> Result<String, Failure> {
    value.into_string().map_err(|value| {
        Failure::new(format_args!("\"{}\" is not UTF-8; names and numbers are", value.display()))
    })
}

/// Bytes in "64M", "1GiB", "65536".
fn size(text: &str) -> Result<usize, Failure> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => Some(0),
        "k" | "kb" | "kib" => Some(10),
        "m" | "mb" | "mib" => Some(20),
        "g" | "gb" | "gib" => Some(30),
        _ => None,
    };
    let number: Option<usize> = digits.parse().ok();
    number
        .zip(shift)
        .and_then(|(number, shift)| number.checked_mul(1 << shift))
        .filter(|size| *size > 0)
        .ok_or_else(|| {
            Failure::new(format_args!("\"{text}\" is no size; give bytes, or for example 64K, 64M, 2G"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, Failure> {
        parse(std::iter::once("cohabit").chain(line.split_whitespace()).map(OsString::from))
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(size("64M").unwrap(), 64 << 20);
        assert_eq!(size("2GiB").unwrap(), 2 << 30);
        assert_eq!(size("4096").unwrap(), 4096);
        for wrong in ["", "M", "-1", "0", "1.5M", "64X", "99999999999G", "１M"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_command_takes_what_it_says() {
        assert!(matches!(parsed("put a b.json --size 1M"), Ok(Command::Put { size: 0x10_0000, .. })));
        assert!(matches!(parsed("put --size=1M a -"), Ok(Command::Put { .. })));
        let taken = parsed("take a --wait 0.5 --pretty");
        assert!(
            matches!(taken, Ok(Command::Take { to: Target { file: None, pretty: true }, .. })),
            "{taken:?}"
        );
        assert!(matches!(parsed("take a b.cbor"), Ok(Command::Take { to, .. }) if to.form() == Form::Cbor));
        assert!(matches!(parsed("rm a b c"), Ok(Command::Remove { names }) if names == ["a", "b", "c"]));
        assert!(matches!(parsed("show -h"), Ok(Command::Help(help::SHOW))));
        for wrong in [
            "",
            "fly",
            "put a",
            "take",
            "take a b c",
            "take a b.cbor --pretty",
            "list a",
            "rm",
            "show a --size 1M",
            "take a --wait -1",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
