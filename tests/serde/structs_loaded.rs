//! Structs loaded by serde: in the order of their fields or by their names, from records of both makings and from maps; and that no
//! type has to take fields without their names.
#![forbid(unsafe_code)]

use std::{collections::BTreeMap, fmt};

use cohabit::{Config, Region, Turn, Value};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, DeserializeOwned, MapAccess, SeqAccess, Visitor},
};

fn in_turn(body: impl FnOnce(&mut Turn<'_>)) {
    let mut memory = vec![0u64; 1 << 13];
    let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
    let [mut party, _] = region.split::<2>().unwrap();
    let mut turn = party.acquire().unwrap();
    body(&mut turn);
    turn.audit().unwrap_or_else(|error| panic!("{error}"));
}

/// What is loaded as one type of what was put as another.
fn over<T: DeserializeOwned>(value: &impl Serialize) -> Result<T, String> {
    let mut loaded = Err(String::new());
    in_turn(|turn| {
        let item = turn.put(value).unwrap();
        loaded = turn.load(item.value(turn).unwrap()).map_err(|error| error.to_string());
    });
    loaded
}

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
    assert_eq!(over::<T>(value).as_ref(), Ok(value));
    // As JSON it comes as a map, whose keys are in another order.
    assert_eq!(over::<T>(&serde_json::to_value(value).unwrap()).as_ref(), Ok(value));
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Empty {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pair<A, B> {
    second: B,
    first: A,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Renamed {
    long_name: u8,
    #[serde(rename = "type")]
    kind: String,
    #[serde(alias = "old")]
    new: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Partly {
    #[serde(skip)]
    never: u8,
    kept: u8,
    #[serde(skip_deserializing)]
    written: u8,
    #[serde(skip_serializing, default)]
    read: u8,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Defaulted {
    one: u8,
    two: Option<u8>,
}

impl Default for Defaulted {
    fn default() -> Defaulted {
        Defaulted { one: 1, two: Some(2) }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Flattened {
    id: u8,
    #[serde(flatten)]
    at: Point,
    #[serde(flatten)]
    rest: BTreeMap<String, Tagged>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Tagged {
    Unit,
    Named { name: String },
    Of(Point),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    Named { name: String },
    Of(Point, u8),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Shape(Shape),
    Point(Point),
    Text(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Dot,
    Disc { radius: u8, at: Point },
    Of(Point),
}

#[test]
fn structs_of_every_making_come_back() {
    let point = Point { x: 1, y: -2 };
    let disc = Shape::Disc { radius: 3, at: point.clone() };
    round_trip(&point);
    round_trip(&Empty {});
    round_trip(&Pair { first: point.clone(), second: Pair { first: 5u8, second: "text".to_owned() } });
    round_trip(&Pair { first: (point.clone(), point.clone()), second: [Some(Empty {}), None] });
    round_trip(&Renamed { long_name: 1, kind: "a kind that is long".into(), new: true });
    round_trip(&Defaulted { one: 5, two: None });
    round_trip(&vec![disc.clone(), Shape::Dot, Shape::Of(point.clone())]);
    round_trip(&vec![Adjacent::Unit, Adjacent::Named { name: "n".into() }, Adjacent::Of(point.clone(), 4)]);
    let tagged = [Tagged::Unit, Tagged::Named { name: "n".into() }, Tagged::Of(point.clone())];
    round_trip(&tagged);
    round_trip(&[Untagged::Shape(disc), Untagged::Point(point.clone()), Untagged::Text("t".into())]);
    let rest = ["a", "b", "c"].map(String::from).into_iter().zip(tagged).collect();
    round_trip(&Flattened { id: 1, at: point, rest });
    let partly = Partly { never: 1, kept: 2, written: 3, read: 4 };
    assert_eq!(over(&partly), Ok(Partly { never: 0, kept: 2, written: 0, read: 0 }));
}

#[test]
fn fields_are_matched_by_name_where_the_types_differ() {
    #[derive(Serialize)]
    struct Reversed {
        y: i32,
        more: u8,
        x: i32,
    }
    #[derive(Serialize)]
    struct Old {
        old: bool,
        r#type: &'static str,
        #[serde(rename = "longName")]
        long: u8,
    }
    assert_eq!(over(&Reversed { y: 2, more: 0, x: 1 }), Ok(Point { x: 1, y: 2 }));
    let renamed = Renamed { long_name: 9, kind: "k".into(), new: true };
    assert_eq!(over(&Old { old: true, r#type: "k", long: 9 }), Ok(renamed));
    assert_eq!(over(&Empty {}), Ok(Defaulted::default()));
    assert_eq!(over(&Point { x: 1, y: 2 }), Ok(Defaulted::default()));
    assert_eq!(over(&Point { x: 1, y: 2 }), Ok(BTreeMap::from([("x".to_owned(), 1), ("y".to_owned(), 2)])));
}

#[test]
fn what_is_wrong_is_said_with_the_name_of_the_field() {
    #[derive(Serialize)]
    struct Wrong {
        x: i32,
    }
    assert_eq!(over::<Point>(&Wrong { x: 1 }), Err("missing field `y`".into()));
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[serde(rename = "x")]
        _x: i32,
    }
    let unknown = over::<Strict>(&Point { x: 1, y: 2 }).unwrap_err();
    assert!(unknown.starts_with("unknown field `y`"), "{unknown}");
    #[derive(Serialize)]
    struct Texts {
        x: i32,
        y: &'static str,
    }
    let wrong = over::<Point>(&Texts { x: 1, y: "two" }).unwrap_err();
    assert!(wrong.contains("string \"two\", expected i32"), "{wrong}");
    let variant = over::<Shape>(&Point { x: 1, y: 2 }).unwrap_err();
    assert!(variant.contains("the name or number of a variant"), "{variant}");
    #[derive(Serialize)]
    #[serde(rename = "Shape")]
    enum Others {
        Dot { x: i32 },
        Of { x: i32 },
        Line { x: i32 },
    }
    assert!(over::<Shape>(&Others::Dot { x: 1 }).unwrap_err().contains("a variant without contents"));
    assert!(over::<Shape>(&Others::Of { x: 1 }).unwrap_err().contains("a variant with one value"));
    assert!(over::<Shape>(&Others::Line { x: 1 }).unwrap_err().contains("unknown variant `Line`"));
}

/// Knows its fields by name alone; whoever gives it a sequence is refused.
#[derive(Debug, PartialEq)]
struct NamesOnly(i32, i32);

impl<'de> Deserialize<'de> for NamesOnly {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NamesOnly, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = NamesOnly;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a point by names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NamesOnly, A::Error> {
                let (mut x, mut y) = (None, None);
                while let Some(name) = map.next_key::<&str>()? {
                    let place = if name == "x" { &mut x } else { &mut y };
                    *place = Some(map.next_value()?);
                }
                Ok(NamesOnly(
                    x.ok_or_else(|| de::Error::missing_field("x"))?,
                    y.ok_or_else(|| de::Error::missing_field("y"))?,
                ))
            }
        }
        deserializer.deserialize_struct("Point", &["x", "y"], Names)
    }
}

/// Takes what it is given for its own, and something else in its place if there is an error.
#[derive(Debug, PartialEq, Deserialize)]
struct Forgiving {
    #[serde(deserialize_with = "or_zero")]
    first: NamesOnly,
    second: NamesOnly,
}

fn or_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NamesOnly, D::Error> {
    Ok(NamesOnly::deserialize(deserializer).unwrap_or(NamesOnly(0, 0)))
}

/// Stops in the middle of its fields.
#[derive(Debug, PartialEq)]
struct Hasty(i32);

impl<'de> Deserialize<'de> for Hasty {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hasty, D::Error> {
        struct First;
        impl<'de> Visitor<'de> for First {
            type Value = Hasty;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a point")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Hasty, A::Error> {
                Ok(Hasty(values.next_element()?.unwrap_or(0)))
            }
        }
        deserializer.deserialize_struct("Point", &["x", "y"], First)
    }
}

#[test]
fn types_that_take_fields_by_name_alone_are_given_names() {
    let (a, b) = (Point { x: 1, y: 2 }, Point { x: 3, y: 4 });
    assert_eq!(over(&a), Ok(NamesOnly(1, 2)));
    assert_eq!(over(&vec![a.clone(), b.clone()]), Ok(vec![NamesOnly(1, 2), NamesOnly(3, 4)]));
    #[derive(Serialize)]
    struct Both {
        first: Point,
        second: Point,
    }
    // The refusal was taken for an error of the data: yet it is not what becomes of it.
    let forgiving = Forgiving { first: NamesOnly(1, 2), second: NamesOnly(3, 4) };
    assert_eq!(over(&Both { first: a.clone(), second: b }), Ok(forgiving));
    // And who would have left fields behind gets what it got before: a map.
    assert!(over::<Hasty>(&a).unwrap_err().contains("invalid type: map, expected a point"));
}

/// More schemas than a party remembers, all with the same fields.
macro_rules! points {
    ($turn:ident: $($name:ident)*) => {[$({
        #[derive(Serialize)]
        struct $name {
            x: i32,
            y: i32,
        }
        $turn.put(&$name { x: 1, y: 2 }).unwrap()
    }),*]};
}

#[test]
fn what_a_party_remembers_of_one_type_is_not_held_of_another() {
    fn shared<T: Send + Sync>(party: T) -> T {
        party
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Reversed {
        y: i32,
        x: i32,
    }
    let mut memory = vec![0u64; 1 << 13];
    let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
    let mut parties = region.split::<2>().unwrap().map(shared);
    for round in 0..3 {
        // What one party puts the other has not seen before.
        for party in &mut parties {
            let mut turn = party.acquire().unwrap();
            let items = points!(turn: A B C D E F G H I J K L M N O P Q R);
            for item in items.iter().chain(&items) {
                let value = item.value(&turn).unwrap();
                assert_eq!(turn.load(value), Ok(Point { x: 1, y: 2 }), "round {round}");
                assert_eq!(turn.load(value), Ok(Reversed { y: 2, x: 1 }), "round {round}");
                assert_eq!(turn.load(value), Ok(NamesOnly(1, 2)), "round {round}");
            }
            for item in items {
                turn.destroy(item.object().unwrap()).unwrap();
            }
            turn.audit().unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

#[test]
fn records_that_were_derived_are_loaded_by_serde_too() {
    #[derive(cohabit::Record, Debug, PartialEq)]
    struct Station {
        name: String,
        at: Place,
        log: Vec<Event>,
    }
    #[derive(cohabit::Record, Debug, PartialEq)]
    struct Place {
        x: i32,
        y: i32,
    }
    #[derive(cohabit::Record, Clone, Debug, PartialEq)]
    enum Event {
        Quiet,
        Seen(u8),
        Moved(i32, i32),
        Named { name: String },
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Loaded<'a> {
        name: &'a str,
        at: Point,
        log: Vec<LoadedEvent>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    enum LoadedEvent {
        Quiet,
        Seen(u8),
        Moved(i32, i32),
        Named { name: String },
    }
    in_turn(|turn| {
        let log = vec![Event::Quiet, Event::Seen(1), Event::Moved(2, 3), Event::Named { name: "n".into() }];
        let station = Station { name: "a name that is long".into(), at: Place { x: 1, y: 2 }, log };
        let record = turn.new_record(&station).unwrap();
        let log = vec![
            LoadedEvent::Quiet,
            LoadedEvent::Seen(1),
            LoadedEvent::Moved(2, 3),
            LoadedEvent::Named { name: "n".into() },
        ];
        let loaded = Loaded { name: "a name that is long", at: Point { x: 1, y: 2 }, log };
        assert_eq!(turn.load(Value::Record(record.any())), Ok(loaded));
    });
}

#[test]
fn types_that_borrow_do_so_from_records() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Borrowing<'a> {
        text: &'a str,
        short: &'a str,
        #[serde(with = "bytes")]
        bytes: &'a [u8],
    }
    mod bytes {
        use serde::{Deserialize, Deserializer, Serializer};

        pub fn serialize<S: Serializer>(bytes: &&[u8], serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(bytes)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'de [u8], D::Error> {
            <&[u8]>::deserialize(deserializer)
        }
    }
    in_turn(|turn| {
        let value = Borrowing { text: "a text that is long", short: "é", bytes: &[7; 30] };
        let item = turn.put(&value).unwrap();
        turn.roots().unwrap().set(turn, "it", item).unwrap();
        let found = turn.roots().unwrap().get(turn, "it").unwrap().unwrap();
        assert_eq!(turn.load(found).as_ref(), Ok(&value));
    });
}
