//! What a user says of a task: plain values, not yet held against any rule.
//!
//! Expressions are texts here; their grammar is in docs/tasks.md.

use crate::task::Question;

/// A task as its file declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// Its name.
    pub name: String,
    /// What times are counted in.
    pub time_unit: TimeUnit,
    /// Time between two steps (ms), where the file says it; times in ms need it.
    pub dt_ms: Option<f64>,
    /// Length of a trial.
    pub duration: f64,
    /// What each input carries.
    pub inputs: Vec<String>,
    /// What each output should carry.
    pub outputs: Vec<String>,
    /// What differs between trials, in the order in which it is crossed; the last varies fastest.
    pub factors: Vec<Factor>,
    /// Combinations for which this is false are left out.
    pub keep: Option<String>,
    /// Names with expressions over factors and over those before.
    pub derived: Vec<Named>,
    /// Columns of the trials' conditions; empty: every factor that is crossed.
    pub conditions: Vec<Named>,
    /// Spans of each trial.
    pub epochs: Vec<EpochDeclaration>,
    /// What the inputs carry; the parts of a channel add up.
    pub drive: Vec<Drive>,
    /// What the outputs should carry; the parts of a channel add up.
    pub target: Vec<Drive>,
    /// When the output counts.
    pub mask: Vec<Masked>,
    /// The epoch in which the network is to answer.
    pub decision: String,
    /// Constant inputs at which fixed points are sought; [`None`]: the distinct inputs at the last step of the decision in the
    /// analysis.
    pub fixed_points: Option<FixedPoints>,
    /// The choice by context that the task asks for, if it is such a task.
    pub contexts: Option<Contexts>,
    /// The choice by one kind of evidence that the task asks for, if it is such a task.
    pub choice: Option<ChoiceDeclaration>,
    /// The value that is shown and asked for, if it is such a task.
    pub asked: Option<AskedDeclaration>,
}

/// What times are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Steps of the network.
    Steps,
    /// Milliseconds.
    Milliseconds,
}

/// An expression with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The expression.
    pub value: String,
}

/// What differs between trials.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// Its name; a space in it is an underscore in expressions.
    pub name: String,
    /// The values that it takes.
    pub levels: Levels,
}

/// The values of a factor.
#[derive(Clone, Debug, PartialEq)]
pub enum Levels {
    /// Each with each value of the other factors.
    Crossed {
        /// In training.
        train: Vec<f64>,
        /// In the analysis.
        analysis: Vec<f64>,
    },
    /// Drawn anew for each trial of each iteration of training.
    Drawn {
        /// From what it is drawn.
        distribution: Distribution,
        /// Draws are multiples of this.
        multiple_of: Option<f64>,
        /// What it is where nothing is drawn: in scoring and analysis.
        still: f64,
    },
}

/// What a factor is drawn from.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Any value from the first to the last, both included.
    Uniform {
        /// The first.
        low: f64,
        /// The last.
        high: f64,
    },
    /// Normal, within ten standard deviations.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// Exponential, below fifty means.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// One of these, each as likely.
    Choice(Vec<f64>),
}

/// A span of each trial.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochDeclaration {
    /// Its name.
    pub name: String,
    /// When it starts; [`None`]: where the one before ends, the first at 0.
    pub start: Option<String>,
    /// When it is over.
    pub over: Over,
}

/// When an epoch is over.
#[derive(Clone, Debug, PartialEq)]
pub enum Over {
    /// After so long.
    Duration(String),
    /// At this time.
    End(String),
}

/// A part of what a channel carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Drive {
    /// The channel, by its name.
    pub channel: String,
    /// The epoch in which it is there, by its name; [`None`]: the whole trial.
    pub epoch: Option<String>,
    /// Its value; `time` in it is the time since the epoch started.
    pub value: String,
}

/// When the output counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Masked {
    /// In the epoch of this name.
    Epoch(String),
    /// From the first time until the second.
    Times(f64, f64),
    /// As much as a weight says, at times of each trial.
    Weighted {
        /// When.
        when: When,
        /// How much, relative to entries without a weight, which count 1.
        weight: f64,
        /// Names of the outputs; [`None`]: all.
        outputs: Option<Vec<String>>,
    },
}

/// When something counts.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// Throughout the trial.
    Always,
    /// During an epoch, wherever it lies on a trial.
    Epoch(String),
    /// Between two times.
    Times(f64, f64),
}

/// Constant inputs at which fixed points are sought.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedPoints {
    /// Quantities and their levels, in the order in which they are crossed; the last varies fastest.
    pub over: Vec<(String, Vec<f64>)>,
    /// What each input channel carries, by its name, over the quantities; a channel that is absent carries 0.
    pub inputs: Vec<Named>,
    /// Quantities that change along lines of the grid; [`None`]: those of more than two levels.
    pub lines: Option<Vec<String>>,
    /// Those of `lines` whose lines through the middle are the main ones; [`None`]: those of more than two levels.
    pub main: Option<Vec<String>>,
}

/// A choice by one of two kinds of evidence, as a context says.
#[derive(Clone, Debug, PartialEq)]
pub struct Contexts {
    /// The condition that is 0 in the first context and 1 in the second.
    pub context: String,
    /// The conditions that are the evidence that counts in the first and in the second context, above 0 for the first answer.
    pub evidence: [String; 2],
    /// What the contexts are called; [`None`]: as what counts in them.
    pub names: Option<[String; 2]>,
    /// Outputs for evidence above 0 and below 0.
    pub answers: [String; 2],
}

/// A choice by evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceDeclaration {
    /// An expression over factors: above 0 for the first answer, below 0 for the second.
    pub evidence: String,
    /// What evidence is called.
    pub quantity: String,
    /// Outputs for evidence above 0 and below 0.
    pub answers: [String; 2],
}

/// A value that is shown and asked for, by a go or none, or to be recalled.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedDeclaration {
    /// How it is asked for.
    pub question: Question,
    /// The factor that is the value.
    pub value: String,
    /// The input that shows it.
    pub input: String,
    /// The epoch in which it is shown.
    pub shown: String,
    /// The epoch in which the answer is asked for.
    pub at: String,
    /// The output that answers.
    pub answer: String,
}

/// `n` evenly spaced numbers, ends included, as `numpy.linspace` makes them; one alone is the first end.
pub fn evenly_spaced(from: f64, to: f64, n: usize) -> Vec<f64> {
    let step = (to - from) / (n.max(2) - 1) as f64;
    (0..n).map(|k| if k > 0 && k + 1 == n { to } else { k as f64 * step + from }).collect()
}
