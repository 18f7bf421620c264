//! Layouts against a naive model, which lists the place of every element; and `ndarray` as the judge of both (feature `ndarray`).
//!
//! Seen red on: a step backwards that leaves the stride positive.

extern crate std;
use std::{vec, vec::Vec};

#[cfg(all(feature = "ndarray", target_endian = "little"))]
use super::tests::in_a_turn;
use super::*;

/// Every index of a shape, in C order.
fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    shape.iter().fold(vec![vec![]], |all, extent| {
        let longer = |index: Vec<usize>| (0..*extent).map(move |next| [&index[..], &[next]].concat());
        all.into_iter().flat_map(longer).collect()
    })
}

/// A view by the places that its elements have, in C order: what layouts are to agree with.
#[derive(Clone, Debug)]
struct Naive {
    shape: Vec<usize>,
    places: Vec<usize>,
}

impl Naive {
    fn new(shape: &[usize], place: impl Fn(&[usize]) -> usize) -> Naive {
        Naive { shape: shape.into(), places: indices(shape).iter().map(|index| place(index)).collect() }
    }

    /// Another view: of this shape, where index `i` is what `from(i)` is here.
    fn choose(&self, shape: &[usize], from: impl Fn(&[usize]) -> Vec<usize>) -> Naive {
        let all = indices(&self.shape);
        Naive::new(shape, |index| {
            let wanted = from(index);
            self.places[all.iter().position(|index| *index == wanted).unwrap()]
        })
    }

    fn check(&self, layout: &Layout) {
        assert_eq!(layout.shape(), self.shape);
        assert_eq!(layout.len(), self.places.len());
        assert_eq!(layout.is_empty(), self.places.is_empty());
        let by_index: Vec<_> =
            indices(&self.shape).iter().map(|index| layout.index(index).unwrap()).collect();
        assert_eq!(by_index, self.places, "{layout:?}");
        let mut by_runs = Vec::new();
        for run in layout.runs() {
            by_runs.extend((0..run.len).map(|n| run.start.wrapping_add_signed(run.stride * n as isize)));
        }
        assert_eq!(by_runs, self.places, "{layout:?}");
        let follow = self.places.windows(2).all(|pair| pair[1] == pair[0] + 1);
        assert_eq!(layout.is_standard(), follow, "{layout:?}");
        assert_eq!(layout.span(), Some(self.places.iter().max().map_or(0, |last| last + 1)), "{layout:?}");
    }
}

/// A small generator (Marsaglia's xorshift), so that these tests run under Miri without a dependency.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn shape(&mut self) -> Vec<usize> {
        let ndim = self.roll(5);
        (0..ndim).map(|_| [2, 3, 1, 4, 0][self.roll(9).saturating_sub(4)]).collect()
    }

    /// Changes a layout and its model alike.
    fn change(&mut self, layout: Layout, naive: &Naive) -> (Layout, Naive) {
        let shape = &naive.shape;
        let ndim = shape.len();
        let axis = self.roll(ndim.max(1));
        let with = |axis: usize, index: &[usize], to: usize| {
            let mut index = index.to_vec();
            index[axis] = to;
            index
        };
        match self.roll(6) {
            0 if ndim > 0 => {
                let from = self.roll(shape[axis] + 1);
                let to = from + self.roll(shape[axis] - from + 1);
                let smaller = with(axis, shape, to - from);
                let naive = naive.choose(&smaller, |index| with(axis, index, index[axis] + from));
                (layout.slice(axis, from..to).unwrap(), naive)
            }
            1 if ndim > 0 => {
                let step = [1, 2, 3, -1, -2, isize::MIN][self.roll(6)];
                let chosen: Vec<usize> = if step > 0 {
                    (0..shape[axis]).step_by(step as usize).collect()
                } else {
                    (0..shape[axis]).rev().step_by(step.unsigned_abs()).collect()
                };
                let smaller = with(axis, shape, chosen.len());
                let naive = naive.choose(&smaller, |index| with(axis, index, chosen[index[axis]]));
                (layout.step(axis, step).unwrap(), naive)
            }
            2 if ndim > 0 && shape[axis] > 0 => {
                let at = self.roll(shape[axis]);
                let mut smaller = shape.clone();
                smaller.remove(axis);
                let naive = naive.choose(&smaller, |index| {
                    let mut index = index.to_vec();
                    index.insert(axis, at);
                    index
                });
                (layout.at(axis, at).unwrap(), naive)
            }
            3 => {
                let reversed: Vec<_> = shape.iter().rev().copied().collect();
                let naive = naive.choose(&reversed, |index| index.iter().rev().copied().collect());
                (layout.transpose(), naive)
            }
            4 => {
                let turned = self.roll(ndim.max(1));
                let mut axes: Vec<usize> = (0..ndim).collect();
                axes.rotate_left(turned);
                let rotated: Vec<_> = axes.iter().map(|axis| shape[*axis]).collect();
                let naive = naive.choose(&rotated, |index| {
                    let mut index = index.to_vec();
                    index.rotate_right(turned);
                    index
                });
                (layout.permute(&axes).unwrap(), naive)
            }
            _ => {
                let flat = Naive { shape: vec![naive.places.len()], places: naive.places.clone() };
                match layout.reshape(&[naive.places.len()]) {
                    Ok(layout) => (layout, flat),
                    Err(error) => {
                        assert_eq!((error, layout.is_standard()), (Error::NotContiguous, false));
                        (layout, naive.clone())
                    }
                }
            }
        }
    }
}

