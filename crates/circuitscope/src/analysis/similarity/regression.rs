//! What linear regression of one set of states on the other leaves unexplained.
//!
//! # Source
//! Linear-regression R² as in Kornblith et al. 2019, arXiv:1905.00414, table 1: `R²(X→Y) = ‖U_Xᵀ Y‖²_F / ‖Y‖²_F`, with `U_X` an
//! orthonormal basis of the centred `X`. It has a direction; ours is the mean of both. The published distance of
//! trajectories is made of the same two numbers: the mean of `√(P (1 − R²))` over both directions, so that a conclusion that
//! survives here is the published one without the square root.

use super::Overlap;
use crate::analysis::distance::{beyond, rounding};

/// `1 − (R²(X→Y) + R²(Y→X)) / 2`, 0 to 1: the variance left, averaged over both directions. Not a metric.
///
/// Of points as many as the directions that they span and one, everything is explained, whatever they are:
/// [`SimilarityError::Saturated`](super::SimilarityError::Saturated).
///
/// Of a silent network nothing can be explained, and nothing by it; two silent ones are alike.
pub fn distance(overlap: &Overlap<'_>) -> f64 {
    let [a, b] = [overlap.a, overlap.b].map(|one| one.norm().powi(2));
    if a == 0.0 || b == 0.0 {
        return if a == b { 0.0 } else { 1.0 };
    }
    let [of_b, of_a] = overlap.explained();
    beyond(rounding(overlap.n_points()), 1.0 - f64::midpoint(of_a / a, of_b / b))
}
