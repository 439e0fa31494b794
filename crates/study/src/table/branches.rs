//! The branches of fixed points of example networks.

use super::field::{ByName, Name};
use super::row::table;
use crate::conditions;
use crate::stage::{ExampleStepKind, TaskResults};

table! {
    /// One row per fixed point or event of a branch of the example network of each class, in order along the branch.
    "branches" => pub(crate) struct BranchStep {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Network.
        network: Name,
        /// What of the input changes along the branch.
        quantity: Name,
        /// What of the input is held.
        held: Name,
        /// A fixed point (`point`), or what happens between two: a fold, or a real eigenvalue (`real_crossing`) or a
        /// complex pair (`hopf`) crosses the edge of stability.
        kind: ExampleStepKind,
        /// Line of inputs, from 0, in the order in which the task lists them.
        line_idx: usize,
        /// Branch of the network, from 0.
        branch_idx: usize,
        /// Place along the branch, from 0.
        order: usize,
        /// Eigenvalues of the flow with a positive real part.
        n_unstable: usize,
        /// Value of the input.
        input: ByName,
        /// Position on the line of inputs, from 0 to 1.
        position: f64,
        /// Value of the quantity at this position.
        value: f64,
        /// Largest real part of an eigenvalue of the flow.
        max_re: f64 ["1/τ"],
        /// Place on the first principal component of the network's trajectories, as `pc1` of `trajectories`.
        trajectory_pc1: f64,
        /// Place on the second principal component of the network's trajectories.
        trajectory_pc2: f64,
        /// Place on the third principal component of the network's trajectories.
        trajectory_pc3: f64,
    }
}

impl BranchStep {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let lines = conditions::middle_lines(&of_task.task.task);
            let input_names = of_task.task.task.input_names();
            for (item, example) in of_task.examples_taken_apart() {
                let [task, class_name, network] = of_task.names(item);
                for (branch_idx, branch) in example.branches.iter().enumerate() {
                    let line = &lines[branch.line];
                    let (quantity, held) =
                        (Name::from(line.quantity.as_str()), Name::from(line.held.as_str()));
                    rows.extend(branch.steps.iter().enumerate().map(|(order, step)| Self {
                        task: task.clone(),
                        class_name: class_name.clone(),
                        network: network.clone(),
                        quantity: quantity.clone(),
                        held: held.clone(),
                        kind: step.kind,
                        line_idx: branch.line,
                        branch_idx,
                        order,
                        n_unstable: step.n_unstable,
                        input: ByName::new(input_names, step.input.iter().copied()),
                        position: step.position,
                        value: line.value(step.position),
                        max_re: step.max_re,
                        trajectory_pc1: step.over_trajectories[0],
                        trajectory_pc2: step.over_trajectories[1],
                        trajectory_pc3: step.over_trajectories[2],
                    }));
                }
            }
        }
        rows
    }
}
