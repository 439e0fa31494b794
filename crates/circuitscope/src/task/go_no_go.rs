//! Go/NoGo (TE25, Methods): answer at the cue if the value is above one half.

use super::grid::values_with_and_without_cue;
use super::{
    AskedValue, Epoch, Question, Source, Task, check_epoch, check_mask, check_range, check_steps, owned,
    steps_of, text_of_epochs, unit_values,
};
use crate::field::FieldError;
use crate::trials::Trials;
use ndarray::{Array2, Array3};

/// Parameters of the Go/NoGo task.
#[derive(Clone, Debug, PartialEq)]
pub struct GoNoGo {
    /// Length of a trial.
    pub n_steps: usize,
    /// When the value is shown.
    pub value: Epoch,
    /// When the answer is asked for.
    pub cue: Epoch,
    /// When the output counts.
    pub mask: Vec<Epoch>,
    /// Values above this ask for a go.
    pub threshold: f64,
    /// Values in training, in [0, 1].
    pub train_values: Vec<f64>,
    /// Values in the analysis, in [0, 1].
    pub analysis_values: Vec<f64>,
}

impl GoNoGo {
    /// The published task: 60 steps, 256 training values, 11 analysis values.
    pub fn published() -> Self {
        Self {
            n_steps: 60,
            value: Epoch::new(0, 60),
            cue: Epoch::new(30, 60),
            mask: vec![Epoch::new(10, 30), Epoch::new(40, 60)],
            threshold: 0.5,
            train_values: unit_values(256),
            analysis_values: unit_values(11),
        }
    }

    /// Everything that trials are made from.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("n_steps", self.n_steps.to_string()),
            ("value", text_of_epochs(&[self.value])),
            ("cue", text_of_epochs(&[self.cue])),
            ("mask", text_of_epochs(&self.mask)),
            ("threshold", format!("{:?}", self.threshold)),
            ("train_values", format!("{:?}", self.train_values)),
            ("analysis_values", format!("{:?}", self.analysis_values)),
        ]
    }

    pub(super) fn check(&self) -> Result<(), FieldError> {
        check_steps(self.n_steps)?;
        check_epoch("value", self.value, self.n_steps)?;
        check_epoch("cue", self.cue, self.n_steps)?;
        check_mask(&self.mask, self.n_steps)?;
        check_range("threshold", &[self.threshold], 0.0, 1.0)?;
        check_range("train_values", &self.train_values, 0.0, 1.0)?;
        check_range("analysis_values", &self.analysis_values, 0.0, 1.0)
    }

    /// One trial a value, in their order.
    pub(crate) fn trials(&self, values: &[f64]) -> Trials {
        let mut inputs = Array3::zeros((3, self.n_steps, values.len()));
        let mut targets = Array3::zeros((1, self.n_steps, values.len()));
        for (trial, &value) in values.iter().enumerate() {
            for step in 0..self.n_steps {
                if self.value.contains(step) {
                    inputs[[0, step, trial]] = value as f32;
                }
                if self.cue.contains(step) {
                    inputs[[1, step, trial]] = 1.0;
                    targets[[0, step, trial]] = f32::from(value > self.threshold);
                }
                inputs[[2, step, trial]] = 1.0;
            }
        }
        let conditions = Array2::from_shape_fn((values.len(), 1), |(trial, _)| values[trial] as f32);
        Trials { inputs, targets, mask: steps_of(&self.mask, self.n_steps), weights: None, conditions }
    }
}

impl From<GoNoGo> for Task {
    fn from(task: GoNoGo) -> Self {
        Self {
            name: "go_no_go".to_owned(),
            input_names: owned(["value", "cue", "bias"]),
            output_names: owned(["go"]),
            condition_names: owned(["value"]),
            quantity: ("value".to_owned(), [0.0, 1.0]),
            n_circuit_nodes: 5,
            n_steps: task.n_steps,
            starts: [("value", task.value.start), ("cue", task.cue.start)]
                .map(|(name, step)| (name.to_owned(), step))
                .to_vec(),
            decision: task.cue,
            dt_ms: None,
            grid: values_with_and_without_cue(),
            contexts: None,
            choice: None,
            asked_value: Some(AskedValue {
                question: Question::Go,
                input: 0,
                output: 0,
                shown: task.value,
                asked: task.cue,
                trained: [0.0, 1.0],
                answers: [0.0, 1.0],
            }),
            source: Source::GoNoGo(task),
        }
    }
}
