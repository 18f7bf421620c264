//! Arrays between processes: one fills in place, the other sees, through a view of its own.
#![forbid(unsafe_code)]

use cohabit_std::{
    Options,
    cohabit::{Array, Turn, Value},
};
use cohabit_testkit::{Name, Other};

const ROWS: usize = 300;
const COLUMNS: usize = 70;

fn find(turn: &Turn<'_>) -> Array<f64> {
    let found = turn.roots().unwrap().get(turn, "matrix").unwrap().and_then(Value::as_array);
    found.expect("placed by the parent").typed(turn).unwrap()
}

/// The parent makes an array of zeros; the child fills one half of it as a slice, the other one through a view.
pub fn what_one_process_fills_another_sees() {
    let name = Name::new("matrix");
    let mut me = cohabit_std::create(&name, Options::new().size(1 << 20).parties(2)).unwrap();
    let mut turn = me.acquire().unwrap();
    let array = turn.new_array::<f64>(&[ROWS, COLUMNS]).unwrap();
    turn.roots().unwrap().set(&mut turn, "matrix", array).unwrap();
    let at = array.as_slice(&turn).unwrap().as_ptr().addr();
    assert_eq!(at % 64, 0, "regions in shared memory begin on pages");
    drop(turn);
    Other::spawn("matrix", &[&*name]).finish();

    let turn = &mut me.acquire().unwrap();
    assert_eq!(find(turn), array);
    let elements = array.as_slice(turn).unwrap();
    assert!(elements.iter().enumerate().all(|(place, element)| *element == place as f64 * 0.5));
    let last_column = array.view(turn).unwrap().at(1, COLUMNS - 1).unwrap();
    assert_eq!(last_column.get(turn, &[1]), Ok((2 * COLUMNS - 1) as f64 * 0.5));
    turn.audit().unwrap();
}

/// Role: fills the array.
pub fn filler(arguments: &[String]) {
    let mut me = cohabit_std::open(&arguments[0]).unwrap();
    let turn = &mut me.acquire().unwrap();
    let array = find(turn);
    let (mut place, half) = (0.0, ROWS / 2 * COLUMNS);
    let mut next = |_: f64| {
        place += 0.5;
        place - 0.5
    };
    array.as_mut_slice(turn).unwrap()[..half].iter_mut().for_each(|element| *element = next(0.0));
    let rest = array.view(turn).and_then(|view| view.slice(0, ROWS / 2..)).unwrap();
    rest.update(turn, next).unwrap();
}
