//! Structs that a Rust program puts by serde: the command line sees them by the names of their fields, without knowing the types.
//!
//! Seen red on: `take` that takes a record for an array.

use cohabit_std::{
    Options,
    cohabit::{Order, Value},
};
use cohabit_testkit::Name;
use serde::Serialize;

use super::kit::{check, cohabit, take};

#[derive(Serialize)]
struct Robot<'a> {
    name: &'a str,
    joints: [f64; 2],
    tool: Tool,
    spare: Option<Tool>,
    #[serde(rename = "last seen")]
    seen: u64,
}

#[derive(Serialize)]
enum Tool {
    Empty,
    Gripper { width: f32, worn: bool },
}

const ROBOT: Robot<'_> = Robot {
    name: "the one at the window",
    joints: [0.5, -1.0],
    tool: Tool::Gripper { width: 0.25, worn: true },
    spare: None,
    seen: u64::MAX,
};

/// What `show` prints of it, as a root. (The first line of roots has the size of their map, which is not our matter.)
const SHOWN: &str = r#"
  "robot": record Robot of 5, 200 B
    "name": "the one at the window"
    "joints": list of 2, 56 B
      0: 0.5
      1: -1.0
    "tool": record Tool::Gripper of 2, 40 B
      "width": 0.25
      "worn": true
    "spare": null
    "last seen": 18446744073709551615
messages: 2
"#;

const TAKEN: [&str; 2] = [
    r#"{"name":"the one at the window","joints":[0.5,-1.0],"tool":{"width":0.25,"worn":true},"spare":null,"last seen":18446744073709551615}"#,
    r#"{"name":"the one at the window","joints":[0.5,-1.0],"tool":"Empty","spare":{"width":0.25,"worn":true},"last seen":7}"#,
];

#[test]
fn structs_put_by_serde_are_shown_and_taken_by_the_names_of_their_fields() {
    let name = Name::new("structs");
    let mut member = cohabit_std::create(&name, Options::new().size(1 << 20)).unwrap();
    let mut turn = member.acquire().unwrap();
    let root = turn.put(&ROBOT).unwrap();
    turn.roots().unwrap().set(&mut turn, "robot", root).unwrap();
    let other = Robot { tool: Tool::Empty, spare: Some(ROBOT.tool), ..ROBOT };
    for robot in [&ROBOT, &other] {
        let message = turn.put(robot).unwrap();
        turn.put_message(message).unwrap();
    }
    // By name, as one would who does not know the type.
    let Some(Value::Record(last)) = turn.read_message(Order::Lifo).unwrap() else { panic!("not a record") };
    assert_eq!(last.set(&mut turn, "last seen", 7), Ok(true));
    drop(turn);
    member.leave().unwrap();
    // The region, and the file that it is.
    let path = name.path().into_os_string().into_string().unwrap();
    for region in [&*name, path.as_str()] {
        let shown = cohabit(&["show", region, "--all"]).well();
        assert!(shown.contains(SHOWN), "{region}: {shown}");
        check(region);
    }
    for taken in TAKEN {
        assert_eq!(take(&name), taken);
    }
    check(&name);
}
