//! Arrays in place against `Vec`: once borrowed, they are the same slice, so what is measured is that nothing is in the way.

use std::hint::black_box;

use crate::{
    pool,
    rounds::{Contestant, Line, Options, Target, contest},
};

const LEN: usize = 1_000_000;

#[inline(never)]
fn add_ten(elements: &mut [f64]) {
    for element in elements {
        *element += 10.0;
    }
}

/// `a += 10` over a million floats; and through a view in which they do not lie one after the other.
pub fn add_in_place(options: &Options) -> Vec<Line> {
    let [mut party, _other] = pool::parties::<2>(32 << 20);
    let mut turn = party.acquire().expect("a turn");
    let array = turn.new_array::<f64>(&[1000, 1000]).expect("room");
    let vec: &mut [f64] = bytemuck::cast_slice_mut(pool::shared(LEN * 8));
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            add_ten(black_box(array.as_mut_slice(&mut turn).expect("in C order")));
        }
    });
    let peer = Contestant::new("Vec", |operations| {
        for _ in 0..operations {
            add_ten(black_box(&mut *vec));
        }
    });
    let mut lines = contest(options, vec![ours, peer]).lines("a += 10, 1e6 f64", &[Target::Ratio(1.05)]);
    let column = array.view(&turn).and_then(|view| view.at(1, 500)).expect("inside");
    let ours = Contestant::new("cohabit", |operations| {
        for _ in 0..operations {
            column.update(&mut turn, |element| element + 10.0).expect("sound");
        }
    });
    let peer = Contestant::new("Vec", |operations| {
        for _ in 0..operations {
            black_box(&mut *vec).iter_mut().skip(500).step_by(1000).for_each(|element| *element += 10.0);
        }
    });
    lines.extend(contest(options, vec![ours, peer]).lines("  one of 1000 columns", &[Target::None]));
    lines
}
