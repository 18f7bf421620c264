//! What an array's elements are: fifteen types, each the same bytes on every host.
//!
//! | number | name | Rust | | number | name | Rust |
//! |---:|---|---|---|---:|---|---|
//! | 1 | bool | `bool` | | 9 | uint64 | `u64` |
//! | 2 | int8 | `i8` | | 10 | float16 | `half::f16` |
//! | 3 | int16 | `i16` | | 11 | bfloat16 | `half::bf16` |
//! | 4 | int32 | `i32` | | 12 | float32 | `f32` |
//! | 5 | int64 | `i64` | | 13 | float64 | `f64` |
//! | 6 | uint8 | `u8` | | 14 | complex64 | `[f32; 2]`, `num_complex::Complex<f32>` |
//! | 7 | uint16 | `u16` | | 15 | complex128 | `[f64; 2]`, `num_complex::Complex<f64>` |
//! | 8 | uint32 | `u32` | | | | |
//!
//! Numbers and names are part of the format; the names are those that other languages know. `bytemuck` proves that bytes may
//! be borrowed as elements; for `bool` it looks at each of them.

#![forbid(unsafe_code)]

use bytemuck::cast;
#[cfg(feature = "num-complex")]
use num_complex::Complex;

/// Type of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
#[repr(u8)]
pub enum Dtype {
    /// A byte that is 0 or 1.
    Bool = 1,
    /// `i8`.
    Int8 = 2,
    /// `i16`.
    Int16 = 3,
    /// `i32`.
    Int32 = 4,
    /// `i64`.
    Int64 = 5,
    /// `u8`.
    Uint8 = 6,
    /// `u16`.
    Uint16 = 7,
    /// `u32`.
    Uint32 = 8,
    /// `u64`.
    Uint64 = 9,
    /// IEEE 754 binary16: 5 bits of exponent, 10 of fraction.
    Float16 = 10,
    /// The upper half of a `f32`: 8 bits of exponent, 7 of fraction.
    Bfloat16 = 11,
    /// `f32`.
    Float32 = 12,
    /// `f64`.
    Float64 = 13,
    /// Two `f32`: real and imaginary part.
    Complex64 = 14,
    /// Two `f64`: real and imaginary part.
    Complex128 = 15,
}

impl Dtype {
    /// All of them, in the order of their numbers in the format, of which the first is 1.
    pub const ALL: [Dtype; 15] = {
        use Dtype::*;
        [
            Bool, Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64, Float16, Bfloat16, Float32,
            Float64, Complex64, Complex128,
        ]
    };

    /// The type with this number.
    pub(crate) fn from_byte(byte: u8) -> Option<Dtype> {
        Self::ALL.get((byte as usize).checked_sub(1)?).copied()
    }

    /// Bytes of an element; its alignment, too, but for the complex ones, whose is half of it.
    pub const fn size(self) -> usize {
        match self {
            Self::Bool | Self::Int8 | Self::Uint8 => 1,
            Self::Int16 | Self::Uint16 | Self::Float16 | Self::Bfloat16 => 2,
            Self::Int32 | Self::Uint32 | Self::Float32 => 4,
            Self::Int64 | Self::Uint64 | Self::Float64 | Self::Complex64 => 8,
            Self::Complex128 => 16,
        }
    }

    /// The name that NumPy and others have for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Float16 => "float16",
            Self::Bfloat16 => "bfloat16",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Complex64 => "complex64",
            Self::Complex128 => "complex128",
        }
    }

    /// The type with this name.
    pub fn from_name(name: &str) -> Option<Dtype> {
        Self::ALL.into_iter().find(|dtype| dtype.name() == name)
    }

    /// The code of Python's `struct` and buffer protocol (PEP 3118), little-endian; `None` for bfloat16, which has none.
    pub const fn format(self) -> Option<&'static str> {
        Some(match self {
            Self::Bool => "?",
            Self::Int8 => "b",
            Self::Int16 => "<h",
            Self::Int32 => "<i",
            Self::Int64 => "<q",
            Self::Uint8 => "B",
            Self::Uint16 => "<H",
            Self::Uint32 => "<I",
            Self::Uint64 => "<Q",
            Self::Float16 => "<e",
            Self::Bfloat16 => return None,
            Self::Float32 => "<f",
            Self::Float64 => "<d",
            Self::Complex64 => "<Zf",
            Self::Complex128 => "<Zd",
        })
    }

    /// Code and bits of DLPack's `DLDataType`.
    pub const fn dlpack(self) -> (u8, u8) {
        let code = match self {
            Self::Int8 | Self::Int16 | Self::Int32 | Self::Int64 => 0,
            Self::Uint8 | Self::Uint16 | Self::Uint32 | Self::Uint64 => 1,
            Self::Float16 | Self::Float32 | Self::Float64 => 2,
            Self::Bfloat16 => 4,
            Self::Complex64 | Self::Complex128 => 5,
            Self::Bool => 6,
        };
        (code, self.size() as u8 * 8)
    }
}

mod sealed {
    /// Nobody else implements `Element`: the list of types is part of the format.
    pub trait Sealed {}
}

