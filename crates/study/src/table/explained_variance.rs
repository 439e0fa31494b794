//! How much of the example networks is seen in their first three components.

use super::field::Name;
use super::row::table;
use crate::stage::{Facet, TaskResults};

table! {
    /// One row per aspect and component of the example network of each class.
    "explained_variance" => pub(crate) struct ExplainedVariance {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Network.
        network: Name,
        /// What the components are taken of.
        aspect: Facet,
        /// Principal component, from 1 to 3.
        component: usize,
        /// Share of the total variance that it explains.
        share: f64,
    }
}

impl ExplainedVariance {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            for item in of_task.examples() {
                let [task, class_name, network] = of_task.names(item);
                for (&aspect, features) in &item.features {
                    rows.extend((1..=3).zip(&features.explained).map(|(component, &share)| Self {
                        task: task.clone(),
                        class_name: class_name.clone(),
                        network: network.clone(),
                        aspect: Facet::Aspect(aspect),
                        component,
                        share,
                    }));
                }
            }
        }
        rows
    }
}
