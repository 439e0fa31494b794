//! Claims 14 to 17 and 19: mechanisms of latent circuits, and behaviour that follows from them.

use super::part::{Part, Way, difference, level, level_of_all};
use super::{TaskEvidence, Terms};
use crate::analysis::measures::Measure;
use circuitscope_kernel::Curve::{Relu, Sigmoid, Tanh};

pub(super) fn inhibition(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let part = |curve| level(task, Measure::ContextInhibition, curve, Way::Below, terms);
    [Relu, Sigmoid].map(part).to_vec()
}

pub(super) fn saturation(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let part = |measure| level(task, measure, Tanh, Way::Below, terms);
    [Measure::IrrelevantSignProduct, Measure::IrrelevantGain].map(part).to_vec()
}

pub(super) fn sensitive(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let part = |curve| level(task, Measure::IrrelevantSlope, curve, Way::Above, terms);
    [Relu, Sigmoid].map(part).to_vec()
}

/// The list also accepts a slope whose interval includes zero. That shows nothing if the interval is wide, so what is asked is
/// its other alternative: that tanh lies below both others, by any margin that the interval leaves above zero.
pub(super) fn insensitive(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let below = |curve| difference(task, Measure::IrrelevantSlope, [Tanh, curve], Way::Below, terms);
    let mut parts = [Relu, Sigmoid].map(below).to_vec();
    let own = level(task, Measure::IrrelevantSlope, Tanh, Way::Aside, terms);
    parts.extend(own.aside());
    parts
}

pub(super) fn predictive(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    vec![level_of_all(task, Measure::PerturbationCorrelation, Way::Above, terms)]
}
