//! What goes wrong in the original when it is run for real, row by row: deaths, second creators, leftovers, kinds of values.
//!
//! | the original | here |
//! |---|---|
//! | lock holder killed: the other side waits for ever; with a time limit it enters without the lock | others go on; the limit is kept |
//! | consumer killed: the segment vanishes for everyone | it stays |
//! | two creators: the second unlinks the first's segment | the second gets an error |
//! | stale segment: a consumer attaches to it, and never meets the new creator | both meet in the same one |
//! | three parties: increments are lost | `counter.rs` |
//! | other hash seed: no text key is found | all are |
//! | `[true, false]` comes back `[1, 0]`, -5 raises, 2**63 becomes -2**63, deep nesting overflows | all come back as they were |
//! | destroy twice, or at a wrong offset: accepted | errors |
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use cohabit_std::{
    CreateError, Member, Options,
    cohabit::{Error, List, Order, Turn, Value},
};
use cohabit_testkit::{Name, Other, hang, pause, say};

const SMALL: Options = Options::new().size(256 << 10).parties(2);
/// Nobody waits longer for a turn.
const PATIENCE: Duration = Duration::from_secs(1);

/// Peterson's protocol.
pub fn holder_killed_of_two() {
    kill_the_holder(2);
}

/// The bakery.
pub fn holder_killed_of_three() {
    kill_the_holder(3);
}

fn kill_the_holder(parties: u8) {
    let name = Name::new("holder");
    let mut me = cohabit_std::create(&name, SMALL.parties(parties)).unwrap();
    me.acquire().unwrap().put_message("a job").unwrap();
    let mut holder = Other::spawn("holder", &[&*name]);
    let who = holder.expect("holding as");

    // With a time limit, there is no turn while somebody else has it.
    let asked = Instant::now();
    assert!(me.acquire_timeout(Duration::from_millis(50)).unwrap().is_none());
    assert!(asked.elapsed() >= Duration::from_millis(50));
    assert!(me.try_acquire().unwrap().is_none());

    holder.kill();
    let asked = Instant::now();
    let turn = &mut me.acquire_timeout(PATIENCE).unwrap().expect("a turn, though its holder was killed");
    println!("    holder of {parties} killed, turn taken {:?} later", asked.elapsed());
    let recovered = turn.recovered().expect("somebody died");
    assert_eq!(format!("{} {}", recovered.slot, recovered.incarnation), who);
    assert_eq!((recovered.recovery.requeued, recovered.recovery.destroyed), (1, 1));
    let audit = turn.audit().unwrap();
    assert_eq!((audit.held, turn.message_count(), audit.lists), (0, 1, 0));
}

/// Role: takes a message, makes a list, and keeps the turn.
pub fn holder(arguments: &[String]) {
    let mut me = cohabit_std::open(&arguments[0]).unwrap();
    let (slot, incarnation) = (me.slot(), me.incarnation());
    let turn = &mut me.acquire().unwrap();
    turn.take_message(Order::Fifo).unwrap().unwrap();
    turn.new_list().unwrap().push(turn, "something long enough for a block").unwrap();
    say(&format!("holding as {slot} {incarnation}"));
    hang();
}

pub fn consumer_killed_and_the_segment_stays() {
    let name = Name::new("consumer");
    let mut me = cohabit_std::create(&name, SMALL).unwrap();
    let mut consumer = Other::spawn("idler", &[&*name]);
    consumer.expect("joined");
    consumer.kill();
    assert!(cohabit_std::list().unwrap().contains(&name.to_string()));
    me.acquire().unwrap().put_message("still here").unwrap();
    // In the slot of the one that was killed.
    let mut next = cohabit_std::open(&name).unwrap();
    let turn = &mut next.acquire().unwrap();
    assert_eq!(turn.read_message(Order::Fifo), Ok(Some(Value::Text("still here"))));
}

/// Role: joins, takes a turn, and does nothing more.
pub fn idler(arguments: &[String]) {
    let mut me = cohabit_std::open(&arguments[0]).unwrap();
    drop(me.acquire().unwrap());
    say("joined");
    hang();
}

pub fn second_creator_gets_an_error() {
    let name = Name::new("creators");
    let mut creator = Other::spawn("creator", &[&*name]);
    creator.expect("created");
    assert_eq!(cohabit_std::create(&name, SMALL).err(), Some(CreateError::Exists));
    let mut me = cohabit_std::open(&name).unwrap();
    let turn = &mut me.acquire().unwrap();
    assert_eq!(turn.read_message(Order::Fifo), Ok(Some(Value::Text("by the first"))));
}

