//! Arrays in the region and in the shadow: made in several ways, written one by one and in place, and cut.

use cohabit::{Array, Dtype, Error, Layout, Object, Turn};
use cohabit_tests::shadow::Shadow;
use ndarray::{ArrayD, IxDyn};

use crate::{
    op::Op,
    step::{Not, Step, judge},
};

/// Where the elements of a layout lie, in C order.
fn places(layout: &Layout) -> Vec<usize> {
    let shape = layout.shape();
    let index = |mut number: usize| {
        let mut index = vec![0; shape.len()];
        for (axis, extent) in shape.iter().enumerate().rev() {
            index[axis] = number % extent;
            number /= extent;
        }
        index
    };
    (0..layout.len()).map(|number| layout.index(&index(number)).expect("inside")).collect()
}

/// A number all of whose bytes are odd, as all contents in here.
fn odd(number: usize) -> i32 {
    i32::from_le_bytes([number as u8 | 1; 4])
}

impl Step<'_, '_> {
    pub fn new_array(&mut self, op: &Op) -> Result<(), Not> {
        let shape: Vec<usize> =
            (0..op.at[1] as usize % 4).map(|axis| (op.at[2] as usize >> (3 * axis)) % 5).collect();
        let layout = if op.at[3].is_multiple_of(2) { Layout::new(&shape) } else { Layout::fortran(&shape) };
        let mut layout = layout.expect("small");
        let numbers: Vec<i32> = (0..layout.len()).map(|place| odd(place + op.at[3] as usize)).collect();
        let (any, dtype) = match op.at[0] % 6 {
            0 => (self.turn.new_any_array(Dtype::Complex128, &layout), Dtype::Complex128),
            1 => (self.turn.new_array_by::<u8>(&layout).map(Array::any), Dtype::Uint8),
            2 => (self.turn.new_any_array(Dtype::Int32, &layout), Dtype::Int32),
            way => {
                // From here on in C order, whatever was drawn.
                layout = Layout::new(&shape).expect("small");
                let made = match way {
                    3 => self.turn.new_array::<i32>(&shape),
                    4 => self.turn.new_array_from(&shape, &numbers),
                    _ => {
                        let owned = ArrayD::from_shape_vec(IxDyn(&shape), numbers.clone()).expect("as many");
                        self.turn.new_array_from_ndarray(owned.view())
                    }
                };
                (made.map(Array::any), Dtype::Int32)
            }
        };
        let array = judge(any, None, true)?;
        let mut bytes = vec![0; layout.len() * dtype.size()];
        if op.at[0] % 6 > 3 {
            bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        }
        self.hold(array.into(), Shadow::Array(dtype, Box::new(layout), bytes));
        Ok(())
    }

    /// Sets the last element of every array that is held, and copies one.
    pub fn set_element(&mut self, op: &Op) -> Result<(), Not> {
        let odd = op.at[1] as u8 | 1;
        let mut copied = None;
        for held in &mut self.state.loose[self.me] {
            let (Object::Array(array), Shadow::Array(dtype, layout, bytes)) = (held.object, &mut held.shadow)
            else {
                continue;
            };
            copied = Some(array);
            let last: Vec<usize> = layout.shape().iter().map(|extent| extent.wrapping_sub(1)).collect();
            let Ok(at) = layout.index(&last) else { continue };
            let set = match dtype {
                Dtype::Uint8 => array.typed(self.turn).and_then(|array| array.set(self.turn, &last, odd)),
                Dtype::Int32 => {
                    let odd = i32::from_le_bytes([odd; 4]);
                    array.typed(self.turn).and_then(|array| array.set(self.turn, &last, odd))
                }
                _ => {
                    let odd = [f64::from_le_bytes([odd; 8]); 2];
                    array.typed(self.turn).and_then(|array| array.set(self.turn, &last, odd))
                }
            };
            set.expect("it is held, and inside");
            bytes[at * dtype.size()..][..dtype.size()].fill(odd);
        }
        let Some(array) = copied else { return Err(Not::Applicable) };
        let copy = judge(array.copy(self.turn), None, true)?;
        let shadow = self.state.loose[self.me].iter().find(|held| held.object == array.into());
        let shadow = shadow.expect("it was held just now").shadow.clone();
        self.hold(copy.into(), shadow);
        Ok(())
    }

