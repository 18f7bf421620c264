//! N-dimensional arrays: numbers of one type by shape and strides, borrowed in place.
//!
//! | file | idea |
//! |---|---|
//! | `dtype.rs` | what elements are |
//! | `layout.rs` | shape and strides: where an element is |
//! | `stored.rs` | the bytes in the region |
//! | `mod.rs` | handles: making arrays, and one element at a time |
//! | `view.rs` | parts of an array that share its elements; all elements at a time |
//! | `buffer.rs` | pointer, type, shape and strides, for other languages |
//! | `nd.rs` | as `ndarray` views (feature `ndarray`) |
//!
//! An array is one object, owned by one cell as any other. A *view* is a value of this program, not of the region: a region
//! is a tree, in which two places cannot own the same elements. To tell another party of a view, send it the handle and the range.

#![forbid(unsafe_code)]

mod buffer;
mod dtype;
mod layout;
#[cfg(test)]
mod layout_tests;
#[cfg(feature = "ndarray")]
mod nd;
mod stored;
#[cfg(test)]
mod tests;
mod view;

use core::{fmt, hash, marker::PhantomData};

pub use buffer::{Buffer, BufferMut};
pub use dtype::{Dtype, Element};
pub use layout::{Layout, MAX_DIMS};
use stored::{Stored, check_native};
pub use view::{View, ViewIter};

use crate::{
    door,
    error::Error,
    handle::AnyArray,
    heap::{Heap, Kind},
    turn::Turn,
};

/// An array whose elements are `T`.
///
/// A name, not an owner, like the other handles; that the elements are `T` is checked at every use, too.
///
/// ```
/// # use cohabit::{Config, Region};
/// # let mut memory = vec![0u64; 512];
/// # let region = Region::format(bytemuck::cast_slice_mut(&mut memory), Config::new()).unwrap();
/// # let [mut party, _other] = region.split::<2>().unwrap();
/// let mut turn = party.acquire()?;
/// let image = turn.new_array::<f64>(&[3, 4])?;
/// turn.roots()?.set(&mut turn, "image", image)?;
///
/// image.set(&mut turn, &[1, 2], 0.5)?;
/// for pixel in image.as_mut_slice(&mut turn)? {
///     *pixel += 10.0;
/// }
/// let column = image.view(&turn)?.at(1, 2)?; // shares the elements
/// assert!(column.iter(&turn)?.eq([Ok(10.0), Ok(10.5), Ok(10.0)]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Array<T>(AnyArray, PhantomData<fn() -> T>);

impl Turn<'_> {
    /// An array of zeros in C order, in this party's holdings. One allocation; O(elements).
    ///
    /// Besides its elements it takes 16 bytes, 8 a dimension, and up to 56 that bring the elements to a multiple of 64 bytes.
    pub fn new_array<T: Element>(&mut self, shape: &[usize]) -> Result<Array<T>, Error> {
        self.new_array_by(&Layout::new(shape)?)
    }

    /// An array of zeros with this layout, in this party's holdings.
    ///
    /// [`Error::BadShape`] for a view's layout that runs backwards or does not begin at its array's first element.
    pub fn new_array_by<T: Element>(&mut self, layout: &Layout) -> Result<Array<T>, Error> {
        self.new_any_array(T::DTYPE, layout).map(Array::of)
    }

    /// The same, where what the elements are is known only when the program runs.
    pub fn new_any_array(&mut self, dtype: Dtype, layout: &Layout) -> Result<AnyArray, Error> {
        let heap = &mut self.heap;
        let stored = heap.new_array_block(dtype, layout)?;
        heap.array_bytes_mut(&stored)?.fill(0);
        heap.hold_new_array(&stored)
    }

    /// An array with these elements, given in C order, in this party's holdings. One allocation, one copy.
    ///
    /// [`Error::BadShape`] if they are not as many as the shape says.
    pub fn new_array_from<T: Element>(&mut self, shape: &[usize], elements: &[T]) -> Result<Array<T>, Error> {
        let layout = Layout::new(shape)?;
        if layout.len() != elements.len() {
            return Err(Error::BadShape);
        }
        let heap = &mut self.heap;
        let stored = heap.new_array_block(T::DTYPE, &layout)?;
        if check_native(T::DTYPE).is_ok() {
            heap.array_copy_in(&stored, T::bytes(elements))?;
        } else {
            write_each(heap.array_bytes_mut(&stored)?, elements.iter().copied());
        }
        heap.hold_new_array(&stored).map(Array::of)
    }
}

