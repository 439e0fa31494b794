//! Which conclusion survives which measure, as the page shows it.

use super::words;
use crate::config::Control;
use crate::stage::Kind;
use crate::table::ConclusionTest;
use circuitscope::robustness::{Conclusion, Outcome};
use circuitscope_report::{DoubtfulEffect, Outcome as Shown, RobustnessCell, RobustnessRow};

/// The rows of the page: a measure each, a cell a conclusion.
pub(super) fn rows(rows: &[ConclusionTest]) -> Vec<RobustnessRow> {
    let n = Conclusion::ALL.len();
    // The tests of one matrix stand together, in the order of the conclusions.
    rows.chunks(n)
        .map(|tests| RobustnessRow {
            task: words::task(&tests[0].task),
            networks: match tests[0].kind {
                Kind::Trained => "trained".to_owned(),
                Kind::Control(Control::Untrained) => "untrained".to_owned(),
                Kind::Control(Control::Shuffled) => "shuffled".to_owned(),
            },
            measure: words::similarity(&tests[0].measure).to_owned(),
            cells: tests.iter().map(cell).collect(),
        })
        .collect()
}

fn cell(row: &ConclusionTest) -> RobustnessCell {
    RobustnessCell {
        conclusion: words::conclusion(row.conclusion).to_owned(),
        value: row.value,
        p: row.p_holm,
        outcome: match row.outcome {
            Outcome::Survives => Shown::Survives,
            Outcome::WithinNoise => Shown::WithinNoise,
            Outcome::Falls => Shown::Falls,
            Outcome::NotDecidable => Shown::NotDecidable,
        },
        doubtful: doubtful(row).filter(|_| row.outcome == Outcome::WithinNoise),
    }
}

/// The effect that decides.
fn doubtful(row: &ConclusionTest) -> Option<DoubtfulEffect> {
    Some(DoubtfulEffect {
        name: "square beyond noise".to_owned(),
        value: row.beyond_noise?,
        interval: [row.beyond_noise_low?, row.beyond_noise_high?],
    })
}
