//! The operations of the table, on our containers.

use std::cmp::Ordering;

use cohabit::{AnySet, Error, Input, Item, Key, List, Map, Object, Set, Turn, Value};

use crate::{Outcome, value::Py};

/// Why there is no result: an error of ours, or what Python tells by an exception and we by the result.
enum Failed {
    Error(Error),
    As(&'static str),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Failed {
        Failed::Error(error)
    }
}

type Done<T> = Result<T, Failed>;

fn name_of(failed: Failed) -> String {
    match failed {
        Failed::As(name) => name.into(),
        Failed::Error(Error::OutOfRange { .. }) => "IndexError".into(),
        Failed::Error(Error::WrongType | Error::NotComparable) => "TypeError".into(),
        Failed::Error(Error::BadValue | Error::BadShape) => "ValueError".into(),
        Failed::Error(error) => format!("{error:?}"),
    }
}

/// Performs an operation: what comes of it, and what is left of the first argument if that is a list or map.
pub fn perform(turn: &mut Turn<'_>, operation: &str, arguments: &[Py]) -> (Outcome, Option<Py>) {
    let (first, rest) = arguments.split_first().expect("every operation has an argument");
    if let Some(what) = operation.strip_suffix(".new") {
        return (made(what, arguments).unwrap_or_else(|failed| Outcome::Failed(name_of(failed))), None);
    }
    let first_put = first.put(turn).expect("what is in the table can be put");
    let outcome = match (operation, &first_put) {
        ("relate", _) => relate(turn, first, first_put, &rest[0]),
        ("store", _) => store(turn, first_put).map(Outcome::Done),
        (operation, Input::Object(Object::List(list))) => {
            on_list(turn, operation, *list, rest).map(Outcome::Done)
        }
        (operation, Input::Object(Object::Map(map))) => {
            on_map(turn, operation, *map, rest).map(Outcome::Done)
        }
        (operation, Input::Object(Object::Set(set))) => {
            on_set(turn, operation, *set, rest).map(Outcome::Done)
        }
        ("len", Input::Object(Object::Tuple(tuple))) => tuple.len(turn).map(count).map_err(Failed::from),
        ("len", Input::Object(Object::FrozenSet(set))) => set.len(turn).map(count).map_err(Failed::from),
        (operation, first) => panic!("{operation} of {first:?}"),
    };
    let leaves = match first_put {
        Input::Object(Object::List(list)) => Some(Py::read(turn, Value::List(list)).expect("a sound list")),
        Input::Object(Object::Map(map)) => Some(Py::read(turn, Value::Map(map)).expect("a sound map")),
        Input::Object(Object::Set(set)) => Some(Py::read(turn, Value::Set(set)).expect("a sound set")),
        _ => None,
    };
    turn.audit().expect("a sound region");
    (outcome.unwrap_or_else(|failed| Outcome::Failed(name_of(failed))), leaves)
}

fn count(len: usize) -> Outcome {
    Outcome::Done(Py::Int(len as i64))
}

/// A date or time of its parts.
fn made(what: &str, parts: &[Py]) -> Done<Outcome> {
    let numbers: Vec<_> = parts.iter().map(Py::as_i64).collect();
    Ok(Outcome::Done(match what {
        "date" => Py::date(&numbers)?,
        "time" => Py::time(&numbers)?,
        "datetime" => Py::date_time(&numbers)?,
        // Microseconds beyond 64 bits cannot even be asked for.
        "timedelta" if parts.iter().any(|part| matches!(part, Py::Uint(_))) => {
            return Err(Failed::As("OverflowError"));
        }
        "timedelta" => Py::time_delta(&numbers).map_err(|_| Failed::As("OverflowError"))?,
        other => panic!("{other} is nothing that is made of parts"),
    }))
}

