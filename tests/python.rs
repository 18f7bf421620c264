//! python: what CPython does with values, lists and dicts, case by case, and what our containers do.
//!
//! `golden/python_semantics.json` is written by CPython itself (`golden/python_semantics.py` says how it is read). Each case is
//! run against a region and must have the same outcome, down to the types of numbers and the order of keys; errors must be
//! those that correspond. All cases run; where we differ from Python by intention (`python/differs.rs`, `core/docs/VALUES.md`), our own
//! outcome is what must come out.
//!
//! | what Python has | what it is here |
//! |---|---|
//! | `IndexError` | `OutOfRange` |
//! | `KeyError` | `None`, or `false` where nothing was removed |
//! | `TypeError` | `NotComparable`; `WrongType` for keys that are none |
//! | `ValueError` | `BadValue`; `None`, where nothing was found; a number that the parameter's type does not have |
//! | `OverflowError` | `BadValue` |
//! | `+`, `*` and `\|` of lists and dicts | a copy, and `extend_from` or `repeat` |
//! | an index below 0 | counted from the end before the call, as `usize` has no sign; `insert` clamps |

#[path = "python/differs.rs"]
mod differs;
#[path = "python/perform.rs"]
mod perform;
#[path = "python/value.rs"]
mod value;

use cohabit::{AlwaysAlive, Config, Region};
use cohabit_tests::sample::Memory;
use serde_json::Value as Json;
use value::Py;

const TABLE: &str = include_str!("golden/python_semantics.json");

/// One line of the table.
struct Case {
    operation: String,
    arguments: Vec<Py>,
    outcome: Outcome,
    /// The first argument afterwards, if the operation may change it.
    leaves: Option<Py>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Done(Py),
    /// Equal; order; found by each other in a map, or the error.
    Related(bool, String, Result<bool, String>),
    /// The name of Python's exception.
    Failed(String),
}

impl Case {
    fn parse(json: &Json) -> Case {
        let text = |json: &Json| json.as_str().expect("a text").to_owned();
        let operation = text(&json[0]);
        let arguments = json[1].as_array().expect("arguments").iter().map(Py::parse).collect();
        let outcome = match (text(&json[2][0]).as_str(), operation.as_str()) {
            ("ok", "relate") => {
                let [equal, order, one_key] = [0, 1, 2].map(|part| &json[2][1][part]);
                let equal = equal.as_bool().expect("true or false");
                Outcome::Related(equal, text(order), one_key.as_bool().ok_or_else(|| text(one_key)))
            }
            ("ok", _) => Outcome::Done(Py::parse(&json[2][1])),
            _ => Outcome::Failed(text(&json[2][1])),
        };
        let leaves = json.get(3).map(Py::parse);
        Case { operation, arguments, outcome, leaves }
    }

    /// Runs it in a region of its own; says how it went wrong.
    fn check(&self) -> Result<(), String> {
        let mut memory = Memory::new(64 << 10);
        let region = Region::format(memory.bytes_mut(), Config::new()).expect("a sound configuration");
        // SAFETY: the only party there ever is.
        let mut party = unsafe { region.join(0, &AlwaysAlive) }.expect("slot 0");
        let mut turn = party.acquire().expect("nobody else is there");
        let (outcome, leaves) = perform::perform(&mut turn, &self.operation, &self.arguments);
        let (due, due_leaves) = differs::due(self);
        if outcome != due {
            return Err(format!("{outcome:?}, but {due:?} is due"));
        }
        match (leaves, due_leaves) {
            (Some(leaves), Some(due)) if leaves != due => {
                Err(format!("{leaves:?} is left, but {due:?} is due"))
            }
            (None, Some(due)) => Err(format!("{due:?} is due to be left, but nobody looked")),
            _ => Ok(()),
        }
    }
}

#[test]
fn every_case_has_the_outcome_that_python_has() {
    let table: Json = serde_json::from_str(TABLE).expect("JSON");
    let cases = table["cases"].as_array().expect("cases");
    let (mut differing, mut wrong) = (0, Vec::new());
    for json in cases {
        let case = Case::parse(json);
        differing += (differs::due(&case) != (case.outcome.clone(), case.leaves.clone())) as usize;
        if let Err(why) = case.check() {
            wrong.push(format!("{json}\n    {why}"));
        }
    }
    println!("lane-summary: {} cases, {differing} of them different by intention", cases.len());
    assert!(
        wrong.is_empty(),
        "{} cases went wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
    assert!(cases.len() >= 2000, "only {} cases", cases.len());
}

/// The table says what CPython says today, if the machine has the version that it was made with.
#[test]
fn the_table_is_what_its_script_writes() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/python_semantics.py");
    let python =
        |program: &str, arguments: &[&str]| std::process::Command::new(program).args(arguments).output();
    let version =
        "import sys; sys.exit(sys.version_info[:2] != (3, 11) or sys.implementation.name != 'cpython')";
    let found = ["python3.11", "python3"]
        .into_iter()
        .find(|program| python(program, &["-c", version]).is_ok_and(|done| done.status.success()));
    let Some(program) = found else {
        println!("there is no CPython 3.11 here: the table is taken as it is");
        return;
    };
    let done = python(program, &[script, "--check"]).expect("it has just run");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
