//! Lists in another order, and many elements or entries at once.

use cohabit::{Error, List, Map, Object, Value};
use cohabit_tests::shadow::Shadow;

use crate::{
    op::{Op, Verb},
    step::{Not, Step, judge},
    world::Path,
};

/// Larger things are not multiplied.
const SMALL: usize = 60;

impl Step<'_, '_> {
    pub fn on_whole_list(&mut self, op: &Op) -> Result<(), Not> {
        let (path, object) = self.find(op, |shadow| matches!(shadow, Shadow::List(_)))?;
        let Object::List(list) = object else { panic!("{object:?} is not a list") };
        let shadow = self.state.node(&path).clone();
        let len = shadow.children().count();
        let (a, b) = (op.at[3] as usize % (len + 1), op.at[1] as usize % (len + 1));
        let (from, to) = (a.min(b), a.max(b));
        match op.verb {
            Verb::Reverse => {
                judge(list.reverse(self.turn), None, true)?;
                self.state.node_mut(&path).list_mut().reverse();
            }
            Verb::RotateLeft => {
                judge(list.rotate_left(self.turn, a), None, true)?;
                self.state.node_mut(&path).list_mut().rotate_left(a);
            }
            Verb::RemoveRange => {
                // Sometimes one too far.
                let beyond = (a == len && op.at[0].is_multiple_of(4)) as usize;
                let due =
                    (beyond != 0).then_some(Error::OutOfRange { index: len as u32 + 1, len: len as u32 });
                judge(list.remove_range(self.turn, from..to + beyond), due, true)?;
                self.state.node_mut(&path).list_mut().drain(from..to);
            }
            Verb::Slice => {
                let copy = judge(list.slice(self.turn, from..to), None, true)?;
                let mut part = shadow;
                part.list_mut().truncate(to);
                part.list_mut().drain(..from);
                self.hold(copy.into(), part);
            }
            Verb::SliceBy => {
                let backwards = op.at[2].is_multiple_of(2);
                let step = 1 + op.at[0] as usize % 3;
                let signed = if backwards { -(step as i64) } else { step as i64 };
                let ends =
                    if backwards { (to as i64 - 1, from as i64 - 1) } else { (from as i64, to as i64) };
                // Before the first element there is no number: -1 is the last.
                let end = if ends.1 < 0 { None } else { Some(ends.1) };
                let first = if ends.0 < 0 { i64::MIN } else { ends.0 };
                let copy = judge(list.slice_by(self.turn, Some(first), end, signed), None, true)?;
                let mut part = shadow;
                part.list_mut().truncate(to);
                part.list_mut().drain(..from);
                if backwards {
                    part.list_mut().reverse();
                }
                let kept = part.list_mut().drain(..).step_by(step).collect::<Vec<_>>();
                *part.list_mut() = kept;
                self.hold(copy.into(), part);
            }
            Verb::Repeat if shadow.size() < SMALL => {
                let times = op.at[1] as usize % 4;
                judge(list.repeat(self.turn, times), None, true)?;
                let elements = self.state.node_mut(&path).list_mut();
                *elements = (0..times).flat_map(|_| elements.clone()).collect();
            }
            Verb::ExtendFrom => self.extend_list(op, list, path)?,
            _ => return Err(Not::Applicable),
        }
        Ok(())
    }

    fn extend_list(&mut self, op: &Op, list: List, path: Path) -> Result<(), Not> {
        let other = Op { at: [op.at[3], op.at[2], op.at[1], op.at[0]], ..op.clone() };
        let (from, object) = self.find(&other, |shadow| matches!(shadow, Shadow::List(_)))?;
        let Object::List(source) = object else { panic!("{object:?} is not a list") };
        let Shadow::List(more) = self.state.node(&from).clone() else { panic!("{from:?} is not a list") };
        if more.iter().map(Shadow::size).sum::<usize>() > SMALL {
            return Err(Not::Applicable);
        }
        let due = path.is_inside(&from).then_some(Error::WouldCycle);
        judge(list.extend_from(self.turn, source), due, true)?;
        self.state.node_mut(&path).list_mut().extend(more);
        Ok(())
    }

    pub fn on_whole_map(&mut self, op: &Op) -> Result<(), Not> {
        let (path, object) = self.find(op, |shadow| matches!(shadow, Shadow::Map(_)))?;
        let Object::Map(map) = object else { panic!("{object:?} is not a map") };
        match op.verb {
            Verb::MapClear => {
                judge(map.clear(self.turn), None, false)?;
                self.state.node_mut(&path).map_mut().clear();
            }
            Verb::MapPopLast => {
                let last = judge(map.pop_last(self.turn), None, false)?;
                let shadow = self.state.node_mut(&path).map_mut().pop();
                assert_eq!(last.is_some(), shadow.is_some());
                if let (Some((key, value)), Some((_, (key_shadow, shadow)))) = (last, shadow) {
                    self.receive(key, key_shadow);
                    self.receive(value, shadow);
                }
            }
            _ => self.extend_map(op, map, path)?,
        }
        Ok(())
    }

    fn extend_map(&mut self, op: &Op, map: Map, path: Path) -> Result<(), Not> {
        let other = Op { at: [op.at[3], op.at[2], op.at[1], op.at[0]], ..op.clone() };
        let (from, object) = self.find(&other, |shadow| matches!(shadow, Shadow::Map(_)))?;
        let Object::Map(source) = object else { panic!("{object:?} is not a map") };
        let shadow = self.state.node(&from).clone();
        // What is inside of the map may go before it was copied.
        if from.is_inside(&path) || shadow.size() > SMALL {
            return Err(Not::Applicable);
        }
        let Shadow::Map(entries) = shadow else { panic!("{from:?} is not a map") };
        let due = path.is_inside(&from).then_some(Error::WouldCycle);
        let done = judge(map.extend_from(self.turn, source), due, true);
        // Entry after entry: where memory ran out, those before are there.
        for (same, (key, value)) in entries {
            if done.is_err() && self.state.node(&path).matches(self.turn, Value::Map(map)) {
                break;
            }
            let entries = self.state.node_mut(&path).map_mut();
            entries.entry(same).or_insert((key, Shadow::Null)).1 = value;
        }
        done
    }
}
