//! The public functions that can change a region, as the core's sources have them.
//!
//! Read from the text: no tool that understands Rust is needed to find `pub fn` and the `impl` it stands in. A function
//! counts when it takes a turn as `&mut Turn`, or stands in `impl Turn`, `Party` or `Entry` and takes `&mut self` or `self`. For one that a
//! macro writes for several types, the name of its file stands for them.

#![forbid(unsafe_code)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::Op;

/// Public functions that are no operation: they change how a party behaves, not the region, or only wait; and the bare
/// allocator, which only the measurements see (feature `_bench`) and every operation goes through.
const NOT_OPERATIONS: [&str; 6] = [
    "Party::with_wake",
    "Party::with_barrier",
    "Party::wait_change",
    "Party::withdraw",
    "bench::allocate",
    "bench::free",
];

/// Panics unless the operations cover the public functions exactly.
pub fn check(ops: &[Op]) {
    let public = public();
    let covered: BTreeSet<String> =
        ops.iter().flat_map(|op| op.covers).map(|name| name.to_string()).collect();
    let left_out: BTreeSet<String> = NOT_OPERATIONS.map(String::from).into();
    let known: BTreeSet<String> = covered.union(&left_out).cloned().collect();
    let missing: Vec<_> = public.difference(&known).collect();
    let gone: Vec<_> = known.difference(&public).collect();
    assert!(missing.is_empty(), "no operation in tests/src/ops covers {missing:?}: add one for each");
    assert!(gone.is_empty(), "tests/src/ops names {gone:?}, which the core does not have (any more)");
    assert!(public.len() > 30, "the sources were not understood: only {public:?}");
}

/// Those functions, as `Type::name`.
pub fn public() -> BTreeSet<String> {
    public_functions(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src"))
}

fn public_functions(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in rust_files(folder) {
        let text = fs::read_to_string(&file).unwrap();
        // Test modules come last in a file.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let mut within = file.file_stem().unwrap().to_string_lossy().into_owned();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if line.starts_with("impl") {
                within = implemented(line);
            }
            let Some(declared) = line.trim_start().strip_prefix("pub fn ") else { continue };
            let mut signature = declared.to_string();
            while !signature.contains('{') {
                signature += lines.next().expect("a body follows");
            }
            let name: String = signature.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let signature: String =
                signature.split('{').next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            if changes_a_region(&within, &signature) {
                found.insert(format!("{within}::{name}"));
            }
        }
    }
    found
}

/// `impl<'a> Party<'a> {` is about `Party`.
fn implemented(line: &str) -> String {
    let line = line.split(" for ").last().unwrap().trim_start_matches("impl").trim_start();
    let line =
        if line.starts_with('<') { line.split_once("> ").map_or(line, |(_, rest)| rest) } else { line };
    line.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn changes_a_region(within: &str, signature: &str) -> bool {
    // A shared borrow with a lifetime of its own ends like an argument by value.
    let signature = signature.replace("&'t self", "&self");
    let takes = |what: &str| signature.contains(what);
    let turn = takes("&mut Turn<") || takes("mut Turn<");
    let own = matches!(within, "Turn" | "Party" | "Entry")
        && (takes("&mut self") || takes("(self") || takes("(mut self") || takes(" self,"));
    turn || own
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
    files
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_public_function_that_changes_a_region_is_among_the_operations() {
        super::check(&crate::ops::all());
    }
}
