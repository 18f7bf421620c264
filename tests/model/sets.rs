//! Sets, tuples, and what is frozen.

use cohabit::{AnySet, Error, Input, Object, Set};
use cohabit_tests::shadow::{Members, Same, Shadow};

use crate::{
    containers::as_key,
    op::{Given, Op, Verb, key},
    step::{Not, Step, judge},
    world::{Base, Path},
};

fn is_set(shadow: &Shadow) -> bool {
    matches!(shadow, Shadow::Set(_))
}

fn is_any_set(shadow: &Shadow) -> bool {
    matches!(shadow, Shadow::Set(_) | Shadow::FrozenSet(_) | Shadow::FastSet(_))
}

/// The elements of a set of any form.
pub fn members(shadow: &Shadow) -> &Members {
    match shadow {
        Shadow::Set(members) | Shadow::FrozenSet(members) | Shadow::FastSet(members) => members,
        _ => panic!("not a set: {shadow:?}"),
    }
}

/// Those of a set that another has, or has not.
fn those(of: &Members, there: bool, other: &Members) -> Members {
    let wanted = |(same, _): &(&Same, &Shadow)| other.contains_key(*same) == there;
    of.iter().filter(wanted).map(|(same, shadow)| (same.clone(), shadow.clone())).collect()
}

/// One after the other; what the first has stays as it has it.
fn joined(a: Members, b: Members) -> Members {
    let mut all = a;
    for (same, shadow) in b {
        all.entry(same).or_insert(shadow);
    }
    all
}

impl Step<'_, '_> {
    pub fn on_set(&mut self, op: &Op) -> Result<(), Not> {
        let (path, object) = self.find(op, is_set)?;
        let Object::Set(set) = object else { panic!("{object:?} is not a set") };
        let key = key(op.at[3], self.scale.keys);
        let made = self.make_key(&key)?;
        let done = self.on_set_by(op, set, path, key, made);
        self.drop_key(made);
        done
    }

    fn on_set_by(
        &mut self,
        op: &Op,
        set: Set,
        path: Path,
        key: Shadow,
        made: Option<Object>,
    ) -> Result<(), Not> {
        let (element, same) = (as_key(&key, made), key.as_same().expect("a key"));
        match op.verb {
            Verb::SetInsert => {
                let new = judge(set.insert(self.turn, element), None, true)?;
                let shadow = self.state.node_mut(&path).set_mut();
                assert_eq!(new, !shadow.contains_key(&same));
                shadow.entry(same).or_insert(key);
            }
            Verb::SetRemove => {
                let was_there = judge(set.remove(self.turn, element), None, false)?;
                let shadow = self.state.node_mut(&path).set_mut().shift_remove(&same);
                assert_eq!(was_there, shadow.is_some());
            }
            Verb::SetPopLast => {
                let last = judge(set.pop_last(self.turn), None, false)?;
                let shadow = self.state.node_mut(&path).set_mut().pop();
                assert_eq!(last.is_some(), shadow.is_some());
                if let (Some(last), Some((_, shadow))) = (last, shadow) {
                    self.receive(last, shadow);
                }
            }
            _ => {
                judge(set.clear(self.turn), None, false)?;
                self.state.node_mut(&path).set_mut().clear();
            }
        }
        Ok(())
    }

    /// Two sets, frozen or not, the first not if `change`.
    pub fn on_sets(&mut self, op: &Op) -> Result<(), Not> {
        let change = op.verb == Verb::SetChange;
        let (path, first) = self.find(op, if change { is_set } else { is_any_set })?;
        let other = Op { at: [op.at[3], op.at[2], op.at[1], op.at[0]], ..op.clone() };
        let (from, second) = self.find(&other, is_any_set)?;
        let (a, b) = (members(self.state.node(&path)).clone(), members(self.state.node(&from)).clone());
        let second: AnySet = match second {
            Object::Set(set) => set.into(),
            Object::FrozenSet(set) => set.into(),
            Object::FastSet(set) => set.into(),
            other => panic!("{other:?} is not a set"),
        };
        match (op.verb, first) {
            (Verb::SetChange, Object::Set(set)) => {
                return self.change_set(op.at[1], set, second, path, [a, b]);
            }
            (Verb::SetCompare, _) => self.compare_sets(first, second, [&a, &b]),
            _ => return self.combine_sets(op.at[1], first, second, [a, b]),
        }
        Ok(())
    }

    fn compare_sets(&mut self, first: Object, second: AnySet, [a, b]: [&Members; 2]) {
        let turn = &*self.turn;
        let found = match first {
            Object::Set(set) => {
                [set.is_subset(turn, second), set.is_superset(turn, second), set.is_disjoint(turn, second)]
            }
            Object::FrozenSet(set) => {
                [set.is_subset(turn, second), set.is_superset(turn, second), set.is_disjoint(turn, second)]
            }
            Object::FastSet(set) => {
                [set.is_subset(turn, second), set.is_superset(turn, second), set.is_disjoint(turn, second)]
            }
            other => panic!("{other:?} is not a set"),
        };
        let both = those(a, true, b).len();
        assert_eq!(found, [both == a.len(), both == b.len(), both == 0].map(Ok));
    }

