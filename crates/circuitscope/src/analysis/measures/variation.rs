//! The same measures under other choices: a number that turns with a choice nobody argued for proves little.

use std::collections::BTreeMap;

use ndarray::s;

use super::{
    Choices, DecisionWindow, Described, EARLY_STEP, FAR_BEYOND, Measure, NEAR_CENTRE, RELEVANT, STRONG,
    accuracy_lost, irrelevant_sensitivity, irrelevant_slope, taken,
};
use crate::analysis::components::Features;

/// A choice other than the one that claims are judged by, and the measures that depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Variation {
    /// What is chosen, in words.
    pub name: &'static str,
    /// Components that are looked at; all where none.
    components: Option<usize>,
    pub(super) early_step: usize,
    pub(super) near: f64,
    pub(super) window: DecisionWindow,
    strong: f64,
    far_beyond: f64,
    relevant: f64,
    measures: &'static [&'static [Measure]],
}

pub(super) const AS_JUDGED: Variation = Variation {
    name: "",
    components: None,
    early_step: EARLY_STEP,
    near: NEAR_CENTRE,
    window: DecisionWindow::Epoch,
    strong: STRONG,
    far_beyond: FAR_BEYOND,
    relevant: RELEVANT,
    measures: &[],
};

const OF_COMPONENTS: &[Measure] = &[
    Measure::ExchangeResidual,
    Measure::WingResidual,
    Measure::EarlyDivergence,
    Measure::ContextAxisShare,
    Measure::MovingContextShare,
    Measure::EvidenceAlongAxis,
    Measure::SheetAngle,
    Measure::EvennessOfRadii,
    Measure::KurtosisOfRadii,
    Measure::LargestRadius,
    Measure::ContextSeparation,
    Measure::IrrelevantShare,
    Measure::SheetIndex,
];
/// Of fixed points among trajectories three components are known, which are those that it is judged by.
const OF_FEWER_THAN_THREE: &[Measure] = &[Measure::EndpointGap];
const OF_EARLY_STEP: &[Measure] = &[Measure::EarlyDivergence];
const OF_CENTRE: &[Measure] = &[Measure::ArmConcentration, Measure::AngularConcentration, Measure::FarShare];
const OF_WINDOW: &[Measure] = &[
    Measure::MovingContextShare,
    Measure::EvidenceAlongAxis,
    Measure::SheetAngle,
    Measure::OutputAlignment,
    Measure::IrrelevantInformation,
];
const OF_STRENGTH: &[Measure] = &[Measure::IrrelevantSlope];
const OF_FAR_STRENGTH: &[Measure] = &[Measure::IrrelevantSensitivity, Measure::AccuracyLost];
const OF_RELEVANT: &[Measure] = &[Measure::IrrelevantSensitivity];

/// Every variation: of the number of components (judged by: 10, fixed points 7, of endpoints to fixed points 3), of the
/// step at which contexts are compared (judged by: 20), of the units that are no longer near the centre (judged by: those
/// beyond 0.5 of the root mean square radius), of the steps at which the decision is read (judged by: its whole epoch), of
/// the coherence beyond which a stimulus is strong (judged by: 1 for slopes, 3 for sensitivity and accuracy), of the
/// relevant coherences at which sensitivity is taken (judged by: up to 1).
pub const VARIATIONS: [Variation; 14] = [
    of_components("2 components", 2, &[OF_COMPONENTS, OF_FEWER_THAN_THREE]),
    of_components("3 components", 3, &[OF_COMPONENTS]),
    of_components("5 components", 5, &[OF_COMPONENTS]),
    Variation { name: "step 5", early_step: 5, measures: &[OF_EARLY_STEP], ..AS_JUDGED },
    Variation { name: "step 10", early_step: 10, measures: &[OF_EARLY_STEP], ..AS_JUDGED },
    Variation { name: "step 40", early_step: 40, measures: &[OF_EARLY_STEP], ..AS_JUDGED },
    Variation { name: "units beyond 0.25 RMS", near: 0.25, measures: &[OF_CENTRE], ..AS_JUDGED },
    Variation { name: "units beyond 0.75 RMS", near: 0.75, measures: &[OF_CENTRE], ..AS_JUDGED },
    Variation { name: "last 10 steps", window: DecisionWindow::LastTen, measures: &[OF_WINDOW], ..AS_JUDGED },
    Variation { name: "last step", window: DecisionWindow::Last, measures: &[OF_WINDOW], ..AS_JUDGED },
    Variation { name: "coherence beyond 1.5", strong: 1.5, measures: &[OF_STRENGTH], ..AS_JUDGED },
    Variation {
        name: "coherence beyond 2",
        strong: 2.0,
        far_beyond: 2.0,
        measures: &[OF_STRENGTH, OF_FAR_STRENGTH],
        ..AS_JUDGED
    },
    Variation { name: "coherence beyond 2.5", far_beyond: 2.5, measures: &[OF_FAR_STRENGTH], ..AS_JUDGED },
    Variation { name: "relevant coherence up to 0.5", relevant: 0.5, measures: &[OF_RELEVANT], ..AS_JUDGED },
];

