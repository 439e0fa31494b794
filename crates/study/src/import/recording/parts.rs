//! What a recording's file holds, and where in it.

use super::layout::Layout;
use super::mask::Mask;
use super::repeats::Repeats;
use ndarray::Array3;
use std::fmt;

/// What a file holds, before it is held against the rules. Beyond the end of a trial all three arrays are NaN.
pub(super) struct Parts {
    /// `[N, T, B]`
    pub(super) rates: Array3<f64>,
    /// `[U, T, B]`
    pub(super) inputs: Array3<f64>,
    /// `[O, T, B]`
    pub(super) outputs: Array3<f64>,
    /// What the responses are; single trials unless the file is read for ranking.
    pub(super) repeats: Repeats,
    pub(super) mask: Mask,
    /// Steps of each trial, at least 1 `[B]`.
    pub(super) lengths: Vec<usize>,
    pub(super) dt_ms: Option<f64>,
    pub(super) tau_ms: Option<f64>,
    /// Labels of the trials by their names, such as `condition_value` `[B]`.
    pub(super) conditions: Vec<(String, Vec<f64>)>,
    pub(super) origin: Origin,
    pub(super) notes: Vec<String>,
}

/// Where an entry stands in its file.
pub(super) enum Origin {
    /// Arrays: places are counted from 0.
    Arrays { layout: Layout },
    /// A table: the columns of responses, inputs and outputs; the trials; the first step.
    Table { columns: [Vec<String>; 3], trials: Vec<Trial>, first_step: i64 },
}

impl Origin {
    /// The place of entry `[row, step, trial]` of the array of this number (responses, inputs, outputs), in words.
    pub(super) fn place(&self, array: usize, place: [usize; 3]) -> String {
        let [row, step, _] = place;
        match self {
            Self::Arrays { layout } => format!("`{}` at {:?}", ARRAYS[array], layout.of_file(place)),
            Self::Table { columns, first_step, .. } => {
                let (column, step) = (&columns[array][row], first_step + step as i64);
                format!("column `{column}` at trial {}, step {step}", self.trial(place[2]))
            }
        }
    }

    /// A unit, in words.
    pub(super) fn unit(&self, unit: usize) -> String {
        match self {
            Self::Arrays { .. } => format!("unit {unit} of `responses`"),
            Self::Table { columns, .. } => format!("column `{}`", columns[0][unit]),
        }
    }

    /// The name or number of a trial.
    pub(super) fn trial(&self, trial: usize) -> String {
        match self {
            Self::Arrays { .. } => trial.to_string(),
            Self::Table { trials, .. } => trials[trial].to_string(),
        }
    }
}

/// The arrays of a recording, outermost axis rows, then steps, then trials.
pub(super) const ARRAYS: [&str; 3] = ["responses", "inputs", "outputs"];

/// First letters of the names of labels of trials.
pub(super) const CONDITION: &str = "condition_";

/// What a file is read for, and so which of its arrays it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Latent circuits: responses, inputs and outputs.
    Circuits,
    /// Ranking beside networks: responses, with a label of each trial. Inputs and outputs may be there.
    Ranking,
}

impl Purpose {
    /// Whether an array of [`ARRAYS`] is needed.
    pub(super) fn needs(self, array: &str) -> bool {
        self == Self::Circuits || array == ARRAYS[0]
    }
}

/// The name of a trial.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trial {
    Number(f64),
    Text(String),
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => write!(f, "`{text}`"),
        }
    }
}
