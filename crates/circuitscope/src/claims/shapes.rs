//! Claims 3, 4, 9 and 10: shapes of trajectories and of the cloud of units.

use super::numbers::{before_training, difference, difference_within, interaction, level};
use super::part::{Part, Way};
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

/// The same of what trials of a context have of their own, whatever the contexts do.
pub(super) fn wings(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    against_tanh(task, Measure::WingResidual, Way::Below, terms).to_vec()
}

/// What activations differ under Dale's law is what they differ without it.
pub(super) fn butterflies_whatever_the_constraint(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let margin = terms.margins.symmetry;
    [Relu, Sigmoid]
        .map(|curve| interaction(task, Measure::ExchangeResidual, [curve, Tanh], margin, terms))
        .to_vec()
}

/// How far evidence moves states along the axis between the contexts, of all that it moves them.
pub(super) fn evidence_across(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    against_tanh(task, Measure::EvidenceAlongAxis, Way::Above, terms).to_vec()
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

/// The share along the context axis about each context's moving mean, step by step.
pub(super) fn moving_share(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    against_tanh(task, Measure::MovingContextShare, Way::Above, terms).to_vec()
}

/// The angle between sheet and context axis, tanh above the others; beside it that of each, less what independent directions give
/// in the components that are looked at. Among as many directions as there are units nearly any two are at right angles, so that an
/// angle alone says nothing: only that it is larger in one activation than in another.
pub(super) fn sheet_angle(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let above = |curve| difference(task, Measure::SheetAngle, [Tanh, curve], Way::Above, terms);
    let mut parts = [Relu, Sigmoid].map(above).to_vec();
    let beside = |curve| level(task, Measure::SheetAngle, curve, Way::Aside, terms).aside();
    parts.extend([Relu, Sigmoid, Tanh].into_iter().filter_map(beside));
    parts
}

/// Concentration of directions on four half-axes without the bias of few units; beside it the values before training, and 0 for
/// an isotropic cloud.
pub(super) fn angular_concentration(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let mut parts = against_tanh(task, Measure::AngularConcentration, Way::Above, terms).to_vec();
    parts.extend(
        [Relu, Sigmoid].map(|curve| level(task, Measure::AngularConcentration, curve, Way::Above, terms)),
    );
    let untrained = |curve| before_training(task, Measure::AngularConcentration, curve, terms);
    parts.extend([Relu, Sigmoid, Tanh].into_iter().filter_map(untrained));
    parts
}

pub(super) fn far_units(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    against_tanh(task, Measure::FarShare, Way::Above, terms).to_vec()
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
