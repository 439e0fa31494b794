//! The numbers that claims are about, taken from the features of a network or control.

use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::measures::{AtDecision, Contexts, Described};
use circuitscope::task::{Epoch, Task};
use ndarray::Array2;
use std::collections::BTreeMap;

/// What distinguishes the trials and inputs of a task.
pub(super) struct Conditions {
    trials: Array2<f64>,
    inputs: Array2<f64>,
    has_contexts: Contexts,
    decision: Epoch,
}

impl Conditions {
    pub(super) fn of_task(task: &Task) -> Self {
        let [trials, inputs] =
            [task.analysis_trials().conditions.mapv(f64::from), task.constant_inputs().conditions.clone()]
                .map(|conditions| task.in_units(conditions));
        Self { trials, inputs, has_contexts: Contexts::of_task(task), decision: task.decision() }
    }

    /// A network's features beside the conditions that they belong to.
    pub(super) fn described<'a>(
        &'a self,
        features: &'a BTreeMap<Aspect, Features>,
        over_trajectories: &'a [[f64; 3]],
        at_decision: AtDecision,
    ) -> Described<'a> {
        Described {
            trajectories: features.get(&Aspect::Trajectories),
            selectivity: features.get(&Aspect::Selectivity),
            fixed_points: features.get(&Aspect::FixedPoints),
            over_trajectories,
            trial_conditions: self.trials.view(),
            input_conditions: self.inputs.view(),
            has_contexts: self.has_contexts,
            decision: self.decision,
            at_decision,
        }
    }
}
