//! Fields that are collections and tuples, of the standard library and of others: round trips, sharing between types, refusals.
//!
//! Seen red on: a tuple that forgets to look at its length; a fixed capacity that cuts what does not fit; a refused key that is kept.

#![forbid(unsafe_code)]

extern crate alloc;
extern crate std;

use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    string::{String, ToString},
    vec,
    vec::Vec,
};
use std::hash::RandomState;

use heapless::LinearMap;
use indexmap::{IndexMap, IndexSet};

use crate::{AnyRecord, Error, Field, Key, Record, Recorded, Turn, Value, container::tests::in_turn};

const LONG: &str = "a text that is too long for a cell";

type Six<L> = (i8, u8, bool, (), L, (char,));
type Names = IndexMap<String, Option<(u8, char)>, RandomState>;

#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(crate = crate, name = "Everything")]
struct Wide {
    text: String,
    list: Vec<Option<u64>>,
    map: BTreeMap<i16, String>,
    queue: VecDeque<Vec<bool>>,
    set: BTreeSet<String>,
    names: Names,
    keys: IndexSet<i64, RandomState>,
    pair: (i64, (String, Option<f64>)),
    six: Option<Six<Vec<u8>>>,
}

/// What two programs share, one of which has an allocator.
#[derive(Record, Clone, Debug, PartialEq)]
#[record(crate = crate, name = "Shared")]
struct Grows {
    text: String,
    list: Vec<Option<u64>>,
    map: IndexMap<i16, String, RandomState>,
    pair: (i64, VecDeque<Vec<bool>>),
}

#[derive(Record, Clone, Debug, PartialEq)]
#[record(crate = crate, name = "Shared")]
struct Fixed {
    text: heapless::String<12>,
    list: heapless::Vec<Option<u64>, 3, u8>,
    map: LinearMap<i16, heapless::String<40, u16>, 2>,
    pair: (i64, heapless::Vec<heapless::Vec<bool, 2>, 2>),
}

fn grows() -> Grows {
    Grows {
        text: "twelve bytes".into(),
        list: vec![Some(u64::MAX), None, Some(0)],
        map: [(i16::MAX, LONG.into()), (i16::MIN, String::new())].into_iter().collect(),
        pair: (i64::MIN, VecDeque::from([vec![], vec![true, false]])),
    }
}

fn wide() -> Wide {
    Wide {
        text: "twelve bytes".into(),
        list: vec![Some(u64::MAX), None, Some(0)],
        map: BTreeMap::from([(i16::MIN, LONG.into()), (i16::MAX, String::new())]),
        queue: VecDeque::from([vec![], vec![true, false]]),
        set: BTreeSet::from([LONG.into(), String::new(), "a".into()]),
        names: [("z".into(), None), ("a".into(), Some((255, '\0')))].into_iter().collect(),
        keys: [i64::MAX, 0, i64::MIN].into_iter().collect(),
        pair: (i64::MIN, (LONG.into(), Some(-0.5))),
        six: Some((-128, 255, true, (), vec![0, 255], ('\u{10ffff}',))),
    }
}

fn round_trip<T: Recorded + PartialEq + core::fmt::Debug>(turn: &mut Turn<'_>, value: &T) {
    let record = turn.new_record(value).unwrap();
    assert_eq!(record.load(turn).as_ref(), Ok(value));
    let copy = record.copy(turn).unwrap();
    assert_eq!(turn.equal(record, copy), Ok(true));
    turn.destroy(record).unwrap();
    assert_eq!(copy.load(turn).as_ref(), Ok(value));
    turn.destroy(copy).unwrap();
    let audit = turn.audit().unwrap();
    assert_eq!((audit.records, audit.lists, audit.sets, audit.tuples), (0, 0, 0, 0));
}

#[test]
fn every_type_comes_back_as_it_was() {
    in_turn(64 << 10, |turn| {
        round_trip(turn, &wide());
        round_trip(turn, &Wide::default());
        // Orders of insertion, not of keys.
        let record = turn.new_record(&wide()).unwrap();
        let loaded = record.load(turn).unwrap();
        assert!(loaded.names.keys().eq(["z", "a"]) && loaded.keys.iter().eq(&[i64::MAX, 0, i64::MIN]));
    });
}

