//! How losses fell in training.

use super::classes::median;
use super::field::{Name, known};
use super::row::table;
use crate::stage::TaskResults;

table! {
    /// One row per network and iteration that was noted.
    "learning_curves" => pub(crate) struct LearningStep {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Network.
        network: Name,
        /// Iteration, from 0.
        iteration: usize,
        /// Loss that was minimised: error with its penalties, on noisy trials.
        loss: Option<f64>,
        /// Masked mean squared error on noisy trials.
        mse: Option<f64>,
    }
}

table! {
    /// One row per class and iteration: the losses of its networks together, diverged ones as long as they went on.
    "learning_summaries" => pub(crate) struct LearningSummary {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Iteration, from 0.
        iteration: usize,
        /// Median loss.
        median: Option<f64>,
        /// Lowest loss.
        low: Option<f64>,
        /// Highest loss.
        high: Option<f64>,
    }
}

impl LearningStep {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            for (network, _) in &of_task.networks {
                let (task, record) = (of_task.name(), &network.record);
                let (class_name, name) = (Name::from(record.class.as_str()), Name::from(network.job.name()));
                let curve = record.curve_iteration.iter().zip(&record.curve_loss).zip(&record.curve_mse);
                rows.extend(curve.map(|((&iteration, &loss), &mse)| Self {
                    task: task.clone(),
                    class_name: class_name.clone(),
                    network: name.clone(),
                    iteration,
                    loss: known(loss),
                    mse: known(mse),
                }));
            }
        }
        rows
    }
}

impl LearningSummary {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            for class in &of_task.task.classes {
                let own = of_task.networks.iter().filter(|(network, _)| network.record.class == class.name);
                let curves: Vec<_> = own.map(|(network, _)| &network.record).collect();
                // A diverged training has a shorter curve; the longest gives the iterations.
                let iterations =
                    curves.iter().map(|record| &record.curve_iteration).max_by_key(|its| its.len());
                for (place, &iteration) in iterations.into_iter().flatten().enumerate() {
                    let losses: Vec<f64> =
                        curves.iter().filter_map(|record| record.curve_loss.get(place).copied()).collect();
                    rows.push(Self {
                        task: of_task.name(),
                        class_name: class.name.as_str().into(),
                        iteration,
                        low: losses.iter().copied().reduce(f64::min),
                        high: losses.iter().copied().reduce(f64::max),
                        median: median(losses).and_then(known),
                    });
                }
            }
        }
        rows
    }
}
