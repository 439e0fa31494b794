//! The measures of the networks of a task on the page, by activation and under every choice.

use super::classes::of_task;
use super::words;
use crate::config::{Control, TaskStudy};
use crate::stage::Kind;
use crate::table::{AS_JUDGED, MeasureMean, Tables};
use circuitscope::Curve;
use circuitscope_report::{MeasureGroup, MeasureRow};

/// One row per measure and choice that trained networks have.
pub(super) fn rows(task: &TaskStudy, tables: &Tables) -> Vec<MeasureRow> {
    let rows: Vec<&MeasureMean> = of_task(task, &tables.measure_means, |row| &row.task).collect();
    let of_choice = |rows: &[&MeasureMean]| {
        let first = rows.iter().find(|row| row.kind == Kind::Trained)?;
        let of_kind = |kind: Kind| {
            [Curve::Relu, Curve::Sigmoid, Curve::Tanh].map(|activation| {
                let own = rows.iter().find(|row| (row.kind, row.activation) == (kind, activation));
                MeasureGroup {
                    mean: own.map(|row| row.mean),
                    interval: own.and_then(|row| row.low.zip(row.high)).map(<[f64; 2]>::from),
                }
            })
        };
        Some(MeasureRow {
            task: words::task(task.task.name()),
            measure: first.measure.words().to_owned(),
            choice: (*first.choice != *AS_JUDGED).then(|| first.choice.to_string()),
            trained: of_kind(Kind::Trained),
            untrained: of_kind(Kind::Control(Control::Untrained)),
            shuffled: of_kind(Kind::Control(Control::Shuffled)),
        })
    };
    let choices = rows.chunk_by(|a, b| (a.measure, &a.choice) == (b.measure, &b.choice));
    choices.filter_map(of_choice).collect()
}
