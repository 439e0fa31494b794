//! Claims 3, 4, 9 and 10: shapes of trajectories and of the cloud of units.

use super::TaskEvidence;
use super::part::{Part, Way, difference};
use crate::analysis::measures::Measure;
use crate::analysis::statistics::Resampling;
use circuitscope_kernel::Curve::{Relu, Sigmoid, Tanh};

/// Both `ReLU` and sigmoid networks on one side of tanh networks.
fn against_tanh(task: &TaskEvidence, measure: Measure, way: Way, resampling: Resampling) -> [Part; 2] {
    [Relu, Sigmoid].map(|curve| difference(task, measure, [curve, Tanh], way, resampling))
}

pub(super) fn butterflies(task: &TaskEvidence, resampling: Resampling) -> Vec<Part> {
    against_tanh(task, Measure::ExchangeResidual, Way::Below, resampling).to_vec()
}

pub(super) fn early_sheets(task: &TaskEvidence, resampling: Resampling) -> Vec<Part> {
    let early = against_tanh(task, Measure::EarlyDivergence, Way::Below, resampling);
    [early, against_tanh(task, Measure::ContextAxisShare, Way::Above, resampling)].concat()
}

pub(super) fn cross_of_units(task: &TaskEvidence, resampling: Resampling) -> Vec<Part> {
    let measures = [Measure::ArmConcentration, Measure::EvennessOfRadii];
    measures.map(|measure| against_tanh(task, measure, Way::Above, resampling)).concat()
}

pub(super) fn central_cluster(task: &TaskEvidence, resampling: Resampling) -> Vec<Part> {
    let measures = [Measure::KurtosisOfRadii, Measure::LargestRadius];
    measures.map(|measure| against_tanh(task, measure, Way::Below, resampling)).concat()
}
