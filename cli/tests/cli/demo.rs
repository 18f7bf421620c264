//! The demo ends well, and leaves nothing behind however it ends.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::Command,
};

use super::kit::{File, cohabit, command, wait};

/// Where Linux keeps the region of the demo with this pid.
fn region(pid: u32) -> PathBuf {
    Path::new("/dev/shm").join(format!("cohabit.demo-{pid}"))
}

#[test]
fn the_demo_tells_its_story_and_every_check_holds() {
    let child = command(&["demo"]).spawn().unwrap();
    let pid = child.id();
    let story = wait(child, "demo").well();
    for expected in [
        "64.0 MiB of shared memory",
        "joined it, in slot 1",
        "1,000 more turns",
        "byte for byte",
        "SIGKILL",
        "died in its turn",
        "undone from the journal",
        "audited the region after the recovery",
        "found the company whole",
        "per second",
        "the document in the region",
        "Every check held",
    ] {
        assert!(story.contains(expected), "wanted {expected:?} in\n{story}");
    }
    assert!(!region(pid).exists());
    // In the order in which it happened.
    let places: Vec<_> = (1..=6).map(|number| story.find(&format!("\n{number}. ")).unwrap()).collect();
    assert!(places.is_sorted());
}

#[test]
fn any_document_will_do() {
    for document in [
        "[1,-5,18446744073709551615,9223372036854775807,1.5,\"x\",null,{\"a\":{\"b\":[]}},[[]]]",
        "{\"changed in place by\":7,\"a\":[],\"\":{}}",
        "\"only a text, with nothing in it to change\"",
        "12",
    ] {
        let file = File::new(document.as_bytes());
        let story = cohabit(&["demo", file.path(), "--size", "32M"]).well();
        assert!(story.contains("Every check held"), "{story}");
    }
    let broken = File::new(b"{\"a\":");
    cohabit(&["demo", broken.path()]).refused(2, "not a JSON document");
    cohabit(&["demo", "/no/such/file"]).refused(2, "No such file");
    let ended = cohabit(&["demo", "--size", "1M"]);
    assert_eq!((ended.status, ended.err.lines().count()), (2, 1), "{ended:?}");
}

#[test]
fn a_demo_that_is_interrupted_leaves_no_region() {
    for signal in ["-INT", "-TERM"] {
        let mut child = command(&["demo"]).spawn().unwrap();
        let pid = child.id();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        // In the middle of the story.
        while !line.contains("made a company") {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0);
        }
        assert!(region(pid).exists());
        assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
        let reader = std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        assert_eq!(child.wait().unwrap().code(), Some(130));
        assert!(!region(pid).exists());
        // The other process goes, too: the pipe that it has inherited closes.
        reader.join().unwrap().unwrap();
    }
    let left = fs::read_dir("/dev/shm").unwrap().flatten();
    let ours = format!("cohabit.demo-{}", std::process::id());
    assert!(left.map(|entry| entry.file_name()).all(|name| name.to_string_lossy() != ours));
}
