//! `MemoryNumber` (TE25, Methods): hold an analogue value over a delay and report it at the recall cue.

use super::grid::values_with_and_without_cue;
use super::{
    AskedValue, Epoch, Question, Source, Task, check_epoch, check_mask, check_range, check_steps, owned,
    steps_of, text_of_epochs, unit_values,
};
use crate::field::FieldError;
use crate::stream::Stream;
use crate::trials::Trials;
use ndarray::{Array2, Array3};
use rand::RngExt;

/// Parameters of the analogue memory task.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryNumber {
    /// Length of a trial.
    pub n_steps: usize,
    /// When the value is shown, before its offset.
    pub value: Epoch,
    /// Lowest and highest offset of the value's onset in training (steps, both included), drawn anew each iteration
    /// and trial; the analysis has none.
    pub onset_jitter: (i64, i64),
    /// When the recall is asked for.
    pub recall: Epoch,
    /// When the output counts.
    pub mask: Vec<Epoch>,
    /// Values in training, in [0, 1].
    pub train_values: Vec<f64>,
    /// Values in the analysis, in [0, 1].
    pub analysis_values: Vec<f64>,
}

impl MemoryNumber {
    /// The published task: 120 steps, 256 training values, onsets from step 0 to 39, 11 analysis values.
    pub fn published() -> Self {
        Self {
            n_steps: 120,
            value: Epoch::new(20, 30),
            onset_jitter: (-20, 19),
            recall: Epoch::new(60, 120),
            mask: vec![Epoch::new(0, 60), Epoch::new(80, 120)],
            train_values: unit_values(256),
            analysis_values: unit_values(11),
        }
    }

    /// Everything that trials are made from.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("n_steps", self.n_steps.to_string()),
            ("value", text_of_epochs(&[self.value])),
            ("onset_jitter", format!("{:?}", self.onset_jitter)),
            ("recall", text_of_epochs(&[self.recall])),
            ("mask", text_of_epochs(&self.mask)),
            ("train_values", format!("{:?}", self.train_values)),
            ("analysis_values", format!("{:?}", self.analysis_values)),
        ]
    }

    pub(super) fn check(&self) -> Result<(), FieldError> {
        check_steps(self.n_steps)?;
        check_epoch("value", self.value, self.n_steps)?;
        check_epoch("recall", self.recall, self.n_steps)?;
        check_mask(&self.mask, self.n_steps)?;
        check_range("train_values", &self.train_values, 0.0, 1.0)?;
        check_range("analysis_values", &self.analysis_values, 0.0, 1.0)?;
        let (low, high) = self.onset_jitter;
        let (first, last) = (self.value.start as i64 + low, self.value.end as i64 + high);
        if low <= high && first >= 0 && last <= self.n_steps as i64 {
            return Ok(());
        }
        let remedy = if low > high {
            "the lowest offset must not exceed the highest".into()
        } else {
            format!(
                "the value would be shown from step {first} to {last}, outside the trial of {} steps",
                self.n_steps
            )
        };
        Err(FieldError { field: "onset_jitter", found: format!("[{low}, {high}]"), remedy })
    }

    /// One trial a value, each with the onset drawn for this seed and iteration.
    pub(super) fn jittered_trials(&self, seed: u64, iteration: u64) -> Trials {
        let mut rng = Stream::Onsets { iteration }.rng(seed);
        let (low, high) = self.onset_jitter;
        let offsets = self.train_values.iter().map(|_| rng.random_range(low..=high)).collect::<Vec<_>>();
        self.trials_with_offsets(&self.train_values, &offsets)
    }

    /// One trial a value, in their order, without offsets.
    pub(crate) fn trials(&self, values: &[f64]) -> Trials {
        self.trials_with_offsets(values, &vec![0; values.len()])
    }

    fn trials_with_offsets(&self, values: &[f64], offsets: &[i64]) -> Trials {
        let mut inputs = Array3::zeros((3, self.n_steps, values.len()));
        let mut targets = Array3::zeros((1, self.n_steps, values.len()));
        for (trial, (&value, offset)) in values.iter().zip(offsets).enumerate() {
            for step in 0..self.n_steps {
                if usize::try_from(step as i64 - offset).is_ok_and(|unshifted| self.value.contains(unshifted))
                {
                    inputs[[0, step, trial]] = value as f32;
                }
                if self.recall.contains(step) {
                    inputs[[1, step, trial]] = 1.0;
                    targets[[0, step, trial]] = value as f32;
                }
                inputs[[2, step, trial]] = 1.0;
            }
        }
        let conditions = Array2::from_shape_fn((values.len(), 1), |(trial, _)| values[trial] as f32);
        Trials { inputs, targets, mask: steps_of(&self.mask, self.n_steps), weights: None, conditions }
    }
}

impl From<MemoryNumber> for Task {
    fn from(task: MemoryNumber) -> Self {
        Self {
            name: "memory_number".to_owned(),
            input_names: owned(["value", "recall cue", "bias"]),
            output_names: owned(["value"]),
            condition_names: owned(["value"]),
            quantity: ("value".to_owned(), [0.0, 1.0]),
            n_circuit_nodes: 7,
            n_steps: task.n_steps,
            starts: [("value", task.value.start), ("delay", task.value.end), ("recall", task.recall.start)]
                .map(|(name, step)| (name.to_owned(), step))
                .to_vec(),
            decision: task.recall,
            dt_ms: None,
            grid: values_with_and_without_cue(),
            contexts: None,
            choice: None,
            asked_value: Some(AskedValue {
                question: Question::Recall,
                input: 0,
                output: 0,
                shown: task.value,
                asked: task.recall,
                trained: [0.0, 1.0],
                answers: [0.0, 1.0],
            }),
            source: Source::MemoryNumber(task),
        }
    }
}
