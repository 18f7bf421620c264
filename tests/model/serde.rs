//! Rust values put by serde, against what they should have become.

use std::collections::BTreeMap;

use cohabit::{Key, SerdeError};
use cohabit_tests::shadow::{Same, Shadow};

use crate::{
    op::Op,
    step::{Not, Step, judge},
};

impl Step<'_, '_> {
    /// A map of pairs, of a list of optional numbers and a text each.
    pub fn put_by_serde(&mut self, op: &Op) -> Result<(), Not> {
        type Put = BTreeMap<String, (Vec<Option<i64>>, String)>;
        let entry = |number: u16| {
            let numbers =
                (0..number % 5).map(|place| (place % 3 != 1).then_some(i64::from(place) * i64::from(number)));
            // No digits: those are numbers of kinds, and text that lies where an object was must not look like its header.
            let letters = |digit: char| char::from(digit as u8 - b'0' + b'a');
            let key = number.to_string().chars().map(letters).collect();
            (key, (numbers.collect(), "x".repeat(number as usize % 24)))
        };
        let put: Put = op.at[..op.at[3] as usize % 4].iter().map(|number| entry(*number)).collect();
        let shadow = put.iter().map(|(key, (numbers, text))| {
            let number = |number: &Option<i64>| number.map_or(Shadow::Null, Shadow::Int);
            let numbers = Shadow::List(numbers.iter().map(number).collect());
            let value = Shadow::List(vec![numbers, Shadow::Text(text.clone())]);
            (Same::of(Key::Text(key)), (Shadow::Text(key.clone()), value))
        });
        let done = self.turn.put(&put).map_err(|error| match error {
            SerdeError::Region(error) => error,
            other => panic!("{other} of {put:?}"),
        });
        let item = judge(done, None, true)?;
        assert_eq!(self.turn.load::<Put>(item.value(self.turn).expect("put just now")), Ok(put.clone()));
        self.hold(item.object().expect("a map"), Shadow::Map(shadow.collect()));
        Ok(())
    }
}
