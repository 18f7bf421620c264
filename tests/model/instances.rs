//! Instances: a class name and fields.

use cohabit::Object;
use cohabit_tests::shadow::{Same, Shadow};

use crate::{
    op::{Op, Verb},
    step::{Not, Step, judge},
    world::as_object,
};

/// Name number `number`: some in the cell, some not, and so few that they meet again.
pub fn name(number: u16, keys: u16) -> String {
    let number = number % keys;
    if number.is_multiple_of(2) { format!("f{number}") } else { format!("a field of many letters {number}") }
}

impl Step<'_, '_> {
    pub fn new_instance(&mut self, op: &Op) -> Result<(), Not> {
        let class = name(op.at[0], 6);
        let instance = judge(self.turn.new_instance(&class), None, true)?;
        self.hold(instance.into(), Shadow::Instance(class, Default::default()));
        Ok(())
    }

    pub fn on_instance(&mut self, op: &Op) -> Result<(), Not> {
        let (mut path, object) = self.find(op, |shadow| matches!(shadow, Shadow::Instance(..)))?;
        let Object::Instance(instance) = object else { panic!("{object:?} is not an instance") };
        let name = name(op.at[3], self.scale.keys);
        let same = Same::Text(name.clone());
        match op.verb {
            Verb::FieldSet => {
                let gift = self.gift(&op.given, Some(&path));
                let old = instance.get(self.turn, &name).expect("sound").and_then(as_object);
                judge(instance.set(self.turn, &name, gift.input), gift.due, true)?;
                let shadow = self.accepted(gift, &mut path);
                let fields = self.state.node_mut(&path).instance_mut();
                fields.entry(same).or_insert((Shadow::Text(name), Shadow::Null)).1 = shadow;
                self.state.stale.extend(old);
            }
            Verb::FieldRemove => {
                let was_there = judge(instance.remove(self.turn, &name), None, false)?;
                let shadow = self.state.node_mut(&path).instance_mut().shift_remove(&same);
                assert_eq!(was_there, shadow.is_some());
            }
            _ => {
                let item = judge(instance.take(self.turn, &name), None, false)?;
                let shadow = self.state.node_mut(&path).instance_mut().shift_remove(&same);
                assert_eq!(item.is_some(), shadow.is_some());
                if let (Some(item), Some((_, shadow))) = (item, shadow) {
                    self.receive(item, shadow);
                }
            }
        }
        Ok(())
    }
}
