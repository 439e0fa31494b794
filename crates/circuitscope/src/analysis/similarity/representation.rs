//! Points of a network as an orthonormal basis with its weights: every linear measure of a pair is one product of bases.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
use ndarray::{Array2, ArrayView2};
use std::cmp::Ordering;

use super::measure::SimilarityError;
use crate::analysis::components::{FeatureError, centre_columns, decompose};
use crate::analysis::distance::beyond;

/// The centred points `X = U S Vᵀ` of one network; rotations of its space, `V`, are forgotten.
#[derive(Clone, Debug)]
pub struct Representation {
    /// `U` `[P, r]`, orthonormal, r the rank.
    basis: Mat<f64>,
    /// The diagonal of `S` `[r]`, falling.
    values: Vec<f64>,
}

impl Representation {
    /// Centres and decomposes points `[P, k]`.
    ///
    /// # Errors
    /// [`FeatureError`] if there are no points, one is not finite, or the decomposition fails.
    pub fn new(points: ArrayView2<'_, f64>) -> Result<Self, FeatureError> {
        let (n_points, n_components) = points.dim();
        if points.is_empty() {
            return Err(FeatureError::Empty { found: [n_components, n_points, 1] });
        }
        if let Some(((_, unit), &value)) = points.indexed_iter().find(|(_, x)| !x.is_finite()) {
            return Err(FeatureError::NotFinite { unit, value });
        }
        let left = decompose(centred(points).view())?;
        Ok(Self { basis: left.vectors, values: left.values })
    }

    /// Number of points.
    pub(super) fn n_points(&self) -> usize {
        self.basis.nrows()
    }

    /// Number of directions that the points span.
    pub(super) fn rank(&self) -> usize {
        self.values.len()
    }

    /// Number of directions by how evenly they hold the variance, `(Σ λ)² / Σ λ²` (participation ratio); 0 where none does.
    pub(super) fn dimension(&self) -> f64 {
        let [sum, squares] =
            [1, 2].map(|power| self.values.iter().map(|value| (value * value).powi(power)).sum::<f64>());
        if squares > 0.0 { sum * sum / squares } else { 0.0 }
    }

    /// Root of the sum of squares of all centred points.
    pub(super) fn norm(&self) -> f64 {
        self.values.iter().map(|value| value * value).sum::<f64>().sqrt()
    }

    /// Whether it comes before another: the first differing value or entry is lower.
    pub(super) fn precedes(&self, other: &Self) -> bool {
        let values = self.values.iter().zip(&other.values);
        let columns = self.basis.col_iter().zip(other.basis.col_iter());
        let entries = columns.flat_map(|(a, b)| a.iter().zip(b.iter()));
        let first = values.chain(entries).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
        first == Some(Ordering::Less)
    }
}

/// Points less their mean; all zero where they do not move but for rounding.
pub(super) fn centred(points: ArrayView2<'_, f64>) -> Array2<f64> {
    let largest = |points: ArrayView2<'_, f64>| points.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let mut centred = points.to_owned();
    centre_columns(&mut centred);
    // The mean of P equal numbers is off by up to √P roundings in practice.
    if largest(centred.view()) <= f64::EPSILON * (points.nrows() as f64).sqrt() * largest(points) {
        centred.fill(0.0);
    }
    centred
}

/// Two representations with `Uᵀ U′`, the cosines between their directions.
#[derive(Clone, Debug)]
pub struct Overlap<'a> {
    pub(super) a: &'a Representation,
    pub(super) b: &'a Representation,
    /// `[r, r′]`.
    cosines: Mat<f64>,
}

impl<'a> Overlap<'a> {
    /// Multiplies the two bases.
    ///
    /// # Errors
    /// [`SimilarityError::Points`] if they have different numbers of points.
    pub fn of(a: &'a Representation, b: &'a Representation) -> Result<Self, SimilarityError> {
        let [first, second] = [a, b].map(|one| one.basis.nrows());
        if first != second {
            return Err(SimilarityError::Points { first, second });
        }
        let mut cosines = Mat::zeros(a.values.len(), b.values.len());
        matmul(&mut cosines, Accum::Replace, a.basis.transpose(), &b.basis, 1.0, Par::Seq);
        Ok(Self { a, b, cosines })
    }

    /// Number of points of either.
    pub(super) fn n_points(&self) -> usize {
        self.a.n_points()
    }

    /// `‖Uᵀ X′‖²`: how much of the second points lies in the space of the first; and the reverse.
    pub(super) fn explained(&self) -> [f64; 2] {
        let (mut of_b, mut of_a) = (0.0, 0.0);
        for (j, value_b) in self.b.values.iter().enumerate() {
            for (i, value_a) in self.a.values.iter().enumerate() {
                let square = self.cosines[(i, j)] * self.cosines[(i, j)];
                of_b += square * value_b * value_b;
                of_a += square * value_a * value_a;
            }
        }
        [of_b, of_a]
    }

    /// `S Uᵀ U′ S′`, which is `Xᵀ X′` up to rotations of either space.
    pub(super) fn product(&self) -> Mat<f64> {
        Mat::from_fn(self.a.values.len(), self.b.values.len(), |i, j| {
            self.a.values[i] * self.cosines[(i, j)] * self.b.values[j]
        })
    }

    /// `‖XᵀX‖_F` of either.
    pub(super) fn gram_norms(&self) -> [f64; 2] {
        [self.a, self.b].map(|one| one.values.iter().map(|value| value.powi(4)).sum::<f64>().sqrt())
    }
}

/// The angle whose cosine is the overlap of two things over their sizes; things without size are alike among themselves
/// and at a right angle to all others. A cosine that is one but for rounding is one: its arc would be the root of that.
pub(super) fn angle(overlap: f64, [a, b]: [f64; 2], rounding: f64) -> f64 {
    match (a > 0.0, b > 0.0) {
        (true, true) => (1.0 - beyond(rounding, 1.0 - overlap / (a * b))).max(-1.0).acos(),
        (false, false) => 0.0,
        _ => std::f64::consts::FRAC_PI_2,
    }
}
