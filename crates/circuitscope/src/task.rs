//! Tasks and the trials they are made of (TE25, Methods; science of the published code).
//!
//! Time is counted in steps of the network's `dt`; an [`Epoch`] holds its first step and leaves out its last.

mod asked_value;
mod cddm;
mod choice;
mod choice_by_context;
pub mod declared;
mod given;
mod go_no_go;
mod grid;
mod memory_number;
mod several;
mod shown_in_contexts;
mod yang;

pub use asked_value::{AskedValue, FURTHEST_VALUE, Question};
pub use cddm::Cddm;
pub use choice::Choice;
pub use choice_by_context::{Channels, ChoiceByContext, FURTHEST, Shown, crossed_in_contexts};
pub use declared::Declared;
pub use given::{Given, GivenError};
pub use go_no_go::GoNoGo;
pub use grid::{InputGrid, InputLine};
pub use memory_number::MemoryNumber;
pub use several::{Part, Several};
pub use yang::{Yang, YangSetting};

use crate::field::FieldError;
use crate::trials::Trials;
use ndarray::Array2;

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

/// A task as a value: names of inputs and outputs, epochs, trials, a grid of constant inputs, and what it offers to analyses.
///
/// Nothing outside this module asks which task it is; analyses ask for what it offers, such as [`Task::contexts`]. Each kind of
/// task makes the value in a file of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    source: Source,
    name: String,
    input_names: Vec<String>,
    output_names: Vec<String>,
    condition_names: Vec<String>,
    quantity: (String, [f64; 2]),
    n_circuit_nodes: usize,
    n_steps: usize,
    /// First steps of epochs that have a name.
    starts: Vec<(String, usize)>,
    decision: Epoch,
    /// Time between two steps (ms), where the task says it.
    dt_ms: Option<f64>,
    grid: InputGrid,
    contexts: Option<ChoiceByContext>,
    choice: Option<Choice>,
    asked_value: Option<AskedValue>,
}

