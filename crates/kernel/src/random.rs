//! Gaussian numbers that are pure functions of where they are used: seed, iteration, trial, step and row.
//!
//! No state is carried, so tiles, threads and instruction sets agree bit for bit. A cell (two neighbouring trials at one
//! step) has a 64-bit key by the mixing function of `SplitMix64` (Steele, Lea & Flood 2014,
//! doi:10.1145/2660193.2660195); within a cell each row's index passes through four rounds of a Feistel network on two
//! 32-bit words under that key; the two words give two normals by Box & Muller 1958 (doi:10.1214/aoms/1177706645), one
//! for either trial. Magnitudes reach 6.5.

use crate::dispatch::KernelPath;
use crate::math::polynomial;
use crate::parameters::Geometry;
use crate::vector::{BLOCK, Job, Vector};

/// Multipliers of the Feistel rounds: odd, those of widely tested integer hashes (`MurmurHash3`, xxHash).
const ROUNDS: [u32; 4] = [0x85EB_CA6B, 0xC2B2_AE35, 0x9E37_79B1, 0xCC9E_2D51];
/// 2³² / golden ratio, odd: neighbouring rows start far apart.
const ROW_STRIDE: u32 = 0x9E37_79B9;
/// Steps of `SplitMix64`'s counter and of its variants for the other coordinates.
const GOLDEN_64: u64 = 0x9E37_79B9_7F4A_7C15;

/// ln(1 + f) / f on √½ ≤ 1 + f < √2, largest error 1.7e-7.
const LN: [f32; 8] = [
    0.999_999_94,
    -0.500_003_46,
    0.333_356_08,
    -0.249_715_6,
    0.198_842_4,
    -0.172_124_49,
    0.163_381_08,
    -0.103_785_93,
];
/// sin(πa) / a in powers of a², |a| ≤ ½, largest error 1.3e-8.
const SIN_PI: [f32; 5] = [std::f32::consts::PI, -5.167_710_3, 2.550_077_7, -0.598_292_2, 0.077_659_406];
/// cos(πa) in powers of a², |a| ≤ ½, largest error 4.7e-8.
const COS_PI: [f32; 5] = [0.999_999_94, -4.934_793, 4.058_412, -1.331_880_2, 0.219_696_79];

/// The bits of √½: where the fraction of a float32 is split from its exponent.
const SQRT_HALF: u32 = 0x3F35_04F3;

/// Rows of the first block.
const FIRST_ROWS: [u32; BLOCK] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// The Gaussian numbers (mean 0, variance 1) of one training iteration.
///
/// Rows are the recurrent units, then the inputs.
#[derive(Clone, Copy, Debug)]
pub struct Normals {
    key: u64,
}

/// `SplitMix64`'s output function.
#[inline(always)]
fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Key of two neighbouring trials at one step.
#[derive(Clone, Copy)]
pub(crate) struct Cell([u32; 2]);

impl Normals {
    /// The numbers of this seed and iteration.
    pub fn new(seed: u64, iteration: u64) -> Self {
        let seed_key = mixed(seed.wrapping_add(GOLDEN_64));
        Self { key: mixed(seed_key ^ iteration.wrapping_mul(GOLDEN_64)) }
    }

    /// The key of trials `2 pair` and `2 pair + 1` at `step`.
    #[inline(always)]
    pub(crate) fn cell(self, pair: usize, step: usize) -> Cell {
        let place = (pair as u64) << 32 | step as u64;
        let key = mixed(self.key.wrapping_add(place.wrapping_mul(GOLDEN_64)));
        Cell([key as u32, (key >> 32) as u32])
    }

    /// One number, the plain way; the reference that the vectorised fill is held to.
    pub fn draw(self, trial: usize, step: usize, row: usize) -> f32 {
        let Cell([mut a, mut b]) = self.cell(trial / 2, step);
        a = a.wrapping_add((row as u32).wrapping_mul(ROW_STRIDE));
        let round = |word: u32, factor: u32| {
            let product = word.wrapping_mul(factor);
            product ^ (product >> 15)
        };
        b ^= round(a, ROUNDS[0]);
        a ^= round(b, ROUNDS[1]);
        b ^= round(a, ROUNDS[2]);
        a ^= round(b, ROUNDS[3]);

        let horner = |x: f32, coefficients: &[f32]| {
            let last = coefficients[coefficients.len() - 1];
            coefficients.iter().rev().skip(1).fold(last, |sum, &c| sum.mul_add(x, c))
        };
        let uniform = ((a >> 1) as f32).max(1.0);
        let above = uniform.to_bits().wrapping_sub(SQRT_HALF);
        let exponent = (above >> 23) as f32 - 31.0;
        let f = f32::from_bits((above & 0x007F_FFFF).wrapping_add(SQRT_HALF)) - 1.0;
        let ln = exponent.mul_add(std::f32::consts::LN_2, f * horner(f, &LN));
        let radius = (-2.0 * ln).sqrt();
        let angle = b.cast_signed() as f32 * 2.0_f32.powi(-32);
        let square = angle * angle;
        if trial.is_multiple_of(2) {
            let cosine = radius * horner(square, &COS_PI);
            f32::from_bits(cosine.to_bits() ^ (a << 31))
        } else {
            radius * (angle * horner(square, &SIN_PI))
        }
    }