    fn combine_sets(
        &mut self,
        how: u16,
        first: Object,
        second: AnySet,
        [a, b]: [Members; 2],
    ) -> Result<(), Not> {
        let turn = &mut *self.turn;
        let (result, shadow) = match (how % 4, first) {
            (0, Object::Set(set)) => (set.union(turn, second), joined(a, b)),
            (0, Object::FrozenSet(set)) => (set.union(turn, second), joined(a, b)),
            (0, Object::FastSet(set)) => (set.union(turn, second), joined(a, b)),
            (1, Object::Set(set)) => (set.intersection(turn, second), those(&a, true, &b)),
            (1, Object::FrozenSet(set)) => (set.intersection(turn, second), those(&a, true, &b)),
            (1, Object::FastSet(set)) => (set.intersection(turn, second), those(&a, true, &b)),
            (2, Object::Set(set)) => (set.difference(turn, second), those(&a, false, &b)),
            (2, Object::FrozenSet(set)) => (set.difference(turn, second), those(&a, false, &b)),
            (2, Object::FastSet(set)) => (set.difference(turn, second), those(&a, false, &b)),
            (_, Object::Set(set)) => {
                (set.symmetric_difference(turn, second), joined(those(&a, false, &b), those(&b, false, &a)))
            }
            (_, Object::FrozenSet(set)) => {
                (set.symmetric_difference(turn, second), joined(those(&a, false, &b), those(&b, false, &a)))
            }
            (_, Object::FastSet(set)) => {
                (set.symmetric_difference(turn, second), joined(those(&a, false, &b), those(&b, false, &a)))
            }
            (_, other) => panic!("{other:?} is not a set"),
        };
        let set = judge(result, None, true)?;
        self.hold(set.into(), Shadow::Set(shadow));
        Ok(())
    }

    fn change_set(
        &mut self,
        how: u16,
        set: Set,
        second: AnySet,
        path: Path,
        [a, b]: [Members; 2],
    ) -> Result<(), Not> {
        let turn = &mut *self.turn;
        let (result, shadow, allocates) = match how % 4 {
            0 => (set.extend_from(turn, second), joined(a, b), true),
            1 => (set.intersect_with(turn, second), those(&a, true, &b), false),
            2 => (set.difference_with(turn, second), those(&a, false, &b), false),
            _ => {
                let shadow = joined(those(&a, false, &b), those(&b, false, &a));
                (set.symmetric_difference_with(turn, second), shadow, true)
            }
        };
        judge(result, None, allocates)?;
        *self.state.node_mut(&path).set_mut() = shadow;
        Ok(())
    }

    /// What this party holds and is in nothing becomes frozen; what is in something does not.
    pub fn freeze(&mut self, op: &Op) -> Result<(), Not> {
        let wanted = |shadow: &Shadow| matches!(shadow, Shadow::List(_) | Shadow::Set(_) | Shadow::Map(_));
        let (path, object) = self.find(op, wanted)?;
        let due = match path.base {
            _ if !path.is_base() => Some(Error::AlreadyPlaced),
            Base::Loose(slot, _) if slot == self.me => None,
            Base::Loose(..) => Some(Error::HeldByOther),
            Base::Roots | Base::Taken(..) => Some(Error::AlreadyPlaced),
        };
        let frozen: Object = match object {
            Object::List(list) => judge(list.freeze(self.turn), due, false)?.into(),
            Object::Set(set) => judge(set.freeze(self.turn), due, false)?.into(),
            Object::Map(map) => judge(map.freeze(self.turn), due, false)?.into(),
            other => panic!("{other:?} cannot be frozen"),
        };
        let due = Some(Error::WrongType);
        match object {
            Object::List(list) => assert_eq!(list.push(self.turn, 1).err(), due),
            Object::Set(set) => assert_eq!(set.clear(self.turn).err(), due),
            Object::Map(map) => assert_eq!(map.clear(self.turn).err(), due),
            other => panic!("{other:?} was frozen"),
        }
        let node = self.state.node_mut(&path);
        *node = match std::mem::replace(node, Shadow::Null) {
            Shadow::List(elements) => Shadow::Tuple(elements),
            Shadow::Set(members) => Shadow::FrozenSet(members),
            Shadow::Map(entries) => Shadow::FrozenMap(entries),
            other => panic!("{other:?} was frozen"),
        };
        let Base::Loose(slot, index) = path.base else { panic!("{path:?} was frozen") };
        self.state.loose[slot][index].object = frozen;
        Ok(())
    }

