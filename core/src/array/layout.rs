//! Layouts: where in a run of elements each element of an array is. Arithmetic only; the region is not involved.
//!
//! ```text
//!   element [i, j, ..]  is at  offset + i * stride 0 + j * stride 1 + ..        counted in elements
//!
//!   shape [2, 3]   C order        strides [3, 1]     the last index runs fastest; what rows, slices and NumPy's default are
//!                  Fortran order  strides [1, 2]     the first one does
//!                  reversed       strides [-3, 1]    and offset 3: a view of the first with its rows upside down
//! ```
//!
//! No two elements of a layout are at the same place: all that can be made is made from layouts of which that is true.

#![forbid(unsafe_code)]

use core::ops::{Bound, RangeBounds};

use crate::error::Error;

/// The most dimensions. With extents of two or more, 31 hold all the elements that an array can have.
pub const MAX_DIMS: usize = 32;

/// The most elements, and the farthest that one can be from the first.
const MAX_ELEMENTS: usize = i32::MAX as usize;

/// Shape, strides and offset of an array or of a view of one. Plain data.
#[derive(Clone, Copy)]
pub struct Layout {
    ndim: usize,
    shape: [usize; MAX_DIMS],
    strides: [isize; MAX_DIMS],
    offset: usize,
}

impl Layout {
    /// Of no dimensions: one element.
    pub const SCALAR: Layout = Layout { ndim: 0, shape: [0; MAX_DIMS], strides: [0; MAX_DIMS], offset: 0 };

    /// In C order: the last index runs fastest. O(dimensions).
    ///
    /// [`Error::TooLarge`] for more than [`MAX_DIMS`] dimensions or 2^31 elements.
    pub fn new(shape: &[usize]) -> Result<Layout, Error> {
        Self::dense(shape, (0..shape.len()).rev())
    }

    /// In Fortran order: the first index runs fastest. O(dimensions).
    pub fn fortran(shape: &[usize]) -> Result<Layout, Error> {
        Self::dense(shape, 0..shape.len())
    }

    /// With strides of its own, counted in elements: rows that begin on cache lines, say. O(dimensions^2).
    ///
    /// [`Error::BadShape`] if two elements would be at the same place, or might be as far as their strides tell.
    pub fn strided(shape: &[usize], strides: &[usize]) -> Result<Layout, Error> {
        let mut layout = Self::new(shape)?;
        if shape.len() != strides.len() {
            return Err(Error::BadShape);
        }
        for (to, stride) in layout.strides.iter_mut().zip(strides) {
            // Those of dimensions with one index or none lead nowhere, but are stored like the others.
            *to = Some(*stride).filter(|stride| *stride <= MAX_ELEMENTS).ok_or(Error::TooLarge)? as isize;
        }
        let span = layout.span().ok_or(Error::TooLarge)?;
        if span > MAX_ELEMENTS {
            return Err(Error::TooLarge);
        }
        if layout.is_apart() { Ok(layout) } else { Err(Error::BadShape) }
    }

    /// Axes from the one whose index runs fastest.
    fn dense(shape: &[usize], axes: impl Iterator<Item = usize>) -> Result<Layout, Error> {
        let mut layout = Layout { ndim: shape.len(), ..Self::SCALAR };
        layout.shape.get_mut(..shape.len()).ok_or(Error::TooLarge)?.copy_from_slice(shape);
        // Elements without the empty dimensions, so that strides are what they would be if those had one.
        let mut elements = 1usize;
        for axis in axes {
            let (Some(extent), Some(stride)) = (layout.shape.get(axis), layout.strides.get_mut(axis)) else {
                break;
            };
            *stride = elements as isize;
            elements = elements.checked_mul((*extent).max(1)).ok_or(Error::TooLarge)?;
            if elements > MAX_ELEMENTS {
                return Err(Error::TooLarge);
            }
        }
        Ok(layout)
    }

