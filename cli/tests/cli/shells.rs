//! Several shells at the same time, some of them killed at any moment: no message is lost, none is torn, none comes twice.

use std::{
    collections::BTreeSet,
    io::Read as _,
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use cohabit_testkit::{Name, Random};

use super::kit::{check, cohabit, cohabit_with, command, put, take, wait};

#[test]
fn shells_that_put_and_take_at_the_same_time_lose_nothing() {
    const EACH: usize = 40;
    let name = Name::new("together");
    // All at once, so that they race for making the region, too.
    let (putters, takers) = thread::scope(|scope| {
        let putters: Vec<_> = (0..2)
            .map(|putter| {
                let name = &*name;
                scope.spawn(move || {
                    for number in 0..EACH {
                        put(
                            name,
                            &format!(
                                "{{\"from\":{putter},\"number\":{number},\"text\":\"some words beside it\"}}"
                            ),
                        );
                    }
                })
            })
            .collect();
        let takers: Vec<_> = (0..2)
            .map(|_| {
                let name = &*name;
                scope.spawn(move || {
                    let mut taken = Vec::new();
                    while taken.len() < EACH {
                        let ended = cohabit(&["take", name, "--wait", "20"]);
                        if ended.err.contains("there is no region") {
                            continue;
                        }
                        taken.push(ended.well());
                    }
                    taken
                })
            })
            .collect();
        let putters: Vec<_> = putters.into_iter().map(|putter| putter.join()).collect();
        (putters, takers.into_iter().map(|taker| taker.join().unwrap()).collect::<Vec<_>>())
    });
    assert!(putters.iter().all(Result::is_ok));
    let taken: Vec<_> = takers.concat();
    let distinct: BTreeSet<_> = taken.iter().collect();
    assert_eq!((taken.len(), distinct.len()), (2 * EACH, 2 * EACH));
    for taken in &takers {
        // Each taker sees each putter's documents in their order.
        for putter in 0..2 {
            let from = format!("{{\"from\":{putter},");
            let numbers: Vec<usize> = taken
                .iter()
                .filter(|document| document.starts_with(&from))
                .map(|document| {
                    document.split("\"number\":").nth(1).unwrap().split(',').next().unwrap().parse().unwrap()
                })
                .collect();
            assert!(numbers.is_sorted(), "{numbers:?}");
        }
    }
    check(&name);
}

#[test]
fn take_that_is_killed_while_it_prints_loses_no_message() {
    let name = Name::new("killed-take");
    let document = format!("[{}0]", "\"longer than a pipe\",".repeat(20_000));
    put(&name, &document);
    put(&name, "\"the next one\"");
    for _ in 0..5 {
        // Nobody reads: it stands in the middle of printing, the message in its hands.
        let mut child = command(&["take", &name]).spawn().unwrap();
        let mut first = [0; 1000];
        child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        assert_eq!(first, document.as_bytes()[..1000]);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    // Back in its place: before the one that was put later.
    assert_eq!(take(&name), document);
    assert_eq!(take(&name), "\"the next one\"");
    check(&name);
}

/// Kills a program after a while, and returns what it had printed.
fn kill_after(mut child: Child, pause: Duration) -> Vec<u8> {
    let mut stdout = child.stdout.take().unwrap();
    let reader = thread::spawn(move || {
        let mut out = Vec::new();
        stdout.read_to_end(&mut out).map(|_| out).unwrap()
    });
    thread::sleep(pause);
    let _ = child.kill();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[test]
fn take_killed_at_any_moment_has_printed_all_or_the_message_is_there() {
    let name = Name::new("random-take");
    let mut random = Random(7);
    let (mut printed, mut kept) = (0, 0);
    for round in 0..60 {
        let document = format!("[{round},{}0]", "\"a text that is not short\",".repeat(4_000));
        put(&name, &document);
        let child = command(&["take", &name]).stderr(Stdio::null()).spawn().unwrap();
        let out = kill_after(child, Duration::from_micros(random.below(12_000) as u64));
        let complete = out.strip_suffix(b"\n") == Some(document.as_bytes());
        let after = cohabit(&["take", &name]);
        match after.status {
            0 => {
                assert_eq!(after.out.strip_suffix(b"\n"), Some(document.as_bytes()), "round {round}");
                kept += 1;
            }
            _ => {
                after.refused(2, "no message");
                assert!(complete, "round {round}: neither printed nor kept");
                printed += 1;
            }
        }
        check(&name);
    }
    println!("killed 60 takes: {printed} had printed, {kept} had not");
}

#[test]
fn put_killed_at_any_moment_has_put_all_or_nothing() {
    let name = Name::new("random-put");
    put(&name, "\"first\"");
    let before = check(&name);
    let document = format!("{{\"list\":[{}0]}}", "[\"a text that is not short\",{\"a\":1}],".repeat(3_000));
    let mut random = Random(11);
    let mut done = 0;
    for round in 0..60 {
        let mut child = command(&["put", &name, "-"]).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = document.clone();
        let feeder = thread::spawn(move || {
            let _ = std::io::Write::write_all(&mut stdin, input.as_bytes());
        });
        kill_after(child, Duration::from_micros(random.below(10_000) as u64));
        feeder.join().unwrap();
        let first = take(&name);
        assert_eq!(first, "\"first\"", "round {round}");
        let second = cohabit(&["take", &name]);
        if second.status == 0 {
            assert!(second.out.strip_suffix(b"\n") == Some(document.as_bytes()), "round {round}");
            done += 1;
        } else {
            second.refused(2, "no message");
        }
        put(&name, "\"first\"");
        assert_eq!(check(&name).split(';').next(), before.split(';').next(), "round {round}");
    }
    println!("killed 60 puts: {done} had put");
}

#[test]
fn a_region_removed_under_a_put_does_not_swallow_the_document() {
    let name = Name::new("removed");
    for round in 0..30 {
        let document = format!("[{round},{}0]", "\"some text to read\",".repeat(3_000));
        put(&name, "0");
        take(&name);
        let mut child = command(&["put", &name, "-"]).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut stdin, document.as_bytes()).unwrap();
        drop(stdin);
        thread::sleep(Duration::from_micros(500 * (round % 8)));
        let removed = cohabit(&["rm", &name]).status == 0;
        wait(child, "put").well();
        // It was removed together with the region, or it is there.
        let after = cohabit_with(&["take", &name], b"");
        assert!(after.status == 0 || removed, "round {round}");
        if after.status == 0 {
            assert!(after.out.strip_suffix(b"\n") == Some(document.as_bytes()));
        }
        let _ = cohabit(&["rm", &name]);
    }
}
