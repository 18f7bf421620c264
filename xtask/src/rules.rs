//! House rules that no compiler keeps, looked up in the text of every Rust file.
//!
//! | rule | where | why |
//! |---|---|---|
//! | `unsafe` only behind the named doors | packages that ship | a reviewer of memory safety reads the doors and nothing else |
//! | `#![forbid(unsafe_code)]` in every file that is no door and above none | the core | the compiler then holds the line, file by file |
//! | no unfinished code, no ignored test | everywhere | a green run means that it is all there and all ran |
//! | at most [`MOST_LINES`] lines a file | everywhere | one idea a file; a longer one is two |
//!
//! Comments and literals are blanked first ([`code_of`]), so prose may say what code may not.
#![forbid(unsafe_code)]

use std::{fs, io, path::Path};

/// Files of packages that ship that may contain the keyword; a trailing slash means the folder.
const DOORS: &[&str] = &[
    "core/src/region.rs",
    "core/src/turn/words.rs",
    "core/src/door.rs",
    "std-adapter/src/segment.rs",
    "std-adapter/src/os/",
    "hal-adapter/src/shared.rs",
    "hal-adapter/src/registers.rs",
    "hal-adapter/src/chips/",
];

/// Folders of packages that ship. Suites, those beside the code too (`tests.rs`, `…_tests.rs`, `tests/`), and measurements poke at
/// raw memory on purpose and are not among them.
const SHIPPED: &[&str] = &["core/", "derive/", "std-adapter/", "hal-adapter/", "cli/", "xtask/"];

/// The longest a source file may grow.
const MOST_LINES: usize = 450;

/// Every breach in the repository, as `path:line: what`, and the number of files read.
pub fn check(root: &Path) -> io::Result<(usize, Vec<String>)> {
    let mut files = Vec::new();
    collect(root, root, &mut files)?;
    files.sort();
    let mut breaches = Vec::new();
    for path in &files {
        breaches.extend(check_file(path, &fs::read_to_string(root.join(path))?));
    }
    Ok((files.len(), breaches))
}

/// Paths of Rust files below `folder`, from the root, with `/`.
fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (kind, name) = (entry.file_type()?, entry.file_name());
        let name = name.to_string_lossy();
        if kind.is_dir() && name != "target" && !name.starts_with('.') {
            collect(root, &entry.path(), files)?;
        } else if kind.is_file() && name.ends_with(".rs") {
            let path = entry.path();
            let path = path.strip_prefix(root).expect("found below the root");
            files.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

fn is_door(path: &str) -> bool {
    DOORS.iter().any(|door| if door.ends_with('/') { path.starts_with(door) } else { path == *door })
}

/// A module above a door cannot forbid what the door does: the level is handed down and cannot be taken back.
fn above_a_door(path: &str) -> bool {
    let folder = path.strip_suffix("lib.rs").or(path.strip_suffix("mod.rs"));
    folder.is_some_and(|folder| DOORS.iter().any(|door| door.starts_with(folder)))
}

/// The breaches in one file.
fn check_file(path: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let code = code_of(text);
    let suite = path.ends_with("/tests.rs") || path.ends_with("_tests.rs") || path.contains("/tests/");
    let shipped = !suite && SHIPPED.iter().any(|folder| path.starts_with(folder));
    for (at, line) in code.lines().enumerate() {
        let mut breach = |what: &str| breaches.push(format!("{path}:{}: {what}", at + 1));
        if shipped && !is_door(path) && words(line).any(|word| word == "unsafe") {
            breach("`unsafe` outside the named doors");
        }
        let unfinished = ["todo", "unimplemented"].into_iter().find(|name| calls_macro(line, name));
        if let Some(name) = unfinished {
            breach(&format!("`{name}!` in the code"));
        }
        if line.contains("#[ignore") {
            breach("an ignored test");
        }
    }
    let forbids = code.lines().any(|line| line.trim() == "#![forbid(unsafe_code)]");
    if shipped && path.starts_with("core/src/") && !is_door(path) && !above_a_door(path) && !forbids {
        breaches.push(format!("{path}:1: does not say #![forbid(unsafe_code)]"));
    }
    let lines = text.lines().count();
    if lines > MOST_LINES {
        breaches.push(format!("{path}:{lines}: {lines} lines; is it still one idea? (at most {MOST_LINES})"));
    }
    breaches
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
}

fn calls_macro(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let starts = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        starts && line[at + name.len()..].starts_with('!')
    })
}

