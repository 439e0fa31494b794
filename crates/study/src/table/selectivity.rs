//! What the single units of selected networks respond to.

use super::field::{Name, levels};
use super::row::table;
use crate::stage::{Item, Kind, TaskResults};
use circuitscope::analysis::distance::Aspect;
use circuitscope::architecture::Constraint;

/// Sign of the outgoing weights of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// None is negative, by Dale's law.
    Excitatory,
    /// None is positive, by Dale's law.
    Inhibitory,
    /// They may have either sign.
    Free,
}

levels! {
    Sign { "excitatory" => Self::Excitatory, "inhibitory" => Self::Inhibitory, "free" => Self::Free }
}

table! {
    /// One row per unit of every selected network.
    "selectivity" => pub(crate) struct UnitSelectivity {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Network.
        network: Name,
        /// Sign of the unit's outgoing weights by Dale's law, or `free` without it.
        sign: Sign,
        /// Unit, from 0, in the order of the network's weights.
        unit_idx: usize,
        /// Place on the first principal component of the units' responses, scaled so that the units of a network have a
        /// root-mean-square radius of 1 over the ten components that are compared.
        pc1: f64,
        /// Place on the second principal component of the units' responses, scaled as `pc1`.
        pc2: f64,
        /// Place on the third principal component of the units' responses, scaled as `pc1`.
        pc3: f64,
    }
}

impl UnitSelectivity {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            for item in of_task.items.iter().filter(|item| item.kind == Kind::Trained) {
                let Some(features) = item.features.get(&Aspect::Selectivity) else { continue };
                let [task, class_name, network] = of_task.names(item);
                let points = features.points.outer_iter().zip(signs(of_task, item)).enumerate();
                rows.extend(points.map(|(unit_idx, (point, sign))| Self {
                    task: task.clone(),
                    class_name: class_name.clone(),
                    network: network.clone(),
                    sign,
                    unit_idx,
                    pc1: point[0],
                    pc2: point[1],
                    pc3: point[2],
                }));
            }
        }
        rows
    }
}

/// The sign of each unit's outgoing weights, read from its recurrent ones; a unit without a negative weight counts as
/// excitatory.
fn signs(of_task: &TaskResults<'_>, item: &Item) -> Vec<Sign> {
    let network = of_task.network(item);
    let constraint = network.job.class.recipe.architecture.constraint;
    let sign = |weights: ndarray::ArrayView1<'_, f64>| match constraint {
        Constraint::Free => Sign::Free,
        Constraint::Dale if weights.iter().any(|&weight| weight < 0.0) => Sign::Inhibitory,
        Constraint::Dale => Sign::Excitatory,
    };
    network.file.network.w_rec.columns().into_iter().map(sign).collect()
}
