//! AVX2 with FMA: 8 lanes.

use core::arch::x86_64 as arch;

use super::{Job, Vector};

/// 8 float32 numbers.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(arch::__m256);

#[target_feature(enable = "avx2,fma")]
fn entered<J: Job>(job: J) -> J::Output {
    job.run::<Avx2>()
}

// SAFETY of every block below: code reaches these methods only through `enter`, whose caller vouches for the machine;
// loads and stores pass their own condition on to their caller.
#[allow(clippy::inline_always)] // an intrinsic compiles to its instruction only inside `entered`
impl Vector for Avx2 {
    const LANES: usize = 8;
    const TILE_VECTORS: usize = 2;
    type Bits = arch::__m256i;

    unsafe fn enter<J: Job>(job: J) -> J::Output {
        unsafe { entered(job) }
    }

    #[inline(always)]
    fn splat(value: f32) -> Self {
        unsafe { Self(arch::_mm256_set1_ps(value)) }
    }

    #[inline(always)]
    unsafe fn load(source: *const f32) -> Self {
        unsafe { Self(arch::_mm256_loadu_ps(source)) }
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut f32) {
        unsafe {
            arch::_mm256_storeu_ps(target, self.0);
        }
    }

    #[inline(always)]
    fn prefetch(source: *const f32) {
        unsafe { arch::_mm_prefetch::<{ arch::_MM_HINT_T0 }>(source.cast()) }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        unsafe { Self(arch::_mm256_add_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        unsafe { Self(arch::_mm256_sub_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        unsafe { Self(arch::_mm256_mul_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        unsafe { Self(arch::_mm256_div_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        unsafe { Self(arch::_mm256_fmadd_ps(self.0, factor.0, term.0)) }
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        unsafe { Self(arch::_mm256_sqrt_ps(self.0)) }
    }

    // MAXPS and MINPS return their second operand when either is NaN.
    #[inline(always)]
    fn at_least(self, bound: Self) -> Self {
        unsafe { Self(arch::_mm256_max_ps(bound.0, self.0)) }
    }

    #[inline(always)]
    fn at_most(self, bound: Self) -> Self {
        unsafe { Self(arch::_mm256_min_ps(bound.0, self.0)) }
    }

    #[inline(always)]
    fn where_positive(self, value: Self) -> Self {
        unsafe {
            let positive = arch::_mm256_cmp_ps::<{ arch::_CMP_NLE_UQ }>(self.0, arch::_mm256_setzero_ps());
            Self(arch::_mm256_and_ps(positive, value.0))
        }
    }

    #[inline(always)]
    fn to_bits(self) -> Self::Bits {
        unsafe { arch::_mm256_castps_si256(self.0) }
    }

    #[inline(always)]
    fn from_bits(bits: Self::Bits) -> Self {
        unsafe { Self(arch::_mm256_castsi256_ps(bits)) }
    }

    #[inline(always)]
    fn splat_bits(value: u32) -> Self::Bits {
        unsafe { arch::_mm256_set1_epi32(value.cast_signed()) }
    }

    #[inline(always)]
    unsafe fn load_bits(source: *const u32) -> Self::Bits {
        unsafe { arch::_mm256_loadu_si256(source.cast()) }
    }

    #[inline(always)]
    fn add_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::_mm256_add_epi32(a, b) }
    }

    #[inline(always)]
    fn mul_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::_mm256_mullo_epi32(a, b) }
    }

    #[inline(always)]
    fn and_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::_mm256_and_si256(a, b) }
    }

    #[inline(always)]
    fn or_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::_mm256_or_si256(a, b) }
    }

    #[inline(always)]
    fn xor_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::_mm256_xor_si256(a, b) }
    }

    #[inline(always)]
    fn shift_left(a: Self::Bits, places: u32) -> Self::Bits {
        unsafe { arch::_mm256_sllv_epi32(a, Self::splat_bits(places)) }
    }

    #[inline(always)]
    fn shift_right(a: Self::Bits, places: u32) -> Self::Bits {
        unsafe { arch::_mm256_srlv_epi32(a, Self::splat_bits(places)) }
    }

    #[inline(always)]
    fn signed_to_float(a: Self::Bits) -> Self {
        unsafe { Self(arch::_mm256_cvtepi32_ps(a)) }
    }
}
