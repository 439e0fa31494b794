//! Claims 14 to 17 and 19: mechanisms of latent circuits, and behaviour that follows from them.

use super::part::{Way, difference, level, level_of_all};
use super::{Draft, TaskEvidence};
use crate::analysis::measures::Measure;
use crate::analysis::statistics::Resampling;
use circuitscope_kernel::Curve::{Relu, Sigmoid, Tanh};

pub(super) fn inhibition(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let part = |curve| level(task, Measure::ContextInhibition, curve, Way::Below, resampling);
    let statement = "In ReLU and sigmoid circuits context nodes inhibit irrelevant sensory nodes";
    Draft { number: 14, statement, parts: [Relu, Sigmoid].map(part).to_vec() }
}

pub(super) fn saturation(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let part = |measure| level(task, measure, Tanh, Way::Below, resampling);
    let parts = [Measure::IrrelevantSignProduct, Measure::IrrelevantGain].map(part).to_vec();
    Draft { number: 15, statement: "tanh circuits drive irrelevant nodes into opposite saturation", parts }
}

pub(super) fn sensitive(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let part = |curve| level(task, Measure::IrrelevantSlope, curve, Way::Above, resampling);
    let statement = "ReLU and sigmoid networks become sensitive to strong irrelevant stimuli";
    Draft { number: 16, statement, parts: [Relu, Sigmoid].map(part).to_vec() }
}

/// The list also accepts a slope whose interval includes zero. That shows nothing if the interval is wide, so what is asked is
/// its other alternative: that tanh lies below both others, by any margin that the interval leaves above zero.
pub(super) fn insensitive(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let below = |curve| difference(task, Measure::IrrelevantSlope, [Tanh, curve], Way::Below, resampling);
    let mut parts = [Relu, Sigmoid].map(below).to_vec();
    let own = level(task, Measure::IrrelevantSlope, Tanh, Way::Aside, resampling);
    if own.missing.is_none() {
        parts.push(own.aside());
    }
    Draft {
        number: 17,
        statement: "tanh networks do not become sensitive to strong irrelevant stimuli",
        parts,
    }
}

pub(super) fn predictive(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = vec![level_of_all(task, Measure::PerturbationCorrelation, Way::Above, resampling)];
    Draft { number: 19, statement: "Circuits predict the network", parts }
}
