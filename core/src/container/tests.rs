//! Lists, maps and messages over one heap in a vector. Small enough for Miri; the large runs are in `tests/`.

#![forbid(unsafe_code)]

extern crate std;
use std::{collections::BTreeMap, format, string::String, vec, vec::Vec};

use cohabit_testkit::Random;

use crate::{
    Config, Error, HashKind, Key, List, Order, Region, Turn, Value,
    heap::{Audit, Recovery},
};

/// The part of a buffer that starts at a multiple of 64 (a vector of words would only be aligned to 4 on some hosts).
fn aligned(memory: &mut [u8]) -> &mut [u8] {
    let from = memory.as_ptr().align_offset(64);
    let to = memory.len() - 64 + from;
    &mut memory[from..to]
}

/// The elements of a list of whole numbers, by whichever way this host allows.
fn ints(turn: &Turn<'_>, list: List) -> Vec<i64> {
    if cfg!(target_endian = "big") {
        assert_eq!(list.as_ints(turn), Err(Error::ForeignEndian));
        return list.iter(turn).unwrap().map(|value| value.unwrap().as_int().unwrap()).collect();
    }
    list.as_ints(turn).unwrap().to_vec()
}

/// Runs `body` in a turn of a fresh region.
pub(crate) fn in_turn<R>(bytes: usize, body: impl FnOnce(&mut Turn<'_>) -> R) -> R {
    in_turn_by(HashKind::Rapid, bytes, body)
}

/// The same; keys are hashed this way.
fn in_turn_by<R>(hash: HashKind, bytes: usize, body: impl FnOnce(&mut Turn<'_>) -> R) -> R {
    let mut memory = vec![0u8; bytes + 64];
    let config = Config::new().parties(2).compact().journal(16).hash(hash);
    let region = Region::format(aligned(&mut memory), config).unwrap();
    let [mut party, _other] = region.split::<2>().unwrap();
    let mut turn = party.acquire().unwrap();
    let result = body(&mut turn);
    sound(&mut turn);
    result
}

pub(crate) fn sound(turn: &mut Turn<'_>) -> Audit {
    turn.audit().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_list_keeps_every_kind_of_value() {
    in_turn(8192, |turn| {
        let list = turn.new_list().unwrap();
        let inner = turn.new_list().unwrap();
        inner.push(turn, "deep").unwrap();
        let values = [
            Value::Null,
            Value::Bool(true),
            Value::Bool(false),
            Value::Int(-5),
            Value::Int(i64::MIN),
            Value::Uint(u64::MAX),
            Value::Float(-0.0),
            Value::Text(""),
            Value::Text("a\0é"),
            Value::Text("eight by"),
            Value::Text("nine byte"),
            Value::Bytes(&[0, 255]),
            Value::Bytes(&[7; 100]),
            Value::List(inner),
        ];
        list.extend(turn, values).unwrap();
        let back: Vec<_> = list.iter(turn).unwrap().map(Result::unwrap).collect();
        assert_eq!(back, values);
        assert_eq!(list.len(turn), Ok(values.len()));
        assert_eq!(list.push(turn, inner), Err(Error::AlreadyPlaced));
        turn.destroy(list).unwrap();
        assert_eq!(list.len(turn), Err(Error::Stale));
        assert_eq!(inner.len(turn), Err(Error::Stale));
    });
}

#[test]
fn inserting_and_removing_anywhere_matches_a_vector() {
    in_turn(16384, |turn| {
        let list = turn.new_list().unwrap();
        let mut model: Vec<i64> = Vec::new();
        let mut random = Random(1);
        for round in 0..if cfg!(miri) { 60 } else { 3000 } {
            let at = random.below(model.len() + 1);
            if random.below(5) < 3 && model.len() < 300 {
                model.insert(at, round);
                list.insert(turn, at, round).unwrap();
            } else if at < model.len() {
                model.remove(at);
                list.remove(turn, at).unwrap();
            }
            assert_eq!(ints(turn, list), model);
        }
        list.truncate(turn, 3).unwrap();
        assert_eq!(ints(turn, list), model[..3.min(model.len())]);
    });
}

#[test]
fn a_map_keeps_order_and_finds_numbers_by_value() {
    in_turn(32768, |turn| {
        let map = turn.roots().unwrap();
        let count = if cfg!(miri) { 20i64 } else { 100 };
        for i in 0..count {
            map.set(turn, i, i * i).unwrap();
            map.set(turn, &*format!("key number {i}"), "a value that needs a block").unwrap();
        }
        assert_eq!(map.get(turn, 7.0), Ok(Some(Value::Int(49))));
        assert_eq!(map.get(turn, true), Ok(Some(Value::Int(1))));
        assert_eq!(
            map.get(turn, "key number 7").unwrap().unwrap().as_text(),
            Some("a value that needs a block")
        );
        assert_eq!(map.get(turn, 7.5), Ok(None));
        sound(turn);
        for i in (0..count).step_by(2) {
            assert_eq!(map.remove(turn, i), Ok(true));
        }
        assert_eq!(map.remove(turn, 0), Ok(false));
        for i in (0..count).step_by(2) {
            map.set(turn, i, "again").unwrap();
        }
        let keys: Vec<_> =
            map.iter(turn).unwrap().map(|entry| entry.unwrap().0).filter_map(Value::as_int).collect();
        let expected: Vec<i64> = (1..count).step_by(2).chain((0..count).step_by(2)).collect();
        assert_eq!(keys, expected);
        map.entry(turn, 3).unwrap().update(|old| old.unwrap().as_int().unwrap() + 1).unwrap();
        assert_eq!(map.entry(turn, 3).unwrap().or_insert(0), Ok(Value::Int(10)));
        assert_eq!(map.entry(turn, "new").unwrap().or_insert("fresh"), Ok(Value::Text("fresh")));
    });
}

#[test]
fn random_map_changes_match_a_model() {
    in_turn(1 << 16, |turn| {
        let map = turn.new_map().unwrap();
        let mut model: BTreeMap<String, String> = BTreeMap::new();
        let mut random = Random(2);
        for round in 0..if cfg!(miri) { 60 } else { 4000 } {
            let key = format!("{:x}", random.below(80) * 0x0123_4567);
            let value = "v".repeat(random.below(30));
            if random.below(3) == 0 {
                assert_eq!(map.remove(turn, &*key), Ok(model.remove(&key).is_some()));
            } else {
                map.set(turn, &*key, &*value).unwrap();
                model.insert(key, value);
            }
            assert_eq!(map.len(turn), Ok(model.len()));
            if round % 50 == 0 {
                sound(turn);
                for (key, value) in &model {
                    assert_eq!(map.get(turn, &**key).unwrap(), Some(Value::Text(value)));
                }
            }
        }
        turn.destroy(map).unwrap();
    });
}

#[test]
fn trees_are_copied_and_taken_apart_however_deep() {
    in_turn(if cfg!(miri) { 32 << 10 } else { 4 << 20 }, |turn| {
        let depth = if cfg!(miri) { 5 } else { 3000 };
        let root = turn.new_list().unwrap();
        let mut at = root;
        for level in 0..depth {
            let (map, inner) = (turn.new_map().unwrap(), turn.new_list().unwrap());
            at.push(turn, level).unwrap();
            at.push(turn, map).unwrap();
            at.push(turn, "a text that needs a block of its own").unwrap();
            map.set(turn, "a key that needs a block", inner).unwrap();
            at = inner;
        }
        sound(turn);
        assert_eq!(at.push(turn, root), Err(Error::WouldCycle));
        let copy = root.copy(turn).unwrap();
        let audit = sound(turn);
        assert_eq!(audit.lists, 2 * (depth as u32 + 1));
        assert_eq!(copy.get(turn, 0), Ok(Value::Int(0)));
        turn.destroy(root).unwrap();
        assert_eq!(sound(turn).lists, depth as u32 + 1);
        turn.destroy(copy).unwrap();
        assert_eq!(sound(turn).held, 0);
    });
}

/// A party was killed while it destroyed a list of numbers: the elements had gone, the length was still there, and whoever
/// recovered took the heap's head for elements and declared the region damaged.
#[test]
fn a_container_parted_from_its_elements_is_empty() {
    in_turn(8192, |turn| {
        let (list, map) = (turn.new_list().unwrap(), turn.new_map().unwrap());
        list.extend_ints(turn, &[1; 100]).unwrap();
        map.set(turn, 1, 2).unwrap();
        for block in [list.0.block(), map.0.block()] {
            let body = turn.heap.take_body(block).unwrap();
            turn.heap.free(body).unwrap();
            let header = turn.heap.header(block).unwrap();
            assert!(turn.heap.last_object(block, header).unwrap().is_none());
        }
        assert_eq!((list.len(turn), map.len(turn)), (Ok(0), Ok(0)));
        turn.destroy(list).unwrap();
        turn.destroy(map).unwrap();
    });
}

#[test]
fn messages_come_in_order_and_unfinished_ones_return_to_their_place() {
    in_turn(8192, |turn| {
        for i in 0..5 {
            turn.put_message(i).unwrap();
        }
        let first = turn.take_message(Order::Fifo).unwrap().unwrap();
        let second = turn.take_message(Order::Fifo).unwrap().unwrap();
        let last = turn.take_message(Order::Lifo).unwrap().unwrap();
        assert_eq!(first.value(turn), Ok(Value::Int(0)));
        assert_eq!(last.value(turn), Ok(Value::Int(4)));
        assert_eq!(turn.message_count(), 2);
        sound(turn);
        second.put_back(turn).unwrap();
        last.put_back(turn).unwrap();
        first.put_back(turn).unwrap();
        sound(turn);
        let order: Vec<_> = turn.messages().unwrap().map(|value| value.unwrap().as_int().unwrap()).collect();
        assert_eq!(order, [0, 1, 2, 3, 4]);
        while let Some(message) = turn.take_message(Order::Fifo).unwrap() {
            message.finish(turn).unwrap();
            assert_eq!(message.finish(turn), Err(Error::Stale));
        }
        let list = turn.new_list().unwrap();
        turn.put_message(list).unwrap();
        let item = turn.take_message(Order::Fifo).unwrap().unwrap().accept(turn).unwrap();
        let roots = turn.roots().unwrap();
        roots.set(turn, "list", item).unwrap();
        assert_eq!(roots.get(turn, "list"), Ok(Some(Value::List(list))));
    });
}

#[test]
fn a_party_that_leaves_gives_back_what_it_held() {
    let mut memory = vec![0u8; 8192];
    let region = Region::format(aligned(&mut memory), Config::new().parties(2)).unwrap();
    let [mut a, mut b] = region.split::<2>().unwrap();
    let mut turn = a.acquire().unwrap();
    turn.put_message("job one").unwrap();
    turn.take_message(Order::Fifo).unwrap().unwrap();
    turn.new_list().unwrap().push(&mut turn, "loose, with a long enough text").unwrap();
    drop(turn);
    assert_eq!(a.leave().unwrap(), Recovery { undone: 0, requeued: 1, destroyed: 1 });
    let mut turn = b.acquire().unwrap();
    assert_eq!(turn.read_message(Order::Fifo), Ok(Some(Value::Text("job one"))));
    assert_eq!(sound(&mut turn).held, 0);
}

#[test]
fn memory_running_out_leaves_every_object_as_it_was() {
    in_turn(1024, |turn| {
        let roots = turn.roots().unwrap();
        let list = turn.new_list().unwrap();
        roots.set(turn, "list", list).unwrap();
        let mut stored = 0;
        let refused = loop {
            match list.push(turn, "a text of some 30 bytes or so.") {
                Ok(()) => stored += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(refused, Error::OutOfMemory { .. }), "{refused}");
        let audit = sound(turn);
        assert_eq!(audit.texts, stored);
        assert_eq!(audit.held, 0);
        assert!(stored > 0);
        let big = "x".repeat(2000);
        assert!(matches!(roots.set(turn, Key::Int(1), &*big), Err(Error::OutOfMemory { .. })));
        list.clear(turn).unwrap();
        assert_eq!(sound(turn).texts, 0);
    });
}

/// Going down a circle took as many steps as the heap has granules, and each looked through a list: hours, in a region of
/// some size. A step down is only taken now where the way up confirms it, and no circle can be entered that way.
#[test]
fn a_circle_of_long_lists_is_noticed_at_once() {
    let many = if cfg!(miri) { 10 } else { 100_000 };
    let mut memory = vec![0u64; 40 * many + 512];
    let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new().compact()).unwrap();
    let [mut party, _other] = region.split::<2>().unwrap();
    let mut turn = party.acquire().unwrap();
    let [root, outer, inner] = [(); 3].map(|()| turn.new_list().unwrap());
    let nothing = turn.new_list().unwrap();
    inner.push(&mut turn, nothing).unwrap();
    outer.push(&mut turn, inner).unwrap();
    root.push(&mut turn, outer).unwrap();
    for list in [root, outer, inner] {
        list.extend_ints(&mut turn, &vec![0; many]).unwrap();
    }
    sound(&mut turn);
    // Damage: the innermost list holds the outer one.
    let first = inner.find(&turn.heap).unwrap().at(0).unwrap();
    turn.heap.set_word(first.payload, outer.to_bits()).unwrap();
    let started = std::time::Instant::now();
    assert!(matches!(turn.destroy(root), Err(Error::Corrupt { .. })));
    assert!(started.elapsed().as_secs() < 1, "{:?}", started.elapsed());
    assert!(turn.audit().is_err());
}

#[test]
fn a_map_grows_and_shrinks_by_either_hash() {
    let many = if cfg!(miri) { 12 } else { 500 };
    for hash in [HashKind::Rapid, HashKind::HalfSip] {
        in_turn_by(hash, 256 << 10, |turn| {
            let map = turn.new_map().unwrap();
            let names: Vec<String> =
                (0..many).map(|i| format!("{}{i}", &"a name of some length "[i % 22..])).collect();
            for (i, name) in names.iter().enumerate() {
                map.set(turn, name.as_str(), i as i64).unwrap();
                map.set(turn, i as i64 - 250, name.len() as i64).unwrap();
                if i % 3 == 0 {
                    assert!(map.remove(turn, i as f64 - 250.0).unwrap());
                }
            }
            sound(turn);
            for (i, name) in names.iter().enumerate() {
                assert_eq!(map.get(turn, name.as_str()).unwrap(), Some(Value::Int(i as i64)));
                let len = (i % 3 != 0).then_some(Value::Int(name.len() as i64));
                assert_eq!(map.get(turn, i as i64 - 250).unwrap(), len);
                assert_eq!(map.contains(turn, i as i64 - 250).unwrap(), i % 3 != 0);
                assert_eq!(map.get(turn, i as f64 - 250.0).unwrap(), len);
                assert_eq!(map.get(turn, name.as_bytes()).unwrap(), None);
            }
        });
    }
}

#[cfg(not(miri))]
#[test]
fn large_maps_number_their_entries_in_two_parts() {
    in_turn(8 << 20, |turn| {
        let map = turn.new_map().unwrap();
        for i in 0..70_000i64 {
            map.set(turn, i, -i).unwrap();
        }
        for i in (0..70_000).step_by(7) {
            assert!(map.remove(turn, i).unwrap());
        }
        for i in 0..70_000 {
            assert_eq!(map.get(turn, i).unwrap(), (i % 7 != 0).then_some(Value::Int(-i)));
        }
    });
}
