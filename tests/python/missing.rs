//! What the table has and the core does not, yet.
//!
//! Each line names what would show that the core has it now; then [`needs`] has to lose the line, and `perform.rs` or
//! `value.rs` learn it.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{Case, value::Py};

/// How the core's sources would show that something is there.
#[derive(Clone, Copy)]
enum Sign {
    /// A variant of `Key`, of one of these names.
    Key(&'static [&'static str]),
}

const FOREIGN_KEY: &str = "a key of another type";

/// Types of values, as the table calls them, and operations.
const MISSING: &[(&str, Sign)] =
    &[(FOREIGN_KEY, Sign::Key(&["BigInt", "Complex", "Decimal", "Date", "DateTime", "Slice", "TimeDelta"]))];

/// What a case needs that there is not.
pub fn needs(case: &Case) -> BTreeSet<&'static str> {
    let mut needs = BTreeSet::new();
    let mut need =
        |wanted: &str| needs.extend(MISSING.iter().map(|(what, _)| *what).find(|what| *what == wanted));
    match (case.operation.as_str(), &case.arguments[..]) {
        (operation, [_, key, ..])
            if (operation.starts_with("dict.") || operation.starts_with("set.")) && key.is_foreign_key() =>
        {
            need(FOREIGN_KEY);
        }
        _ => {}
    }
    let mut types = Vec::new();
    case.arguments.iter().for_each(|value| types_in(value, &mut types));
    types.iter().for_each(|name| need(name));
    needs
}

fn types_in<'p>(value: &'p Py, types: &mut Vec<&'p str>) {
    match value {
        Py::List(values) | Py::Tuple(values) => values.iter().for_each(|value| types_in(value, types)),
        Py::Set(values) | Py::FrozenSet(values) => {
            if values.iter().any(Py::is_foreign_key) {
                types.push(FOREIGN_KEY);
            }
            values.iter().for_each(|value| types_in(value, types));
        }
        Py::Dict(entries) => entries.iter().for_each(|(key, value)| {
            if key.is_foreign_key() {
                types.push(FOREIGN_KEY);
            }
            types_in(key, types);
            types_in(value, types);
        }),
        Py::Other(name, values) => {
            types.push(name);
            values.iter().for_each(|value| types_in(value, types));
        }
        _ => {}
    }
}

#[test]
fn nothing_is_said_to_be_missing_that_is_there() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src"));
    let keys = within(&sources, "pub enum Key<");
    assert!(keys.contains(&"Null,"), "the sources were not understood: {keys:?}");
    for (what, sign) in MISSING {
        let there = match sign {
            Sign::Key(names) => keys.iter().any(|line| names.iter().any(|name| line.starts_with(name))),
        };
        assert!(
            !there,
            "the core has {what} now: run its cases (perform.rs, value.rs), and strike it off in missing.rs"
        );
    }
}

/// Lines of every block that begins with `head`, without what is before them.
fn within<'s>(sources: &'s [String], head: &str) -> Vec<&'s str> {
    let mut found = Vec::new();
    for source in sources {
        let mut inside = false;
        for line in source.lines() {
            inside = (inside || line.starts_with(head)) && line != "}";
            if inside {
                found.push(line.trim_start());
            }
        }
    }
    found
}

fn sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the core's sources") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(fs::read_to_string(path).expect("text"));
        }
    }
    found
}
