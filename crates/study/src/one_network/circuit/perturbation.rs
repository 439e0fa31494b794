//! What matched perturbations of circuit and network tell, with keys that other tools read.

use circuitscope::analysis::latent_circuit::perturbation::{Causality, Probe};
use circuitscope::analysis::latent_circuit::prediction::{Prediction, fitted, rotated};
use serde::Serialize;

/// Changes of behaviour with each recurrent weight, in the circuit against the network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PerturbationRow {
    /// Pearson correlation over weights.
    pub correlation: f64,
    /// Share of permutations of the nodes that correlate as well.
    pub p: f64,
    /// R² of the identity: 1 − Σ(network − circuit)² / Σ network², which sees the amplitude of the changes; null where nothing
    /// changes in the network.
    pub r2_identity: Option<f64>,
    /// The same two numbers of the circuit without recurrent weights.
    pub no_recurrence: Option<PredictionRow>,
    /// The same two numbers with the embedded nodes rotated at random: means over 100 rotations.
    pub rotated: Option<PredictionRow>,
}

impl PerturbationRow {
    pub(super) fn of(causality: &Causality, no_recurrence: Option<Prediction>) -> Self {
        Self {
            correlation: causality.behaviour.r,
            p: causality.behaviour.p,
            r2_identity: PredictionRow::of(fitted(&causality.effects)).r2_identity,
            no_recurrence: no_recurrence.map(PredictionRow::of),
            rotated: rotated(&causality.effects, Probe::STANDARD.seed).map(PredictionRow::of),
        }
    }
}

/// How well changes in a circuit predict those in the network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PredictionRow {
    /// Pearson correlation over weights; null where one side does not vary.
    pub correlation: Option<f64>,
    /// R² of the identity; null where nothing changes in the network.
    pub r2_identity: Option<f64>,
}

impl PredictionRow {
    fn of(prediction: Prediction) -> Self {
        let finite = |number: f64| number.is_finite().then_some(number);
        Self { correlation: finite(prediction.r), r2_identity: finite(prediction.r2_identity) }
    }
}