/// Elements one after the other, where this host cannot copy them as they are.
fn write_each<T: Element>(bytes: &mut [u8], elements: impl Iterator<Item = T>) {
    for (to, element) in bytes.chunks_exact_mut(T::DTYPE.size()).zip(elements) {
        element.write(to);
    }
}

impl Heap<'_> {
    /// A fresh array, filled, is one of the objects that this party holds.
    fn hold_new_array(&mut self, stored: &Stored) -> Result<AnyArray, Error> {
        door::publish();
        self.count_held(1)?;
        self.handle(stored.block).map(AnyArray)
    }
}

impl AnyArray {
    /// What its elements are. O(1).
    pub fn dtype(self, turn: &Turn<'_>) -> Result<Dtype, Error> {
        Ok(turn.heap.array(self.0)?.dtype)
    }

    /// Shape and strides. O(dimensions).
    pub fn layout(self, turn: &Turn<'_>) -> Result<Layout, Error> {
        let stored = turn.heap.array(self.0)?;
        turn.heap.array_layout(&stored)
    }

    /// Bytes of memory that it takes, block header included. O(1).
    pub fn footprint(self, turn: &Turn<'_>) -> Result<u64, Error> {
        let block = turn.heap.resolve(self.0, Kind::Array)?;
        Ok(turn.heap.header(block)?.granules() as u64 * 8)
    }

    /// The same array, of these elements: [`Error::WrongType`] if it is of others. O(1).
    pub fn typed<T: Element>(self, turn: &Turn<'_>) -> Result<Array<T>, Error> {
        let array = Array::of(self);
        array.find(&turn.heap).map(|_| array)
    }

    /// A copy in this party's holdings. One allocation, one copy.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<AnyArray, Error> {
        let source = turn.heap.resolve(self.0, Kind::Array)?;
        let copy = turn.heap.copy_array(source)?;
        turn.heap.count_held(1)?;
        turn.heap.handle(copy).map(AnyArray)
    }
}

impl<T: Element> Array<T> {
    fn find(self, heap: &Heap<'_>) -> Result<Stored, Error> {
        let stored = heap.array(self.0.0)?;
        if stored.dtype == T::DTYPE { Ok(stored) } else { Err(Error::WrongType) }
    }

    /// Shape and strides. O(dimensions).
    pub fn layout(self, turn: &Turn<'_>) -> Result<Layout, Error> {
        let stored = self.find(&turn.heap)?;
        turn.heap.array_layout(&stored)
    }

    /// One element. O(dimensions).
    ///
    /// [`Error::OutOfRange`] for an index at or past its extent, [`Error::BadShape`] for another number of them than dimensions.
    pub fn get(self, turn: &Turn<'_>, index: &[usize]) -> Result<T, Error> {
        let stored = self.find(&turn.heap)?;
        let at = turn.heap.array_index(&stored, index)?;
        turn.heap.element(&stored, at)
    }

    /// Replaces one element, all or nothing: one store, where the host has one that is as wide. O(dimensions).
    pub fn set(self, turn: &mut Turn<'_>, index: &[usize], element: T) -> Result<(), Error> {
        let stored = self.find(&turn.heap)?;
        let at = turn.heap.array_index(&stored, index)?;
        turn.heap.set_element(&stored, at, bytes_of(element))
    }

    /// All of it as a view, to slice. O(dimensions).
    pub fn view(self, turn: &Turn<'_>) -> Result<View<T>, Error> {
        Ok(View { array: self, layout: self.layout(turn)? })
    }

