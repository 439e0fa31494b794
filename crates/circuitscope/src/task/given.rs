//! Trials that are given as arrays: the same in training, scoring and analysis.

use super::{Epoch, InputGrid, Source, Task};
use crate::trials::Trials;
use ndarray::{Array2, Axis, s};
use std::collections::BTreeSet;

/// Trials of any task as arrays, with the names of what they carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    name: String,
    input_names: Vec<String>,
    output_names: Vec<String>,
    condition_names: Vec<String>,
    trials: Trials,
}

/// Why arrays are no trials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GivenError {
    /// Arrays do not fit each other.
    #[error("`{name}` has {found} {of}, expected {expected}")]
    Size {
        /// The array or the list of names.
        name: &'static str,
        /// Of what.
        of: &'static str,
        /// How many.
        found: usize,
        /// How many there would have to be.
        expected: usize,
    },
    /// There is no input, output, step or trial.
    #[error("`{name}` is empty")]
    Empty {
        /// The array.
        name: &'static str,
    },
    /// The mask is not rising, or goes beyond the trial.
    #[error("`mask` names step {step}, expected rising steps below {n_steps}")]
    Mask {
        /// The step.
        step: usize,
        /// Steps of a trial.
        n_steps: usize,
    },
    /// A step of the mask at which no output counts.
    #[error("`mask` names step {step}, at which every weight is 0")]
    Unweighted {
        /// The step.
        step: usize,
    },
    /// A weight is negative or not finite, or counts where the mask does not.
    #[error("`weights` at [{output}, {step}, {trial}] is {value}, expected {expected}")]
    Weight {
        /// Output.
        output: usize,
        /// Step.
        step: usize,
        /// Trial.
        trial: usize,
        /// What it holds.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A number is not finite.
    #[error("`{name}` at [{row}, {step}, {trial}] is {value}, expected a finite number")]
    Value {
        /// The array.
        name: &'static str,
        /// Input or output.
        row: usize,
        /// Step.
        step: usize,
        /// Trial.
        trial: usize,
        /// What it holds.
        value: String,
    },
}

impl Given {
    /// Makes a task of trials.
    ///
    /// # Errors
    /// [`GivenError`] names the first array that does not fit.
    pub fn new(
        name: String,
        [input_names, output_names, condition_names]: [Vec<String>; 3],
        trials: Trials,
    ) -> Result<Self, GivenError> {
        let (n_inputs, n_steps, n_trials) = trials.inputs.dim();
        let (n_outputs, n_target_steps, n_target_trials) = trials.targets.dim();
        for (name, is_empty) in [
            ("inputs", trials.inputs.is_empty()),
            ("targets", trials.targets.is_empty()),
            ("mask", trials.mask.is_empty()),
            ("conditions", trials.conditions.is_empty()),
        ] {
            if is_empty {
                return Err(GivenError::Empty { name });
            }
        }
        for (name, of, found, expected) in [
            ("targets", "steps", n_target_steps, n_steps),
            ("targets", "trials", n_target_trials, n_trials),
            ("conditions", "trials", trials.conditions.nrows(), n_trials),
            ("conditions", "columns", trials.conditions.ncols(), condition_names.len()),
            ("input names", "entries", input_names.len(), n_inputs),
            ("output names", "entries", output_names.len(), n_outputs),
        ] {
            if found != expected {
                return Err(GivenError::Size { name, of, found, expected });
            }
        }
        let rises = |pair: &&[usize]| pair[0] >= pair[1];
        let wrong = trials.mask.windows(2).find(rises).map(|pair| pair[1]);
        if let Some(step) = wrong.or(trials.mask.last().copied().filter(|&last| last >= n_steps)) {
            return Err(GivenError::Mask { step, n_steps });
        }
        check_weights(&trials)?;
        for (name, array) in [("inputs", &trials.inputs), ("targets", &trials.targets)] {
            if let Some(((row, step, trial), value)) =
                array.indexed_iter().find(|(_, value)| !value.is_finite())
            {
                return Err(GivenError::Value { name, row, step, trial, value: value.to_string() });
            }
        }
        Ok(Self { name, input_names, output_names, condition_names, trials })
    }

    pub(super) fn trials(&self) -> Trials {
        self.trials.clone()
    }

