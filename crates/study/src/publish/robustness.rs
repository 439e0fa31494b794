//! Which conclusion survives which measure: the table of all numbers, and the short one of the page.

use super::words;
use crate::config::Control;
use crate::stage::{Kind, Robustness};
use crate::store::table::Table;
use circuitscope::robustness::{Conclusion, Fate};
use circuitscope_report::{Fate as Shown, RobustnessCell, RobustnessRow};

/// One row a task, kind of network, measure and conclusion.
pub(super) fn table(rows: &[Robustness]) -> Table {
    let tested = || rows.iter().map(|row| &row.tested);
    let floors = || tested().map(|tested| tested.floor);
    Table::default()
        .text("task", rows.iter().map(|row| row.task))
        .text("kind", rows.iter().map(|row| row.kind.name()))
        .text("measure", rows.iter().map(|row| row.measure))
        .text("conclusion", tested().map(|tested| tested.conclusion.name()))
        .text("statistic", tested().map(|tested| tested.conclusion.statistic()))
        .float("value", tested().map(|tested| tested.value))
        .float("reference", tested().map(|tested| tested.reference))
        .float("p", tested().map(|tested| tested.p))
        .float("p_holm", rows.iter().map(|row| row.p_holm))
        .flag("survives", rows.iter().map(|row| row.fate == Fate::Survives))
        .text("fate", rows.iter().map(|row| row.fate.name()))
        .float("effect", floors().map(|floor| floor.map(|floor| floor.effect)))
        .float("sampling_floor", floors().map(|floor| floor.map(|floor| floor.sampling)))
        .float("distance", floors().map(|floor| floor.map(|floor| floor.distance)))
        .float("noise_floor", floors().map(|floor| floor.and_then(|floor| floor.realisation)))
        .text("missing", tested().map(|tested| tested.missing.clone().unwrap_or_default()))
}

/// The rows of the page: a measure each, a cell a conclusion.
pub(super) fn rows(rows: &[Robustness]) -> Vec<RobustnessRow> {
    let n = Conclusion::ALL.len();
    // The tests of one matrix stand together, in the order of the conclusions.
    rows.chunks(n)
        .map(|tests| RobustnessRow {
            task: words::task(tests[0].task).to_owned(),
            networks: match tests[0].kind {
                Kind::Trained => "trained".to_owned(),
                Kind::Control(Control::Untrained) => "untrained".to_owned(),
                Kind::Control(Control::Shuffled) => "shuffled".to_owned(),
            },
            measure: words::similarity(tests[0].measure).to_owned(),
            cells: tests.iter().map(cell).collect(),
        })
        .collect()
}

fn cell(row: &Robustness) -> RobustnessCell {
    RobustnessCell {
        conclusion: words::conclusion(row.tested.conclusion).to_owned(),
        value: row.tested.value,
        p: row.p_holm,
        fate: match row.fate {
            Fate::Survives => Shown::Survives,
            Fate::WithinNoise => Shown::WithinNoise,
            Fate::Falls => Shown::Falls,
            Fate::NotDecidable => Shown::NotDecidable,
        },
    }
}