    /// A copy of something frozen that can be changed.
    pub fn thaw(&mut self, op: &Op) -> Result<(), Not> {
        let wanted = |shadow: &Shadow| {
            let frozen = matches!(shadow, Shadow::Tuple(_) | Shadow::FrozenSet(_) | Shadow::FrozenMap(_));
            frozen || matches!(shadow, Shadow::FastSet(_) | Shadow::FastMap(_))
        };
        let (path, object) = self.find(op, wanted)?;
        let shadow = self.state.node(&path).clone();
        if shadow.size() > 50 {
            // As with copies.
            self.state.stale.clear();
        }
        let (copy, shadow): (Object, Shadow) = match (object, shadow) {
            (Object::Tuple(tuple), Shadow::Tuple(elements)) => {
                (judge(tuple.to_list(self.turn), None, true)?.into(), Shadow::List(elements))
            }
            (Object::FrozenSet(set), Shadow::FrozenSet(members)) => {
                (judge(set.to_set(self.turn), None, true)?.into(), Shadow::Set(members))
            }
            (Object::FrozenMap(map), Shadow::FrozenMap(entries)) => {
                (judge(map.to_map(self.turn), None, true)?.into(), Shadow::Map(entries))
            }
            (Object::FastSet(set), Shadow::FastSet(members)) => {
                (judge(set.to_set(self.turn), None, true)?.into(), Shadow::Set(members))
            }
            (Object::FastMap(map), Shadow::FastMap(entries)) => {
                (judge(map.to_map(self.turn), None, true)?.into(), Shadow::Map(entries))
            }
            (object, shadow) => panic!("{object:?} is not {shadow:?}"),
        };
        self.hold(copy, shadow);
        Ok(())
    }

    /// A fast frozen copy.
    pub fn pack(&mut self, op: &Op) -> Result<(), Not> {
        let wanted = |shadow: &Shadow| {
            let set = matches!(shadow, Shadow::Set(_) | Shadow::FrozenSet(_));
            set || matches!(shadow, Shadow::Map(_) | Shadow::FrozenMap(_))
        };
        let (path, object) = self.find(op, wanted)?;
        let shadow = self.state.node(&path).clone();
        if shadow.size() > 50 {
            // As with copies.
            self.state.stale.clear();
        }
        let copy: Object = match object {
            Object::Set(set) => judge(set.to_fast(self.turn), None, true)?.into(),
            Object::FrozenSet(set) => judge(set.to_fast(self.turn), None, true)?.into(),
            Object::Map(map) => judge(map.to_fast(self.turn), None, true)?.into(),
            Object::FrozenMap(map) => judge(map.to_fast(self.turn), None, true)?.into(),
            other => panic!("{other:?} cannot be packed"),
        };
        let shadow = match shadow {
            Shadow::Set(members) | Shadow::FrozenSet(members) => Shadow::FastSet(members),
            Shadow::Map(entries) | Shadow::FrozenMap(entries) => Shadow::FastMap(entries),
            other => panic!("{other:?} was packed"),
        };
        self.hold(copy, shadow);
        Ok(())
    }

    /// Of a number, what is given, and sometimes that once more, which cannot be if it is an object.
    pub fn new_tuple(&mut self, op: &Op) -> Result<(), Not> {
        let gift = self.gift(&op.given, None);
        let (first, twice) = (op.at[2] as i64, op.at[1].is_multiple_of(4));
        let object = matches!(gift.input, Input::Object(_));
        let values = [first.into(), gift.input, gift.input];
        let due = gift.due.or((twice && object).then_some(Error::AlreadyPlaced));
        let tuple = judge(self.turn.new_tuple(&values[..if twice { 3 } else { 2 }]), due, true)?;
        let given = match &op.given {
            Given::Value(shadow) => shadow.clone(),
            _ => self.accepted(gift, &mut Path::to(Base::Roots)),
        };
        let mut shadow = vec![Shadow::Int(first), given.clone()];
        if twice {
            shadow.push(given);
        }
        self.hold(tuple.into(), Shadow::Tuple(shadow));
        Ok(())
    }

    pub fn slice_tuple(&mut self, op: &Op) -> Result<(), Not> {
        let (path, object) = self.find(op, |shadow| matches!(shadow, Shadow::Tuple(_)))?;
        let Object::Tuple(tuple) = object else { panic!("{object:?} is not a tuple") };
        let Shadow::Tuple(elements) = self.state.node(&path).clone() else {
            panic!("{path:?} is not a tuple")
        };
        let (a, b) = (op.at[3] as usize % (elements.len() + 1), op.at[1] as usize % (elements.len() + 1));
        let range = a.min(b)..a.max(b);
        let part = judge(tuple.slice(self.turn, range.clone()), None, true)?;
        self.hold(part.into(), Shadow::Tuple(elements[range].to_vec()));
        Ok(())
    }
}
