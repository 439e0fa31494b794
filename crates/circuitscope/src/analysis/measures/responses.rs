//! Measures that responses of units allow without their network: of recorded neurons, or of units observed as they are
//! (docs/methods.md §4.15).

use std::collections::BTreeMap;
use std::fmt;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis};

use super::geometry::{by_relevance, counterparts};
use super::rest::{rows_of, slopes};
use super::variation::Variation;
use super::{AtDecision, Contexts, DecisionWindow, Described, Measure, irrelevant_information, taken};
use crate::analysis::components::FeatureError;
use crate::analysis::fixed_point_configuration::{FixedPointRates, configuration, group};
use crate::analysis::{selectivity, trajectories};
use crate::dynamics::stability::Stability;
use crate::task::Epoch;

/// Responses of units, and what they are responses to. Time is in bins.
#[derive(Clone, Copy, Debug)]
pub struct Responding<'a> {
    /// Condition means `[M, G, C]`, finite.
    pub responses: ArrayView3<'a, f64>,
    /// What distinguishes the conditions `[C, F]`.
    pub conditions: ArrayView2<'a, f64>,
    /// Whether they are context and both kinds of evidence, in units of the strongest of training.
    pub has_contexts: Contexts,
    /// Bins of the decision.
    pub decision: Epoch,
    /// The bin of [`Contexts::early_step`]; [`None`] where it lies outside.
    pub early_bin: Option<usize>,
}

/// What of the responses a measure is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Their course.
    Trajectories,
    /// The cloud of units.
    Units,
    /// The states at the end of trials, in place of fixed points.
    Ends,
    /// The states at the decision.
    Decision,
}

impl Of {
    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trajectories => "trajectories",
            Self::Units => "units",
            Self::Ends => "ends",
            Self::Decision => "decision",
        }
    }
}

/// The measures that responses to any task allow.
const OF_EVERY_TASK: &[(Measure, Of)] = &[
    (Measure::PlaneShare, Of::Ends),
    (Measure::ArmConcentration, Of::Units),
    (Measure::AngularConcentration, Of::Units),
    (Measure::FarShare, Of::Units),
    (Measure::EvennessOfRadii, Of::Units),
    (Measure::KurtosisOfRadii, Of::Units),
    (Measure::LargestRadius, Of::Units),
];

/// Those beside them of a task with contexts.
const OF_CONTEXTS: &[(Measure, Of)] = &[
    (Measure::ExchangeResidual, Of::Trajectories),
    (Measure::WingResidual, Of::Trajectories),
    (Measure::EarlyDivergence, Of::Trajectories),
    (Measure::ContextAxisShare, Of::Trajectories),
    (Measure::MovingContextShare, Of::Trajectories),
    (Measure::EvidenceAlongAxis, Of::Trajectories),
    (Measure::SheetAngle, Of::Trajectories),
    (Measure::ContextSeparation, Of::Ends),
    (Measure::IrrelevantShare, Of::Ends),
    (Measure::SheetIndex, Of::Ends),
    (Measure::IrrelevantInformation, Of::Decision),
];

/// Why a measure cannot be taken from responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// One context has no condition.
    Context,
    /// So many conditions have no counterpart: the same relevant and irrelevant coherence in the other context.
    Counterparts {
        /// How many.
        n: usize,
    },
    /// A context has fewer than four conditions, or one coherence follows from the other.
    Coherences,
    /// There are fewer than four conditions: any three lie in a plane.
    FourConditions,
    /// No bin holds the step at which contexts are compared.
    EarlyStep,
    /// No bin lies in the decision.
    Decision,
    /// Responses fall below 0, so that they are no firing rates: their baselines, and perhaps their gains, are arbitrary.
    Rates,
    /// The responses do not vary as it needs.
    Variance,
}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Context => f.write_str("one of the contexts has no condition"),
            Self::Counterparts { n } => write!(
                f,
                "{n} conditions lack their counterpart, the same relevant and irrelevant coherence in the other context"
            ),
            Self::Coherences => {
                f.write_str("a context has fewer than four conditions, or one coherence follows from the other")
            }
            Self::FourConditions => f.write_str("there are fewer than four conditions, and any three lie in a plane"),
            Self::EarlyStep => {
                write!(f, "no bin holds the step {} after contexts are told apart", super::EARLY_STEP)
            }
            Self::Decision => f.write_str("no bin lies in the decision epoch"),
            Self::Rates => f.write_str(
                "responses fall below 0: they are no firing rates, and baselines and gains of neurons are not known",
            ),
            Self::Variance => f.write_str("the responses do not vary as it needs"),
        }
    }
}

/// The measures that responses to such a task allow, and what of the responses each is taken from.
pub fn allowed_by_responses(has_contexts: Contexts) -> impl Iterator<Item = (Measure, Of)> {
    let of_contexts = if has_contexts == Contexts::None { &[] } else { OF_CONTEXTS };
    of_contexts.iter().chain(OF_EVERY_TASK).copied()
}

