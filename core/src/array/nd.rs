//! Arrays as views of the `ndarray` crate, without copying (feature `ndarray`).

#![forbid(unsafe_code)]

use ndarray::{ArrayView, ArrayViewMut, Axis, Dimension, ShapeBuilder};

use super::{Array, Element, Layout, View, stored::check_native};
use crate::{error::Error, turn::Turn};

/// Shape and absolute strides as `ndarray` has them: [`Error::BadShape`] if `D` has another number of dimensions.
fn dimensions<D: Dimension>(layout: &Layout) -> Result<(D, D), Error> {
    if D::NDIM.is_some_and(|ndim| ndim != layout.ndim()) {
        return Err(Error::BadShape);
    }
    let (mut shape, mut strides) = (D::zeros(layout.ndim()), D::zeros(layout.ndim()));
    for ((to_extent, to_stride), (extent, stride)) in
        shape.slice_mut().iter_mut().zip(strides.slice_mut()).zip(layout.axes())
    {
        // Without elements there is nothing that strides could lead to, and `ndarray` insists that they lead nowhere else.
        (*to_extent, *to_stride) = (extent, if layout.is_empty() { 0 } else { stride.unsigned_abs() });
    }
    Ok((shape, strides))
}

/// Where the elements of a layout lie, as bytes from the array's first.
fn extent(layout: &Layout, size: usize) -> core::ops::Range<usize> {
    let Some(end) = layout.span().filter(|span| *span > 0) else { return 0..0 };
    let back = layout.axes().filter(|(_, stride)| *stride < 0);
    let back: usize = back.map(|(extent, stride)| stride.unsigned_abs() * (extent - 1)).sum();
    (layout.offset() - back) * size..end * size
}

/// The axes along which a layout runs backwards.
fn backwards(layout: &Layout) -> impl Iterator<Item = Axis> {
    layout.strides().iter().enumerate().filter(|(_, stride)| **stride < 0).map(|(axis, _)| Axis(axis))
}

impl<T: Element> View<T> {
    /// The elements in place as a view of `ndarray`'s, of `D` dimensions (`IxDyn` fits all). O(dimensions).
    ///
    /// [`Error::BadShape`] for another number of dimensions, [`Error::ForeignEndian`] for elements of more than a byte on a
    /// big-endian host.
    pub fn as_ndarray<'t, D: Dimension>(&self, turn: &'t Turn<'_>) -> Result<ArrayView<'t, T, D>, Error> {
        let stored = self.find(&turn.heap)?;
        check_native(T::DTYPE)?;
        let (shape, strides) = dimensions::<D>(&self.layout)?;
        let bytes = turn.heap.array_bytes(&stored)?.get(extent(&self.layout, T::DTYPE.size()));
        let elements = bytes.and_then(T::slice).ok_or(Error::corrupt(stored.block))?;
        let mut view =
            ArrayView::from_shape(shape.strides(strides), elements).map_err(|_| Error::BadShape)?;
        backwards(&self.layout).for_each(|axis| view.invert_axis(axis));
        Ok(view)
    }

    /// The same, to change in place; plain memory as by [`as_mut_slice`](Self::as_mut_slice).
    pub fn as_ndarray_mut<'t, D: Dimension>(
        &self,
        turn: &'t mut Turn<'_>,
    ) -> Result<ArrayViewMut<'t, T, D>, Error> {
        let stored = self.find(&turn.heap)?;
        check_native(T::DTYPE)?;
        let (shape, strides) = dimensions::<D>(&self.layout)?;
        let bytes = turn.heap.array_bytes_mut(&stored)?.get_mut(extent(&self.layout, T::DTYPE.size()));
        let elements = bytes.and_then(T::slice_mut).ok_or(Error::corrupt(stored.block))?;
        let mut view =
            ArrayViewMut::from_shape(shape.strides(strides), elements).map_err(|_| Error::BadShape)?;
        backwards(&self.layout).for_each(|axis| view.invert_axis(axis));
        Ok(view)
    }
}

impl<T: Element> Array<T> {
    /// See [`View::as_ndarray`].
    pub fn as_ndarray<'t, D: Dimension>(self, turn: &'t Turn<'_>) -> Result<ArrayView<'t, T, D>, Error> {
        self.view(turn)?.as_ndarray(turn)
    }

    /// See [`View::as_ndarray_mut`].
    pub fn as_ndarray_mut<'t, D: Dimension>(
        self,
        turn: &'t mut Turn<'_>,
    ) -> Result<ArrayViewMut<'t, T, D>, Error> {
        self.view(turn)?.as_ndarray_mut(turn)
    }
}

impl Turn<'_> {
    /// An array with the elements of a view of `ndarray`'s, in C order, in this party's holdings. One allocation; O(elements).
    pub fn new_array_from_ndarray<T: Element, D: Dimension>(
        &mut self,
        view: ArrayView<'_, T, D>,
    ) -> Result<Array<T>, Error> {
        if let Some(elements) = view.as_slice() {
            return self.new_array_from(view.shape(), elements);
        }
        let stored = self.heap.new_array_block(T::DTYPE, &Layout::new(view.shape())?)?;
        super::write_each(self.heap.array_bytes_mut(&stored)?, view.iter().copied());
        self.heap.hold_new_array(&stored).map(Array::of)
    }
}
