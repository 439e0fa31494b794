//! AVX-512F: 16 lanes.

use core::arch::x86_64 as arch;

use super::{Job, Vector};

/// 16 float32 numbers.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(arch::__m512);

#[target_feature(enable = "avx512f,avx2,fma")]
fn entered<J: Job>(job: J) -> J::Output {
    job.run::<Avx512>()
}

// SAFETY of every block below: code reaches these methods only through `enter`, whose caller vouches for the machine;
// loads and stores pass their own condition on to their caller.
#[allow(clippy::inline_always)] // an intrinsic compiles to its instruction only inside `entered`
impl Vector for Avx512 {
    const LANES: usize = 16;
    const TILE_VECTORS: usize = 4;
    type Bits = arch::__m512i;

    unsafe fn enter<J: Job>(job: J) -> J::Output {
        unsafe { entered(job) }
    }

    #[inline(always)]
    fn splat(value: f32) -> Self {
        unsafe { Self(arch::_mm512_set1_ps(value)) }
    }

    #[inline(always)]
    unsafe fn load(source: *const f32) -> Self {
        unsafe { Self(arch::_mm512_loadu_ps(source)) }
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut f32) {
        unsafe {
            arch::_mm512_storeu_ps(target, self.0);
        }
    }

    #[inline(always)]
    fn prefetch(source: *const f32) {
        unsafe { arch::_mm_prefetch::<{ arch::_MM_HINT_T0 }>(source.cast()) }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        unsafe { Self(arch::_mm512_add_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        unsafe { Self(arch::_mm512_sub_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        unsafe { Self(arch::_mm512_mul_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        unsafe { Self(arch::_mm512_div_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        unsafe { Self(arch::_mm512_fmadd_ps(self.0, factor.0, term.0)) }
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        unsafe { Self(arch::_mm512_sqrt_ps(self.0)) }
    }

    // MAXPS and MINPS return their second operand when either is NaN.
    #[inline(always)]
    fn at_least(self, bound: Self) -> Self {
        unsafe { Self(arch::_mm512_max_ps(bound.0, self.0)) }
    }

    #[inline(always)]
    fn at_most(self, bound: Self) -> Self {
        unsafe { Self(arch::_mm512_min_ps(bound.0, self.0)) }
    }

    #[inline(always)]
    fn where_positive(self, value: Self) -> Self {
        unsafe {
            let positive =
                arch::_mm512_cmp_ps_mask::<{ arch::_CMP_NLE_UQ }>(self.0, arch::_mm512_setzero_ps());
            Self(arch::_mm512_maskz_mov_ps(positive, value.0))
        }
    }

    #[inline(always)]
    fn to_bits(self) -> Self::Bits {
        unsafe { arch::_mm512_castps_si512(self.0) }
    }

    #[inline(always)]
    fn from_bits(bits: Self::Bits) -> Self {
        unsafe { Self(arch::_mm512_castsi512_ps(bits)) }
    }

    #[inline(always)]
    fn splat_bits(value: u32) -> Self::Bits {
        unsafe { arch::_mm512_set1_epi32(value.cast_signed()) }
    }

    #[inline(always)]
    unsafe fn load_bits(source: *const u32) -> Self::Bits {
        unsafe { arch::_mm512_loadu_si512(source.cast()) }
    }

    #[inline(always)]
    fn add_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::_mm512_add_epi32(a, b) }
    }

    #[inline(always)]
    fn mul_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::_mm512_mullo_epi32(a, b) }
    }

    #[inline(always)]
    fn and_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::_mm512_and_si512(a, b) }
    }

    #[inline(always)]
    fn or_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::_mm512_or_si512(a, b) }
    }

    #[inline(always)]
    fn xor_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::_mm512_xor_si512(a, b) }
    }

    #[inline(always)]
    fn shift_left(a: Self::Bits, places: u32) -> Self::Bits {
        unsafe { arch::_mm512_sllv_epi32(a, Self::splat_bits(places)) }
    }

    #[inline(always)]
    fn shift_right(a: Self::Bits, places: u32) -> Self::Bits {
        unsafe { arch::_mm512_srlv_epi32(a, Self::splat_bits(places)) }
    }

    #[inline(always)]
    fn signed_to_float(a: Self::Bits) -> Self {
        unsafe { Self(arch::_mm512_cvtepi32_ps(a)) }
    }
}
