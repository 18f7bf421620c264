//! An array on one line: `float64 array of 2 x 3: [[0.0, 1.0, 2.0], [3.0, ...`.
//!
//! Elements that are read by their type, each as people write it; the first few in C order, with a bracket for each dimension.
#![forbid(unsafe_code)]

use std::fmt::Debug;

use cohabit::{AnyArray, Dtype, Element, Error, Turn};

/// What an array is, and its first `most` elements.
pub fn described(turn: &Turn<'_>, array: AnyArray, most: usize) -> Result<String, Error> {
    let (layout, dtype) = (array.layout(turn)?, array.dtype(turn)?);
    let shape: Vec<String> = layout.shape().iter().map(usize::to_string).collect();
    let of = if shape.is_empty() { "one element".into() } else { shape.join(" x ") };
    let order = if !layout.is_standard() && layout.is_fortran() { ", Fortran order" } else { "" };
    let mut text = format!("{} array of {of}{order}: ", dtype.name());
    let out = &mut text;
    match dtype {
        Dtype::Bool => elements(turn, array, most, out, plain::<bool>),
        Dtype::Int8 => elements(turn, array, most, out, plain::<i8>),
        Dtype::Int16 => elements(turn, array, most, out, plain::<i16>),
        Dtype::Int32 => elements(turn, array, most, out, plain::<i32>),
        Dtype::Int64 => elements(turn, array, most, out, plain::<i64>),
        Dtype::Uint8 => elements(turn, array, most, out, plain::<u8>),
        Dtype::Uint16 => elements(turn, array, most, out, plain::<u16>),
        Dtype::Uint32 => elements(turn, array, most, out, plain::<u32>),
        Dtype::Uint64 => elements(turn, array, most, out, plain::<u64>),
        Dtype::Float16 => elements(turn, array, most, out, plain::<half::f16>),
        Dtype::Bfloat16 => elements(turn, array, most, out, plain::<half::bf16>),
        Dtype::Float32 => elements(turn, array, most, out, plain::<f32>),
        Dtype::Float64 => elements(turn, array, most, out, plain::<f64>),
        Dtype::Complex64 => elements(turn, array, most, out, |[re, im]: [f32; 2]| format!("{re:?}{im:+?}i")),
        Dtype::Complex128 => elements(turn, array, most, out, |[re, im]: [f64; 2]| format!("{re:?}{im:+?}i")),
        _ => Err(Error::WrongType),
    }?;
    Ok(text)
}

fn plain<T: Debug>(element: T) -> String {
    format!("{element:?}")
}

fn elements<T: Element>(
    turn: &Turn<'_>,
    array: AnyArray,
    most: usize,
    text: &mut String,
    spelled: impl Fn(T) -> String,
) -> Result<(), Error> {
    let array = array.typed::<T>(turn)?;
    let layout = array.layout(turn)?;
    let mut index = vec![0; layout.ndim()];
    // How many brackets open before the next element: as many as dimensions begin with it.
    let mut opening = layout.ndim();
    for (number, element) in array.iter(turn)?.enumerate() {
        if number > 0 {
            text.push_str(", ");
        }
        if number == most {
            text.push_str("...");
            return Ok(());
        }
        text.push_str(&"[".repeat(opening));
        text.push_str(&spelled(element?));
        opening = 0;
        for (at, extent) in index.iter_mut().zip(layout.shape()).rev() {
            *at += 1;
            if *at < *extent {
                break;
            }
            *at = 0;
            opening += 1;
        }
        text.push_str(&"]".repeat(opening));
    }
    if layout.is_empty() {
        text.push_str("[]");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use cohabit::{Config, Layout, Region};

    use super::*;

    #[test]
    fn an_array_is_told_by_type_shape_and_first_elements() {
        let mut memory = vec![0u64; 512];
        let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
        let [mut party, _other] = region.split::<2>().unwrap();
        let mut turn = party.acquire().unwrap();
        let matrix = turn.new_array_from(&[2, 3], &[0.5, 1.0, 2.0, 3.0, 4.0, 5.0]).unwrap().any();
        let told = |most| described(&turn, matrix, most).unwrap();
        assert_eq!(told(9), "float64 array of 2 x 3: [[0.5, 1.0, 2.0], [3.0, 4.0, 5.0]]");
        assert_eq!(told(3), "float64 array of 2 x 3: [[0.5, 1.0, 2.0], ...");
        assert_eq!(told(0), "float64 array of 2 x 3: ...");
        let mut told = |dtype, layout: Layout| {
            let array = turn.new_any_array(dtype, &layout).unwrap();
            described(&turn, array, 9).unwrap()
        };
        assert_eq!(told(Dtype::Bool, Layout::SCALAR), "bool array of one element: false");
        assert_eq!(told(Dtype::Int8, Layout::new(&[2, 0]).unwrap()), "int8 array of 2 x 0: []");
        assert_eq!(
            told(Dtype::Complex64, Layout::fortran(&[1, 2]).unwrap()),
            "complex64 array of 1 x 2: [[0.0+0.0i, 0.0+0.0i]]"
        );
        assert_eq!(
            told(Dtype::Float16, Layout::fortran(&[2, 2]).unwrap()),
            "float16 array of 2 x 2, Fortran order: [[0.0, 0.0], [0.0, 0.0]]"
        );
    }
}
