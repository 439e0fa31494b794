//! What changes of single weights do to circuit and network.

use super::circuits::subjects;
use super::field::Name;
use super::row::table;
use crate::stage::{CircuitNode, TaskResults};
use circuitscope::task::Task;

table! {
    /// One row per recurrent weight of a latent circuit and number of behaviour: what a change of the weight does, half the
    /// difference between a rise and a fall by 0.1.
    "circuit_effects" => pub(crate) struct CircuitEffect {
        /// Task.
        task: Name,
        /// Class of the network.
        class_name: Name,
        /// Name of the network.
        network: Name,
        /// Node that the weight goes to.
        row_name: Name,
        /// Node that the weight comes from.
        column_name: Name,
        /// Number of behaviour that changes: bias of the answers or their sensitivity to a condition.
        quantity: Name,
        /// Change in the circuit.
        circuit: Option<f64>,
        /// Change in the network, whose recurrent weights are changed along the embedded nodes.
        network_effect: Option<f64>,
    }
}

impl CircuitEffect {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for subject in subjects(results) {
            let Some(fitted) = subject.fitted() else { continue };
            let (nodes, quantities) = (names(&fitted.nodes), quantities(&subject.of_task.task.task));
            rows.extend(fitted.effects.iter().map(|effect| Self {
                task: subject.task.clone(),
                class_name: subject.class_name.clone(),
                network: subject.network.clone(),
                row_name: nodes[effect.row].clone(),
                column_name: nodes[effect.column].clone(),
                quantity: quantities.get(effect.quantity).cloned().unwrap_or_default(),
                circuit: Some(effect.circuit),
                network_effect: Some(effect.network),
            }));
        }
        rows
    }
}

/// The names of nodes.
pub(super) fn names(nodes: &[CircuitNode]) -> Vec<Name> {
    nodes.iter().map(|node| node.name.as_str().into()).collect()
}

/// Names of the numbers of behaviour (of the psychometric planes), in their order.
pub(crate) fn quantities(task: &Task) -> Vec<Name> {
    let (names, contexts) = (task.condition_names(), task.contexts());
    let sensitivities =
        names.iter().skip(usize::from(contexts.is_some())).map(|name| format!("sensitivity to {name}"));
    let of_plane: Vec<String> = std::iter::once("bias".to_owned()).chain(sensitivities).collect();
    let Some(contexts) = contexts else { return of_plane.into_iter().map(Name::from).collect() };
    contexts
        .names
        .iter()
        .flat_map(|context| of_plane.iter().map(move |name| format!("{name}, {context} context").into()))
        .collect()
}