    /// Every number of the trials.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let Trials { inputs, targets, mask, weights, conditions } = &self.trials;
        let numbers = |values: &mut dyn Iterator<Item = &f32>| {
            values.fold(String::new(), |text, value| text + &format!("{:08x}", value.to_bits()))
        };
        let mut fields = vec![
            ("shape", format!("{:?} {:?} {:?}", inputs.dim(), targets.dim(), conditions.dim())),
            ("names", format!("{:?} {:?} {:?}", self.input_names, self.output_names, self.condition_names)),
            ("inputs", numbers(&mut inputs.iter())),
            ("targets", numbers(&mut targets.iter())),
            ("mask", format!("{mask:?}")),
            ("conditions", numbers(&mut conditions.iter())),
        ];
        fields.extend(weights.iter().map(|weights| ("weights", numbers(&mut weights.iter()))));
        fields
    }
}

impl From<Given> for Task {
    fn from(task: Given) -> Self {
        let Given { name, input_names, output_names, condition_names, trials } = &task;
        let decision = last_run(&trials.mask);
        let range = trials
            .conditions
            .column(0)
            .iter()
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &value| {
                [low.min(f64::from(value)), high.max(f64::from(value))]
            });
        Self {
            name: name.clone(),
            input_names: input_names.clone(),
            output_names: output_names.clone(),
            condition_names: condition_names.clone(),
            quantity: (condition_names[0].clone(), range),
            n_circuit_nodes: input_names.len() + output_names.len().max(2),
            n_steps: trials.n_steps(),
            starts: Vec::new(),
            decision,
            dt_ms: None,
            grid: InputGrid::of_inputs(distinct_inputs(trials, decision.end - 1)),
            contexts: None,
            choice: None,
            asked_value: None,
            source: Source::Given(Box::new(task)),
        }
    }
}

/// Refuses weights that do not go with targets and mask.
fn check_weights(trials: &Trials) -> Result<(), GivenError> {
    let Some(weights) = &trials.weights else { return Ok(()) };
    let (found, expected) = (weights.dim(), trials.targets.dim());
    for (of, found, expected) in
        [("outputs", found.0, expected.0), ("steps", found.1, expected.1), ("trials", found.2, expected.2)]
    {
        if found != expected {
            return Err(GivenError::Size { name: "weights", of, found, expected });
        }
    }
    for ((output, step, trial), &value) in weights.indexed_iter() {
        let expected = if !(value.is_finite() && value >= 0.0) {
            "a finite number from 0 on"
        } else if value > 0.0 && trials.mask.binary_search(&step).is_err() {
            "0 at a step that is not in the mask"
        } else {
            continue;
        };
        return Err(GivenError::Weight { output, step, trial, value: value.to_string(), expected });
    }
    let counts = |step: &usize| weights.index_axis(Axis(1), *step).iter().any(|&weight| weight > 0.0);
    match trials.mask.iter().find(|step| !counts(step)) {
        Some(&step) => Err(GivenError::Unweighted { step }),
        None => Ok(()),
    }
}

/// The last steps in a row of a mask.
fn last_run(mask: &[usize]) -> Epoch {
    let end = mask.last().map_or(0, |last| last + 1);
    let n = mask.iter().rev().enumerate().take_while(|(place, step)| **step + place + 1 == end).count();
    Epoch::new(end - n, end)
}