/// Where trials come from.
#[derive(Clone, Debug, PartialEq)]
enum Source {
    Cddm(Cddm),
    GoNoGo(GoNoGo),
    MemoryNumber(MemoryNumber),
    Given(Box<Given>),
    Declared(Box<Declared>),
    Several(Box<Several>),
    Yang(Box<Yang>),
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
    /// The names of the tasks of the paper, in the order of the published tables.
    pub const NAMES: [&'static str; 3] = ["cddm", "go_no_go", "memory_number"];

    /// The built-in task of this name with the published parameters, if there is one.
    pub fn published(name: &str) -> Option<Self> {
        match name {
            "cddm" => Some(Cddm::published().into()),
            "go_no_go" => Some(GoNoGo::published().into()),
            "memory_number" => Some(MemoryNumber::published().into()),
            _ => Yang::task(name, &YangSetting::published())?.ok(),
        }
    }

    /// Its name in study files and on the command line.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The choice that it asks for by one of two kinds of evidence, as a context says, if it is such a task.
    pub fn contexts(&self) -> Option<&ChoiceByContext> {
        self.contexts.as_ref()
    }

    /// The choice that it asks for by one kind of evidence, if it is such a task.
    pub fn choice(&self) -> Option<&Choice> {
        self.choice.as_ref()
    }

    /// What tells its trials apart first: the quantity, and its range.
    pub fn quantity(&self) -> (&str, [f64; 2]) {
        (&self.quantity.0, self.quantity.1)
    }

    /// Conditions `[B, C]` of its trials with evidence in units of the strongest of training, where it asks for a choice by context.
    pub fn in_units(&self, conditions: Array2<f64>) -> Array2<f64> {
        match &self.contexts {
            Some(contexts) => contexts.in_units(conditions),
            None => conditions,
        }
    }

    /// What its decision is read from: the output for the first answer less that for the second, where it asks for a choice; else of two outputs or more the first less the second.
    pub fn read_out(&self) -> ReadOut {
        let by_context = self.contexts.as_ref().map(|contexts| contexts.answers);
        if let Some([of, from]) = by_context.or_else(|| self.choice.as_ref().map(|choice| choice.answers)) {
            return ReadOut::Difference { of, from };
        }
        if self.output_names.len() > 1 { ReadOut::Difference { of: 0, from: 1 } } else { ReadOut::Output(0) }
    }

    /// Nodes of its latent circuits: the published numbers of the built-in tasks; else, as in two of them, one for each input and
    /// two more, or as many as there are outputs.
    pub fn n_circuit_nodes(&self) -> usize {
        self.n_circuit_nodes
    }

    /// Everything that trials are made from, as text: it changes with whatever changes an array.
    pub fn text(&self) -> String {
        let fields = match &self.source {
            Source::Cddm(task) => task.fields(),
            Source::GoNoGo(task) => task.fields(),
            Source::MemoryNumber(task) => task.fields(),
            Source::Given(task) => task.fields(),
            Source::Yang(task) => task.fields(),
            Source::Declared(task) => return task.text(),
            Source::Several(task) => return task.text(Self::text),
        };
        fields
            .into_iter()
            .fold(format!("task={}\n", self.name), |text, (name, value)| text + name + "=" + &value + "\n")
    }

    /// What of [`Task::text`] decides the training: of a declared task neither its constant inputs nor what it offers.
    pub fn training_text(&self) -> String {
        match &self.source {
            Source::Declared(task) => task.training_text(),
            Source::Several(task) => task.text(Self::training_text),
            Source::Cddm(_)
            | Source::GoNoGo(_)
            | Source::MemoryNumber(_)
            | Source::Given(_)
            | Source::Yang(_) => self.text(),
        }
    }

    /// What each input carries, in the order of `W_inp`'s columns.
    pub fn input_names(&self) -> &[String] {
        &self.input_names
    }

    /// What each output should carry, in the order of `W_out`'s rows.
    pub fn output_names(&self) -> &[String] {
        &self.output_names
    }

    /// What each column of [`Trials::conditions`] holds.
    pub fn condition_names(&self) -> &[String] {
        &self.condition_names
    }

    /// Passes the task on if trials can be made from it.
    ///
    /// # Errors
    /// [`FieldError`] names the first parameter that does not fit, and the remedy.
    pub fn checked(self) -> Result<Self, FieldError> {
        match &self.source {
            Source::Cddm(task) => task.check(),
            Source::GoNoGo(task) => task.check(),
            Source::MemoryNumber(task) => task.check(),
            Source::Given(_) | Source::Declared(_) | Source::Several(_) | Source::Yang(_) => Ok(()), // were checked when they were made
        }?;
        Ok(self)
    }

    /// Whether every training iteration sees new trials.
    pub fn redraws_trials(&self) -> bool {
        match &self.source {
            Source::MemoryNumber(task) => task.onset_jitter != (0, 0),
            Source::Declared(task) => task.redraws_trials(),
            Source::Several(task) => task.redraws_trials(),
            Source::Yang(_) => true,
            Source::Cddm(_) | Source::GoNoGo(_) | Source::Given(_) => false,
        }
    }

    /// The training trials of one iteration; only tasks that redraw trials depend on `seed` and `iteration`.
    pub fn training_trials(&self, seed: u64, iteration: u64) -> Trials {
        match &self.source {
            Source::MemoryNumber(task) => task.jittered_trials(seed, iteration),
            Source::Declared(task) => task.training_trials(seed, iteration),
            Source::Several(task) => task.training_trials(seed, iteration),
            Source::Yang(task) => task.training_trials(seed, iteration),
            Source::Cddm(_) | Source::GoNoGo(_) | Source::Given(_) => self.scoring_trials(),
        }
    }

    /// The training conditions without any jitter: on these a training score is taken.
    pub fn scoring_trials(&self) -> Trials {
        match &self.source {
            Source::Cddm(task) => task.trials(&task.train_coherences),
            Source::GoNoGo(task) => task.trials(&task.train_values),
            Source::MemoryNumber(task) => task.trials(&task.train_values),
            Source::Given(task) => task.trials(),
            Source::Declared(task) => task.scoring_trials(),
            Source::Several(task) => task.scoring_trials(),
            Source::Yang(task) => task.analysis_trials(),
        }
    }

    /// The trials on which networks are scored and compared.
    pub fn analysis_trials(&self) -> Trials {
        match &self.source {
            Source::Cddm(task) => task.trials(&task.analysis_coherences),
            Source::GoNoGo(task) => task.trials(&task.analysis_values),
            Source::MemoryNumber(task) => task.trials(&task.analysis_values),
            Source::Given(task) => task.trials(),
            Source::Declared(task) => task.analysis_trials(),
            Source::Several(task) => task.analysis_trials(),
            Source::Yang(task) => task.analysis_trials(),
        }
    }

    /// The epoch in which the network is to answer.
    pub fn decision(&self) -> Epoch {
        self.decision
    }

    /// Time between two steps (ms), of a task whose times are declared in ms: its networks need the same.
    pub fn dt_ms(&self) -> Option<f64> {
        self.dt_ms
    }

    /// Where a trial changes: the first steps of the epochs after its start, by name, rising.
    pub fn epoch_starts(&self) -> Vec<(&str, usize)> {
        let epochs = self.epochs().into_iter().skip(1);
        epochs.map(|(name, epoch)| (name, epoch.start)).collect()
    }

    /// The parts of a trial by name, each up to the start of the next; `trial` is what comes before the first that has a name.
    pub fn epochs(&self) -> Vec<(&str, Epoch)> {
        let named = self.starts.iter().map(|(name, step)| (name.as_str(), *step));
        let mut starts: Vec<(&str, usize)> = named.chain([("trial", 0)]).collect(); // where nothing else starts
        starts.retain(|&(_, step)| step < self.n_steps);
        starts.sort_by_key(|&(_, step)| step);
        starts.dedup_by_key(|&mut (_, step)| step);
        let ends = starts.iter().skip(1).map(|&(_, start)| start).chain([self.n_steps]);
        starts.iter().zip(ends).map(|(&(name, start), end)| (name, Epoch { start, end })).collect()
    }

    /// The constant inputs at which fixed points are sought.
    ///
    /// # Source
    /// docs/methods.md §2.
    pub fn constant_inputs(&self) -> &InputGrid {
        &self.grid
    }
}

fn owned<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
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
