//! The measures of a study's networks: as a table, and on the page by activation, under every choice.

use super::words;
use crate::config::{Control, Study};
use crate::stage::{Item, ItemMeasures, Judged, Kind, TaskResults};
use crate::store::table::Table;
use circuitscope::Curve;
use circuitscope::analysis::measures::{Measure, VARIATIONS};
use circuitscope::analysis::statistics::{Resampling, location};
use circuitscope_report::{MeasureGroup, MeasureRow};
use std::collections::BTreeMap;

/// What is said of the choice that claims are judged by.
const AS_JUDGED: &str = "as judged";

/// One row a network or control, measure and choice.
pub(super) fn table(results: &[TaskResults<'_>], judged: &Judged) -> Table {
    let mut rows: Vec<(&TaskResults<'_>, &Item, Measure, &str, f64)> = Vec::new();
    for (of_task, measures) in results.iter().zip(&judged.measures) {
        for (item, measures) in of_task.items.iter().zip(measures) {
            for (choice, values) in choices(measures) {
                rows.extend(values.iter().map(|(&measure, &value)| (of_task, item, measure, choice, value)));
            }
        }
    }
    Table::default()
        .text("task", rows.iter().map(|(of_task, ..)| of_task.task.task.name()))
        .text("class", rows.iter().map(|(of_task, item, ..)| &of_task.task.classes[item.class].name))
        .text("network", rows.iter().map(|(_, item, ..)| &item.network))
        .text("kind", rows.iter().map(|(_, item, ..)| item.kind.name()))
        .text("measure", rows.iter().map(|(_, _, measure, ..)| measure.name()))
        .text("choice", rows.iter().map(|(_, _, _, choice, _)| *choice))
        .float("value", rows.iter().map(|(.., value)| *value))
}

/// What was measured under each choice, the one that is judged by first.
fn choices(measures: &ItemMeasures) -> impl Iterator<Item = (&'static str, &BTreeMap<Measure, f64>)> {
    let varied = VARIATIONS.iter().map(|variation| variation.name).zip(&measures.varied);
    std::iter::once((AS_JUDGED, &measures.judged)).chain(varied)
}

/// One row a task, measure and choice, a group an activation of the trained networks, then of each control.
pub(super) fn rows(study: &Study, results: &[TaskResults<'_>], judged: &Judged) -> Vec<MeasureRow> {
    let resampling = Resampling {
        n_resamples: study.comparison.resamples,
        // Only intervals are shown.
        n_permutations: 1,
        seed: study.seed,
    };
    let mut rows = Vec::new();
    for (of_task, measures) in results.iter().zip(&judged.measures) {
        for measure in Measure::ALL {
            let names = std::iter::once(AS_JUDGED).chain(VARIATIONS.iter().map(|variation| variation.name));
            for choice in names {
                let of_kind = |kind: Kind| {
                    [Curve::Relu, Curve::Sigmoid, Curve::Tanh].map(|curve| {
                        let values = values(of_task, measures, measure, choice, kind, curve);
                        MeasureGroup {
                            mean: (!values.is_empty())
                                .then(|| values.iter().sum::<f64>() / values.len() as f64),
                            interval: location(&values, resampling).map(|found| found.interval),
                        }
                    })
                };
                let trained = of_kind(Kind::Trained);
                if trained.iter().all(|group| group.mean.is_none()) {
                    continue;
                }
                rows.push(MeasureRow {
                    task: words::task(of_task.task.task.name()).to_owned(),
                    measure: measure.words().to_owned(),
                    choice: (choice != AS_JUDGED).then(|| choice.to_owned()),
                    trained,
                    untrained: of_kind(Kind::Control(Control::Untrained)),
                    shuffled: of_kind(Kind::Control(Control::Shuffled)),
                });
            }
        }
    }
    rows
}

fn values(
    of_task: &TaskResults<'_>,
    measures: &[ItemMeasures],
    measure: Measure,
    choice: &str,
    kind: Kind,
    curve: Curve,
) -> Vec<f64> {
    let items = of_task.items.iter().zip(measures);
    let of_group = items.filter(|(item, _)| item.kind == kind && item.curve == curve);
    of_group
        .filter_map(|(_, measures)| {
            let (_, values) = choices(measures).find(|(name, _)| *name == choice)?;
            values.get(&measure).copied()
        })
        .collect()
}