#[test]
fn types_of_fixed_capacity_share_records_with_those_that_grow() {
    in_turn(64 << 10, |turn| {
        let grows = grows();
        let record = turn.new_record(&grows).unwrap();
        let fixed = record.any().open::<Fixed>(turn).unwrap();
        let loaded = fixed.load(turn).unwrap();
        assert!(*loaded.text == *grows.text && *loaded.list == *grows.list);
        assert!(loaded.map.keys().eq(grows.map.keys()) && loaded.pair.1.len() == 2);
        let back = turn.new_record(&loaded).unwrap().any().open::<Grows>(turn).unwrap();
        assert_eq!(back.load(turn).as_ref(), Ok(&grows));
        turn.destroy(record).unwrap();
        turn.destroy(back).unwrap();
        round_trip(turn, &loaded);
        let empty = heapless::Vec::new();
        round_trip(
            turn,
            &Fixed {
                text: heapless::String::new(),
                list: heapless::Vec::new(),
                map: LinearMap::new(),
                pair: (0, empty),
            },
        );
        assert_eq!(turn.audit().unwrap().schemas, 1);
    });
}

#[test]
fn what_has_grown_beyond_a_fixed_capacity_is_said_and_stays_as_it_is() {
    in_turn(64 << 10, |turn| {
        let record = turn.new_record(&grows()).unwrap();
        let fixed = record.any().open::<Fixed>(turn).unwrap();
        let refused = |turn: &Turn<'_>| match fixed.load(turn) {
            Err(Error::DoesNotFit { len, room }) => (len, room),
            other => panic!("{other:?}"),
        };
        record.set(turn, Grows::TEXT, "thirteen byte").unwrap();
        assert_eq!(refused(turn), (13, 12));
        assert_eq!(fixed.get(turn, Fixed::TEXT), Ok("thirteen byte"), "in place there is no such bound");
        fixed.set(turn, Fixed::TEXT, "longer than that, by far").unwrap();
        record.set(turn, Grows::TEXT, "").unwrap();
        let list = record.get(turn, Grows::LIST).unwrap();
        list.push(turn, ()).unwrap();
        assert_eq!(refused(turn), (4, 3));
        list.pop(turn).unwrap();
        let map = fixed.get(turn, Fixed::MAP).unwrap();
        map.set(turn, 5, "x".repeat(41).as_str()).unwrap();
        assert_eq!(refused(turn), (3, 2));
        map.remove(turn, i16::MIN as i64).unwrap();
        assert_eq!(refused(turn), (41, 40), "a text in the map");
        map.set(turn, 5, "short").unwrap();
        let pair = record.get(turn, Grows::PAIR).unwrap();
        let queue = pair.get(turn, 1).unwrap().as_list().unwrap();
        queue.get(turn, 1).unwrap().as_list().unwrap().push(turn, true).unwrap();
        assert_eq!(refused(turn), (3, 2), "a list in a list in a tuple");
        assert_eq!(record.load(turn).unwrap().pair.1[1], [true, false, true]);
        assert_eq!(
            LinearMap::<i64, (), 0>::load(Value::Map(map), turn),
            Err(Error::DoesNotFit { len: 2, room: 0 })
        );
    });
}

#[test]
fn collections_and_tuples_are_read_and_written_in_place() {
    in_turn(64 << 10, |turn| {
        let record = turn.new_record(&wide()).unwrap();
        assert_eq!(record.get(turn, Wide::SET).unwrap().contains(turn, LONG), Ok(true));
        record.get(turn, Wide::KEYS).unwrap().insert(turn, 7).unwrap();
        record.set(turn, Wide::SET, &BTreeSet::from(["b".to_string()])).unwrap();
        record.set(turn, Wide::QUEUE, &VecDeque::from([vec![true]])).unwrap();
        record.set(turn, Wide::PAIR, &(1, (String::new(), None))).unwrap();
        record.set(turn, Wide::SIX, None).unwrap();
        let pair = record.get(turn, Wide::PAIR).unwrap();
        assert_eq!((pair.len(turn), pair.get(turn, 0)), (Ok(2), Ok(Value::Int(1))));
        let loaded = record.load(turn).unwrap();
        assert!(loaded.keys.contains(&7) && loaded.set.len() == 1 && loaded.six.is_none());
        // Without the type.
        let names = record.any().get(turn, "names").unwrap().and_then(Value::as_map).unwrap();
        assert_eq!(names.get(turn, "z"), Ok(Some(Value::Null)));
    });
}

