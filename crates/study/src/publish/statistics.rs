//! Every statistic of a study in one list, with Holm's correction over all of its tests.

use crate::config::Control;
use crate::published;
use crate::stage::{Facet, TaskResults, Value};
use circuitscope::analysis::statistics::holm;

/// One statistic of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct StatisticRecord {
    /// Task.
    pub task: &'static str,
    /// Aspect, or circuits.
    pub aspect: Facet,
    /// Control beside the trained networks, if any.
    pub control: Option<Control>,
    /// The statistic and its value.
    pub value: Value,
    /// p after Holm's correction over every test of this list.
    pub p_holm: Option<f64>,
    /// Published value.
    pub published: Option<f64>,
}

/// The statistics of every task and aspect, in a fixed order.
pub fn statistics(results: &[TaskResults<'_>]) -> Vec<StatisticRecord> {
    let mut records: Vec<StatisticRecord> = Vec::new();
    for of_task in results {
        let task = of_task.task.task.name();
        for compared in &of_task.compared {
            for &value in &compared.comparison.statistics {
                let of_aspect = compared.aspect.aspect();
                let published =
                    of_aspect.and_then(|aspect| published::statistic(task, aspect, compared.control, &value));
                let (aspect, control) = (compared.aspect, compared.control);
                records.push(StatisticRecord { task, aspect, control, value, p_holm: None, published });
            }
        }
    }
    let tested: Vec<usize> = (0..records.len()).filter(|&i| records[i].value.p.is_some()).collect();
    let p: Vec<f64> = tested.iter().filter_map(|&i| records[i].value.p).collect();
    for (&i, corrected) in tested.iter().zip(holm(&p)) {
        records[i].p_holm = Some(corrected);
    }
    records
}
