//! The kit on itself.

use std::{
    fs,
    path::Path,
    process, thread,
    time::{Duration, Instant},
};

use super::{Dir, Name, Other, hang, names, pause, role, say};

/// How long dying may take.
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn as_child() {
    let Some((role, arguments)) = role() else { return };
    match (&*role, &*arguments) {
        ("echo", words) => {
            pause();
            say(&format!("heard {}", words.join("|")));
        }
        ("parent", []) => {
            let mut child = Other::spawn("sleeper", &[]);
            say(&format!("parent of {}", child.expect("asleep as")));
            hang();
        }
        ("sleeper", []) => {
            say(&format!("asleep as {}", process::id()));
            // Not for ever: a test shows that it dies earlier.
            thread::sleep(2 * PATIENCE);
        }
        ("owner", []) => {
            let (name, dir) = (Name::new("left"), Dir::new("left"));
            fs::write(name.path(), "left").unwrap();
            fs::write(dir.file("file"), "left").unwrap();
            say(&format!("owner of {} {}", name.path().display(), dir.file("").display()));
            hang();
        }
        _ => unreachable!("{role}"),
    }
}

#[test]
fn a_child_hears_and_answers() {
    let mut child = Other::spawn("echo", &["one", "", "two words"]);
    assert!(child.ended().is_none());
    child.go();
    assert_eq!(child.expect("heard"), "one||two words");
    child.finish();
}

#[test]
fn a_child_dies_with_its_parent() {
    let mut parent = Other::spawn("parent", &[]);
    let commandline = format!("/proc/{}/cmdline", parent.expect("parent of"));
    // Empty once it is dead; there for as long as nobody asks how it ended.
    let lives = || fs::read(&commandline).is_ok_and(|line| !line.is_empty());
    assert!(lives());
    parent.kill();
    let killed = Instant::now();
    while lives() {
        assert!(killed.elapsed() < PATIENCE, "it lives on");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn what_was_left_behind_is_swept_and_nothing_else() {
    let mine = Name::new("mine");
    fs::write(mine.path(), "mine").unwrap();
    let mut owner = Other::spawn("owner", &[]);
    let said = owner.expect("owner of");
    let left: Vec<&Path> = said.split(' ').map(Path::new).collect();
    names::sweep();
    assert!(left.len() == 2 && left.iter().all(|path| path.exists()), "its owner lives");
    owner.kill();
    names::sweep();
    assert!(left.iter().all(|path| !path.exists()));
    assert!(mine.exists());
}
