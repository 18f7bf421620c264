//! The image with fast frozen maps and sets: `golden/fast.bin`.

use cohabit::{Error, Key, Order, Turn, Value};

use super::{keys, pinned};

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

/// What is in it, on every host.
fn check_fast(turn: &mut Turn<'_>) -> Result<(), Error> {
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
    Ok(())
}

#[test]
fn fast_maps_and_sets_have_these_bytes_and_read_the_same_everywhere() {
    pinned("fast", 4096, FAST, put_fast, check_fast);
}
