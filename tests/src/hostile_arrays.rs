//! Arrays in a region that may say anything: all of them read, some of them changed.

use cohabit::{AnyArray, Dtype, Element, Error, Layout, Turn};
use cohabit_testkit::Random;

use crate::hostile::{Names, pick};

/// All that can be read of an array.
pub(crate) fn read_array(turn: &Turn<'_>, array: AnyArray) -> Result<(), Error> {
    let buffer = turn.buffer(array)?;
    let (layout, dtype) = (array.layout(turn)?, array.dtype(turn)?);
    assert!(!buffer.layout().is_empty() || layout.is_empty());
    let _ = (buffer.as_ptr(), buffer.start(), buffer.bytes().len(), buffer.byte_strides().sum::<isize>());
    match dtype {
        Dtype::Bool => read_elements::<bool>(turn, array),
        Dtype::Int16 => read_elements::<i16>(turn, array),
        Dtype::Float64 => read_elements::<f64>(turn, array),
        Dtype::Complex128 => read_elements::<[f64; 2]>(turn, array),
        _ => read_elements::<u8>(turn, array),
    }
}

fn read_elements<T: Element>(turn: &Turn<'_>, array: AnyArray) -> Result<(), Error> {
    let array = array.typed::<T>(turn)?;
    let layout = array.layout(turn)?;
    let last: Vec<usize> = layout.shape().iter().map(|extent| extent.wrapping_sub(1)).collect();
    let _ = (array.get(turn, &last), array.get(turn, &[]), array.as_slice(turn).map(<[T]>::len));
    let _ = array.memory(turn).map(<[T]>::len);
    let mut view = array.view(turn)?.transpose();
    let _ = view.as_ndarray::<ndarray::IxDyn>(turn).map(|view| view.len());
    if layout.ndim() > 0 {
        view = view.step(0, -2)?.slice(0, 1..).unwrap_or(view);
    }
    let _ = view.as_ndarray::<ndarray::IxDyn>(turn).map(|view| view.iter().count());
    view.iter(turn)?.take(400).try_for_each(|element| element.map(drop))
}

/// One write to an array, at random.
pub(crate) fn change_array(turn: &mut Turn<'_>, names: &mut Names, random: &mut Random) -> Result<(), Error> {
    let Some(any) = pick(&names.arrays, random) else {
        let shape = [random.below(4), random.below(4), random.below(4)];
        names.arrays.push(turn.new_any_array(Dtype::Float64, &Layout::fortran(&shape[..random.below(4)])?)?);
        return Ok(());
    };
    match random.below(5) {
        0 => names.arrays.push(any.copy(turn)?),
        1 => turn.buffer_mut(any)?.bytes_mut().fill(0x5a),
        2 => any.typed::<i16>(turn)?.fill(turn, 7)?,
        3 => {
            let array = any.typed::<f64>(turn)?;
            let ndim = array.layout(turn)?.ndim();
            array.set(turn, &vec![0; ndim], 0.5)?;
            array.view(turn)?.transpose().update(turn, |element| element + 1.0)?;
        }
        _ => {
            let array = any.typed::<bool>(turn)?;
            names.arrays.push(array.view(turn)?.transpose().to_array(turn)?.any());
            array.as_mut_slice(turn)?.fill(true);
        }
    }
    Ok(())
}
