//! What every trained network answers within and beyond the trials of its training.

use super::field::Name;
use super::row::table;
use crate::stage::{ConditionRow, TaskResults};
use circuitscope::analysis::choice_lines::CONTEXTS;

table! {
    /// One row per trained network, condition and stimulus: its mean response over the repeats, under noise.
    "behaviour" => pub(crate) struct Response {
        /// Task.
        task: Name,
        /// Name of the network; selected or not.
        network: Name,
        /// Class of the network.
        class_name: Name,
        /// Test: `trained_coherences` or `wide_coherences` (CDDM), else `as_trained`, `longer_cue`, `longer_delay`,
        /// `distractor` or `noise`.
        test: Name,
        /// Strength of the test: a factor of time, the value of a distractor or the standard deviation of noise; null where
        /// nothing is changed.
        strength: Option<f64>,
        /// Context, `motion` or `colour` (CDDM).
        context: Option<Name>,
        /// Motion coherence (CDDM).
        motion: Option<f64>,
        /// Colour coherence (CDDM).
        colour: Option<f64>,
        /// Value shown (the other tasks).
        value: Option<f64>,
        /// Share of right choices (CDDM).
        right: Option<f64>,
        /// Share of go answers (Go/NoGo).
        go: Option<f64>,
        /// Mean answer (tasks of a value).
        answer: Option<f64>,
        /// Masked mean squared error.
        mse: Option<f64>,
    }
}

/// A condition as rows hold it.
#[derive(Clone)]
pub(super) struct Condition {
    pub(super) test: Name,
    pub(super) strength: Option<f64>,
    pub(super) context: Option<Name>,
}

impl Condition {
    pub(super) fn of(condition: &ConditionRow) -> Self {
        Self {
            test: condition.test.as_str().into(),
            strength: condition.strength,
            context: condition.context.map(|context| CONTEXTS[context].into()),
        }
    }
}

impl Response {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let task = of_task.name();
            let share_of = |name: &str, share: Option<f64>| share.filter(|_| *task == *name);
            for behaviour in &of_task.behaviour {
                let (network, class_name): (Name, Name) =
                    (behaviour.network.as_str().into(), behaviour.class.as_str().into());
                for responses in behaviour.responses.chunk_by(|a, b| a.condition == b.condition) {
                    let condition = Condition::of(&responses[0].condition);
                    rows.extend(responses.iter().map(|response| {
                        let Condition { test, strength, context } = condition.clone();
                        Self {
                            task: task.clone(),
                            network: network.clone(),
                            class_name: class_name.clone(),
                            test,
                            strength,
                            context,
                            motion: response.motion,
                            colour: response.colour,
                            value: response.value,
                            right: share_of("cddm", response.share),
                            go: share_of("go_no_go", response.share),
                            answer: response.answer,
                            mse: response.mse,
                        }
                    }));
                }
            }
        }
        rows
    }
}
