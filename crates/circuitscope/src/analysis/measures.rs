//! Numbers that say of one network what a claim is about: the shape of its trajectories, units and fixed points.
//!
//! Each is a pure function of [`Features`]; [`of_network`] takes all that a network allows.

use std::collections::BTreeMap;

use ndarray::{ArrayView1, ArrayView2, Axis};

use super::components::Features;

mod choices;
mod decision;
mod geometry;
mod rest;
mod units;
mod variation;

pub use choices::{Choices, irrelevant_slope};
pub use decision::{DecisionWindow, irrelevant_information, output_alignment};
pub use geometry::{context_axis_share, early_divergence, exchange_residual};
pub use rest::{context_separation, endpoint_gap, irrelevant_share};
pub use units::{arm_concentration, evenness_of_radii, kurtosis_of_radii, largest_radius};
pub use variation::{VARIATIONS, Variation};

/// Steps after which contexts are asked how far they have parted (claim 4).
pub const EARLY_STEP: usize = 20;
/// Share of the root mean square radius within which a unit is near the centre (claim 9).
pub const NEAR_CENTRE: f64 = 0.5;
/// Coherence beyond which an irrelevant stimulus is strong: where training ends (claims 16 and 17).
pub const STRONG: f64 = 1.0;

/// A number of one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// [`exchange_residual`].
    ExchangeResidual,
    /// [`early_divergence`] at [`EARLY_STEP`].
    EarlyDivergence,
    /// [`context_axis_share`].
    ContextAxisShare,
    /// [`arm_concentration`] of the units beyond [`NEAR_CENTRE`].
    ArmConcentration,
    /// [`evenness_of_radii`].
    EvennessOfRadii,
    /// [`kurtosis_of_radii`].
    KurtosisOfRadii,
    /// [`largest_radius`].
    LargestRadius,
    /// [`context_separation`].
    ContextSeparation,
    /// [`irrelevant_share`].
    IrrelevantShare,
    /// Share of the variance of fixed points on their first two components.
    PlaneShare,
    /// [`endpoint_gap`].
    EndpointGap,
    /// [`output_alignment`] over the decision epoch.
    OutputAlignment,
    /// [`irrelevant_information`] over the decision epoch.
    IrrelevantInformation,
    /// Mean weight from context to irrelevant nodes less that from context to relevant nodes of the latent circuit.
    ContextInhibition,
    /// Product of the signs of the irrelevant pair's pre-activations in the latent circuit.
    IrrelevantSignProduct,
    /// Mean gain of the irrelevant pair less that of the relevant pair in the latent circuit.
    IrrelevantGain,
    /// Correlation of the effects of matched perturbations on the circuit and on the network.
    PerturbationCorrelation,
    /// [`irrelevant_slope`] beyond [`STRONG`], up to 4.
    IrrelevantSlope,
    /// R² of the identity of the effects of matched perturbations, see [`prediction`](super::latent_circuit::prediction).
    PerturbationIdentity,
    /// That of the circuits of other networks.
    PerturbationIdentityOtherCircuit,
    /// That of the circuit without recurrent weights.
    PerturbationIdentityNoRecurrence,
    /// That with the embedded nodes rotated at random.
    PerturbationIdentityRotated,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 22] = [
        Self::ExchangeResidual,
        Self::EarlyDivergence,
        Self::ContextAxisShare,
        Self::ArmConcentration,
        Self::EvennessOfRadii,
        Self::KurtosisOfRadii,
        Self::LargestRadius,
        Self::ContextSeparation,
        Self::IrrelevantShare,
        Self::PlaneShare,
        Self::EndpointGap,
        Self::OutputAlignment,
        Self::IrrelevantInformation,
        Self::ContextInhibition,
        Self::IrrelevantSignProduct,
        Self::IrrelevantGain,
        Self::PerturbationCorrelation,
        Self::IrrelevantSlope,
        Self::PerturbationIdentity,
        Self::PerturbationIdentityOtherCircuit,
        Self::PerturbationIdentityNoRecurrence,
        Self::PerturbationIdentityRotated,
    ];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::ExchangeResidual => "exchange_residual",
            Self::EarlyDivergence => "early_divergence",
            Self::ContextAxisShare => "context_axis_share",
            Self::ArmConcentration => "arm_concentration",
            Self::EvennessOfRadii => "evenness_of_radii",
            Self::KurtosisOfRadii => "kurtosis_of_radii",
            Self::LargestRadius => "largest_radius",
            Self::ContextSeparation => "context_separation",
            Self::IrrelevantShare => "irrelevant_share",
            Self::PlaneShare => "plane_share",
            Self::EndpointGap => "endpoint_gap",
            Self::OutputAlignment => "output_alignment",
            Self::IrrelevantInformation => "irrelevant_information",
            Self::ContextInhibition => "context_inhibition",
            Self::IrrelevantSignProduct => "irrelevant_sign_product",
            Self::IrrelevantGain => "irrelevant_gain",
            Self::PerturbationCorrelation => "perturbation_correlation",
            Self::IrrelevantSlope => "irrelevant_slope",
            Self::PerturbationIdentity => "perturbation_identity",
            Self::PerturbationIdentityOtherCircuit => "perturbation_identity_other_circuit",
            Self::PerturbationIdentityNoRecurrence => "perturbation_identity_no_recurrence",
            Self::PerturbationIdentityRotated => "perturbation_identity_rotated",
        }
    }

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::ExchangeResidual => "what exchanging the contexts leaves of the trajectories",
            Self::EarlyDivergence => "distance of the contexts at step 20 over the final one",
            Self::ContextAxisShare => "share of the variance within contexts along the axis between them",
            Self::ArmConcentration => "concentration of units on the arms of a cross",
            Self::EvennessOfRadii => "evenness of the units' radii",
            Self::KurtosisOfRadii => "kurtosis of the units' radii",
            Self::LargestRadius => "largest over median radius of a unit",
            Self::ContextSeparation => "silhouette of the contexts among fixed points",
            Self::IrrelevantShare => "variance of fixed points with irrelevant over relevant coherence",
            Self::PlaneShare => "share of the variance of fixed points in a plane",
            Self::EndpointGap => "distance of endpoints to the nearest stable fixed point",
            Self::OutputAlignment => "share of the activity that the outputs see",
            Self::IrrelevantInformation => {
                "variance of rates at the decision with irrelevant over relevant coherence"
            }
            Self::ContextInhibition => "context → irrelevant less context → relevant weight",
            Self::IrrelevantSignProduct => "sign product of the irrelevant pair's pre-activations",
            Self::IrrelevantGain => "gain of the irrelevant less that of the relevant pair",
            Self::PerturbationCorrelation => "correlation of matched perturbations",
            Self::IrrelevantSlope => "slope of P(right) on strong irrelevant coherence",
            Self::PerturbationIdentity => "R² of the identity of matched perturbations",
            Self::PerturbationIdentityOtherCircuit => "R² of the identity, circuits of other networks",
            Self::PerturbationIdentityNoRecurrence => "R² of the identity, circuit without recurrent weights",
            Self::PerturbationIdentityRotated => "R² of the identity, nodes rotated at random",
        }
    }
}

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
    /// Whether conditions are context, motion and colour coherence.
    pub has_contexts: Contexts,
    /// What was taken from the rates at the decision.
    pub at_decision: AtDecision,
}

