//! Each command does what its help says; each refusal is one line on standard error, and status 2.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use cohabit_std::{
    Options,
    cohabit::{Order, Value},
};
use cohabit_testkit::Name;

use super::kit::{File, check, cohabit, cohabit_with, command, put, take, wait};

#[test]
fn put_makes_a_region_that_stays_until_rm() {
    let name = Name::new("stays");
    let file = File::new(b"{\"n\":1}");
    let said = cohabit(&["put", &name, file.path()]).well();
    assert!(said.contains("1 message") && said.lines().count() == 1, "{said}");
    let facts = fs::metadata(name.path()).unwrap();
    assert_eq!(facts.len(), 64 << 20);
    assert_eq!(facts.permissions().mode() & 0o777, 0o600);
    assert!(cohabit(&["list"]).well().lines().any(|line| line == &*name));
    put(&name, "2");
    put(&name, "[3]");
    // The oldest first.
    assert_eq!(take(&name), "{\"n\":1}");
    assert_eq!(take(&name), "2");
    assert_eq!(take(&name), "[3]");
    cohabit(&["take", &name]).refused(2, "no message");
    assert!(name.exists());
    cohabit(&["rm", &name]).well();
    assert!(!name.exists());
    assert!(!cohabit(&["list"]).well().contains(&*name));
}

#[test]
fn what_is_not_there_is_told_in_one_line() {
    let name = Name::new("missing");
    for verb in ["take", "show", "check", "rm"] {
        cohabit(&[verb, &name]).refused(2, "there is no region");
    }
    cohabit(&["put", &name, "/no/such/file.json"]).refused(2, "No such file");
    cohabit(&["put", &name, "/"]).refused(2, "directory");
    assert!(!name.exists());
}

#[test]
fn names_that_cannot_be_are_refused_and_odd_ones_work() {
    let long = "n".repeat(300);
    for name in ["", "a/b", "/", "../x", &long] {
        for line in [&["put", name, "-"][..], &["take", name], &["rm", name]] {
            cohabit_with(line, b"1").refused(2, "name");
        }
        // Whoever only looks may also look into a file, and a slash says that it is one.
        let why = if name.contains('/') { "cannot read" } else { "name" };
        for verb in ["show", "check"] {
            cohabit(&[verb, name]).refused(2, why);
        }
    }
    for label in ["with space", "ünïcödé 漢", "-dash", "dots..", "a\nline", "'quoted' \"twice\""] {
        let name = Name::new(label);
        put(&name, "1");
        assert_eq!(
            cohabit(&["show", &name]).well().lines().filter(|line| line.starts_with("region")).count(),
            1
        );
        assert_eq!(take(&name), "1");
        check(&name);
        let listed = name.replace('\n', "\\n");
        assert!(cohabit(&["list"]).well().lines().any(|line| line == listed));
    }
}

#[test]
fn a_wrong_command_line_is_refused_with_a_hint() {
    for line in [
        &[][..],
        &["fly"],
        &["put"],
        &["put", "a"],
        &["put", "a", "b", "c"],
        &["take"],
        &["take", "a", "b"],
        &["take", "a", "--wait"],
        &["take", "a", "--wait", "soon"],
        &["take", "a", "--size", "1M"],
        &["show", "a", "--depth", "-1"],
        &["list", "a"],
        &["rm"],
        &["demo", "a", "b"],
        &["put", "a", "b", "--size", "many"],
        &["put", "a", "b", "--size", "0"],
        &["put", "a", "b", "--size", "99999999999999G"],
        &["--nonsense"],
        &["demo-partner"],
        &["demo-partner", "no-such-region", "second"],
    ] {
        cohabit(line).refused(2, "");
    }
}

#[test]
fn every_command_explains_itself() {
    let main = cohabit(&["--help"]).well();
    for verb in ["demo", "put", "take", "show", "check", "list", "rm"] {
        assert!(main.contains(&format!("cohabit {verb}")));
        let help = cohabit(&[verb, "--help"]).well();
        assert!(help.starts_with(&format!("cohabit {verb}")), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 120));
    }
    assert!(cohabit(&["--version"]).well().starts_with("cohabit 0."));
}

