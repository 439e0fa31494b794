//! How alike the trajectories of two networks are, by measures other than the published one.
//!
//! A conclusion that only one measure shows may be a property of the measure. Each measure is a distance between two sets
//! of points `[P, k]` of the same trials and steps; what each ignores, and whether it is a metric:
//!
//! | measure | ignores | metric |
//! |---|---|---|
//! | [`shape`], Euclidean | translation, rotation, reflection | yes |
//! | [`shape`], angular | the same and scale | yes |
//! | [`cka`] | translation, rotation, reflection, scale | yes |
//! | [`regression`] | every invertible affine map | no |
//! | [`dsa`], both forms | rotation, reflection, scale; every invertible linear map if no direction is cut off | yes, at the optimum |
//!
//! The first three compare where the states are, regression what can be read from them, DSA how they move on.

use ndarray::ArrayView2;

pub mod cka;
pub mod dsa;
mod measure;
pub mod regression;
mod representation;
pub mod shape;

use dsa::{Alignment, Dynamics, Search};
pub use measure::{Scale, SimilarityError, SimilarityMeasure};
pub use representation::{Overlap, Representation};

impl SimilarityMeasure {
    /// Points that the measure needs at least to tell shapes of this rank apart.
    ///
    /// A linear map has a coefficient per direction: of centred points one more than there are directions it carries any onto any
    /// others. An orthogonal map keeps their Gram matrix, of which two points have one entry. DSA counts the steps instead.
    const fn n_needed(self, rank: usize) -> usize {
        match self {
            Self::Regression => rank + 2,
            Self::Procrustes | Self::Angular | Self::Cka => 3,
            Self::Dsa | Self::DsaEuclidean => 0,
        }
    }
}

/// What the measures need of one network, worked out once.
#[derive(Clone, Debug)]
pub struct Prepared {
    representation: Representation,
    dynamics: Option<Dynamics>,
}

impl Prepared {
    /// Passes if there are points enough for the measure to tell shapes apart.
    ///
    /// # Errors
    /// [`SimilarityError::Saturated`] if it finds no difference between any so few points.
    pub fn check(&self, measure: SimilarityMeasure) -> Result<(), SimilarityError> {
        let (n_points, rank) = (self.representation.n_points(), self.representation.rank());
        let n_needed = measure.n_needed(rank);
        if n_points < n_needed {
            return Err(SimilarityError::Saturated { measure, n_points, rank, n_needed });
        }
        Ok(())
    }

    /// How alike this measure finds points that have nothing in common, for their number alone: the share of variance that a
    /// regression on as many directions of noise explains, or that which a rotation of as many can bring into line; 0 for a
    /// measure that does not ask.
    ///
    /// For rotations and kernels a direction counts by its share of the variance (participation ratio).
    pub fn chance(&self, measure: SimilarityMeasure) -> f64 {
        let free = (self.representation.n_points() as f64 - 1.0).max(1.0);
        let directions = match measure {
            SimilarityMeasure::Regression => self.representation.rank() as f64,
            SimilarityMeasure::Procrustes | SimilarityMeasure::Angular | SimilarityMeasure::Cka => {
                self.representation.dimension()
            }
            SimilarityMeasure::Dsa | SimilarityMeasure::DsaEuclidean => 0.0,
        };
        (directions / free).min(1.0)
    }
}

/// Decomposes the points of one network for the measures that are asked for.
///
/// - `points`: `[T·B, k]`, a step of a trial a row, steps outermost, as [`super::trajectories::trajectories`] gives them.
///
/// # Errors
/// [`SimilarityError`] if the points are no whole trials, the trials are too short for DSA, or a decomposition fails.
pub fn prepare(
    points: ArrayView2<'_, f64>,
    n_trials: usize,
    measures: &[SimilarityMeasure],
) -> Result<Prepared, SimilarityError> {
    let representation = Representation::new(points)?;
    let is_dynamical = measures.iter().any(|measure| measure.is_dynamical());
    let dynamics = if is_dynamical { Some(dsa::dynamics(points, n_trials, dsa::N_DELAYS)?) } else { None };
    Ok(Prepared { representation, dynamics })
}

/// Distance of two networks by each of the measures, in their order; the same whichever network comes first.
///
/// # Errors
/// [`SimilarityError::Points`] if the networks were seen on other trials or steps; [`SimilarityError::Saturated`] if a measure
/// is asked for that tells no such points apart; [`SimilarityError::Unprepared`] if one of them was not prepared for it.
pub fn distances(
    a: &Prepared,
    b: &Prepared,
    measures: &[SimilarityMeasure],
    search: &Search,
) -> Result<Vec<f64>, SimilarityError> {
    // One order of the two, so that neither rounding nor the search depends on the order of the arguments.
    let [a, b] = if b.representation.precedes(&a.representation) { [b, a] } else { [a, b] };
    let overlap = Overlap::of(&a.representation, &b.representation)?;
    for &measure in measures {
        a.check(measure).and_then(|()| b.check(measure))?;
    }
    let is_dynamical = measures.iter().any(|measure| measure.is_dynamical());
    let both = a.dynamics.as_ref().zip(b.dynamics.as_ref()).filter(|_| is_dynamical);
    let alignment = both.map(|(a, b)| search.align(a, b));
    let of_fields = |form: fn(&Alignment) -> f64| alignment.as_ref().map(form);
    let distance = |measure: &SimilarityMeasure| {
        let distance = match measure {
            SimilarityMeasure::Procrustes => Some(shape::procrustes(&overlap)),
            SimilarityMeasure::Angular => Some(shape::angular(&overlap)),
            SimilarityMeasure::Cka => Some(cka::distance(&overlap)),
            SimilarityMeasure::Regression => Some(regression::distance(&overlap)),
            SimilarityMeasure::Dsa => of_fields(Alignment::angular),
            SimilarityMeasure::DsaEuclidean => of_fields(Alignment::euclidean),
        };
        distance.ok_or(SimilarityError::Unprepared { measure: *measure })
    };
    measures.iter().map(distance).collect()
}

#[cfg(test)]
mod tests;
