//! Memory that is not there: a truncated segment, a full one, and more than the system has. Errors, not signals.
//!
//! | the original | here |
//! |---|---|
//! | segment truncated: SIGBUS | opening is an error |
//! | segment full: a failed append leaves an extra null, a failed assignment destroys the old value | all is as it was |
//! | `/dev/shm` too small: SIGBUS at some later store | creating is an error, and leaves nothing behind |
//!
//! Blind to: a segment truncated under somebody who has it open. No check can help there; nameless segments are sealed
//! against it, which this file shows, and others belong to one user.
#![forbid(unsafe_code)]

use std::{
    fs::{self, File, OpenOptions},
    os::{fd::AsFd, unix::fs::MetadataExt},
};

use cohabit_std::{
    CreateError, OpenError, Options,
    cohabit::{Error, List, Order, Turn, Value},
};
use cohabit_testkit::{Dir, Name, Other, say};

const SMALL: Options = Options::new().size(64 << 10).parties(2);

/// A child opens it, so that a SIGBUS would be the child's, and seen.
pub fn a_truncated_segment_is_refused() {
    let folder = Dir::new("truncated");
    let whole = folder.file("whole");
    drop(cohabit_std::create_file(&whole, SMALL).unwrap());
    for len in [0, 1, 3, 4, 63, 64, 100, 127, 128, 1024, 4096, 32 << 10, (64 << 10) - 8, (64 << 10) - 1] {
        let short = folder.file(&format!("short-{len}"));
        fs::copy(&whole, &short).unwrap();
        OpenOptions::new().write(true).open(&short).unwrap().set_len(len).unwrap();
        let mut child = Other::spawn("opener", &[short.to_str().unwrap()]);
        let said = child.expect("refused");
        child.finish();
        let right = ["TooShort", "LengthLies", "CreatorDied"].iter().any(|why| said.contains(why));
        assert!(right, "{len} bytes: {said}");
    }
    // By name, the same.
    let name = Name::new("truncated");
    drop(cohabit_std::create(&name, SMALL).unwrap());
    OpenOptions::new().write(true).open(name.path()).unwrap().set_len(5000).unwrap();
    let refused = cohabit_std::open(&name).err();
    assert!(matches!(refused, Some(OpenError::Region(_))), "{refused:?}");
    // Whoever holds a nameless one cannot truncate it.
    let nameless = cohabit_std::create_anonymous(SMALL).unwrap();
    let file = File::from(nameless.as_fd().try_clone_to_owned().unwrap());
    assert!(file.set_len(4096).is_err());
}

/// Role: opens the file and says what came of it.
pub fn opener(arguments: &[String]) {
    match cohabit_std::open_file(&arguments[0]) {
        Ok(member) => say(&format!("opened {}", member.len())),
        Err(error) => say(&format!("refused {error:?}")),
    }
}

pub fn a_full_segment_keeps_everything_as_it_was() {
    let name = Name::new("full");
    let mut me = cohabit_std::create(&name, SMALL).unwrap();
    let mut turn = me.acquire().unwrap();
    let roots = turn.roots().unwrap();
    let list = turn.new_list().unwrap();
    list.push(&mut turn, "the old value, of some length").unwrap();
    roots.set(&mut turn, "list", list).unwrap();
    drop(turn);
    let mut filler = Other::spawn("filler", &[&*name]);
    let kept: usize = filler.expect("full with").parse().unwrap();
    filler.finish();

    let turn = &mut me.acquire().unwrap();
    let before: Vec<String> = texts(turn, list);
    assert_eq!(before.len(), kept + 1);
    let long = "x".repeat(60_000);
    assert!(matches!(list.push(turn, &*long), Err(Error::OutOfMemory { .. })));
    assert!(matches!(list.set(turn, 0, &*long), Err(Error::OutOfMemory { .. })));
    assert!(matches!(list.insert(turn, 1, &*long), Err(Error::OutOfMemory { .. })));
    assert!(matches!(roots.set(turn, "list", &*long), Err(Error::OutOfMemory { .. })));
    assert!(matches!(roots.set(turn, &*long, 1), Err(Error::OutOfMemory { .. })));
    assert!(matches!(turn.put_message(&*long), Err(Error::OutOfMemory { .. })));
    assert_eq!(texts(turn, list), before);
    assert_eq!((roots.len(turn), turn.message_count()), (Ok(1), 0));
    turn.audit().unwrap();
    // Taking away needs no memory.
    list.clear(turn).unwrap();
    turn.put_message("room again").unwrap();
    assert_eq!(turn.read_message(Order::Fifo), Ok(Some(Value::Text("room again"))));
}

fn texts(turn: &Turn<'_>, list: List) -> Vec<String> {
    list.iter(turn).unwrap().map(|value| value.unwrap().as_text().unwrap().to_owned()).collect()
}

/// Role: fills the segment with ever smaller texts, until nothing fits.
pub fn filler(arguments: &[String]) {
    let mut me = cohabit_std::open(&arguments[0]).unwrap();
    let turn = &mut me.acquire().unwrap();
    let list = turn.roots().unwrap().get(turn, "list").unwrap().and_then(Value::as_list).unwrap();
    let mut len = 5000;
    while len > 0 {
        let before = list.len(turn).unwrap();
        match list.push(turn, &*"f".repeat(len)) {
            Ok(()) => assert_eq!(list.len(turn), Ok(before + 1)),
            Err(error) => {
                assert!(matches!(error, Error::OutOfMemory { .. }), "{error}");
                assert_eq!(list.len(turn), Ok(before));
                len /= 2;
            }
        }
    }
    turn.audit().unwrap();
    say(&format!("full with {}", list.len(turn).unwrap() - 1));
}

pub fn more_than_the_system_has_is_refused_at_creation() {
    let name = Name::new("huge");
    // More than any machine of today has.
    let refused = cohabit_std::create(&name, Options::new().size(1 << 46)).err();
    assert_eq!(refused, Some(CreateError::NoSpace));
    assert!(!cohabit_std::list().unwrap().contains(&name.to_string()), "it left something behind");
    // What was created has memory behind every byte, so no later store can fail.
    let member = cohabit_std::create(&name, SMALL).unwrap();
    assert!(fs::metadata(name.path()).unwrap().blocks() * 512 >= member.len() as u64);
}
