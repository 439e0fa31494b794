//! Distances between the latent circuits of different networks.

use super::circuits::subjects;
use super::field::Name;
use super::row::table;
use crate::stage::{Kind, TaskResults};
use std::collections::HashMap;

table! {
    /// One row per pair of networks that have a latent circuit. Their controls are in table `distances`.
    "circuit_distances" => pub(crate) struct CircuitDistance {
        /// Task.
        task: Name,
        /// First network.
        network_a: Name,
        /// Class of the first network.
        class_a: Name,
        /// Second network.
        network_b: Name,
        /// Class of the second network.
        class_b: Name,
        /// Root mean square difference of the weights, free nodes matched.
        distance: f64,
    }
}

impl CircuitDistance {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let task = of_task.name();
            let subjects = subjects(std::slice::from_ref(of_task));
            let names: HashMap<&str, [Name; 2]> = subjects
                .map(|subject| (subject.item.network.as_str(), [subject.network, subject.class_name]))
                .collect();
            for pair in of_task.circuit_pairs.iter().filter(|pair| pair.kinds == [Kind::Trained; 2]) {
                let ends = [&pair.a, &pair.b].map(|network| names.get(network.as_str()).cloned());
                // Only networks of rows above have circuits to compare.
                let [Some([network_a, class_a]), Some([network_b, class_b])] = ends else { continue };
                let (task, distance) = (task.clone(), pair.distance);
                rows.push(Self { task, network_a, class_a, network_b, class_b, distance });
            }
        }
        rows
    }
}
