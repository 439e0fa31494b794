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

use super::components::FeatureError;
use super::distance::beyond;

pub mod cka;
pub mod dsa;
pub mod regression;
mod representation;
pub mod shape;

use dsa::{Alignment, Dynamics, Search};
pub use representation::{Overlap, Representation};

/// A measure of how far apart two trajectories are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SimilarityMeasure {
    /// Euclidean Procrustes distance, see [`shape::procrustes`].
    Procrustes,
    /// Angle between shapes, see [`shape::angular`].
    Angular,
    /// Angle of linear centred kernel alignment, see [`cka::distance`].
    Cka,
    /// What linear regression leaves unexplained, see [`regression::distance`].
    Regression,
    /// Angle between vector fields, see [`dsa`].
    Dsa,
    /// Euclidean distance of vector fields, see [`dsa`].
    DsaEuclidean,
}

impl SimilarityMeasure {
    /// Every measure.
    pub const ALL: [Self; 6] =
        [Self::Procrustes, Self::Angular, Self::Cka, Self::Regression, Self::Dsa, Self::DsaEuclidean];

    /// The name in files, on the command line and on figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Procrustes => "procrustes",
            Self::Angular => "angular",
            Self::Cka => "cka",
            Self::Regression => "regression",
            Self::Dsa => "dsa",
            Self::DsaEuclidean => "dsa-euclidean",
        }
    }

    /// The measure of a name; [`None`] if no measure has it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    /// Whether it compares how states move on, and so needs steps in a row.
    pub const fn is_dynamical(self) -> bool {
        matches!(self, Self::Dsa | Self::DsaEuclidean)
    }
}

/// Why a measure cannot be taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimilarityError {
    /// The points cannot be decomposed.
    #[error(transparent)]
    Feature(#[from] FeatureError),
    /// Points are not whole trials.
    #[error("{n_points} points are no whole number of steps of {n_trials} trials")]
    Trials {
        /// Number of points.
        n_points: usize,
        /// Number of trials.
        n_trials: usize,
    },
    /// Trials are too short for the delays.
    #[error("trials have {n_steps} steps, dynamical similarity needs {n_needed}")]
    Steps {
        /// Steps of a trial.
        n_steps: usize,
        /// Steps that are needed.
        n_needed: usize,
    },
    /// Two sets of points are not of the same trials and steps.
    #[error("{first} and {second} points cannot be compared one by one")]
    Points {
        /// Points of the first.
        first: usize,
        /// Points of the second.
        second: usize,
    },
    /// So few points in so many directions are the same by this measure whatever they are.
    #[error(
        "{measure:?} finds no difference between any {n_points} points that span {rank} directions; it needs {n_needed} points"
    )]
    Saturated {
        /// The measure.
        measure: SimilarityMeasure,
        /// Number of points.
        n_points: usize,
        /// Directions that they span.
        rank: usize,
        /// Points that are needed at least.
        n_needed: usize,
    },
    /// A network was not prepared for this measure.
    #[error("a network was not prepared for {measure:?}")]
    Unprepared {
        /// The measure.
        measure: SimilarityMeasure,
    },
}

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
    let dynamics = if is_dynamical { Some(dsa::dynamics(points, n_trials)?) } else { None };
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

/// The angle whose cosine is the overlap of two things over their sizes; things without size are alike among themselves
/// and at a right angle to all others. A cosine that is one but for rounding is one: its arc would be the root of that.
fn angle(overlap: f64, [a, b]: [f64; 2], rounding: f64) -> f64 {
    match (a > 0.0, b > 0.0) {
        (true, true) => (1.0 - beyond(rounding, 1.0 - overlap / (a * b))).max(-1.0).acos(),
        (false, false) => 0.0,
        _ => std::f64::consts::FRAC_PI_2,
    }
}

#[cfg(test)]
mod tests;
