//! Regions with wrong bytes: `check` says so with status 1, and nothing ever panics, hangs or is killed by a signal.

use std::{
    fs,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
};

use cohabit_testkit::{Name, Random};

use super::kit::{Ended, File, check, cohabit, cohabit_with, put};

/// What is in the region before it is damaged.
const DOCUMENT: &str = "{\"list\":[1,2.5,null,\"a text of many more characters than eight\",[[[]]]],\
     \"map\":{\"deep\":{\"deeper\":\"than the eye can see, and further\"}},\"numbers\":[1,2,3,4,5,6,7,8,9]}";

/// Header constants, checked by a sum of their own.
const HEADER: u64 = 64;

fn flip(name: &Name, at: u64, bits: u8) {
    let mut file = fs::OpenOptions::new().read(true).write(true).open(name.path()).unwrap();
    let mut byte = [0];
    file.seek(SeekFrom::Start(at)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&[byte[0] ^ bits]).unwrap();
}

#[track_caller]
fn orderly(ended: Ended, what: &str) -> i32 {
    assert!((0..=2).contains(&ended.status), "{what}: {ended:?}");
    assert!(!ended.err.contains("panicked") && ended.err.lines().count() <= 1, "{what}: {ended:?}");
    assert_eq!(ended.status == 0, ended.err.is_empty(), "{what}: {ended:?}");
    ended.status
}

#[test]
fn a_damaged_header_fails_the_check() {
    let name = Name::new("header");
    cohabit_with(&["put", &name, "-", "--size", "64K"], DOCUMENT.as_bytes()).well();
    let sound = fs::read(name.path()).unwrap();
    for at in 0..HEADER {
        flip(&name, at, 1 << (at % 8));
        let ended = cohabit(&["check", &name]);
        // The one exception: a newer format is not damage.
        let newer = ended.err.contains("update this program");
        // And a region whose magic says that it is being made.
        let half_built = at < 4 && ended.status == 2;
        assert!(ended.status == 1 || newer || half_built, "byte {at}: {ended:?}");
        orderly(ended, "check");
        for line in [&["show", &*name][..], &["take", &name], &["put", &name, "/dev/null"]] {
            assert_eq!(orderly(cohabit(line), "a command"), 2, "byte {at}: {line:?}");
        }
        fs::write(name.path(), &sound).unwrap();
    }
    check(&name);
}

#[test]
fn damage_in_the_heap_is_found_or_harmless_and_never_a_panic() {
    let name = Name::new("heap");
    cohabit_with(&["put", &name, "-", "--size", "16K"], DOCUMENT.as_bytes()).well();
    put(&name, "[\"a second message, with a text\"]");
    let sound = fs::read(name.path()).unwrap();
    // After the control area, up to where the objects end.
    let start = sound.len() / 16;
    let used = sound.iter().rposition(|byte| *byte != 0).unwrap();
    let mut random = Random(3);
    let mut found = 0;
    for round in 0..80 {
        for _ in 0..=random.below(3) {
            flip(&name, (start + random.below(used - start)) as u64, 1 << random.below(8));
        }
        found += u32::from(orderly(cohabit(&["check", &name]), "check") == 1);
        orderly(cohabit(&["show", &name, "--all"]), "show");
        orderly(cohabit_with(&["put", &name, "-"], b"[1,{\"a\":\"a text of its own\"}]"), "put");
        orderly(cohabit(&["take", &name]), "take");
        orderly(cohabit(&["take", &name, "--pretty"]), "take");
        fs::write(name.path(), &sound).unwrap();
        assert!(found > 0 || round < 40, "not one of 40 damages was found");
    }
    check(&name);
    println!("damaged a region 80 times: check found {found}");
}

#[test]
fn a_file_that_is_too_short_or_something_else_fails_the_check() {
    let name = Name::new("short");
    cohabit_with(&["put", &name, "-", "--size", "64K"], DOCUMENT.as_bytes()).well();
    let sound = fs::read(name.path()).unwrap();
    for len in [sound.len() - 1, sound.len() / 2, 4096, 100, 63, 8, 5] {
        fs::write(name.path(), &sound[..len]).unwrap();
        cohabit(&["check", &name]).refused(1, "failed its check");
        cohabit(&["take", &name]).refused(2, "");
        cohabit(&["show", &name]).refused(2, "");
    }
    for other in [
        &b"#!/bin/sh\necho hello, this is something else entirely, of some length\n"[..],
        &[0xff; 4096],
        &[0; 4096],
    ] {
        fs::write(name.path(), other).unwrap();
        cohabit(&["check", &name]).refused(1, "failed its check");
        // Nobody writes into what is not a region.
        cohabit_with(&["put", &name, "-"], b"1").refused(2, "");
        assert_eq!(fs::read(name.path()).unwrap(), other);
    }
}

#[test]
fn a_file_of_a_regions_bytes_is_looked_at_and_left_alone() {
    let name = Name::new("dump");
    cohabit_with(&["put", &name, "-", "--size", "16K"], DOCUMENT.as_bytes()).well();
    let bytes = fs::read(name.path()).unwrap();
    let dump = File::new(&bytes);
    let path = dump.path();
    assert!(cohabit(&["check", path]).well().contains("is sound"));
    assert!(cohabit(&["show", path]).well().contains("messages: 1"));
    assert_eq!(fs::read(path).unwrap(), bytes);
    let mut damaged = bytes;
    damaged[70 * 8..].fill(0x5a);
    let dump = File::new(&damaged);
    let ended = cohabit(&["check", dump.path()]);
    assert_eq!(orderly(ended, "check"), 1);
    assert_eq!(orderly(cohabit(&["check", "/no/such/file"]), "check"), 2);
}
