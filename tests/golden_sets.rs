//! The image with sets and what is frozen: `golden/sets.bin`.

use cohabit::{Error, Key, Order, Turn, Value};

use super::{keys, pinned};

const SETS: &[u8] = include_bytes!("golden/sets.bin");

/// Elements that are keys of every type.
fn put_sets(turn: &mut Turn<'_>) -> Result<(), Error> {
    let roots = turn.roots()?;
    let set = turn.new_set()?;
    for key in keys() {
        set.insert(turn, key)?;
    }
    set.remove(turn, 2)?;
    set.remove(turn, "a key that is long")?;
    let frozen = set.copy(turn)?.freeze(turn)?;
    let inner = turn.new_tuple(&[1.into(), "a text in a block".into(), true.into()])?;
    let list = turn.new_list()?;
    list.extend_ints(turn, &[1, 2, 3])?;
    let tuple = turn.new_tuple(&[inner.into(), list.into(), frozen.into()])?;
    let map = turn.new_map()?;
    map.set(turn, "tuple", tuple)?;
    map.set(turn, 1.5, "one and a half")?;
    let map = map.freeze(turn)?;
    roots.set(turn, "set", set)?;
    roots.set(turn, "map", map)?;
    let empty = turn.new_list()?.freeze(turn)?;
    turn.put_message(empty)
}

/// What is in it, on every host.
fn check_sets(turn: &mut Turn<'_>) -> Result<(), Error> {
    let roots = turn.roots().expect("always there");
    let set = roots.get(turn, "set").unwrap().and_then(Value::as_set).expect("a set");
    let left: Vec<Key<'_>> = keys()
        .into_iter()
        .filter(|key| ![Key::Int(2), Key::Text("a key that is long")].contains(key))
        .collect();
    assert_eq!(set.len(turn), Ok(left.len()));
    for (key, element) in left.iter().zip(set.iter(turn).unwrap()) {
        assert_eq!((element.and_then(Key::try_from), set.contains(turn, *key)), (Ok(*key), Ok(true)));
    }
    assert_eq!(
        (set.contains(turn, 2.0), set.contains(turn, 1.0)),
        (Ok(false), Ok(true)),
        "1.0 is what true is"
    );
    let map = roots.get(turn, "map").unwrap().and_then(Value::as_frozen_map).expect("a frozen map");
    assert_eq!(map.get(turn, 1.5), Ok(Some(Value::Text("one and a half"))));
    let tuple = map.get(turn, "tuple").unwrap().and_then(Value::as_tuple).expect("a tuple");
    let inner = tuple.get(turn, 0).unwrap().as_tuple().expect("a tuple");
    assert_eq!(inner.get(turn, 1), Ok(Value::Text("a text in a block")));
    let frozen = tuple.get(turn, 2).unwrap().as_frozen_set().expect("a frozen set");
    assert_eq!((set.is_subset(turn, frozen), frozen.is_subset(turn, set)), (Ok(true), Ok(true)));
    let message = turn.read_message(Order::Fifo).unwrap().and_then(Value::as_tuple).expect("a tuple");
    assert_eq!(message.len(turn), Ok(0));
    // And they go on from here.
    tuple.get(turn, 1).unwrap().as_list().expect("a list").push(turn, 4).expect("there is room");
    set.insert(turn, "a key that is long").expect("there is room");
    let audit = turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
    assert_eq!((audit.tuples, audit.sets, audit.maps), (3, 2, 2));
    Ok(())
}

#[test]
fn sets_and_frozen_containers_have_these_bytes_and_read_the_same_everywhere() {
    pinned("sets", 4096, SETS, put_sets, check_sets);
}
