//! Responses of the nodes of latent circuits.

use super::circuit_effects::names;
use super::circuits::subjects;
use super::field::Name;
use super::row::table;
use crate::stage::TaskResults;

table! {
    /// One row per node of a latent circuit and analysis trial, at the last step that the loss counts.
    "circuit_responses" => pub(crate) struct CircuitResponse {
        /// Task.
        task: Name,
        /// Class of the network.
        class_name: Name,
        /// Name of the network.
        network: Name,
        /// Name of the node.
        node: Name,
        /// Analysis trial, from 0.
        trial: usize,
        /// Rate of the node in the circuit.
        circuit: Option<f64>,
        /// Rates of the network projected on the node.
        projected: Option<f64>,
    }
}

impl CircuitResponse {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for subject in subjects(results) {
            let Some(fitted) = subject.fitted() else { continue };
            let nodes = names(&fitted.nodes);
            rows.extend(fitted.responses.iter().map(|response| Self {
                task: subject.task.clone(),
                class_name: subject.class_name.clone(),
                network: subject.network.clone(),
                node: nodes[response.node].clone(),
                trial: response.trial,
                circuit: Some(response.circuit),
                projected: Some(response.projected),
            }));
        }
        rows
    }
}
