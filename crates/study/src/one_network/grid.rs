//! Branches of one network's fixed points over the whole grid of a task's inputs.

use super::branches::{BranchRow, branch_row};
use super::fixed_points::{search_told, starts};
use super::{Named, OneNetworkError, Search, trials_for};
use crate::event::{Event, Listener, Stage};
use circuitscope::dynamics::DynamicsError;
use circuitscope::dynamics::branch_grid::{RootAt, branch_grid, n_starts};
use circuitscope::dynamics::continuation::Pace;
use circuitscope::dynamics::fixed_points::FixedPointRoot;
use circuitscope::task::{InputGrid, InputLine, Task};
use serde::Serialize;

/// The fixed points of a grid of inputs with all that connects them, under keys that other tools read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grid {
    /// What `condition` of an input holds.
    pub condition_names: Vec<String>,
    /// The inputs of the grid.
    pub inputs: Vec<GridInputRow>,
    /// Its lines.
    pub lines: Vec<GridLine>,
    /// Number of sheets: sets of fixed points that branches connect.
    pub n_sheets: usize,
    /// Fixed points, counted once a line, that could not be followed.
    pub n_unfollowed: usize,
}

/// One input of a grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GridInputRow {
    /// The constant input `[U]`.
    pub input: Vec<f64>,
    /// What it stands for.
    pub condition: Vec<f64>,
    /// Its fixed points: those of the search, then those that only a branch led to.
    pub points: Vec<GridRoot>,
}

/// A fixed point of a grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GridRoot {
    /// State `[N]`.
    pub y: Vec<f64>,
    /// Whether a root is proven.
    pub certified: bool,
    /// Its sheet.
    pub sheet: usize,
    /// Whether only a branch led to it: the search had missed it.
    pub by_branch: bool,
}

/// One line of a grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GridLine {
    /// The condition that changes along it.
    pub quantity: String,
    /// Its inputs by their number; position 0 of its branches is the first, 1 the last.
    pub inputs: Vec<usize>,
    /// Its branches.
    pub branches: Vec<GridBranchRow>,
}

/// A branch along a line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GridBranchRow {
    /// The fixed points that it passes, in order: number of the input, number of the point there.
    pub passed: Vec<[usize; 2]>,
    /// The branch.
    #[serde(flatten)]
    pub branch: BranchRow,
}

/// Finds the fixed points of a network at every input of a task and follows each along every line of the grid.
///
/// # Errors
/// [`OneNetworkError`] names the network, and what in it does not fit.
pub fn grid(
    named: &Named,
    task: &Task,
    search: &Search,
    listener: &Listener<'_>,
) -> Result<Grid, OneNetworkError> {
    let trials = trials_for([named], task)?;
    let Named { name, network, .. } = named;
    let wrong =
        |error: DynamicsError| OneNetworkError::Dynamics { name: name.clone(), reason: error.to_string() };
    let InputGrid { inputs, lines, names, conditions, .. } = task.constant_inputs();
    let starts = starts(network, &trials)?;
    let found = search_told(network, &starts, inputs, search, listener).map_err(wrong)?;
    let found: Vec<Vec<FixedPointRoot>> =
        found.into_iter().map(|found| found.points.into_iter().map(|point| point.root).collect()).collect();
    let (stage, n_pieces) = (Stage::Branches, lines.len());
    let work = n_starts(lines, &found) as u64;
    listener(Event::Began { stage, n_pieces, n_done: 0, work });
    let told = || listener(Event::Advanced { stage, work: 1 });
    let all = branch_grid(network, inputs.view(), lines, &found, &Pace::STANDARD, &told).map_err(wrong)?;
    listener(Event::Ended { stage });
    let pair = |at: &RootAt| [at.input, at.root];
    let of_line = |(number, line): (usize, &InputLine)| GridLine {
        quantity: line.quantity.clone(),
        inputs: line.inputs.clone(),
        branches: all
            .branches
            .iter()
            .filter(|found| found.line == number)
            .map(|found| GridBranchRow {
                passed: found.passed.iter().map(pair).collect(),
                branch: branch_row(&found.branch),
            })
            .collect(),
    };
    let of_input = |(i, roots): (usize, &Vec<FixedPointRoot>)| GridInputRow {
        input: inputs.row(i).to_vec(),
        condition: conditions.row(i).to_vec(),
        points: roots
            .iter()
            .zip(&all.sheets[i])
            .enumerate()
            .map(|(k, (root, &sheet))| GridRoot {
                y: root.state.to_vec(),
                certified: root.is_certified(),
                sheet,
                by_branch: k >= roots.len() - all.n_added[i],
            })
            .collect(),
    };
    Ok(Grid {
        condition_names: names.clone(),
        inputs: all.roots.iter().enumerate().map(of_input).collect(),
        lines: lines.iter().enumerate().map(of_line).collect(),
        n_sheets: all.n_sheets,
        n_unfollowed: all.n_unfollowed,
    })
}
