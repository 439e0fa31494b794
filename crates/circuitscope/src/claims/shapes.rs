//! Claims 3, 4, 9 and 10: shapes of trajectories and of the cloud of units.

use super::part::{Way, difference};
use super::{Draft, Part, TaskEvidence};
use crate::analysis::measures::Measure;
use crate::analysis::statistics::Resampling;
use circuitscope_kernel::Curve::{Relu, Sigmoid, Tanh};

/// Both `ReLU` and sigmoid networks on one side of tanh networks.
fn against_tanh(task: &TaskEvidence, measure: Measure, way: Way, resampling: Resampling) -> [Part; 2] {
    [Relu, Sigmoid].map(|curve| difference(task, measure, [curve, Tanh], way, resampling))
}

pub(super) fn butterflies(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = against_tanh(task, Measure::ExchangeResidual, Way::Below, resampling).to_vec();
    Draft { number: 3, statement: "ReLU and sigmoid trajectories are symmetric, butterfly-shaped", parts }
}

pub(super) fn early_sheets(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let mut parts = against_tanh(task, Measure::EarlyDivergence, Way::Below, resampling).to_vec();
    parts.extend(against_tanh(task, Measure::ContextAxisShare, Way::Above, resampling));
    let statement = "tanh trajectories diverge at once into two sheets orthogonal to the context axis";
    Draft { number: 4, statement, parts }
}

pub(super) fn cross_of_units(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let mut parts = against_tanh(task, Measure::ArmConcentration, Way::Above, resampling).to_vec();
    parts.extend(against_tanh(task, Measure::EvennessOfRadii, Way::Above, resampling));
    Draft { number: 9, statement: "ReLU and sigmoid selectivity is a cross with populated arms", parts }
}

pub(super) fn central_cluster(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let mut parts = against_tanh(task, Measure::KurtosisOfRadii, Way::Below, resampling).to_vec();
    parts.extend(against_tanh(task, Measure::LargestRadius, Way::Below, resampling));
    Draft { number: 10, statement: "tanh selectivity is one central cluster with few far units", parts }
}
