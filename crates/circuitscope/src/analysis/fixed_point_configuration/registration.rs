//! One configuration carried onto another, and what that leaves.

use ndarray::Array2;

/// Number of components that are compared (docs/methods.md §4.3; the published number).
pub const N_COMPONENTS: usize = 7;

/// What a point costs whose input and stability the other network has no fixed point of: the mean squared distance of a
/// configuration's points from their centre.
///
/// So it is as far off as if the other network had one point there, at the centre of all its fixed points. The published
/// code compares such a point with the other network's first point, whatever that is.
pub const UNMATCHED_COST: f64 = 1.0;

/// One configuration carried onto another by an orthogonal map.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupedRegistration {
    /// Sum over the points that have a counterpart of the squared distance to the nearest one, under `map`.
    pub sum_of_squares: f64,
    /// Points without a counterpart.
    pub n_unmatched: usize,
    /// All points that moved.
    pub n_points: usize,
    /// Orthogonal map `R` `[7, 7]`, reflections allowed; a moving point `a` (a row) goes to `a R`.
    pub map: Array2<f64>,
}

impl GroupedRegistration {
    /// Mean over the moving points of the squared distance to the counterpart, or of [`UNMATCHED_COST`].
    pub fn mean_square(&self) -> f64 {
        let unmatched = self.n_unmatched as f64 * UNMATCHED_COST;
        (self.sum_of_squares + unmatched) / self.n_points.max(1) as f64
    }
}