impl Responding<'_> {
    /// The measures that these responses allow.
    ///
    /// Each unit is divided by its standard deviation, so that neither gains nor baselines matter; the cloud of units, whose radii
    /// are rates, is that of the responses as they are, if none falls below 0. Units that do not vary are left out. States at the
    /// end of trials stand for stable fixed points of the inputs of their conditions.
    ///
    /// # Errors
    /// [`FeatureError`] if there is no response, one is not finite, or a decomposition fails.
    pub fn measures(&self) -> Result<BTreeMap<Measure, f64>, FeatureError> {
        let varying: Vec<usize> = (0..self.responses.dim().0)
            .filter(|&unit| self.responses.index_axis(Axis(0), unit).std(0.0) > 0.0)
            .collect();
        if varying.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rates = self.responses.select(Axis(0), &varying);
        let shapes = of_unit_variance(rates.clone());
        let trajectories = trajectories::trajectories(shapes.view())?;
        let units = if self.are_rates() { Some(selectivity::selectivity(rates.view())?) } else { None };
        let ends = configuration(&FixedPointRates {
            rates: shapes.index_axis(Axis(1), shapes.dim().1 - 1).to_owned(),
            groups: (0..self.conditions.nrows())
                .map(|condition| group(condition, Stability::Stable))
                .collect(),
        })?;
        let information = DecisionWindow::ALL.map(|window| {
            (self.has_contexts != Contexts::None).then(|| {
                irrelevant_information(shapes.view(), self.conditions, window.steps(self.decision))
            })?
        });
        let described = Described {
            trajectories: Some(&trajectories),
            selectivity: units.as_ref(),
            fixed_points: Some(&ends),
            over_trajectories: &[],
            trial_conditions: self.conditions,
            input_conditions: self.conditions,
            // Bins have no onset of their own: the early one is given.
            has_contexts: match self.has_contexts {
                Contexts::Two { .. } => Contexts::Two { onset: 0 },
                Contexts::None => Contexts::None,
            },
            decision: self.decision,
            at_decision: AtDecision { information, ..AtDecision::default() },
        };
        // A bin that is not there leaves the measure out.
        let early_step = self.early_bin.unwrap_or(usize::MAX);
        let mut measures = taken(&described, &Variation::judged_at(early_step));
        if self.are_in_a_plane() {
            measures.remove(&Measure::PlaneShare);
        }
        Ok(measures)
    }

    /// Why a measure is not among [`Self::measures`].
    pub fn lacking(&self, measure: Measure) -> Lacking {
        let lacks_context = || {
            let (contexts, _) = by_relevance(self.conditions);
            (0..2).any(|context| !contexts.contains(&context))
        };
        let n_alone = || counterparts(self.conditions).iter().filter(|other| other.is_none()).count();
        let Some(of) = allowed_by_responses(self.has_contexts).find(|(other, _)| *other == measure) else {
            return Lacking::Variance;
        };
        match (measure, of.1) {
            (_, Of::Units) if !self.are_rates() => Lacking::Rates,
            (Measure::PlaneShare, _) if self.are_in_a_plane() => Lacking::FourConditions,
            (Measure::PlaneShare, _) | (_, Of::Units) => Lacking::Variance,
            _ if lacks_context() => Lacking::Context,
            (Measure::ExchangeResidual | Measure::WingResidual, _) if n_alone() > 0 => {
                Lacking::Counterparts { n: n_alone() }
            }
            (Measure::EarlyDivergence, _) if self.early_bin.is_none() => Lacking::EarlyStep,
            (
                Measure::MovingContextShare
                | Measure::EvidenceAlongAxis
                | Measure::SheetAngle
                | Measure::IrrelevantInformation,
                _,
            ) if self.decision.start >= self.decision.end => Lacking::Decision,
            (
                Measure::EvidenceAlongAxis
                | Measure::IrrelevantShare
                | Measure::SheetIndex
                | Measure::IrrelevantInformation,
                _,
            ) if !self.tells_coherences_apart() => Lacking::Coherences,
            _ => Lacking::Variance,
        }
    }

    /// Whether the ends of trials lie in a plane whatever they are.
    fn are_in_a_plane(&self) -> bool {
        self.conditions.nrows() < 4
    }

    fn are_rates(&self) -> bool {
        self.responses.iter().all(|&response| response >= 0.0)
    }

    fn tells_coherences_apart(&self) -> bool {
        let (contexts, coherences) = by_relevance(self.conditions);
        let points = Array2::zeros((contexts.len(), 1));
        (0..2).all(|context| slopes(points.view(), &rows_of(&contexts, context), &coherences).is_some())
    }
}

/// Responses `[M, G, C]`, each unit's divided by its standard deviation; those of a unit that does not respond stay.
pub fn of_unit_variance(mut responses: Array3<f64>) -> Array3<f64> {
    for mut unit in responses.outer_iter_mut() {
        let deviation = unit.std(0.0);
        if deviation > 0.0 {
            unit /= deviation;
        }
    }
    responses
}

/// The bins of an epoch of steps: those whose middle lies inside.
///
/// - `edges`: ends of the bins in steps `[G + 1]`, rising.
pub fn bins_of(epoch: Epoch, edges: &[f64]) -> Epoch {
    let n_before =
        |step: usize| edges.windows(2).filter(|ends| f64::midpoint(ends[0], ends[1]) < step as f64).count();
    Epoch::new(n_before(epoch.start), n_before(epoch.end))
}

/// The bin that holds a step, of such bins; [`None`] if none does.
pub fn bin_of(step: usize, edges: &[f64]) -> Option<usize> {
    edges.windows(2).position(|ends| (ends[0]..ends[1]).contains(&(step as f64)))
}
