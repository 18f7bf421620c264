//! Views: part of an array, or all of it in another order, sharing the elements. And what is done to many elements at once.
//!
//! A view is a handle and a layout, made by arithmetic alone; it is checked against the array whenever it is used. What it
//! writes to many elements goes straight to them: a million journal entries would cost more than the work. One element
//! ([`View::set`]) is all or nothing.

#![forbid(unsafe_code)]

use core::ops::RangeBounds;

use super::{
    Array, Element, Layout, bytes_of,
    layout::{Run, Runs},
    stored::{Stored, check_native},
};
use crate::{error::Error, heap::Heap, turn::Turn};

/// Elements of an array, chosen by a layout: see [`Array::view`].
///
/// Plain data, good across turns until the array is destroyed. A value of this program: regions store arrays, not views.
pub struct View<T> {
    pub(super) array: Array<T>,
    pub(super) layout: Layout,
}

impl<T: Element> View<T> {
    pub(super) fn find(&self, heap: &Heap<'_>) -> Result<Stored, Error> {
        let stored = self.array.find(heap)?;
        // The array is the one that this was made from, but its bytes may have been damaged since.
        match self.layout.span() {
            Some(span) if span <= stored.room => Ok(stored),
            _ => Err(Error::corrupt(stored.block)),
        }
    }

    /// One element. O(dimensions).
    pub fn get(&self, turn: &Turn<'_>, index: &[usize]) -> Result<T, Error> {
        let stored = self.find(&turn.heap)?;
        turn.heap.element(&stored, self.layout.index(index)?)
    }

    /// Replaces one element, all or nothing: one store, where the host has one that is as wide. O(dimensions).
    pub fn set(&self, turn: &mut Turn<'_>, index: &[usize], element: T) -> Result<(), Error> {
        let stored = self.find(&turn.heap)?;
        turn.heap.set_element(&stored, self.layout.index(index)?, bytes_of(element))
    }

    /// The elements in C order. O(1) each.
    pub fn iter<'t>(&self, turn: &'t Turn<'_>) -> Result<ViewIter<'t, T>, Error> {
        let stored = self.find(&turn.heap)?;
        Ok(ViewIter {
            bytes: turn.heap.array_bytes(&stored)?,
            runs: self.layout.runs(),
            run: Run { start: 0, stride: 0, len: 0 },
            left: self.layout.len(),
            block: stored.block,
            element: core::marker::PhantomData,
        })
    }

    /// The elements in place, in C order. O(dimensions).
    ///
    /// [`Error::NotContiguous`] if they do not lie so, [`Error::ForeignEndian`] for elements of more than a byte on a big-endian host.
    pub fn as_slice<'t>(&self, turn: &'t Turn<'_>) -> Result<&'t [T], Error> {
        let (stored, bytes) = self.contiguous(&turn.heap)?;
        let bytes = turn.heap.array_bytes(&stored)?.get(bytes).unwrap_or_default();
        T::slice(bytes).ok_or(Error::corrupt(stored.block))
    }

    /// The same, to change in place.
    ///
    /// Plain memory: if this party dies half-way through writing, the others see what was written.
    pub fn as_mut_slice<'t>(&self, turn: &'t mut Turn<'_>) -> Result<&'t mut [T], Error> {
        let (stored, bytes) = self.contiguous(&turn.heap)?;
        let bytes = turn.heap.array_bytes_mut(&stored)?.get_mut(bytes).unwrap_or_default();
        T::slice_mut(bytes).ok_or(Error::corrupt(stored.block))
    }

    /// Where the elements lie, if one after the other, as bytes from the array's first.
    fn contiguous(&self, heap: &Heap<'_>) -> Result<(Stored, core::ops::Range<usize>), Error> {
        let stored = self.find(heap)?;
        check_native(T::DTYPE)?;
        if !self.layout.is_standard() {
            return Err(Error::NotContiguous);
        }
        let size = T::DTYPE.size();
        let from = if self.layout.is_empty() { 0 } else { self.layout.offset() * size };
        Ok((stored, from..from + self.layout.len() * size))
    }

    /// Copies all elements out, in C order, on every host. O(elements).
    ///
    /// [`Error::BadShape`] if `to` is not exactly as long.
    pub fn copy_to(&self, turn: &Turn<'_>, to: &mut [T]) -> Result<(), Error> {
        let elements = self.iter(turn)?;
        if elements.len() != to.len() {
            return Err(Error::BadShape);
        }
        to.iter_mut().zip(elements).try_for_each(|(to, element)| element.map(|element| *to = element))
    }

    /// Makes all elements this one. O(elements).
    ///
    /// In place: if this party dies in the middle, the others see what was written.
    pub fn fill(&self, turn: &mut Turn<'_>, element: T) -> Result<(), Error> {
        self.each(turn, |bytes| {
            element.write(bytes);
            Some(())
        })
    }

    /// Copies elements given in C order into those of the view, in place as [`fill`](Self::fill). O(elements).
    ///
    /// [`Error::BadShape`] if they are not exactly as many.
    pub fn copy_from(&self, turn: &mut Turn<'_>, elements: &[T]) -> Result<(), Error> {
        if elements.len() != self.layout.len() {
            return Err(Error::BadShape);
        }
        if let Ok(to) = self.as_mut_slice(turn) {
            to.copy_from_slice(elements);
            return Ok(());
        }
        let mut elements = elements.iter();
        self.each(turn, |bytes| elements.next().map(|element| element.write(bytes)))
    }

