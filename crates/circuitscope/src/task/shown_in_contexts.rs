//! Trials of a task that asks for a choice by context, of any evidence.

use super::{ChoiceByContext, Shown, Source, Task};
use crate::trials::Trials;
use ndarray::{Array3, Axis};

impl Task {
    /// These trials, in this order; [`None`] of a task that asks for no choice by context.
    pub fn trials_in_contexts(&self, shown: &[Shown]) -> Option<Trials> {
        self.contexts.as_ref()?;
        match &self.source {
            Source::Cddm(task) => Some(task.trials_of(shown)),
            Source::Declared(task) => task.trials_in_contexts(shown),
            _ => None,
        }
    }

    /// The trials that inputs `[U, T, B]` show, whatever their evidence; [`None`] unless each is a trial of this task with its
    /// timing, and both contexts are among them.
    pub fn recognised(&self, inputs: &Array3<f32>) -> Option<Trials> {
        /// Inputs that another tool has saved in single precision.
        const ROUNDING: f32 = 1e-5;
        let contexts = self.contexts.as_ref()?;
        let (n_inputs, n_steps, _) = inputs.dim();
        if (n_inputs, n_steps) != (self.input_names.len(), self.n_steps) {
            return None;
        }
        let shown: Vec<Shown> = match &self.source {
            Source::Cddm(task) => task.shown_by(inputs),
            Source::Declared(task) => self.nearest(contexts, &task.known_in_contexts()?, inputs)?,
            _ => return None,
        };
        let has_both = [0, 1].iter().all(|context| shown.iter().any(|trial| trial.context == *context));
        let trials = self.trials_in_contexts(&shown).filter(|_| has_both)?;
        let is_same =
            inputs.iter().zip(&trials.inputs).all(|(found, shown)| (found - shown).abs() < ROUNDING);
        is_same.then_some(trials)
    }

    /// What each trial of inputs `[U, T, B]` shows if it is one of `known`: the one that is nearest where contexts and where
    /// evidence are first shown.
    fn nearest(
        &self,
        contexts: &ChoiceByContext,
        known: &[Shown],
        inputs: &Array3<f32>,
    ) -> Option<Vec<Shown>> {
        let steps = [contexts.context_onset, contexts.onset];
        let seen = |inputs: &Array3<f32>| inputs.select(Axis(1), &steps);
        let (found, expected) = (seen(inputs), seen(&self.trials_in_contexts(known)?.inputs));
        let of_trial = |trial: usize| {
            let distance = |other: usize| -> f32 {
                let gaps = &found.index_axis(Axis(2), trial) - &expected.index_axis(Axis(2), other);
                gaps.iter().map(|gap| gap * gap).sum()
            };
            let nearest = (0..known.len()).min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
            nearest.map(|nearest| known[nearest])
        };
        (0..inputs.dim().2).map(of_trial).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{Cddm, crossed_in_contexts};

    #[test]
    fn trials_are_recognised_by_their_inputs_and_others_are_not() {
        let task = Task::from(Cddm::published());
        let of = |coherences: &[f64]| task.trials_in_contexts(&crossed_in_contexts(coherences));
        for coherences in [vec![-1.0, 0.0, 0.25], vec![-4.0, 1.0, 2.5]] {
            let trials = of(&coherences).expect("contexts");
            let found = task.recognised(&trials.inputs).expect("trials of the task");
            assert_eq!(found, trials);
        }
        let trials = of(&[-0.5, 0.5]).expect("contexts");
        let mut late = trials.inputs.clone();
        late[[2, 99, 0]] = 0.0;
        let first_context = trials.inputs.slice(ndarray::s![.., .., ..4]).to_owned();
        let lacking = trials.inputs.slice(ndarray::s![..5, .., ..]).to_owned();
        for other in [late, first_context, lacking] {
            assert_eq!(task.recognised(&other), None);
        }
    }
}
