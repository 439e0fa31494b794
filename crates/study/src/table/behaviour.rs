//! What every trained network answers within and beyond the trials of its training.

use super::field::Name;
use super::row::table;
use crate::conditions::context_name;
use crate::stage::{ConditionRow, TaskResults};
use circuitscope::task::{Question, Task};

table! {
    /// One row per trained network, condition and stimulus: its mean response over the repeats, under noise.
    "behaviour" => pub(crate) struct Response {
        /// Task.
        task: Name,
        /// Name of the network; selected or not.
        network: Name,
        /// Class of the network.
        class_name: Name,
        /// Test: `trained_coherences` or `wide_coherences` (choices by context), else `as_trained`, `longer_cue`, `longer_delay`,
        /// `distractor` or `noise`.
        test: Name,
        /// Strength of the test: a factor of time, the value of a distractor or the standard deviation of noise; null where
        /// nothing is changed.
        strength: Option<f64>,
        /// Context, called after what counts in it (CDDM: `motion` or `colour`).
        context: Option<Name>,
        /// Evidence that counts in the first context, in units of the strongest of training (CDDM: motion coherence).
        motion: Option<f64>,
        /// Evidence that counts in the second context, likewise (CDDM: colour coherence).
        colour: Option<f64>,
        /// Value shown, or evidence on a trial (tasks without contexts).
        value: Option<f64>,
        /// Share of choices of the first answer (CDDM: right).
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
    pub(super) fn of(task: &Task, condition: &ConditionRow) -> Self {
        Self {
            test: condition.test.as_str().into(),
            strength: condition.strength,
            context: condition.context.map(|context| context_name(task, context).into()),
        }
    }
}

impl Response {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let task = of_task.name();
            let asked = &of_task.task.task;
            let is_choice = asked.contexts().is_some() || asked.choice().is_some();
            let has_cue = asked.asked_value().is_some_and(|asked| asked.question == Question::Go);
            for behaviour in &of_task.behaviour {
                let (network, class_name): (Name, Name) =
                    (behaviour.network.as_str().into(), behaviour.class.as_str().into());
                for responses in behaviour.responses.chunk_by(|a, b| a.condition == b.condition) {
                    let condition = Condition::of(&of_task.task.task, &responses[0].condition);
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
                            right: response.share.filter(|_| is_choice),
                            go: response.share.filter(|_| has_cue),
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
