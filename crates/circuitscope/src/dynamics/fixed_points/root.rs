//! Roots, and what is proven or known of each.

use faer::Mat;
use ndarray::Array1;

use super::system::Point;

/// Nothing with a larger `‖rhs‖` (per time constant) is returned as a root.
pub const LARGEST_SPEED: f64 = 1e-10;

/// Proof of a root in the Euclidean norm, around [`FixedPointRoot::state`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificate {
    /// A root exists within this distance.
    pub radius: f64,
    /// There is no second root within this distance.
    pub unique_radius: f64,
}

/// What is known where roots are not told apart: near a bifurcation the flow is below its own rounding error over a stretch
/// of states, which may hold one root, several, or none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Degeneracy {
    /// The roots that are here lie within this distance, as far as samples of the flow against bounds of its rounding tell;
    /// infinite where no distance was found.
    pub radius: f64,
    /// Sum of the indices of the roots that are here. If it is not 0 there is one at least: 1 or −1 after a pitchfork, 0
    /// where two roots meet at a fold or have just missed each other. [`None`] where several directions are degenerate.
    pub index: Option<i8>,
}

/// A state where the flow vanishes.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedPointRoot {
    /// The state `[N]`: `y` in the rate form, `h` in the potential form.
    pub state: Array1<f64>,
    /// `‖rhs‖` there (per time constant), at most [`LARGEST_SPEED`].
    pub residual: f64,
    /// The proof; [`None`] if there is none, as near a fold or on the boundary of a `ReLU` pattern.
    pub certificate: Option<Certificate>,
    /// Set where this may be more than one root, or none.
    pub degeneracy: Option<Degeneracy>,
    /// Sign of the determinant of minus the Jacobian: 1 with an even number of unstable directions, −1 with an odd one; of a
    /// degenerate root the sum of the indices, or 0 where that is not known.
    pub index: i8,
    /// Independent starts that ended here.
    pub n_hits: usize,
    /// `ReLU`: units whose argument is zero as far as rounding tells, so that the flow has a kink here.
    pub boundary_units: Vec<usize>,
}

impl FixedPointRoot {
    /// Whether the root is proven to exist and to be the only one nearby.
    pub fn is_certified(&self) -> bool {
        self.certificate.is_some()
    }

    /// How far from `state` the root is at most; [`None`] where no bound is known. Proven if the root is certified, else
    /// that of [`Degeneracy`].
    pub fn radius(&self) -> Option<f64> {
        let proven = self.certificate.map(|proof| proof.radius);
        proven.or(self.degeneracy.map(|near| near.radius).filter(|radius| radius.is_finite()))
    }
}

/// A root during the search, in rates.
pub(super) struct Root {
    pub(super) point: Point,
    pub(super) certificate: Option<Certificate>,
    pub(super) degeneracy: Option<Degeneracy>,
    /// Sign of the determinant of `I − diag(f′) W`, or the index of a degenerate root.
    pub(super) sign: f64,
    /// Near the inverse of `I − diag(f′) W`; dropped when the search is over.
    pub(super) inverse: Option<Mat<f64>>,
    pub(super) n_hits: usize,
    pub(super) boundary_units: Vec<usize>,
}

impl Root {
    /// Whether a state at this distance belongs to the root: within it there is no other, or none that can be told apart.
    pub(super) fn holds(&self, gap: f64) -> bool {
        self.certificate.is_some_and(|proof| gap < proof.unique_radius)
            || self.degeneracy.is_some_and(|near| near.radius.is_finite() && gap <= near.radius)
    }

    /// The root without its inverse.
    pub(super) fn reported(&self) -> Self {
        let (point, boundary_units) = (self.point.clone(), self.boundary_units.clone());
        Self { point, boundary_units, inverse: None, ..*self }
    }
}
