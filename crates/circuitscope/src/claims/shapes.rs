//! Claims 3, 4, 9 and 10: shapes of trajectories and of the cloud of units.

use super::part::{Part, Way, difference, difference_within};
use super::{TaskEvidence, Terms};
use crate::analysis::measures::Measure;
use crate::architecture::Constraint;
use circuitscope_kernel::Curve::{Relu, Sigmoid, Tanh};

/// Both `ReLU` and sigmoid networks on one side of tanh networks.
fn against_tanh(task: &TaskEvidence, measure: Measure, way: Way, terms: Terms) -> [Part; 2] {
    [Relu, Sigmoid].map(|curve| difference(task, measure, [curve, Tanh], way, terms))
}

pub(super) fn butterflies(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    against_tanh(task, Measure::ExchangeResidual, Way::Below, terms).to_vec()
}

pub(super) fn butterflies_by_constraint(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let within = |constraint| {
        [Relu, Sigmoid].map(|curve| {
            difference_within(task, Measure::ExchangeResidual, [curve, Tanh], constraint, Way::Below, terms)
        })
    };
    [Constraint::Dale, Constraint::Free].map(within).concat()
}

pub(super) fn early_sheets(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    [early(task, terms), pooled_share(task, terms)].concat()
}

pub(super) fn early(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    against_tanh(task, Measure::EarlyDivergence, Way::Below, terms).to_vec()
}

pub(super) fn pooled_share(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    against_tanh(task, Measure::ContextAxisShare, Way::Above, terms).to_vec()
}

pub(super) fn cross_of_units(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let arms = against_tanh(task, Measure::ArmConcentration, Way::Above, terms).to_vec();
    [arms, even_arms(task, terms)].concat()
}

pub(super) fn even_arms(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    against_tanh(task, Measure::EvennessOfRadii, Way::Above, terms).to_vec()
}

pub(super) fn central_cluster(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let measures = [Measure::KurtosisOfRadii, Measure::LargestRadius];
    measures.map(|measure| against_tanh(task, measure, Way::Below, terms)).concat()
}
