//! A creator stopped at each step: what others see, and how the name gets back into use.

use std::{fs, thread::sleep, time::Duration};

use cohabit_testkit::{Name, Other, hang, role, say};

use super::*;
use crate::{create, open, open_or_create, open_wait, segment::Segment};

const SMALL: Options = Options::new().size(64 << 10).parties(2);

/// How far a creator comes before it stops.
const STEPS: [&str; 4] = ["made", "claimed", "reserved", "formatting"];

/// A creator that gets as far as `step`, then waits to be killed.
#[test]
fn as_child() {
    let Some((step, arguments)) = role() else { return };
    let place = Place::Named(arguments[0].clone());
    if step == "made" {
        let _unlocked = os::create(&place).unwrap();
        say("there");
        hang();
    }
    let site = Site::claim(&place).unwrap();
    if step != "claimed" {
        let len = site.reserve(&SMALL).unwrap();
        if step == "formatting" {
            // Everything but the last store of the format.
            let built = Segment::to_build(site.file(), place.clone(), len)
                .unwrap()
                .build(SMALL.config(1, 2))
                .unwrap();
            use std::os::fd::AsFd;
            rustix::io::pwrite(site.file().as_fd(), &FORMATTING.to_le_bytes(), 0).unwrap();
            std::mem::forget(built);
        }
    }
    say("there");
    hang();
}

#[test]
fn the_core_means_the_same_by_formatting() {
    let file = os::create_memory().unwrap();
    os::reserve(&file, 4096, FORMATTING).unwrap();
    let error = Segment::to_join(file, Place::Nowhere).unwrap_err();
    assert_eq!(error, OpenError::Region(cohabit::OpenError::BeingFormatted));
}

#[test]
fn half_built_segments_keep_others_out_while_the_creator_lives() {
    for step in &STEPS[1..] {
        let name = Name::new(&format!("live-{step}"));
        let mut creator = Other::spawn(step, &[&*name]);
        creator.expect("there");
        assert_eq!(open(&name).unwrap_err(), OpenError::BeingCreated, "{step}");
        assert_eq!(create(&name, SMALL).unwrap_err(), CreateError::Exists, "{step}");
        let waited = open_wait(&name, Duration::from_millis(20)).unwrap_err();
        assert_eq!(waited, OpenError::BeingCreated, "{step}");
    }
}

#[test]
fn what_a_killed_creator_leaves_is_told_and_replaced() {
    for step in STEPS {
        let name = Name::new(&format!("dead-{step}"));
        let mut creator = Other::spawn(step, &[&*name]);
        creator.expect("there");
        creator.kill();
        assert_eq!(open(&name).unwrap_err(), OpenError::CreatorDied, "{step}");
        let mut member = create(&name, SMALL.size(128 << 10)).unwrap();
        assert_eq!((member.slot(), member.len(), member.messages()), (0, 128 << 10, 0));
        member.acquire().unwrap().put_message(1).unwrap();
        assert_eq!(open(&name).unwrap().messages(), 1);

        let other = Name::new(&format!("dead-{step}-2"));
        let mut creator = Other::spawn(step, &[&*other]);
        creator.expect("there");
        creator.kill();
        open_or_create(&other, SMALL).unwrap();
    }
}

#[test]
fn a_creator_has_its_slot_before_anybody_can_open() {
    let name = Name::new("slot");
    let place = Place::Named(name.to_string());
    let site = Site::claim(&place).unwrap();
    let len = site.reserve(&SMALL).unwrap();
    let segment = Segment::to_build(site.file(), place.clone(), len).unwrap();
    // No magic yet, and the byte of slot 0 is locked: fast openers cannot take all slots.
    assert!(is_half_built(site.file()).unwrap());
    assert!(os::is_locked_elsewhere(site.file(), CREATION + 1).unwrap());
    let seat = segment.build(SMALL.config(0, 0)).unwrap();
    assert_eq!(open(&name).unwrap().slot(), 1);
    drop(seat);
}

#[test]
fn a_creator_that_was_overtaken_before_its_lock_says_exists() {
    // Between the open and the lock of one creator comes another one, all of it.
    let name = Name::new("overtaken");
    let place = Place::Named(name.to_string());
    let slow = os::create(&place).unwrap();
    let fast = create(&name, SMALL).unwrap();
    assert!(os::try_lock(&slow, CREATION).unwrap());
    assert!(!is_half_built(&slow).unwrap(), "so `claim` answers Exists");
    drop(fast);
}

#[test]
fn an_opener_gives_a_creator_time_to_take_the_lock() {
    let name = Name::new("grace");
    let place = Place::Named(name.to_string());
    let slow = os::create(&place).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            sleep(Duration::from_millis(5));
            assert!(os::try_lock(&slow, CREATION).unwrap());
        });
        assert_eq!(open(&name).unwrap_err(), OpenError::BeingCreated);
    });
}

#[test]
fn an_unfinished_site_takes_its_name_along_but_no_other() {
    let name = Name::new("site");
    let place = Place::Named(name.to_string());
    drop(Site::claim(&place).unwrap());
    assert!(!name.path().exists());
    let site = Site::claim(&place).unwrap();
    fs::remove_file(name.path()).unwrap();
    let other = create(&name, SMALL).unwrap();
    drop(site);
    assert_eq!(open(&name).unwrap().info().region_id, other.info().region_id);
}