const fn of_components(name: &'static str, n: usize, measures: &'static [&'static [Measure]]) -> Variation {
    Variation { name, components: Some(n), measures, ..AS_JUDGED }
}

impl Variation {
    /// As claims are judged, with contexts compared at another step.
    pub(super) const fn judged_at(early_step: usize) -> Self {
        Self { early_step, ..AS_JUDGED }
    }

    /// Whether a measure depends on the choice.
    pub(super) fn changes(&self, measure: Measure) -> bool {
        self.measures.iter().any(|list| list.contains(&measure))
    }

    /// The measures that depend on the choice, taken under it; those of behaviour come from [`Self::of_choices`].
    pub fn of_network(&self, described: &Described<'_>) -> BTreeMap<Measure, f64> {
        let leading = |features: Option<&Features>| features.map(|features| self.leading(features));
        let [trajectories, selectivity, fixed_points] =
            [described.trajectories, described.selectivity, described.fixed_points].map(leading);
        let over_trajectories: Vec<[f64; 3]> =
            described.over_trajectories.iter().map(|place| self.leading_of_place(*place)).collect();
        let described = Described {
            trajectories: trajectories.as_ref(),
            selectivity: selectivity.as_ref(),
            fixed_points: fixed_points.as_ref(),
            over_trajectories: &over_trajectories,
            ..*described
        };
        let mut measures = taken(&described, self);
        measures.retain(|measure, _| self.changes(*measure));
        measures
    }

    /// The measures of choices that depend on the choice, taken under it.
    pub fn of_choices(&self, choices: &[Choices]) -> BTreeMap<Measure, f64> {
        let mut measures = self.all_of_choices(choices);
        measures.retain(|measure, _| self.changes(*measure));
        measures
    }

    pub(super) fn all_of_choices(&self, choices: &[Choices]) -> BTreeMap<Measure, f64> {
        let measures = [
            (Measure::IrrelevantSlope, irrelevant_slope(choices, self.strong)),
            (Measure::IrrelevantSensitivity, irrelevant_sensitivity(choices, self.far_beyond, self.relevant)),
            (Measure::AccuracyLost, accuracy_lost(choices, self.far_beyond)),
        ];
        measures.into_iter().filter_map(|(measure, value)| Some((measure, value?))).collect()
    }

    /// A place without the components that are not looked at, as endpoints are.
    fn leading_of_place(&self, place: [f64; 3]) -> [f64; 3] {
        let n_kept = self.components.unwrap_or(place.len());
        std::array::from_fn(|d| if d < n_kept { place[d] } else { 0.0 })
    }

    fn leading(&self, features: &Features) -> Features {
        let n_columns = features.points.ncols();
        let n_kept = self.components.map_or(n_columns, |n| n.min(n_columns));
        Features {
            points: features.points.slice(s![.., ..n_kept]).to_owned(),
            // The share of the plane is of all that varies, whatever is looked at.
            explained: features.explained.clone(),
            groups: features.groups.clone(),
        }
    }
}
