//! Weights of latent circuits, entry by entry: of every network, and means of classes.

use super::circuits::subjects;
use super::field::{Levels, Name, levels};
use super::row::table;
use crate::stage::{CircuitNode, CircuitWeights, MatrixName, TaskResults};
use circuitscope::task::Task;

table! {
    /// One row per entry of the weights of a network's latent circuit: means over the fits that agree with the best one.
    "circuit_weights" => pub(crate) struct CircuitWeight {
        /// Task.
        task: Name,
        /// Class of the network.
        class_name: Name,
        /// Name of the network.
        network: Name,
        /// Matrix of the entry: recurrent, input or output weights.
        matrix: MatrixName,
        /// Row, from 0: what the weight goes to.
        row: usize,
        /// Column, from 0: what the weight comes from.
        column: usize,
        /// Name of what the row stands for.
        row_name: Name,
        /// Name of what the column stands for.
        column_name: Name,
        /// Part that the row plays.
        row_role: Role,
        /// Part that the column plays.
        column_role: Role,
        /// Mean over the fits.
        value: f64,
        /// Lower end of its 95 % interval; null for fewer than three fits.
        low: Option<f64>,
        /// Upper end of its 95 % interval.
        high: Option<f64>,
    }
}

table! {
    /// One row per entry of the mean circuit of a class that has circuits of two networks or more; free nodes are matched.
    "circuit_means" => pub(crate) struct CircuitMean {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Networks of the class that have a circuit.
        n_networks: usize,
        /// Mean over these networks of `r2_total` of table `circuits`.
        r2_total: f64,
        /// Mean over these networks of `held_out_r2_total`; null where one of them has none.
        held_out_r2_total: Option<f64>,
        /// Matrix of the entry: recurrent, input or output weights.
        matrix: MatrixName,
        /// Row, from 0: what the weight goes to.
        row: usize,
        /// Column, from 0: what the weight comes from.
        column: usize,
        /// Name of what the row stands for.
        row_name: Name,
        /// Name of what the column stands for.
        column_name: Name,
        /// Part that the row plays.
        row_role: Role,
        /// Part that the column plays.
        column_role: Role,
        /// Mean over the networks.
        value: f64,
        /// Lower end of its 95 % interval; null for fewer than three networks.
        low: Option<f64>,
        /// Upper end of its 95 % interval.
        high: Option<f64>,
    }
}

/// What a row or column of a matrix of weights stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The node of an input.
    Input,
    /// The node of an output.
    Output,
    /// A node that the wiring leaves free.
    Free,
    /// An input of the task.
    TaskInput,
    /// An output of the task.
    TaskOutput,
}

levels! {
    Role {
        "input" => Self::Input,
        "output" => Self::Output,
        "free" => Self::Free,
        "task input" => Self::TaskInput,
        "task output" => Self::TaskOutput,
    }
}

impl CircuitWeight {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for subject in subjects(results) {
            let Some(fitted) = subject.fitted() else { continue };
            let entries = entries(&subject.of_task.task.task, &fitted.nodes, &fitted.weights);
            rows.extend(entries.into_iter().map(|entry| Self {
                task: subject.task.clone(),
                class_name: subject.class_name.clone(),
                network: subject.network.clone(),
                matrix: entry.matrix,
                row: entry.place[0],
                column: entry.place[1],
                row_name: entry.row.0,
                column_name: entry.column.0,
                row_role: entry.row.1,
                column_role: entry.column.1,
                value: entry.value,
                low: entry.interval.map(|[low, _]| low),
                high: entry.interval.map(|[_, high]| high),
            }));
        }
        rows
    }
}

impl CircuitMean {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            for mean in &of_task.circuit_means {
                let (task, class_name) = (of_task.name(), of_task.class_name(mean.class));
                let entries = entries(&of_task.task.task, &mean.nodes, &mean.weights);
                rows.extend(entries.into_iter().map(|entry| Self {
                    task: task.clone(),
                    class_name: class_name.clone(),
                    n_networks: mean.n_networks,
                    r2_total: mean.r2_total,
                    held_out_r2_total: mean.held_out_r2_total,
                    matrix: entry.matrix,
                    row: entry.place[0],
                    column: entry.place[1],
                    row_name: entry.row.0,
                    column_name: entry.column.0,
                    row_role: entry.row.1,
                    column_role: entry.column.1,
                    value: entry.value,
                    low: entry.interval.map(|[low, _]| low),
                    high: entry.interval.map(|[_, high]| high),
                }));
            }
        }
        rows
    }
}

/// Name and role of a row or column.
type End = (Name, Role);

/// An entry of a matrix.
struct Entry {
    matrix: MatrixName,
    place: [usize; 2],
    row: End,
    column: End,
    value: f64,
    interval: Option<[f64; 2]>,
}

/// Every entry of every matrix, row by row.
fn entries(task: &Task, nodes: &[CircuitNode], weights: &[CircuitWeights]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for CircuitWeights { matrix, mean, interval } in weights {
        let [rows, columns] = ends(*matrix, task, nodes);
        for (i, row) in mean.iter().enumerate() {
            entries.extend(row.iter().enumerate().map(|(j, &value)| Entry {
                matrix: *matrix,
                place: [i, j],
                row: rows[i].clone(),
                column: columns[j].clone(),
                value,
                interval: interval.as_ref().map(|[low, high]| [low[i][j], high[i][j]]),
            }));
        }
    }
    entries
}

/// What the rows and columns of a matrix are.
fn ends(matrix: MatrixName, task: &Task, nodes: &[CircuitNode]) -> [Vec<End>; 2] {
    let role = |node: &CircuitNode| Role::named(&node.role).unwrap_or(Role::Free);
    let nodes = || nodes.iter().map(|node| (node.name.as_str().into(), role(node))).collect();
    let of_task =
        |names: &[String], role: Role| names.iter().map(|name| (name.as_str().into(), role)).collect();
    match matrix {
        MatrixName::WRec => [nodes(), nodes()],
        MatrixName::WInp => [nodes(), of_task(task.input_names(), Role::TaskInput)],
        MatrixName::WOut => [of_task(task.output_names(), Role::TaskOutput), nodes()],
    }
}
