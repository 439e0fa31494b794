//! Products of the columns of two sets of points in component space, and what a map leaves, without a matrix between.

#![allow(clippy::inline_always, reason = "a loop that is not inlined into the dispatch is not vectorised")]

use ndarray::ArrayView2;
use pulp::{Simd, WithSimd};

use super::components::N_COMPONENTS;

/// A square matrix in component space, row by row.
pub(super) type Square = [[f64; N_COMPONENTS]; N_COMPONENTS];

/// Points that are summed by themselves, so that rounding grows with their number and not with that of all points.
const BLOCK: usize = 128;
/// Entries of a row of sums, padded to a multiple of every vector.
const WIDTH: usize = 16;

/// `aᵀ b` of points `[P, 10]`; none if they are no equally many rows of ten, one after another.
pub(super) fn of(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) -> Option<Square> {
    let [left, right] = rows(a, b)?;
    Some(pulp::Arch::new().dispatch(Sum { left, right }))
}

/// Sum of the squares of `b − a map`; none as for [`of`].
pub(super) fn squares_left(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>, map: &Square) -> Option<f64> {
    let [from, to] = rows(a, b)?;
    Some(pulp::Arch::new().dispatch(Left { from, to, map }))
}

/// Points as rows of ten.
fn rows<'a>(a: ArrayView2<'a, f64>, b: ArrayView2<'a, f64>) -> Option<[&'a [[f64; N_COMPONENTS]]; 2]> {
    let (a, rest_a) = a.to_slice()?.as_chunks();
    let (b, rest_b) = b.to_slice()?.as_chunks();
    (a.len() == b.len() && rest_a.is_empty() && rest_b.is_empty()).then_some([a, b])
}

/// `leftᵀ right`, compiled for the vector instructions that the machine has. Every entry is one sum in one order, each
/// addition fused, so that vector width changes no bit.
struct Sum<'a> {
    left: &'a [[f64; N_COMPONENTS]],
    right: &'a [[f64; N_COMPONENTS]],
}

impl WithSimd for Sum<'_> {
    type Output = Square;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Square {
        let mut total = [[0.0; N_COMPONENTS]; N_COMPONENTS];
        let mut padded = [[0.0; WIDTH]; BLOCK];
        for (left, right) in self.left.chunks(BLOCK).zip(self.right.chunks(BLOCK)) {
            for (row, point) in padded.iter_mut().zip(right) {
                row[..N_COMPONENTS].copy_from_slice(point);
            }
            let mut of_block = [[0.0; WIDTH]; N_COMPONENTS];
            for vector in 0..N_COMPONENTS.div_ceil(S::F64_LANES) {
                let mut sums = [simd.splat_f64s(0.0); N_COMPONENTS];
                for (point, row) in left.iter().zip(&padded) {
                    let row = S::as_simd_f64s(row).0[vector];
                    for (sum, &x) in sums.iter_mut().zip(point) {
                        *sum = simd.mul_add_f64s(simd.splat_f64s(x), row, *sum);
                    }
                }
                for (row, &sum) in of_block.iter_mut().zip(&sums) {
                    S::as_mut_simd_f64s(row).0[vector] = sum;
                }
            }
            for (total, of_block) in total.iter_mut().zip(&of_block) {
                for (sum, &x) in total.iter_mut().zip(of_block) {
                    *sum += x;
                }
            }
        }
        total
    }
}

/// The squares left by a map, compiled likewise.
struct Left<'a> {
    from: &'a [[f64; N_COMPONENTS]],
    to: &'a [[f64; N_COMPONENTS]],
    map: &'a Square,
}

impl WithSimd for Left<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let mut map = [[0.0; WIDTH]; N_COMPONENTS];
        for (padded, row) in map.iter_mut().zip(self.map) {
            padded[..N_COMPONENTS].copy_from_slice(row);
        }
        let mut total = [0.0; WIDTH];
        let mut padded = [[0.0; WIDTH]; BLOCK];
        for (from, to) in self.from.chunks(BLOCK).zip(self.to.chunks(BLOCK)) {
            for (row, point) in padded.iter_mut().zip(to) {
                row[..N_COMPONENTS].copy_from_slice(point);
            }
            let mut of_block = [0.0; WIDTH];
            for vector in 0..N_COMPONENTS.div_ceil(S::F64_LANES) {
                let mut of_map = [simd.splat_f64s(0.0); N_COMPONENTS];
                for (column, row) in of_map.iter_mut().zip(&map) {
                    *column = S::as_simd_f64s(row).0[vector];
                }
                let mut sum = simd.splat_f64s(0.0);
                for (point, row) in from.iter().zip(&padded) {
                    // Halves side by side: one chain of ten additions would wait for itself.
                    let mut first = S::as_simd_f64s(row).0[vector];
                    let mut second = simd.splat_f64s(0.0);
                    for k in 0..N_COMPONENTS / 2 {
                        first = simd.mul_add_f64s(simd.splat_f64s(-point[k]), of_map[k], first);
                        let k = k + N_COMPONENTS / 2;
                        second = simd.mul_add_f64s(simd.splat_f64s(-point[k]), of_map[k], second);
                    }
                    let left = simd.add_f64s(first, second);
                    sum = simd.mul_add_f64s(left, left, sum);
                }
                S::as_mut_simd_f64s(&mut of_block).0[vector] = sum;
            }
            for (total, of_block) in total.iter_mut().zip(of_block) {
                *total += of_block;
            }
        }
        total.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, s};

    #[test]
    fn products_and_what_is_left_are_those_of_the_matrices_on_every_instruction_set() {
        for n in [1, 127, 128, 300] {
            let points =
                Array2::from_shape_fn((2 * n, N_COMPONENTS), |(i, k)| ((5 * i * k + i + 3 * k) as f64).sin());
            let (a, b) = (points.slice(s![..n, ..]), points.slice(s![n.., ..]));
            let found = of(a, b).expect("rows of ten");
            for ((i, j), expected) in a.t().dot(&b).indexed_iter() {
                assert!((found[i][j] - expected).abs() < 1e-12 * n as f64, "n = {n}, {i}, {j}"); // sums of n products
            }
            let left = squares_left(a, b, &found).expect("rows of ten");
            let map = Array2::from_shape_fn((N_COMPONENTS, N_COMPONENTS), |(i, j)| found[i][j]);
            let expected = (&b - &a.dot(&map)).mapv(|x| x * x).sum();
            assert!((left - expected).abs() < 1e-12 * expected, "n = {n}: {left} {expected}");
            let [from, to] = rows(a, b).expect("rows of ten");
            assert_eq!(Sum { left: from, right: to }.with_simd(pulp::Scalar::new()), found);
            assert_eq!(Left { from, to, map: &found }.with_simd(pulp::Scalar::new()), left);
        }
    }
}