fn relate(turn: &mut Turn<'_>, first: &Py, a: Input<'_>, second: &Py) -> Done<Outcome> {
    let b = second.put(turn)?;
    let equal = turn.equal(a, b)?;
    assert_eq!(turn.equal(b, a)?, equal, "equality has two sides: {first:?}, {second:?}");
    let order = turn.compare(a, b);
    assert_eq!(turn.compare(b, a), order.map(|order| order.map(Ordering::reverse)), "{first:?}, {second:?}");
    let order = match order {
        Ok(Some(Ordering::Less)) => "less".into(),
        Ok(Some(Ordering::Equal)) => "equal".into(),
        Ok(Some(Ordering::Greater)) => "greater".into(),
        Ok(None) => "none".into(),
        Err(error) => name_of(error.into()),
    };
    let one_key = one_key(turn, first, second).map_err(name_of);
    Ok(Outcome::Related(equal, order, one_key))
}

fn one_key(turn: &mut Turn<'_>, a: &Py, b: &Py) -> Done<bool> {
    let map = turn.new_map()?;
    let (a, b) = (a.key(turn), b.key(turn)?);
    map.set(turn, b, ())?;
    Ok(map.contains(turn, a?)?)
}

fn store(turn: &mut Turn<'_>, value: Input<'_>) -> Done<Py> {
    let list = turn.new_list()?;
    list.push(turn, value)?;
    Ok(Py::read(turn, list.get(turn, 0)?)?)
}

/// An index as Python has it; -1 is the last. What is out of range stays so.
fn index(of: &Py, len: usize) -> usize {
    match of {
        Py::Int(index @ 0..) => *index as usize,
        Py::Int(index) => usize::try_from(len as i64 + index).unwrap_or(usize::MAX),
        other => panic!("{other:?} is no index"),
    }
}

fn on_list(turn: &mut Turn<'_>, operation: &str, list: List, arguments: &[Py]) -> Done<Py> {
    let len = list.len(turn)?;
    let at = || index(&arguments[0], len);
    match operation {
        "len" => return Ok(Py::Int(len as i64)),
        "list.get" => return Ok(Py::read(turn, list.get(turn, at())?)?),
        "list.set" => {
            let value = arguments[1].put(turn)?;
            list.set(turn, at(), value)?;
        }
        "list.delete" => list.remove(turn, at())?,
        "list.append" => {
            let value = arguments[0].put(turn)?;
            list.push(turn, value)?;
        }
        "list.extend" => {
            let more = put_list(turn, &arguments[0])?;
            list.extend_from(turn, more)?;
        }
        "list.concat" => {
            let (sum, more) = (list.copy(turn)?, put_list(turn, &arguments[0])?);
            sum.extend_from(turn, more)?;
            return Ok(Py::read(turn, Value::List(sum))?);
        }
        "list.repeat" => {
            let copy = list.copy(turn)?;
            let times = arguments[0].as_i64().expect("a number");
            copy.repeat(turn, times.max(0) as usize)?;
            return Ok(Py::read(turn, Value::List(copy))?);
        }
        "list.insert" => {
            let value = arguments[1].put(turn)?;
            let Py::Int(wanted) = arguments[0] else { panic!("no index") };
            let before = if wanted < 0 { (len as i64 + wanted).max(0) } else { wanted.min(len as i64) };
            list.insert(turn, before as usize, value)?;
        }
        "list.pop" if arguments.is_empty() => {
            let item = list.pop(turn)?.ok_or(Failed::As("IndexError"))?;
            return given(turn, item);
        }
        "list.pop" => {
            let item = list.take(turn, at())?;
            return given(turn, item);
        }
        "list.copy" => {
            let copy = list.copy(turn)?;
            return Ok(Py::read(turn, Value::List(copy))?);
        }
        "list.clear" => list.clear(turn)?,
        "list.reverse" => list.reverse(turn)?,
        "list.sort" => {
            // What is equal keeps its order, whichever way the others go.
            let backwards = arguments[0] == Py::Bool(true);
            if backwards {
                list.reverse(turn)?;
            }
            let sorted = list.sort(turn);
            if backwards {
                list.reverse(turn)?;
            }
            sorted?;
        }
        "list.contains" | "list.count" | "list.index" | "list.remove" => {
            return by_value(turn, operation, list, arguments);
        }
        "list.slice" | "list.delete_slice" | "list.set_slice" => {
            return on_slice(turn, operation, list, arguments);
        }
        other => panic!("nobody performs {other}"),
    }
    Ok(Py::Null)
}