    /// An array of numbers that is held: its place in the holdings, itself, its layout.
    fn held_numbers(&self, op: &Op) -> Result<(usize, Array<i32>, Layout), Not> {
        let held = &self.state.loose[self.me];
        let numbers: Vec<usize> = (0..held.len())
            .filter(|at| matches!(held[*at].shadow, Shadow::Array(Dtype::Int32, ..)))
            .collect();
        let Some(&at) = numbers.get(op.at[1] as usize % numbers.len().max(1)) else {
            return Err(Not::Applicable);
        };
        let (Object::Array(array), Shadow::Array(_, layout, _)) = (held[at].object, &held[at].shadow) else {
            panic!("{:?} is not an array", held[at].object)
        };
        Ok((at, array.typed(self.turn).expect("as the shadow says"), **layout))
    }

    /// Writes all elements, in one of the ways there are.
    pub fn write_elements(&mut self, op: &Op) -> Result<(), Not> {
        let (at, array, layout) = self.held_numbers(op)?;
        let numbers: Vec<i32> = (0..layout.len()).map(|place| odd(place + op.at[2] as usize)).collect();
        let (mut next, mut last) = (numbers.iter(), odd(op.at[2] as usize));
        let mut draw = || next.next().copied().expect("one each");
        let standard = (!layout.is_standard()).then_some(Error::NotContiguous);
        let turn: &mut Turn<'_> = self.turn;
        let view = array.view(turn).expect("it is held");
        let (done, due) = match op.at[0] % 9 {
            0 => (array.as_mut_slice(turn).map(|all| all.copy_from_slice(&numbers)), standard),
            1 => (view.as_mut_slice(turn).map(|all| all.copy_from_slice(&numbers)), standard),
            2 => (array.copy_from(turn, &numbers), None),
            3 => (view.copy_from(turn, &numbers), None),
            4 => {
                let all = array.as_ndarray_mut::<IxDyn>(turn);
                (all.map(|mut all| all.iter_mut().for_each(|element| *element = draw())), None)
            }
            5 => {
                let all = view.as_ndarray_mut::<IxDyn>(turn);
                (all.map(|mut all| all.iter_mut().for_each(|element| *element = draw())), None)
            }
            6 => (array.update(turn, |_| draw()), None),
            7 => {
                let places = places(&layout);
                let memory = array.memory_mut(turn);
                let write = |memory: &mut [i32]| {
                    places.iter().zip(&numbers).for_each(|(place, number)| memory[*place] = *number);
                };
                (memory.map(write), None)
            }
            _ => {
                last = odd(op.at[3] as usize);
                (array.fill(turn, last), None)
            }
        };
        judge(done, due, false)?;
        let Shadow::Array(_, _, bytes) = &mut self.state.loose[self.me][at].shadow else { unreachable!() };
        for (place, number) in places(&layout).into_iter().zip(numbers) {
            let number = if op.at[0] % 9 == 8 { last } else { number };
            bytes[4 * place..][..4].copy_from_slice(&number.to_le_bytes());
        }
        Ok(())
    }

    /// An array of its own from part of another one.
    pub fn cut_array(&mut self, op: &Op) -> Result<(), Not> {
        let (at, array, layout) = self.held_numbers(op)?;
        let mut view = array.view(self.turn).expect("it is held");
        if let Some(extent) = layout.shape().first() {
            let (a, b) = (op.at[2] as usize % (extent + 1), op.at[3] as usize % (extent + 1));
            view = view.slice(0, a.min(b)..a.max(b)).expect("inside");
        }
        if op.at[0].is_multiple_of(2) {
            view = view.transpose();
        }
        let cut = judge(view.to_array(self.turn), None, true)?;
        let Shadow::Array(_, _, whole) = &self.state.loose[self.me][at].shadow else { unreachable!() };
        let bytes = places(view.layout()).into_iter().flat_map(|place| whole[4 * place..][..4].to_vec());
        let layout = Layout::new(view.shape()).expect("no larger than before");
        let shadow = Shadow::Array(Dtype::Int32, Box::new(layout), bytes.collect());
        self.hold(cut.any().into(), shadow);
        Ok(())
    }
}
