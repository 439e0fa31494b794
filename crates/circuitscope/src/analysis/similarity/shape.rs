//! Procrustes shape metrics: what the best rotation or reflection leaves between two sets of points.
//!
//! # Source
//! Williams et al. 2021, arXiv:2110.14739: the family whitens each set in part,
//! `X ↦ X (α I + (1 − α) (XᵀX)^(−½))`, before it is turned. Ours is α = 1, no whitening, where the distances
//! are those of Procrustes analysis; α = 0 would be canonical correlations. Schönemann 1966, doi:10.1007/BF02289451: the
//! best orthogonal map `Q` gives `tr(Qᵀ XᵀY) = ‖XᵀY‖_*`, the sum of singular values.

use super::representation::{Overlap, angle};
use crate::analysis::distance::{beyond, rounding};

/// `arccos(‖XᵀY‖_* / (‖X‖ ‖Y‖))` of centred points, 0 to π/2 (rad).
pub fn angular(overlap: &Overlap<'_>) -> f64 {
    angle(nuclear_norm(overlap), [overlap.a.norm(), overlap.b.norm()], rounding(overlap.n_points()))
}

/// `min_Q ‖X − Y Q‖_F` over orthogonal `Q`, in the units of the points. Of points of equal size a function of
/// [`angular`]: `2 ‖X‖ sin(angle / 2)`.
pub fn procrustes(overlap: &Overlap<'_>) -> f64 {
    let [a, b] = [overlap.a.norm(), overlap.b.norm()];
    let whole = a * a + b * b;
    beyond(rounding(overlap.n_points()) * whole, whole - 2.0 * nuclear_norm(overlap)).sqrt()
}

fn nuclear_norm(overlap: &Overlap<'_>) -> f64 {
    let product = overlap.product();
    if product.nrows() * product.ncols() == 0 {
        return 0.0;
    }
    // The iteration of a finite matrix converges; if ever not, no overlap is still a lower bound.
    product.singular_values().map_or(0.0, |values| values.iter().sum())
}
