//! The tasks of the study and the trials they are made of (TE25, Methods; science of the published code).
//!
//! Time is counted in steps of the network's `dt`; an [`Epoch`] holds its first step and leaves out its last.

mod cddm;
mod go_no_go;
mod memory_number;

pub use cddm::Cddm;
pub use go_no_go::GoNoGo;
pub use memory_number::MemoryNumber;

use crate::field::FieldError;
use crate::trials::Trials;
use ndarray::{Array2, ArrayView1};

/// Steps `start..end` of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch {
    /// First step inside.
    pub start: usize,
    /// First step after.
    pub end: usize,
}

impl Epoch {
    /// The epoch of steps `start..end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    fn contains(self, step: usize) -> bool {
        (self.start..self.end).contains(&step)
    }
}

/// A line of constant inputs along which one quantity of a task goes from its least to its largest value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputLine {
    /// What changes along it, one of [`Task::fixed_point_condition_names`].
    pub quantity: String,
    /// Its inputs by their place in [`Task::fixed_point_inputs`], from the first to the last; at least two.
    pub inputs: Vec<usize>,
}

/// A task as a value: names of inputs and outputs, epochs, trials, a grid of constant inputs, and what it offers to analyses.
///
/// Nothing outside this module asks which task it is; analyses ask for what it offers, such as [`Task::contexts`].
#[derive(Clone, Debug, PartialEq)]
pub struct Task(Kind);

/// Where trials come from.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Cddm(Cddm),
    GoNoGo(GoNoGo),
    MemoryNumber(MemoryNumber),
}

impl From<Cddm> for Task {
    fn from(task: Cddm) -> Self {
        Self(Kind::Cddm(task))
    }
}

impl From<GoNoGo> for Task {
    fn from(task: GoNoGo) -> Self {
        Self(Kind::GoNoGo(task))
    }
}

impl From<MemoryNumber> for Task {
    fn from(task: MemoryNumber) -> Self {
        Self(Kind::MemoryNumber(task))
    }
}

/// What a network's decision is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOut {
    /// The output for one choice less that for the other.
    Difference {
        /// The output for.
        of: usize,
        /// The output against.
        from: usize,
    },
    /// An output by itself.
    Output(usize),
}