    /// Writes the numbers of rows 0, 1, … of trials `2 pair` and `2 pair + 1` at `step`.
    ///
    /// # Panics
    /// If the two slices differ in length.
    pub fn fill(self, path: KernelPath, pair: usize, step: usize, even: &mut [f32], odd: &mut [f32]) {
        assert_eq!(even.len(), odd.len(), "both trials have the same rows");
        let n_rows = even.len();
        let mut rows = [vec![0.0; n_rows.next_multiple_of(BLOCK)], vec![0.0; n_rows.next_multiple_of(BLOCK)]];
        let [even_rows, odd_rows] = &mut rows;
        path.run(Fill { cell: self.cell(pair, step), even: even_rows, odd: odd_rows });
        even.copy_from_slice(&even_rows[..n_rows]);
        odd.copy_from_slice(&odd_rows[..n_rows]);
    }
}

struct Fill<'a> {
    cell: Cell,
    even: &'a mut [f32],
    odd: &'a mut [f32],
}

impl Job for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        fill::<V>(self.cell, self.even, self.odd);
    }
}

/// Fills the two trials of a cell with the normals of rows 0, 1, …
///
/// - `even`, `odd`: of the same length, a multiple of a register.
#[inline(always)]
pub(crate) fn fill<V: Vector>(cell: Cell, even: &mut [f32], odd: &mut [f32]) {
    fill_from::<V>(cell, 0, even, odd);
}

/// As [`fill`], with the normals of rows `first`, `first + 1`, …
#[inline(always)]
pub(crate) fn fill_from<V: Vector>(cell: Cell, first: u32, even: &mut [f32], odd: &mut [f32]) {
    assert!(even.len() == odd.len() && even.len().is_multiple_of(V::LANES));
    // SAFETY: a register has at most a block's lanes.
    let rows = unsafe { V::load_bits(FIRST_ROWS.as_ptr()) };
    let Cell([a, b]) = cell;
    let rows = V::add_bits(rows, V::splat_bits(first));
    let mut counter = V::add_bits(V::mul_bits(rows, V::splat_bits(ROW_STRIDE)), V::splat_bits(a));
    let stride = V::splat_bits(ROW_STRIDE.wrapping_mul(V::LANES as u32));
    let mut at = 0;
    while at < even.len() {
        let (first, second) = pair::<V>(counter, V::splat_bits(b));
        // SAFETY: both slices hold a register's numbers from `at` on.
        unsafe {
            first.store(even.as_mut_ptr().add(at));
            second.store(odd.as_mut_ptr().add(at));
        }
        counter = V::add_bits(counter, stride);
        at += V::LANES;
    }
}

#[inline(always)]
fn round<V: Vector>(word: V::Bits, factor: u32) -> V::Bits {
    let product = V::mul_bits(word, V::splat_bits(factor));
    V::xor_bits(product, V::shift_right(product, 15))
}

/// The normals of both trials from the two words of each row; step for step what [`Normals::draw`] does.
#[inline(always)]
fn pair<V: Vector>(mut a: V::Bits, mut b: V::Bits) -> (V, V) {
    b = V::xor_bits(b, round::<V>(a, ROUNDS[0]));
    a = V::xor_bits(a, round::<V>(b, ROUNDS[1]));
    b = V::xor_bits(b, round::<V>(a, ROUNDS[2]));
    a = V::xor_bits(a, round::<V>(b, ROUNDS[3]));

    let uniform = V::signed_to_float(V::shift_right(a, 1)).at_least(V::splat(1.0)); // in units of 2⁻³¹
    let above = V::add_bits(uniform.to_bits(), V::splat_bits(SQRT_HALF.wrapping_neg()));
    let exponent = V::signed_to_float(V::shift_right(above, 23)).sub(V::splat(31.0));
    let fraction = V::and_bits(above, V::splat_bits(0x007F_FFFF));
    let f = V::from_bits(V::add_bits(fraction, V::splat_bits(SQRT_HALF))).sub(V::splat(1.0));
    let ln = exponent.mul_add(V::splat(std::f32::consts::LN_2), f.mul(polynomial(f, LN)));
    let radius = ln.mul(V::splat(-2.0)).sqrt();

    let angle = V::signed_to_float(b).mul(V::splat(1.0 / 4_294_967_296.0)); // half turns, −½ to ½
    let square = angle.mul(angle);
    let cosine = radius.mul(polynomial(square, COS_PI));
    let cosine = V::from_bits(V::xor_bits(cosine.to_bits(), V::shift_left(a, 31)));
    let sine = radius.mul(angle.mul(polynomial(square, SIN_PI)));
    (cosine, sine)
}

/// The noise that [`crate::Noise::Seeded`] stands for, as arrays: recurrent `[N, T, B]` and input `[U, T, B]`.
///
/// Recurrent noise of step t enters state t + 1 and is drawn under step t + 1, so that one cell serves a whole row of
/// states and inputs.
pub fn draw_noise(
    geometry: Geometry,
    seed: u64,
    iteration: u64,
    sigma_rec: f32,
    sigma_inp: f32,
) -> (Vec<f32>, Vec<f32>) {
    let Geometry { n_units, n_inputs, n_steps, n_trials, .. } = geometry;
    let normals = Normals::new(seed, iteration);
    let fill = |n_rows: usize, sigma: f32, first_row: usize, later: usize| {
        let mut noise = Vec::with_capacity(n_rows * n_steps * n_trials);
        for row in 0..n_rows {
            for t in 0..n_steps {
                noise.extend(
                    (0..n_trials).map(|trial| sigma * normals.draw(trial, t + later, first_row + row)),
                );
            }
        }
        noise
    };
    (fill(n_units, sigma_rec, 0, 1), fill(n_inputs, sigma_inp, n_units, 0))
}