/// A type that arrays can be made of: the numbers, `bool`, `[f32; 2]` and `[f64; 2]` as complex numbers; by feature, `half`'s
/// and `num-complex`'s types.
pub trait Element: sealed::Sealed + Copy + PartialEq + core::fmt::Debug + 'static {
    /// What the region says that it is.
    const DTYPE: Dtype;

    /// The element at the start of these bytes; `None` if there is none.
    #[doc(hidden)]
    fn read(bytes: &[u8]) -> Option<Self>;

    /// Puts the element at the start of these bytes, if it has room there.
    #[doc(hidden)]
    fn write(self, to: &mut [u8]);

    /// Bytes as elements of this host.
    #[doc(hidden)]
    fn slice(bytes: &[u8]) -> Option<&[Self]>;

    /// The same, to change.
    #[doc(hidden)]
    fn slice_mut(bytes: &mut [u8]) -> Option<&mut [Self]>;

    /// Elements of this host as bytes.
    #[doc(hidden)]
    fn bytes(elements: &[Self]) -> &[u8];
}

macro_rules! elements {
    ($($(#[$feature:meta])* $type:ty, $dtype:ident, $size:literal, $($path:ident)::+, $from:expr, $to:expr;)*) => {$(
        $(#[$feature])*
        impl sealed::Sealed for $type {}

        $(#[$feature])*
        impl Element for $type {
            const DTYPE: Dtype = Dtype::$dtype;

            #[inline]
            fn read(bytes: &[u8]) -> Option<Self> {
                bytes.first_chunk::<$size>().copied().and_then($from)
            }

            #[inline]
            fn write(self, to: &mut [u8]) {
                if let Some(to) = to.first_chunk_mut::<$size>() {
                    *to = $to(self);
                }
            }

            #[inline]
            fn slice(bytes: &[u8]) -> Option<&[Self]> {
                // No bytes at all lie anywhere, aligned or not.
                if bytes.is_empty() { Some(&[]) } else { $($path)::+::try_cast_slice(bytes).ok() }
            }

            #[inline]
            fn slice_mut(bytes: &mut [u8]) -> Option<&mut [Self]> {
                if bytes.is_empty() { Some(&mut []) } else { $($path)::+::try_cast_slice_mut(bytes).ok() }
            }

            #[inline]
            fn bytes(elements: &[Self]) -> &[u8] {
                bytemuck::cast_slice(elements)
            }
        }
    )*};
}

elements! {
    bool, Bool, 1, bytemuck::checked, |[byte]: [u8; 1]| (byte < 2).then_some(byte == 1), |bool| [bool as u8];
    i8, Int8, 1, bytemuck, |b| Some(i8::from_le_bytes(b)), i8::to_le_bytes;
    i16, Int16, 2, bytemuck, |b| Some(i16::from_le_bytes(b)), i16::to_le_bytes;
    i32, Int32, 4, bytemuck, |b| Some(i32::from_le_bytes(b)), i32::to_le_bytes;
    i64, Int64, 8, bytemuck, |b| Some(i64::from_le_bytes(b)), i64::to_le_bytes;
    u8, Uint8, 1, bytemuck, |b| Some(u8::from_le_bytes(b)), u8::to_le_bytes;
    u16, Uint16, 2, bytemuck, |b| Some(u16::from_le_bytes(b)), u16::to_le_bytes;
    u32, Uint32, 4, bytemuck, |b| Some(u32::from_le_bytes(b)), u32::to_le_bytes;
    u64, Uint64, 8, bytemuck, |b| Some(u64::from_le_bytes(b)), u64::to_le_bytes;
    f32, Float32, 4, bytemuck, |b| Some(f32::from_le_bytes(b)), f32::to_le_bytes;
    f64, Float64, 8, bytemuck, |b| Some(f64::from_le_bytes(b)), f64::to_le_bytes;
    [f32; 2], Complex64, 8, bytemuck, |b| Some(cast::<_, [[u8; 4]; 2]>(b).map(f32::from_le_bytes)),
        |c: [f32; 2]| cast(c.map(f32::to_le_bytes));
    [f64; 2], Complex128, 16, bytemuck, |b| Some(cast::<_, [[u8; 8]; 2]>(b).map(f64::from_le_bytes)),
        |c: [f64; 2]| cast(c.map(f64::to_le_bytes));
    #[cfg(feature = "half")]
    half::f16, Float16, 2, bytemuck, |b| Some(half::f16::from_le_bytes(b)), half::f16::to_le_bytes;
    #[cfg(feature = "half")]
    half::bf16, Bfloat16, 2, bytemuck, |b| Some(half::bf16::from_le_bytes(b)), half::bf16::to_le_bytes;
    #[cfg(feature = "num-complex")]
    Complex<f32>, Complex64, 8, bytemuck, |b| <[f32; 2]>::read(&b).map(cast), |c: Complex<f32>| {
        cast([c.re, c.im].map(f32::to_le_bytes))
    };
    #[cfg(feature = "num-complex")]
    Complex<f64>, Complex128, 16, bytemuck, |b| <[f64; 2]>::read(&b).map(cast), |c: Complex<f64>| {
        cast([c.re, c.im].map(f64::to_le_bytes))
    };
}

/// Whether this host can borrow such elements as they lie in the region.
pub(crate) const fn is_native(dtype: Dtype) -> bool {
    cfg!(target_endian = "little") || dtype.size() == 1
}
