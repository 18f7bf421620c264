//! Rust values into a region and out again by serde: everything in its data model, what is refused, and that nothing stays
//! of what was refused.
#![forbid(unsafe_code)]

use std::{collections::BTreeMap, fmt};

use cohabit::{Config, Error, Item, Region, SerdeError, Turn, Value};
use cohabit_testkit::Random;
use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned, ser};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped(Option<u8>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pair(i64, String);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Kind {
    Plain,
    AVariantWithALongName,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Circle(f64),
    Line(f32, f32, char),
    Named { name: String, inner: Option<Box<Shape>> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    unit: Unit,
    bools: [bool; 2],
    ints: (i8, i16, i32, i64, u8, u16, u32, u64),
    wide: (i128, u128),
    floats: (f32, f64),
    letter: char,
    text: String,
    wrapped: Vec<Wrapped>,
    pair: Pair,
    shapes: Vec<Shape>,
    by_number: BTreeMap<i32, String>,
    by_kind: BTreeMap<Kind, Vec<u8>>,
    #[serde(flatten)]
    more: BTreeMap<String, i64>,
}

fn everything() -> Everything {
    Everything {
        unit: Unit,
        bools: [true, false],
        ints: (i8::MIN, i16::MIN, i32::MIN, i64::MIN, u8::MAX, u16::MAX, u32::MAX, u64::MAX),
        wide: (i64::MIN as i128, u64::MAX as u128),
        floats: (f32::MIN_POSITIVE, -0.0),
        letter: '🦀',
        text: "a text that needs a block of its own".into(),
        wrapped: vec![Wrapped(None), Wrapped(Some(7))],
        pair: Pair(-5, String::new()),
        shapes: vec![
            Shape::Nothing,
            Shape::Circle(f64::MAX),
            Shape::Line(1.5, -2.5, 'é'),
            Shape::Named { name: "outer".into(), inner: Some(Box::new(Shape::Nothing)) },
        ],
        by_number: BTreeMap::from([(-1, "minus one".into()), (2, "two, in more than eight letters".into())]),
        by_kind: BTreeMap::from([(Kind::Plain, vec![]), (Kind::AVariantWithALongName, vec![1, 2, 3])]),
        more: BTreeMap::from([("flat".into(), 1), ("flattened, and long".into(), 2)]),
    }
}

/// Runs `body` in a turn; whatever it did, the region is sound afterwards, and this party holds as much as it says.
fn in_turn(bytes: usize, body: impl FnOnce(&mut Turn<'_>) -> u32) {
    let mut memory = vec![0u64; bytes / 8];
    let region =
        Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new().parties(2).compact()).unwrap();
    let [mut party, _] = region.split::<2>().unwrap();
    let mut turn = party.acquire().unwrap();
    let held = body(&mut turn);
    let audit = turn.audit().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(audit.held, held);
}

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
    in_turn(1 << 16, |turn| {
        let item = turn.put(value).unwrap();
        let back: T = turn.load(item.value(turn).unwrap()).unwrap();
        assert_eq!(back, *value);
        item.object().is_some() as u32
    });
}

fn refused<T: DeserializeOwned + fmt::Debug>(turn: &Turn<'_>, value: Value<'_>) -> String {
    turn.load::<T>(value).unwrap_err().to_string()
}

#[test]
fn everything_in_the_data_model_comes_back() {
    round_trip(&everything());
    round_trip(&Unit);
    round_trip(&Some(5u8));
    round_trip(&None::<String>);
    round_trip(&());
    round_trip(&'x');
    round_trip(&Kind::AVariantWithALongName);
    round_trip(&[[[0.5f64; 2]; 2]; 2]);
}

#[test]
fn structs_with_others_flattened_into_them_are_maps_that_others_read_by_name() {
    in_turn(1 << 16, |turn| {
        let item = turn.put(&everything()).unwrap();
        let Value::Map(map) = item.value(turn).unwrap() else { panic!("not a map") };
        turn.roots().unwrap().set(turn, "everything", item).unwrap();
        assert_eq!(map.get(turn, "unit"), Ok(Some(Value::Null)));
        assert_eq!(map.get(turn, "flat"), Ok(Some(Value::Int(1))));
        let text: &str = turn.load(map.get(turn, "text").unwrap().unwrap()).unwrap();
        assert_eq!(text, "a text that needs a block of its own");
        let shapes = map.get(turn, "shapes").unwrap().unwrap().as_list().unwrap();
        assert_eq!(shapes.get(turn, 0), Ok(Value::Text("Nothing")));
        let circle = shapes.get(turn, 1).unwrap().as_map().unwrap();
        assert_eq!(circle.get(turn, "Circle"), Ok(Some(Value::Float(f64::MAX))));
        0
    });
}

#[test]
fn instances_are_read_as_structs_and_as_maps_by_the_names_of_their_fields() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Point<'a> {
        x: f64,
        label: Option<&'a str>,
    }
    in_turn(1 << 16, |turn| {
        let point = turn.new_instance("Point").unwrap();
        point.set(turn, "label", "a label that is long").unwrap();
        point.set(turn, "x", 0.5).unwrap();
        let value = Value::Instance(point);
        assert_eq!(turn.load(value), Ok(Point { x: 0.5, label: Some("a label that is long") }));
        let map: BTreeMap<String, serde_json::Value> = turn.load(value).unwrap();
        assert_eq!(map.len(), 2);
        point.remove(turn, "x").unwrap();
        let missing = turn.load::<Point<'_>>(value).unwrap_err().to_string();
        assert!(missing.contains("missing field `x`"), "{missing}");
        assert!(refused::<Vec<u8>>(turn, value).contains("map"));
        1
    });
}

