//! Plain Rust for any machine: 8 lanes, multiply-adds rounded twice.
//!
//! A fused multiply-add in software would be a hundred times slower than the two roundings it saves, so results differ
//! from the other paths in the last places.

use core::array::from_fn;

use super::{Job, Vector};

/// 8 float32 numbers.
#[derive(Clone, Copy)]
pub(crate) struct Portable([f32; 8]);

#[allow(clippy::inline_always)] // so that a whole job is one function, as on the other machines
impl Vector for Portable {
    const LANES: usize = 8;
    const TILE_VECTORS: usize = 2;
    type Bits = [u32; 8];

    unsafe fn enter<J: Job>(job: J) -> J::Output {
        job.run::<Self>()
    }

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; 8])
    }

    #[inline(always)]
    unsafe fn load(source: *const f32) -> Self {
        // SAFETY: the caller vouches for 8 numbers; an array has the alignment of its element.
        Self(unsafe { *source.cast() })
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut f32) {
        // SAFETY: as in `load`.
        unsafe { *target.cast() = self.0 }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane] + other.0[lane]))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane] - other.0[lane]))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane] * other.0[lane]))
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane] / other.0[lane]))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        Self(from_fn(|lane| self.0[lane] * factor.0[lane] + term.0[lane]))
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(self.0.map(f32::sqrt))
    }

    #[inline(always)]
    fn at_least(self, bound: Self) -> Self {
        Self(from_fn(|lane| if bound.0[lane] > self.0[lane] { bound.0[lane] } else { self.0[lane] }))
    }

    #[inline(always)]
    fn at_most(self, bound: Self) -> Self {
        Self(from_fn(|lane| if bound.0[lane] < self.0[lane] { bound.0[lane] } else { self.0[lane] }))
    }

    #[inline(always)]
    fn where_positive(self, value: Self) -> Self {
        Self(from_fn(|lane| if self.0[lane] <= 0.0 { 0.0 } else { value.0[lane] }))
    }

    #[inline(always)]
    fn to_bits(self) -> Self::Bits {
        self.0.map(f32::to_bits)
    }

    #[inline(always)]
    fn from_bits(bits: Self::Bits) -> Self {
        Self(bits.map(f32::from_bits))
    }

    #[inline(always)]
    fn splat_bits(value: u32) -> Self::Bits {
        [value; 8]
    }

    #[inline(always)]
    unsafe fn load_bits(source: *const u32) -> Self::Bits {
        // SAFETY: as in `load`.
        unsafe { *source.cast() }
    }

    #[inline(always)]
    fn add_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        from_fn(|lane| a[lane].wrapping_add(b[lane]))
    }

    #[inline(always)]
    fn mul_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        from_fn(|lane| a[lane].wrapping_mul(b[lane]))
    }

    #[inline(always)]
    fn and_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        from_fn(|lane| a[lane] & b[lane])
    }

    #[inline(always)]
    fn or_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        from_fn(|lane| a[lane] | b[lane])
    }

    #[inline(always)]
    fn xor_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        from_fn(|lane| a[lane] ^ b[lane])
    }

    #[inline(always)]
    fn shift_left(a: Self::Bits, places: u32) -> Self::Bits {
        a.map(|lane| lane << places)
    }

    #[inline(always)]
    fn shift_right(a: Self::Bits, places: u32) -> Self::Bits {
        a.map(|lane| lane >> places)
    }

    #[inline(always)]
    fn signed_to_float(a: Self::Bits) -> Self {
        Self(a.map(|lane| lane.cast_signed() as f32))
    }
}