fn put_list(turn: &mut Turn<'_>, values: &Py) -> Done<List> {
    match values.put(turn)? {
        Input::Object(Object::List(list)) => Ok(list),
        other => panic!("{other:?} is no list"),
    }
}

fn by_value(turn: &mut Turn<'_>, operation: &str, list: List, arguments: &[Py]) -> Done<Py> {
    let value = arguments[0].put(turn)?;
    match operation {
        "list.contains" => return Ok(Py::Bool(list.contains(turn, value)?)),
        "list.count" => return Ok(Py::Int(list.count(turn, value)? as i64)),
        _ => {}
    }
    let (mut part, mut before) = (list, 0);
    if let [_, start, stop] = arguments {
        part = list.slice_by(turn, start.as_i64(), stop.as_i64(), 1)?;
        before = list.slice_by(turn, None, start.as_i64(), 1)?.len(turn)?;
    }
    let found = part.index_of(turn, value)?.ok_or(Failed::As("ValueError"))? + before;
    if operation == "list.index" {
        return Ok(Py::Int(found as i64));
    }
    list.remove(turn, found)?;
    Ok(Py::Null)
}

fn on_slice(turn: &mut Turn<'_>, operation: &str, list: List, arguments: &[Py]) -> Done<Py> {
    let (start, stop, step) =
        (arguments[0].as_i64(), arguments[1].as_i64(), arguments[2].as_i64().unwrap_or(1));
    match operation {
        "list.slice" => {
            let part = list.slice_by(turn, start, stop, step)?;
            return Ok(Py::read(turn, Value::List(part))?);
        }
        "list.delete_slice" => list.remove_slice(turn, start, stop, step)?,
        _ => {
            let Py::List(values) = &arguments[3] else { panic!("replaced by what is no list") };
            let values = values.iter().map(|value| value.put(turn)).collect::<Result<Vec<_>, _>>()?;
            list.set_slice(turn, start, stop, step, &values)?;
        }
    }
    Ok(Py::Null)
}

fn on_map(turn: &mut Turn<'_>, operation: &str, map: Map, arguments: &[Py]) -> Done<Py> {
    let there = || Failed::As("KeyError");
    let key = match operation {
        "dict.get" | "dict.item" | "dict.contains" | "dict.set" | "dict.delete" | "dict.pop"
        | "dict.setdefault" => arguments[0].key(turn)?,
        _ => Key::Null,
    };
    match operation {
        "len" => return Ok(Py::Int(map.len(turn)? as i64)),
        "dict.get" => {
            return Ok(map.get(turn, key)?.map_or(Ok(Py::Null), |value| Py::read(turn, value))?);
        }
        "dict.item" => return Ok(Py::read(turn, map.get(turn, key)?.ok_or_else(there)?)?),
        "dict.contains" => return Ok(Py::Bool(map.contains(turn, key)?)),
        "dict.set" => {
            let value = arguments[1].put(turn)?;
            map.set(turn, key, value)?;
        }
        "dict.delete" => {
            if !map.remove(turn, key)? {
                return Err(there());
            }
        }
        "dict.pop" => {
            let found = map.take(turn, key)?;
            return match (found, arguments.get(1)) {
                (Some(item), _) => given(turn, item),
                (None, Some(default)) => Ok(default.clone()),
                (None, None) => Err(there()),
            };
        }
        "dict.setdefault" => {
            let value = arguments[1].put(turn)?;
            // Where the key is there already, the one that was made for this is gone behind it.
            map.entry(turn, key)?.or_insert(value)?;
            let key = arguments[0].key(turn)?;
            return Ok(Py::read(turn, map.get(turn, key)?.ok_or_else(there)?)?);
        }
        "dict.keys" => {
            let keys = map.keys(turn)?.map(|key| Py::read(turn, key?));
            return Ok(Py::List(keys.collect::<Result<_, _>>()?));
        }
        "dict.values" => {
            let values = map.values(turn)?.map(|value| Py::read(turn, value?));
            return Ok(Py::List(values.collect::<Result<_, _>>()?));
        }
        "dict.items" => {
            let Py::Dict(entries) = Py::read(turn, Value::Map(map))? else { panic!("a map is read as one") };
            return Ok(Py::List(
                entries.into_iter().map(|(key, value)| Py::List(vec![key, value])).collect(),
            ));
        }
        "dict.popitem" => {
            let (key, value) = map.pop_last(turn)?.ok_or_else(there)?;
            return Ok(Py::List(vec![given(turn, key)?, given(turn, value)?]));
        }
        "dict.update" => {
            let more = put_map(turn, &arguments[0])?;
            map.extend_from(turn, more)?;
        }
        "dict.merge" => {
            let (sum, more) = (map.copy(turn)?, put_map(turn, &arguments[0])?);
            sum.extend_from(turn, more)?;
            return Ok(Py::read(turn, Value::Map(sum))?);
        }
        "dict.clear" => map.clear(turn)?,
        "dict.copy" => {
            let copy = map.copy(turn)?;
            return Ok(Py::read(turn, Value::Map(copy))?);
        }
        other => panic!("nobody performs {other}"),
    }
    Ok(Py::Null)
}