    /// The elements in C order. O(1) each.
    pub fn iter<'t>(self, turn: &'t Turn<'_>) -> Result<ViewIter<'t, T>, Error> {
        self.view(turn)?.iter(turn)
    }

    /// The elements in place, in C order. O(dimensions).
    ///
    /// [`Error::NotContiguous`] if they do not lie so: then see [`memory`](Self::memory). [`Error::ForeignEndian`] for elements
    /// of more than a byte on a big-endian host: then see [`iter`](Self::iter) and [`View::copy_to`].
    pub fn as_slice<'t>(self, turn: &'t Turn<'_>) -> Result<&'t [T], Error> {
        self.view(turn)?.as_slice(turn)
    }

    /// The same, to change in place.
    ///
    /// Plain memory: if this party dies half-way through writing, the others see what was written.
    pub fn as_mut_slice<'t>(self, turn: &'t mut Turn<'_>) -> Result<&'t mut [T], Error> {
        self.view(turn)?.as_mut_slice(turn)
    }

    /// The elements in place, as they lie in memory, whatever the order; what lies between them by their strides is in it. O(1).
    pub fn memory<'t>(self, turn: &'t Turn<'_>) -> Result<&'t [T], Error> {
        let stored = self.find(&turn.heap)?;
        check_native(T::DTYPE)?;
        T::slice(turn.heap.array_bytes(&stored)?).ok_or(Error::corrupt(stored.block))
    }

    /// The same, to change in place, and plain memory as in [`as_mut_slice`](Self::as_mut_slice).
    pub fn memory_mut<'t>(self, turn: &'t mut Turn<'_>) -> Result<&'t mut [T], Error> {
        let stored = self.find(&turn.heap)?;
        check_native(T::DTYPE)?;
        T::slice_mut(turn.heap.array_bytes_mut(&stored)?).ok_or(Error::corrupt(stored.block))
    }

    /// Makes all elements this one; written in place as by [`View::fill`]. O(elements).
    pub fn fill(self, turn: &mut Turn<'_>, element: T) -> Result<(), Error> {
        self.view(turn)?.fill(turn, element)
    }

    /// Copies elements given in C order into the array; written in place as by [`View::copy_from`]. O(elements).
    pub fn copy_from(self, turn: &mut Turn<'_>, elements: &[T]) -> Result<(), Error> {
        self.view(turn)?.copy_from(turn, elements)
    }

    /// Replaces each element by what `change` makes of it; written in place as by [`View::update`]. O(elements).
    pub fn update(self, turn: &mut Turn<'_>, change: impl FnMut(T) -> T) -> Result<(), Error> {
        self.view(turn)?.update(turn, change)
    }

    /// A copy in this party's holdings. One allocation, one copy.
    pub fn copy(self, turn: &mut Turn<'_>) -> Result<Array<T>, Error> {
        self.find(&turn.heap)?;
        self.0.copy(turn).map(Array::of)
    }
}

/// The bytes of an element, and zeros.
fn bytes_of<T: Element>(element: T) -> [u8; 16] {
    let mut bytes = [0; 16];
    element.write(&mut bytes);
    bytes
}

impl Heap<'_> {
    /// The element at place `at`.
    fn element<T: Element>(&self, stored: &Stored, at: usize) -> Result<T, Error> {
        let bytes = self.array_bytes(stored)?.get(at.wrapping_mul(T::DTYPE.size())..).unwrap_or_default();
        T::read(bytes).ok_or(Error::corrupt(stored.block))
    }
}

impl<T> Array<T> {
    const fn of(any: AnyArray) -> Array<T> {
        Array(any, PhantomData)
    }

    /// The same array without its type.
    pub const fn any(self) -> AnyArray {
        self.0
    }
}

// By hand, because `derive` would ask the same of `T`.

impl<T> Clone for Array<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Array<T> {}

impl<T> PartialEq for Array<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Array<T> {}

impl<T> hash::Hash for Array<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> fmt::Debug for Array<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl<T> defmt::Format for Array<T> {
    fn format(&self, f: defmt::Formatter<'_>) {
        self.0.format(f);
    }
}
