//! The measures of the networks of a task on the page, by activation and under every choice.

use super::classes::of_task;
use super::words;
use crate::config::{Control, TaskStudy};
use crate::stage::Kind;
use crate::table::{AS_JUDGED, MeasureMean, Tables};
use circuitscope::Family;
use circuitscope_report::{MeasureGroup, MeasureRow};

/// One row per measure and choice that trained networks have.
pub(super) fn rows(task: &TaskStudy, tables: &Tables) -> Vec<MeasureRow> {
    let rows: Vec<&MeasureMean> = of_task(task, &tables.measure_means, |row| &row.task).collect();
    // The published three, and what else the task has.
    let mut groups = vec![Family::Relu, Family::Sigmoid, Family::Tanh];
    groups.extend(
        Family::ALL.into_iter().skip(3).filter(|family| rows.iter().any(|row| row.activation == *family)),
    );
    let of_choice = |rows: &[&MeasureMean]| {
        let first = rows.iter().find(|row| row.kind == Kind::Trained)?;
        let of_kind = |kind: Kind| {
            let group = |&activation: &Family| {
                let own = rows.iter().find(|row| (row.kind, row.activation) == (kind, activation));
                MeasureGroup {
                    mean: own.map(|row| row.mean),
                    interval: own.and_then(|row| row.low.zip(row.high)).map(<[f64; 2]>::from),
                }
            };
            groups.iter().map(group).collect()
        };
        Some(MeasureRow {
            task: words::task(task.task.name()),
            measure: first.measure.words().to_owned(),
            groups: groups.iter().map(|family| family.words().to_owned()).collect(),
            choice: (*first.choice != *AS_JUDGED).then(|| first.choice.to_string()),
            trained: of_kind(Kind::Trained),
            untrained: of_kind(Kind::Control(Control::Untrained)),
            shuffled: of_kind(Kind::Control(Control::Shuffled)),
        })
    };
    let choices = rows.chunk_by(|a, b| (a.measure, &a.choice) == (b.measure, &b.choice));
    choices.filter_map(of_choice).collect()
}
