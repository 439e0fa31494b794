//! Latent circuits: a network of a few nodes whose states, embedded by an orthonormal `Q`, reproduce the responses of a
//! large network or of recorded neurons (Langdon & Engel 2025, LE25; TE25; docs/methods.md §4.7).
//!
//! [`fit`]: [`responses`] and their [`subspace`] → fits from many starts under a [`setting`] with its [`schedule`] →
//! [`score`].
//! [`judge`]: conditions held out, and the number of nodes that they ask for.
//! [`matching`] and [`consensus`]: what the fits of one network agree on.
//! [`perturbation`]: whether the network follows when both are changed alike, and what each weight does to behaviour.
//! [`prediction`]: how well that of the circuit predicts that of the network, beside circuits that should not.
//! [`mechanism`]: what the circuit does, by numbers. [`roles`]: what each node stands for.
//! [`distance`]: between the circuits of different networks; [`class_mean`]: what those of a class have in common.

pub mod class_mean;
pub mod consensus;
pub mod distance;
pub mod fit;
pub mod judge;
#[cfg(test)]
mod made;
pub mod matching;
pub mod mechanism;
pub mod noise_ceiling;
mod objective;
pub mod perturbation;
mod placement;
pub mod prediction;
pub mod responses;
pub mod roles;
pub mod schedule;
pub mod score;
pub mod setting;
mod standard;
mod start;
pub mod subspace;
mod unit_regression;

use super::components::FeatureError;
use crate::dynamics::run::RunError;
use crate::network::NetworkError;

/// Why no latent circuit can be fitted or judged.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CircuitError {
    /// An array does not fit the others.
    #[error("`{name}` has shape {found:?}, expected {expected:?}")]
    Shape {
        /// Name of the array.
        name: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that would fit.
        expected: Vec<usize>,
    },
    /// An input is NaN or infinite, or a response infinite (NaN stands for a missing one).
    #[error("`{name}` holds {value} at position {position:?}, expected {expected}")]
    Number {
        /// Name of the array.
        name: &'static str,
        /// The offending entry.
        value: f64,
        /// Where it stands.
        position: [usize; 3],
        /// What may stand there, in words.
        expected: &'static str,
    },
    /// A unit was never recorded.
    #[error("unit {unit} has no response, expected at least one recorded entry a unit")]
    NoResponse {
        /// The unit.
        unit: usize,
    },
    /// A setting is outside its range.
    #[error("`{name}` is {found}, expected {expected}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// Its value.
        found: usize,
        /// The range in words.
        expected: String,
    },
    /// The responses have too few dimensions for an orthonormal embedding of the nodes.
    #[error("the responses span {found} dimensions, expected at least the circuit's {n_nodes}")]
    Dimensions {
        /// Dimensions of the responses: their units.
        found: usize,
        /// Nodes of the circuit.
        n_nodes: usize,
    },
    /// The caller asked to stop.
    #[error("the fit was interrupted")]
    Interrupted,
    /// The network cannot be run on the trials.
    #[error("the network cannot be run")]
    Run(#[from] RunError),
    /// The network itself is none.
    #[error("the network does not fit together")]
    Network(#[from] NetworkError),
    /// The responses have no principal components.
    #[error("the responses have no principal components")]
    Components(#[from] FeatureError),
}