    /// A stored layout: extents and strides as they come, which [`stored_span`] finds to make sense; else `None`.
    pub(crate) fn stored(axes: impl Iterator<Item = (u32, i32)> + Clone) -> Option<Layout> {
        stored_span(axes.clone())?;
        let mut layout = Self::SCALAR;
        for (extent, stride) in axes {
            *layout.shape.get_mut(layout.ndim)? = extent as usize;
            *layout.strides.get_mut(layout.ndim)? = stride as isize;
            layout.ndim += 1;
        }
        Some(layout)
    }

    /// Whether strides and offset are those of an array of its own: none runs backwards, and the first element is the first.
    pub(crate) fn is_storable(&self) -> bool {
        self.offset == 0 && self.strides().iter().all(|stride| *stride >= 0)
    }

    /// Number of dimensions.
    pub fn ndim(&self) -> usize {
        self.ndim
    }

    /// The extent of each dimension.
    pub fn shape(&self) -> &[usize] {
        self.shape.get(..self.ndim).unwrap_or_default()
    }

    /// How many elements apart neighbours in each dimension are.
    pub fn strides(&self) -> &[isize] {
        self.strides.get(..self.ndim).unwrap_or_default()
    }

    /// Where element [0, 0, ..] is.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape().iter().fold(1, |len: usize, extent| len.saturating_mul(*extent))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shape().contains(&0)
    }

    pub(crate) fn axes(&self) -> impl DoubleEndedIterator<Item = (usize, isize)> + ExactSizeIterator + Clone {
        self.shape().iter().copied().zip(self.strides().iter().copied())
    }

    /// Whether elements lie one after the other in C order.
    pub fn is_standard(&self) -> bool {
        self.is_dense_over(self.axes().rev())
    }

    /// Whether elements lie one after the other in Fortran order.
    pub fn is_fortran(&self) -> bool {
        self.is_dense_over(self.axes())
    }

    fn is_dense_over(&self, axes: impl Iterator<Item = (usize, isize)>) -> bool {
        let mut next = 1;
        self.is_empty()
            || axes.into_iter().filter(|(extent, _)| *extent != 1).all(|(extent, stride)| {
                let due = next;
                next *= extent as isize;
                stride == due
            })
    }

    /// One more than where the farthest element is; 0 if there is none, `None` if it is before the start or out of reach.
    pub(crate) fn span(&self) -> Option<usize> {
        span_of(self.axes(), self.offset)
    }

    fn is_apart(&self) -> bool {
        are_apart(self.axes())
    }

    /// Where an element is; [`Error::BadShape`] for another number of indices than dimensions.
    pub fn index(&self, index: &[usize]) -> Result<usize, Error> {
        if index.len() != self.ndim {
            return Err(Error::BadShape);
        }
        self.axes().zip(index).try_fold(self.offset, |at, ((extent, stride), index)| {
            within(*index, extent)?;
            Ok(at.wrapping_add_signed(stride.wrapping_mul(*index as isize)))
        })
    }

    fn axis(&mut self, axis: usize) -> Result<(&mut usize, &mut isize, &mut usize), Error> {
        match (
            self.shape.get_mut(..self.ndim).and_then(|shape| shape.get_mut(axis)),
            self.strides.get_mut(axis),
        ) {
            (Some(extent), Some(stride)) => Ok((extent, stride, &mut self.offset)),
            _ => Err(Error::BadShape),
        }
    }

    /// Only these indices of `axis`. [`Error::OutOfRange`] if the range reaches past the extent. O(1).
    pub fn slice(mut self, axis: usize, range: impl RangeBounds<usize>) -> Result<Layout, Error> {
        let (extent, stride, offset) = self.axis(axis)?;
        let from = match range.start_bound() {
            Bound::Included(from) => *from,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let to = match range.end_bound() {
            Bound::Included(last) => last.saturating_add(1),
            Bound::Excluded(to) => *to,
            Bound::Unbounded => *extent,
        };
        let to = to.max(from);
        within(to, extent.saturating_add(1))?;
        *extent = to - from;
        if *extent > 0 {
            *offset = offset.wrapping_add_signed(stride.wrapping_mul(from as isize));
        }
        Ok(self)
    }

    /// Every `step`th index of `axis`, from the first on; with a negative step, from the last one backwards. O(1).
    ///
    /// [`Error::BadShape`] for a step of 0.
    pub fn step(mut self, axis: usize, step: isize) -> Result<Layout, Error> {
        let (extent, stride, offset) = self.axis(axis)?;
        if step == 0 {
            return Err(Error::BadShape);
        }
        if step < 0 && *extent > 0 {
            *offset = offset.wrapping_add_signed(stride.wrapping_mul(*extent as isize - 1));
        }
        *extent = extent.div_ceil(step.unsigned_abs());
        // Of one element or none, the stride means nothing, and must not overflow.
        *stride = if *extent > 1 { stride.wrapping_mul(step) } else { 1 };
        Ok(self)
    }

    /// Index `index` of `axis`, and no such dimension any more. O(dimensions).
    pub fn at(mut self, axis: usize, index: usize) -> Result<Layout, Error> {
        let (extent, stride, offset) = self.axis(axis)?;
        within(index, *extent)?;
        *offset = offset.wrapping_add_signed(stride.wrapping_mul(index as isize));
        if let Some(shape) = self.shape.get_mut(axis..self.ndim) {
            shape.rotate_left(1);
        }
        if let Some(strides) = self.strides.get_mut(axis..self.ndim) {
            strides.rotate_left(1);
        }
        self.ndim -= 1;
        Ok(self)
    }

    /// The dimensions in reverse. O(dimensions).
    pub fn transpose(mut self) -> Layout {
        if let (Some(shape), Some(strides)) =
            (self.shape.get_mut(..self.ndim), self.strides.get_mut(..self.ndim))
        {
            shape.reverse();
            strides.reverse();
        }
        self
    }

    /// The dimensions in this order; each must be named once. O(dimensions).
    pub fn permute(self, axes: &[usize]) -> Result<Layout, Error> {
        if axes.len() != self.ndim {
            return Err(Error::BadShape);
        }
        let (mut permuted, mut named) = (self, 0u32);
        for (to, axis) in axes.iter().enumerate() {
            let (Some(extent), Some(stride)) = (self.shape().get(*axis), self.strides().get(*axis)) else {
                return Err(Error::BadShape);
            };
            named |= 1 << axis;
            let (to_extent, to_stride, _) = permuted.axis(to)?;
            (*to_extent, *to_stride) = (*extent, *stride);
        }
        if named.count_ones() as usize == self.ndim { Ok(permuted) } else { Err(Error::BadShape) }
    }

    /// The same elements in C order by another shape. O(dimensions).
    ///
    /// [`Error::BadShape`] if it has another number of elements, [`Error::NotContiguous`] if they do not lie one after the other.
    pub fn reshape(self, shape: &[usize]) -> Result<Layout, Error> {
        let reshaped = Self::new(shape)?;
        if reshaped.len() != self.len() {
            Err(Error::BadShape)
        } else if !self.is_standard() {
            Err(Error::NotContiguous)
        } else {
            Ok(Layout { offset: self.offset, ..reshaped })
        }
    }

    /// Runs of elements that are equally far apart, which together are all elements in C order. O(runs).
    pub(crate) fn runs(&self) -> Runs {
        Runs { layout: self.merged(), index: [0; MAX_DIMS], next: (!self.is_empty()).then_some(self.offset) }
    }

    /// The same elements in the same order by as few dimensions as possible, at least one.
    fn merged(&self) -> Layout {
        let mut merged = Layout { offset: self.offset, ..Self::SCALAR };
        for (extent, stride) in self.axes().filter(|(extent, _)| *extent != 1) {
            let last = merged.ndim.wrapping_sub(1);
            if let Ok((merged_extent, merged_stride, _)) = merged.axis(last)
                && *merged_stride == stride.wrapping_mul(extent as isize)
            {
                (*merged_extent, *merged_stride) = (merged_extent.saturating_mul(extent), stride);
                continue;
            }
            merged.ndim += 1;
            if let Ok((to_extent, to_stride, _)) = merged.axis(merged.ndim - 1) {
                (*to_extent, *to_stride) = (extent, stride);
            }
        }
        if merged.ndim == 0 {
            (merged.ndim, merged.shape[0], merged.strides[0]) = (1, 1, 1);
        }
        merged
    }
}

