//! Values of every type, in trees, from one process to another and back: as messages, under keys and in lists.
//!
//! Both sides draw the same trees from the same seeds, so each knows what it has to find, bit by bit.
//!
//! Seen red on: a float read without its lowest bit.
#![forbid(unsafe_code)]

use cohabit_std::{
    Options,
    cohabit::{Input, Key, Order, Turn, Value},
};
use cohabit_testkit::{Name, Other, Random};
use cohabit_tests::{
    anything::{anything, build},
    shadow::Shadow,
};

/// Trees each way.
const TREES: u64 = 400;
const LEVELS: u32 = 4;

fn trees(from: u64) -> impl Iterator<Item = (u64, Shadow)> {
    (from..from + TREES).map(|seed| (seed, anything(&mut Random(seed), LEVELS)))
}

/// Leaves the trees of these seeds: by turns as a message and under a key.
fn leave(turn: &mut Turn<'_>, from: u64) {
    let map = turn.new_map().unwrap();
    turn.roots().unwrap().set(turn, Key::Int(from as i64), map).unwrap();
    for (seed, tree) in trees(from) {
        let input: Input<'_> = build(turn, &tree).unwrap();
        match seed % 2 {
            0 => turn.put_message(input).unwrap(),
            _ => map.set(turn, seed, input).unwrap(),
        }
    }
    turn.audit().unwrap();
}

/// Finds them, and finishes the messages.
fn find(turn: &mut Turn<'_>, from: u64) {
    let map =
        turn.roots().unwrap().get(turn, Key::Int(from as i64)).unwrap().and_then(Value::as_map).unwrap();
    turn.audit().unwrap();
    for (seed, tree) in trees(from) {
        match seed % 2 {
            0 => {
                let message = turn.take_message(Order::Fifo).unwrap().expect("as many as were put");
                let value = message.value(turn).unwrap();
                assert!(tree.matches(turn, value), "seed {seed}: {value:?} is not {tree:?}");
                message.finish(turn).unwrap();
            }
            _ => {
                let value = map.get(turn, seed).unwrap().expect("as many as were set");
                assert!(tree.matches(turn, value), "seed {seed}: {value:?} is not {tree:?}");
            }
        }
    }
    assert_eq!(turn.take_message(Order::Fifo), Ok(None));
    turn.audit().unwrap();
}

pub fn trees_of_every_type_come_back_from_another_process() {
    let name = Name::new("round-trip");
    let mut me = cohabit_std::create(&name, Options::new().size(8 << 20).parties(2)).unwrap();
    leave(&mut me.acquire().unwrap(), 0);
    Other::spawn("echo", &[&*name]).finish();
    find(&mut me.acquire().unwrap(), TREES);
}

/// Role: finds the parent's trees, and leaves its own.
pub fn echo(arguments: &[String]) {
    let mut me = cohabit_std::open(&arguments[0]).unwrap();
    let turn = &mut me.acquire().unwrap();
    find(turn, 0);
    leave(turn, TREES);
}
