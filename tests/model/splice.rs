//! Parts of lists replaced, by more, fewer or as many, and removed.

use cohabit::{Error, Input, Object};
use cohabit_tests::shadow::Shadow;

use crate::{
    op::{Given, Op, Verb},
    step::{Not, Step, judge},
};

impl Step<'_, '_> {
    pub fn on_part_of_list(&mut self, op: &Op) -> Result<(), Not> {
        let (mut path, object) = self.find(op, |shadow| matches!(shadow, Shadow::List(_)))?;
        let Object::List(list) = object else { panic!("{object:?} is not a list") };
        let len = self.state.node(&path).children().count();
        let (a, b) = (op.at[3] as usize % (len + 1), op.at[1] as usize % (len + 1));
        let (from, to) = (a.min(b), a.max(b));
        let step = if op.verb == Verb::Splice { 1 } else { 2 + op.at[0] as usize % 2 };
        let chosen: Vec<usize> = (from..to).step_by(step).collect();
        if op.verb == Verb::RemoveSlice {
            judge(list.remove_slice(self.turn, Some(from as i64), Some(to as i64), step as i64), None, true)?;
            chosen.iter().rev().for_each(|index| drop(self.state.node_mut(&path).list_mut().remove(*index)));
            return Ok(());
        }
        // One thing that is given, perhaps twice, among numbers.
        let gift = self.gift(&op.given, Some(&path));
        let twice = op.at[2].is_multiple_of(8);
        let again = (twice && matches!(gift.input, Input::Object(_))).then_some(Error::AlreadyPlaced);
        let mut values = vec![gift.input, 7.into(), if twice { gift.input } else { 8.into() }, 9.into()];
        let mut due = gift.due.or(again);
        let done = match op.verb {
            Verb::Splice => judge(list.splice(self.turn, from..to, &values), due, true),
            _ => {
                // Backwards, from the last one that is chosen; sometimes one too few.
                values.truncate(chosen.len() - (op.at[2].is_multiple_of(5) && !chosen.is_empty()) as usize);
                if values.len() != chosen.len() {
                    due = Some(Error::BadShape);
                } else if values.len() < 3 {
                    due = gift.due.filter(|_| !values.is_empty());
                }
                let start = chosen.last().map_or(0, |last| *last as i64);
                let stop = if from == 0 { None } else { Some(from as i64 - 1) };
                let stop = if chosen.is_empty() { Some(0) } else { stop };
                judge(list.set_slice(self.turn, Some(start), stop, -(step as i64), &values), due, true)
            }
        };
        done?;
        let mut shadows: Vec<Shadow> = [7, 8, 9].map(Shadow::Int).into();
        if !values.is_empty() {
            let given = match &op.given {
                Given::Value(shadow) => shadow.clone(),
                _ => self.accepted(gift, &mut path),
            };
            if twice {
                shadows[1] = given.clone();
            }
            shadows.insert(0, given);
        }
        shadows.truncate(values.len());
        let elements = self.state.node_mut(&path).list_mut();
        if op.verb == Verb::Splice {
            elements.splice(from..to, shadows);
        } else {
            chosen.iter().rev().zip(shadows).for_each(|(index, shadow)| elements[*index] = shadow);
        }
        Ok(())
    }
}