/// One more than where the farthest element is, if stored extents and strides make sense: whoever borrows elements to change them
/// relies on it, so it is not believed. By the axes as they lie in the region: a [`Layout`] would be much for a small core's stack.
pub(crate) fn stored_span(axes: impl Iterator<Item = (u32, i32)> + Clone) -> Option<usize> {
    let sane = |(extent, stride): (u32, i32)| extent as usize <= MAX_ELEMENTS && stride >= 0;
    if axes.clone().count() > MAX_DIMS || !axes.clone().all(sane) {
        return None;
    }
    let axes = axes.map(|(extent, stride)| (extent as usize, stride as isize));
    let span = span_of(axes.clone(), 0).filter(|span| *span <= MAX_ELEMENTS)?;
    are_apart(axes).then_some(span)
}

fn has_none(mut axes: impl Iterator<Item = (usize, isize)>) -> bool {
    axes.any(|(extent, _)| extent == 0)
}

fn span_of(axes: impl Iterator<Item = (usize, isize)> + Clone, offset: usize) -> Option<usize> {
    if has_none(axes.clone()) {
        return Some(0);
    }
    let (mut first, mut last) = (offset, offset);
    for (extent, stride) in axes {
        let reach = stride.unsigned_abs().checked_mul(extent - 1)?;
        if stride < 0 {
            first = first.checked_sub(reach)?;
        } else {
            last = last.checked_add(reach)?;
        }
    }
    last.checked_add(1)
}

