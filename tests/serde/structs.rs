//! Structs put by serde: which become records, what these look like to those who do not know the type, and which stay maps.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use cohabit::{AnyRecord, Config, Error, Party, Region, Turn, Value};
use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned, ser::SerializeStruct};

/// Lends a party of a region; whatever was done in it, the region is sound afterwards and this party holds so much.
fn with_party(bytes: usize, body: impl FnOnce(&mut Party<'_>) -> u32) {
    let mut memory = vec![0u64; bytes / 8];
    let region =
        Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new().parties(2).compact()).unwrap();
    let [mut party, _] = region.split::<2>().unwrap();
    let held = body(&mut party);
    let audit = party.acquire().unwrap().audit().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(audit.held, held);
}

fn in_turn(bytes: usize, body: impl FnOnce(&mut Turn<'_>) -> u32) {
    with_party(bytes, |party| body(&mut party.acquire().unwrap()));
}

fn put(turn: &mut Turn<'_>, value: &impl Serialize) -> AnyRecord {
    match turn.put(value).unwrap().object() {
        Some(cohabit::Object::Record(record)) => record,
        other => panic!("not a record: {other:?}"),
    }
}

fn names(turn: &Turn<'_>, record: AnyRecord) -> Vec<String> {
    record.iter(turn).unwrap().map(|field| field.unwrap().0.to_owned()).collect()
}

/// Twice: as the first of its type, and as one of a known type.
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    in_turn(1 << 20, |turn| {
        for _ in 0..3 {
            let item = turn.put(value).unwrap();
            assert_eq!(turn.load::<T>(item.value(turn).unwrap()).as_ref(), Ok(value));
            if let Some(object) = item.object() {
                turn.destroy(object).unwrap();
            }
        }
        0
    });
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Motor {
    speed: i32,
    name: String,
    limits: Vec<f64>,
    spare: Option<Box<Motor>>,
}

fn motor() -> Motor {
    let spare = Motor { speed: -1, name: "spare".into(), ..Motor::default() };
    Motor {
        speed: 100,
        name: "a name that is long".into(),
        limits: vec![0.5, 2.0],
        spare: Some(Box::new(spare)),
    }
}

#[test]
fn structs_are_records_that_others_read_and_change_by_name() {
    in_turn(1 << 14, |turn| {
        let record = put(turn, &motor());
        assert_eq!(record.schema(turn).unwrap().name(), "Motor");
        assert!(record.schema(turn).unwrap().fields().all(|(_, kind)| kind == "value"));
        assert_eq!(names(turn, record), ["speed", "name", "limits", "spare"]);
        assert_eq!(record.get(turn, "name"), Ok(Some(Value::Text("a name that is long"))));
        let Ok(Some(Value::Record(spare))) = record.get(turn, "spare") else { panic!("not a record") };
        assert_eq!(spare.get(turn, "spare"), Ok(Some(Value::Null)));
        assert_eq!(record.set(turn, "speed", 7), Ok(true));
        assert_eq!(record.set(turn, "name", "another name, no shorter"), Ok(true));
        assert_eq!(record.set(turn, "spare", ()), Ok(true));
        assert_eq!(record.set(turn, "colour", 7), Ok(false));
        let changed =
            Motor { speed: 7, name: "another name, no shorter".into(), limits: vec![0.5, 2.0], spare: None };
        assert_eq!(turn.load(Value::Record(record)), Ok(changed.clone()));
        record.set(turn, "speed", "of light").unwrap();
        let refused = turn.load::<Motor>(Value::Record(record)).unwrap_err().to_string();
        assert!(refused.contains("string \"of light\", expected i32"), "{refused}");
        assert_eq!(record.copy(turn).map(|copy| turn.destroy(copy)), Ok(Ok(())));
        1
    });
}

#[test]
fn fields_of_other_types_are_set_by_name_if_the_value_fits() {
    #[derive(cohabit::Record, Debug, PartialEq)]
    struct Typed {
        small: u8,
        ratio: f32,
        letter: char,
        text: Option<String>,
        list: cohabit::List,
        marks: Vec<u8>,
    }
    in_turn(1 << 14, |turn| {
        let list = turn.new_list().unwrap();
        let typed = Typed { small: 1, ratio: 0.5, letter: 'a', text: None, list, marks: vec![] };
        let record = turn.new_record(&typed).unwrap().any();
        let wrong = Err(Error::WrongType);
        assert_eq!((record.set(turn, "small", 256), record.set(turn, "small", 255)), (wrong, Ok(true)));
        assert_eq!((record.set(turn, "ratio", 0.1), record.set(turn, "ratio", 0.1f32)), (wrong, Ok(true)));
        assert_eq!(
            (record.set(turn, "letter", 0xd800), record.set(turn, "letter", 'b' as u32)),
            (wrong, Ok(true))
        );
        assert_eq!(
            (record.set(turn, "text", 5), record.set(turn, "text", "a text that is long")),
            (wrong, Ok(true))
        );
        assert_eq!((record.set(turn, "text", ()), record.set(turn, "small", ())), (Ok(true), wrong));
        let marks = turn.new_list().unwrap();
        // What is in a list of a type is not looked at; so it is not taken, and stays whose it was.
        assert_eq!((record.set(turn, "marks", marks), record.set(turn, "list", marks)), (wrong, Ok(true)));
        let record = record.open::<Typed>(turn).unwrap();
        assert_eq!(record.load(turn).unwrap().small, 255);
        1
    });
}

#[test]
fn a_schema_is_stored_once_however_many_records_there_are() {
    with_party(1 << 16, |party| {
        let mut turn = party.acquire().unwrap();
        let list = turn.new_list().unwrap();
        for _ in 0..20 {
            let record = put(&mut turn, &motor());
            list.push(&mut turn, record).unwrap();
        }
        let audit = turn.audit().unwrap();
        assert_eq!((audit.schemas, audit.records), (1, 40));
        drop(turn);
        // Nor does the next turn, in which the party knows it already, or a list of structs.
        let mut turn = party.acquire().unwrap();
        let more = turn.put(&vec![motor(); 20]).unwrap();
        let audit = turn.audit().unwrap();
        assert_eq!((audit.schemas, audit.records), (1, 80));
        let footprint = list.footprint(&turn).unwrap();
        turn.destroy(list).unwrap();
        turn.destroy(more.object().unwrap()).unwrap();
        assert!(footprint.own > 0);
        0
    });
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Empty {},
    Circle(f64),
    Line(f32, f32),
    Box { width: u8, label: String },
}

#[test]
fn variants_with_fields_are_records_named_after_both() {
    in_turn(1 << 14, |turn| {
        let shape = Shape::Box { width: 3, label: "a label that is long".into() };
        let record = put(turn, &shape);
        assert_eq!(record.schema(turn).unwrap().name(), "Shape::Box");
        assert_eq!(names(turn, record), ["width", "label"]);
        assert_eq!(turn.load(Value::Record(record)), Ok(shape));
        // Who takes anything learns the variant, too, as from the other variants.
        let json: serde_json::Value = turn.load(Value::Record(record)).unwrap();
        assert_eq!(json, serde_json::json!({ "Box": { "width": 3, "label": "a label that is long" } }));
        assert_eq!(json, serde_json::to_value(turn.load::<Shape>(Value::Record(record)).unwrap()).unwrap());
        1
    });
    for shape in [Shape::Nothing, Shape::Empty {}, Shape::Circle(0.5), Shape::Line(1.0, 2.0)] {
        round_trip(&shape);
        round_trip(&(shape.clone(), vec![Shape::Box { width: 1, label: String::new() }, shape]));
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sparse {
    always: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sometimes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seldom: Option<u8>,
}

#[test]
fn structs_that_leave_fields_out_are_maps() {
    let all = Sparse { always: 1, sometimes: Some("a text that is long".into()), seldom: Some(2) };
    let some = Sparse { seldom: None, ..all.clone() };
    let few = Sparse { sometimes: None, ..some.clone() };
    in_turn(1 << 14, |turn| {
        put(turn, &all);
        for sparse in [&some, &few, &some] {
            let Value::Map(map) = turn.put(sparse).unwrap().value(turn).unwrap() else { panic!("not a map") };
            assert_eq!(turn.load(Value::Map(map)).as_ref(), Ok(sparse));
            turn.destroy(map).unwrap();
        }
        assert_eq!(turn.audit().unwrap().schemas, 1);
        put(turn, &all);
        2
    });
    [all, some, few].iter().for_each(round_trip);
}

/// Says that it has so many fields, and then has those whose bits are set; by its type's own decision, and unannounced.
struct Whimsical(u16, usize);

impl Serialize for Whimsical {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const NAMES: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "a field with a long name"];
        let mut fields = serializer.serialize_struct("Whimsical", self.1)?;
        for (bit, name) in NAMES.iter().enumerate() {
            if self.0 >> bit & 1 != 0 {
                fields.serialize_field(name, &[bit as u8; 3])?;
            }
        }
        fields.end()
    }
}

#[test]
fn data_makes_no_more_than_a_few_schemas() {
    in_turn(1 << 16, |turn| {
        for (round, bits) in (1..200u16).flat_map(|bits| [(0, bits), (1, bits), (2, bits * 5 % 1024)]) {
            let len = bits.count_ones() as usize + if round == 1 { 1 } else { 0 };
            let item = turn.put(&Whimsical(bits, len)).unwrap();
            let back: BTreeMap<String, [u8; 3]> = turn.load(item.value(turn).unwrap()).unwrap();
            assert_eq!(back.len(), bits.count_ones() as usize);
            assert!(back.values().all(|value| bits >> value[0] & 1 != 0));
            turn.destroy(item.object().unwrap()).unwrap();
        }
        assert_eq!(turn.audit().unwrap().schemas, 16);
        0
    });
}

#[test]
fn fields_that_come_otherwise_than_the_first_time_are_all_kept() {
    in_turn(1 << 14, |turn| {
        // The known ones are left in the middle, at the end, and by one field too many; and one never comes.
        for (bits, said) in [(0b111, 3), (0b1011, 3), (0b110, 3), (0b1111, 3), (0b11, 3), (0b10_0000_0111, 4)]
        {
            let item = turn.put(&Whimsical(bits, said)).unwrap();
            let back: BTreeMap<String, [u8; 3]> = turn.load(item.value(turn).unwrap()).unwrap();
            assert_eq!(back.values().fold(0, |sum, value| sum | 1 << value[0]), bits);
            turn.destroy(item.object().unwrap()).unwrap();
        }
        0
    });
}

/// A struct with a name of that many letters, and a field with one of so many.
struct Named(&'static str, &'static str);

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct(self.0, 1)?;
        fields.serialize_field(self.1, &1)?;
        fields.end()
    }
}

