//! Messages: small ones for the overhead, large ones for the throughput.

use std::hint::black_box;

use cohabit::{Order, Turn, Value};

use crate::{
    pool,
    rounds::{Contestant, Line, Options, Target, Times, contest},
    turns::Exchange,
};

fn put_and_take(turn: &mut Turn<'_>, bytes: &[u8], into: &mut [u8]) {
    turn.put_message(bytes).expect("room");
    take(turn, into);
}

fn take(turn: &mut Turn<'_>, into: &mut [u8]) {
    let message = turn.take_message(Order::Fifo).expect("sound").expect("there is one");
    match message.value(turn) {
        Ok(Value::Bytes(found)) => into.copy_from_slice(found),
        other => panic!("{other:?}"),
    }
    message.finish(turn).expect("ours");
}

/// 64 bytes put, taken, read by copy and finished; nobody else there, the turn held throughout.
///
/// Asked for are 80 ns on a machine that takes 2.65 ns to lock and unlock by an atomic exchange; so that is the peer, whatever
/// machine this is.
pub fn small(options: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(1 << 20);
    let mut turn = party.acquire().expect("a turn");
    let bytes = black_box([7u8; 64]);
    let mut into = [0u8; 64];
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            put_and_take(&mut turn, &bytes, &mut into);
            black_box(&into);
        }
    });
    let lock = Exchange::new();
    let yardstick = Contestant::new("exchange", |operations| (0..operations).for_each(|_| lock.pair()));
    let mut lines =
        contest(options, vec![ours, yardstick]).lines("put + take 64 B", &[Target::Ratio(80.0 / 2.65)]);

    let ours = Contestant::new("cohabit", |operations| {
        for i in 0..operations {
            turn.put_message(i as i64).expect("room");
            let message = turn.take_message(Order::Fifo).expect("sound").expect("there is one");
            black_box(message.accept(&mut turn).expect("ours"));
        }
    });
    lines.extend(contest(options, vec![ours]).lines("put + take an int", &[Target::None]));
    drop(turn);
    #[cfg(feature = "iceoryx2")]
    lines.extend(against_iceoryx2(options, &mut party));
    lines
}

/// A turn a message, as two processes would, against publish and subscribe within one thread.
#[cfg(feature = "iceoryx2")]
fn against_iceoryx2(options: &Options, party: &mut cohabit::Party<'_>) -> Vec<Line> {
    use iceoryx2::prelude::*;

    set_log_level(LogLevel::Error);
    let node = NodeBuilder::new().create::<ipc::Service>().expect("a node");
    let name = format!("cohabit-bench/{}", std::process::id());
    let service = node.service_builder(&name.as_str().try_into().expect("a name"));
    let service = service.publish_subscribe::<[u8; 64]>().create().expect("a service");
    let publisher = service.publisher_builder().create().expect("a publisher");
    let subscriber = service.subscriber_builder().create().expect("a subscriber");
    let bytes = black_box([7u8; 64]);
    let mut into = [0u8; 64];
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            party.acquire().expect("a turn").put_message(&bytes).expect("room");
            let mut turn = party.acquire().expect("a turn");
            let message = turn.take_message(Order::Fifo).expect("sound").expect("there is one");
            match message.value(&turn) {
                Ok(Value::Bytes(found)) => into.copy_from_slice(found),
                other => panic!("{other:?}"),
            }
            message.finish(&mut turn).expect("ours");
            black_box(&into);
        }
    });
    let peer = Contestant::new("iceoryx2", |operations| {
        for _ in 0..operations {
            let sample = publisher.loan_uninit().expect("a sample").write_payload(bytes);
            sample.send().expect("sent");
            let sample = subscriber.receive().expect("sound").expect("there is one");
            black_box(sample.payload());
        }
    });
    contest(options, vec![ours, peer]).lines("64 B, a turn each", &[Target::None])
}

/// Bytes in by one copy, out by another, 32 MiB of messages waiting in between; against the two copies alone, through
/// shared memory of the same kind at the same distances. Beside it, one message at a time, which stays in the cache: there, what
/// putting and taking cost by themselves (see [`small`]) weighs most, and there is no target.
pub fn bulk(options: &Options) -> Vec<Line> {
    let mut lines = Vec::new();
    for shift in [10, 12, 14, 16, 18, 20, 22, 24] {
        let len = 1usize << shift;
        let what = if shift < 20 { format!("{} KiB", len >> 10) } else { format!("{} MiB", len >> 20) };
        let waiting = (32 << 20) / len;
        // 0.85 of the throughput.
        lines.extend(stream(options, len, waiting).lines(&what, &[Target::Ratio(1.0 / 0.85)]));
        lines.extend(stream(options, len, 1).lines(&format!("  in cache, {what}"), &[Target::None]));
    }
    lines
}

/// Puts `waiting` messages of `len` bytes, then takes them all. Times are for one message.
fn stream(options: &Options, len: usize, waiting: usize) -> Times {
    let [mut party, _other] = pool::parties::<2>(waiting * (len + 64) + (1 << 20));
    let mut turn = party.acquire().expect("a turn");
    let between = pool::shared(waiting * len);
    let bytes = pool::shared(len);
    bytes.fill(7);
    let bytes = &*bytes;
    let (into, also_into) = (pool::shared(len), pool::shared(len));
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            for _ in 0..waiting {
                turn.put_message(black_box(bytes)).expect("room");
            }
            for _ in 0..waiting {
                take(&mut turn, into);
                black_box(&*into);
            }
        }
    });
    let peer = Contestant::new("memcpy twice", |operations| {
        for _ in 0..operations {
            for slot in between.chunks_exact_mut(len) {
                slot.copy_from_slice(black_box(bytes));
            }
            for slot in between.chunks_exact(len) {
                also_into.copy_from_slice(black_box(slot));
                black_box(&*also_into);
            }
        }
    });
    contest(options, vec![ours, peer]).per(waiting)
}
