//! Structs that cannot be put, for their own reasons or for want of memory: nothing stays of them.
#![forbid(unsafe_code)]

use cohabit::{AnyRecord, Config, Error, Party, Region, SerdeError, Turn};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};

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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Box { width: u8, label: String },
}

/// Fails at the field of that number.
struct Failing(usize);

impl Serialize for Failing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Failing", 3)?;
        for (at, name) in ["first", "second", "third"].into_iter().enumerate() {
            if at == self.0 {
                return Err(serde::ser::Error::custom("changed its mind"));
            }
            fields.serialize_field(name, "long enough for a block")?;
        }
        let whole = fields.end()?;
        if self.0 == 3 { Err(serde::ser::Error::custom("changed its mind at last")) } else { Ok(whole) }
    }
}

/// Goes on though a part of it failed.
struct Lenient(usize);

impl Serialize for Lenient {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Lenient", 1)?;
        assert!(fields.serialize_field("it", &Failing(self.0)).is_err());
        fields.serialize_field("it", &[1, 2, 3])?;
        fields.end()
    }
}

#[test]
fn nothing_stays_of_what_gives_up_or_panics() {
    in_turn(1 << 14, |turn| {
        put(turn, &Failing(9));
        for at in 0..4 {
            assert!(matches!(turn.put(&Failing(at)), Err(SerdeError::Message(_))));
            assert!(matches!(turn.put(&[Failing(9), Failing(at)]), Err(SerdeError::Message(_))));
            let lenient = put(turn, &Lenient(at));
            turn.destroy(lenient).unwrap();
            let panics = std::panic::AssertUnwindSafe(|| turn.put(&Panicking(at)));
            assert!(std::panic::catch_unwind(panics).is_err());
        }
        1
    });
}

/// Panics where the other fails.
struct Panicking(usize);

impl Serialize for Panicking {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        serde::ser::SerializeSeq::serialize_element(&mut list, &motor())?;
        serde::ser::SerializeSeq::serialize_element(&mut list, &PanickingPart(self.0))?;
        serde::ser::SerializeSeq::end(list)
    }
}

struct PanickingPart(usize);

impl Serialize for PanickingPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = Failing(9).serialize(serializer);
        // No message on a test's output: this is meant to happen.
        std::panic::resume_unwind(Box::new((self.0, whole.is_ok())));
    }
}

#[test]
fn nothing_stays_when_memory_runs_out_at_any_point() {
    with_party(1 << 14, |party| {
        let mut turn = party.acquire().unwrap();
        let known = put(&mut turn, &motor());
        let shape = turn.put(&vec![Shape::Box { width: 1, label: String::new() }]).unwrap();
        turn.destroy(known).unwrap();
        turn.destroy(shape.object().unwrap()).unwrap();
        let large =
            (vec![motor(); 3], vec![Shape::Box { width: 1, label: "a label that is long".into() }; 3]);
        let (mut fits, mut refused) = (0, 0);
        for filling in (0..2000).step_by(8) {
            let free = turn.stats().unwrap().largest_free as usize;
            let Ok(filler) = turn.new_bytes(&vec![0; free.saturating_sub(filling + 24)]) else { continue };
            let before = turn.stats().unwrap().used;
            match turn.put(&large) {
                Ok(item) => {
                    fits += 1;
                    assert_eq!(turn.load(item.value(&turn).unwrap()).as_ref(), Ok(&large));
                    turn.destroy(item.object().unwrap()).unwrap();
                }
                Err(SerdeError::Region(Error::OutOfMemory { .. })) => refused += 1,
                Err(other) => panic!("{other}"),
            }
            assert_eq!(turn.stats().unwrap().used, before);
            turn.audit().unwrap_or_else(|error| panic!("{error}"));
            turn.destroy(filler).unwrap();
        }
        assert!(fits > 10 && refused > 10, "{fits} {refused}");
        0
    });
}
