//! Why a command could not do it: one line for people, one number for scripts.
//!
//! | status | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | the region failed its check |
//! | 2 | could not do it; the line says why and what to do |
#![forbid(unsafe_code)]

use std::{fmt, process::ExitCode};

use crate::text::on_one_line;

/// A line for standard error, and the exit status that goes with it.
#[derive(Debug)]
pub struct Failure {
    line: String,
    unsound: bool,
}

impl Failure {
    /// Could not do it.
    pub fn new(why: impl fmt::Display) -> Failure {
        Failure { line: on_one_line(&why.to_string()), unsound: false }
    }

    /// The region failed its check.
    pub fn unsound(why: impl fmt::Display) -> Failure {
        Failure { unsound: true, ..Failure::new(why) }
    }

    /// The exit status.
    pub fn status(&self) -> ExitCode {
        ExitCode::from(if self.unsound { 1 } else { 2 })
    }
}

impl From<cohabit::Error> for Failure {
    fn from(error: cohabit::Error) -> Failure {
        Failure::new(error)
    }
}

impl From<cohabit_std::MemberError> for Failure {
    fn from(error: cohabit_std::MemberError) -> Failure {
        Failure::new(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line_whatever_its_words_are() {
        let failure = Failure::new("no file \"a\nb\x1b[31m\": größer");
        assert_eq!(failure.to_string(), r#"no file "a\nb\u{1b}[31m": größer"#);
    }
}
