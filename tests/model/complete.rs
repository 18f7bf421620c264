//! Whether the model performs every public function that changes a region: those that `ops::surface` reads in the core's sources.
//!
//! The suites that kill parties have one list of operations; here steps are drawn, so what is asked is whether a step calls it.
//! By name alone: `copy` of a list stands for `copy` of a map, which the list of operations tells apart.

use std::{fs, path::Path};

use cohabit_tests::ops::surface;

/// What no step does, and why.
const NOT_HERE: &[(&str, &str)] = &[
    ("Party::acquire_by", "another way to wait; the model never does"),
    ("Party::acquire_until", "another way to wait"),
    ("Party::try_acquire", "another way to wait"),
    ("Party::request", "another way to wait"),
    ("Party::withdraw", "another way to wait"),
    ("Party::leave_with", "`leave`, waiting in another way"),
    ("Party::wait_change", "waits"),
    ("Party::with_wake", "how others are woken"),
    ("Party::with_barrier", "how caches are kept"),
    ("bench::allocate", "below every step"),
    ("bench::free", "below every step"),
];

#[test]
fn every_public_function_that_changes_a_region_is_in_a_step() {
    let mut steps = String::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("model")).expect("the model") {
        let path = entry.expect("a file").path();
        if path.file_stem().is_some_and(|name| name != "complete") {
            steps += &fs::read_to_string(path).expect("text");
        }
    }
    let called = |function: &str| {
        let name = function.rsplit("::").next().unwrap_or_default();
        [format!(".{name}("), format!(".{name}::<"), format!("::{name})")]
            .iter()
            .any(|call| steps.contains(call))
    };
    let (mut missing, mut listed) = (Vec::new(), Vec::new());
    for function in surface::public() {
        match NOT_HERE.iter().find(|(name, _)| *name == function) {
            Some((name, _)) => listed.push(*name),
            None if called(&function) => {}
            None => missing.push(function),
        }
    }
    assert!(missing.is_empty(), "no step of the model (tests/model) calls {missing:?}");
    assert_eq!(listed.len(), NOT_HERE.len(), "{NOT_HERE:?} names what the core does not have");
}