/// Role: creates, leaves a message, stays.
pub fn creator(arguments: &[String]) {
    let mut me = cohabit_std::create(&arguments[0], SMALL).unwrap();
    me.acquire().unwrap().put_message("by the first").unwrap();
    say("created");
    hang();
}

pub fn those_who_find_a_stale_segment_meet_in_it() {
    let name = Name::new("stale");
    let mut creator = Other::spawn("creator", &[&*name]);
    creator.expect("created");
    creator.kill();
    // Nobody lives. A new creator is told; whoever does not care who was first gets what is there; so does an opener.
    assert_eq!(cohabit_std::create(&name, SMALL).err(), Some(CreateError::Exists));
    let mut one = cohabit_std::open_or_create(&name, SMALL).unwrap();
    let mut other = cohabit_std::open(&name).unwrap();
    assert_eq!(one.info().region_id, other.info().region_id);
    one.acquire().unwrap().put_message("by the second").unwrap();
    let turn = &mut other.acquire().unwrap();
    let messages: Vec<_> = turn.messages().unwrap().map(Result::unwrap).collect();
    assert_eq!(messages, [Value::Text("by the first"), Value::Text("by the second")]);
    // Whoever wants a new one says so; then all who come later meet in that.
    cohabit_std::unlink(&name).unwrap();
    let fresh = cohabit_std::create(&name, SMALL).unwrap();
    let late = cohabit_std::open(&name).unwrap();
    assert_eq!(fresh.info().region_id, late.info().region_id);
    assert_ne!(fresh.info().region_id, one.info().region_id);
}

pub fn keys_are_found_by_another_process() {
    let name = Name::new("keys");
    let mut me = cohabit_std::create(&name, SMALL).unwrap();
    let mut turn = me.acquire().unwrap();
    let roots = turn.roots().unwrap();
    for n in 0..20 {
        roots.set(&mut turn, &*text_key(n), n).unwrap();
    }
    drop(turn);
    Other::spawn("keys", &[&*name]).finish();
    let turn = &mut me.acquire().unwrap();
    assert_eq!(roots.len(turn), Ok(20), "writing a key added a second one");
    assert_eq!(roots.get(turn, &*text_key(7)), Ok(Some(Value::Int(-7))));
    turn.audit().unwrap();
}

fn text_key(n: i64) -> String {
    // Short ones lie in the cell, long ones in a block of their own.
    format!("ключ {n} {}", "\0x".repeat(n as usize))
}

/// Role: finds all keys and writes one of them.
pub fn keys(arguments: &[String]) {
    let mut me = cohabit_std::open(&arguments[0]).unwrap();
    let turn = &mut me.acquire().unwrap();
    let roots = turn.roots().unwrap();
    for n in 0..20 {
        assert_eq!(roots.get(turn, &*text_key(n)), Ok(Some(Value::Int(n))), "key {n}");
    }
    roots.set(turn, &*text_key(7), -7).unwrap();
}

const NAN: u64 = 0x7ff8_dead_beef_0001;

/// One of everything. Strange ones: booleans beside numbers, both ends of both integers, a NaN with a payload.
fn samples() -> Vec<Value<'static>> {
    let floats = [0.0, -0.0, 5e-324, f64::MAX, f64::INFINITY].map(Value::Float);
    let integers = [0, 1, -1, -5, i64::MAX, i64::MIN].map(Value::Int);
    let others = [
        Value::Bool(true),
        Value::Bool(false),
        Value::Null,
        Value::Uint(1 << 63),
        Value::Uint(u64::MAX),
        Value::Text(""),
        Value::Text("8 bytes!"),
        Value::Text("nine byte"),
        Value::Text("Zahn\u{0}rad 🦷 \u{10ffff} \u{0}"),
        Value::Bytes(b""),
        Value::Bytes(&[0; 8]),
        Value::Bytes(&[255; 1000]),
    ];
    others.into_iter().chain(integers).chain(floats).collect()
}

