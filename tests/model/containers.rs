//! Operations on lists and maps.

use cohabit::{Error, Key, List, Map, Object, Value};
use cohabit_tests::shadow::{Same, Shadow};

use crate::{
    instances::name,
    op::{Op, Verb, key},
    sets::members,
    step::{Not, Step, judge},
    world::{Path, as_object},
};

fn out_of_range(index: usize, len: usize) -> Option<Error> {
    Some(Error::OutOfRange { index: index as u32, len: len as u32 })
}

impl Step<'_, '_> {
    pub fn get(&mut self, op: &Op) -> Result<(), Not> {
        let (path, object) = self.find(op, Shadow::is_container)?;
        let key = key(op.at[3], self.scale.keys);
        let made = self.make_key(&key)?;
        self.get_in(op, path, object, (as_key(&key, made), key.as_same().expect("a key")));
        self.drop_key(made);
        Ok(())
    }

    fn get_in(&self, op: &Op, path: Path, object: Object, (key, same): (Key<'_>, Same)) {
        let turn = &*self.turn;
        match (object, self.state.node(&path)) {
            (Object::List(list), Shadow::List(shadow)) => {
                let index = op.at[3] as usize % (shadow.len() + 1);
                let got = list.get(turn, index);
                match shadow.get(index) {
                    Some(shadow) => assert!(shadow.matches(turn, got.expect("it is there"))),
                    None => assert_eq!(got.err(), out_of_range(index, shadow.len())),
                }
                let ints: Option<Vec<i64>> =
                    shadow.iter().map(|s| if let Shadow::Int(int) = s { Some(*int) } else { None }).collect();
                assert_eq!(list.as_ints(turn).ok(), ints.as_deref());
                let floats: Option<Vec<u64>> = shadow
                    .iter()
                    .map(|s| if let Shadow::Float(bits) = s { Some(*bits) } else { None })
                    .collect();
                assert_eq!(list.as_floats(turn).ok().map(bytemuck::cast_slice), floats.as_deref());
            }
            (Object::ByteArray(array), Shadow::ByteArray(shadow)) => {
                let index = op.at[3] as usize % (shadow.len() + 1);
                assert_eq!(array.get(turn, index).ok(), shadow.get(index).copied());
            }
            (Object::Record(record), Shadow::Record(shadow)) => {
                let index = op.at[3] as usize % (shadow.len() + 1);
                let got = record.iter(turn).expect("a sound record").nth(index);
                assert_eq!(got.is_some(), index < shadow.len());
                if let (Some(got), Some(expected)) = (got, shadow.get(index)) {
                    let (name, got) = got.expect("a sound record");
                    assert!(expected.matches(turn, got), "{name}: {got:?} is not {expected:?}");
                }
            }
            (Object::Tuple(tuple), Shadow::Tuple(shadow)) => {
                let index = op.at[3] as usize % (shadow.len() + 1);
                let got = tuple.get(turn, index);
                match shadow.get(index) {
                    Some(shadow) => assert!(shadow.matches(turn, got.expect("it is there"))),
                    None => assert_eq!(got.err(), out_of_range(index, shadow.len())),
                }
            }
            (Object::Set(_) | Object::FrozenSet(_) | Object::FastSet(_), shadow) => {
                let shadow = members(shadow);
                let found = match object {
                    Object::FrozenSet(set) => set.contains(turn, key),
                    Object::FastSet(set) => set.contains(turn, key),
                    Object::Set(set) => set.contains(turn, key),
                    _ => unreachable!("matched above"),
                };
                assert_eq!(found, Ok(shadow.contains_key(&same)), "{key:?}");
            }
            (Object::Instance(instance), Shadow::Instance(class, shadow)) => {
                let name = name(op.at[3], self.scale.keys);
                let (got, same) = (instance.get(turn, &name).expect("sound"), Same::Text(name));
                let expected = shadow.get(&same);
                assert_eq!((instance.class(turn), got.is_some()), (Ok(class.as_str()), expected.is_some()));
                if let (Some(got), Some((_, expected))) = (got, expected) {
                    assert!(expected.matches(turn, got), "{same:?}: {got:?} is not {expected:?}");
                }
            }
            (
                Object::Map(_) | Object::FrozenMap(_) | Object::FastMap(_),
                Shadow::Map(shadow) | Shadow::FrozenMap(shadow) | Shadow::FastMap(shadow),
            ) => {
                let got = match object {
                    Object::FrozenMap(map) => map.get(turn, key),
                    Object::FastMap(map) => map.get(turn, key),
                    Object::Map(map) => map.get(turn, key),
                    _ => unreachable!("matched above"),
                };
                let got = got.expect("a sound map");
                let expected = shadow.get(&same);
                assert_eq!(got.is_some(), expected.is_some(), "{key:?}");
                if let (Some(got), Some((_, expected))) = (got, expected) {
                    assert!(expected.matches(turn, got), "{key:?}: {got:?} is not {expected:?}");
                }
            }
            (object, shadow) => panic!("{object:?} is not {shadow:?}"),
        }
    }

    pub fn on_list(&mut self, op: &Op) -> Result<(), Not> {
        let (path, object) = self.find(op, |shadow| matches!(shadow, Shadow::List(_)))?;
        let Object::List(list) = object else { panic!("{object:?} is not a list") };
        let len = self.state.node(&path).children().count();
        let index = op.at[3] as usize % (len + 1);
        let beyond = if index == len { out_of_range(index, len) } else { None };
        let many = op.at[3] as usize % self.scale.ints;
        match op.verb {
            Verb::Push | Verb::Insert | Verb::Set => self.store(op, list, path, index)?,
            Verb::Remove => {
                let old = list.get(self.turn, index).ok().and_then(as_object);
                judge(list.remove(self.turn, index), beyond, false)?;
                self.state.node_mut(&path).list_mut().remove(index);
                self.state.stale.extend(old);
            }
            Verb::Take => {
                let item = judge(list.take(self.turn, index), beyond, false)?;
                let shadow = self.state.node_mut(&path).list_mut().remove(index);
                self.receive(item, shadow);
            }
            Verb::Pop => {
                let item = judge(list.pop(self.turn), None, false)?;
                let shadow = self.state.node_mut(&path).list_mut().pop();
                assert_eq!(item.is_some(), shadow.is_some());
                if let (Some(item), Some(shadow)) = (item, shadow) {
                    self.receive(item, shadow);
                }
            }
            Verb::Swap => {
                let other = op.at[1] as usize % (len + 1);
                let due = beyond.or(if other == len { out_of_range(other, len) } else { None });
                judge(list.swap(self.turn, index, other), due, false)?;
                self.state.node_mut(&path).list_mut().swap(index, other);
            }
            Verb::Truncate => {
                judge(list.truncate(self.turn, index), None, false)?;
                self.state.node_mut(&path).list_mut().truncate(index);
            }
            Verb::ExtendInts => {
                let ints: Vec<i64> = (0..many as i64).map(|int| int * op.at[1] as i64).collect();
                judge(list.extend_ints(self.turn, &ints), None, true)?;
                self.state.node_mut(&path).list_mut().extend(ints.into_iter().map(Shadow::Int));
            }
            Verb::ExtendFloats => {
                let floats: Vec<f64> = (0..many).map(|int| int as f64 / 3.0).collect();
                judge(list.extend_floats(self.turn, &floats), None, true)?;
                let shadows = floats.into_iter().map(|float| Shadow::Float(float.to_bits()));
                self.state.node_mut(&path).list_mut().extend(shadows);
            }
            verb => panic!("{verb:?} is not for lists"),
        }
        Ok(())
    }

    fn store(&mut self, op: &Op, list: List, mut path: Path, index: usize) -> Result<(), Not> {
        let len = self.state.node(&path).children().count();
        let gift = self.gift(&op.given, Some(&path));
        match op.verb {
            Verb::Push => {
                judge(list.push(self.turn, gift.input), gift.due, true)?;
                let shadow = self.accepted(gift, &mut path);
                self.state.node_mut(&path).list_mut().push(shadow);
            }
            Verb::Insert => {
                // Sometimes one too far.
                let index = index + (op.at[1].is_multiple_of(16) && index == len) as usize;
                let due = if index > len { out_of_range(index, len) } else { gift.due };
                judge(list.insert(self.turn, index, gift.input), due, true)?;
                let shadow = self.accepted(gift, &mut path);
                self.state.node_mut(&path).list_mut().insert(index, shadow);
            }
            _ => {
                let due = if index == len { out_of_range(index, len) } else { gift.due };
                let old = list.get(self.turn, index).ok().and_then(as_object);
                judge(list.set(self.turn, index, gift.input), due, true)?;
                let shadow = self.accepted(gift, &mut path);
                self.state.node_mut(&path).list_mut()[index] = shadow;
                self.state.stale.extend(old);
            }
        }
        Ok(())
    }

    pub fn on_map(&mut self, op: &Op) -> Result<(), Not> {
        let (path, object) = self.find(op, |shadow| matches!(shadow, Shadow::Map(_)))?;
        let Object::Map(map) = object else { panic!("{object:?} is not a map") };
        let key = key(op.at[3], self.scale.keys);
        let made = self.make_key(&key)?;
        let done = self.on_map_by(op, map, path, key, made);
        self.drop_key(made);
        done
    }

    fn on_map_by(
        &mut self,
        op: &Op,
        map: Map,
        path: Path,
        key: Shadow,
        made: Option<Object>,
    ) -> Result<(), Not> {
        let same = key.as_same().expect("a key");
        match op.verb {
            Verb::MapSet => self.map_set(op, map, path, (key, made), same)?,
            Verb::MapRemove => {
                let was_there = judge(map.remove(self.turn, as_key(&key, made)), None, false)?;
                let shadow = self.state.node_mut(&path).map_mut().shift_remove(&same);
                assert_eq!(was_there, shadow.is_some());
            }
            Verb::MapTake => {
                let item = judge(map.take(self.turn, as_key(&key, made)), None, false)?;
                let shadow = self.state.node_mut(&path).map_mut().shift_remove(&same);
                assert_eq!(item.is_some(), shadow.is_some());
                if let (Some(item), Some((_, shadow))) = (item, shadow) {
                    self.receive(item, shadow);
                }
            }
            Verb::MapUpdate => {
                let next = |old: Option<i64>| old.map_or(0, |old| old.wrapping_add(1));
                let entry = map.entry(self.turn, as_key(&key, made)).expect("a sound map");
                judge(entry.update(|old| next(old.and_then(Value::as_int))), None, true)?;
                let entries = self.state.node_mut(&path).map_mut();
                let old = entries.get(&same).and_then(|(_, old)| old.as_value()).and_then(Value::as_int);
                let new = Shadow::Int(next(old));
                entries.entry(same).or_insert((key, Shadow::Null)).1 = new;
            }
            _ => self.map_or_insert(op, map, path, (key, made), same)?,
        }
        Ok(())
    }

    fn map_set(
        &mut self,
        op: &Op,
        map: Map,
        mut path: Path,
        (key, made): (Shadow, Option<Object>),
        same: Same,
    ) -> Result<(), Not> {
        let gift = self.gift(&op.given, Some(&path));
        let old = map.get(self.turn, as_key(&key, made)).expect("a sound map").and_then(as_object);
        let done = if op.at[1].is_multiple_of(4) {
            map.entry(self.turn, as_key(&key, made)).expect("a sound map").set(gift.input)
        } else {
            map.set(self.turn, as_key(&key, made), gift.input)
        };
        judge(done, gift.due, true)?;
        let shadow = self.accepted(gift, &mut path);
        self.state.node_mut(&path).map_mut().entry(same).or_insert((key, Shadow::Null)).1 = shadow;
        self.state.stale.extend(old);
        Ok(())
    }

    fn map_or_insert(
        &mut self,
        op: &Op,
        map: Map,
        mut path: Path,
        (key, made): (Shadow, Option<Object>),
        same: Same,
    ) -> Result<(), Not> {
        let gift = self.gift(&op.given, Some(&path));
        let there = self.state.node_mut(&path).map_mut().contains_key(&same);
        let due = if there { None } else { gift.due };
        let entry = map.entry(self.turn, as_key(&key, made)).expect("a sound map");
        judge(entry.or_insert(gift.input).map(drop), due, !there)?;
        if !there {
            let shadow = self.accepted(gift, &mut path);
            self.state.node_mut(&path).map_mut().insert(same, (key, shadow));
        }
        Ok(())
    }
}

/// A key: the object that was made of it, or the scalar.
pub fn as_key(key: &Shadow, made: Option<Object>) -> Key<'_> {
    match made {
        Some(Object::Tuple(tuple)) => tuple.into(),
        Some(Object::FrozenSet(set)) => set.into(),
        _ => key.as_key().expect("a key"),
    }
}
