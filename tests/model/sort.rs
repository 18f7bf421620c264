//! Lists sorted and searched, in the region and in the shadow.
//!
//! Where every two elements have an order, the outcome is that of sorting a vector. Where some have none, it depends on which are
//! compared; then what comes out has the same elements, or the list is as it was.

use cohabit::{Error, Object, Value};
use cohabit_tests::shadow::Shadow;

use crate::{
    compare::{compare, equal},
    op::Op,
    step::{Not, Step, judge},
};

/// Whether the reference knows all about it.
fn is_plain(shadow: &Shadow) -> bool {
    match shadow {
        Shadow::Rich(_) | Shadow::Record(_) | Shadow::ByteArray(_) | Shadow::Array(..) => false,
        shadow => shadow.children().all(is_plain),
    }
}

fn prints(shadows: &[Shadow]) -> Vec<String> {
    let mut prints: Vec<String> = shadows.iter().map(|shadow| format!("{shadow:?}")).collect();
    prints.sort();
    prints
}

impl Step<'_, '_> {
    pub fn sort(&mut self, op: &Op) -> Result<(), Not> {
        let (path, object) = self.find(op, |shadow| matches!(shadow, Shadow::List(_)))?;
        let Object::List(list) = object else { panic!("{object:?} is not a list") };
        let mut shadows = self.state.node_mut(&path).list_mut().clone();
        let plain = shadows.iter().all(is_plain);
        if plain && let Some(wanted) = shadows.get(op.at[3] as usize % shadows.len().max(1)) {
            let found = |wanted| shadows.iter().position(|shadow| equal(shadow, wanted));
            if let Some(input) = wanted.as_input() {
                assert_eq!(list.index_of(self.turn, input), Ok(found(wanted)), "{wanted:?}");
                let count = shadows.iter().filter(|shadow| equal(shadow, wanted)).count();
                assert_eq!(list.count(self.turn, input), Ok(count), "{wanted:?}");
            }
        }
        let ordered = |a| shadows.iter().all(|b| matches!(compare(a, b), Ok(Some(_))));
        // One element is compared with nothing.
        let clear = plain && (shadows.len() < 2 || shadows.len() < 100 && shadows.iter().all(ordered));
        let sorted = list.sort(self.turn);
        if sorted == Err(Error::NotComparable) && !clear {
            return Err(Not::Allowed);
        }
        judge(sorted, None, true)?;
        if clear {
            shadows.sort_by(|a, b| compare(a, b).ok().flatten().expect("every two have an order"));
        } else {
            let Shadow::List(found) = Shadow::read(self.turn, Value::List(list)).expect("a sound list")
            else {
                panic!("a list is read as one")
            };
            assert_eq!(prints(&found), prints(&shadows));
            shadows = found;
        }
        *self.state.node_mut(&path).list_mut() = shadows;
        Ok(())
    }
}