#[test]
fn variants_are_accepted_by_number_too() {
    in_turn(4096, |turn| {
        assert_eq!(turn.load::<Kind>(Value::Int(1)), Ok(Kind::AVariantWithALongName));
        let map = turn.new_map().unwrap();
        map.set(turn, 1, 2.5).unwrap();
        assert_eq!(turn.load::<Shape>(Value::Map(map)), Ok(Shape::Circle(2.5)));
        let unknown = refused::<Kind>(turn, Value::Text("Unheard of"));
        assert!(unknown.contains("unknown variant `Unheard of`"), "{unknown}");
        assert!(refused::<Kind>(turn, Value::Int(-1)).contains("variant"));
        assert!(refused::<Shape>(turn, Value::Text("Circle")).contains("variant with contents"));
        map.set(turn, 2, 2.5).unwrap();
        assert!(refused::<Shape>(turn, Value::Map(map)).contains("map of one entry"));
        1
    });
}

#[test]
fn what_does_not_fit_the_type_is_said() {
    in_turn(4096, |turn| {
        let map = turn.new_map().unwrap();
        assert!(refused::<Everything>(turn, Value::Map(map)).starts_with("missing field `unit`"));
        assert_eq!(refused::<u8>(turn, Value::Int(256)), "invalid value: integer `256`, expected u8");
        let list = turn.new_list().unwrap();
        list.extend_ints(turn, &[1, 2, 3]).unwrap();
        assert_eq!(refused::<(i32, i32)>(turn, Value::List(list)), "1 elements too many");
        assert_eq!(turn.load::<(i32, i32, i64)>(Value::List(list)), Ok((1, 2, 3)));
        let long = "x".repeat(500);
        let cut = turn.load::<u8>(Value::Text(&long)).unwrap_err();
        assert!(cut.to_string().starts_with("invalid type: string \"xxx"), "{cut}");
        assert_eq!(cut.code(), 0x0184);
        2
    });
}

/// Says that it has more elements than it has, and writes a text that is only known once written.
struct Liar;

impl Serialize for Liar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(usize::MAX))?;
        ser::SerializeSeq::serialize_element(&mut list, &format_args!("{:0>200}", 7))?;
        ser::SerializeSeq::serialize_element(&mut list, &format_args!("{:0>8}", 7))?;
        ser::SerializeSeq::end(list)
    }
}

