//! Tasks whose trials differ by one value that is shown and then asked for: by a go or none, or to be recalled.

use super::{Epoch, Source, Task};
use crate::trials::Trials;

/// A value that is shown and asked for: what tasks such as Go/NoGo and analogue memory offer to analyses.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedValue {
    /// How it is asked for.
    pub question: Question,
    /// The input that shows it.
    pub input: usize,
    /// The output that answers.
    pub output: usize,
    /// When it is shown, with nothing drawn.
    pub shown: Epoch,
    /// When the answer is asked for.
    pub asked: Epoch,
    /// Lowest and highest value of training, which are 0 and 1 in the units of tests.
    pub trained: [f64; 2],
    /// Outputs that stand for 0 and 1 in these units: no go and go, or the lowest and the highest value recalled.
    pub answers: [f64; 2],
}

/// How far values are shown in tests, in units of the range of training.
pub const FURTHEST_VALUE: [f64; 2] = [-1.0, 2.0];

/// How a value is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// By a go above some value, and none below it.
    Go,
    /// It is to be reported after a delay.
    Recall,
}

impl AskedValue {
    /// A value in units of the range of training, as the task has it.
    pub fn value(&self, unit: f64) -> f64 {
        between(self.trained, unit)
    }

    /// An output in these units.
    pub fn answer(&self, output: f64) -> f64 {
        (output - self.answers[0]) / (self.answers[1] - self.answers[0])
    }
}

/// The number so far from the first to the second.
fn between([first, second]: [f64; 2], unit: f64) -> f64 {
    first + unit * (second - first)
}

impl Task {
    /// The value that it shows and asks for, if it is such a task.
    pub fn asked_value(&self) -> Option<&AskedValue> {
        self.asked_value.as_ref()
    }

    /// One trial for each value, in their order, with nothing drawn; [`None`] of a task that asks for no value.
    ///
    /// - `units`: values in units of the range of training.
    pub fn trials_of_values(&self, units: &[f64]) -> Option<Trials> {
        let asked = self.asked_value.as_ref()?;
        let values: Vec<f64> = units.iter().map(|&unit| asked.value(unit)).collect();
        match &self.source {
            Source::GoNoGo(task) => Some(task.trials(&values)),
            Source::MemoryNumber(task) => Some(task.trials(&values)),
            Source::Declared(task) => task.trials_of_values(&values),
            Source::Cddm(_) | Source::Given(_) | Source::Several(_) | Source::Yang(_) => None,
        }
    }
}
