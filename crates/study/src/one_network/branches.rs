//! Branches of one network's fixed points along a line of inputs.

use super::{Named, OneNetworkError, SEED, Search, trials_for};
use circuitscope::dynamics::DynamicsError;
use circuitscope::dynamics::continuation::{Branch, BranchPoint, End, Event, Pace, follow};
use circuitscope::dynamics::fixed_points::roots;
use circuitscope::task::Task;
use ndarray::{Array1, Array2, Axis, stack};
use serde::Serialize;

/// Two ends of followed branches nearer than this are one: a corrector step leaves 1e-10, distinct roots lie much
/// further apart unless the end of the line is a fold.
const SAME_END: f64 = 1e-6;

/// Fixed points from one input to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Branches {
    /// The inputs `[2, U]` at positions 0 and 1.
    pub inputs: Vec<Vec<f64>>,
    /// Every branch that reaches either end of the line, once.
    pub branches: Vec<BranchRow>,
    /// Fixed points at the ends that could not be followed, as exactly at a fold.
    pub n_unfollowed: usize,
}

/// One branch, in order along it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BranchRow {
    /// Fixed points.
    pub points: Vec<BranchPointRow>,
    /// Folds and changes of stability.
    pub events: Vec<BranchEventRow>,
    /// Why it ends: `left` the line of inputs, `closed`, `lost` or `exhausted`.
    pub ends: [&'static str; 2],
}

/// A fixed point on a branch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BranchPointRow {
    /// Position of the input, from 0 to 1.
    pub position: f64,
    /// State `[N]`.
    pub y: Vec<f64>,
    /// Largest real part of an eigenvalue (per time constant).
    pub max_re: f64,
    /// Eigenvalues with a positive real part.
    pub n_unstable: usize,
}

/// What happens on a branch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BranchEventRow {
    /// `fold`, `real_crossing` or `hopf`.
    pub event: &'static str,
    /// The point after which it happens.
    pub after: usize,
    /// The fixed point there.
    #[serde(flatten)]
    pub at: BranchPointRow,
}

/// Follows the fixed points of a network from one input to another.
///
/// - `task`: that of the network, to be held against it; without one the network may have any number of inputs and outputs.
/// - `[from, to]`: the two inputs `[U]`. Branches that reach neither end of the line are not found.
///
/// # Errors
/// [`OneNetworkError`] names the network, and what in it or in the inputs does not fit.
pub fn branches(
    named: &Named,
    task: Option<&Task>,
    [from, to]: &[Array1<f64>; 2],
) -> Result<Branches, OneNetworkError> {
    if let Some(task) = task {
        trials_for([named], task)?;
    }
    let Named { name, network, .. } = named;
    let wrong = |reason: String| OneNetworkError::Dynamics { name: name.clone(), reason };
    let line = [from.view(), to.view()];
    let inputs = stack(Axis(0), &line).map_err(|error| wrong(error.to_string()))?;
    let no_starts = Array2::zeros((0, network.n_units()));
    let found = roots(network, inputs.view(), no_starts.view(), &Search::THOROUGH, SEED)
        .map_err(|error| wrong(error.to_string()))?;
    let mut followed: Vec<Branch> = Vec::new();
    let mut n_unfollowed = 0;
    for (end, found) in found.iter().enumerate() {
        let position = end as f64;
        for root in &found.points {
            let is_here = |point: &BranchPoint| {
                let gap = &point.state - &root.state;
                (point.position - position).abs() < SAME_END && gap.dot(&gap).sqrt() < SAME_END
            };
            let reaches = |branch: &Branch| {
                [branch.points.first(), branch.points.last()].into_iter().flatten().any(is_here)
            };
            if !followed.iter().any(reaches) {
                match follow(network, line, position, root.state.view(), &Pace::STANDARD, &[]) {
                    Ok(branch) => followed.push(branch),
                    Err(DynamicsError::NotAtRest { .. }) => n_unfollowed += 1,
                    Err(error) => return Err(wrong(error.to_string())),
                }
            }
        }
    }
    let branches = followed.iter().map(branch_row).collect();
    Ok(Branches { inputs: super::rows(&inputs), branches, n_unfollowed })
}

pub(super) fn branch_row(branch: &Branch) -> BranchRow {
    let event = |event: Event| match event {
        Event::Fold => "fold",
        Event::RealCrossing => "real_crossing",
        Event::Hopf => "hopf",
    };
    BranchRow {
        points: branch.points.iter().map(point_row).collect(),
        events: branch
            .events
            .iter()
            .map(|found| BranchEventRow {
                event: event(found.event),
                after: found.after,
                at: point_row(&found.at),
            })
            .collect(),
        ends: branch.ends.map(|end| match end {
            End::Left => "left",
            End::Closed => "closed",
            End::Lost => "lost",
            End::Exhausted => "exhausted",
        }),
    }
}

fn point_row(point: &BranchPoint) -> BranchPointRow {
    BranchPointRow {
        position: point.position,
        y: point.state.to_vec(),
        max_re: point.max_re,
        n_unstable: point.n_unstable,
    }
}