#[test]
fn sizes_are_as_asked_and_impossible_ones_refused() {
    let name = Name::new("size");
    cohabit_with(&["put", &name, "-", "--size", "100K"], b"1").well();
    assert_eq!(fs::metadata(name.path()).unwrap().len(), 100 << 10);
    let small = Name::new("small");
    cohabit_with(&["put", &small, "-", "--size", "1"], b"1").well();
    assert_eq!(take(&small), "1");
    let huge = Name::new("huge");
    cohabit_with(&["put", &huge, "-", "--size", "30000G"], b"1").refused(2, "shared memory");
    assert!(!huge.exists());
}

#[test]
fn a_document_too_large_is_refused_and_nothing_changes() {
    let large = format!("[{}0]", "\"a text that needs some thirty bytes\",".repeat(10_000));
    let name = Name::new("large");
    // The region would have to be made for it: there is none afterwards, so a larger one can be made.
    cohabit_with(&["put", &name, "-", "--size", "64K"], large.as_bytes()).refused(2, "--size");
    assert!(!name.exists());
    cohabit_with(&["put", &name, "-", "--size", "64K"], b"{\"kept\":true}").well();
    let before = check(&name);
    cohabit_with(&["put", &name, "-"], large.as_bytes()).refused(2, "does not fit");
    let text = format!("\"{}\"", "x".repeat(100_000));
    cohabit_with(&["put", &name, "-"], text.as_bytes()).refused(2, "does not fit");
    assert_eq!(check(&name), before);
    // Filled to the brim, one small document after the other, it still works.
    let mut stored = 0;
    while cohabit_with(&["put", &name, "-"], b"[\"a small document, over and over again\",[],{}]").status == 0
    {
        stored += 1;
        assert!(stored < 1_000);
    }
    check(&name);
    assert_eq!(take(&name), "{\"kept\":true}");
    for _ in 0..stored {
        take(&name);
    }
    cohabit(&["take", &name]).refused(2, "no message");
}

#[test]
fn a_message_that_nobody_could_read_is_still_there() {
    let name = Name::new("unread");
    let document = format!("[{}0]", "\"some text\",".repeat(50_000));
    put(&name, &document);
    // A disk that is full.
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = command(&["take", &name]).stdout(Stdio::from(full)).spawn().unwrap();
    wait(child, "take into a full disk").refused(2, "still the oldest");
    // A pipe that nobody reads.
    let mut child = command(&["take", &name]).spawn().unwrap();
    drop(child.stdout.take());
    wait(child, "take into a closed pipe").refused(2, "still the oldest");
    check(&name);
    assert_eq!(take(&name), document);
    check(&name);
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let name = Name::new("enough");
    put(&name, &format!("[{}0]", "1,".repeat(50_000)));
    let mut child = command(&["show", &name, "--all"]).spawn().unwrap();
    drop(child.stdout.take());
    let ended = wait(child, "show into a closed pipe");
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
}

#[test]
fn show_tells_what_is_in_a_region() {
    let name = Name::new("show");
    put(
        &name,
        "{\"list\":[1,2.5,null,\"a text of many more characters than eight\"],\"map\":{\"deep\":{\"deeper\":{\"deepest\":1}}}}",
    );
    put(&name, "\"just a text\"");
    put(&name, "[1,2,3,4,5,6,7,8,9,10,11,12]");
    let shown = cohabit(&["show", &name]).well();
    for expected in [
        "4.0 MiB for up to 8 parties",
        "this command",
        "messages: 3",
        "1 (the oldest): map of 2, ",
        "\"list\": list of 4, ",
        "3: \"a text of many more characters than eight\"",
        "\"deep\": map of 1, ",
        " ...\n",
        "2: \"just a text\", 56 B",
        "and 4 more",
        "% fragmented",
    ] {
        assert!(shown.contains(expected), "wanted {expected:?} in {shown}");
    }
    assert!(!shown.contains("deepest"));
    let all = cohabit(&["show", &name, "--all"]).well();
    assert!(all.contains("\"deepest\": 1") && all.contains("11: 12") && !all.contains("more\n"));
    assert!(!cohabit(&["show", &name, "--width", "1", "--depth", "1"]).well().contains("\"list\""));
}

