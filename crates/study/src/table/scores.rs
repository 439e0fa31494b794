//! Every trained network with its scores.

use super::field::Name;
use super::row::table;
use crate::stage::{Item, Kind, Standing, TaskResults};
use circuitscope::Family;
use circuitscope::architecture::Constraint;

table! {
    /// One row per trained network.
    "scores" => pub(crate) struct Score {
        /// Task.
        task: Name,
        /// Class of the network: activation and constraint, with what the study adds.
        class_name: Name,
        /// Name of the network; its weights are in `networks/TASK/NETWORK.safetensors`.
        network: Name,
        /// Activation function.
        activation: Family,
        /// Whether each unit is excitatory or inhibitory (`dale`) or the recurrent weights are free.
        constraint: Constraint,
        /// What the selection made of it; only `selected` networks are compared.
        standing: Standing,
        /// Whether it is the example of its class in figures: the best selected network, the first of equals.
        is_example: bool,
        /// How the training ended: `finished` or `diverged`.
        outcome: Name,
        /// Why it diverged.
        reason: Option<Name>,
        /// Masked mean squared error on the analysis trials, without noise.
        mse: Option<f64>,
        /// R² on the analysis trials, without noise; it decides the selection.
        r2: Option<f64>,
        /// Masked mean squared error on the training trials, without noise.
        mse_train: Option<f64>,
        /// R² on the training trials, without noise.
        r2_train: Option<f64>,
        /// Units left after silent ones were removed.
        n_units: usize,
        /// Units that were removed because they never fired.
        n_silent: usize,
        /// Iteration whose parameters were kept.
        best_iteration: Option<usize>,
        /// Seed of the training.
        seed: u64,
        /// Instructions that trained it; they decide the last bits.
        kernel_path: Name,
    }
}

table! {
    /// One row per item that is compared: the selected networks, then their controls, in the order of distances and maps.
    "items" => pub(crate) struct ComparedItem {
        /// Task.
        task: Name,
        /// Network that the item is, or is made from.
        network: Name,
        /// Whether the item is the network as trained, or a control made from it.
        kind: Kind,
        /// Class of the network.
        class_name: Name,
        /// Activation function.
        activation: Family,
    }
}

impl ComparedItem {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let items = results.iter().flat_map(|of_task| of_task.items.iter().map(move |item| (of_task, item)));
        let row = |(of_task, item): (&TaskResults<'_>, &Item)| Self {
            task: of_task.name(),
            network: item.network.as_str().into(),
            kind: item.kind,
            class_name: of_task.class_name(item.class),
            activation: item.curve.family(),
        };
        items.map(row).collect()
    }
}

impl Score {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let networks = results.iter().flat_map(|of_task| {
            let examples = of_task.examples();
            of_task.networks.iter().map(move |(network, standing)| {
                let name = network.job.name();
                (network, standing, examples.iter().any(|item| item.network == name))
            })
        });
        networks
            .map(|(network, standing, is_example)| {
                let (record, architecture) = (&network.record, network.job.class.recipe.architecture);
                Self {
                    task: record.task.as_str().into(),
                    class_name: record.class.as_str().into(),
                    network: network.job.name().into(),
                    activation: architecture.activation.curve.family(),
                    constraint: architecture.constraint,
                    standing: *standing,
                    is_example,
                    outcome: record.outcome.as_str().into(),
                    reason: record.reason.as_deref().map(Name::from),
                    mse: record.mse,
                    r2: record.r2,
                    mse_train: record.mse_train,
                    r2_train: record.r2_train,
                    n_units: network.file.network.n_units(),
                    n_silent: record.n_silent,
                    best_iteration: record.best_iteration,
                    seed: record.seed,
                    kernel_path: record.kernel_path.as_str().into(),
                }
            })
            .collect()
    }
}
