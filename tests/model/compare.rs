//! Equality and order of random trees against the same on plain Rust collections.
//!
//! Seen red on: lists of different lengths not looked into for their order; a walk that goes on one element too late where it had to
//! look for its place.

use std::cmp::Ordering;

use cohabit::{AlwaysAlive, Config, Error, Input, List, Map, Object, Region, Turn, Value};
use cohabit_testkit::Random;
use cohabit_tests::{
    sample::Memory,
    shadow::{Same, Shadow},
};

/// Whether two values are equal.
pub fn equal(a: &Shadow, b: &Shadow) -> bool {
    match (a, b) {
        (Shadow::List(a), Shadow::List(b)) | (Shadow::Tuple(a), Shadow::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (
            Shadow::Set(a) | Shadow::FrozenSet(a) | Shadow::FastSet(a),
            Shadow::Set(b) | Shadow::FrozenSet(b) | Shadow::FastSet(b),
        ) => a.len() == b.len() && a.keys().all(|same| b.contains_key(same)),
        (Shadow::Instance(a_class, _), Shadow::Instance(b_class, _)) if a_class != b_class => false,
        (
            Shadow::Map(a) | Shadow::FrozenMap(a) | Shadow::FastMap(a),
            Shadow::Map(b) | Shadow::FrozenMap(b) | Shadow::FastMap(b),
        )
        | (Shadow::Instance(_, a), Shadow::Instance(_, b)) => {
            let in_b = |(same, (_, value)): (&Same, &(Shadow, Shadow))| {
                b.get(same).is_some_and(|(_, other)| equal(value, other))
            };
            a.len() == b.len() && a.iter().all(in_b)
        }
        (a, b) => match (a.as_key(), b.as_key()) {
            (Some(a_key), Some(b_key)) => {
                let nan =
                    |shadow: &Shadow| matches!(shadow, Shadow::Float(bits) if f64::from_bits(*bits).is_nan());
                Same::of(a_key) == Same::of(b_key) && !nan(a)
            }
            _ => false,
        },
    }
}

/// A number as it is worth.
enum Number {
    Whole(i128),
    Float(f64),
}

impl Number {
    fn of(shadow: &Shadow) -> Option<Number> {
        Some(match shadow {
            Shadow::Bool(bool) => Number::Whole(*bool as i128),
            Shadow::Int(int) => Number::Whole(*int as i128),
            Shadow::Uint(int) => Number::Whole(*int as i128),
            Shadow::Float(bits) => Number::Float(f64::from_bits(*bits)),
            _ => return None,
        })
    }

    fn order(&self, other: &Number) -> Option<Ordering> {
        match (self, other) {
            (Number::Whole(a), Number::Whole(b)) => Some(a.cmp(b)),
            (Number::Float(a), Number::Float(b)) => a.partial_cmp(b),
            (Number::Float(_), Number::Whole(_)) => other.order(self).map(Ordering::reverse),
            // Beyond all whole numbers that there are here.
            (Number::Whole(_), Number::Float(b)) if b.abs() >= 1e30 => 0.0.partial_cmp(b),
            (Number::Whole(a), Number::Float(b)) => {
                Some(a.cmp(&(b.trunc() as i128)).then(0.0.partial_cmp(&b.fract())?))
            }
        }
    }
}

/// The order of two values.
pub fn compare(a: &Shadow, b: &Shadow) -> Result<Option<Ordering>, Error> {
    match (a, b) {
        (Shadow::Text(a), Shadow::Text(b)) => Ok(Some(a.chars().cmp(b.chars()))),
        (Shadow::Bytes(a), Shadow::Bytes(b)) => Ok(Some(a.cmp(b))),
        (Shadow::List(a), Shadow::List(b)) | (Shadow::Tuple(a), Shadow::Tuple(b)) => {
            match a.iter().zip(b).find(|(a, b)| !equal(a, b)) {
                Some((a, b)) => compare(a, b),
                None => Ok(Some(a.len().cmp(&b.len()))),
            }
        }
        (a, b) => match (Number::of(a), Number::of(b)) {
            (Some(a), Some(b)) => Ok(a.order(&b)),
            _ => Err(Error::NotComparable),
        },
    }
}

fn scalar(random: &mut Random) -> Shadow {
    let texts =
        ["", "a", "b", "a text of more than eight bytes", "a text of more than eight bytes, too", "ключ"];
    match random.below(40) {
        0 => Shadow::Null,
        1..4 => Shadow::Bool(random.below(2) == 1),
        4..20 => Shadow::Int(random.below(3) as i64),
        20..30 => Shadow::Float([0.0f64, -0.0, 1.0, 0.5, 2.0][random.below(5)].to_bits()),
        30 => Shadow::Float(f64::NAN.to_bits()),
        31..38 => Shadow::Text(texts[random.below(texts.len())].into()),
        _ => Shadow::Bytes(texts[random.below(texts.len())].into()),
    }
}

fn tree(random: &mut Random, depth: usize) -> Shadow {
    match random.below(if depth == 0 { 4 } else { 10 }) {
        0..4 => scalar(random),
        4..8 => Shadow::List((0..random.below(4)).map(|_| tree(random, depth - 1)).collect()),
        _ => {
            let entries = (0..random.below(4)).map(|_| {
                let key = scalar(random);
                (Same::of(key.as_key().expect("a scalar")), (key, tree(random, depth - 1)))
            });
            Shadow::Map(entries.collect())
        }
    }
}

/// The same, but for a few values somewhere in it, and for the order of its maps' entries.
fn variant(random: &mut Random, of: &Shadow) -> Shadow {
    match of {
        _ if random.below(30) == 0 => tree(random, 2),
        Shadow::List(list) => {
            let mut list: Vec<_> = list.iter().map(|value| variant(random, value)).collect();
            match random.below(20) {
                0 => drop(list.pop()),
                1 => list.push(scalar(random)),
                _ => {}
            }
            Shadow::List(list)
        }
        Shadow::Map(map) => {
            let mut entries: Vec<_> = map
                .iter()
                .map(|(same, (key, value))| (same.clone(), (key.clone(), variant(random, value))))
                .collect();
            if random.below(2) == 0 {
                entries.reverse();
            }
            Shadow::Map(entries.into_iter().collect())
        }
        Shadow::Int(int) if random.below(2) == 0 => Shadow::Float((*int as f64).to_bits()),
        scalar => scalar.clone(),
    }
}

fn put(turn: &mut Turn<'_>, shadow: &Shadow) -> Result<Input<'static>, Error> {
    Ok(match shadow {
        Shadow::List(shadows) => {
            let list = turn.new_list()?;
            for shadow in shadows {
                match shadow.as_input() {
                    Some(scalar) => list.push(turn, scalar)?,
                    None => {
                        let value = put(turn, shadow)?;
                        list.push(turn, value)?;
                    }
                }
            }
            list.into()
        }
        Shadow::Map(shadows) => {
            let map = turn.new_map()?;
            // So that there is an entry that was removed.
            map.set(turn, "to be removed", 1)?;
            for (key, shadow) in shadows.values() {
                let key = key.as_key().expect("a scalar");
                match shadow.as_input() {
                    Some(scalar) => map.set(turn, key, scalar)?,
                    None => {
                        let value = put(turn, shadow)?;
                        map.set(turn, key, value)?;
                    }
                }
            }
            map.remove(turn, "to be removed")?;
            map.into()
        }
        _ => unreachable!("scalars are put where they belong"),
    })
}

fn in_turn(len: usize, body: impl FnOnce(&mut Turn<'_>) -> Result<(), Error>) {
    let mut memory = Memory::new(len);
    let region = Region::format(memory.bytes_mut(), Config::new()).expect("a sound configuration");
    // SAFETY: the only party there ever is.
    let mut party = unsafe { region.join(0, &AlwaysAlive) }.expect("slot 0");
    body(&mut party.acquire().expect("nobody else is there")).expect("it fits");
}

#[test]
fn random_trees_compare_as_plain_ones_do() {
    let mut seen = [0usize; 6];
    for seed in 0..20_000 {
        let random = &mut Random(seed);
        let a = Shadow::List((0..random.below(5)).map(|_| tree(random, 3)).collect());
        let b = if random.below(4) == 0 { tree(random, 3) } else { variant(random, &a) };
        in_turn(64 << 10, |turn| {
            let left = put(turn, &a)?;
            let right = match b.as_input() {
                Some(scalar) => scalar,
                None => put(turn, &b)?,
            };
            assert_eq!(turn.equal(left, right)?, equal(&a, &b), "seed {seed}: {a:?} == {b:?}");
            assert_eq!(turn.equal(right, left)?, equal(&a, &b), "seed {seed}: {b:?} == {a:?}");
            let due = compare(&a, &b);
            assert_eq!(turn.compare(left, right), due, "seed {seed}: {a:?} beside {b:?}");
            let back = turn.compare(right, left);
            assert_eq!(
                back,
                due.map(|order| order.map(Ordering::reverse)),
                "seed {seed}: {b:?} beside {a:?}"
            );
            seen[equal(&a, &b) as usize] += 1;
            seen[match due {
                Err(_) => 2,
                Ok(None) => 3,
                Ok(Some(Ordering::Equal)) => 4,
                Ok(Some(_)) => 5,
            }] += 1;
            Ok(())
        });
    }
    assert!(seen.iter().all(|times| *times > 100), "some answers were hardly ever due: {seen:?}");
}

/// A chain of lists and maps, with `beside` before each link and behind it.
fn chain(turn: &mut Turn<'_>, depth: usize, beside: i64, last: i64) -> Result<List, Error> {
    let root = turn.new_list()?;
    let mut at: Object = root.into();
    for level in 0..depth {
        let inner: Object = if level % 3 == 0 { turn.new_map()?.into() } else { turn.new_list()?.into() };
        match at {
            Object::List(list) => {
                list.extend_ints(turn, &[beside; 2])?;
                list.insert(turn, 1, inner)?;
            }
            Object::Map(map) => {
                map.set(turn, "before", beside)?;
                map.set(turn, "a key of more than eight", inner)?;
                map.set(turn, "behind", beside)?;
            }
            leaf => panic!("{leaf:?} in the chain"),
        }
        at = inner;
    }
    match at {
        Object::List(list) => list.push(turn, last)?,
        Object::Map(map) => map.set(turn, "last", last)?,
        leaf => panic!("{leaf:?} in the chain"),
    }
    Ok(root)
}

#[test]
fn trees_a_hundred_thousand_levels_deep_are_compared() {
    in_turn(96 << 20, |turn| {
        let (a, b) = (chain(turn, 100_000, 7, 1)?, chain(turn, 100_000, 7, 2)?);
        assert!(!turn.equal(a, b)?);
        assert_eq!(turn.compare(a, b), Err(Error::NotComparable), "the difference is inside of maps");
        let c = a.copy(turn)?;
        assert!(turn.equal(a, c)?);
        assert_eq!(turn.compare(a, c)?, Some(Ordering::Equal));
        // Found on the way back up, at the very end.
        c.push(turn, 1)?;
        assert_eq!(turn.compare(a, c)?, Some(Ordering::Less));
        c.set(turn, 2, 6)?;
        assert_eq!(turn.compare(a, c)?, Some(Ordering::Greater));
        Ok(())
    });
}

#[test]
fn many_deep_trees_side_by_side_are_compared() {
    in_turn(64 << 20, |turn| {
        let (a, map) = (turn.new_list()?, turn.new_map()?);
        for number in 0..1000 {
            let (in_list, in_map) = (chain(turn, 50, number, 1)?, chain(turn, 50, number, 1)?);
            a.push(turn, in_list)?;
            map.set(turn, number, in_map)?;
        }
        // Deeper than places are remembered for, so that both are looked for again and again.
        let outer = chain(turn, 40, 0, 0)?;
        a.push(turn, map)?;
        a.push(turn, outer)?;
        let b = a.copy(turn)?;
        assert!(turn.equal(a, b)?);
        let inner: Map = b.get(turn, 1000)?.as_map().expect("the map");
        let deep = inner.get(turn, 999)?.and_then(Value::as_list).expect("the last chain");
        deep.set(turn, 2, -1)?;
        assert!(!turn.equal(a, b)?);
        Ok(())
    });
}

#[test]
fn what_cannot_be_compared_says_so() {
    in_turn(64 << 10, |turn| {
        let (list, map, nan) = (turn.new_list()?, turn.new_map()?, turn.new_list()?);
        let text = turn.new_text("a text in the holdings")?;
        nan.push(turn, f64::NAN)?;
        assert!(turn.equal(text, "a text in the holdings")?);
        assert_eq!(turn.compare("a text in the", text)?, Some(Ordering::Less));
        assert!(!turn.equal(list, map)? && !turn.equal(list, ())? && turn.equal((), ())?);
        assert_eq!(turn.compare(list, map), Err(Error::NotComparable));
        assert_eq!(turn.compare(map, map), Err(Error::NotComparable));
        assert_eq!(turn.compare((), ()), Err(Error::NotComparable));
        assert_eq!(turn.compare("1", 1), Err(Error::NotComparable));
        assert_eq!(turn.compare(f64::NAN, 1)?, None);
        assert!(!turn.equal(f64::NAN, f64::NAN)?);
        assert!(turn.equal(nan, nan)?, "what is one and the same is not looked into");
        let copy = nan.copy(turn)?;
        assert!(!turn.equal(nan, copy)?);
        assert_eq!(turn.compare(nan, copy)?, None);
        turn.destroy(copy)?;
        assert_eq!(turn.equal(nan, copy), Err(Error::Stale));
        assert_eq!(turn.equal(1, copy), Ok(false), "a list is no number, dead or alive");
        Ok(())
    });
}