pub fn values_come_back_as_they_were() {
    let name = Name::new("values");
    let mut me = cohabit_std::create(&name, SMALL).unwrap();
    write_samples(&mut me.acquire().unwrap());
    Other::spawn("values", &[&*name]).finish();
    // It has put each of them into a message.
    let turn = &mut me.acquire().unwrap();
    for sample in samples() {
        let message = turn.take_message(Order::Fifo).unwrap().unwrap();
        assert_eq!(message.value(turn), Ok(sample));
        message.finish(turn).unwrap();
    }
    assert_eq!(turn.roots().unwrap().len(turn), Ok(1), "the deep list has been destroyed");
    turn.audit().unwrap();
}

fn write_samples(turn: &mut Turn<'_>) {
    let list = turn.new_list().unwrap();
    list.extend(turn, samples()).unwrap();
    list.push(turn, f64::from_bits(NAN)).unwrap();
    turn.roots().unwrap().set(turn, "samples", list).unwrap();
    let deep = turn.new_list().unwrap();
    let mut inner = deep;
    for _ in 0..200 {
        let next = turn.new_list().unwrap();
        inner.push(turn, next).unwrap();
        inner = next;
    }
    inner.push(turn, "at the bottom").unwrap();
    assert_eq!(inner.push(turn, deep), Err(Error::WouldCycle));
    turn.roots().unwrap().set(turn, "deep", deep).unwrap();
}

/// Role: compares what there is with what should be, and sends it back.
pub fn values(arguments: &[String]) {
    let mut me = cohabit_std::open(&arguments[0]).unwrap();
    let turn = &mut me.acquire().unwrap();
    let list = list_in(turn, "samples");
    for (index, sample) in samples().into_iter().enumerate() {
        assert_eq!(list.get(turn, index), Ok(sample));
        if let (Ok(Value::Float(came)), Value::Float(went)) = (list.get(turn, index), sample) {
            assert_eq!(came.to_bits(), went.to_bits());
        }
        turn.put_message(sample).unwrap();
    }
    let nan = list.get(turn, samples().len()).unwrap().as_float().map(f64::to_bits);
    assert_eq!(nan, Some(NAN));
    let mut deep = list_in(turn, "deep");
    let mut depth = 0;
    while let Ok(Value::List(next)) = deep.get(turn, 0) {
        (deep, depth) = (next, depth + 1);
    }
    assert_eq!((depth, deep.get(turn, 0)), (200, Ok(Value::Text("at the bottom"))));
    turn.roots().unwrap().remove(turn, "deep").unwrap();
}

fn list_in(turn: &Turn<'_>, name: &str) -> List {
    turn.roots().unwrap().get(turn, name).unwrap().and_then(Value::as_list).unwrap()
}

pub fn destroying_twice_or_what_another_holds_is_an_error() {
    let name = Name::new("twice");
    let mut me = cohabit_std::create(&name, SMALL).unwrap();
    let mut other = Other::spawn("owner", &[&*name]);
    let held: u64 = other.expect("holding").parse().unwrap();
    let list = List::from_bits(held).unwrap();
    let refused = |me: &mut Member, list: List| me.acquire().unwrap().destroy(list).err();
    // A handle is a number that may come by any way, here through a pipe. It names the object; it does not own it.
    assert_eq!(list.len(&me.acquire().unwrap()), Ok(1));
    assert_eq!(refused(&mut me, list), Some(Error::HeldByOther));
    other.go();
    other.expect("destroyed");
    assert_eq!(refused(&mut me, list), Some(Error::Stale));
    // Wrong offsets: one granule further, far outside, and with another generation or region.
    for wrong in [held + 1, held | 0xffff_ffff, held ^ (1 << 32), held ^ (1 << 48)] {
        let error = refused(&mut me, List::from_bits(wrong).unwrap());
        assert!(matches!(error, Some(Error::Stale | Error::OtherRegion | Error::WrongType)), "{error:?}");
    }
    me.acquire().unwrap().audit().unwrap();
    other.finish();
}

/// Role: makes a list and destroys it when told, twice.
pub fn owner(arguments: &[String]) {
    let mut me = cohabit_std::open(&arguments[0]).unwrap();
    let mut turn = me.acquire().unwrap();
    let list = turn.new_list().unwrap();
    list.push(&mut turn, 1).unwrap();
    drop(turn);
    say(&format!("holding {}", list.to_bits()));
    pause();
    let mut turn = me.acquire().unwrap();
    turn.destroy(list).unwrap();
    assert_eq!(turn.destroy(list), Err(Error::Stale));
    drop(turn);
    say("destroyed");
}
