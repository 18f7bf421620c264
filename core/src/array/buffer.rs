//! Buffers: where the bytes are and what they mean, for those who speak pointers: NumPy, DLPack, C.
//!
//! A buffer borrows the turn, so it cannot outlive it; the pointer that it gives can, and must not be used then. Nothing here
//! needs `unsafe`: what a pointer may be used for is the promise of whoever uses it.

#![forbid(unsafe_code)]

use super::{Dtype, Element, Layout, View};
use crate::{error::Error, handle::Handle, heap::Kind, turn::Turn, value::Object};

/// Elements in place: bytes, type, shape and strides. Little-endian on every host.
#[derive(Clone, Copy, Debug)]
pub struct Buffer<'t> {
    bytes: &'t [u8],
    dtype: Dtype,
    layout: Layout,
}

/// The same, to change.
#[derive(Debug)]
pub struct BufferMut<'t> {
    bytes: &'t mut [u8],
    dtype: Dtype,
    layout: Layout,
}

macro_rules! describe {
    ($name:ident) => {
        impl $name<'_> {
            /// The first element, `[0, 0, ..]`; good for as long as the buffer is. (Dangling if there are no elements.)
            pub fn as_ptr(&self) -> *const u8 {
                self.bytes.get(self.start()..).unwrap_or_default().as_ptr()
            }

            /// All bytes that elements lie in, from the one with the lowest address on.
            pub fn bytes(&self) -> &[u8] {
                self.bytes
            }

            /// Where in [`bytes`](Self::bytes) the first element is.
            pub fn start(&self) -> usize {
                self.layout.offset().wrapping_mul(self.dtype.size())
            }

            /// What the elements are.
            pub fn dtype(&self) -> Dtype {
                self.dtype
            }

            /// Shape, and strides in elements.
            pub fn layout(&self) -> &Layout {
                &self.layout
            }

            /// Strides in bytes, as Python has them; one for each dimension.
            pub fn byte_strides(&self) -> impl ExactSizeIterator<Item = isize> {
                let size = self.dtype.size() as isize;
                self.layout.strides().iter().map(move |stride| stride.wrapping_mul(size))
            }
        }
    };
}

describe!(Buffer);
describe!(BufferMut);

impl BufferMut<'_> {
    /// The first element, to be written, too.
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        let start = self.start();
        self.bytes.get_mut(start..).unwrap_or_default().as_mut_ptr()
    }

    /// All bytes that elements lie in, to change.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.bytes
    }
}

impl Turn<'_> {
    /// The contents of a text, bytes or an array, in place; text and bytes as one dimension of `uint8`. O(dimensions).
    ///
    /// [`Error::WrongType`] for other objects.
    pub fn buffer(&self, object: impl Into<Object>) -> Result<Buffer<'_>, Error> {
        let heap = &self.heap;
        let leaf = |handle: Handle, kind: Kind| {
            let bytes = heap.leaf_bytes(heap.resolve(handle, kind)?, kind)?;
            Ok(Buffer { bytes, dtype: Dtype::Uint8, layout: Layout::new(&[bytes.len()])? })
        };
        match object.into() {
            Object::Text(text) => leaf(text.0, Kind::Text),
            Object::Bytes(bytes) => leaf(bytes.0, Kind::Bytes),
            Object::Array(array) => {
                let stored = heap.array(array.0)?;
                let layout = heap.array_layout(&stored)?;
                Ok(Buffer { bytes: heap.array_bytes(&stored)?, dtype: stored.dtype, layout })
            }
            _ => Err(Error::WrongType),
        }
    }

    /// The contents of bytes or an array, to be changed in place. Texts cannot be: they are UTF-8.
    ///
    /// Plain memory: if this party dies half-way through writing, the others see what was written.
    pub fn buffer_mut(&mut self, object: impl Into<Object>) -> Result<BufferMut<'_>, Error> {
        match object.into() {
            Object::Bytes(bytes) => {
                let bytes = bytes.buffer_mut(self)?;
                let layout = Layout::new(&[bytes.len()])?;
                Ok(BufferMut { bytes, dtype: Dtype::Uint8, layout })
            }
            Object::Array(array) => {
                let stored = self.heap.array(array.0)?;
                let layout = self.heap.array_layout(&stored)?;
                Ok(BufferMut { bytes: self.heap.array_bytes_mut(&stored)?, dtype: stored.dtype, layout })
            }
            _ => Err(Error::WrongType),
        }
    }
}

impl<T: Element> View<T> {
    /// The elements of the view in place, whatever its strides. O(dimensions).
    pub fn buffer<'t>(&self, turn: &'t Turn<'_>) -> Result<Buffer<'t>, Error> {
        let stored = self.find(&turn.heap)?;
        Ok(Buffer { bytes: turn.heap.array_bytes(&stored)?, dtype: T::DTYPE, layout: self.layout })
    }

    /// The same, to be changed in place; plain memory as by [`as_mut_slice`](Self::as_mut_slice).
    pub fn buffer_mut<'t>(&self, turn: &'t mut Turn<'_>) -> Result<BufferMut<'t>, Error> {
        let stored = self.find(&turn.heap)?;
        Ok(BufferMut { bytes: turn.heap.array_bytes_mut(&stored)?, dtype: T::DTYPE, layout: self.layout })
    }
}
