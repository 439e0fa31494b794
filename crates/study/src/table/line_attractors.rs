//! The lines between the choices of example networks, and the planes in which they are drawn.

use super::context::Context;
use super::field::{ByName, Levels, Name};
use super::row::table;
use crate::stage::{ExampleLine, TaskResults};
use circuitscope::analysis::choice_lines::ArrowKind;

table! {
    /// One row per point on the line between the choices of the example network of each class, in each context.
    "line_attractors" => pub(crate) struct LinePoint {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Network.
        network: Name,
        /// Context: the stimulus that counts.
        context: Context,
        /// Place of the point on the line, from 0.
        order: usize,
        /// Position on the line, 0 at the left choice, 1 at the right one.
        position: f64,
        /// Place along the axis from the left to the right choice, from the middle between them.
        x: f64 ["rates"],
        /// Place across that axis: on the first principal component of the context's trials without that axis.
        y: f64 ["rates"],
        /// Distance between the choices.
        length: f64 ["rates"],
        /// Drift along the line.
        drift: f64 ["rates/ms"],
        /// Drift of the position: 0 at a fixed point.
        drift_per_ms: f64 ["1/ms"],
        /// Norm of the flow across the line: rounding, unless the state did not settle.
        residual: f64 ["1/τ"],
        /// Real part of the leading eigenvalue of the flow: the largest of all.
        max_re: f64 ["1/τ"],
        /// Imaginary part of the leading eigenvalue of the flow.
        im: f64 ["1/τ"],
        /// |cos| of the angle between the line and the right eigenvector.
        alignment: f64,
        /// Cosine between the selection vector, which is the left eigenvector, and what a push of an input does.
        selection: ByName,
    }
}

table! {
    /// One row per choice, and per direction at the middle of the line between the choices, in each context of the
    /// example network of each class.
    "choice_planes" => pub(crate) struct ChoiceMark {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Network.
        network: Name,
        /// Context: the stimulus that counts.
        context: Context,
        /// A choice (`left`, `right`); else a direction: the selection vector, the slow mode that it selects, or what
        /// more evidence for the right does.
        mark: Mark,
        /// Place along the axis from the left to the right choice (in rates); of a direction, its component as a vector
        /// of norm 1.
        x: f64,
        /// Place or component across that axis, as `y` of `line_attractors`.
        y: f64,
        /// Cosine of a direction with the selection vector.
        cosine: Option<f64>,
    }
}

/// What stands in the plane of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The left choice.
    Left,
    /// The right choice.
    Right,
    /// A direction at the middle of the line.
    Direction(ArrowKind),
}

impl Levels for Mark {
    fn all() -> Vec<(&'static str, Self)> {
        let directions = ArrowKind::ALL.map(|kind| (kind.name(), Self::Direction(kind)));
        [("left", Self::Left), ("right", Self::Right)].into_iter().chain(directions).collect()
    }

    fn level(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Direction(kind) => kind.name(),
        }
    }
}

impl LinePoint {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for ([task, class_name, network], line, inputs) in lines(results) {
            rows.extend(line.points.iter().enumerate().map(|(order, point)| Self {
                task: task.clone(),
                class_name: class_name.clone(),
                network: network.clone(),
                context: Context::ALL[line.context],
                order,
                position: point.position,
                x: point.at[0],
                y: point.at[1],
                length: line.length,
                drift: point.drift_per_ms * line.length,
                drift_per_ms: point.drift_per_ms,
                residual: point.residual,
                max_re: point.eigenvalue[0],
                im: point.eigenvalue[1],
                alignment: point.alignment,
                selection: ByName::new(inputs, point.selection.iter().copied()),
            }));
        }
        rows
    }
}

impl ChoiceMark {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for ([task, class_name, network], line, _) in lines(results) {
            rows.extend(line.marks.iter().filter_map(|found| {
                // Each is stored by its name.
                let (_, mark) = Mark::all().into_iter().find(|(name, _)| *name == found.name)?;
                Some(Self {
                    task: task.clone(),
                    class_name: class_name.clone(),
                    network: network.clone(),
                    context: Context::ALL[line.context],
                    mark,
                    x: found.at[0],
                    y: found.at[1],
                    cosine: found.cosine,
                })
            }));
        }
        rows
    }
}

/// Every line with the names of its network, and those of the task's inputs.
fn lines<'a>(
    results: &'a [TaskResults<'_>],
) -> impl Iterator<Item = ([Name; 3], &'a ExampleLine, &'a [String])> {
    results.iter().flat_map(|of_task| {
        of_task.examples_taken_apart().flat_map(move |(item, example)| {
            let names = of_task.names(item);
            example.lines.iter().map(move |line| (names.clone(), line, of_task.task.task.input_names()))
        })
    })
}