/// The distinct inputs `[I, U]` that trials show at a step, in the order of the trials.
pub(super) fn distinct_inputs(trials: &Trials, step: usize) -> Array2<f64> {
    let mut seen = BTreeSet::new();
    let mut distinct: Vec<f64> = Vec::new();
    for trial in 0..trials.n_trials() {
        let shown = trials.inputs.slice(s![.., step, trial]);
        if seen.insert(shown.iter().map(|value| value.to_bits()).collect::<Vec<_>>()) {
            distinct.extend(shown.iter().copied().map(f64::from));
        }
    }
    Array2::from_shape_fn((seen.len(), trials.n_inputs()), |(row, channel)| {
        distinct[row * trials.n_inputs() + channel]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array3, array};

    fn given(change: impl Fn(&mut Trials)) -> Result<Given, GivenError> {
        let task = Task::published("go_no_go").expect("a task");
        let mut trials = task.analysis_trials();
        change(&mut trials);
        let names = [task.input_names(), task.output_names(), task.condition_names()];
        Given::new("mine".to_owned(), names.map(<[String]>::to_vec), trials)
    }

    #[test]
    fn trials_as_arrays_are_a_task() {
        let task = Task::published("go_no_go").expect("a task");
        let given = Task::from(given(|_| ()).expect("trials"));
        assert_eq!(given.analysis_trials(), task.analysis_trials());
        assert_eq!(given.training_trials(3, 4), task.analysis_trials());
        assert_eq!(given.decision(), Epoch::new(40, 60), "the last steps that count");
        assert_eq!(given.epochs(), [("trial", Epoch::new(0, 60))]);
        // At the end of a trial each value is shown with cue and bias.
        let grid = given.constant_inputs();
        assert_eq!(
            (grid.inputs.dim(), grid.inputs.row(3)),
            ((11, 3), array![f64::from(0.3_f32), 1.0, 1.0].view())
        );
        assert_eq!(grid.conditions.row(3), array![3.0].view());
        assert_eq!(given.quantity(), ("value", [0.0, 1.0]));
        let text = given.text();
        let mut other = task.analysis_trials();
        other.targets[[0, 59, 10]] = 0.5;
        assert_ne!(Task::from(self::given(|trials| trials.clone_from(&other)).expect("trials")).text(), text);
    }

    #[test]
    fn weights_are_part_of_what_trials_are() {
        let weighted = |weight: f32| {
            given(|trials| {
                let mut weights = Array3::zeros(trials.targets.dim());
                trials.mask.iter().for_each(|&step| weights[[0, step, 3]] = weight);
                trials.weights = Some(weights);
            })
        };
        let text = |weight: f32| Task::from(weighted(weight).expect("trials")).text();
        assert_ne!(text(1.0), text(2.0));
        assert_ne!(text(1.0), Task::from(given(|_| ()).expect("trials")).text());
        let task = Task::from(weighted(2.0).expect("trials"));
        assert_eq!(task.analysis_trials().counted().map(|counted| counted[[40, 3]]), Some(true));
        assert_eq!(task.analysis_trials().weight(0, 40, 2), 0.0);
    }

    #[test]
    fn arrays_that_are_no_trials_are_refused_by_name() {
        let weighted = |at: [usize; 3], value: f32| {
            given(|trials| {
                let ones = Array3::from_shape_fn(trials.targets.dim(), |(_, step, _)| {
                    f32::from(u8::from(trials.mask.contains(&step)))
                });
                trials.weights = Some(ones);
                trials.weights.iter_mut().for_each(|weights| weights[at] = value);
            })
        };
        for (wrong, says) in [
            (weighted([0, 12, 3], -1.0), "`weights` at [0, 12, 3] is -1, expected a finite number from 0 on"),
            (
                weighted([0, 12, 3], f32::INFINITY),
                "`weights` at [0, 12, 3] is inf, expected a finite number from 0 on",
            ),
            (
                weighted([0, 35, 2], 1.0),
                "`weights` at [0, 35, 2] is 1, expected 0 at a step that is not in the mask",
            ),
            (
                given(|trials| trials.weights = Some(Array3::zeros((1, 60, 3)))),
                "`weights` has 3 trials, expected 11",
            ),
            (
                given(|trials| trials.weights = Some(Array3::zeros((1, 60, 11)))),
                "`mask` names step 10, at which every weight is 0",
            ),
            (
                given(|trials| trials.targets = Array3::zeros((1, 59, 11))),
                "`targets` has 59 steps, expected 60",
            ),
            (
                given(|trials| trials.targets = Array3::zeros((1, 60, 3))),
                "`targets` has 3 trials, expected 11",
            ),
            (given(|trials| trials.mask.clear()), "`mask` is empty"),
            (given(|trials| trials.mask = vec![3, 3]), "`mask` names step 3, expected rising steps below 60"),
            (
                given(|trials| trials.mask = vec![3, 60]),
                "`mask` names step 60, expected rising steps below 60",
            ),
            (
                given(|trials| trials.inputs[[1, 2, 3]] = f32::NAN),
                "`inputs` at [1, 2, 3] is NaN, expected a finite number",
            ),
        ] {
            assert_eq!(wrong.map_err(|error| error.to_string()), Err(says.to_owned()));
        }
    }
}
