//! The example network of each class taken apart: spectra at its fixed points, what lies between them, and the lines
//! between choices.

use super::{Context, Item, TaskResults};
use crate::event::Stage;
use crate::execute::ExecuteError;
use crate::identity::{ANALYSIS_VERSION, seed_of};
use crate::job::Job;
use crate::spread::side_by_side;
use circuitscope::analysis::choice_lines::{Arrow, ChoiceLine, ChoicePlane, choice_lines};
use circuitscope::analysis::components::Axes;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::fixed_point_configuration::fixed_points_on_task;
use circuitscope::analysis::trajectories;
use circuitscope::dynamics::branch_grid::branch_grid;
use circuitscope::dynamics::continuation::{self, Branch, BranchPoint, Pace};
use circuitscope::dynamics::fixed_points::{FixedPointRoot, FixedPoints};
use circuitscope::dynamics::run::{rates, states};
use circuitscope::network::{Form, Network};
use circuitscope::task::{ChoiceByContext, InputGrid, InputLine, Task};
use ndarray::{Array3, Axis};
use serde::{Deserialize, Serialize};

/// Points on the line between two choices.
const LINE_POINTS: usize = 21;
/// Steps short enough that a branch drawn through its points looks smooth.
const PACE: Pace = Pace { max_step: 0.1, ..Pace::STANDARD };
/// An example network taken apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExampleNetwork {
    /// Name of the network.
    pub network: String,
    /// Eigenvalues `[N]` of the flow at each of the item's fixed points, in their order: real and imaginary part (per
    /// time constant), by falling real part.
    pub spectra: Vec<Vec<[f64; 2]>>,
    /// Time step over time constant: the Euler map's circle has the radius 1/α.
    pub alpha: f64,
    /// Branches along the middle lines of the task's inputs.
    pub branches: Vec<ExampleBranch>,
    /// The lines between the choices, context by context, of a task with contexts.
    pub lines: Vec<ExampleLine>,
}

/// A branch of an example network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExampleBranch {
    /// The line, by its place in [`InputGrid::middle_lines`].
    pub line: usize,
    /// Points and events, in order along the branch.
    pub steps: Vec<ExampleStep>,
}

/// What a step of a branch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExampleStepKind {
    /// A fixed point.
    Point,
    /// A fold.
    Fold,
    /// A real eigenvalue crosses zero.
    RealCrossing,
    /// A pair of eigenvalues crosses.
    Hopf,
}

/// A fixed point on a branch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExampleStep {
    /// Point or event.
    pub kind: ExampleStepKind,
    /// Position on the line, from 0 to 1.
    pub position: f64,
    /// The input there `[U]`.
    pub input: Vec<f64>,
    /// Largest real part of an eigenvalue (per time constant).
    pub max_re: f64,
    /// Eigenvalues with a positive real part.
    pub n_unstable: usize,
    /// Its place on the first three components of the network's trajectories.
    pub over_trajectories: [f64; 3],
}

/// The line between the choices in one context, in its plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExampleLine {
    /// The context, by its place in the task's.
    pub context: usize,
    /// Distance between the choices (in rates).
    pub length: f64,
    /// Points from the left to the right choice.
    pub points: Vec<PlaneRow>,
    /// What else stands in the plane.
    pub marks: Vec<PlaneMark>,
}

/// A point of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaneRow {
    /// 0 at the left choice, 1 at the right one.
    pub position: f64,
    /// Place in the plane (in rates).
    pub at: [f64; 2],
    /// Drift of the position (1/ms).
    pub drift_per_ms: f64,
    /// `‖rhs‖` across the line (per time constant).
    pub residual: f64,
    /// Leading eigenvalue: real and imaginary part (per time constant).
    pub eigenvalue: [f64; 2],
    /// `|cos|` of the angle between the line and the right eigenvector.
    pub alignment: f64,
    /// Cosine between the selection vector and what a push of each input does `[U]`.
    pub selection: Vec<f64>,
}