#[test]
fn take_can_wait_for_a_message() {
    let name = Name::new("wait");
    put(&name, "0");
    take(&name);
    let start = Instant::now();
    cohabit(&["take", &name, "--wait", "0.2"]).refused(2, "no message");
    assert!(start.elapsed() >= Duration::from_millis(200));
    let child = command(&["take", &name, "--wait", "30"]).spawn().unwrap();
    thread::sleep(Duration::from_millis(100));
    put(&name, "\"at last\"");
    assert_eq!(wait(child, "take --wait").well(), "\"at last\"\n");
}

#[test]
fn what_others_left_in_place_of_a_region_is_told_apart() {
    // A creator that died: the next put takes over.
    let name = Name::new("half");
    fs::write(name.path(), b"").unwrap();
    fs::set_permissions(name.path(), fs::Permissions::from_mode(0o600)).unwrap();
    cohabit(&["take", &name]).refused(2, "cohabit rm");
    put(&name, "1");
    assert_eq!(take(&name), "1");
    // No symbolic link is followed, no directory entered.
    let link = Name::new("link");
    symlink(name.path(), link.path()).unwrap();
    cohabit(&["take", &link]).refused(2, "cannot open");
    cohabit_with(&["put", &link, "-"], b"1").refused(2, "cannot open");
    let folder = Name::new("folder");
    fs::create_dir(folder.path()).unwrap();
    cohabit(&["check", &folder]).refused(2, "cannot open");
    fs::remove_dir(folder.path()).unwrap();
}

#[test]
fn what_json_has_no_form_for_stays_where_it_is() {
    let name = Name::new("foreign");
    let mut member = cohabit_std::create(&name, Options::new().size(1 << 20)).unwrap();
    let mut turn = member.acquire().unwrap();
    let map = turn.new_map().unwrap();
    map.set(&mut turn, 7, "a key that is a number").unwrap();
    turn.put_message(&[1, 2, 3]).unwrap();
    turn.put_message(f64::NAN).unwrap();
    turn.put_message(map).unwrap();
    turn.put_message("the end").unwrap();
    drop(turn);
    for what in ["bytes", "NaN", "no texts"] {
        cohabit(&["take", &name]).refused(2, what);
        check(&name);
        let mut turn = member.acquire().unwrap();
        turn.take_message(Order::Fifo).unwrap().unwrap().finish(&mut turn).unwrap();
    }
    assert_eq!(take(&name), "\"the end\"");
    let shown = cohabit(&["show", &name]).well();
    assert!(shown.contains("slot 0 (incarnation 1)") && shown.contains("slot 1"), "{shown}");
}

#[test]
fn commands_work_beside_programs_that_have_joined() {
    let name = Name::new("beside");
    let mut member = cohabit_std::create(&name, Options::new().size(1 << 20).parties(2)).unwrap();
    put(&name, "[1]");
    assert!(member.wait_for_message(Duration::from_secs(10)));
    let mut turn = member.acquire().unwrap();
    let message = turn.take_message(Order::Fifo).unwrap().unwrap();
    let Value::List(list) = message.value(&turn).unwrap() else { panic!("no list") };
    list.push(&mut turn, "seen").unwrap();
    let item = message.accept(&mut turn).unwrap();
    turn.put_message(item).unwrap();
    drop(turn);
    assert_eq!(take(&name), "[1,\"seen\"]");
    // Somebody sits on the turn: told after a while, by slot.
    let turn = member.acquire().unwrap();
    cohabit(&["check", &name]).refused(2, "slot 0");
    drop(turn);
    check(&name);
    // All slots taken: told, too.
    let other = cohabit_std::open(&name).unwrap();
    cohabit(&["check", &name]).refused(2, "full");
    drop(other);
    check(&name);
    // A worker that left without finishing: what it had taken is back.
    put(&name, "\"a job\"");
    let mut turn = member.acquire().unwrap();
    turn.take_message(Order::Fifo).unwrap().unwrap();
    drop(turn);
    drop(member);
    assert_eq!(take(&name), "\"a job\"");
}

