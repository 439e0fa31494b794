//! NEON: 4 lanes.

use core::arch::aarch64 as arch;

use super::{Job, Vector};

/// 4 float32 numbers.
#[derive(Clone, Copy)]
pub(crate) struct Neon(arch::float32x4_t);

#[target_feature(enable = "neon")]
fn entered<J: Job>(job: J) -> J::Output {
    job.run::<Neon>()
}

// SAFETY of every block below: code reaches these methods only through `enter`, whose caller vouches for the machine;
// loads and stores pass their own condition on to their caller.
#[allow(clippy::inline_always)] // an intrinsic compiles to its instruction only inside `entered`
impl Vector for Neon {
    const LANES: usize = 4;
    const TILE_VECTORS: usize = 4;
    type Bits = arch::uint32x4_t;

    unsafe fn enter<J: Job>(job: J) -> J::Output {
        unsafe { entered(job) }
    }

    #[inline(always)]
    fn splat(value: f32) -> Self {
        unsafe { Self(arch::vdupq_n_f32(value)) }
    }

    #[inline(always)]
    unsafe fn load(source: *const f32) -> Self {
        unsafe { Self(arch::vld1q_f32(source)) }
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut f32) {
        unsafe {
            arch::vst1q_f32(target, self.0);
        }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        unsafe { Self(arch::vaddq_f32(self.0, other.0)) }
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        unsafe { Self(arch::vsubq_f32(self.0, other.0)) }
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        unsafe { Self(arch::vmulq_f32(self.0, other.0)) }
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        unsafe { Self(arch::vdivq_f32(self.0, other.0)) }
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        unsafe { Self(arch::vfmaq_f32(term.0, self.0, factor.0)) }
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        unsafe { Self(arch::vsqrtq_f32(self.0)) }
    }

    #[inline(always)]
    fn at_least(self, bound: Self) -> Self {
        unsafe { Self(arch::vbslq_f32(arch::vcgtq_f32(bound.0, self.0), bound.0, self.0)) }
    }

    #[inline(always)]
    fn at_most(self, bound: Self) -> Self {
        unsafe { Self(arch::vbslq_f32(arch::vcltq_f32(bound.0, self.0), bound.0, self.0)) }
    }

    #[inline(always)]
    fn where_positive(self, value: Self) -> Self {
        unsafe {
            let not_positive = arch::vcleq_f32(self.0, arch::vdupq_n_f32(0.0));
            Self::from_bits(arch::vbicq_u32(value.to_bits(), not_positive))
        }
    }

    #[inline(always)]
    fn to_bits(self) -> Self::Bits {
        unsafe { arch::vreinterpretq_u32_f32(self.0) }
    }

    #[inline(always)]
    fn from_bits(bits: Self::Bits) -> Self {
        unsafe { Self(arch::vreinterpretq_f32_u32(bits)) }
    }

    #[inline(always)]
    fn splat_bits(value: u32) -> Self::Bits {
        unsafe { arch::vdupq_n_u32(value) }
    }

    #[inline(always)]
    unsafe fn load_bits(source: *const u32) -> Self::Bits {
        unsafe { arch::vld1q_u32(source) }
    }

    #[inline(always)]
    fn add_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::vaddq_u32(a, b) }
    }

    #[inline(always)]
    fn mul_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::vmulq_u32(a, b) }
    }

    #[inline(always)]
    fn and_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::vandq_u32(a, b) }
    }

    #[inline(always)]
    fn or_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::vorrq_u32(a, b) }
    }

    #[inline(always)]
    fn xor_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        unsafe { arch::veorq_u32(a, b) }
    }

    #[inline(always)]
    fn shift_left(a: Self::Bits, places: u32) -> Self::Bits {
        unsafe { arch::vshlq_u32(a, arch::vdupq_n_s32(places.cast_signed())) }
    }

    #[inline(always)]
    fn shift_right(a: Self::Bits, places: u32) -> Self::Bits {
        unsafe { arch::vshlq_u32(a, arch::vdupq_n_s32(-places.cast_signed())) }
    }

    #[inline(always)]
    fn signed_to_float(a: Self::Bits) -> Self {
        unsafe { Self(arch::vcvtq_f32_s32(arch::vreinterpretq_s32_u32(a))) }
    }
}