/// Something in the plane of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaneMark {
    /// `left`, `right` (places of the choices), or the name of an `ArrowKind` (unit vectors at the middle point).
    pub name: String,
    /// Place or components in the plane.
    pub at: [f64; 2],
    /// Cosine with the selection vector; none for places.
    pub cosine: Option<f64>,
}

/// Fills [`TaskResults::taken_apart`] with the example of each class, where the study compares fixed points.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn examples(context: Context<'_>, results: &mut [TaskResults<'_>]) -> Result<(), ExecuteError> {
    if !context.study.comparison.aspects.contains(&Aspect::FixedPoints) {
        return Ok(());
    }
    let shared: &[TaskResults<'_>] = results;
    let pieces: Vec<(usize, &Item)> = shared
        .iter()
        .enumerate()
        .flat_map(|(place, of_task)| of_task.examples().into_iter().map(move |item| (place, item)))
        .collect();
    let made = side_by_side(
        context,
        Stage::Examples,
        &pieces,
        |_| 1,
        |&(place, item)| Ok((place, piece(context, &shared[place], item)?)),
    )?;
    for (place, example) in made {
        results[place].taken_apart.extend(example);
    }
    Ok(())
}

/// Examples that are not stored.
pub(super) fn n_left(context: Context<'_>, results: &[TaskResults<'_>]) -> usize {
    if !context.study.comparison.aspects.contains(&Aspect::FixedPoints) {
        return 0;
    }
    let of_task = |of_task: &TaskResults<'_>| {
        let examples = of_task.examples().into_iter();
        examples.filter(|item| !job(context, &of_task.task.task, item).is_stored()).count()
    };
    results.iter().map(of_task).sum()
}

fn job(context: Context<'_>, task: &Task, item: &Item) -> Job {
    let version = format!("portrait {ANALYSIS_VERSION} {LINE_POINTS} {PACE:?}");
    let parts = [version.as_str(), &item.identity, &task.text()];
    Job::new(context.folder, "examples", task.name(), parts)
}

/// What is stored of an example, or made anew; none for a network that never moves.
fn piece(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    item: &Item,
) -> Result<Option<ExampleNetwork>, ExecuteError> {
    let task = &of_task.task.task;
    let network = of_task.network(item);
    let made: Option<ExampleNetwork> = job(context, task, item).get_or_compute(context, || {
        // The seed of the features: the same points in the same order.
        Ok(take_apart(&network.file.network, task, seed_of(&item.identity), item.network.clone()))
    })?;
    // Study files that have the network in common may name its class, and so the network, differently.
    Ok(made.map(|example| ExampleNetwork { network: item.network.clone(), ..example }))
}

/// Takes a network apart; [`None`] of one that never moves.
pub(crate) fn take_apart(network: &Network, task: &Task, seed: u64, name: String) -> Option<ExampleNetwork> {
    let trials = task.analysis_trials();
    let states = states(network, trials.inputs.view()).ok()?;
    let (_, axes) = trajectories::with_axes(rates(network, states.clone()).view()).ok()?;
    let found = fixed_points_on_task(network, task, states.view(), seed).ok()?;
    let spectrum = |point: &circuitscope::dynamics::fixed_points::FixedPoint| {
        point.linearization.eigenvalues.iter().map(|value| [value.re, value.im]).collect()
    };
    let spectra: Vec<Vec<[f64; 2]>> = found.iter().flat_map(|at| at.points.iter().map(spectrum)).collect();
    let lines = task.contexts().map(|contexts| choice_planes(network, contexts, &trials, &states));
    let branches = branches(network, task, found, &axes);
    Some(ExampleNetwork {
        network: name,
        spectra,
        alpha: network.alpha(),
        branches,
        lines: lines.unwrap_or_default(),
    })
}

