//! Records of derived types: round trips, live fields, versions, refusals, and nothing lost.

#![forbid(unsafe_code)]

extern crate alloc;

use alloc::{
    boxed::Box,
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use crate::{AnyRecord, Error, Field, Fields, Record, Recorded, Turn, Value, container::tests::in_turn};

#[derive(Fields, Clone, Copy, Debug, PartialEq)]
#[record(crate = crate)]
enum Mood {
    Calm,
    ExceedinglyCheerful,
}

#[derive(Record, Clone, Debug, PartialEq)]
#[record(crate = crate)]
struct Address {
    street: String,
    number: u16,
}

#[derive(Record, Clone, Debug, PartialEq)]
#[record(crate = crate)]
struct Person {
    name: String,
    age: u8,
    mood: Mood,
    address: Option<Address>,
    friends: Vec<String>,
    scores: [f64; 3],
    marks: BTreeMap<i32, bool>,
    spouse: Option<Box<Person>>,
    letter: char,
    nothing: (),
    weight: f32,
    large: u64,
}

fn person(depth: usize) -> Person {
    Person {
        name: "Ada Lovelace, Countess".into(),
        age: 36,
        mood: Mood::ExceedinglyCheerful,
        address: Some(Address { street: "St James's Square".into(), number: 12 }),
        friends: vec!["Charles".into(), "Mary Somerville".into()],
        scores: [0.5, -0.0, f64::INFINITY],
        marks: BTreeMap::from([(-1, true), (i32::MAX, false)]),
        spouse: if depth == 0 { None } else { Some(Box::new(person(depth - 1))) },
        letter: '🦀',
        nothing: (),
        weight: 0.1,
        large: u64::MAX,
    }
}

#[derive(Record, Debug, PartialEq)]
#[record(crate = crate)]
enum Shape {
    Point,
    Circle { radius: f64 },
    Polygon(Vec<Pair<i64, i64>>, bool),
}

#[derive(Record, Debug, PartialEq)]
#[record(crate = crate)]
struct Pair<A, B>(A, B);

#[derive(Record, Debug, PartialEq)]
#[record(crate = crate)]
struct Unit;

/// The same type in the programs of three years.
mod years {
    use super::*;

    #[derive(Record, Debug, PartialEq)]
    #[record(crate = crate, name = "Motor")]
    pub struct First {
        pub speed: i32,
        pub label: String,
    }

    #[derive(Record, Debug, PartialEq)]
    #[record(crate = crate, name = "Motor")]
    pub struct Second {
        #[record(since = 2, default = 250)]
        pub limit: u32,
        pub speed: i32,
        pub label: String,
    }

    #[derive(Record, Debug, PartialEq)]
    #[record(crate = crate, name = "Motor")]
    pub struct Third {
        pub speed: i32,
        #[record(since = 3)]
        pub notes: Vec<String>,
        #[record(since = 2, default = 250)]
        pub limit: u32,
        pub label: String,
    }
}

fn round_trip<T: Recorded + PartialEq + core::fmt::Debug>(turn: &mut Turn<'_>, value: T) {
    let used = turn.stats().unwrap().used;
    let record = turn.new_record(&value).unwrap();
    assert_eq!(record.load(turn).as_ref(), Ok(&value));
    let copy = record.copy(turn).unwrap();
    turn.destroy(record).unwrap();
    assert_eq!(copy.load(turn).as_ref(), Ok(&value));
    assert_eq!(record.load(turn), Err(Error::Stale));
    turn.destroy(copy).unwrap();
    turn.audit().unwrap();
    let schemas = turn.audit().unwrap().schemas;
    assert!(turn.stats().unwrap().used >= used && schemas > 0);
}

#[test]
fn every_type_comes_back_as_it_was() {
    in_turn(64 << 10, |turn| {
        round_trip(turn, person(3));
        round_trip(turn, Unit);
        round_trip(turn, Pair(-1i8, Some(u32::MAX)));
        round_trip(turn, Pair(Pair(Unit, true), vec![Some(1.5f64), None]));
        round_trip(turn, Shape::Point);
        round_trip(turn, Shape::Circle { radius: -0.0 });
        round_trip(turn, Shape::Polygon(vec![Pair(1, 2), Pair(i64::MIN, i64::MAX)], true));
    });
}

#[test]
fn a_schema_is_stored_once_and_a_record_of_five_fields_takes_64_bytes() {
    #[derive(Record)]
    #[record(crate = crate)]
    struct Five {
        a: i64,
        b: f64,
        c: bool,
        d: char,
        e: Option<u32>,
    }
    in_turn(16 << 10, |turn| {
        let five = Five { a: 1, b: 2.0, c: true, d: 'd', e: None };
        let first = turn.new_record(&five).unwrap();
        let (used, audit) = (turn.stats().unwrap().used, turn.audit().unwrap());
        assert_eq!((audit.records, audit.schemas, audit.maps), (1, 1, 1));
        turn.new_record(&five).unwrap();
        assert_eq!(turn.stats().unwrap().used, used + 64);
        assert_eq!(first.footprint(turn).unwrap().own, 64);
        assert_eq!(turn.audit().unwrap().schemas, 1);
    });
}

#[test]
fn fields_are_read_and_written_in_place() {
    in_turn(64 << 10, |turn| {
        let record = turn.new_record(&person(1)).unwrap();
        turn.roots().unwrap().set(turn, "ada", record).unwrap();
        record.update(turn, Person::AGE, |age| age + 1).unwrap();
        record.set(turn, Person::NAME, "Ada").unwrap();
        record.set(turn, Person::MOOD, Mood::Calm).unwrap();
        record.set(turn, Person::FRIENDS, &["none"].map(String::from)).unwrap();
        record.set(turn, Person::LARGE, 7).unwrap();
        assert_eq!(record.get(turn, Person::AGE), Ok(37));
        assert_eq!(record.get(turn, Person::NAME), Ok("Ada"));
        assert_eq!(record.get(turn, Person::LARGE), Ok(7));
        assert_eq!(record.get(turn, Person::FRIENDS).unwrap().get(turn, 0), Ok(Value::Text("none")));
        let address = record.get(turn, Person::ADDRESS).unwrap().unwrap();
        address.set(turn, Address::NUMBER, 13).unwrap();
        assert_eq!(record.load(turn).unwrap().address.unwrap().number, 13);
        record.set(turn, Person::ADDRESS, None).unwrap();
        assert_eq!(address.get(turn, Address::NUMBER), Err(Error::Stale));
        let spouse = record.get(turn, Person::SPOUSE).unwrap().unwrap();
        assert_eq!(spouse.get(turn, Person::MOOD), Ok(Mood::ExceedinglyCheerful));
    });
}

#[test]
fn fields_are_read_by_name_without_the_type() {
    in_turn(64 << 10, |turn| {
        let circle: AnyRecord = turn.new_record(&Shape::Circle { radius: 2.5 }).unwrap().any();
        assert_eq!(circle.get(turn, "radius"), Ok(Some(Value::Float(2.5))));
        assert_eq!(circle.get(turn, "diameter"), Ok(None));
        let schema = circle.schema(turn).unwrap();
        assert_eq!((schema.name(), schema.version(), schema.len()), ("Shape::Circle", 1, 1));
        let person = turn.new_record(&person(0)).unwrap().any();
        let types: Vec<_> = person.schema(turn).unwrap().fields().collect();
        assert_eq!(types[0], ("name", "text"));
        assert_eq!(types[3], ("address", "option<Address>"));
        assert_eq!(types[6], ("marks", "map<i32, bool>"));
        assert_eq!(types[7], ("spouse", "option<Person>"));
        let fields: Vec<_> = person.iter(turn).unwrap().map(Result::unwrap).collect();
        assert_eq!((fields.len(), fields[1]), (12, ("age", Value::Int(36))));
        assert_eq!(<Pair<u8, Vec<f32>> as Field>::TYPE.to_string(), "Pair<u8, list<f32>>");
    });
}

#[test]
fn another_shape_is_an_error_that_names_the_field() {
    #[derive(Record, Debug)]
    #[record(crate = crate, name = "Address")]
    struct Renamed {
        street: String,
        no: u16,
    }
    #[derive(Record, Debug)]
    #[record(crate = crate, name = "Address")]
    struct Retyped {
        street: String,
        number: u32,
    }
    #[derive(Record, Debug)]
    #[record(crate = crate, name = "Address")]
    struct Shorter {
        street: String,
    }
    in_turn(16 << 10, |turn| {
        let address = Address { street: "here".into(), number: 1 };
        let any = turn.new_record(&address).unwrap().any();
        let told = |error| match error {
            Error::OtherShape(mismatch) => {
                assert_eq!((error.code(), error.to_string()), (0x11, mismatch.to_string()));
                (mismatch.record(), mismatch.field(), mismatch.to_string())
            }
            error => panic!("{error}"),
        };
        let (record, field, text) = told(any.open::<Renamed>(turn).unwrap_err());
        assert_eq!((record, field), ("Address", Some("no")));
        assert!(text.contains("has no field `no`"), "{text}");
        let (_, field, text) = told(any.open::<Retyped>(turn).unwrap_err());
        assert_eq!(field, Some("number"));
        assert!(text.contains("`number` is of another type"), "{text}");
        assert_eq!(told(any.open::<Shorter>(turn).unwrap_err()).1, None);
        assert_eq!(told(any.open::<Person>(turn).unwrap_err()).0, "Person");
        assert_eq!(told(any.open::<Shape>(turn).unwrap_err()).1, None);
        // A handle of the wrong type is noticed at each use.
        let wrong: Record<Retyped> = Record::of(any);
        assert!(matches!(wrong.get(turn, Retyped::NUMBER), Err(Error::OtherShape(_))));
        assert!(matches!(wrong.set(turn, Retyped::NUMBER, 1), Err(Error::OtherShape(_))));
        assert_eq!(any.open::<Address>(turn).unwrap().load(turn), Ok(address));
        turn.destroy(any).unwrap();
    });
}

#[test]
fn older_and_newer_records_are_understood() {
    use years::*;
    in_turn(16 << 10, |turn| {
        let first = turn.new_record(&First { speed: 5, label: "left".into() }).unwrap().any();
        let second = turn.new_record(&Second { limit: 9, speed: 6, label: "right".into() }).unwrap().any();
        let notes = vec!["n".into()];
        let third = turn.new_record(&Third { speed: 7, notes, limit: 8, label: "up".into() }).unwrap().any();

        let old = first.open::<Second>(turn).unwrap();
        assert_eq!(old.get(turn, Second::LIMIT), Ok(250));
        assert_eq!(old.load(turn), Ok(Second { limit: 250, speed: 5, label: "left".into() }));
        old.set(turn, Second::SPEED, -5).unwrap();
        let Err(Error::OtherShape(older)) = old.set(turn, Second::LIMIT, 1) else { panic!("it has no room") };
        assert_eq!(older.field(), Some("limit"));
        assert!(older.to_string().contains("older"));

        let oldest = first.open::<Third>(turn).unwrap();
        let expected = Third { speed: -5, notes: vec![], limit: 250, label: "left".into() };
        assert_eq!(oldest.load(turn), Ok(expected));
        assert!(matches!(oldest.get(turn, Third::NOTES), Err(Error::OtherShape(_))));

        let newer = third.open::<First>(turn).unwrap();
        newer.set(turn, First::LABEL, "down, and a long way").unwrap();
        assert_eq!(newer.load(turn), Ok(First { speed: 7, label: "down, and a long way".into() }));
        let newer = third.open::<Second>(turn).unwrap();
        assert_eq!(newer.get(turn, Second::LIMIT), Ok(8));
        assert_eq!(second.open::<First>(turn).unwrap().get(turn, First::SPEED), Ok(6));
        assert_eq!(turn.audit().unwrap().schemas, 3);
    });
}

#[test]
fn nothing_stays_of_a_record_that_does_not_fit() {
    for len in (2048..12 << 10).step_by(if cfg!(miri) { 5296 } else { 136 }) {
        in_turn(len, |turn| {
            // The schemas, if they fit.
            if let Ok(record) = turn.new_record(&person(0)) {
                turn.destroy(record).unwrap();
            }
            let before = turn.stats().unwrap();
            match turn.new_record(&person(2)) {
                Ok(record) => turn.destroy(record).unwrap(),
                Err(error) => assert!(matches!(error, Error::OutOfMemory { .. }), "{error}"),
            }
            let after = turn.audit().unwrap();
            assert_eq!(after.held, 0);
            assert!(after.stats.used >= before.used && after.records == 0);
        });
    }
}

#[test]
fn records_nest_and_cannot_contain_themselves() {
    #[derive(Record)]
    #[record(crate = crate)]
    struct Holder {
        list: crate::List,
    }
    in_turn(16 << 10, |turn| {
        let list = turn.new_list().unwrap();
        let holder = turn.new_record(&Holder { list }).unwrap();
        assert_eq!(list.push(turn, holder), Err(Error::WouldCycle));
        let outer = turn.new_list().unwrap();
        outer.push(turn, holder).unwrap();
        assert_eq!(holder.get(turn, Holder::LIST), Ok(list));
        list.push(turn, 5).unwrap();
        let copy = outer.copy(turn).unwrap();
        turn.destroy(outer).unwrap();
        let any = copy.get(turn, 0).unwrap().as_record().unwrap();
        let inner = any.get(turn, "list").unwrap().and_then(Value::as_list).unwrap();
        assert_eq!(inner.get(turn, 0), Ok(Value::Int(5)));
        let item = copy.take(turn, 0).unwrap();
        assert_eq!(item.value(turn), Ok(Value::Record(any)));
        turn.put_message(item).unwrap();
    });
}

#[test]
fn a_chain_of_records_is_copied_and_destroyed_without_recursion() {
    #[derive(Record)]
    #[record(crate = crate)]
    struct Link {
        next: Option<Record<Link>>,
        number: u32,
    }
    in_turn(2 << 20, |turn| {
        let depth = if cfg!(miri) { 20 } else { 10_000 };
        let mut last = None;
        for number in 0..depth {
            last = Some(turn.new_record(&Link { next: last, number }).unwrap());
        }
        let last = last.unwrap();
        let copy = last.copy(turn).unwrap();
        turn.destroy(last).unwrap();
        let mut at = Some(copy);
        for number in (0..depth).rev() {
            let link = at.unwrap();
            assert_eq!(link.get(turn, Link::NUMBER), Ok(number));
            at = link.get(turn, Link::NEXT).unwrap();
        }
        turn.destroy(copy).unwrap();
        assert_eq!(turn.audit().unwrap().records, 0);
    });
}

#[test]
fn names_of_variants_are_indices() {
    assert_eq!(Mood::NAMES, ["Calm", "ExceedinglyCheerful"]);
    assert_eq!((Mood::COUNT, Mood::ExceedinglyCheerful.index()), (2, 1));
    assert_eq!(Mood::named("Calm"), Some(Mood::Calm));
    assert_eq!(Mood::named("calm"), None);
    assert_eq!(format!("{:?}", Shape::SHAPES[1]), "Shape::Circle v1 { radius: f64 }");
}