#[test]
fn layouts_do_what_lists_of_places_do() {
    let mut dice = Dice(0x5eed);
    for round in 0..if cfg!(miri) { 4 } else { 2000 } {
        let shape = dice.shape();
        let (mut layout, mut naive) = if round % 2 == 0 {
            let place =
                |index: &[usize]| index.iter().zip(&shape).fold(0, |at, (index, extent)| at * extent + index);
            (Layout::new(&shape).unwrap(), Naive::new(&shape, place))
        } else {
            let place = |index: &[usize]| {
                index.iter().zip(&shape).rev().fold(0, |at, (index, extent)| at * extent + index)
            };
            (Layout::fortran(&shape).unwrap(), Naive::new(&shape, place))
        };
        assert!(if round % 2 == 0 { layout.is_standard() } else { layout.is_fortran() });
        naive.check(&layout);
        for _ in 0..5 {
            (layout, naive) = dice.change(layout, &naive);
            naive.check(&layout);
        }
    }
}

#[test]
fn layouts_that_make_no_sense_are_refused() {
    assert_eq!(Layout::new(&[1; 33]), Err(Error::TooLarge));
    assert_eq!(Layout::new(&[2; 32]), Err(Error::TooLarge));
    assert_eq!(Layout::new(&[0, usize::MAX]), Err(Error::TooLarge));
    assert_eq!(Layout::new(&[2; 30]).unwrap().len(), 1 << 30);
    assert_eq!(Layout::new(&[]).unwrap(), Layout::SCALAR);
    assert_eq!(Layout::strided(&[2, 3], &[4, 1]).unwrap().strides(), [4, 1]);
    assert_eq!(Layout::strided(&[2, 3], &[2, 1]), Err(Error::BadShape), "overlapping");
    assert_eq!(Layout::strided(&[2, 3], &[0, 1]), Err(Error::BadShape), "repeating");
    assert_eq!(Layout::strided(&[2, 3], &[4]), Err(Error::BadShape));
    assert_eq!(Layout::strided(&[2, 3], &[usize::MAX, 1]), Err(Error::TooLarge));
    assert_eq!(Layout::strided(&[3, 3], &[1 << 30, 1]), Err(Error::TooLarge));
    assert_eq!(Layout::strided(&[1, 3], &[1 << 31, 1]), Err(Error::TooLarge));
    assert_eq!(Layout::strided(&[0, 3], &[0, 0]).unwrap().len(), 0);
    let layout = Layout::new(&[2, 3]).unwrap();
    assert_eq!(layout.index(&[1]), Err(Error::BadShape));
    assert_eq!(layout.index(&[1, 3]), Err(Error::out_of_range(3, 3)));
    assert_eq!(layout.slice(2, ..), Err(Error::BadShape));
    assert_eq!(layout.slice(1, 2..4), Err(Error::out_of_range(4, 4)));
    let (from, to) = (3, 2);
    assert_eq!(layout.slice(1, from..to).unwrap().shape(), [2, 0], "as slices of Python's");
    assert_eq!(layout.slice(1, ..=1).unwrap().shape(), [2, 2]);
    assert_eq!(layout.step(1, 0), Err(Error::BadShape));
    assert_eq!(layout.at(0, 2), Err(Error::out_of_range(2, 2)));
    assert_eq!(layout.permute(&[0, 0]), Err(Error::BadShape));
    assert_eq!(layout.permute(&[0]), Err(Error::BadShape));
    assert_eq!(layout.permute(&[0, 2]), Err(Error::BadShape));
    assert_eq!(layout.reshape(&[5]), Err(Error::BadShape));
    assert_eq!(layout.transpose().reshape(&[6]), Err(Error::NotContiguous));
}

/// `ndarray` reads and writes the same elements, whatever is done to the view.
#[cfg(all(feature = "ndarray", target_endian = "little"))]
#[test]
fn ndarray_sees_the_same() {
    let mut dice = Dice(0xda1a);
    for _ in 0..if cfg!(miri) { 1 } else { 300 } {
        in_a_turn(|turn| {
            let shape = dice.shape();
            let elements: Vec<u32> = (0..shape.iter().product::<usize>() as u32).collect();
            let array = turn.new_array_from(&shape, &elements)?;
            let mut view = array.view(turn)?;
            let places = indices(&shape).iter().map(|index| view.layout().index(index).unwrap()).collect();
            let mut naive = Naive { shape, places };
            for _ in 0..5 {
                let (layout, changed) = dice.change(*view.layout(), &naive);
                (view, naive) = (View { array, layout }, changed);
                let theirs = view.as_ndarray::<ndarray::IxDyn>(turn)?;
                assert_eq!(theirs.shape(), view.shape());
                let ours: Vec<u32> = view.iter(turn)?.collect::<Result<_, _>>()?;
                assert!(theirs.iter().eq(&ours), "{view:?}");
                assert!(ours.iter().map(|element| *element as usize).eq(naive.places.iter().copied()));
                let copy = view.as_ndarray::<ndarray::IxDyn>(turn)?.to_owned();
                let copy = turn.new_array_from_ndarray(copy.view().reversed_axes())?;
                assert!(copy.iter(turn)?.eq(view.transpose().iter(turn)?));
            }
            view.as_ndarray_mut::<ndarray::IxDyn>(turn)?.mapv_inplace(|element| element + 1000);
            assert!(view.iter(turn)?.all(|element| element.is_ok_and(|element| element >= 1000)));
            let changed =
                array.iter(turn)?.filter(|element| element.is_ok_and(|element| element >= 1000)).count();
            assert_eq!(changed, naive.places.len());
            let wrong = view.as_ndarray::<ndarray::Ix6>(turn);
            assert_eq!(wrong.err(), Some(Error::BadShape));
            Ok(())
        });
    }
}
