//! Instances, seen from inside: what the model cannot tell, because the way there matters.
//!
//! Seen red on: an instance compared as a map; fields that begin with the class.

#![forbid(unsafe_code)]

extern crate std;
use std::{format, vec::Vec};

use super::tests::in_turn;
use crate::{Error, Instance, Key, Turn, Value};

const LONG: &str = "a name that is too long for a cell";

fn names<'t>(turn: &'t Turn<'_>, instance: Instance) -> Vec<&'t str> {
    instance.fields(turn).unwrap().map(|field| field.unwrap().0).collect()
}

#[test]
fn fields_come_and_go_and_the_class_stays() {
    in_turn(1 << 15, |turn| {
        let ada = turn.new_instance("Person").unwrap();
        assert_eq!((ada.len(turn), ada.is_empty(turn), ada.class(turn)), (Ok(0), Ok(true), Ok("Person")));
        ada.set(turn, "name", "Ada").unwrap();
        ada.set(turn, LONG, 1).unwrap();
        ada.set(turn, "", 0.5).unwrap();
        assert_eq!(names(turn, ada), ["name", LONG, ""]);
        assert_eq!(ada.get(turn, LONG), Ok(Some(Value::Int(1))));
        assert_eq!((ada.has(turn, ""), ada.has(turn, "age")), (Ok(true), Ok(false)));
        // A field that is there keeps its place; one that went and came back is the last.
        ada.set(turn, "name", "Ada Lovelace").unwrap();
        assert_eq!((ada.remove(turn, LONG), ada.remove(turn, LONG)), (Ok(true), Ok(false)));
        ada.set(turn, LONG, 2).unwrap();
        assert_eq!(names(turn, ada), ["name", "", LONG]);
        let taken = ada.take(turn, "name").unwrap().unwrap();
        assert_eq!(taken.value(turn), Ok(Value::Text("Ada Lovelace")));
        turn.destroy(taken.object().unwrap()).unwrap();
        assert_eq!(ada.take(turn, "name"), Ok(None));
        // Many, so that the table is built anew more than once.
        for number in 0..if cfg!(miri) { 20 } else { 200 } {
            ada.set(turn, &format!("field number {number}"), number).unwrap();
            ada.remove(turn, &format!("field number {}", number - 2)).unwrap();
        }
        assert_eq!((ada.len(turn), ada.class(turn)), (Ok(4), Ok("Person")));
    });
}

#[test]
fn instances_are_equal_by_class_and_fields_and_are_no_maps() {
    in_turn(1 << 15, |turn| {
        let make = |turn: &mut Turn<'_>, class: &str, fields: &[&str]| {
            let instance = turn.new_instance(class).unwrap();
            for name in fields {
                instance.set(turn, name, name.len() as i64).unwrap();
            }
            instance
        };
        let one = make(turn, "Point", &["x", "other"]);
        let turned = make(turn, "Point", &["other", "x"]);
        assert_eq!((turn.equal(one, turned), turn.equal(one, one)), (Ok(true), Ok(true)));
        for unlike in [
            make(turn, "Points", &["x", "other"]),
            make(turn, "Point", &["x"]),
            make(turn, "Point", &["x", "y", "other"]),
            make(turn, "Point", &["x", "outer"]),
        ] {
            assert_eq!(turn.equal(one, unlike), Ok(false), "{:?}", names(turn, unlike));
        }
        let map = turn.new_map().unwrap();
        map.set(turn, (), "Point").unwrap();
        map.set(turn, "x", 1).unwrap();
        map.set(turn, "other", 5).unwrap();
        assert_eq!((turn.equal(one, map), turn.equal(map, one)), (Ok(false), Ok(false)));
        assert_eq!(turn.compare(one, turned), Err(Error::NotComparable));
        assert_eq!(Key::try_from(Value::Instance(one)), Err(Error::WrongType));
        // Found inside of other containers, too, and as deep as they are.
        let (a, b) = (turn.new_list().unwrap(), turn.new_list().unwrap());
        a.push(turn, one).unwrap();
        b.push(turn, turned).unwrap();
        assert_eq!(turn.equal(a, b), Ok(true));
        turned.set(turn, "x", 1.0).unwrap();
        assert_eq!(turn.equal(a, b), Ok(true), "1 is 1.0");
        turned.set(turn, "x", 2).unwrap();
        assert_eq!(turn.equal(a, b), Ok(false));
    });
}

#[test]
fn an_instance_is_in_one_place_and_goes_with_all_that_is_in_it() {
    in_turn(1 << 15, |turn| {
        let before = turn.stats().unwrap().used;
        let outer = turn.new_instance("a class with a long name").unwrap();
        let inner = turn.new_instance("Inner").unwrap();
        assert_eq!(inner.set(turn, "self", inner), Err(Error::WouldCycle));
        outer.set(turn, "inner", inner).unwrap();
        assert_eq!(inner.set(turn, "outer", outer), Err(Error::WouldCycle));
        assert_eq!(turn.destroy(inner), Err(Error::AlreadyPlaced));
        let map = turn.new_map().unwrap();
        inner.set(turn, "map", map).unwrap();
        map.set(turn, "a key that is long", LONG).unwrap();
        let copy = outer.copy(turn).unwrap();
        assert_eq!(turn.equal(outer, copy), Ok(true));
        let copied = copy.get(turn, "inner").unwrap().and_then(Value::as_instance).unwrap();
        assert!(copied != inner && copied.class(turn) == Ok("Inner"));
        assert_eq!(outer.footprint(turn).unwrap().texts, 40, "the class");
        turn.destroy(outer).unwrap();
        turn.destroy(copy).unwrap();
        assert_eq!((inner.len(turn), outer.class(turn)), (Err(Error::Stale), Err(Error::Stale)));
        assert_eq!(turn.stats().unwrap().used, before);
    });
}

#[test]
fn an_instance_whose_class_finds_no_room_is_not_made() {
    in_turn(2048, |turn| {
        let class = "c".repeat(1000);
        while turn.new_bytes(&[0; 64]).is_ok() {}
        let before = turn.stats().unwrap();
        assert!(matches!(turn.new_instance(&class), Err(Error::OutOfMemory { .. })));
        assert!(matches!(turn.new_instance("C"), Err(Error::OutOfMemory { .. })));
        assert_eq!(turn.stats().unwrap(), before);
    });
}