fn branches(network: &Network, task: &Task, found: Vec<FixedPoints>, axes: &Axes) -> Vec<ExampleBranch> {
    let InputGrid { inputs, middle_lines: lines, .. } = task.constant_inputs();
    let roots: Vec<Vec<FixedPointRoot>> =
        found.into_iter().map(|at| at.points.into_iter().map(|point| point.root).collect()).collect();
    let Ok(all) = branch_grid(network, inputs.view(), lines, &roots, &PACE, &|| ()) else {
        return Vec::new();
    };
    let branch = |found: &circuitscope::dynamics::branch_grid::GridBranch| {
        let line: &InputLine = &lines[found.line];
        let ends = [line.inputs.first(), line.inputs.last()].map(|end| end.map(|&input| inputs.row(input)));
        let step = |kind, point: &BranchPoint| {
            let input = match ends {
                [Some(from), Some(to)] => (&from + &((&to - &from) * point.position)).to_vec(),
                _ => Vec::new(),
            };
            let rates = match network.form {
                Form::Rate => point.state.clone(),
                Form::Potential => point.state.mapv(|h| network.activation.rate(h)),
            };
            let place = axes.place(rates.view().insert_axis(Axis(1)));
            ExampleStep {
                kind,
                position: point.position,
                input,
                max_re: point.max_re,
                n_unstable: point.n_unstable,
                over_trajectories: [0, 1, 2].map(|k| place[[0, k]]),
            }
        };
        ExampleBranch { line: found.line, steps: steps(&found.branch, step) }
    };
    all.branches.iter().map(branch).collect()
}

/// Points with the events between them.
fn steps(branch: &Branch, step: impl Fn(ExampleStepKind, &BranchPoint) -> ExampleStep) -> Vec<ExampleStep> {
    let mut steps = Vec::new();
    for (k, point) in branch.points.iter().enumerate() {
        steps.push(step(ExampleStepKind::Point, point));
        for event in branch.events.iter().filter(|event| event.after == k) {
            let kind = match event.event {
                continuation::Event::Fold => ExampleStepKind::Fold,
                continuation::Event::RealCrossing => ExampleStepKind::RealCrossing,
                continuation::Event::Hopf => ExampleStepKind::Hopf,
            };
            steps.push(step(kind, &event.at));
        }
    }
    steps
}

/// The lines between the choices in their planes; a network whose choices are one state has none.
fn choice_planes(
    network: &Network,
    contexts: &ChoiceByContext,
    trials: &circuitscope::trials::Trials,
    states: &Array3<f64>,
) -> Vec<ExampleLine> {
    let lines = choice_lines(network, contexts, trials, states.view(), LINE_POINTS).unwrap_or_default();
    let of_line = |line: &ChoiceLine| {
        let plane = ChoicePlane::of(line, trials, states.view())?;
        let points = line.points.iter().map(|point| PlaneRow {
            position: point.position,
            at: plane.place(point.state.view()),
            drift_per_ms: point.drift_per_ms,
            residual: point.residual,
            eigenvalue: [point.mode.eigenvalue.re, point.mode.eigenvalue.im],
            alignment: point.alignment,
            selection: point.selection.to_vec(),
        });
        let choice = |(name, state): (&String, &ndarray::Array1<f64>)| PlaneMark {
            name: name.clone(),
            at: plane.place(state.view()),
            cosine: None,
        };
        let mut marks: Vec<PlaneMark> =
            contexts.answer_names.iter().rev().zip(&line.choices).map(choice).collect();
        let arrows = plane.arrows(network, contexts, line).ok()?;
        marks.extend(arrows.into_iter().map(|Arrow { kind, at, cosine }| PlaneMark {
            name: kind.name(contexts).to_owned(),
            at,
            cosine: Some(cosine),
        }));
        Some(ExampleLine { context: line.context, length: line.length, points: points.collect(), marks })
    };
    lines.iter().filter_map(of_line).collect()
}
