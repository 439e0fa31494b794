//! What became of the networks of each class, and how they score.

use super::field::Name;
use super::row::table;
use crate::published;
use crate::stage::{Standing, TaskResults};
use crate::store::network_file::TrainingRecord;
use circuitscope::Family;
use circuitscope::architecture::Constraint;

table! {
    /// One row per task and class: counts of its networks, medians of the selected ones, and the published scores.
    "classes" => pub(crate) struct ClassSummary {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Activation function.
        activation: Family,
        /// Whether each unit is excitatory or inhibitory (`dale`) or the recurrent weights are free.
        constraint: Constraint,
        /// Networks that were trained.
        n_trained: usize,
        /// Networks that are compared.
        n_selected: usize,
        /// Networks above the R² floor that are not among the best that are kept.
        n_surplus: usize,
        /// Networks below the R² floor.
        n_below_floor: usize,
        /// Networks whose training diverged.
        n_diverged: usize,
        /// Median masked mean squared error of the selected networks on the training trials.
        median_mse_train: Option<f64>,
        /// Median R² of the selected networks on the analysis trials.
        median_r2: Option<f64>,
        /// Lowest published error on the training trials of ten networks of this class.
        published_min: Option<f64>,
        /// Median published error.
        published_median: Option<f64>,
        /// Highest published error.
        published_max: Option<f64>,
    }
}

table! {
    /// One row per task, class and reason why trainings diverged.
    "divergences" => pub(crate) struct Divergence {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// What was not finite, and when.
        reason: Name,
        /// Networks that diverged for this reason.
        n_networks: usize,
    }
}

impl ClassSummary {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let classes = results.iter().flat_map(|of_task| {
            of_task.task.classes.iter().enumerate().map(move |(place, class)| (of_task, place, class))
        });
        classes
            .map(|(of_task, place, class)| {
                let own: Vec<(&TrainingRecord, Standing)> = of_task
                    .networks
                    .iter()
                    .filter(|(network, _)| network.record.class == class.name)
                    .map(|(network, standing)| (&network.record, *standing))
                    .collect();
                let count = |wanted| own.iter().filter(|(_, standing)| *standing == wanted).count();
                let median_of = |score: fn(&TrainingRecord) -> Option<f64>| {
                    let selected = own.iter().filter(|(_, standing)| *standing == Standing::Selected);
                    median(selected.filter_map(|(record, _)| score(record)).collect())
                };
                let published = published::score(of_task.task.task.name(), &class.name);
                let architecture = class.recipe.architecture;
                Self {
                    task: of_task.name(),
                    class_name: of_task.class_name(place),
                    activation: architecture.activation.curve.family(),
                    constraint: architecture.constraint,
                    n_trained: own.len(),
                    n_selected: count(Standing::Selected),
                    n_surplus: count(Standing::Surplus),
                    n_below_floor: count(Standing::BelowFloor),
                    n_diverged: count(Standing::Diverged),
                    median_mse_train: median_of(|record| record.mse_train),
                    median_r2: median_of(|record| record.r2),
                    published_min: published.map(|[min, ..]| min),
                    published_median: published.map(|[_, median, _]| median),
                    published_max: published.map(|[.., max]| max),
                }
            })
            .collect()
    }
}

impl Divergence {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows: Vec<Self> = Vec::new();
        for of_task in results {
            for class in &of_task.task.classes {
                let own = of_task.networks.iter().filter(|(network, _)| network.record.class == class.name);
                let mut reasons: Vec<&str> =
                    own.filter_map(|(network, _)| network.record.reason.as_deref()).collect();
                reasons.sort_unstable();
                rows.extend(reasons.chunk_by(|a, b| a == b).map(|same| Self {
                    task: of_task.name(),
                    class_name: class.name.as_str().into(),
                    reason: same[0].into(),
                    n_networks: same.len(),
                }));
            }
        }
        rows
    }
}

pub(super) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}