#[test]
fn names_that_are_too_long_or_like_those_of_variants_make_maps() {
    in_turn(1 << 14, |turn| {
        let long: &str = Box::leak("n".repeat(255).into_boxed_str());
        let too_long: &str = Box::leak("n".repeat(256).into_boxed_str());
        for (name, field, is_record) in [
            ("N", long, true),
            (long, "f", true),
            ("N", too_long, false),
            (too_long, "f", false),
            ("N::M", "f", false),
        ] {
            for _ in 0..2 {
                let item = turn.put(&Named(name, field)).unwrap();
                let value = item.value(turn).unwrap();
                assert_eq!(matches!(value, Value::Record(_)), is_record, "{} {}", name.len(), field.len());
                assert_eq!(turn.load(value), Ok(BTreeMap::from([(field.to_owned(), 1)])));
                turn.destroy(item.object().unwrap()).unwrap();
            }
        }
        0
    });
}

#[test]
fn more_objects_than_one_step_places_are_all_placed() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Wide {
        a: [String; 20],
        b: Option<String>,
        c: (String, String, String, String, String, String, String, String),
        d: BTreeMap<String, Vec<String>>,
    }
    let text = |i: usize| format!("a text that is long, number {i}");
    let wide = Wide {
        a: std::array::from_fn(text),
        b: None,
        c: (text(1), text(2), text(3), text(4), text(5), text(6), text(7), text(8)),
        d: (0..5).map(|i| (text(i), (0..i * 13).map(text).collect())).collect(),
    };
    round_trip(&wide);
    round_trip(&vec![wide; 17]);
    macro_rules! wide {
        ($($field:ident)*) => {{
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            struct Fields {
                $($field: Option<String>,)*
            }
            let mut count = 0;
            let mut next = || {
                count += 1;
                (count % 9 != 0).then(|| text(count))
            };
            Fields { $($field: next(),)* }
        }};
    }
    let fields = wide!(a b c d e f g h i j k l m n o p q r s t u v w x y z aa ab ac ad ae af);
    round_trip(&fields);
    round_trip(&vec![fields; 9]);
}
