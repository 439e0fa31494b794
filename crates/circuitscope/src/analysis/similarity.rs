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
    /// A network was not prepared for this measure.
    #[error("a network was not prepared for {measure:?}")]
    Unprepared {
        /// The measure.
        measure: SimilarityMeasure,
    },
}

/// What the measures need of one network, worked out once.
#[derive(Clone, Debug)]
pub struct Prepared {
    representation: Representation,
    dynamics: Option<Dynamics>,
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
/// [`SimilarityError::Points`] if the networks were seen on other trials or steps; [`SimilarityError::Unprepared`] if a
/// measure is asked for that one of them was not prepared for.
pub fn distances(
    a: &Prepared,
    b: &Prepared,
    measures: &[SimilarityMeasure],
    search: &Search,
) -> Result<Vec<f64>, SimilarityError> {
    // One order of the two, so that neither rounding nor the search depends on the order of the arguments.
    let [a, b] = if b.representation.precedes(&a.representation) { [b, a] } else { [a, b] };
    let overlap = Overlap::of(&a.representation, &b.representation)?;
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
/// and at a right angle to all others.
fn angle(overlap: f64, [a, b]: [f64; 2]) -> f64 {
    match (a > 0.0, b > 0.0) {
        (true, true) => (overlap / (a * b)).clamp(-1.0, 1.0).acos(),
        (false, false) => 0.0,
        _ => std::f64::consts::FRAC_PI_2,
    }
}

#[cfg(test)]
mod tests;