#[test]
fn tuples_and_sets_are_shown_and_taken_as_arrays_and_frozen_maps_as_objects() {
    let name = Name::new("frozen");
    let mut member = cohabit_std::create(&name, Options::new().size(1 << 20)).unwrap();
    let mut turn = member.acquire().unwrap();
    let whole = turn.new_map().unwrap();
    let set = turn.new_set().unwrap();
    set.extend(&mut turn, ["b", "a", "b"]).unwrap();
    let frozen = set.copy(&mut turn).unwrap().freeze(&mut turn).unwrap();
    let tuple = turn.new_tuple(&[1.into(), set.into(), "two".into()]).unwrap();
    whole.set(&mut turn, "tuple", tuple).unwrap();
    whole.set(&mut turn, "frozen", frozen).unwrap();
    let fast = frozen.to_fast(&mut turn).unwrap();
    let packed = turn.new_map().unwrap();
    packed.set(&mut turn, "set", fast).unwrap();
    let fast = packed.to_fast(&mut turn).unwrap();
    turn.destroy(packed).unwrap();
    whole.set(&mut turn, "fast", fast).unwrap();
    let whole = whole.freeze(&mut turn).unwrap();
    turn.put_message(whole).unwrap();
    drop(turn);
    member.leave().unwrap();
    let shown = cohabit(&["show", &name, "--depth", "9"]).well();
    for line in [
        "frozen map of 3",
        "\"tuple\": tuple of 3",
        "1: set of 2",
        "\"frozen\": frozen set of 2",
        "\"fast\": fast map of 1",
        "\"set\": fast set of 2",
    ] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    assert!(check(&name).contains("1 tuple"));
    assert_eq!(
        take(&name),
        "{\"tuple\":[1,[\"b\",\"a\"],\"two\"],\"frozen\":[\"b\",\"a\"],\"fast\":{\"set\":[\"b\",\"a\"]}}"
    );
}

#[test]
fn instances_are_shown_with_their_class_and_taken_by_the_names_of_their_fields() {
    let name = Name::new("instances");
    let mut member = cohabit_std::create(&name, Options::new().size(1 << 20)).unwrap();
    let mut turn = member.acquire().unwrap();
    let motor = turn.new_instance("Motor\n").unwrap();
    motor.set(&mut turn, "speed", 1200).unwrap();
    motor.set(&mut turn, "label", "left").unwrap();
    let copy = motor.copy(&mut turn).unwrap();
    turn.roots().unwrap().set(&mut turn, "motor", motor).unwrap();
    turn.put_message(copy).unwrap();
    drop(turn);
    member.leave().unwrap();
    let shown = cohabit(&["show", &name]).well();
    assert!(shown.contains("\"motor\": object Motor\\n of 2, "), "{shown}");
    assert!(shown.contains("\"speed\": 1200") && shown.contains("\"label\": \"left\""), "{shown}");
    assert!(check(&name).contains("2 objects"));
    assert_eq!(take(&name), "{\"speed\":1200,\"label\":\"left\"}");
}

#[test]
fn records_are_shown_and_taken_by_the_names_of_their_fields() {
    #[derive(cohabit::Record)]
    struct Motor {
        speed: i32,
        label: String,
        limit: Option<f64>,
    }
    let name = Name::new("records");
    let mut member = cohabit_std::create(&name, Options::new().size(1 << 20)).unwrap();
    let mut turn = member.acquire().unwrap();
    let motor = Motor { speed: 1200, label: "left".into(), limit: None };
    let (root, message) = (turn.new_record(&motor).unwrap(), turn.new_record(&motor).unwrap());
    turn.roots().unwrap().set(&mut turn, "motor", root).unwrap();
    turn.put_message(message).unwrap();
    drop(turn);
    member.leave().unwrap();
    let shown = cohabit(&["show", &name]).well();
    assert!(shown.contains("\"motor\": record Motor of 3, 48 B"), "{shown}");
    assert!(shown.contains("\"speed\": 1200") && shown.contains("\"limit\": null"), "{shown}");
    let taken = cohabit(&["take", &name]).well();
    assert_eq!(taken, "{\"speed\":1200,\"label\":\"left\",\"limit\":null}\n");
    check(&name);
}
