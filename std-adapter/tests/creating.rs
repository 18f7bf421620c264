//! Creating, opening, removing: every refusal is its own error, and of any number of racing creators exactly one wins.
//!
//! Blind to: what other operating systems do; power cuts. Seen red with `Site::claim` building without the creation lock
//! (`many_creators_one_winner`), and with an opener that asked for a file's length and its first word one after the other
//! (`unlinking_while_others_create_never_mixes_two_segments`).
#![cfg(target_os = "linux")]

use std::{
    fs::{self, OpenOptions},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use cohabit_std::{
    CreateError, Member, NameError, OpenError, OpenOrCreateError, Options, UnlinkError, cohabit, create,
    create_anonymous, create_file, list, open, open_file, open_or_create, open_wait, unlink,
};
use cohabit_testkit::{Dir, Name, Other, command, hang, pause, role, say};

const SMALL: Options = Options::new().size(64 << 10).parties(2);

/// What the children of this suite do.
#[test]
fn as_child() {
    let Some((role, arguments)) = role() else { return };
    match (&*role, &*arguments) {
        ("open-as-other-user", [name]) => {
            let text = format!("{:?} {:?}", open(name).err(), create(name, SMALL).err());
            say(&format!("result {text}"));
        }
        ("create-later", [name]) => {
            thread::sleep(Duration::from_millis(150));
            let mut member = create(name, SMALL).unwrap();
            member.acquire().unwrap().put_message("hello").unwrap();
            say("created");
            hang();
        }
        ("create-and-unlink", [name]) => {
            say("ready");
            loop {
                let _ = create(name, SMALL.parties(4));
                let _ = unlink(name);
            }
        }
        ("race", [name]) => {
            say("ready");
            pause();
            match create(name, SMALL.parties(32)) {
                Ok(_member) => {
                    say("result won");
                    hang()
                }
                Err(error) => say(&format!("result {error:?}")),
            }
        }
        _ => unreachable!("{role}"),
    }
}

#[test]
fn names_that_cannot_be() {
    let long = "n".repeat(248);
    for (name, why) in [
        ("", NameError::Empty),
        ("a/b", NameError::HasSlash),
        ("a\0b", NameError::HasSlash),
        (&long, NameError::TooLong { most: 247 }),
    ] {
        assert_eq!(create(name, SMALL).unwrap_err(), CreateError::Name(why));
        assert_eq!(open(name).unwrap_err(), OpenError::Name(why));
        assert_eq!(open_wait(name, Duration::ZERO).unwrap_err(), OpenError::Name(why));
        assert_eq!(unlink(name).unwrap_err(), UnlinkError::Name(why));
    }
    let longest = Name::new(&"n".repeat(247 - Name::new("").len()));
    assert_eq!(longest.len(), 247);
    create(&longest, SMALL).unwrap();
}

#[test]
fn create_open_list_unlink() {
    let name = Name::new("life");
    assert_eq!(open(&name).unwrap_err(), OpenError::DoesNotExist);
    assert_eq!(unlink(&name).unwrap_err(), UnlinkError::DoesNotExist);
    assert!(!list().unwrap().contains(&name.to_string()));

    let mut first = create(&name, SMALL).unwrap();
    assert_eq!(create(&name, SMALL).unwrap_err(), CreateError::Exists);
    assert!(list().unwrap().contains(&name.to_string()));
    assert_eq!(fs::metadata(name.path()).unwrap().permissions().mode() & 0o777, 0o600);
    let second = open(&name).unwrap();
    assert_eq!((first.slot(), second.slot()), (0, 1));
    assert_eq!((first.name(), first.len(), first.info().parties), (Some(&*name), 64 << 10, 2));
    assert_eq!(open(&name).unwrap_err(), OpenError::AllSlotsTaken { slots: 2 });

    unlink(&name).unwrap();
    assert_eq!(open(&name).unwrap_err(), OpenError::DoesNotExist);
    // The members go on.
    first.acquire().unwrap().put_message(7).unwrap();
    assert!(second.has_messages());
    // And the name is free for another segment.
    let mut other = create(&name, SMALL).unwrap();
    assert!(!other.has_messages());
    assert_ne!(other.info().region_id, first.info().region_id);
    assert_ne!(other.info().hash_seed, first.info().hash_seed);
    drop(other.acquire().unwrap());
}

#[test]
fn sizes_are_whole_pages_and_really_there() {
    let name = Name::new("pages");
    let member = create(&name, SMALL.size(100_001)).unwrap();
    assert_eq!(member.len(), 102_400);
    let blocks = std::os::unix::fs::MetadataExt::blocks(&fs::metadata(name.path()).unwrap());
    assert!(blocks * 512 >= 102_400, "{blocks} blocks reserved");
}

#[test]
fn no_space_is_an_error_at_creation_and_leaves_nothing_behind() {
    let name = Name::new("space");
    let shm = rustix::fs::statvfs("/dev/shm").unwrap();
    let more = (shm.f_bavail + 1) * shm.f_frsize;
    let start = Instant::now();
    let error = create(&name, Options::new().size(more as usize)).unwrap_err();
    assert_eq!(error, CreateError::NoSpace);
    assert!(start.elapsed() < Duration::from_secs(1), "it tried to fill all memory first");
    assert!(!name.path().exists());
    assert_eq!(create_anonymous(Options::new().size(usize::MAX)).unwrap_err(), CreateError::NoSpace);
}

#[test]
fn impossible_options_leave_nothing_behind() {
    let name = Name::new("options");
    let format = |options| match create(&name, options).unwrap_err() {
        CreateError::Format(error) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(format(SMALL.size(0).parties(32).stride(128)), cohabit::FormatError::TooShort { .. }));
    assert!(matches!(format(SMALL.parties(1)), cohabit::FormatError::BadParties { asked: 1 }));
    assert!(matches!(format(SMALL.stride(32)), cohabit::FormatError::BadStride { asked: 32 }));
    assert!(matches!(format(SMALL.journal(1)), cohabit::FormatError::BadJournal { asked: 1 }));
    assert!(!name.path().exists());
}

#[test]
fn what_is_not_a_segment_is_refused_and_kept() {
    let name = Name::new("foreign");
    fs::write(name.path(), [0; 8192]).unwrap();
    fs::set_permissions(name.path(), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(open(&name).unwrap_err(), OpenError::Region(cohabit::OpenError::NotARegion));
    assert_eq!(create(&name, SMALL).unwrap_err(), CreateError::Exists);
    fs::write(name.path(), "ab").unwrap();
    assert!(matches!(open(&name).unwrap_err(), OpenError::Region(cohabit::OpenError::TooShort { .. })));
    assert_eq!(create(&name, SMALL).unwrap_err(), CreateError::Exists);
    assert_eq!(fs::read(name.path()).unwrap(), b"ab");

    let dir = Dir::new("foreign");
    fs::create_dir(dir.file("dir")).unwrap();
    std::os::unix::fs::symlink(name.path(), dir.file("link")).unwrap();
    for there in ["dir", "link"] {
        assert_eq!(open_file(dir.file(there)).unwrap_err(), OpenError::NotAFile);
        assert_eq!(create_file(dir.file(there), SMALL).unwrap_err(), CreateError::Exists);
    }
    assert_eq!(open_file("/dev/null").unwrap_err(), OpenError::NotAFile);
    let socket = std::os::unix::net::UnixStream::pair().unwrap().0;
    assert_eq!(Member::from_fd(socket.into()).unwrap_err(), OpenError::NotAFile);
}

#[test]
fn truncated_segment_is_an_error_for_openers() {
    let name = Name::new("truncated");
    drop(create(&name, SMALL).unwrap());
    let file = OpenOptions::new().write(true).open(name.path()).unwrap();
    file.set_len(40_000).unwrap();
    let found = open(&name).unwrap_err();
    let claims = cohabit::OpenError::LengthLies { claimed: 64 << 10, given: 40_000 };
    assert_eq!(found, OpenError::Region(claims));
    file.set_len(20).unwrap();
    assert_eq!(open(&name).unwrap_err(), OpenError::Region(cohabit::OpenError::TooShort { needed: 64 }));
}

#[test]
fn other_users_have_no_permission() {
    let name = Name::new("permission");
    let _member = create(&name, SMALL).unwrap();
    let expected = (OpenError::NoPermission, CreateError::Exists);
    if rustix::process::geteuid().is_root() {
        let mut other = Other::run(command("open-as-other-user", &[&*name]).uid(65534).gid(65534));
        let found = other.expect("result");
        assert_eq!(found, format!("{:?} {:?}", Some(expected.0), Some(expected.1)));
    } else {
        fs::set_permissions(name.path(), fs::Permissions::from_mode(0o000)).unwrap();
        assert_eq!(open(&name).unwrap_err(), expected.0);
        assert_eq!(create(&name, SMALL).unwrap_err(), expected.1);
    }
}

#[test]
fn consumer_may_start_first() {
    let name = Name::new("first");
    let waited = open_wait(&name, Duration::from_millis(30)).unwrap_err();
    assert_eq!(waited, OpenError::DoesNotExist);
    let mut creator = Other::spawn("create-later", &[&*name]);
    let mut consumer = open_wait(&name, Duration::from_secs(10)).unwrap();
    assert!(consumer.wait_for_message(Duration::from_secs(10)));
    let turn = consumer.acquire().unwrap();
    let text = turn.read_message(cohabit::Order::Fifo).unwrap().unwrap();
    assert_eq!(text.as_text(), Some("hello"));
    drop(turn);
    creator.expect("created");
}

#[test]
fn open_or_create_meets_whoever_comes_first() {
    let name = Name::new("either");
    let start = Barrier::new(8);
    let slots: Vec<_> = thread::scope(|scope| {
        let all: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    let member = open_or_create(&name, SMALL.parties(8)).unwrap();
                    start.wait();
                    (member.info().region_id, member.slot())
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut seats: Vec<_> = slots.iter().map(|(_, slot)| *slot).collect();
    seats.sort();
    assert_eq!(seats, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert!(slots.iter().all(|(region, _)| *region == slots[0].0));
    let wrong = open_or_create("", SMALL).unwrap_err();
    assert_eq!(wrong, OpenOrCreateError::Open(OpenError::Name(NameError::Empty)));
}

#[test]
fn many_creators_one_winner() {
    let name = Name::new("race");
    for round in 0..20 {
        let mut others: Vec<_> = (0..4).map(|_| Other::spawn("race", &[&*name])).collect();
        others.iter_mut().for_each(|other| {
            other.expect("ready");
        });
        others.iter_mut().for_each(Other::go);
        let results: Vec<_> = others.iter_mut().map(|other| other.expect("result")).collect();
        let won = results.iter().filter(|result| *result == "won").count();
        let lost = results.iter().filter(|result| *result == "Exists").count();
        assert_eq!((won, lost), (1, 3), "round {round}: {results:?}");
        open(&name).unwrap();
        unlink(&name).unwrap();
    }
}

#[test]
fn creators_killed_at_any_moment_leave_nothing_in_the_way() {
    let name = Name::new("killed");
    let mut outcomes = [0; 3];
    for round in 0..60 {
        let mut creator = Other::spawn("create-and-unlink", &[&*name]);
        creator.expect("ready");
        thread::sleep(Duration::from_micros(200 + 37 * round));
        creator.kill();
        match open(&name) {
            Ok(_) => outcomes[0] += 1,
            Err(OpenError::DoesNotExist) => outcomes[1] += 1,
            Err(OpenError::CreatorDied) => outcomes[2] += 1,
            Err(other) => panic!("round {round}: {other:?}"),
        }
        let mut member = open_or_create(&name, SMALL).unwrap();
        member.acquire().unwrap().put_message(1).unwrap();
        drop(member);
        unlink(&name).unwrap();
    }
    println!("whole, nothing, half-built: {outcomes:?}");
}

#[test]
fn unlinking_while_others_create_never_mixes_two_segments() {
    let name = Name::new("mixed");
    let end = Instant::now() + Duration::from_millis(700);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while Instant::now() < end {
                    match open_or_create(&name, SMALL.parties(32)) {
                        Ok(mut member) => member.acquire().unwrap().put_message(1).unwrap(),
                        Err(other) => panic!("{other:?}"),
                    }
                }
            });
        }
        scope.spawn(|| {
            while Instant::now() < end {
                let _ = unlink(&name);
                thread::sleep(Duration::from_micros(300));
            }
        });
    });
}
