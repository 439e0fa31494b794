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
        /// What the value must be above; of `relu_near_sigmoid` below.
        reference: f64,
        /// Permutation p value.
        p: Option<f64>,
        /// p after Holm's correction over the conclusions and tasks of this measure and kind.
        p_holm: Option<f64>,
        /// Whether the conclusion holds, above the noise.
        survives: bool,
        /// What becomes of it: it `survives`, its test finds it but `beyond_noise` cannot be told from 0 (`within_noise`), its test does not find it (`falls`), or the study cannot tell.
        outcome: Outcome,
        /// Square of the distance between the centres of the groups, without bias: below 0 by chance where they do not lie apart. Squares of angles are those of chords, and a share of the variance is a square already. Of `relu_near_sigmoid` a difference of squares, of `tanh_apart` that to the activation which tanh is less surely apart from.
        effect: Option<f64>,
        /// Lower end of its 95 % interval over networks.
        effect_low: Option<f64>,
        /// Upper end.
        effect_high: Option<f64>,
        /// Mean square of the distance between noisy runs of networks of different groups, less half of that between two runs of each.
        beyond_noise: Option<f64>,
        /// Lower end of its 95 % interval over networks.
        beyond_noise_low: Option<f64>,
        /// Upper end.
        beyond_noise_high: Option<f64>,
        /// Mean square of the distance between two noisy runs of one network.
        between_runs: Option<f64>,
        /// What the study lacks to tell.
        missing: Option<Name>,
    }
}

impl ConclusionTest {
    pub(crate) fn of(tested: &[Robustness]) -> Vec<Self> {
        let row = |row: &Robustness| {
            let (tested, effects) = (&row.tested, row.tested.effects);
            let of_centres = effects.map(|effects| effects.of_centres);
            let beyond_noise = effects.and_then(|effects| effects.beyond_noise);
            Self {
                task: row.task.as_str().into(),
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
                effect: of_centres.map(|effect| effect.value),
                effect_low: of_centres.map(|effect| effect.interval[0]),
                effect_high: of_centres.map(|effect| effect.interval[1]),
                beyond_noise: beyond_noise.map(|effect| effect.value),
                beyond_noise_low: beyond_noise.map(|effect| effect.interval[0]),
                beyond_noise_high: beyond_noise.map(|effect| effect.interval[1]),
                between_runs: effects.and_then(|effects| effects.between_runs),
                missing: tested.missing.as_deref().map(Name::from),
            }
        };
        tested.iter().map(row).collect()
    }
}
