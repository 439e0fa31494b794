//! Constant inputs at which fixed points are sought.

use ndarray::{Array2, ArrayView1};

/// A line of constant inputs along which one quantity of a task goes from its least to its largest value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputLine {
    /// What changes along it, one of [`InputGrid::names`].
    pub quantity: String,
    /// Its inputs by their place in [`InputGrid::inputs`], from the first to the last; at least two.
    pub inputs: Vec<usize>,
}

/// Constant inputs with what they stand for, and the lines that they form.
///
/// CDDM: both contexts × 5 levels of motion × 5 of colour, in this order, 50 inputs; in each context 5 lines of motion, then 5 of
/// colour, the other held; through the middle goes that on which the other shows evidence for neither side. Go/NoGo and
/// `MemoryNumber`: 11 values with the cue, then the same without it; the values with the cue and without it are lines, and so is
/// the cue at each value; those of values are the middle ones. The levels are the published ones whatever trials a study sets.
/// Trials given as arrays: the distinct inputs at the last step that counts, told apart by their number, without lines.
/// A declared task: what it declares, or else the distinct inputs at the last step of its decision.
#[derive(Clone, Debug, PartialEq)]
pub struct InputGrid {
    /// `[I, U]`
    pub inputs: Array2<f64>,
    /// What each column of `conditions` holds.
    pub names: Vec<String>,
    /// What an input stands for `[I, C]`.
    pub conditions: Array2<f64>,
    /// Lines along which one quantity changes, the others held.
    pub lines: Vec<InputLine>,
    /// Those of `lines` through the middle of the grid.
    pub middle_lines: Vec<InputLine>,
}

impl InputGrid {
    /// Inputs that stand for nothing but themselves: without lines, each with its number, from 0.
    pub(super) fn of_inputs(inputs: Array2<f64>) -> Self {
        let conditions = Array2::from_shape_fn((inputs.nrows(), 1), |(row, _)| row as f64);
        let (lines, middle_lines) = (Vec::new(), Vec::new());
        Self { inputs, names: vec!["input".to_owned()], conditions, lines, middle_lines }
    }

    /// Inputs `[I, U]` whose conditions are numbers of their channels.
    pub(super) fn of_channels<const C: usize>(
        inputs: Array2<f64>,
        names: [&str; C],
        condition: impl Fn(ArrayView1<'_, f64>) -> [f64; C],
    ) -> Self {
        let rows: Vec<[f64; C]> = inputs.outer_iter().map(condition).collect();
        let conditions = Array2::from_shape_fn((rows.len(), C), |(row, column)| rows[row][column]);
        Self { conditions, names: super::owned(names), ..Self::of_inputs(inputs) }
    }
}

/// Values at which fixed points are sought.
const VALUES: usize = 11;

/// Of a task with value, cue and bias: 11 values with the cue, then without.
pub(super) fn values_with_and_without_cue() -> InputGrid {
    const STEP: f64 = 1.0 / (VALUES - 1) as f64;
    let inputs = Array2::from_shape_fn((2 * VALUES, 3), |(row, channel)| match channel {
        0 => (row % VALUES) as f64 * STEP,
        1 => f64::from(u8::from(row < VALUES)),
        _ => 1.0,
    });
    let line = |quantity: &str, inputs| InputLine { quantity: quantity.to_owned(), inputs };
    let values = [0, VALUES].map(|first| line("value", (first..first + VALUES).collect()));
    let cues = (0..VALUES).map(|value| line("cue", vec![VALUES + value, value]));
    InputGrid {
        lines: values.iter().cloned().chain(cues).collect(),
        middle_lines: values.to_vec(),
        ..InputGrid::of_channels(inputs, ["value", "cue"], |input| [input[0], input[1]])
    }
}