    /// Replaces each element, in C order, by what `change` makes of it, in place as [`fill`](Self::fill). O(elements).
    pub fn update(&self, turn: &mut Turn<'_>, mut change: impl FnMut(T) -> T) -> Result<(), Error> {
        if let Ok(slice) = self.as_mut_slice(turn) {
            slice.iter_mut().for_each(|element| *element = change(*element));
            return Ok(());
        }
        self.each(turn, |bytes| T::read(bytes).map(|element| change(element).write(bytes)))
    }

    /// Does something with the bytes of each element, in C order; ends with an error if `work` declines one.
    fn each(&self, turn: &mut Turn<'_>, mut work: impl FnMut(&mut [u8]) -> Option<()>) -> Result<(), Error> {
        let stored = self.find(&turn.heap)?;
        let size = T::DTYPE.size();
        let bytes = turn.heap.array_bytes_mut(&stored)?;
        for run in self.layout.runs() {
            let mut at = run.start;
            for _ in 0..run.len {
                let from = at * size;
                let done = bytes.get_mut(from..from + size).and_then(&mut work);
                done.ok_or(Error::corrupt(stored.block))?;
                at = at.wrapping_add_signed(run.stride);
            }
        }
        Ok(())
    }

    /// An array of its own with these elements, in C order, in this party's holdings. One allocation; O(elements).
    pub fn to_array(&self, turn: &mut Turn<'_>) -> Result<Array<T>, Error> {
        let source = self.find(&turn.heap)?;
        let copy = turn.heap.new_array_block(T::DTYPE, &Layout::new(self.layout.shape())?)?;
        turn.heap.gather(&source, &self.layout, &copy)?;
        turn.heap.hold_new_array(&copy).map(Array::of)
    }
}

impl Heap<'_> {
    /// Copies the elements of a layout, one after the other, to a fresh array in C order.
    fn gather(&mut self, source: &Stored, layout: &Layout, to: &Stored) -> Result<(), Error> {
        let size = source.dtype.size();
        let (source, mut to) = (source.start(), to.start());
        for run in layout.runs() {
            // Neighbours in one go, others one by one.
            let (steps, len) = if run.stride == 1 { (1, run.len * size) } else { (run.len, size) };
            let mut at = run.start;
            for _ in 0..steps {
                self.copy_within(source + at * size, to, len)?;
                to += len;
                at = at.wrapping_add_signed(run.stride);
            }
        }
        Ok(())
    }
}

impl<T> View<T> {
    /// The array that this is a view of.
    pub fn array(&self) -> Array<T> {
        self.array
    }

    /// Which of its elements, by place.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The extent of each dimension.
    pub fn shape(&self) -> &[usize] {
        self.layout.shape()
    }

    fn by(self, layout: Layout) -> View<T> {
        View { array: self.array, layout }
    }

    /// See [`Layout::slice`].
    pub fn slice(self, axis: usize, range: impl RangeBounds<usize>) -> Result<View<T>, Error> {
        Ok(self.by(self.layout.slice(axis, range)?))
    }

    /// See [`Layout::step`].
    pub fn step(self, axis: usize, step: isize) -> Result<View<T>, Error> {
        Ok(self.by(self.layout.step(axis, step)?))
    }

    /// See [`Layout::at`].
    pub fn at(self, axis: usize, index: usize) -> Result<View<T>, Error> {
        Ok(self.by(self.layout.at(axis, index)?))
    }

    /// See [`Layout::transpose`].
    pub fn transpose(self) -> View<T> {
        self.by(self.layout.transpose())
    }

    /// See [`Layout::permute`].
    pub fn permute(self, axes: &[usize]) -> Result<View<T>, Error> {
        Ok(self.by(self.layout.permute(axes)?))
    }

    /// See [`Layout::reshape`].
    pub fn reshape(self, shape: &[usize]) -> Result<View<T>, Error> {
        Ok(self.by(self.layout.reshape(shape)?))
    }
}

impl<T> Clone for View<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for View<T> {}

impl<T> PartialEq for View<T> {
    /// The same elements of the same array in the same order.
    fn eq(&self, other: &Self) -> bool {
        (self.array, &self.layout) == (other.array, &other.layout)
    }
}

impl<T> Eq for View<T> {}

impl<T> core::fmt::Debug for View<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "View({:?}, {:?})", self.array, self.layout)
    }
}

#[cfg(feature = "defmt")]
impl<T> defmt::Format for View<T> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "View({}, {})", self.array, self.layout);
    }
}

/// The elements of an array or view in C order: see [`View::iter`].
#[derive(Clone)]
pub struct ViewIter<'t, T> {
    bytes: &'t [u8],
    runs: Runs,
    run: Run,
    left: usize,
    block: u32,
    element: core::marker::PhantomData<T>,
}

impl<T: Element> Iterator for ViewIter<'_, T> {
    type Item = Result<T, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.run.len == 0 {
            self.run = self.runs.next()?;
        }
        let from = self.run.start.wrapping_mul(T::DTYPE.size());
        self.run.start = self.run.start.wrapping_add_signed(self.run.stride);
        self.run.len -= 1;
        self.left = self.left.saturating_sub(1);
        let element = self.bytes.get(from..).and_then(T::read);
        Some(element.ok_or(Error::corrupt(self.block)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T: Element> ExactSizeIterator for ViewIter<'_, T> {}
