//! The image with what serde puts: `golden/serde.bin`.

use cohabit::{AnyRecord, Error, Item, Object, Order, Turn, Value};
use serde::{Deserialize, Serialize};

use super::pinned;

const SERDE: &[u8] = include_bytes!("golden/serde.bin");

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Motor<'a> {
    speed: i32,
    label: &'a str,
    limits: Vec<f64>,
    spare: Option<Box<Motor<'a>>>,
}

fn motor() -> Motor<'static> {
    let spare = Motor { speed: -1, label: "spare", limits: vec![], spare: None };
    Motor { speed: 100, label: "a label in a block", limits: vec![0.5, -2.0], spare: Some(Box::new(spare)) }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape<'a> {
    Nothing,
    Circle(f32),
    Box { width: u8, label: &'a str },
}

const SHAPES: [Shape<'_>; 3] =
    [Shape::Box { width: 3, label: "a box's label" }, Shape::Nothing, Shape::Circle(0.1)];

/// Leaves a field out, and is a map then.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sparse {
    always: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sometimes: Option<u8>,
}

const SPARSE: [Sparse; 2] = [Sparse { always: 1, sometimes: Some(2) }, Sparse { always: 3, sometimes: None }];

/// A struct in one of its own type, variants of an enum, a type that is record and map; and fields set by name.
fn put_by_serde(turn: &mut Turn<'_>) -> Result<(), Error> {
    let roots = turn.roots()?;
    let drive = put(turn, &motor());
    roots.set(turn, "motor", drive)?;
    let shapes = put(turn, &SHAPES);
    roots.set(turn, "shapes", shapes)?;
    let sparse = put(turn, &SPARSE);
    roots.set(turn, "sparse", sparse)?;
    let sent = put(turn, &motor());
    let Some(Object::Record(record)) = sent.object() else { panic!("not a record: {sent:?}") };
    record.set(turn, "speed", u64::MAX)?;
    record.set(turn, "spare", "a text, for the field takes any value")?;
    turn.put_message(sent)
}

fn put(turn: &mut Turn<'_>, value: &impl Serialize) -> Item {
    turn.put(value).expect("it fits")
}

/// What is in it, on every host: by its type, and by the names of its fields.
fn check_by_serde(turn: &mut Turn<'_>) -> Result<(), Error> {
    let audit = turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
    assert_eq!((audit.records, audit.schemas), (5, 3));
    let root = |name| turn.roots()?.get(turn, name).map(|value| value.expect("it was put"));
    let (drive, shapes, sparse) = (root("motor")?, root("shapes")?, root("sparse")?);
    assert_eq!(turn.load(drive), Ok(motor()));
    assert_eq!(turn.load(shapes), Ok(SHAPES));
    assert_eq!(turn.load(sparse), Ok(SPARSE));
    let drive = drive.as_record().expect("a record");
    assert_eq!(
        (drive.schema(turn)?.name(), fields(turn, drive)?),
        ("Motor", vec!["speed", "label", "limits", "spare"])
    );
    let boxed = shapes.as_list().expect("a list").get(turn, 0)?.as_record().expect("a record");
    assert_eq!((boxed.schema(turn)?.name(), fields(turn, boxed)?), ("Shape::Box", vec!["width", "label"]));
    let fewer = sparse.as_list().expect("a list").get(turn, 1)?.as_map().expect("a map");
    assert_eq!(fewer.len(turn), Ok(1));
    let sent = turn.read_message(Order::Fifo)?.and_then(Value::as_record).expect("a record");
    assert_eq!(sent.get(turn, "speed")?, Some(Value::Uint(u64::MAX)));
    assert_eq!(sent.get(turn, "spare")?, Some(Value::Text("a text, for the field takes any value")));
    // And they go on from here: a field is set, and another struct finds the schema that is there.
    assert_eq!(drive.set(turn, "label", "another"), Ok(true));
    put(turn, &motor());
    let audit = turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
    assert_eq!((audit.records, audit.schemas), (7, 3));
    Ok(())
}

/// Their names, each of a field that takes any value.
fn fields<'t>(turn: &'t Turn<'_>, record: AnyRecord) -> Result<Vec<&'t str>, Error> {
    let fields = record.schema(turn)?.fields();
    Ok(fields.inspect(|(name, kind)| assert_eq!(*kind, "value", "{name}")).map(|(name, _)| name).collect())
}

#[test]
fn what_serde_puts_has_these_bytes_and_reads_the_same_everywhere() {
    pinned("serde", 4096, SERDE, put_by_serde, check_by_serde);
}