/// Numbers from the rates at the decision, a window each in the order of [`DecisionWindow::ALL`]; none where undefined.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AtDecision {
    /// [`output_alignment`].
    pub alignment: [Option<f64>; 3],
    /// [`irrelevant_information`]; none in tasks without contexts.
    pub information: [Option<f64>; 3],
}

/// Whether a task has two contexts with a relevant and an irrelevant coherence each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contexts {
    /// As CDDM.
    Two,
    /// As the other tasks.
    None,
}

/// Every measure that a network's features allow; those of circuits and behaviour come from their own analyses.
pub fn of_network(described: &Described<'_>) -> BTreeMap<Measure, f64> {
    taken(described, &variation::AS_JUDGED)
}

fn taken(described: &Described<'_>, choice: &Variation) -> BTreeMap<Measure, f64> {
    let mut measures = BTreeMap::new();
    let mut add = |measure, value: Option<f64>| {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            measures.insert(measure, value);
        }
    };
    let has_contexts = described.has_contexts == Contexts::Two;
    if let Some(features) = described.trajectories {
        let points = features.points.view();
        if has_contexts {
            let conditions = described.trial_conditions;
            add(Measure::ExchangeResidual, exchange_residual(points, conditions));
            add(Measure::EarlyDivergence, early_divergence(points, conditions, choice.early_step));
            add(Measure::ContextAxisShare, context_axis_share(points, conditions));
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
        add(Measure::EvennessOfRadii, evenness_of_radii(points));
        add(Measure::KurtosisOfRadii, kurtosis_of_radii(points));
        add(Measure::LargestRadius, largest_radius(points));
    }
    if let Some(features) = described.fixed_points {
        let stable = stable_rows(Some(features));
        let places = features.points.select(Axis(0), &stable);
        let input =
            |&row: &usize| described.input_conditions.row(features.groups[row] as usize / 2).to_owned();
        if has_contexts {
            let conditions: Vec<_> = stable.iter().map(input).collect();
            let contexts: Vec<usize> = conditions.iter().map(|c| usize::from(c[0] > 0.5)).collect();
            add(Measure::ContextSeparation, context_separation(places.view(), &contexts));
            let coherences = conditions.iter().zip(&contexts).map(|(c, &context)| {
                // Inputs name the channel of context 1 first: 0 is that of motion, see `Task::fixed_point_condition`.
                if context == 0 { [c[1], c[2]] } else { [c[2], c[1]] }
            });
            let coherences: Vec<[f64; 2]> = coherences.collect();
            add(Measure::IrrelevantShare, irrelevant_share(places.view(), &contexts, &coherences));
        }
        add(Measure::PlaneShare, Some(features.explained.iter().take(2).sum()));
    }
    let place = DecisionWindow::ALL.iter().position(|&other| other == choice.window).unwrap_or_default();
    add(Measure::OutputAlignment, described.at_decision.alignment[place]);
    add(Measure::IrrelevantInformation, described.at_decision.information[place]);
    measures
}

/// Rows of stable fixed points: their groups are even.
fn stable_rows(features: Option<&Features>) -> Vec<usize> {
    let groups = features.map_or(&[][..], |features| &features.groups);
    (0..groups.len()).filter(|&row| groups[row].is_multiple_of(2)).collect()
}

#[cfg(test)]
mod tests;