impl Task {
    /// The names of the built-in tasks, in the order of the published tables.
    pub const NAMES: [&'static str; 3] = ["cddm", "go_no_go", "memory_number"];

    /// The built-in task of this name with the published parameters, if there is one.
    pub fn published(name: &str) -> Option<Self> {
        match name {
            "cddm" => Some(Cddm::published().into()),
            "go_no_go" => Some(GoNoGo::published().into()),
            "memory_number" => Some(MemoryNumber::published().into()),
            _ => None,
        }
    }

    /// Its name in study files and on the command line.
    pub fn name(&self) -> &str {
        match &self.0 {
            Kind::Cddm(_) => "cddm",
            Kind::GoNoGo(_) => "go_no_go",
            Kind::MemoryNumber(_) => "memory_number",
        }
    }

    /// The task as one in which a context says which of two kinds of evidence the choice is by, if it is one.
    pub fn contexts(&self) -> Option<&Cddm> {
        if let Kind::Cddm(task) = &self.0 { Some(task) } else { None }
    }

    /// The task as one in which a value asks for an answer at a cue, or for none, if it is one.
    pub fn go_cue(&self) -> Option<&GoNoGo> {
        if let Kind::GoNoGo(task) = &self.0 { Some(task) } else { None }
    }

    /// The task as one in which a value is to be recalled, if it is one.
    pub fn recall(&self) -> Option<&MemoryNumber> {
        if let Kind::MemoryNumber(task) = &self.0 { Some(task) } else { None }
    }

    /// What tells its trials apart first: the quantity, and its range.
    pub fn quantity(&self) -> (&str, [f64; 2]) {
        match &self.0 {
            Kind::Cddm(_) => ("relevant coherence", [-1.0, 1.0]),
            Kind::GoNoGo(_) | Kind::MemoryNumber(_) => ("value", [0.0, 1.0]),
        }
    }

    /// What its decision is read from: of two outputs or more the first less the second.
    pub fn read_out(&self) -> ReadOut {
        if self.output_names().len() > 1 {
            ReadOut::Difference { of: 0, from: 1 }
        } else {
            ReadOut::Output(0)
        }
    }

    /// Nodes of its latent circuits; the published numbers of the built-in tasks.
    pub fn n_circuit_nodes(&self) -> usize {
        match &self.0 {
            Kind::Cddm(_) => 8,
            Kind::GoNoGo(_) => 5,
            Kind::MemoryNumber(_) => 7,
        }
    }

    /// Everything that trials are made from, as text: it changes with whatever changes an array.
    pub fn text(&self) -> String {
        let fields = match &self.0 {
            Kind::Cddm(task) => task.fields(),
            Kind::GoNoGo(task) => task.fields(),
            Kind::MemoryNumber(task) => task.fields(),
        };
        fields
            .into_iter()
            .fold(format!("task={}\n", self.name()), |text, (name, value)| text + name + "=" + &value + "\n")
    }

    /// What each input carries, in the order of `W_inp`'s columns.
    pub fn input_names(&self) -> Vec<&str> {
        match &self.0 {
            Kind::Cddm(_) => vec![
                "context motion",
                "context colour",
                "motion right",
                "motion left",
                "colour right",
                "colour left",
            ],
            Kind::GoNoGo(_) => vec!["value", "cue", "bias"],
            Kind::MemoryNumber(_) => vec!["value", "recall cue", "bias"],
        }
    }

    /// What each output should carry, in the order of `W_out`'s rows.
    pub fn output_names(&self) -> Vec<&str> {
        match &self.0 {
            Kind::Cddm(_) => vec!["right", "left"],
            Kind::GoNoGo(_) => vec!["go"],
            Kind::MemoryNumber(_) => vec!["value"],
        }
    }

    /// What each column of [`Trials::conditions`] holds.
    pub fn condition_names(&self) -> Vec<&str> {
        match &self.0 {
            Kind::Cddm(_) => vec!["context", "motion coherence", "colour coherence"],
            Kind::GoNoGo(_) | Kind::MemoryNumber(_) => vec!["value"],
        }
    }

    /// Passes the task on if trials can be made from it.
    ///
    /// # Errors
    /// [`FieldError`] names the first parameter that does not fit, and the remedy.
    pub fn checked(self) -> Result<Self, FieldError> {
        match &self.0 {
            Kind::Cddm(task) => task.check(),
            Kind::GoNoGo(task) => task.check(),
            Kind::MemoryNumber(task) => task.check(),
        }?;
        Ok(self)
    }

    /// Whether every training iteration sees new trials.
    pub fn redraws_trials(&self) -> bool {
        matches!(&self.0, Kind::MemoryNumber(task) if task.onset_jitter != (0, 0))
    }

    /// The training trials of one iteration; only tasks that redraw trials depend on `seed` and `iteration`.
    pub fn training_trials(&self, seed: u64, iteration: u64) -> Trials {
        match &self.0 {
            Kind::Cddm(task) => task.trials(&task.train_coherences),
            Kind::GoNoGo(task) => task.trials(&task.train_values),
            Kind::MemoryNumber(task) => task.jittered_trials(seed, iteration),
        }
    }

    /// The training conditions without any jitter: on these a training score is taken.
    pub fn scoring_trials(&self) -> Trials {
        match &self.0 {
            Kind::Cddm(task) => task.trials(&task.train_coherences),
            Kind::GoNoGo(task) => task.trials(&task.train_values),
            Kind::MemoryNumber(task) => task.trials(&task.train_values),
        }
    }

    /// The trials on which networks are scored and compared.
    pub fn analysis_trials(&self) -> Trials {
        match &self.0 {
            Kind::Cddm(task) => task.trials(&task.analysis_coherences),
            Kind::GoNoGo(task) => task.trials(&task.analysis_values),
            Kind::MemoryNumber(task) => task.trials(&task.analysis_values),
        }
    }

    /// The epoch in which the network is to answer.
    pub fn decision(&self) -> Epoch {
        match &self.0 {
            Kind::Cddm(task) => task.decision,
            Kind::GoNoGo(task) => task.cue,
            Kind::MemoryNumber(task) => task.recall,
        }
    }

    /// Where a trial changes: the first steps of the epochs after its start, by name, rising.
    pub fn epoch_starts(&self) -> Vec<(&str, usize)> {
        let epochs = self.epochs().into_iter().skip(1);
        epochs.map(|(name, epoch)| (name, epoch.start)).collect()
    }

    /// The parts of a trial by name, each up to the start of the next; `trial` is what comes before the first that has a name.
    pub fn epochs(&self) -> Vec<(&str, Epoch)> {
        let (mut starts, n_steps) = match &self.0 {
            Kind::Cddm(task) => (
                vec![
                    ("context", task.context.start),
                    ("stimulus", task.stimulus.start),
                    ("decision", task.decision.start),
                ],
                task.n_steps,
            ),
            Kind::GoNoGo(task) => (vec![("value", task.value.start), ("cue", task.cue.start)], task.n_steps),
            Kind::MemoryNumber(task) => (
                vec![("value", task.value.start), ("delay", task.value.end), ("recall", task.recall.start)],
                task.n_steps,
            ),
        };
        starts.push(("trial", 0)); // where nothing else starts
        starts.retain(|&(_, step)| step < n_steps);
        starts.sort_by_key(|&(_, step)| step);
        starts.dedup_by_key(|&mut (_, step)| step);
        let ends = starts.iter().skip(1).map(|&(_, start)| start).chain([n_steps]);
        starts.iter().zip(ends).map(|(&(name, start), end)| (name, Epoch { start, end })).collect()
    }

    /// The constant inputs `[I, U]` at which fixed points are sought.
    ///
    /// CDDM: both contexts × 5 levels of motion × 5 of colour, in this order, 50 in all. The others: 11 values with the
    /// cue, then the same without it, 22 in all. The levels are the published ones whatever trials the study sets.
    ///
    /// # Source
    /// docs/methods.md §2.
    pub fn fixed_point_inputs(&self) -> Array2<f64> {
        match &self.0 {
            Kind::Cddm(_) => cddm::fixed_point_inputs(),
            Kind::GoNoGo(_) | Kind::MemoryNumber(_) => values_with_and_without_cue(),
        }
    }

    /// The lines of the grid that [`Self::fixed_point_inputs`] are.
    ///
    /// CDDM: in each context 5 lines of motion, then 5 of colour, the other held; 20 in all. The others: the values with
    /// the cue and without it, then the cue at each of the 11 values; 13 in all.
    pub fn fixed_point_lines(&self) -> Vec<InputLine> {
        match &self.0 {
            Kind::Cddm(_) => cddm::fixed_point_lines(),
            Kind::GoNoGo(_) | Kind::MemoryNumber(_) => {
                let values = [0, VALUES].map(|first| InputLine {
                    quantity: "value".to_owned(),
                    inputs: (first..first + VALUES).collect(),
                });
                let cues = (0..VALUES).map(|value| InputLine {
                    quantity: "cue".to_owned(),
                    inputs: vec![VALUES + value, value],
                });
                values.into_iter().chain(cues).collect()
            }
        }
    }

    /// Those of [`Self::fixed_point_lines`] through the middle of the grid: CDDM in each context motion, then colour,
    /// with evidence for neither side from the other; the others the values with the cue and without it.
    pub fn middle_lines(&self) -> Vec<InputLine> {
        let lines = self.fixed_point_lines();
        match &self.0 {
            Kind::Cddm(_) => cddm::middle_lines(lines),
            Kind::GoNoGo(_) | Kind::MemoryNumber(_) => lines.into_iter().take(2).collect(),
        }
    }

    /// What an input of [`Self::fixed_point_inputs`] stands for, a number each for [`Self::fixed_point_condition_names`].
    #[allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]
    pub fn fixed_point_condition(&self, input: ArrayView1<'_, f64>) -> Vec<f64> {
        match &self.0 {
            Kind::Cddm(_) => vec![input[1], input[2] - input[3], input[4] - input[5]],
            Kind::GoNoGo(_) | Kind::MemoryNumber(_) => vec![input[0], input[1]],
        }
    }

    /// What [`Self::fixed_point_condition`] holds.
    pub fn fixed_point_condition_names(&self) -> Vec<&str> {
        match &self.0 {
            Kind::Cddm(_) => vec!["context", "motion coherence", "colour coherence"],
            Kind::GoNoGo(_) | Kind::MemoryNumber(_) => vec!["value", "cue"],
        }
    }
}

/// Values at which fixed points are sought.
const VALUES: usize = 11;

/// Inputs `[22, 3]` of a task with value, cue and bias: 11 values with the cue, then without.
fn values_with_and_without_cue() -> Array2<f64> {
    const STEP: f64 = 1.0 / (VALUES - 1) as f64;
    Array2::from_shape_fn((2 * VALUES, 3), |(row, channel)| match channel {
        0 => (row % VALUES) as f64 * STEP,
        1 => f64::from(u8::from(row < VALUES)),
        _ => 1.0,
    })
}

/// `n` evenly spaced values from 0 to 1, ends included (a single value is 0).
pub fn unit_values(n: usize) -> Vec<f64> {
    (0..n).map(|k| k as f64 / (n.max(2) - 1) as f64).collect()
}

/// The steps of several epochs, rising, each once.
fn steps_of(epochs: &[Epoch], n_steps: usize) -> Vec<usize> {
    (0..n_steps).filter(|&step| epochs.iter().any(|epoch| epoch.contains(step))).collect()
}

/// Settings as text, as they stand in the identity of a training.
fn text_of_epochs(epochs: &[Epoch]) -> String {
    epochs.iter().fold(String::new(), |text, epoch| format!("{text}{}..{} ", epoch.start, epoch.end))
}

fn check_steps(n_steps: usize) -> Result<(), FieldError> {
    if (2..=1_000_000).contains(&n_steps) {
        return Ok(());
    }
    let remedy = "a trial needs from 2 to 1000000 steps".into();
    Err(FieldError { field: "n_steps", found: n_steps.to_string(), remedy })
}

fn check_epoch(field: &'static str, epoch: Epoch, n_steps: usize) -> Result<(), FieldError> {
    if epoch.start < epoch.end && epoch.end <= n_steps {
        return Ok(());
    }
    let found = format!("[{}, {}]", epoch.start, epoch.end);
    let remedy = if epoch.end > n_steps {
        format!("it must end by step {n_steps}, the end of the trial (`n_steps`)")
    } else {
        "it must start before it ends".into()
    };
    Err(FieldError { field, found, remedy })
}

fn check_mask(mask: &[Epoch], n_steps: usize) -> Result<(), FieldError> {
    if mask.is_empty() {
        let remedy = "name at least one epoch in which the output counts, such as [[10, 30]]".into();
        return Err(FieldError { field: "mask", found: "empty".into(), remedy });
    }
    mask.iter().try_for_each(|&epoch| check_epoch("mask", epoch, n_steps))
}

/// Refuses an empty list and entries outside `low..=high`.
pub(crate) fn check_range(
    field: &'static str,
    values: &[f64],
    low: f64,
    high: f64,
) -> Result<(), FieldError> {
    if values.is_empty() {
        let remedy = format!("give at least one number from {low} to {high}");
        return Err(FieldError { field, found: "empty".into(), remedy });
    }
    match values.iter().find(|x| !(low..=high).contains(*x)) {
        None => Ok(()),
        Some(x) => {
            let remedy = format!("every entry must lie from {low} to {high}");
            Err(FieldError { field, found: format!("{x} in its list"), remedy })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_change_where_their_epochs_start() {
        for (name, starts) in [
            ("cddm", vec![("stimulus", 99), ("decision", 199)]),
            ("go_no_go", vec![("cue", 30)]),
            ("memory_number", vec![("value", 20), ("delay", 30), ("recall", 60)]),
        ] {
            assert_eq!(Task::published(name).expect("a task").epoch_starts(), starts);
        }
    }
}
