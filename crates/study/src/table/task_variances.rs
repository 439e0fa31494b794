//! Networks of several tasks, task by task.

use super::field::Name;
use super::row::table;
use crate::stage::{NetworkTasks, TaskResults};

table! {
    /// One row per trained network of a task made of several, and each of them; empty without such a task.
    "task_scores" => pub(crate) struct TaskScore {
        /// Task made of several.
        task: Name,
        /// Class of the network.
        class_name: Name,
        /// Name of the network.
        network: Name,
        /// The task among the several.
        part: Name,
        /// Masked mean squared error on its analysis trials, by weight, without noise.
        mse: f64,
        /// R² on its analysis trials, by weight, without noise; null if the target does not vary.
        r2: Option<f64>,
    }
}

table! {
    /// One row per unit of every trained network of a task made of several, and each of them; empty without such a task.
    "task_variance" => pub(crate) struct UnitVariance {
        /// Task made of several.
        task: Name,
        /// Class of the network.
        class_name: Name,
        /// Name of the network.
        network: Name,
        /// Unit, from 0, in the order of the network's weights.
        unit_idx: usize,
        /// The task among the several.
        part: Name,
        /// Variance of the unit's rate across the analysis trials of this task, averaged over the steps from where their inputs differ.
        variance: f64,
        /// The variance divided by the unit's largest over the tasks; null if its variances sum to no more than 0.001.
        normalised: Option<f64>,
        /// The cluster of the unit, from 0, in the order of the task on which a cluster varies most; null if the unit is not active, or no
        /// clusters could be made.
        cluster: Option<usize>,
    }
}

table! {
    /// One row per trained network of a task made of several, and number of clusters that was tried; empty without such a task.
    "task_clusters" => pub(crate) struct ClusterCount {
        /// Task made of several.
        task: Name,
        /// Class of the network.
        class_name: Name,
        /// Name of the network.
        network: Name,
        /// Number of clusters.
        n_clusters: usize,
        /// Mean silhouette of the active units in that many clusters, −1 to 1.
        silhouette: f64,
        /// Whether this number is taken: that of the largest silhouette, the least of equals.
        is_taken: bool,
    }
}

table! {
    /// One row per trained network of a task made of several, and pair of them on which some unit is active; empty without such a task.
    "task_pairs" => pub(crate) struct TaskPair {
        /// Task made of several.
        task: Name,
        /// Class of the network.
        class_name: Name,
        /// Name of the network.
        network: Name,
        /// First task.
        part_a: Name,
        /// Second task.
        part_b: Name,
        /// Units whose variances on the two sum to more than 0.001.
        n_units: usize,
        /// Median over them of the fractional variance (a − b) / (a + b): 1 if they vary on the first task alone, −1 on the second.
        median: f64,
        /// Mean of its size: 0 if all units vary alike on both, 1 if each varies on one alone.
        mean_size: f64,
    }
}

/// What rows of all four tables say of a network, and the names of its tasks.
struct Names {
    whole: [Name; 3],
    parts: Vec<Name>,
}

impl Names {
    fn part(&self, place: usize) -> Name {
        self.parts[place].clone()
    }
}

/// Rows of every network.
fn rows<'a, R, I: Iterator<Item = R>>(
    results: &'a [TaskResults<'_>],
    of_network: impl Fn(Names, &'a NetworkTasks) -> I,
) -> Vec<R> {
    let mut rows = Vec::new();
    for of_task in results {
        for network in &of_task.task_variances {
            let whole = [of_task.name(), network.class.as_str().into(), network.network.as_str().into()];
            let parts = of_task.task.task.parts().iter().map(|part| part.name.as_str().into()).collect();
            rows.extend(of_network(Names { whole, parts }, network));
        }
    }
    rows
}

impl TaskScore {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        rows(results, |names, network| {
            network.scores.iter().enumerate().map(move |(place, &(mse, r2))| {
                let [task, class_name, network] = names.whole.clone();
                Self { task, class_name, network, part: names.part(place), mse, r2 }
            })
        })
    }
}

impl UnitVariance {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        rows(results, |names, of_network| {
            let (n_parts, largest) = (names.parts.len(), of_network.largest());
            (0..of_network.variances.len() * n_parts).map(move |row| {
                let [task, class_name, network] = names.whole.clone();
                let (unit_idx, place) = (row / n_parts, row % n_parts);
                let variance = of_network.variances[unit_idx][place];
                Self {
                    task,
                    class_name,
                    network,
                    unit_idx,
                    part: names.part(place),
                    variance,
                    normalised: largest[unit_idx].map(|largest| variance / largest),
                    cluster: of_network.clusters[unit_idx],
                }
            })
        })
    }
}

impl ClusterCount {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        rows(results, |names, of_network| {
            let taken = of_network.clusters.iter().flatten().max().map(|last| last + 1);
            of_network.silhouettes.iter().enumerate().map(move |(place, &silhouette)| {
                let [task, class_name, network] = names.whole.clone();
                let n_clusters = place + 2;
                Self {
                    task,
                    class_name,
                    network,
                    n_clusters,
                    silhouette,
                    is_taken: taken == Some(n_clusters),
                }
            })
        })
    }
}

impl TaskPair {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        rows(results, |names, of_network| {
            of_network.pairs.iter().map(move |pair| {
                let [task, class_name, network] = names.whole.clone();
                let [part_a, part_b] = pair.tasks.map(|place| names.part(place));
                let (n_units, median, mean_size) = (pair.n_units, pair.median, pair.mean_size);
                Self { task, class_name, network, part_a, part_b, n_units, median, mean_size }
            })
        })
    }
}
