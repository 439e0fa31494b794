//! What the algorithms ask of a machine's vector unit; one file a machine.
//!
//! Every operation is exactly rounded (IEEE 754) and fused multiply-adds are fused, so an algorithm that keeps the
//! order of its operations gives the same bits at any vector width. [`portable`] alone does not fuse.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
pub(crate) mod portable;

/// Lanes of a block: the unit in which rows are padded and sums over lanes are kept, whatever the vector width.
pub(crate) const BLOCK: usize = 16;

/// Rows of the register tile of a product: with [`Vector::TILE_VECTORS`] columns it fills the register file.
pub(crate) const TILE_ROWS: usize = 6;

/// A computation written once over any vector type and entered through [`Vector::enter`].
pub(crate) trait Job {
    /// What it returns.
    type Output;

    /// Runs with vectors of type `V`; must be `#[inline(always)]`, as must all it calls that touches vectors.
    fn run<V: Vector>(self) -> Self::Output;
}

/// A register of `LANES` float32 numbers.
///
/// The methods are safe to write but need the machine's instructions: only code inside [`Vector::enter`] may call
/// them, and [`crate::KernelPath`] calls that only on a machine that has them.
pub(crate) trait Vector: Copy {
    /// Lanes of a register; divides [`BLOCK`].
    const LANES: usize;
    /// Registers side by side in the register tile of a product.
    const TILE_VECTORS: usize;
    /// The same register seen as unsigned 32-bit integers.
    type Bits: Copy;

    /// Runs a job in a function of its own that is compiled for this machine.
    ///
    /// # Safety
    /// The machine has the instructions of this vector type.
    unsafe fn enter<J: Job>(job: J) -> J::Output;

    /// The number in every lane.
    fn splat(value: f32) -> Self;
    /// Reads `LANES` numbers.
    ///
    /// # Safety
    /// `LANES` numbers can be read at `source`.
    unsafe fn load(source: *const f32) -> Self;
    /// Writes `LANES` numbers.
    ///
    /// # Safety
    /// `LANES` numbers can be written at `target`.
    unsafe fn store(self, target: *mut f32);

    /// Asks for the cache line of `source`, which need not be readable, where the machine has a way to.
    fn prefetch(_source: *const f32) {}

    /// `self + other`
    fn add(self, other: Self) -> Self;
    /// `self − other`
    fn sub(self, other: Self) -> Self;
    /// `self · other`
    fn mul(self, other: Self) -> Self;
    /// `self / other`
    fn div(self, other: Self) -> Self;
    /// `self · factor + term`, rounded once.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// The larger; a NaN in `self` stays.
    fn at_least(self, bound: Self) -> Self;
    /// The smaller; a NaN in `self` stays.
    fn at_most(self, bound: Self) -> Self;
    /// `value` where `self` is above zero or NaN, else +0.
    fn where_positive(self, value: Self) -> Self;

    /// The register's bits.
    fn to_bits(self) -> Self::Bits;
    /// The register with these bits.
    fn from_bits(bits: Self::Bits) -> Self;
    /// The integer in every lane.
    fn splat_bits(value: u32) -> Self::Bits;
    /// Reads `LANES` integers.
    ///
    /// # Safety
    /// `LANES` integers can be read at `source`.
    unsafe fn load_bits(source: *const u32) -> Self::Bits;
    /// Sum modulo 2³².
    fn add_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// Product modulo 2³².
    fn mul_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// Bitwise and.
    fn and_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// Bitwise or.
    fn or_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// Bitwise exclusive or.
    fn xor_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// Shift towards the high bits.
    fn shift_left(a: Self::Bits, places: u32) -> Self::Bits;
    /// Shift towards the low bits, zeros entering.
    fn shift_right(a: Self::Bits, places: u32) -> Self::Bits;
    /// The integers, read as signed, to the nearest float32.
    fn signed_to_float(a: Self::Bits) -> Self;
}