/// Whether no two elements are at the same place: from the smallest stride on, each is larger than all before it reach.
fn are_apart(axes: impl Iterator<Item = (usize, isize)> + Clone) -> bool {
    if has_none(axes.clone()) {
        return true;
    }
    let (mut reached, mut done) = (0usize, [false; MAX_DIMS]);
    for _ in 0..MAX_DIMS {
        let left = axes.clone().zip(done.iter_mut()).filter(|((extent, _), done)| *extent > 1 && !**done);
        let Some(((extent, stride), done)) = left.min_by_key(|((_, stride), _)| stride.unsigned_abs()) else {
            break;
        };
        *done = true;
        if stride.unsigned_abs() <= reached {
            return false;
        }
        reached = reached.saturating_add(stride.unsigned_abs().saturating_mul(extent - 1));
    }
    true
}

/// That an index is below `extent`.
pub(super) fn within(index: usize, extent: usize) -> Result<(), Error> {
    // No extent is larger than `MAX_ELEMENTS`.
    if index < extent { Ok(()) } else { Err(Error::out_of_range(index, extent as u32)) }
}

/// Elements `stride` apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) start: usize,
    pub(crate) stride: isize,
    pub(crate) len: usize,
}

/// See [`Layout::runs`].
#[derive(Clone)]
pub(crate) struct Runs {
    layout: Layout,
    index: [usize; MAX_DIMS],
    next: Option<usize>,
}

impl Iterator for Runs {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let start = self.next?;
        let mut axes = self.layout.axes().zip(self.index.iter_mut()).rev();
        let ((len, stride), _) = axes.next()?;
        // The next one starts one further along the last dimension that is not at its end; those behind it begin again.
        self.next = None;
        let mut at = start;
        for ((extent, stride), index) in axes {
            *index += 1;
            if *index < extent {
                self.next = Some(at.wrapping_add_signed(stride));
                break;
            }
            at = at.wrapping_add_signed(stride.wrapping_mul(1 - extent as isize));
            *index = 0;
        }
        Some(Run { start, stride, len })
    }
}

impl PartialEq for Layout {
    fn eq(&self, other: &Layout) -> bool {
        (self.shape(), self.strides(), self.offset) == (other.shape(), other.strides(), other.offset)
    }
}

impl Eq for Layout {}

impl core::fmt::Debug for Layout {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?} by {:?} from {}", self.shape(), self.strides(), self.offset)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Layout {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=[?]} by {=[?]} from {=usize}", self.shape(), self.strides(), self.offset);
    }
}
