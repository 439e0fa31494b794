//! Claims 14 to 17 and 19: mechanisms of latent circuits, and behaviour that follows from them.

use super::numbers::{difference, level, level_beside, level_of_all, of_all};
use super::part::{Part, Way};
use super::{NetworkEvidence, TaskEvidence, Terms};
use crate::analysis::measures::Measure;
use circuitscope_kernel::Curve::{Relu, Sigmoid, Tanh};

pub(super) fn inhibition(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let part = |curve| level(task, Measure::ContextInhibition, curve, Way::Below, terms);
    [Relu, Sigmoid].map(part).to_vec()
}

/// Each irrelevant node is inhibited, in each context, and more than the relevant ones.
pub(super) fn inhibition_of_each(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let least = |curve| level(task, Measure::LeastInhibition, curve, Way::Below, terms);
    [[Relu, Sigmoid].map(least).to_vec(), inhibition(task, terms)].concat()
}

pub(super) fn saturation(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let part = |measure| level(task, measure, Tanh, Way::Below, terms);
    [Measure::IrrelevantSignProduct, Measure::IrrelevantGain].map(part).to_vec()
}

/// Saturation on the side opposite to inhibition: context nodes excite irrelevant ones, whose gain is at most half of that of
/// relevant ones, and less than in the other activations.
pub(super) fn opposite_side(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let mut parts = driven_up(task, terms);
    let less = |curve| difference(task, Measure::RelativeGain, [Tanh, curve], Way::Below, terms);
    parts.extend([Relu, Sigmoid].map(less));
    parts
}

/// The same of tanh alone: beside circuits that silence irrelevant nodes no gain is lower than theirs, which is 0.
pub(super) fn driven_up(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let above = |measure| level(task, measure, Tanh, Way::Above, terms);
    let mut parts = [Measure::ContextToIrrelevant, Measure::IrrelevantPreactivation].map(above).to_vec();
    parts.push(level_beside(task, Measure::RelativeGain, Tanh, Way::Below, HALF, terms));
    parts
}

/// One node of opposite sign in the two contexts, driven up and saturated where it is irrelevant: a node that is inhibited there
/// has opposite signs too.
pub(super) fn one_node_driven_up(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    [one_node(task, terms), driven_up(task, terms)].concat()
}

/// Gain of the irrelevant pair, over that of the relevant one, up to which it counts as saturated.
const HALF: f64 = 0.5;

/// One node of opposite sign in the two contexts.
pub(super) fn one_node(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    vec![level(task, Measure::NodeSignProduct, Tanh, Way::Below, terms)]
}

/// Motion in the colour context and colour in the motion context of opposite sign.
pub(super) fn two_stimuli(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    vec![level(task, Measure::StimulusSignProduct, Tanh, Way::Below, terms)]
}

/// A measure of choices of `ReLU` and of sigmoid networks above zero; beside it that of tanh.
fn above_zero(task: &TaskEvidence, measure: Measure, terms: Terms) -> Vec<Part> {
    let part = |curve| level(task, measure, curve, Way::Above, terms);
    let mut parts = [Relu, Sigmoid].map(part).to_vec();
    parts.extend(level(task, measure, Tanh, Way::Aside, terms).aside());
    parts
}

pub(super) fn sensitive(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    above_zero(task, Measure::IrrelevantSensitivity, terms)
}

pub(super) fn less_accurate(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    above_zero(task, Measure::AccuracyLost, terms)
}

pub(super) fn sloped(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    above_zero(task, Measure::IrrelevantSlope, terms)
}

/// A measure of choices of tanh networks below that of either other activation; beside it their own.
fn tanh_below(task: &TaskEvidence, measure: Measure, terms: Terms) -> Vec<Part> {
    let below = |curve| difference(task, measure, [Tanh, curve], Way::Below, terms);
    let mut parts = [Relu, Sigmoid].map(below).to_vec();
    parts.extend(level(task, measure, Tanh, Way::Aside, terms).aside());
    parts
}

/// tanh inside the margin around no sensitivity; beside it the other activations.
pub(super) fn insensitive(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let measure = Measure::IrrelevantSensitivity;
    let own = level(task, measure, Tanh, Way::Above, terms);
    let mut parts = vec![if own.missing.is_some() { own } else { own.within(terms.margins.sensitivity) }];
    let beside = |curve| level(task, measure, curve, Way::Aside, terms).aside();
    parts.extend([Relu, Sigmoid].into_iter().filter_map(beside));
    parts
}

pub(super) fn less_sensitive(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    tanh_below(task, Measure::IrrelevantSensitivity, terms)
}

/// The sensitivity of tanh by the number of trials that networks are trained on.
pub(super) fn by_training_set(_: &TaskEvidence, _: Terms) -> Vec<Part> {
    let missing = "networks trained on 98 and on 450 trials, and a study trains on one set of trials per task: two studies \
                   that differ in [task.cddm] train_coherences (seven and fifteen levels) answer it side by side";
    vec![Part::without(format!("{}, tanh, by training set", Measure::IrrelevantSensitivity.words()), missing)]
}

pub(super) fn more_accurate(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    tanh_below(task, Measure::AccuracyLost, terms)
}

pub(super) fn less_sloped(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    tanh_below(task, Measure::IrrelevantSlope, terms)
}

pub(super) fn predictive(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    vec![level_of_all(task, Measure::PerturbationCorrelation, Way::Above, terms)]
}

/// The circuit's effects are those of the network in size too, more than those of circuits that know nothing of the network.
///
/// R² of the identity has no lower bound, so that one network could decide a mean. R²/(2 − R²) has the same sign and order, and lies
/// from −1 to 1: (Σ Δnetwork² − Σ error²) / (Σ Δnetwork² + Σ error²).
pub(super) fn identical(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let of =
        |network: &NetworkEvidence, measure| network.measures.get(&measure).map(|&r2: &f64| r2 / (2.0 - r2));
    let fitted = Measure::PerturbationIdentity;
    let own = of_all(task, format!("{} (as R²/(2 − R²))", fitted.words()), terms, |network| {
        of(network, fitted)
    });
    let beyond = |baseline: Measure| {
        let words = format!("the same less that of {}", baseline.words());
        of_all(task, words, terms, |network| Some(of(network, fitted)? - of(network, baseline)?))
    };
    let baselines = [
        Measure::PerturbationIdentityOtherCircuit,
        Measure::PerturbationIdentityNoRecurrence,
        Measure::PerturbationIdentityRotated,
    ];
    std::iter::once(own).chain(baselines.map(beyond)).collect()
}
