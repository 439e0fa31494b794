//! The measures of every selected network in the course of training.

use super::field::{Levels, Name};
use super::row::table;
use crate::stage::TaskResults;
use circuitscope::analysis::measures::Measure;

table! {
    /// One row per selected network, moment of its training and measure; empty where the study keeps no checkpoints.
    "measure_courses" => pub(crate) struct MeasureMoment {
        /// Task.
        task: Name,
        /// Class of the network.
        class_name: Name,
        /// Name of the network.
        network: Name,
        /// Updates made: 0 before training; null for the network that training ended with.
        iteration: Option<usize>,
        /// What is measured; circuits and behaviour are not followed.
        measure: Measure,
        /// The measure.
        value: f64,
    }
}

impl MeasureMoment {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let task = of_task.name();
            for moments in of_task.measured_moments.chunk_by(|a, b| a.network == b.network) {
                let network = Name::from(moments[0].network.as_str());
                let class_name = of_task.class_name(moments[0].class);
                for moment in moments {
                    rows.extend(moment.measures.iter().filter_map(|(measure, &value)| {
                        Some(Self {
                            task: task.clone(),
                            class_name: class_name.clone(),
                            network: network.clone(),
                            iteration: moment.iteration,
                            measure: Measure::named(measure)?,
                            value,
                        })
                    }));
                }
            }
        }
        rows
    }
}
