//! What the table has and the core does not, yet.
//!
//! Each line names what would show that the core has it now; then [`needs`] has to lose the line, and `perform.rs` or
//! `value.rs` learn it.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{Case, value::Py};

/// How the core's sources would show that something is there.
#[derive(Clone, Copy)]
enum Sign {
    /// A public function of this type, of one of these names.
    Function(&'static str, &'static [&'static str]),
}
use Sign::Function;

const ZONED_TIME: &str = "a time of day with an offset";
const STEPPED: &str = "a slice with a step replaced";

/// Types of values, as the table calls them, and operations.
const MISSING: &[(&str, Sign)] = &[
    (ZONED_TIME, Function("Time", &["with_zone", "zone", "with_offset", "offset_micros"])),
    (STEPPED, Function("List", &["set_slice", "replace_slice", "splice"])),
];

/// What a case needs that there is not.
pub fn needs(case: &Case) -> BTreeSet<&'static str> {
    let mut needs = BTreeSet::new();
    let mut need =
        |wanted: &str| needs.extend(MISSING.iter().map(|(what, _)| *what).find(|what| *what == wanted));
    match (case.operation.as_str(), &case.arguments[..]) {
        ("list.set_slice", [_, _, _, step, _]) if !matches!(step, Py::Null | Py::Int(1)) => need(STEPPED),
        ("time.new", [.., offset, _]) if *offset != Py::Null => need(ZONED_TIME),
        _ => {}
    }
    let mut types = Vec::new();
    case.arguments.iter().for_each(|value| types_in(value, &mut types));
    types.iter().for_each(|name| need(name));
    needs
}

fn types_in<'p>(value: &'p Py, types: &mut Vec<&'p str>) {
    match value {
        Py::List(values) | Py::Tuple(values) | Py::Set(values) | Py::FrozenSet(values) => {
            values.iter().for_each(|value| types_in(value, types));
        }
        Py::Dict(entries) => entries.iter().for_each(|(key, value)| {
            types_in(key, types);
            types_in(value, types);
        }),
        Py::Other(name, values) => {
            types.push(if name == "time" { ZONED_TIME } else { name });
            values.iter().for_each(|value| types_in(value, types));
        }
        _ => {}
    }
}

#[test]
fn nothing_is_said_to_be_missing_that_is_there() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src"));
    for (what, sign) in MISSING {
        let there = match sign {
            Function(of, names) => {
                let functions = within(&sources, &format!("impl {of} {{"));
                let functions: Vec<&str> = functions.iter().filter_map(|line| name_of(line)).collect();
                assert!(!functions.is_empty(), "no functions of {of} found");
                functions.iter().any(|name| names.contains(name))
            }
        };
        assert!(
            !there,
            "the core has {what} now: run its cases (perform.rs, value.rs), and strike it off in missing.rs"
        );
    }
}

/// `pub fn len(self, ..` declares `len`.
fn name_of(line: &str) -> Option<&str> {
    let declared = line.strip_prefix("pub fn ").or(line.strip_prefix("pub const fn "))?;
    declared.split(|c: char| !c.is_alphanumeric() && c != '_').next()
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