#[test]
fn hints_may_be_wrong_and_texts_may_come_in_pieces() {
    in_turn(1 << 14, |turn| {
        let item = turn.put(&Liar).unwrap();
        let back: Vec<String> = turn.load(item.value(turn).unwrap()).unwrap();
        assert_eq!(back, [format!("{:0>200}", 7), format!("{:0>8}", 7)]);
        1
    });
}

/// Fails after it has put half of itself.
#[derive(Serialize)]
struct Half {
    first: Vec<String>,
    second: Failing,
}

struct Failing;

impl Serialize for Failing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        ser::SerializeMap::serialize_key(&mut map, "a key that is never followed by its value")?;
        Err(ser::Error::custom("changed its mind"))
    }
}

#[test]
fn nothing_stays_of_what_is_refused() {
    in_turn(1 << 14, |turn| {
        // The schemas of records stay, once for each type.
        let known = turn.put(&everything()).unwrap().object().unwrap();
        turn.destroy(known).unwrap();
        let before = turn.stats().unwrap();
        let half = Half { first: vec!["long enough for a block".into(); 5], second: Failing };
        assert_eq!(turn.put(&half).unwrap_err().to_string(), "changed its mind");
        assert_eq!(turn.put(&BTreeMap::from([(vec![1], 2)])).unwrap_err(), SerdeError::Key);
        assert_eq!(turn.put(&[u64::MAX as u128 + 1]).unwrap_err(), SerdeError::TooLarge);
        assert_eq!(turn.put(&[i64::MIN as i128 - 1]).unwrap_err(), SerdeError::TooLarge);
        let large = vec![everything(); 100];
        assert!(matches!(turn.put(&large), Err(SerdeError::Region(Error::OutOfMemory { .. }))));
        assert_eq!(turn.stats().unwrap().used, before.used);
        0
    });
}

/// `serde_json::Value` asks for whatever is there.
#[test]
fn untyped_values_are_read_128_levels_deep() {
    in_turn(1 << 16, |turn| {
        let (root, mut at) = (turn.new_list().unwrap(), turn.new_list().unwrap());
        root.push(turn, at).unwrap();
        for _ in 2..128 {
            let inner = turn.new_list().unwrap();
            at.push(turn, inner).unwrap();
            at = inner;
        }
        assert!(turn.load::<serde_json::Value>(Value::List(root)).is_ok());
        let one_more = turn.new_list().unwrap();
        at.push(turn, one_more).unwrap();
        assert_eq!(turn.load::<serde_json::Value>(Value::List(root)).unwrap_err(), SerdeError::TooDeep);
        1
    });
}

/// A document that looks random, at most so deep.
fn json(random: &mut Random, depth: usize) -> serde_json::Value {
    let text = |random: &mut Random| {
        "aé🦀\"\0x ".chars().cycle().skip(random.below(7)).take(random.below(20)).collect::<String>()
    };
    match random.below(if depth == 0 { 6 } else { 8 }) {
        0 => serde_json::Value::Null,
        1 => random.below(2).eq(&0).into(),
        2 => (random.next_u64() as i64).into(),
        3 => random.next_u64().into(),
        4 => f64::from_bits(random.next_u64()).into(),
        5 => text(random).into(),
        6 => (0..random.below(6)).map(|_| json(random, depth - 1)).collect(),
        _ => {
            let entries = (0..random.below(6)).map(|_| (text(random), json(random, depth - 1)));
            serde_json::Value::Object(entries.collect())
        }
    }
}

#[test]
fn documents_come_back() {
    let mut random = Random(4);
    for _ in 0..300 {
        round_trip(&json(&mut random, 4));
    }
}

/// An item is what `put` gives: a number is in it, a text of its own is an object to place.
#[test]
fn what_is_put_is_an_item() {
    in_turn(4096, |turn| {
        let short: Item = turn.put("short").unwrap();
        assert_eq!((short.object(), short.value(turn)), (None, Ok(Value::Text("short"))));
        let long = turn.put("long enough for a block").unwrap();
        turn.put_message(long).unwrap();
        assert_eq!(turn.read_message(cohabit::Order::Fifo), Ok(Some(Value::Text("long enough for a block"))));
        0
    });
}
