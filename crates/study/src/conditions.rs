//! What the trials and constant inputs of a task stand for: in words, and as the groups and values that colour them.

use circuitscope::analysis::choice_lines::CONTEXTS;
use circuitscope::task::{InputLine, Task};
use circuitscope_report::figure::Condition;
use ndarray::ArrayView1;
use std::fmt::Display;

/// What each analysis trial of a task shows.
pub(crate) fn of_trials(task: &Task) -> Vec<Condition> {
    let of_trial = |values: ArrayView1<'_, f32>| match task {
        Task::Cddm(_) => cddm([values[0], values[1], values[2]]),
        Task::GoNoGo(_) | Task::MemoryNumber(_) => {
            Condition { group: 0, value: values[0].into(), label: format!("value {}", values[0]) }
        }
    };
    task.analysis_trials().conditions.outer_iter().map(of_trial).collect()
}

/// What each constant input of a task, at which fixed points are sought, stands for.
pub(crate) fn of_inputs(task: &Task) -> Vec<Condition> {
    let of_input = |input: ArrayView1<'_, f64>| {
        let values = task.fixed_point_condition(input);
        match task {
            Task::Cddm(_) => cddm([values[0], values[1], values[2]]),
            Task::GoNoGo(_) | Task::MemoryNumber(_) => {
                let (group, value) = (usize::from(values[1] != 0.0), values[0]);
                // Ten steps of a tenth are not all written as such in binary.
                Condition { group, value, label: format!("value {value:.1}, {}", CUES[group]) }
            }
        }
    };
    task.fixed_point_inputs().outer_iter().map(of_input).collect()
}

/// Whether there is a cue, by the group of the input.
pub(crate) const CUES: [&str; 2] = ["without cue", "with cue"];

/// A condition of CDDM, coloured by the evidence that counts in its context.
fn cddm<T: Copy + Display + Into<f64>>([context, motion, colour]: [T; 3]) -> Condition {
    let group = usize::from(context.into() != 0.0);
    Condition {
        group,
        value: [motion, colour][group].into(),
        label: format!("{} context, motion {motion}, colour {colour}", CONTEXTS[group]),
    }
}

/// One of [`Task::middle_lines`].
pub(crate) struct Line {
    /// What changes along it.
    pub(crate) quantity: &'static str,
    /// What is held along it.
    pub(crate) held: String,
    /// CDDM: its context, by its place in [`CONTEXTS`]; 0 otherwise.
    pub(crate) context: usize,
    /// CDDM: 0 if the quantity counts in this context, else 1. Other tasks: its place in [`CUES`].
    pub(crate) kind: usize,
    /// Values of the quantity at the two ends.
    ends: [f64; 2],
}

impl Line {
    /// The quantity at a position from 0 to 1.
    pub(crate) fn value(&self, position: f64) -> f64 {
        self.ends[0] + (self.ends[1] - self.ends[0]) * position
    }
}

/// The lines of constant inputs along which the fixed points of examples are followed.
pub(crate) fn middle_lines(task: &Task) -> Vec<Line> {
    let inputs = task.fixed_point_inputs();
    let names = task.fixed_point_condition_names();
    let of_line = |InputLine { quantity, inputs: along }| {
        let varied = names.iter().position(|name| *name == quantity).unwrap_or_default();
        let end = |place: usize| task.fixed_point_condition(inputs.row(along[place]));
        let (first, last) = (end(0), end(along.len() - 1));
        let (held, context, kind) = match task {
            Task::Cddm(_) => {
                let context = usize::from(first[0] != 0.0);
                let other = if varied == 1 { 2 } else { 1 };
                let held = format!("{} context, {} {}", CONTEXTS[context], CONTEXTS[other - 1], first[other]);
                (held, context, usize::from(varied != 1 + context))
            }
            Task::GoNoGo(_) | Task::MemoryNumber(_) => {
                let cue = usize::from(first[1] != 0.0);
                (CUES[cue].to_owned(), 0, cue)
            }
        };
        Line { quantity, held, context, kind, ends: [first[varied], last[varied]] }
    };
    task.middle_lines().into_iter().map(of_line).collect()
}
