//! Numbers that say of one network what a claim is about: the shape of its trajectories, units and fixed points.
//!
//! Each is a pure function of [`Features`]; [`of_network`] takes all that a network allows.

use std::collections::BTreeMap;

use ndarray::{ArrayView1, ArrayView2, Axis};

use super::components::Features;
use crate::task::{Epoch, Task};

mod choices;
mod decision;
mod geometry;
mod measure;
mod responses;
mod rest;
mod sheets;
mod units;
mod variation;

use geometry::by_relevance;

pub use choices::{Choices, accuracy_lost, irrelevant_sensitivity, irrelevant_slope};
pub use decision::{DecisionWindow, irrelevant_information, output_alignment};
pub use geometry::{context_axis_share, early_divergence, exchange_residual, wing_residual};
pub use measure::Measure;
pub use responses::{Lacking, Of, Responding, allowed_by_responses, bin_of, bins_of, of_unit_variance};
pub use rest::{
    context_separation, endpoint_gap, endpoint_offset, final_inputs, irrelevant_share, sheet_index,
};
pub use sheets::{angle_by_chance, evidence_along_axis, moving_context_share, sheet_angle};
pub use units::{
    angular_concentration, arm_concentration, evenness_of_radii, far_share, kurtosis_of_radii, largest_radius,
};
pub use variation::{VARIATIONS, Variation};

/// Steps after which contexts are asked how far they have parted (claim 4).
pub const EARLY_STEP: usize = 20;
/// Share of the root mean square radius within which a unit is near the centre (claim 9).
pub const NEAR_CENTRE: f64 = 0.5;
/// Coherence beyond which an irrelevant stimulus is strong: where training ends (claims 16 and 17).
pub const STRONG: f64 = 1.0;
/// Coherence beyond which an irrelevant stimulus is far beyond training, and with which sensitivity and accuracy are taken
/// (claims 16 and 17).
pub const FAR_BEYOND: f64 = 3.0;
/// Largest relevant coherence at which sensitivity is taken: the largest of training (claims 16 and 17).
pub const RELEVANT: f64 = STRONG;

/// What measures are taken from.
#[derive(Clone, Copy, Debug)]
pub struct Described<'a> {
    /// Trajectories `[T·B, 10]`, steps outermost.
    pub trajectories: Option<&'a Features>,
    /// Selectivity `[N, 10]`.
    pub selectivity: Option<&'a Features>,
    /// Fixed points `[P, 7]`.
    pub fixed_points: Option<&'a Features>,
    /// Places of the fixed points on the first three components of the trajectories `[P]`, in the order of their rows.
    pub over_trajectories: &'a [[f64; 3]],
    /// What distinguishes the trials `[B, C]`.
    pub trial_conditions: ArrayView2<'a, f64>,
    /// What each input for fixed points stands for `[I, C]`.
    pub input_conditions: ArrayView2<'a, f64>,
    /// Whether conditions are context and both kinds of evidence, in units of the strongest of training.
    pub has_contexts: Contexts,
    /// Steps of the decision.
    pub decision: Epoch,
    /// What was taken from the rates at the decision.
    pub at_decision: AtDecision,
}

/// Numbers from the rates of all units at the decision and its end, in windows in the order of [`DecisionWindow::ALL`];
/// none where undefined.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AtDecision {
    /// [`output_alignment`].
    pub alignment: [Option<f64>; 3],
    /// [`irrelevant_information`]; none in tasks without contexts.
    pub information: [Option<f64>; 3],
    /// [`endpoint_offset`]; none where fixed points are not sought.
    pub endpoint_offset: Option<f64>,
}

/// Whether a task asks for a choice by one of two kinds of evidence, as a context says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contexts {
    /// As CDDM.
    Two {
        /// The first step at which contexts are told apart.
        onset: usize,
    },
    /// As the other tasks.
    None,
}

impl Contexts {
    /// Those of a task.
    pub fn of_task(task: &Task) -> Self {
        task.contexts().map_or(Self::None, |contexts| Self::Two { onset: contexts.context_onset })
    }

    /// The step at which contexts are compared: [`EARLY_STEP`] after they are told apart.
    pub fn early_step(self) -> usize {
        match self {
            Self::Two { onset } => onset + EARLY_STEP,
            Self::None => EARLY_STEP,
        }
    }
}

