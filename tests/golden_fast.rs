//! The image with fast frozen maps and sets: `golden/fast.bin`.

use std::ptr::NonNull;

use cohabit::{AlwaysAlive, Error, Key, Order, Region, Turn, Value};
use cohabit_tests::sample::Memory;

use super::{TWO, assert_same, keys, written};

const FAST: &[u8] = include_bytes!("golden/fast.bin");

/// Keys of every type, and one more that was removed before.
fn put_fast(turn: &mut Turn<'_>) -> Result<(), Error> {
    let (roots, map, set) = (turn.roots()?, turn.new_map()?, turn.new_set()?);
    for (number, key) in (0..).zip(keys()) {
        map.set(turn, key, number as i64)?;
        set.insert(turn, key)?;
    }
    map.remove(turn, 2)?;
    set.remove(turn, "a key that is long")?;
    let list = turn.new_list()?;
    list.extend_ints(turn, &[1, 2, 3])?;
    map.set(turn, "list", list)?;
    map.set(turn, "text", "a text in a block")?;
    let (fast, elements) = (map.to_fast(turn)?, set.to_fast(turn)?);
    roots.set(turn, "map", fast)?;
    roots.set(turn, "set", elements)?;
    let copy = elements.copy(turn)?;
    let tuple = turn.new_tuple(&[copy.into()])?;
    roots.set(turn, "tuple", tuple)?;
    roots.set(turn, "source", map)?;
    let empty = turn.new_map()?;
    let message = empty.to_fast(turn)?;
    roots.set(turn, "empty", empty)?;
    turn.destroy(set)?;
    turn.put_message(message)
}

fn fast() -> Memory {
    let mut memory = Memory::new(4096);
    let region = Region::format(memory.bytes_mut(), TWO).expect("a sound configuration");
    // SAFETY: the slot is joined once, by this thread alone.
    let mut party = unsafe { region.join(0, &AlwaysAlive) }.expect("slot 0");
    let mut turn = party.acquire().expect("nobody else is there");
    put_fast(&mut turn).expect("it fits");
    drop(turn);
    memory
}

#[test]
fn fast_maps_and_sets_have_these_bytes_and_read_the_same_everywhere() {
    assert_same(&written("fast", fast()), FAST, "fast");
    let mut memory = Memory::copy_of(FAST);
    // SAFETY: the copy is ours alone and outlives the region, which nothing else reaches into meanwhile.
    let region =
        unsafe { Region::open(NonNull::from(memory.bytes_mut()).cast(), FAST.len()) }.expect("a region");
    // SAFETY: whoever was in the slot is gone.
    let mut party = unsafe { region.join(1, &AlwaysAlive) }.expect("slot 1");
    let turn = &mut party.acquire().expect("a sound region");
    let roots = turn.roots().expect("always there");
    let map = roots.get(turn, "map").unwrap().and_then(Value::as_fast_map).expect("a fast map");
    for (number, key) in (0..).zip(keys()) {
        let value = if key == Key::Int(2) { None } else { Some(Value::Int(number)) };
        assert_eq!(
            (map.contains(turn, key), map.get(turn, key)),
            (Ok(value.is_some()), Ok(value)),
            "{key:?}"
        );
    }
    assert_eq!(map.get(turn, "text"), Ok(Some(Value::Text("a text in a block"))));
    let source = roots.get(turn, "source").unwrap().and_then(Value::as_map).expect("a map");
    assert_eq!((turn.equal(map, source), map.len(turn)), (Ok(true), source.len(turn)));
    let set = roots.get(turn, "set").unwrap().and_then(Value::as_fast_set).expect("a fast set");
    assert_eq!((set.contains(turn, 1.0), set.contains(turn, "a key that is long")), (Ok(true), Ok(false)));
    let tuple = roots.get(turn, "tuple").unwrap().and_then(Value::as_tuple).expect("a tuple");
    let copy = tuple.get(turn, 0).unwrap().as_fast_set().expect("a fast set");
    assert_eq!(turn.equal(copy, set), Ok(true));
    let message = turn.read_message(Order::Fifo).unwrap().and_then(Value::as_fast_map).expect("a fast map");
    assert_eq!((message.len(turn), message.get(turn, 1)), (Ok(0), Ok(None)));
    // And they go on from here.
    map.get(turn, "list").unwrap().and_then(Value::as_list).expect("a list").push(turn, 4).expect("room");
    assert_eq!(roots.remove(turn, "set"), Ok(true));
    let audit = turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
    assert_eq!((audit.sets, audit.maps, audit.lists), (1, 5, 2));
}
