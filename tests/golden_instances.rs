//! The image with instances: `golden/instances.bin`.

use cohabit::{Error, Order, Turn, Value};

use super::pinned;

const INSTANCES: &[u8] = include_bytes!("golden/instances.bin");

/// A class and names in the cell and in blocks, fields that were replaced, removed, and came back, so many that the table was
/// built anew.
fn put_instances(turn: &mut Turn<'_>) -> Result<(), Error> {
    let motor = turn.new_instance("Motor")?;
    motor.set(turn, "name", "left")?;
    motor.set(turn, "a name too long for a cell", 0.5)?;
    motor.set(turn, "gone", 1)?;
    motor.set(turn, "back", "a text too long for a cell")?;
    motor.remove(turn, "gone")?;
    motor.remove(turn, "back")?;
    for name in ["a", "b", "c", "back", ""] {
        motor.set(turn, name, name.len() as i64)?;
    }
    motor.set(turn, "name", "the left one")?;
    let robot = turn.new_instance("robots.arms.Longer")?;
    robot.set(turn, "motor", motor)?;
    turn.roots()?.set(turn, "robot", robot)?;
    let empty = turn.new_instance("")?;
    turn.put_message(empty)
}

/// What they contain, on every host.
fn check_instances(turn: &mut Turn<'_>) -> Result<(), Error> {
    let audit = turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
    assert_eq!((audit.instances, audit.maps), (3, 1));
    let robot = turn.roots()?.get(turn, "robot")?.and_then(Value::as_instance).expect("an instance");
    assert_eq!((robot.class(turn)?, robot.len(turn)?), ("robots.arms.Longer", 1));
    let motor = robot.get(turn, "motor")?.and_then(Value::as_instance).expect("an instance");
    assert_eq!(motor.class(turn)?, "Motor");
    let fields = motor.fields(turn)?.collect::<Result<Vec<_>, _>>()?;
    let whole = |name, int| (name, Value::Int(int));
    assert_eq!(
        fields[..2],
        [("name", Value::Text("the left one")), ("a name too long for a cell", Value::Float(0.5))]
    );
    assert_eq!(fields[2..], [whole("a", 1), whole("b", 1), whole("c", 1), whole("back", 4), whole("", 0)]);
    for (name, value) in fields {
        assert_eq!(motor.get(turn, name)?, Some(value), "{name}");
    }
    assert!(!motor.has(turn, "gone")?);
    let empty = turn.read_message(Order::Fifo)?.and_then(Value::as_instance).expect("an instance");
    assert_eq!((empty.class(turn)?, empty.is_empty(turn)?), ("", true));
    // And they go on from here.
    motor.set(turn, "gone", "not any more")?;
    turn.audit().unwrap_or_else(|error| panic!("audit: {error}"));
    Ok(())
}

#[test]
fn instances_have_these_bytes_and_read_the_same_everywhere() {
    pinned("instances", 4096, INSTANCES, put_instances, check_instances);
}
