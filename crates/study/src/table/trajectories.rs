//! The trajectories of example networks.

use super::field::Name;
use super::row::table;
use crate::conditions;
use crate::stage::TaskResults;
use circuitscope::analysis::distance::Aspect;

table! {
    /// One row per analysis trial and step of the example network of each class.
    "trajectories" => pub(crate) struct TrajectoryPoint {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Network.
        network: Name,
        /// What the trial shows.
        condition: Name,
        /// Analysis trial, from 0.
        trial_idx: usize,
        /// Time step of the trial, from 0.
        step: usize,
        /// Place on the first principal component of the network's rates, scaled so that all rows of a network have a
        /// root-mean-square radius of 1 over the ten components that are compared.
        pc1: f64,
        /// Place on the second principal component of the network's rates, scaled as `pc1`.
        pc2: f64,
        /// Place on the third principal component of the network's rates, scaled as `pc1`.
        pc3: f64,
    }
}

impl TrajectoryPoint {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let conditions = conditions::of_trials(&of_task.task.task).into_iter();
            let conditions: Vec<Name> = conditions.map(|condition| condition.label.into()).collect();
            for item in of_task.examples() {
                let Some(features) = item.features.get(&Aspect::Trajectories) else { continue };
                let [task, class_name, network] = of_task.names(item);
                rows.extend(features.points.outer_iter().enumerate().map(|(row, point)| {
                    let (step, trial_idx) = (row / conditions.len(), row % conditions.len());
                    Self {
                        task: task.clone(),
                        class_name: class_name.clone(),
                        network: network.clone(),
                        condition: conditions[trial_idx].clone(),
                        trial_idx,
                        step,
                        pc1: point[0],
                        pc2: point[1],
                        pc3: point[2],
                    }
                }));
            }
        }
        rows
    }
}