/// Every measure that a network's features allow; those of choices come from [`of_choices`], those of circuits from their
/// own analyses.
pub fn of_network(described: &Described<'_>) -> BTreeMap<Measure, f64> {
    taken(described, &variation::AS_JUDGED)
}

/// Every measure that choices under wide coherences allow.
pub fn of_choices(choices: &[Choices]) -> BTreeMap<Measure, f64> {
    variation::AS_JUDGED.all_of_choices(choices)
}

fn taken(described: &Described<'_>, choice: &Variation) -> BTreeMap<Measure, f64> {
    let mut measures = BTreeMap::new();
    let mut add = |measure, value: Option<f64>| {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            measures.insert(measure, value);
        }
    };
    if let Some(features) = described.trajectories {
        let points = features.points.view();
        if let Contexts::Two { onset } = described.has_contexts {
            let conditions = described.trial_conditions;
            add(Measure::ExchangeResidual, exchange_residual(points, conditions));
            add(Measure::WingResidual, wing_residual(points, conditions));
            add(Measure::EarlyDivergence, early_divergence(points, conditions, onset + choice.early_step));
            add(Measure::ContextAxisShare, context_axis_share(points, conditions));
            let steps = choice.window.steps(described.decision);
            add(Measure::MovingContextShare, moving_context_share(points, conditions, steps.clone()));
            add(Measure::EvidenceAlongAxis, evidence_along_axis(points, conditions, steps.clone()));
            add(Measure::SheetAngle, sheet_angle(points, conditions, steps));
        }
        let n_trials = described.trial_conditions.nrows();
        let n_ends = points.nrows().checked_sub(n_trials);
        let stable = stable_rows(described.fixed_points);
        if let Some(from) = n_ends {
            // A look at fewer components has none beyond them.
            let place =
                |row: ArrayView1<'_, f64>| std::array::from_fn(|d| row.get(d).copied().unwrap_or(0.0));
            let ends: Vec<[f64; 3]> = points.outer_iter().skip(from).map(place).collect();
            let at_rest: Vec<[f64; 3]> =
                stable.iter().filter_map(|&row| described.over_trajectories.get(row).copied()).collect();
            add(Measure::EndpointGap, endpoint_gap(&ends, &at_rest));
        }
    }
    if let Some(features) = described.selectivity {
        let points = features.points.view();
        add(Measure::ArmConcentration, arm_concentration(points, choice.near));
        add(Measure::AngularConcentration, angular_concentration(points, choice.near));
        add(Measure::FarShare, far_share(points, choice.near));
        add(Measure::EvennessOfRadii, evenness_of_radii(points));
        add(Measure::KurtosisOfRadii, kurtosis_of_radii(points));
        add(Measure::LargestRadius, largest_radius(points));
    }
    if let Some(features) = described.fixed_points {
        let stable = stable_rows(Some(features));
        let places = features.points.select(Axis(0), &stable);
        let inputs: Vec<usize> = stable.iter().map(|&row| features.groups[row] as usize / 2).collect();
        if described.has_contexts != Contexts::None {
            let (contexts, coherences) =
                by_relevance(described.input_conditions.select(Axis(0), &inputs).view());
            add(Measure::ContextSeparation, context_separation(places.view(), &contexts));
            add(Measure::IrrelevantShare, irrelevant_share(places.view(), &contexts, &coherences));
            add(Measure::SheetIndex, sheet_index(places.view(), &contexts, &coherences));
        }
        add(Measure::PlaneShare, Some(features.explained.iter().take(2).sum()));
    }
    let place = DecisionWindow::ALL.iter().position(|&other| other == choice.window).unwrap_or_default();
    add(Measure::OutputAlignment, described.at_decision.alignment[place]);
    add(Measure::IrrelevantInformation, described.at_decision.information[place]);
    add(Measure::EndpointOffset, described.at_decision.endpoint_offset);
    measures
}

/// Rows of stable fixed points: their groups are even.
fn stable_rows(features: Option<&Features>) -> Vec<usize> {
    let groups = features.map_or(&[][..], |features| &features.groups);
    (0..groups.len()).filter(|&row| groups[row].is_multiple_of(2)).collect()
}

#[cfg(test)]
mod tests;
