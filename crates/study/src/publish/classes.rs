//! The classes of a task as page and figures show them: colours, counts of networks, medians of scores.

use crate::stage::{Standing, TaskResults};
use crate::store::network_file::TrainingRecord;
use circuitscope_report::figure::{Class, RunCounts};

/// The classes of a task with their colours.
pub(super) fn classes(of_task: &TaskResults<'_>) -> Vec<Class> {
    let names: Vec<&str> = of_task.task.classes.iter().map(|class| class.name.as_str()).collect();
    Class::palette(&names)
}

/// What became of the networks of a class.
pub(super) fn counts(of_task: &TaskResults<'_>, class: &str) -> RunCounts {
    let mut counts = RunCounts::default();
    for (network, standing) in of_task.networks.iter().filter(|(network, _)| network.record.class == class) {
        counts.trained += 1;
        match standing {
            Standing::Selected => counts.selected += 1,
            Standing::Surplus => {}
            Standing::BelowFloor => counts.below_floor += 1,
            Standing::Diverged => counts.diverged += 1,
        }
        if let Some(reason) = &network.record.reason {
            match counts.reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, n)) => *n += 1,
                None => counts.reasons.push((reason.clone(), 1)),
            }
        }
    }
    counts.reasons.sort();
    counts
}

/// Median of the selected networks of a class.
pub(super) fn median_of_selected(
    of_task: &TaskResults<'_>,
    class: &str,
    score: impl Fn(&TrainingRecord) -> Option<f64>,
) -> Option<f64> {
    let selected = of_task
        .networks
        .iter()
        .filter(|(network, standing)| *standing == Standing::Selected && network.record.class == class);
    median(selected.filter_map(|(network, _)| score(&network.record)).collect())
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
