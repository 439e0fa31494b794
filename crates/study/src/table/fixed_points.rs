//! The fixed points of selected networks.

use super::field::{ByName, Name};
use super::row::table;
use crate::conditions;
use crate::stage::{Kind, TaskResults};
use circuitscope::analysis::distance::Aspect;
use circuitscope::dynamics::stability::Stability;

table! {
    /// One row per fixed point of every selected network, input by input.
    "fixed_points" => pub(crate) struct FixedPoint {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Network.
        network: Name,
        /// What the constant input stands for.
        condition: Name,
        /// Whether the state returns to the fixed point after a small push; `marginal` where rounding does not tell.
        stability: Stability,
        /// Constant input, from 0, in the order in which the task lists them.
        input_idx: usize,
        /// Value of the constant input.
        input: ByName,
        /// Eigenvalues of the flow with a positive real part.
        n_unstable: usize,
        /// Whether it is proven that there is a fixed point.
        certified: bool,
        /// Largest real part of an eigenvalue of the flow.
        max_re: f64 ["1/τ"],
        /// Norm of the flow at the fixed point: 0 but for rounding.
        residual: f64 ["1/τ"],
        /// How far at most the exact fixed point may be, in rates or potentials; missing without a proof.
        radius: Option<f64>,
        /// Place on the first principal component of the network's fixed points, as they are compared.
        pc1: f64,
        /// Place on the second principal component of the network's fixed points.
        pc2: f64,
        /// Place on the third principal component of the network's fixed points.
        pc3: f64,
        /// Place on the first principal component of the network's trajectories, as `pc1` of `trajectories`.
        trajectory_pc1: f64,
        /// Place on the second principal component of the network's trajectories.
        trajectory_pc2: f64,
        /// Place on the third principal component of the network's trajectories.
        trajectory_pc3: f64,
    }
}

impl FixedPoint {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let task = &of_task.task.task;
            let values = &task.constant_inputs().inputs;
            let values = values.outer_iter().map(|input| ByName::new(task.input_names(), input.to_vec()));
            let inputs: Vec<(Name, ByName)> =
                conditions::of_inputs(task).into_iter().map(|input| input.label.into()).zip(values).collect();
            for item in of_task.items.iter().filter(|item| item.kind == Kind::Trained) {
                let Some(features) = item.features.get(&Aspect::FixedPoints) else { continue };
                let [task, class_name, network] = of_task.names(item);
                let points = item.fixed_points.iter().zip(features.points.outer_iter());
                rows.extend(points.map(|(point, place)| Self {
                    task: task.clone(),
                    class_name: class_name.clone(),
                    network: network.clone(),
                    condition: inputs[point.input].0.clone(),
                    stability: point.stability,
                    input_idx: point.input,
                    input: inputs[point.input].1.clone(),
                    n_unstable: point.n_unstable,
                    certified: point.radius.is_some(),
                    max_re: point.max_re,
                    residual: point.residual,
                    radius: point.radius,
                    pc1: place[0],
                    pc2: place[1],
                    pc3: place[2],
                    trajectory_pc1: point.over_trajectories[0],
                    trajectory_pc2: point.over_trajectories[1],
                    trajectory_pc3: point.over_trajectories[2],
                }));
            }
        }
        rows
    }
}
