//! Records in the region and in the shadow.

use cohabit::{Error, Input, Object, Record};
use cohabit_tests::shadow::Shadow;

use crate::{
    op::{Given, Op},
    step::{Not, Step, judge},
};

/// A number, a text, and a place for a list.
#[derive(Record)]
struct Trio {
    number: i64,
    text: String,
    list: Option<cohabit::List>,
}

/// A text as the shadow of the operation has one, or another.
fn text_of(op: &Op) -> String {
    match &op.given {
        Given::Value(Shadow::Text(text)) => text.clone(),
        _ => "x".repeat(op.at[2] as usize % 30),
    }
}

impl Step<'_, '_> {
    pub fn new_record(&mut self, op: &Op) -> Result<(), Not> {
        let (number, text) = (op.at[0] as i64, text_of(op));
        let shadow = Shadow::Record(vec![Shadow::Int(number), Shadow::Text(text.clone()), Shadow::Null]);
        let record = judge(self.turn.new_record(&Trio { number, text, list: None }), None, true)?;
        self.hold(record.any().into(), shadow);
        Ok(())
    }

    pub fn set_field(&mut self, op: &Op) -> Result<(), Not> {
        let (mut path, object) = self.find(op, |shadow| matches!(shadow, Shadow::Record(_)))?;
        let Object::Record(any) = object else { panic!("{object:?} is not a record") };
        let record: Record<Trio> = any.open(self.turn).expect("the only type of record here");
        let (field, new) = match op.at[3] % 4 {
            0 => {
                let number = op.at[2] as i64 - 7;
                judge(record.set(self.turn, Trio::NUMBER, number), None, true)?;
                (0, Shadow::Int(number))
            }
            1 => {
                let text = text_of(op);
                judge(record.set(self.turn, Trio::TEXT, &text), None, true)?;
                (1, Shadow::Text(text))
            }
            2 => {
                judge(record.set(self.turn, Trio::LIST, None), None, true)?;
                (2, Shadow::Null)
            }
            _ => {
                let gift = self.gift(&op.given, Some(&path));
                let Input::Object(Object::List(list)) = gift.input else { return Err(Not::Applicable) };
                judge(record.set(self.turn, Trio::LIST, Some(list)), gift.due, true)?;
                (2, self.accepted(gift, &mut path))
            }
        };
        self.state.node_mut(&path).fields_mut()[field] = new;
        let found = self.turn.stats().map(|_| any.len(self.turn));
        assert_eq!(found, Ok(Ok::<usize, Error>(3)));
        Ok(())
    }
}