fn put_map(turn: &mut Turn<'_>, values: &Py) -> Done<Map> {
    match values.put(turn)? {
        Input::Object(Object::Map(map)) => Ok(map),
        other => panic!("{other:?} is no map"),
    }
}

fn on_set(turn: &mut Turn<'_>, operation: &str, set: Set, arguments: &[Py]) -> Done<Py> {
    let made = |turn: &Turn<'_>, set: Set| Ok(Py::read(turn, Value::Set(set))?);
    match operation {
        "len" => return Ok(Py::Int(set.len(turn)? as i64)),
        "set.clear" => {
            set.clear(turn)?;
            return Ok(Py::Null);
        }
        "set.contains" | "set.add" | "set.remove" | "set.discard" => {
            let element = arguments[0].key(turn)?;
            match operation {
                "set.contains" => return Ok(Py::Bool(set.contains(turn, element)?)),
                "set.add" => drop(set.insert(turn, element)?),
                _ if !set.remove(turn, element)? && operation == "set.remove" => {
                    return Err(Failed::As("KeyError"));
                }
                _ => {}
            }
            return Ok(Py::Null);
        }
        _ => {}
    }
    let other: AnySet = match arguments[0].put(turn)? {
        Input::Object(Object::Set(set)) => set.into(),
        Input::Object(Object::FrozenSet(set)) => set.into(),
        other => panic!("{other:?} is no set"),
    };
    let new = match operation {
        "set.union" => set.union(turn, other)?,
        "set.intersection" => set.intersection(turn, other)?,
        "set.difference" => set.difference(turn, other)?,
        "set.symmetric_difference" => set.symmetric_difference(turn, other)?,
        "set.is_subset" => return Ok(Py::Bool(set.is_subset(turn, other)?)),
        "set.is_superset" => return Ok(Py::Bool(set.is_superset(turn, other)?)),
        "set.is_disjoint" => return Ok(Py::Bool(set.is_disjoint(turn, other)?)),
        "set.update" => {
            set.extend_from(turn, other)?;
            return Ok(Py::Null);
        }
        other => panic!("nobody performs {other}"),
    };
    made(turn, new)
}

/// What was taken out, which is nobody's any more.
fn given(turn: &mut Turn<'_>, item: Item) -> Done<Py> {
    let value = Py::read(turn, item.value(turn)?)?;
    if let Some(object) = item.object() {
        turn.destroy(object)?;
    }
    Ok(value)
}
