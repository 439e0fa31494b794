//! Bounds that hold in spite of rounding.
//!
//! A bound is a number at least as large as the real number it stands for. Scalars: every operation is rounded to
//! nearest and then moved up by one float ([`f64::next_up`]), which is at least the exact result. Sums and products of
//! matrices: the a-priori bound `γ_k = k u / (1 − k u)`, `u = 2⁻⁵³`, holds for a sum of k products in any order of
//! summation, with or without fused operations (Higham 2002, *Accuracy and Stability of Numerical Algorithms*, §3.1).
//! Underflow is covered by [`TINY`] per term.

use std::ops::{Add, Div, Mul};

use faer::Mat;

use super::linear::product;

/// Half the distance from 1 to the next float.
const UNIT: f64 = f64::EPSILON / 2.0;
/// More than a product can lose by underflow.
const TINY: f64 = 1e-300;

/// An upper bound of a number that is not negative.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Upper(pub(super) f64);

impl Add for Upper {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self((self.0 + other.0).next_up())
    }
}

impl Mul for Upper {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self((self.0 * other.0).next_up())
    }
}

/// The divisor is a lower bound of a positive number.
impl Div<f64> for Upper {
    type Output = Self;
    fn div(self, lower: f64) -> Self {
        Self((self.0 / lower).next_up())
    }
}

impl Upper {
    /// Bound of the square root.
    pub(super) fn sqrt(self) -> Self {
        Self(self.0.sqrt().next_up())
    }

    /// A lower bound of `1 − self`.
    pub(super) fn below_one(self) -> f64 {
        (1.0 - self.0).next_down()
    }
}

/// Relative error of a sum of `k` products at most.
pub(super) fn gamma(k: usize) -> Upper {
    let share = Upper(k as f64 * UNIT); // exact: a power of two times an integer
    share / share.below_one()
}

/// Bound of the Euclidean norm of exact numbers.
pub(super) fn norm_above(entries: impl Iterator<Item = f64>) -> Upper {
    let (sum, count) = entries.fold((0.0, 0_usize), |(sum, count), x| (sum + x * x, count + 1));
    let sum = Upper(sum) + Upper(TINY);
    (sum * (Upper(1.0) + gamma(2 * count + 4))).sqrt()
}

/// Sums that [`column_norm_above`] keeps apart, so that they can be made side by side.
const LANES: usize = 8;

/// [`norm_above`] of a slice; the bound of its error holds for any order of the sum.
pub(super) fn column_norm_above(column: &[f64]) -> Upper {
    let mut sums = [0.0; LANES];
    let chunks = column.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *sum += x * x;
        }
    }
    let sum = sums.iter().sum::<f64>() + rest.iter().map(|x| x * x).sum::<f64>();
    ((Upper(sum) + Upper(TINY)) * (Upper(1.0) + gamma(2 * column.len() + 4))).sqrt()
}

/// Bound of the Frobenius norm of a matrix.
pub(super) fn frobenius_above(matrix: &Mat<f64>) -> Upper {
    norm_above((0..matrix.ncols()).map(|j| column_norm_above(matrix.col_as_slice(j)).0))
}

/// Bound of the spectral norm, within some ten per cent: `‖A‖⁸ = ‖(AᵀA)²ᵀ(AᵀA)²‖ ≤` its Frobenius norm.
pub(super) fn spectral_above(matrix: &Mat<f64>) -> Upper {
    let gram = |a: &Mat<f64>| {
        let gram = product(a.transpose(), a.as_ref());
        let lost = gamma(a.nrows() + 2) * frobenius_above(a) * frobenius_above(a) + Upper(TINY);
        (gram, lost)
    };
    let (second, lost_second) = gram(matrix);
    let (fourth, lost_fourth) = gram(&second);
    let (eighth, lost_eighth) = gram(&fourth);
    let fourth_norm = (frobenius_above(&eighth) + lost_eighth).sqrt();
    let second_norm = (fourth_norm + lost_fourth).sqrt();
    let bound = (second_norm + lost_second).sqrt();
    Upper(bound.0.min(frobenius_above(matrix).0))
}

/// Bound of `‖I − C A‖` in the Frobenius norm, for the exact product of the two matrices.
pub(super) fn defect_above(c: &Mat<f64>, a: &Mat<f64>) -> Upper {
    let n = c.nrows();
    let mut defect = product(c.as_ref(), a.as_ref());
    for i in 0..n {
        defect[(i, i)] -= 1.0;
    }
    frobenius_above(&defect) * (Upper(1.0) + gamma(2))
        + gamma(n + 3) * (frobenius_above(c) * frobenius_above(a) + Upper((n as f64).sqrt()))
        + Upper(TINY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_above_what_they_bound_and_not_by_much() {
        let matrix = Mat::from_fn(60, 60, |i, j| ((7 * i + 3 * j * j) as f64).sin());
        let singular = matrix.singular_values().expect("converges");
        let (bound, largest) = (spectral_above(&matrix).0, singular[0]);
        assert!(bound >= largest && bound < 1.7 * largest, "{bound} for {largest}");
        let exact = singular.iter().map(|s| s * s).sum::<f64>().sqrt();
        let bound = frobenius_above(&matrix).0;
        assert!(bound >= exact * (1.0 - 1e-12) && bound < exact * (1.0 + 1e-12), "{bound} for {exact}");
    }

    #[test]
    fn every_operation_rounds_away_from_the_exact_result() {
        // 0.1 + 0.2 and 0.1 · 0.3 are not floats: the bound lies above both neighbours' midpoint.
        for (a, b) in [(0.1, 0.2), (0.3, 0.1), (1e-200, 3.0), (1e17, 1.0)] {
            assert!((Upper(a) + Upper(b)).0 > a + b);
            assert!((Upper(a) * Upper(b)).0 > a * b);
            assert!((Upper(a) / b).0 > a / b);
            assert!(Upper(a).sqrt().0 > a.sqrt());
        }
        assert!(gamma(100).0 > 100.0 * UNIT);
    }

    #[test]
    fn the_defect_of_an_exact_inverse_is_rounding_only() {
        let a = Mat::from_fn(3, 3, |i, j| if i == j { 4.0 } else { 0.0 });
        let c = Mat::from_fn(3, 3, |i, j| if i == j { 0.25 } else { 0.0 });
        let bound = defect_above(&c, &a).0;
        assert!(bound > 0.0 && bound < 1e-13, "{bound}");
    }
}