#[test]
fn what_has_another_type_is_an_error_that_names_the_field() {
    #[derive(Record, Debug)]
    #[record(crate = crate)]
    struct Pair<A, B> {
        first: A,
        second: B,
    }
    fn named<A: Field + core::fmt::Debug, B: Field + core::fmt::Debug>(
        turn: &Turn<'_>,
        any: AnyRecord,
    ) -> Option<&'static str> {
        match any.open::<Pair<A, B>>(turn) {
            Err(Error::OtherShape(mismatch)) => mismatch.field(),
            other => panic!("{other:?}"),
        }
    }
    in_turn(64 << 10, |turn| {
        let any =
            turn.new_record(&Pair { first: (1i64, true), second: BTreeSet::from([1u8]) }).unwrap().any();
        assert_eq!(named::<(i64, i64), BTreeSet<u8>>(turn, any), Some("first"));
        assert_eq!(named::<(i64, bool, ()), BTreeSet<u8>>(turn, any), Some("first"));
        assert_eq!(named::<Vec<i64>, BTreeSet<u8>>(turn, any), Some("first"));
        assert_eq!(named::<(i64, bool), Vec<u8>>(turn, any), Some("second"));
        assert_eq!(named::<(i64, bool), BTreeSet<i8>>(turn, any), Some("second"));
        assert_eq!(named::<(i64, bool), crate::Set>(turn, any), Some("second"));
        assert!(any.open::<Pair<(i64, bool), IndexSet<u8, RandomState>>>(turn).is_ok());
    });
}

#[test]
fn what_the_cells_hold_has_to_fit_the_type() {
    in_turn(64 << 10, |turn| {
        let two = turn.new_tuple(&[1.into(), 2.into()]).unwrap();
        assert_eq!(<(i64, i64)>::load(Value::Tuple(two), turn), Ok((1, 2)));
        assert_eq!(<(i64,)>::load(Value::Tuple(two), turn), Err(Error::WrongType), "one too many");
        assert_eq!(<(i64, i64, i64)>::load(Value::Tuple(two), turn), Err(Error::WrongType), "one too few");
        assert_eq!(<(i64, bool)>::load(Value::Tuple(two), turn), Err(Error::WrongType));
        assert_eq!(<(i64, i64)>::load(Value::Int(1), turn), Err(Error::WrongType));
        let set = turn.new_set().unwrap();
        set.extend(turn, [Key::Int(1), Key::Text("x")]).unwrap();
        assert_eq!(BTreeSet::<i64>::load(Value::Set(set), turn), Err(Error::WrongType));
        assert_eq!(Vec::<i64>::load(Value::Set(set), turn), Err(Error::WrongType));
        assert_eq!(<[i64; 3]>::load(Value::Tuple(two), turn), Err(Error::WrongType));
    });
}

#[test]
fn keys_that_a_region_does_not_take_are_refused_and_nothing_stays() {
    #[derive(Record)]
    #[record(crate = crate)]
    struct Odd {
        before: (Vec<String>, String),
        sets: Vec<BTreeSet<Vec<u8>>>,
        map: BTreeMap<(i64, i64), String>,
    }
    in_turn(64 << 10, |turn| {
        let before = (vec![LONG.to_string()], LONG.to_string());
        let sets = vec![BTreeSet::from([vec![1, 2], vec![]])];
        let odd = Odd { before: before.clone(), sets, map: BTreeMap::new() };
        assert_eq!(turn.new_record(&odd).err(), Some(Error::WrongType));
        let odd = Odd { before, sets: vec![], map: BTreeMap::from([((1, 2), LONG.into())]) };
        assert_eq!(turn.new_record(&odd).err(), Some(Error::WrongType));
        let audit = turn.audit().unwrap();
        assert_eq!((audit.held, audit.records, audit.lists, audit.texts), (0, 0, 0, 0));
    });
}

#[test]
fn nothing_stays_of_a_record_that_does_not_fit() {
    for len in (4096..14 << 10).step_by(if cfg!(miri) { 14 << 10 } else { 136 }) {
        in_turn(len, |turn| {
            // The schema, if it fits.
            if let Ok(record) = turn.new_record(&Wide::default()) {
                turn.destroy(record).unwrap();
            }
            while turn.new_record(&wide()).is_ok() {}
            let before = turn.audit().unwrap();
            assert!(matches!(turn.new_record(&wide()), Err(Error::OutOfMemory { .. })));
            let after = turn.audit().unwrap();
            assert_eq!((after.held, after.stats.used), (before.held, before.stats.used));
        });
    }
}
