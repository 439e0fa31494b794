//! The lines between the choices of example networks, and the planes in which they are drawn.

use super::field::{ByName, Name};
use super::row::table;
use crate::conditions::context_name;
use crate::stage::{ExampleLine, TaskResults};

table! {
    /// One row per point on the line between the choices of the example network of each class, in each context.
    "line_attractors" => pub(crate) struct LinePoint {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Network.
        network: Name,
        /// Context, called after what counts in it.
        context: Name,
        /// Place of the point on the line, from 0.
        order: usize,
        /// Position on the line: 0 at the choice of the second answer (CDDM: left), 1 at that of the first (right).
        position: f64,
        /// Place along the axis from choice to choice, from the middle between them.
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
        /// Context, called after what counts in it.
        context: Name,
        /// A choice by its answer (CDDM: `left`, `right`); else a direction: the selection vector (`selection`), the slow mode that it
        /// selects (`slow mode`), or what more evidence for the first answer does, by the context in which it counts.
        mark: Name,
        /// Place along the axis from choice to choice (in rates); of a direction, its component as a vector
        /// of norm 1.
        x: f64,
        /// Place or component across that axis, as `y` of `line_attractors`.
        y: f64,
        /// Cosine of a direction with the selection vector.
        cosine: Option<f64>,
    }
}

impl LinePoint {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for ([task, class_name, network], line, of_task) in lines(results) {
            let inputs = of_task.task.task.input_names();
            rows.extend(line.points.iter().enumerate().map(|(order, point)| Self {
                task: task.clone(),
                class_name: class_name.clone(),
                network: network.clone(),
                context: context_name(&of_task.task.task, line.context).into(),
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
        for ([task, class_name, network], line, of_task) in lines(results) {
            rows.extend(line.marks.iter().map(|found| Self {
                task: task.clone(),
                class_name: class_name.clone(),
                network: network.clone(),
                context: context_name(&of_task.task.task, line.context).into(),
                mark: found.name.as_str().into(),
                x: found.at[0],
                y: found.at[1],
                cosine: found.cosine,
            }));
        }
        rows
    }
}

/// Every line with the names of its network, and the results of its task.
fn lines<'a>(
    results: &'a [TaskResults<'_>],
) -> impl Iterator<Item = ([Name; 3], &'a ExampleLine, &'a TaskResults<'a>)> {
    results.iter().flat_map(|of_task| {
        of_task.examples_taken_apart().flat_map(move |(item, example)| {
            let names = of_task.names(item);
            example.lines.iter().map(move |line| (names.clone(), line, of_task))
        })
    })
}