/// The text with comments and the insides of literals turned into blanks; every line stays where it was.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let skipped = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => quoted(rest),
            'r' if !after_word => raw_string(rest).unwrap_or(0),
            '\'' => character(rest),
            _ => 0,
        };
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.extend(rest[..skipped].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = &rest[skipped..];
        }
    }
    code
}

/// Length of the block comment `text` begins with; they nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let here = &text.as_bytes()[at..];
        match here {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Length of the string literal `text` begins with.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Length of the raw string that `text` begins with, if it does.
fn raw_string(text: &str) -> Option<usize> {
    let body = text.strip_prefix('r')?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    let inside = body[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let opening = text.len() - inside.len();
    Some(inside.find(&end).map_or(text.len(), |at| opening + at + end.len()))
}

/// Length of the character literal `text` begins with; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let from = at + escaped.len_utf8();
            text[from..].find('\'').map_or(0, |end| from + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORBID: &str = "#![forbid(unsafe_code)]\n";

    #[test]
    fn comments_and_literals_are_no_code() {
        let text =
            "a // unsafe\n/* unsafe /* x */ unsafe */ b \"un\\\"safe unsafe\" r#\"unsafe \" \"# '\\'' '\"' c";
        let code = code_of(text);
        assert!(!code.contains("safe"), "{code}");
        assert_eq!(code.split_whitespace().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(code.lines().count(), text.lines().count());
    }

    #[test]
    fn lifetimes_are_code_and_so_is_what_follows() {
        assert_eq!(code_of("fn f<'a>(x: &'a str) { unsafe {} }"), "fn f<'a>(x: &'a str) { unsafe {} }");
    }

    #[test]
    fn the_keyword_stays_behind_the_doors() {
        let text = format!("{FORBID}// unsafe is fine here\nlet x = unsafe {{ y }};\n");
        assert_eq!(check_file("core/src/heap/bins.rs", &text).len(), 1);
        assert_eq!(
            check_file("core/src/heap/bins.rs", &text)[0].split(": ").next(),
            Some("core/src/heap/bins.rs:3")
        );
        assert!(check_file("core/src/region.rs", "let x = unsafe { y };").is_empty());
        assert!(check_file("std-adapter/src/os/linux.rs", "let x = unsafe { y };").is_empty());
        assert!(check_file("std-adapter/src/segment.rs", "let x = unsafe { y };").is_empty());
        assert_eq!(check_file("std-adapter/src/member.rs", "let x = unsafe { y };").len(), 1);
        assert!(check_file("core/src/turn/tests.rs", "let x = unsafe { y };").is_empty());
        assert!(check_file("hal-adapter/tests/two_cores.rs", "let x = unsafe { y };").is_empty());
        assert!(check_file("tests/stepping.rs", "let x = unsafe { y };").is_empty());
    }

    #[test]
    fn files_of_the_core_forbid_it_themselves() {
        assert_eq!(check_file("core/src/value/text.rs", "// #![forbid(unsafe_code)]\n").len(), 1);
        assert!(check_file("core/src/value/text.rs", FORBID).is_empty());
        assert!(check_file("core/src/lib.rs", "#![no_std]\n").is_empty());
        assert!(check_file("core/src/turn/mod.rs", "mod words;\n").is_empty());
        assert_eq!(check_file("core/src/heap/mod.rs", "mod bins;\n").len(), 1);
    }

    #[test]
    fn unfinished_code_and_ignored_tests_are_found() {
        let name = "todo";
        assert_eq!(check_file("tests/model.rs", &format!("fn f() {{ {name}!() }}")).len(), 1);
        assert!(check_file("tests/model.rs", &format!("let my_{name} = \"{name}!\"; // {name}!")).is_empty());
        assert_eq!(check_file("tests/model.rs", &format!("#[{} = \"slow\"]", "ignore")).len(), 1);
    }

    #[test]
    fn a_file_too_long_is_told() {
        assert_eq!(check_file("tests/a.rs", &"\n".repeat(MOST_LINES + 1)).len(), 1);
        assert!(check_file("tests/a.rs", &"\n".repeat(MOST_LINES)).is_empty());
    }
}
