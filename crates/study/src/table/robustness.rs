//! Which conclusion survives which measure of similarity.

use super::field::Name;
use super::row::table;
use crate::stage::{Kind, Robustness};
use circuitscope::robustness::{Conclusion, Outcome};

table! {
    /// One row per task, kind of network, measure of similarity and conclusion; the conclusions of one matrix of distances
    /// stand together.
    "robustness" => pub(crate) struct ConclusionTest {
        /// Task.
        task: Name,
        /// Trained networks, or a control of them.
        kind: Kind,
        /// Measure of similarity of the trajectories; `published` is the distance of the published analysis.
        measure: Name,
        /// What is concluded.
        conclusion: Conclusion,
        /// Statistic that it rests on.
        statistic: Name,
        /// Value of the statistic.
        value: Option<f64>,
        /// What the value must be above.
        reference: f64,
        /// Permutation p value.
        p: Option<f64>,
        /// p after Holm's correction over the conclusions and tasks of this measure and kind.
        p_holm: Option<f64>,
        /// Whether the conclusion holds, above the noise.
        survives: bool,
        /// What becomes of it: it `survives`, its effect is `within_noise`, its test does not find it (`falls`), or the study cannot tell.
        outcome: Outcome,
        /// Size of the effect: distance between the groups' centroids; of `relu_near_sigmoid` a difference of distances.
        effect: Option<f64>,
        /// The same of two halves of a group: what sampling alone gives.
        sampling_floor: Option<f64>,
        /// Mean distance between the groups.
        distance: Option<f64>,
        /// Mean distance between two noisy runs of one network.
        noise_floor: Option<f64>,
        /// What the study lacks to tell.
        missing: Option<Name>,
    }
}

impl ConclusionTest {
    pub(crate) fn of(tested: &[Robustness]) -> Vec<Self> {
        let row = |row: &Robustness| {
            let (tested, floor) = (&row.tested, row.tested.floor);
            Self {
                task: row.task.into(),
                kind: row.kind,
                measure: row.measure.into(),
                conclusion: tested.conclusion,
                statistic: tested.conclusion.statistic().into(),
                value: tested.value,
                reference: tested.reference,
                p: tested.p,
                p_holm: row.p_holm,
                survives: row.outcome == Outcome::Survives,
                outcome: row.outcome,
                effect: floor.map(|floor| floor.effect),
                sampling_floor: floor.map(|floor| floor.sampling),
                distance: floor.map(|floor| floor.distance),
                noise_floor: floor.and_then(|floor| floor.realisation),
                missing: tested.missing.as_deref().map(Name::from),
            }
        };
        tested.iter().map(row).collect()
    }
}
